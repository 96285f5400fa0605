"""The rules in force: the packs of each unit with what managers approved laid over them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from processor.catalogue.pack import Pack
from processor.catalogue.parameter import Parameter
from processor.catalogue.proposal import APPROVED, FIGURE, SWITCH, WAITING, Proposal

Units = Mapping[str, tuple[Pack, ...]]


@dataclass(frozen=True)
class Book:
    """The packs of a site's units as site.toml has them, and every change that was ever proposed."""

    site: Units
    proposals: tuple[Proposal, ...] = ()

    def with_changes(self, changed: Iterable[Proposal]) -> Book:
        """The book with new proposals, or with what became of known ones."""
        by_number = {proposal.number: proposal for proposal in self.proposals}
        by_number |= {proposal.number: proposal for proposal in changed}
        return replace(self, proposals=tuple(by_number.values()))

    @property
    def waiting(self) -> list[Proposal]:
        """The changes that nobody has decided."""
        return [proposal for proposal in self.proposals if proposal.state == WAITING]

    def in_force(self) -> dict[str, tuple[Pack, ...]]:
        """The packs of each unit with the approved changes."""
        approved = [proposal for proposal in self.proposals if proposal.state == APPROVED]
        return {unit: _under(unit, packs, approved) for unit, packs in self.site.items()}

    def tried(self, proposal: Proposal, since: date) -> dict[str, tuple[Pack, ...]]:
        """The packs of each unit as if a change held from a day on, whatever was approved for later days."""
        approved = [p for p in self.proposals if p.state == APPROVED and not (_same(p, proposal) and p.since >= since)]
        trial = [*approved, replace(proposal, since=since, state=APPROVED)]
        return {unit: _under(unit, packs, trial) for unit, packs in self.site.items()}

    def units_of(self, proposal: Proposal) -> list[str]:
        """The units whose rules a change touches."""
        return [unit for unit, packs in self.site.items() if proposal.concerns(unit) and _has(packs, proposal)]


def _same(one: Proposal, other: Proposal) -> bool:
    return (one.kind, one.pack, one.name) == (other.kind, other.pack, other.name)


def _has(packs: Sequence[Pack], proposal: Proposal) -> bool:
    return any(pack.name == proposal.pack for pack in packs)


def _under(unit: str, packs: Sequence[Pack], approved: Sequence[Proposal]) -> tuple[Pack, ...]:
    here = [proposal for proposal in approved if proposal.concerns(unit)]
    return tuple(_amended(pack, [p for p in here if p.pack == pack.name]) for pack in packs)


def _amended(pack: Pack, approved: Sequence[Proposal]) -> Pack:
    """The pack with the figures and switches that were approved; what the pack no longer knows is passed over."""
    figures = _laid(approved, FIGURE, pack.parameters)
    switches = _laid(approved, SWITCH, {id: pack.switch(id) for id in pack.clauses})
    return pack.amended(figures, switches) if figures or switches else pack


def _laid(approved: Sequence[Proposal], kind: str, known: Mapping[str, Parameter]) -> dict[str, Parameter]:
    later: dict[str, dict[date, tuple[Any, str]]] = {}
    for proposal in approved:
        if proposal.kind == kind and proposal.name in known:
            later.setdefault(proposal.name, {})[proposal.since] = (proposal.value, proposal.number)
    return {name: known[name].from_then_on(days) for name, days in later.items()}
