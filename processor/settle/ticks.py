"""Takes out of a 提醒清单 that was dropped back what staff ticked off."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from processor.decision import Decision, Tick
from processor.ledger import Ledger
from processor.settle.forms import Form, Refused, Row

REGISTER = "reminders"


def take(ledger: Ledger, forms: Iterable[Form], as_of: date) -> list[Refused]:
    """Keep the batch's ticks (是否已办 是) and take back those that were set to 否; a blank cell says nothing.

    Returns the rows about reminders that never were.
    """
    refused: list[Refused] = []
    for form in forms:
        if form.register == REGISTER:
            refused += _keep(ledger, form, as_of)
    return refused


def _keep(ledger: Ledger, form: Form, as_of: date) -> list[Refused]:
    known = ledger.decisions.ever(form.frame["提醒编号"].dropna())
    refused: list[Refused] = []
    given: list[Tick] = []
    taken_back: list[str] = []
    for row in form.rows():
        id = row.cells["提醒编号"]
        if id not in known:
            message = f"没有编号为“{id}”的提醒，这一行不起作用。请从提醒清单或网页上复制提醒编号。"
            refused.append(Refused(row.place, "提醒编号", id, "现有的提醒编号", message))
        elif not row.fresh or row.cells["是否已办"] is None:
            continue
        elif row.cells["是否已办"]:
            given.append(_tick(row, known[id], as_of))
        else:
            taken_back.append(id)
    ledger.ticks.drop(taken_back)
    ledger.ticks.keep(given)
    return refused


def _tick(row: Row, line: Decision, as_of: date) -> Tick:
    """Without 日期 the tick is about the reminder as it stands; without 办理日期 it was done on the batch's day."""
    day, done = row.cells["日期"], row.cells["办理日期"]
    return Tick(
        decision_id=line.decision_id,
        day=day.date() if day is not None else line.due or line.date,
        by=row.cells["办理人工号"] or "",
        done_on=done.date() if done is not None else as_of,
    )
