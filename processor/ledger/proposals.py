"""Changes of the rules that managers proposed, with what became of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, fields, replace
from datetime import date
from typing import Any

import orjson
from sqlalchemy import Connection, delete, insert, select

from processor.catalogue.proposal import Impact, Proposal
from processor.ledger.schema import proposals

_JSON = ("units", "value", "impacts")
_DAYS = ("since", "day", "decided_on")


class ProposalStore:
    """The proposals of one ledger transaction, in the order of their numbers."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def all(self) -> list[Proposal]:
        """Every proposal."""
        found = [_proposal(row) for row in self.connection.execute(select(proposals))]
        return sorted(found, key=lambda proposal: (proposal.number[:5], int(proposal.number[6:])))

    def keep(self, changed: Sequence[Proposal]) -> None:
        """Write new proposals, or what became of known ones."""
        for proposal in changed:
            self.connection.execute(delete(proposals).where(proposals.c.number == proposal.number))
            self.connection.execute(insert(proposals), [_row(proposal)])


def _row(proposal: Proposal) -> dict[str, Any]:
    row = {field.name: getattr(proposal, field.name) for field in fields(Proposal)}
    row["impacts"] = [asdict(impact) for impact in proposal.impacts]
    row |= {name: orjson.dumps(row[name]).decode() for name in _JSON}
    return row | {name: row[name] and row[name].isoformat() for name in _DAYS}


def _proposal(row: Any) -> Proposal:
    values = dict(row._mapping)
    values |= {name: orjson.loads(values[name]) for name in _JSON}
    values |= {name: date.fromisoformat(values[name]) if values[name] else None for name in _DAYS}
    impacts = tuple(Impact(**impact) for impact in values["impacts"])
    return replace(Proposal(**values), units=tuple(values["units"]), impacts=impacts)
