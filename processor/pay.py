"""Records of pay: who is paid, what a month deducts, and what it carries on."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from processor.decision import Decision
from processor.model import PAID_STATUSES


@dataclass(frozen=True, slots=True)
class Carry:
    """What of one decision a month's wage could not bear: unsigned fen that move to the next month (G12)."""

    staff_no: str
    decision_id: str
    amount: int


@dataclass(frozen=True)
class Payee:
    """What payroll must know of an employee. wage: monthly, fen, None = unknown. left: day of leaving."""

    staff_no: str
    name: str
    unit: str
    department: str
    wage: int | None
    left: date | None


@dataclass(frozen=True)
class Month:
    """One month's pay. lines: paid decisions; taken, left_over: what came from the month before and goes to the next.

    stranded: left over by employees who are gone, so that no later month can deduct it. refused: came from the month
    before, closed already, but the employee had left by then; nothing of it is deducted.
    """

    period: str
    lines: tuple[Decision, ...]
    taken: tuple[Carry, ...] = ()
    left_over: tuple[Carry, ...] = ()
    stranded: tuple[Carry, ...] = ()
    refused: tuple[Carry, ...] = ()
    unchecked: frozenset[str] = field(default_factory=frozenset)


def pays(decision: Decision) -> bool:
    """Whether a line stands in the deduction sheet: final or confirmed, with an amount or points."""
    return decision.status in PAID_STATUSES and (decision.amount is not None or bool(decision.points))
