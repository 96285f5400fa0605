"""Revisits that delivered projects are owed by the calendar, and gifts at the turn of the year (项目档案)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pandas as pd

from processor.calendars import month_end, window_key, window_range, windows
from processor.catalogue.parameter import Parameter
from processor.model import Finding, say
from processor.rules.deadlines import standing
from processor.rules.declared import reads
from processor.rules.job import Job, records
from processor.rules.remarks import remark


@dataclass(frozen=True)
class _Owed:
    """One revisit: window key, last day, and whether it is one of the monthly ones."""

    key: str
    first: date
    last: date
    monthly: bool


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
        for due in _due(row["交付日期"].date(), job.as_of, months):
            if due.last >= since and not any(due.first <= day <= due.last for day in days):
                findings += _missing(job, row, due, days, remind_days.at(due.last))
    return findings


@reads(projects="项目编号 项目名称 客户姓名")
def gifts(job: Job, *, month: Parameter) -> list[Finding]:
    """In `month` of the year: one reminder a project of the gift, and of asking for next year's needs."""
    if job.as_of.month != month.at(job.as_of):
        return []
    first = job.as_of.replace(day=1)
    return [
        remark(
            job,
            row,
            say(
                "项目{no}{name}（客户{customer}）：{month}寄送新年礼物，并了解{year}年的需求计划",
                no=row["项目编号"],
                name=row["项目名称"],
                customer=row["客户姓名"],
                month=f"{first:%Y-%m}",
                year=first.year + 1,
            ),
            day=first,
            subject=row["项目编号"],
            effect="remind",
            due=month_end(first),
        )
        for row in records(job.facts["projects"])
    ]


def _due(delivered: date, upto: date, months: Parameter) -> Iterator[_Owed]:
    count = months.at(delivered)
    after = window_range(window_key(delivered, "month"), "month")[1] + timedelta(days=1)
    last_monthly = (pd.Timestamp(after) + pd.DateOffset(months=count) - pd.Timedelta(days=1)).date()
    for key, first, last in windows(after, min(last_monthly, upto), "month"):
        yield _Owed(key, first, last, monthly=True)
    quarterly = window_range(window_key(last_monthly, "quarter"), "quarter")[1] + timedelta(days=1)
    for key, first, last in windows(quarterly, upto, "quarter"):
        yield _Owed(key, first, last, monthly=False)


def _missing(job: Job, row: Mapping[str, Any], due: _Owed, days: list[date], remind_days: int) -> list[Finding]:
    made_up = min((day for day in days if day > due.last), default=None)
    state = standing(job.as_of, due.last, remind_days, made_up)
    if state is None:
        return []
    effect, words = state
    text = say(
        "项目{no}{name}{rhythm}一次的电话回访{state}",
        no=row["项目编号"],
        name=row["项目名称"],
        rhythm=say("每月") if due.monthly else say("每季"),
        state=words,
    )
    still = None if made_up else due.last
    return [remark(job, row, text, day=due.last, subject=row["项目编号"], effect=effect, part=due.key, due=still)]
