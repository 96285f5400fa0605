"""Revisits that delivered projects are owed by the calendar (项目档案)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

import pandas as pd

from processor.calendars import month_end, window_key, window_range, windows
from processor.catalogue.parameter import Parameter
from processor.model import Finding, Text, say
from processor.rules.deadlines import Missed, missed
from processor.rules.declared import reads
from processor.rules.job import Job, records
from processor.rules.remarks import remark

Spans = list[tuple[str, date, date]]


@reads(followups="回访时间 项目编号", projects="项目编号 项目名称 交付日期")
def owed(job: Job, *, months: Parameter, remind_days: Parameter) -> list[Finding]:
    """Flag each month, later each quarter, without a revisit of a project; remind in the last `remind_days` days.

    Monthly from the month after delivery to the `months`-th, quarterly from the first quarter that begins after it.
    Judged from the window on in which the unit's first known revisit lies (G14); a later revisit ends the overdue days
    and does not undo the miss.
    """
    calls = job.facts["followups"]
    if calls.empty:
        return []
    since = calls["回访时间"].min().date()
    calls = calls[calls["项目编号"].notna()].assign(day=lambda f: f["回访时间"].dt.normalize())
    by_project = {str(name): sorted(group["day"].dt.date) for name, group in calls.groupby("项目编号")}
    findings = []
    for row in records(job.facts["projects"]):
        days = by_project.get(row["项目编号"], [])
        for rhythm, spans in _owed(row["交付日期"].date(), job.as_of, months):
            known = [span for span in spans if span[2] >= since]
            findings += [
                _missing(job, row, rhythm, found)
                for found in missed(job.as_of, days, known, remind_days, late_ends_it=True)
            ]
    return findings


def _owed(delivered: date, upto: date, months: Parameter) -> Iterator[tuple[Text, Spans]]:
    """The windows in which revisits are owed, monthly ones first, with how often that is."""
    after = month_end(delivered) + timedelta(days=1)
    last = (pd.Timestamp(after) + pd.DateOffset(months=months.at(delivered)) - pd.Timedelta(days=1)).date()
    yield say("每月"), windows(after, min(last, upto), "month")
    quarterly = window_range(window_key(last, "quarter"), "quarter")[1] + timedelta(days=1)
    yield say("每季"), windows(quarterly, upto, "quarter")


def _missing(job: Job, row: Mapping[str, Any], rhythm: Text, found: Missed) -> Finding:
    text = say(
        "项目{no}{name}{rhythm}一次的电话回访{state}",
        no=row["项目编号"],
        name=row["项目名称"],
        rhythm=rhythm,
        state=found.words,
    )
    return remark(
        job,
        row,
        text,
        day=found.last,
        subject=row["项目编号"],
        effect=found.effect,
        part=found.key,
        due=found.due,
    )
