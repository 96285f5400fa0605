"""A change of the rules that a manager proposed: a figure, a switch of a clause, or a clause of the site's own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

WAITING, APPROVED, REFUSED = "waiting", "approved", "refused"
FIGURE, SWITCH, CLAUSE = "figure", "switch", "clause"
OWN_PACK = "own"  # the pack of a site's own clauses


@dataclass(frozen=True)
class Impact:
    """What a change would have made of one person's lines of one clause in one month; amounts are signed fen.

    before, after: the sentences of the lines that differ, one a line. lines: how many decisions differ.
    """

    period: str
    unit: str
    staff_no: str
    staff_name: str
    clause: str
    before: str
    after: str
    old_amount: int
    new_amount: int
    lines: int


@dataclass(frozen=True)
class Proposal:
    """One change. pack, name: a parameter of a pack, or a clause. units: which it is for, empty = all that use the pack.

    value: typed, for a switch whether the clause applies, for a clause the cells of its row by header. since: from which day.
    told, before, after: what changes, in words. by, day: who proposed it when; fact: the row in which he did.
    state: waiting, approved or refused; decided_by, decided_on, decided_in: who did so, when, in which row.
    tried: over what months it was tried, in words, with `impacts`.
    """

    number: str
    kind: str
    pack: str
    name: str
    units: tuple[str, ...]
    value: Any
    since: date
    told: str
    before: str
    after: str
    reason: str
    by: str
    day: date
    fact: int
    state: str = WAITING
    decided_by: str = ""
    decided_on: date | None = None
    decided_in: int | None = None
    tried: str = ""
    impacts: tuple[Impact, ...] = ()

    def concerns(self, unit: str) -> bool:
        """Whether it is for this unit, if the unit uses the pack."""
        return not self.units or unit in self.units
