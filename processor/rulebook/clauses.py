"""Clauses of the site's own: the pack that they make up, and a row of 自定条款 on its way to become a part of it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import yaml

from processor.catalogue.pack import Pack
from processor.catalogue.pack_reader import read_pack
from processor.catalogue.proposal import OWN_PACK, Proposal
from processor.catalogue.register import Register
from processor.rulebook.own import decided

TITLE, DOCUMENT = "自定条款", "规则簿"
_POSTS = re.compile(r"[、，,；;]")


@dataclass
class OwnPacks:
    """Reads the packs of own clauses; one that was read before is not read again."""

    registers: Mapping[str, Register]
    _known: dict[str, Pack] = field(default_factory=dict)

    def of(self, approved: Sequence[Proposal]) -> Pack | None:
        """The pack of these clauses, None without any. Raises PolicyError, or Doubt on a cell of a row."""
        versions = _versions(approved)
        if not versions:
            return None
        text = yaml.safe_dump(_table(versions, self.registers), allow_unicode=True, sort_keys=False)
        if text not in self._known:
            self._known[text] = read_pack(f"{OWN_PACK}.yaml", text, self.registers)
        return self._known[text]


def _versions(approved: Sequence[Proposal]) -> dict[str, list[Proposal]]:
    """Clause -> its versions by day, the last one that was approved for a day."""
    found: dict[str, dict[date, Proposal]] = {}
    for proposal in approved:
        found.setdefault(proposal.name, {})[proposal.since] = proposal
    return {name: [days[day] for day in sorted(days)] for name, days in sorted(found.items())}


def _table(versions: Mapping[str, Sequence[Proposal]], registers: Mapping[str, Register]) -> dict[str, Any]:
    posts: dict[str, Any] = {}
    clauses = {id: _clause(id, own, registers, posts) for id, own in versions.items()}
    return {
        "pack": OWN_PACK,
        "title": TITLE,
        "document": DOCUMENT,
        "in_force_from": min(own[0].since for own in versions.values()),
        "parameters": posts,
        "clauses": clauses,
        "bindings": [],
    }


def posts_of(cells: Mapping[str, Any]) -> list[str]:
    """The posts to which a row of 自定条款 applies; none for all."""
    return [post.strip() for post in _POSTS.split(cells["岗位"] or "") if post.strip()]


def _clause(
    id: str, versions: Sequence[Proposal], registers: Mapping[str, Register], posts: dict[str, Any]
) -> dict[str, Any]:
    last = versions[-1].value["row"]
    tables = []
    for number, version in enumerate(versions, 1):
        table = decided(version.value["row"], registers)
        until = versions[number].since if number < len(versions) else None
        table["holds"] = {"from": version.since, **({"until": until} if until else {})}
        named = posts_of(version.value["row"])
        if named:
            name = f"posts_{id}_{number}"
            title, values = f"{last['名称']}适用的岗位", {version.since: named}
            posts[name] = {"clause": id, "title": title, "type": "list:text", "unit": "", "values": values}
            table["applies_to"] = {"岗位": f"${name}"}
        tables.append(table)
    return {
        "title": last["名称"],
        "rule": last["规则"] or last["名称"],
        "cites": last["出处"] or "本单位规定",
        "family": OWN_PACK,
        "kind": "recorded" if tables[-1]["mechanic"] == "recorded" else "computed",
        "decided": tables,
    }
