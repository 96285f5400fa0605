"""提醒清单.xlsx: what is due in the coming week and what is overdue; ticked off and dropped into the inbox it leaves the list."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from pathlib import Path

from processor.decision import Decision, Tick
from processor.report.snapshot import Reminder
from processor.report.tables import Sheet, write_workbook

TITLE = "提醒清单"
HEADER = (
    "提醒编号",
    "门店",
    "日期",
    "事项",
    "员工",
    "对象",
    "超期天数",
    "是否已办",
    "办理日期",
    "办理人工号",
    "备注",
)
WIDTHS = (22, 12, 12, 70, 16, 24, 10, 10, 12, 12, 24)


def reminders(
    lines: Iterable[Decision], ticks: Mapping[str, Tick], names: Mapping[str, str], as_of: date
) -> list[Reminder]:
    """What is due by the Sunday of the coming week, what is overdue, and what has no term; by unit and day.

    A tick counts for the day for which it was given: what falls due again is open again. names: staff number -> name.
    """
    sunday = as_of + timedelta(days=13 - as_of.weekday())
    found = []
    for line in lines:
        if line.due is not None and line.due > sunday:
            continue
        day = line.due or line.date
        over = (as_of - line.due).days if line.due is not None else 0
        tick = ticks.get(line.decision_id)
        if tick is not None and tick.day != day:
            tick = None
        found.append(Reminder(line, day, over if over > 0 else None, tick, names.get(tick.by, "") if tick else ""))
    return sorted(found, key=lambda reminder: (reminder.decision.unit, reminder.day, reminder.decision.decision_id))


def write_reminders(path: Path, owed: Iterable[Reminder]) -> None:
    """One line an open reminder, with a drop-down list to tick it off."""
    rows = [_row(reminder) for reminder in owed if reminder.tick is None]
    write_workbook(path, [Sheet(TITLE, HEADER, rows, WIDTHS).offer("是否已办", ("是", "否"))])


def _row(reminder: Reminder) -> tuple[str | int | None, ...]:
    line = reminder.decision
    who = f"{line.staff_no} {line.staff_name}".strip()
    day = reminder.day.isoformat()
    return (line.decision_id, line.unit, day, str(line.text), who, line.subject, reminder.days_over, "", "", "", "")
