"""Tests that fire equipment is owed: once a window of the calendar, or so many days after the last (消防设备台账)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from processor.calendars import windows
from processor.catalogue.parameter import Parameter
from processor.model import Finding, Text, say
from processor.rules.deadlines import missed
from processor.rules.declared import reads
from processor.rules.job import Job, records
from processor.rules.remarks import remark


@reads(equipment="设备编号 设备类别 部位 启用日期 停用日期", inspections="时间 类型 部位 设备类别 设备编号")
def owed(
    job: Job, *, kind: str, by_window: Mapping[str, Parameter], by_days: Parameter, remind_days: Parameter
) -> list[Finding]:
    """Flag each test of 类型 `kind` that is overdue by equipment, remind of those due within `remind_days`.

    by_window: window (`month`, `quarter`, `half`) -> the 设备类别 owed one test in each. A window counts if the
    equipment was in use throughout, from the one on in which the unit's first known record lies (G14); a later test
    does not cure a missed window. by_days: 设备类别 -> days after the last test, or after 启用日期, by which the next
    is owed.
    """
    rows = job.facts["inspections"]
    since = None if rows.empty else rows["时间"].min().date()
    tests = rows[(rows["类型"] == kind) & rows["设备编号"].notna()]
    tested = {str(no): sorted(group["时间"].dt.date) for no, group in tests.groupby("设备编号")}
    window_of = {name: window for window, names in by_window.items() for name in names.at(job.as_of)}
    intervals = by_days.at(job.as_of)
    findings = []
    for row in records(job.facts["equipment"]):
        days = tested.get(row["设备编号"], [])
        if row["设备类别"] in intervals:
            findings += _by_interval(job, row, days, intervals[row["设备类别"]], remind_days)
        elif row["设备类别"] in window_of and since is not None:
            findings += _by_window(job, row, days, window_of[row["设备类别"]], since, remind_days)
    return findings


def _by_window(
    job: Job, row: Mapping[str, Any], days: list[date], window: str, since: date, remind_days: Parameter
) -> list[Finding]:
    begun, ended = row["启用日期"].date(), _end(row)
    whole = [span for span in windows(max(begun, since), job.as_of, window) if begun <= span[1] and span[2] <= ended]
    return [
        _due(job, row, found.last, found.key, found.effect, found.words, found.due)
        for found in missed(job.as_of, days, whole, remind_days)
    ]


def _by_interval(
    job: Job, row: Mapping[str, Any], days: list[date], interval: int, remind_days: Parameter
) -> list[Finding]:
    """The due day itself is in time; the next term runs from the test that came, however late."""
    findings = []
    start = row["启用日期"].date()
    for test in [*(day for day in days if day > start), None]:
        due = start + timedelta(days=interval)
        until = test or job.as_of
        left = (due - until).days
        if due <= _end(row) and left < 0:
            words = say("应在{last}前完成，没有完成，逾期{elapsed}天", last=due.isoformat(), elapsed=-left)
            findings.append(_due(job, row, due, due.isoformat(), "flag", words, None if test else due))
        elif due <= _end(row) and test is None and left <= remind_days.at(due):
            words = say("应在{last}前完成", last=due.isoformat())
            findings.append(_due(job, row, due, due.isoformat(), "remind", words, due))
        start = until
    return findings


def _end(row: Mapping[str, Any]) -> date:
    return date.max if row["停用日期"] is None else row["停用日期"].date()


def _due(
    job: Job, row: Mapping[str, Any], last: date, key: str, effect: str, words: Text, still: date | None
) -> Finding:
    """still: the day by which a test was owed that is still to be made up."""
    text = say(
        "{place}的{kind}（设备{no}）测试{state}",
        place=row["部位"],
        kind=row["设备类别"],
        no=row["设备编号"],
        state=words,
    )
    return remark(job, row, text, day=last, subject=row["设备编号"], effect=effect, part=key, due=still)
