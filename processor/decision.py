"""A decision: a rule's finding with its id, unit, names, money and status; a manager's answer to it; a tick that it is done."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date
from datetime import date as Day
from typing import Any

from processor.model import PAID_STATUSES, WAITING_STATUSES, Candidate, Text


@dataclass(frozen=True, slots=True)
class Decision:
    """One line of decisions.csv and what `explain` tells beside it.

    amount: signed fen. window: key of the window it was decided in (what a batch decides anew as a whole).
    row: fact id of the judged row, None where no row was judged.
    parameters: name, value, first day in force, and who set it, empty for the pack itself.
    due: the day by which something had to be done that is still to be done.
    """

    decision_id: str
    period: str
    date: date
    unit: str
    pack: str
    clause: str
    family: str
    effect: str
    staff_no: str
    staff_name: str
    subject: str
    amount: int | None
    points: str
    occurrence: int | None
    status: str
    text: Text
    reading: str
    linked_to: str
    row: int | None
    column: str
    part: str
    binding: str
    window: str
    evidence: tuple[int, ...] = ()
    candidates: tuple[Candidate, ...] = ()
    steps: tuple[Text, ...] = ()
    parameters: tuple[tuple[str, Any, str, str], ...] = ()
    due: Day | None = None

    @property
    def paid(self) -> bool:
        """Whether it stands in a deduction sheet: final or confirmed, with an amount or points."""
        return self.status in PAID_STATUSES and (self.amount is not None or bool(self.points))

    @property
    def waits(self) -> bool:
        """Whether it waits for a manager."""
        return self.status in WAITING_STATUSES

    @property
    def fingerprint(self) -> str:
        """What a manager answers: when one of these changes, the line asks again."""
        stated = (self.effect, self.date.isoformat(), self.staff_no, self.subject, self.amount, self.points)
        return hashlib.sha256(repr((*stated, self.occurrence)).encode()).hexdigest()[:16]


def identify(unit: str, clause: str, effect: str, staff_no: str, subject: str, part: str) -> str:
    """The same thing judged has the same id in every run and on every machine."""
    stamp = "\x1f".join((unit, clause, effect, staff_no, subject, part))
    return f"{clause}-{hashlib.sha256(stamp.encode()).hexdigest()[:12]}"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a named manager said of one decision. amount: unsigned fen (改为). fingerprint: of the line as he saw it.

    A blank fingerprint (the line was not known yet) answers whatever the line says now. fact: id of the answer's row.
    owner: to whom a customer is awarded (归属).
    """

    decision_id: str
    verdict: str
    amount: int | None
    by: str
    day: date
    fingerprint: str
    fact: int
    owner: str = ""


@dataclass(frozen=True, slots=True)
class Tick:
    """A reminder ticked off. day: for which day it was due when it was ticked; by: staff number, may be blank."""

    decision_id: str
    day: date
    by: str
    done_on: date
