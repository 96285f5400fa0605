"""Tests that fire equipment is owed so many days after the last (消防设备台账)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from processor.catalogue.parameter import Parameter
from processor.model import Finding, say
from processor.rules.declared import reads
from processor.rules.job import Job, records
from processor.rules.remarks import remark


@reads(equipment="设备编号 设备类别 部位 启用日期 停用日期", inspections="时间 类型 设备编号")
def owed(job: Job, *, kind: str, by_days: Parameter, remind_days: Parameter) -> list[Finding]:
    """Flag each test of 类型 `kind` that is overdue by equipment, remind of those due within `remind_days` (FS-4).

    by_days: 设备类别 -> days after the last test, or after 启用日期, by which the next is owed.
    """
    rows = job.facts["inspections"]
    tests = rows[(rows["类型"] == kind) & rows["设备编号"].notna()]
    tested = {str(no): sorted(group["时间"].dt.date) for no, group in tests.groupby("设备编号")}
    intervals = by_days.at(job.as_of)
    equipment = job.facts["equipment"]
    return [
        finding
        for row in records(equipment[equipment["设备类别"].isin(list(intervals))])
        for finding in _of_one(job, row, tested.get(row["设备编号"], []), intervals[row["设备类别"]], remind_days)
    ]


def _of_one(
    job: Job, row: Mapping[str, Any], days: list[date], interval: int, remind_days: Parameter
) -> Iterator[Finding]:
    """The due day itself is in time; the next term runs from the test that came, however late."""
    ended = date.max if row["停用日期"] is None else row["停用日期"].date()
    start = row["启用日期"].date()
    for test in [*(day for day in days if day > start), None]:
        due = start + timedelta(days=interval)
        left = (due - (test or job.as_of)).days
        if due <= ended and (left < 0 or (test is None and left <= remind_days.at(due))):
            yield _line(job, row, due, left, is_made_up=test is not None)
        start = test or job.as_of


def _line(job: Job, row: Mapping[str, Any], due: date, left: int, *, is_made_up: bool) -> Finding:
    """A flag on a test that was not made by its day, a remind of one that is still to be."""
    state = say("应在{last}前完成", last=due.isoformat())
    if left < 0:
        state = say("应在{last}前完成，没有完成，逾期{elapsed}天", last=due.isoformat(), elapsed=-left)
    text = say(
        "{place}的{kind}（设备{no}）测试{state}",
        place=row["部位"],
        kind=row["设备类别"],
        no=row["设备编号"],
        state=state,
    )
    return remark(
        job,
        row,
        text,
        day=due,
        subject=row["设备编号"],
        effect="flag" if left < 0 else "remind",
        part=due.isoformat(),
        due=None if is_made_up else due,
    )
