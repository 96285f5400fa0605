"""Takes out of a 提醒清单 that was dropped back what staff ticked off."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from processor.batch.receive import Sheet, Workbook, problems_of
from processor.decision import Decision, Tick
from processor.ledger import Ledger
from processor.rules.job import records

REGISTER = "reminders"


def take(ledger: Ledger, workbooks: Iterable[Workbook], as_of: date) -> None:
    """Keep the batch's ticks (是否已办 是) and take back those that were set to 否; a blank cell says nothing.

    A row about a reminder that never was marks its cell.
    """
    for workbook in workbooks:
        for sheet in workbook.sheets:
            if sheet.reading.register == REGISTER:
                known = ledger.decisions.ever(sheet.frame["提醒编号"].dropna())
                _mark_unknown(workbook, sheet, known)
                _keep(ledger, sheet, known, as_of)


def _mark_unknown(workbook: Workbook, sheet: Sheet, known: Mapping[str, Decision]) -> None:
    problems = problems_of(workbook, sheet)
    for id, row in zip(sheet.frame["提醒编号"], sheet.frame["_row"], strict=True):
        if id not in known:
            message = f"没有编号为“{id}”的提醒，这一行不起作用。请从提醒清单或网页上复制提醒编号。"
            problems.add(int(row), "提醒编号", id, "现有的提醒编号", message)


def _keep(ledger: Ledger, sheet: Sheet, known: Mapping[str, Decision], as_of: date) -> None:
    given: list[Tick] = []
    taken_back: list[str] = []
    for row, kind in zip(records(sheet.frame), sheet.stored.kinds, strict=True):
        if kind not in ("new", "changed") or int(row["_row"]) in sheet.strange or row["是否已办"] is None:
            continue
        if row["是否已办"]:
            given.append(_tick(row, known[row["提醒编号"]], as_of))
        else:
            taken_back.append(row["提醒编号"])
    ledger.ticks.drop(taken_back)
    ledger.ticks.keep(given)


def _tick(row: Mapping[str, Any], line: Decision, as_of: date) -> Tick:
    """Without 日期 the tick is about the reminder as it stands; without 办理日期 it was done on the batch's day."""
    return Tick(
        decision_id=line.decision_id,
        day=row["日期"].date() if row["日期"] is not None else line.due or line.date,
        by=row["办理人工号"] or "",
        done_on=row["办理日期"].date() if row["办理日期"] is not None else as_of,
    )
