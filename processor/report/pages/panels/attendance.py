"""Attendance as a calendar: one row an employee, one column a day, a word in each cell that is out of the ordinary."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, timedelta

import pandas as pd

from processor.calendars import window_key
from processor.model import Text, say
from processor.report.pages.panels.facts import filled, shown_name
from processor.report.pages.view import Bar, Keys, Panel, Picture, Table, Value
from processor.report.snapshot import Line, Snapshot, Unit

_SIGNS: Mapping[str, Text] = {
    "迟到": say("迟"),
    "早退": say("早"),
    "迟到早退": say("迟早"),
    "未打卡": say("未"),
    "旷工": say("旷"),
    "请假": say("假"),
}
_SWAPPED, _LEAVE = say("换"), say("假")
_WORDS: Mapping[str, Text] = {
    "迟": say("迟到"),
    "早": say("早退"),
    "迟早": say("迟到并早退"),
    "未": say("未打卡"),
    "旷": say("旷工"),
    "假": say("请假"),
    "换": say("换班"),
}
_Days = dict[str, dict[date, list[Text]]]


def attendance_panel(snapshot: Snapshot, unit: Unit, lines: Sequence[Line]) -> Panel:
    """One calendar a month with what the registers of attendance, leave and swaps say; the picture counts the days."""
    days: _Days = {}
    for who, day, status in filled(snapshot, unit, "attendance", ["工号", "日期", "状态"]):
        if status in _SIGNS:
            _mark(days, who, day.date(), _SIGNS[status])
    for who, first, last in filled(snapshot, unit, "leave", ["工号", "开始日期", "结束日期"]):
        for day in pd.date_range(first.normalize(), last.normalize()):
            _mark(days, who, day.date(), _LEAVE)
    for columns in (["申请人工号", "原班日期"], ["对方工号", "还班日期"]):
        for who, when in filled(snapshot, unit, "swaps", columns):
            _mark(days, who, when.date(), _SWAPPED)
    names = snapshot.staff_names
    months = sorted({window_key(day, "month") for marked in days.values() for day in marked})
    return Panel(_days_of(days), tuple(_calendar(month, days, names) for month in months))


def _days_of(days: _Days) -> Picture | None:
    counts = Counter(
        (str(sign), window_key(day, "month"), who)
        for who, marked in days.items()
        for day, signs in marked.items()
        for sign in signs
    )
    bars = tuple(
        Bar(_WORDS[sign], count, Keys(month=month, person=who)) for (sign, month, who), count in sorted(counts.items())
    )
    return Picture(say("出勤异常、请假和换班（人天）"), bars) if bars else None


def _mark(days: _Days, who: str, day: date, sign: Text) -> None:
    marked = days.setdefault(str(who), {}).setdefault(day, [])
    if sign not in marked:
        marked.append(sign)


def _calendar(month: str, days: _Days, names: Mapping[str, str]) -> Table:
    first = date.fromisoformat(f"{month}-01")
    last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    span = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    people = [who for who in sorted(days) if any(day in days[who] for day in span)]
    return Table(
        say("{month} 考勤日历", month=month),
        (say("员工"), *(str(day.day) for day in span)),
        tuple((shown_name(names, who), *(_cell(days[who].get(day)) for day in span)) for who in people),
        note=say("迟：迟到，早：早退，未：未打卡，旷：旷工，假：请假，换：换班。未列出的日子和员工正常。"),
        kind="wide",
        keys=tuple(Keys(month=month, person=who) for who in people),
    )


def _cell(signs: list[Text] | None) -> Value:
    if not signs:
        return None
    return signs[0] if len(signs) == 1 else say("{first}{second}", first=signs[0], second=signs[1])
