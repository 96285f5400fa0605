"""Takes out of a 提醒清单 that was dropped back what staff ticked off."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from processor.decision import Decision, Tick
from processor.ledger import Ledger
from processor.model import say
from processor.settle.forms import EFFECTIVE, WAITING, Form, Refused, Row, Told

REGISTER, DONE = "reminders", "是否已办"


@dataclass
class Ticked:
    """What became of the rows: those about reminders that never were, and the others."""

    refused: list[Refused] = field(default_factory=list)
    told: list[Told] = field(default_factory=list)


def take(ledger: Ledger, forms: Iterable[Form], as_of: date) -> Ticked:
    """Keep the batch's ticks (是否已办 是) and take back those that were set to 否; a blank cell says nothing."""
    ticked = Ticked()
    for form in forms:
        if form.register == REGISTER:
            _keep(ledger, form, as_of, ticked)
    return ticked


def _keep(ledger: Ledger, form: Form, as_of: date, ticked: Ticked) -> None:
    known = ledger.decisions.ever(form.frame["提醒编号"].dropna())
    given: list[Tick] = []
    taken_back: list[str] = []
    for row in form.rows():
        id = row.cells["提醒编号"]
        if id not in known:
            message = f"没有编号为“{id}”的提醒，这一行不起作用。请从提醒清单或网页上复制提醒编号。"
            ticked.refused.append(row.refused("提醒编号", message, "现有的提醒编号"))
        elif DONE in row.unread:
            ticked.refused.append(row.refused(DONE, f"“{row.unread[DONE]}”不是可选的答复（是、否）", "是、否"))
        elif row.cells[DONE] is None:
            ticked.told.append(Told(row.place, WAITING))
        else:
            done = bool(row.cells[DONE])
            ticked.told.append(Told(row.place, EFFECTIVE, say("已生效：已办") if done else say("已生效：未办")))
            if row.fresh and done:
                given.append(_tick(row, known[id], as_of))
            elif row.fresh:
                taken_back.append(id)
    ledger.ticks.drop(taken_back)
    ledger.ticks.keep(given)


def _tick(row: Row, line: Decision, as_of: date) -> Tick:
    """Without 日期 the tick is about the reminder as it stands; without 办理日期 it was done on the batch's day."""
    day, done = row.cells["日期"], row.cells["办理日期"]
    return Tick(
        decision_id=line.decision_id,
        day=day.date() if day is not None else line.due or line.date,
        by=row.cells["办理人工号"] or "",
        done_on=done.date() if done is not None else as_of,
    )
