"""Patrols and inspections: days and months without one, records not signed, gaps at key places (消防检查测试登记表)."""

from __future__ import annotations

import pandas as pd

from processor.calendars import window_key, windows
from processor.catalogue.parameter import Parameter
from processor.model import Finding, say
from processor.rules.declared import reads
from processor.rules.job import Job, records
from processor.rules.remarks import remark

REGISTER = "inspections"


@reads(inspections="时间 类型")
def missing_days(job: Job, *, kind: str) -> list[Finding]:
    """Flag each day up to the as-of day without a record of 类型 `kind`, in months with at least one record (G14)."""
    rows = job.facts[REGISTER]
    done = set(rows.loc[rows["类型"] == kind, "时间"].dt.date)
    findings = []
    for first, last in _months(rows):
        for stamp in pd.date_range(first, min(last, pd.Timestamp(job.as_of))):
            day = stamp.date()
            if day not in done:
                text = say("{day} 没有{kind}记录", day=day.isoformat(), kind=say(kind))
                findings.append(remark(job, None, text, day=day, subject=day.isoformat(), readings=("G14",)))
    return findings


@reads(inspections="时间 类型")
def missing_months(job: Job, *, kind: str) -> list[Finding]:
    """Flag each month that is over without a record of 类型 `kind`, if the unit delivered any record of it (G14)."""
    rows = job.facts[REGISTER]
    done = {window_key(day, "month") for day in rows.loc[rows["类型"] == kind, "时间"].dt.date}
    findings = []
    for _, stamp in _months(rows):
        last = stamp.date()
        if last <= job.as_of and f"{last:%Y-%m}" not in done:
            text = say("{month} 没有{kind}记录", month=f"{last:%Y-%m}", kind=say(kind))
            findings.append(remark(job, None, text, day=last, subject=f"{last:%Y-%m}", readings=("G14",)))
    return findings


@reads(inspections="记录编号 时间 类型 部位 检查人工号")
def gaps(job: Job, *, kind: str, minutes: Parameter) -> list[Finding]:
    """Flag two records of 类型 `kind` at one 部位 that follow each other after more than `minutes`, on the later."""
    rows = job.facts[REGISTER]
    rows = rows[(rows["类型"] == kind) & rows["部位"].notna()].sort_values(["部位", "时间", "记录编号"], kind="stable")
    before = rows.groupby("部位")[["时间", "_ref"]].shift()
    rows = rows.assign(before=before["时间"], earlier=before["_ref"])
    allowed = pd.to_timedelta(minutes.column(rows["时间"]).astype("float64"), unit="min")
    findings = []
    for row in records(rows[rows["时间"] - rows["before"] > allowed]):
        limit = minutes.at(row["时间"].date())
        text = say(
            "{place}{before}至{time}之间{found}分钟没有巡查，超过{limit}分钟",
            place=row["部位"],
            before=f"{row['before']:%Y-%m-%d %H:%M}",
            time=f"{row['时间']:%Y-%m-%d %H:%M}",
            found=int((row["时间"] - row["before"]).total_seconds() // 60),
            limit=limit,
        )
        findings.append(
            remark(
                job,
                row,
                text,
                day=row["时间"].date(),
                subject=row["记录编号"],
                staff_no=row["检查人工号"],
                column="时间",
                evidence=(int(row["earlier"]),),
            )
        )
    return findings


def _months(rows: pd.DataFrame) -> list[tuple[pd.Timestamp, pd.Timestamp]]:
    """First and last day of each month with a record."""
    keys = {window_key(day, "month") for day in rows["时间"].dt.date}
    if not keys:
        return []
    span = windows(rows["时间"].min().date(), rows["时间"].max().date(), "month")
    return [(pd.Timestamp(first), pd.Timestamp(last)) for key, first, last in span if key in keys]
