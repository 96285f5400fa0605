"""Reports that are owed by the week or by the day and were not handed in, or not in time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pandas as pd

from processor.calendars import each_day, month_of, week_start, window_range
from processor.catalogue.outcome import Outcome
from processor.catalogue.parameter import Parameter
from processor.holidays import is_workday
from processor.model import Finding, Text, say
from processor.rules.declared import reads
from processor.rules.job import Job, records
from processor.rules.outcomes import Occurrence, decide

WEEK = pd.Timedelta(days=6)


@reads(leave="工号 开始日期 结束日期", weekly_reports="周起始日 工号 报告类型 提交时间 问题 改进")
def missing(
    job: Job,
    *,
    kind: str,
    outcomes: Sequence[Outcome],
    deadline_days: Parameter | None = None,
    deadline_time: Parameter | None = None,
) -> list[Finding]:
    """Weekly reports of one 报告类型 that an employee in scope owed and did not hand in by the deadline.

    deadline_days: days from the reported week's Monday (6 = its Sunday, 7 = the Monday after); deadline_time: seconds
    into that day, its end where left out. Without deadline_days any report counts, whenever it came.
    Decided from the week's last day (or a later deadline) on, dated the last day, only for weeks of which the unit
    delivered at least one row (G14); nobody owes a week in which he was on leave on every working day.
    """
    reports = _submitted(job, kind)
    weeks = pd.Series(week_start(job.facts["weekly_reports"]["周起始日"]).drop_duplicates().sort_values())
    if weeks.empty:
        return []
    limits = _limits(weeks, deadline_days, deadline_time)
    decided = limits["due"] <= pd.Timestamp(job.as_of)
    owed = _owing(job, limits[decided])
    if owed.empty:
        return []
    reports = reports.assign(week=week_start(reports["周起始日"]))
    reports = reports.groupby(["工号", "week"], as_index=False).agg(
        first=("submitted", "min"), report=("_ref", "first")
    )
    owed = owed.merge(reports, on=["工号", "week"], how="left")
    late = owed["report"].isna() | (owed["first"] > owed["limit"])
    absent = _weeks_on_leave(job.facts["leave"])
    owed = owed[late & ~pd.MultiIndex.from_frame(owed[["工号", "week"]]).isin(absent)]
    findings: list[Finding] = []
    for row in records(owed):
        day = row["week"].date()
        what = _weekly_text(kind, row)
        findings += _decide(job, row, what, outcomes, f"{row['工号']}|{day.isoformat()}", day + timedelta(days=6))
    return findings


@reads(leave="工号 开始日期 结束日期", weekly_reports="周起始日 报告日期 工号 报告类型 提交时间 问题 改进")
def missing_daily(job: Job, *, kind: str, outcomes: Sequence[Outcome]) -> list[Finding]:
    """Daily reports not handed in, one line an employee and day.

    Owed on each working day by the State Council's calendar, make-up days included, but not on leave. Judged from the
    day's end on, in weeks of which the unit delivered at least one row (G14).
    """
    delivered = week_start(job.facts["weekly_reports"]["周起始日"]).drop_duplicates().sort_values()
    calendar = each_day(pd.DataFrame({"week": delivered, "last": delivered + WEEK}), "week", "last")[["day"]]
    worked = calendar["day"].map(lambda day: is_workday(day.date())).astype(bool)
    calendar = calendar[worked & (calendar["day"] <= pd.Timestamp(job.as_of))]
    owed = job.staff_each(calendar, "day")
    owed = owed[_employed(owed, owed["day"], owed["day"])]
    if owed.empty:
        return []
    reports = _submitted(job, kind)
    known = reports.assign(day=reports["报告日期"].fillna(reports["提交时间"].dt.normalize()))
    leave = each_day(job.facts["leave"], "开始日期", "结束日期")
    excused = pd.MultiIndex.from_frame(pd.concat([known[["工号", "day"]], leave[["工号", "day"]]]))
    owed = owed[~pd.MultiIndex.from_frame(owed[["工号", "day"]]).isin(excused)]
    findings: list[Finding] = []
    for row in records(owed):
        day = row["day"].date()
        what = say("{name}{day}未交{kind}", name=row["姓名"], day=day.isoformat(), kind=say(kind))
        findings += _decide(job, row, what, outcomes, f"{row['工号']}|{day.isoformat()}", day, part=kind)
    return findings


@reads(leave="工号 开始日期 结束日期", weekly_reports="周起始日 工号 报告类型 提交时间 问题 改进")
def missing_monthly(job: Job, *, kind: str, deadline_day: Parameter, outcomes: Sequence[Outcome]) -> list[Finding]:
    """Monthly reports not handed in by day `deadline_day` of the next month, one line an employee and month.

    周起始日 of a monthly report is any day of its month. Owed by whoever was employed throughout it and not on leave
    on all its working days, for months of which the unit delivered the register (G14); dated the month's last day.
    """
    reports = _submitted(job, kind)
    first_in = reports.groupby(["工号", month_of(reports["周起始日"])])["submitted"].min()
    leave = each_day(job.facts["leave"], "开始日期", "结束日期")
    away = {str(who): set(own["day"].dt.date) for who, own in leave.groupby("工号")}
    findings: list[Finding] = []
    for month in sorted(month_of(job.facts["weekly_reports"]["周起始日"]).unique()):
        first, last = window_range(month, "month")
        limit = last + timedelta(days=deadline_day.at(last))
        if limit >= job.as_of:
            continue
        workdays = {day.date() for day in pd.date_range(first, last) if is_workday(day.date())}
        staff = job.staff(last)
        for row in records(staff[_employed(staff, pd.Timestamp(first), pd.Timestamp(last))].sort_index()):
            came = first_in.get((row["工号"], month))
            if (came is not None and came.date() <= limit) or workdays <= away.get(row["工号"], set()):
                continue
            what = say(
                "{name}{month}的{kind}应在{limit}前交，{state}",
                name=row["姓名"],
                month=month,
                kind=say(kind),
                limit=limit.isoformat(),
                state=say("没有交") if came is None else say("到{day}才交", day=f"{came:%Y-%m-%d}"),
            )
            findings += _decide(job, row, what, outcomes, f"{row['工号']}|{month}", last, part=kind)
    return findings


def _submitted(job: Job, kind: str) -> pd.DataFrame:
    """The rows that are reports: with a time or at least contents. Without a time they count as in time (G7)."""
    rows = job.facts["weekly_reports"]
    rows = rows[rows["报告类型"] == kind]
    filled = rows[["提交时间", "问题", "改进"]].notna().any(axis=1)
    rows = rows[filled]
    return rows.assign(submitted=rows["提交时间"].fillna(rows["周起始日"])).sort_values("submitted", kind="stable")


def _limits(weeks: pd.Series, deadline_days: Parameter | None, deadline_time: Parameter | None) -> pd.DataFrame:
    """Columns `week` (Monday), `limit` (last moment; blank = none) and `due` (day from which the week is decided)."""
    frame = pd.DataFrame({"week": weeks}).reset_index(drop=True)
    frame["limit"] = pd.Series(pd.NaT, index=frame.index, dtype=frame["week"].dtype)
    frame["due"] = frame["week"] + WEEK
    if deadline_days is None:
        return frame
    last = frame["week"] + pd.to_timedelta(frame["week"].map(lambda day: deadline_days.at(day.date())), unit="D")
    seconds = frame["week"].map(lambda day: deadline_time.at(day.date()) if deadline_time else 86_400)
    frame["limit"] = last + pd.to_timedelta(seconds, unit="s")
    ripe = last if deadline_time else last + pd.Timedelta(days=1)  # a deadline that ends with its day counts whole
    frame["due"] = frame["due"].where(last <= frame["due"], ripe)
    return frame


def _owing(job: Job, weeks: pd.DataFrame) -> pd.DataFrame:
    """Each employee in scope with each week that he was employed throughout."""
    owed = job.staff_each(weeks.assign(last=weeks["week"] + WEEK), "last")
    return owed[_employed(owed, owed["week"], owed["week"] + WEEK)]


def _employed(owed: pd.DataFrame, first: pd.Series | pd.Timestamp, last: pd.Series | pd.Timestamp) -> pd.Series:
    return (owed["入职日期"] <= first) & (owed["离职日期"].isna() | (owed["离职日期"] >= last))


def _weeks_on_leave(leave: pd.DataFrame) -> pd.Index[Any]:
    """(工号, Monday) where leave covers every working day of the week, or every day where there is no working day."""
    days = each_day(leave, "开始日期", "结束日期")[["工号", "day"]].drop_duplicates()
    days["week"] = week_start(days["day"])
    needed = {week: _days_to_cover(week) for week in days["week"].unique()}
    wanted = [day in needed[week] for day, week in zip(days["day"], days["week"], strict=True)]
    days = days[pd.Series(wanted, index=days.index, dtype=bool)]
    counts = days.groupby(["工号", "week"]).size()
    whole = counts == [len(needed[week]) for week in counts.index.get_level_values("week")]
    return counts.index[whole]


def _days_to_cover(week: pd.Timestamp) -> frozenset[pd.Timestamp]:
    days = pd.date_range(week, periods=7)
    return frozenset(day for day in days if is_workday(day.date())) or frozenset(days)


def _weekly_text(kind: str, row: Mapping[str, Any]) -> Text:
    first, last = row["week"].date(), (row["week"] + WEEK).date()
    given = {"name": row["姓名"], "first": first.isoformat(), "last": last.isoformat(), "kind": say(kind)}
    if row["limit"] is None:
        return say("{name}未交{first}至{last}这一周的{kind}", **given)
    limit = _moment(row["limit"])
    if row["report"] is None:
        return say("{name}未在{limit}前交{first}至{last}这一周的{kind}", **given, limit=limit)
    at = f"{row['first']:%Y-%m-%d %H:%M}"
    return say("{name}到{at}才交{first}至{last}这一周的{kind}，期限是{limit}", **given, limit=limit, at=at)


def _moment(limit: pd.Timestamp) -> str:
    """A deadline as staff write it: midnight is the end of the day before."""
    if limit == limit.normalize():
        return f"{limit - pd.Timedelta(days=1):%Y-%m-%d} 24:00"
    return f"{limit:%Y-%m-%d %H:%M}"


def _decide(
    job: Job, row: Mapping[str, Any], what: Text, outcomes: Sequence[Outcome], subject: str, day: date, part: str = ""
) -> list[Finding]:
    """The judged row is the employee's in the roster (it says that he owes), with the late report as evidence."""
    late = row.get("report")
    if late is not None:  # what has come, if late, is not asked for again
        outcomes = [replace(outcome, action="") if outcome.effect == "flag" else outcome for outcome in outcomes]
    occurrence = Occurrence(
        clause=job.clause,
        staff_no=row["工号"],
        date=day,
        subject=subject,
        what=what,
        row=row["_ref"],
        evidence=(row["_ref"],) if late is None else (int(late), row["_ref"]),
        readings=("G2", "G14"),
        part=part,
        says_all=late is not None,
    )
    return decide(job, occurrence, outcomes)
