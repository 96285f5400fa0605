"""Freezes a month: its lines as they stand and what it carried in and out; it is never opened again (G9)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from processor.ledger import Ledger
from processor.ledger.periods import Frozen
from processor.settle.adjustments import BINDING, adjusted_id
from processor.settle.pay import Month


def freeze(ledger: Ledger, month: Month, run: int, as_of: date) -> None:
    """Close a month: keep its lines as they stand and what it carried in and out."""
    period = month.period
    standing = ledger.decisions.of_period(period)
    adjusts = {d.decision_id: adjusted_id(d) for d in standing if d.binding == BINDING}
    effects = {id: line.effect for id, line in ledger.decisions.by_id(adjusts.values()).items()}
    effects |= {id: entries[0].effect for id, entries in ledger.periods.booked(adjusts.values()).items()}
    lines = [
        Frozen(
            period=period,
            decision_id=d.decision_id,
            adjusts=adjusts.get(d.decision_id, d.decision_id),
            unit=d.unit,
            staff_no=d.staff_no,
            effect=effects.get(adjusts.get(d.decision_id, ""), d.effect),
            amount=d.amount,
            points=d.points,
            paid=d.paid,
        )
        for d in standing
    ]
    carries: Mapping = {
        "in": (*month.taken, *month.refused),
        "out": month.left_over,
        "end": (*month.stranded, *month.refused),
    }
    ledger.periods.close(period, lines, carries, run, as_of.isoformat())
