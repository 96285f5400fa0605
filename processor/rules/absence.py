"""Absence without leave: unbroken runs of days away for which no leave was approved on or before the first day."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pandas as pd

from processor.calendars import each_day
from processor.catalogue.outcome import Outcome
from processor.model import Finding, Text, say
from processor.rules.declared import reads
from processor.rules.illegible import doubts
from processor.rules.job import Job
from processor.rules.ladder import Step, climb
from processor.rules.outcomes import Occurrence, decide

DAY = pd.Timedelta(days=1)
WHO_AND_WHEN = ["工号", "日期"]
ABSENT, ON_LEAVE, REST = "旷工", "请假", "休息"


@reads(attendance="日期 工号 上班打卡 下班打卡 状态", leave="请假编号 工号 开始日期 结束日期 批准日期")
def without_leave(job: Job, *, steps: Sequence[Sequence[Outcome]]) -> list[Finding]:
    """One step of the ladder for each run of absent days up to the as-of day; the last step holds for all later ones (DS-S6).

    Absent are the days of a leave that was not approved on or before its first day, 旷工 in the attendance, and 请假
    there without a leave where the unit delivers the register `leave` (G14). A day on which the employee worked or
    which an approved leave covers is not absent; a day of rest does not break a run (G7). Dated on the first day;
    subject: the leave's number, else the attendance row's key.
    """
    days = _absent_days(job)
    if days.empty:
        return []
    runs = dict(list(days.groupby("run")))
    starts = days.drop_duplicates("run")
    findings: list[Finding] = []
    for step in climb(job, starts, clause=job.clause, staff="工号", day="日期", subject="subject", window="ever"):
        run = runs[step.row["run"]]
        findings.extend(decide(job, _occurrence(job, step, run), steps[min(step.number, len(steps)) - 1]))
    return findings


def _occurrence(job: Job, step: Step, run: pd.DataFrame) -> Occurrence:
    return Occurrence(
        clause=job.clause,
        staff_no=step.row["工号"],
        date=step.day,
        subject=step.row["subject"],
        what=_what(step, run),
        row=step.row["_ref"],
        evidence=(*step.evidence, *run["_ref"]),
        column=step.row["column"],
        number=step.number,
        steps=step.steps,
        readings=("G4", "G16"),
    )


def _what(step: Step, run: pd.DataFrame) -> Text:
    first, last = step.day.isoformat(), run["日期"].max().date().isoformat()
    if first == last:
        return say(
            "{first} 没有在当日或之前获批的请假而缺勤，按旷工处理，第{number}次", first=first, number=step.number
        )
    return say(
        "{first}至{last} 没有在首日或之前获批的请假而缺勤{n}天，按旷工处理，第{number}次",
        first=first,
        last=last,
        n=int(run["日期"].nunique()),
        number=step.number,
    )


def _absent_days(job: Job) -> pd.DataFrame:
    """Sorted rows of employee and absent day with subject, column, `_ref` and the number of the run."""
    until = pd.Timestamp(job.as_of)
    attendance = job.facts["attendance"]
    attendance = attendance[job.in_scope(attendance["工号"], attendance["日期"]) & (attendance["日期"] <= until)]
    leave = _leave_days(job, until)
    state = attendance["状态"]
    punched = attendance[["上班打卡", "下班打卡"]].notna().any(axis=1)
    worked = attendance[~state.isin([ABSENT, ON_LEAVE, REST]) & (state.notna() | punched)]
    counted = [ABSENT] if job.facts["leave"].empty else [ABSENT, ON_LEAVE]
    stated = attendance[state.isin(counted)]
    stated = stated.assign(subject=stated["工号"] + "|" + stated["日期"].dt.strftime("%Y-%m-%d"), column="状态")
    no_absence = [leave.loc[leave["approved"], WHO_AND_WHEN], worked[WHO_AND_WHEN], *_unclear(job)]
    excused = pd.concat(no_absence)
    absent = pd.concat([frame[[*WHO_AND_WHEN, "subject", "column", "_ref"]] for frame in (leave, stated)])
    absent = absent[~_keys(absent).isin(_keys(excused))].sort_values(WHO_AND_WHEN, kind="stable")
    absent = absent[~_in_doubt(job, absent)]
    return absent.merge(_runs(absent, attendance[state == REST]), on=WHO_AND_WHEN)


def _leave_days(job: Job, until: pd.Timestamp) -> pd.DataFrame:
    """Each day of each leave up to `until`, and whether the leave was approved on or before its first day."""
    leave = job.facts["leave"]
    leave = leave[job.in_scope(leave["工号"], leave["开始日期"]) & (leave["开始日期"] <= until)].sort_values(
        "请假编号", kind="stable"
    )
    first, last = leave["开始日期"], leave["结束日期"].mask(leave["结束日期"] > until, until)
    days = each_day(leave.assign(last=last.mask(last < first, first)), "开始日期", "last")
    return days.assign(
        日期=days["day"],
        approved=days["批准日期"] <= days["开始日期"],
        subject=days["请假编号"],
        column="批准日期",
    )


def _unclear(job: Job) -> Iterator[pd.DataFrame]:
    """Employee and day of rows that could not be read, as far as they tell: a leave may have been approved (G20)."""
    if "attendance" in job.left_out:
        yield job.left_out["attendance"][WHO_AND_WHEN]
    if "leave" in job.left_out:
        rows = job.left_out["leave"]
        first, last = rows["开始日期"].fillna(rows["结束日期"]), rows["结束日期"].fillna(rows["开始日期"])
        days = each_day(rows.assign(first=first, last=last)[first.notna()], "first", "last")
        yield days.assign(日期=days["day"])[WHO_AND_WHEN]


def _in_doubt(job: Job, absent: pd.DataFrame) -> pd.Series:
    """Which of these days a leave or a day of attendance may be about that nobody could read."""
    rows = (doubts(job, "leave", ["工号"], "开始日期", "结束日期"), doubts(job, "attendance", ["工号"], "日期"))
    told = [
        any(each.cover(who, day.date(), day.date()) for each in rows)
        for who, day in zip(absent["工号"], absent["日期"], strict=True)
    ]
    return pd.Series(told, index=absent.index, dtype=bool)


def _runs(absent: pd.DataFrame, rest: pd.DataFrame) -> pd.DataFrame:
    """The number of the unbroken run to which each day of an employee belongs, days of rest included."""
    days = pd.concat([absent[WHO_AND_WHEN], rest[WHO_AND_WHEN]]).drop_duplicates().sort_values(WHO_AND_WHEN)
    begins = (days["工号"] != days["工号"].shift()) | (days["日期"] != days["日期"].shift() + DAY)
    return days.assign(run=begins.cumsum())


def _keys(frame: pd.DataFrame) -> pd.MultiIndex:
    return pd.MultiIndex.from_frame(frame[WHO_AND_WHEN])
