"""What a unit has to do: due, overdue, and what staff ticked off."""

from __future__ import annotations

from processor.model import Text, say
from processor.report.pages.view import Row, Section, Table, Value
from processor.report.snapshot import Reminder, Snapshot, Unit


def reminder_section(snapshot: Snapshot, unit: Unit) -> list[Section]:
    """The unit's reminders, open ones first, the longest overdue at the top; no section where there are none."""
    mine = [reminder for reminder in snapshot.reminders if reminder.decision.unit == unit.name]
    if not mine:
        return []
    headers = (say("日期"), say("事项"), say("员工"), say("对象"), say("超期天数"), say("办理情况"), say("决定编号"))
    ordered = sorted(mine, key=lambda reminder: (reminder.tick is not None, reminder.day))
    table = Table(say("到期和逾期的事项"), headers, tuple(_row(reminder) for reminder in ordered))
    return [Section("reminders", say("待办提醒"), (table,), _HOW_TO_TICK)]


_HOW_TO_TICK = say("办完的事项在《提醒清单》工作簿的“是否已办”一栏选“是”，放回收件箱，下一批不再提醒。")


def _row(reminder: Reminder) -> tuple[Value, ...]:
    line = reminder.decision
    return (
        reminder.day,
        line.text,
        f"{line.staff_name} {line.staff_no}".strip(),
        line.subject,
        reminder.days_over,
        _state(reminder),
        Row(line.decision_id, line.decision_id),
    )


def _state(reminder: Reminder) -> Text:
    tick = reminder.tick
    if tick is None:
        return say("未办")
    day, who = tick.done_on.isoformat(), f"{reminder.ticked_by} {tick.by}".strip()
    return say("{day} {who} 已办", day=day, who=who) if who else say("{day} 已办", day=day)
