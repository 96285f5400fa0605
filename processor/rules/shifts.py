"""Shifts (考勤登记表): usual times where the register leaves them blank, days worked running, leave asked for in time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pandas as pd

from processor.catalogue.outcome import Outcome
from processor.catalogue.parameter import Parameter
from processor.model import Finding, say
from processor.rules import attendance
from processor.rules.declared import reads
from processor.rules.job import Job, records
from processor.rules.lookup import listed
from processor.rules.remarks import remark

DAY = pd.Timedelta(days=1)
WEEKDAYS = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")


@reads(attendance="日期 工号 班次 应到时间 应退时间 上班打卡 下班打卡 状态 备注")
def breaches(
    job: Job, *, kinds: Sequence[str], outcome: Outcome, grace: Parameter, begins: Parameter, ends: Parameter
) -> list[Finding]:
    """`attendance.breaches` with blank 应到时间 and 应退时间 filled from the usual times of the shift or weekday.

    begins, ends: tables of 班次 or weekday (周一 to 周日) -> time; the shift's name goes before the weekday.
    """
    rows = job.facts["attendance"]
    filled = rows.assign(
        应到时间=rows["应到时间"].fillna(_usual(rows, begins)), 应退时间=rows["应退时间"].fillna(_usual(rows, ends))
    )
    usual = replace(job, facts={**job.facts, "attendance": filled})
    return attendance.breaches(usual, kinds=kinds, outcome=outcome, grace=grace)


@reads(attendance="日期 工号 班次 应到时间 应退时间 上班打卡 下班打卡 状态 备注")
def running_days(job: Job, *, limit: Parameter, grace: Parameter, weekdays: Parameter | None = None) -> list[Finding]:
    """A flag on the row with which a run of days worked without a day off reaches `limit`; one a run.

    weekdays: names of the weekdays that count (周一 to 周日), all where left out; other days end a run.
    """
    rows = attendance.judged(job.facts["attendance"], grace)
    rows = rows[rows["working"] & job.in_scope(rows["工号"], rows["日期"])]
    if weekdays is not None:
        rows = rows[listed(_weekday(rows["日期"]), rows["日期"], weekdays)]
    rows = rows.sort_values(["工号", "日期"], kind="stable")
    starts = (rows["日期"] - rows.groupby("工号")["日期"].shift()) != DAY
    rows = rows.assign(run=starts.cumsum())
    rows["number"] = rows.groupby("run").cumcount() + 1
    findings = []
    for row in records(rows[rows["number"] == limit.column(rows["日期"])]):
        run = rows[(rows["run"] == row["run"]) & (rows["number"] <= row["number"])]
        day = row["日期"].date()
        text = say(
            "{name}从{first}到{day}连续上班{n}天，没有休息",
            name=job.name_of(row["工号"]),
            first=f"{run['日期'].iloc[0]:%Y-%m-%d}",
            day=day.isoformat(),
            n=row["number"],
        )
        subject = f"{row['工号']}|{day.isoformat()}"
        refs = tuple(int(ref) for ref in run["_ref"])
        findings.append(
            remark(job, row, text, day=day, subject=subject, staff_no=row["工号"], column="日期", evidence=refs)
        )
    return findings


@reads(leave="请假编号 申请日期 工号 开始日期")
def leave_notice(job: Job, *, days: Parameter) -> list[Finding]:
    """A flag on leave that was not asked for at least `days` days before its first day."""
    rows = job.facts["leave"]
    rows = rows[job.in_scope(rows["工号"], rows["开始日期"])]
    notice = pd.to_timedelta(days.column(rows["开始日期"]).astype("float64"), unit="D")
    findings = []
    for row in records(rows[rows["申请日期"] > rows["开始日期"] - notice]):
        day = row["开始日期"].date()
        text = say(
            "{name}请{day}起的假，{asked}才提出，最晚应在{latest}提出",
            name=job.name_of(row["工号"]),
            day=day.isoformat(),
            asked=f"{row['申请日期']:%Y-%m-%d}",
            latest=(day - timedelta(days=days.at(day))).isoformat(),
        )
        findings.append(
            remark(job, row, text, day=day, subject=row["请假编号"], staff_no=row["工号"], column="申请日期")
        )
    return findings


@reads(attendance="日期 工号 状态")
def absences(job: Job) -> list[Finding]:
    """A flag on each unbroken run of 旷工 days, dated its first day (G16)."""
    rows = job.facts["attendance"]
    rows = rows[(rows["状态"] == "旷工") & job.in_scope(rows["工号"], rows["日期"])].sort_values(
        ["工号", "日期"], kind="stable"
    )
    starts = (rows["日期"] - rows.groupby("工号")["日期"].shift()) != DAY
    findings = []
    for _, run in rows.groupby(starts.cumsum()):
        first, last = (f"{run['日期'].iloc[place]:%Y-%m-%d}" for place in (0, -1))
        staff_no = str(run["工号"].iloc[0])
        text = say(
            "{name}没有请假，从{first}到{last}旷工{n}天",
            name=job.name_of(staff_no),
            first=first,
            last=last,
            n=len(run),
        )
        findings.append(
            remark(
                job,
                None,
                text,
                day=run["日期"].iloc[0].date(),
                subject=f"{staff_no}|{first}",
                staff_no=staff_no,
                column="状态",
                part="absent",
                evidence=tuple(int(ref) for ref in run["_ref"]),
                readings=("G16",),
            )
        )
    return findings


def _usual(rows: pd.DataFrame, table: Parameter) -> pd.Series:
    times = table.column(rows["日期"])
    names = zip(times, rows["班次"], _weekday(rows["日期"]), strict=True)
    seconds = [_named(times, shift, weekday) for times, shift, weekday in names]
    return pd.to_timedelta(pd.Series(seconds, index=rows.index, dtype="float64"), unit="s").astype(
        rows["应到时间"].dtype
    )


def _named(times: object, shift: str, weekday: str) -> float | None:
    if not isinstance(times, dict):
        return None
    return times.get(shift, times.get(weekday))


def _weekday(days: pd.Series) -> pd.Series:
    return days.dt.day_of_week.map(dict(enumerate(WEEKDAYS)))
