"""The catalogue of clauses: pack, family, kind, figures with their dates, registers read."""

from __future__ import annotations

from typing import Any

from processor.catalogue.catalogue import Catalogue
from processor.catalogue.nature import natures
from processor.catalogue.pack import Pack
from processor.catalogue.parameter import shown
from processor.errors import PolicyError
from processor.messages import tell


def catalogue(known: Catalogue, pack: str | None = None, own: Pack | None = None) -> list[dict[str, Any]]:
    """One object a clause, in the order of packs and of the rule books. own: the clauses of a site's rule book.

    Raises PolicyError on an unknown pack.
    """
    packs = {**known.packs(), **({own.name: own} if own is not None else {})}
    if pack is not None and pack not in packs:
        raise PolicyError(
            tell("there is no pack {pack}", pack=pack),
            where="--pack",
            mend=tell("one of {known}", known=", ".join(packs)),
        )
    return [row for name, found in packs.items() if pack in (None, name) for row in _rows(found)]


def _rows(pack: Pack) -> list[dict[str, Any]]:
    told = natures([pack])
    return [
        {
            "clause": clause.id,
            "pack": pack.name,
            "family": clause.family,
            "kind": clause.kind,
            "title": clause.title,
            "rule": clause.rule,
            "reading": clause.reading,
            "readings": list(clause.readings),
            "cites": f"{pack.document} {clause.cites}",
            "registers": list(clause.registers),
            "nature": told.all_of(clause.id),
            "in_force_from": pack.in_force_from.isoformat(),
            "parameters": [
                {
                    "name": p.name,
                    "title": p.title,
                    "type": p.type,
                    "unit": p.unit,
                    "values": [
                        {"from": day.isoformat(), "value": shown(p.type, value)} for day, value in p.values.items()
                    ],
                }
                for p in pack.parameters.values()
                if p.clause == clause.id
            ],
        }
        for clause in pack.clauses.values()
    ]


def as_text(rows: list[dict[str, Any]]) -> str:
    """The catalogue for a terminal."""
    lines = []
    for row in rows:
        lines.append(
            f"{row['clause']:8} {row['pack']:20} {row['family']:14} {row['kind']:9} {'、'.join(row['nature']):8} {row['title']}"
        )
        for p in row["parameters"]:
            values = ", ".join(f"{v['value']} (from {v['from']})" for v in p["values"]) or "no value"
            lines.append(f"{'':10}{p['name']} = {values} {p['unit']} — {p['title']}")
    return "\n".join(lines)
