"""What a unit has to do: due, overdue, and what staff ticked off."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from processor.model import Text, say
from processor.report.pages.view import Fold, Keys, Row, Table, Value
from processor.report.snapshot import Line, Reminder, Snapshot, Unit


def reminder_fold(snapshot: Snapshot, unit: Unit, lines: Iterable[Line]) -> list[Fold]:
    """The unit's reminders, open ones first, the longest overdue at the top; nothing where there are none. lines: its own."""
    mine = [reminder for reminder in snapshot.reminders if reminder.decision.unit == unit.name]
    if not mine:
        return []
    headers = (say("日期"), say("事项"), say("员工"), say("对象"), say("超期天数"), say("办理情况"), say("决定编号"))
    ordered = sorted(mine, key=lambda reminder: (reminder.tick is not None, reminder.day))
    things = {line.decision.decision_id: line.thing for line in lines}
    table = Table(
        say("到期和逾期的事项"),
        headers,
        tuple(_row(reminder, things) for reminder in ordered[:_LISTED]),
        note=say("其余{n}项见《提醒清单》。", n=len(mine) - _LISTED) if len(mine) > _LISTED else None,
        keys=tuple(
            Keys(None, reminder.decision.staff_no, reminder.decision.clause, reminder.decision.status)
            for reminder in ordered[:_LISTED]
        ),
    )
    still_open = sum(reminder.tick is None for reminder in mine)
    return [Fold("reminders", say("待办提醒"), (table,), _HOW_TO_TICK, count=still_open)]


_LISTED = 500


_HOW_TO_TICK = say("办完的事项在《提醒清单》工作簿的“是否已办”一栏选“是”，放回收件箱，下一批不再提醒。")


def _row(reminder: Reminder, things: Mapping[str, str]) -> tuple[Value, ...]:
    line = reminder.decision
    return (
        reminder.day,
        line.text,
        f"{line.staff_name} {line.staff_no}".strip(),
        things.get(line.decision_id) or line.subject,
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
