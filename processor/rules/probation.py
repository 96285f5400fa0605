"""Employees in probation: what they may not exceed, the result of their assessment, and its monthly round."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import pandas as pd

from processor.calendars import window_range
from processor.catalogue.parameter import Parameter
from processor.model import Finding, Text, say
from processor.rules.attendance import judged
from processor.rules.declared import reads
from processor.rules.illegible import all_doubts
from processor.rules.job import Job, records
from processor.rules.remarks import remark


@reads(
    attendance="日期 工号 应到时间 应退时间 上班打卡 下班打卡 状态 备注",
    discipline="登记编号 日期 工号 点数",
    leave="请假编号 申请日期 工号 开始日期 请假类型",
    probation="工号 申请日期",
)
def excesses(
    job: Job, *, months: Parameter, grace: Parameter, leave_limit: Parameter, late_limit: Parameter, personal: Parameter
) -> list[Finding]:
    """Flag in probation: personal leave and lateness beyond their limits, each early leave, each recorded breach (TO-P1).

    Leave and lateness are one line each, on the row that goes beyond the limit. months: length of probation where
    the roster states no 转正日期. grace: minutes that are not late yet. personal: the 请假类型 that counts.
    """
    days = judged(job.facts["attendance"], grace)
    leave = job.facts["leave"].assign(day=lambda f: f["开始日期"], subject=lambda f: f["请假编号"])
    leave = leave[leave["请假类型"] == personal.at(job.as_of)]
    days = days.assign(day=days["日期"], subject=days["工号"] + "|" + days["日期"].dt.strftime("%Y-%m-%d"))
    breaches = job.facts["discipline"].assign(day=lambda f: f["日期"], subject=lambda f: f["登记编号"])
    breaches = breaches[~breaches["点数"].fillna("").str.startswith("+")]
    findings = _beyond(job, leave, months, leave_limit, say("事假"), "leave")
    findings += _beyond(job, days[days["late"]], months, late_limit, say("迟到"), "late")
    for row in records(_in_probation(job, days[days["early"]], months)):
        findings.append(
            _excess(
                job,
                row,
                say("{name} {day} 早退，试用期内不得早退", name=job.name_of(row["工号"]), day=_day(row)),
                "early",
            )
        )
    for row in records(_in_probation(job, breaches, months)):
        given = {"name": job.name_of(row["工号"]), "day": _day(row), "no": row["登记编号"]}
        text = say("{name} {day} 有违纪登记{no}，试用期内不得违纪", **given)
        findings.append(_excess(job, row, text, "breach"))
    return findings


@reads(
    attendance="日期 工号 姓名 应到时间 应退时间 上班打卡 下班打卡 状态 备注",
    discipline="登记编号 日期 工号 姓名 点数",
    leave="请假编号 申请日期 工号 开始日期 请假类型",
    probation="工号 姓名 申请日期 日常表现分 专业测试分 面谈分 综合得分",
)
def results(
    job: Job,
    *,
    scores: Mapping[str, Parameter],
    early_months: Parameter,
    months: Parameter,
    cutoff: Parameter,
    conduct: Mapping[str, Parameter],
) -> list[Finding]:
    """Recommend on each application what follows from its score; one too early is flagged with the first possible day (TO-P2).

    scores: `early`, `regular` and `extended`, the lowest score of each. conduct: the arguments of `excesses`, whose
    breaches rule out early confirmation; it waits while a row about conduct cannot be read. An application after
    `cutoff` of the month is judged on the first day of the next one.
    """
    breaches, unread = excesses(job, **conduct), _Unread(job)
    findings = []
    for row in records(job.facts["probation"]):
        day, who = _round(row["申请日期"].date(), cutoff), row["工号"]
        hired = job.roster_value(who, "入职日期", day)
        if day <= job.as_of and hired is not None:
            clean = not any(found.staff_no == who and found.date <= day for found in breaches)
            first = {"early": _after(hired, early_months), "regular": _after(hired, months)}
            if not (clean and first["early"] <= day < first["regular"] and unread.of(who, hired.date(), day)):
                findings.append(_result(job, row, day, first, scores, clean))
    return findings


class _Unread:
    """Rows about conduct that could not be read: until they are, nobody knows that there was no breach (G20)."""

    def __init__(self, job: Job) -> None:
        days = {"attendance": "日期", "discipline": "日期", "leave": "开始日期"}
        self._doubts = [all_doubts(job, name, ("工号",), day) for name, day in days.items()]

    def of(self, who: str, first: date, last: date) -> bool:
        """Whether one of them may be about an employee's days in this span."""
        return any(each.cover(who, first, last) for each in self._doubts)


def _beyond(job: Job, rows: pd.DataFrame, months: Parameter, limit: Parameter, what: Text, part: str) -> list[Finding]:
    """One finding an employee, on the first row beyond the limit."""
    findings = []
    for _, group in _in_probation(job, rows, months).groupby("工号"):
        ordered = group.sort_values(["day", "subject"], kind="stable")
        allowed = limit.at(ordered["day"].iloc[0].date())
        if len(ordered) <= allowed:
            continue
        row = next(records(ordered.iloc[allowed : allowed + 1]))
        text = say(
            "{name}试用期内{what}已有{count}次，超过{limit}次，超出的一次在{day}",
            name=job.name_of(row["工号"]),
            what=what,
            count=len(ordered),
            limit=allowed,
            day=_day(row),
        )
        counted = tuple(int(ref) for ref in ordered["_ref"] if ref != row["_ref"])
        findings.append(_excess(job, row, text, part, counted))
    return findings


def _in_probation(job: Job, rows: pd.DataFrame, months: Parameter) -> pd.DataFrame:
    """The rows whose `day` lies in their employee's probation."""
    last = job.facts["probation"].groupby("工号")["申请日期"].max()
    spans = {}
    for staff_no in rows["工号"].unique():
        hired = job.roster_value(staff_no, "入职日期", job.as_of)
        confirmed = job.roster_value(staff_no, "转正日期", job.as_of)
        if hired is None or job.roster.is_unread(staff_no, "转正日期", job.as_of):
            continue
        end = confirmed or pd.Timestamp(_after(hired, months))
        if confirmed is None and staff_no in last.index:
            end = max(end, last[staff_no] + timedelta(days=1))
        spans[staff_no] = (hired, end)
    known = rows[rows["工号"].isin(list(spans))]
    first = known["工号"].map({no: span[0] for no, span in spans.items()}).astype("datetime64[us]")
    end = known["工号"].map({no: span[1] for no, span in spans.items()}).astype("datetime64[us]")
    return known[(known["day"] >= first) & (known["day"] < end)]


def _excess(job: Job, row: Mapping[str, Any], text: Text, part: str, counted: tuple[int, ...] = ()) -> Finding:
    day = row["day"].date()
    evidence = (*counted, job.roster_ref(row["工号"], day))
    return remark(job, row, text, day=day, subject=row["subject"], staff_no=row["工号"], part=part, evidence=evidence)


def _result(
    job: Job, row: Mapping[str, Any], day: date, first: Mapping[str, date], scores: Mapping[str, Parameter], clean: bool
) -> Finding:
    score = _score(row)
    effect, result, readings = _verdict(score, {name: each.at(day) for name, each in scores.items()}, day, first, clean)
    text = say(
        "{name} {day} 申请转正，综合得分{score}分，{result}",
        name=row["姓名"],
        day=_day_of(row),
        score=f"{score:g}",
        result=result,
    )
    return remark(
        job,
        row,
        text,
        day=day,
        subject=_key(row),
        staff_no=row["工号"],
        effect=effect,
        column="综合得分",
        evidence=(job.roster_ref(row["工号"], day),),
        readings=readings,
    )


def _verdict(
    score: float, at: Mapping[str, float], day: date, first: Mapping[str, date], clean: bool
) -> tuple[str, Text, tuple[str, ...]]:
    """Effect, words and readings of a score. at: the lowest score of each result; first: its first possible day."""
    if score < at["extended"]:
        return "recommendation", say("低于{bound}分，建议不予录用", bound=f"{at['extended']:g}"), ("G6",)
    if score < at["regular"]:
        return "recommendation", say("不足{bound}分，建议延期转正", bound=f"{at['regular']:g}"), ("G6", "G7")
    if day >= first["regular"]:
        result = say("达到{bound}分且试用期满，建议转正", bound=f"{at['regular']:g}")
        return "recommendation", result, ("G6",)
    if score >= at["early"] and clean and day >= first["early"]:
        result = say("达到{bound}分且无违纪，建议提前转正", bound=f"{at['early']:g}")
        return "recommendation", result, ("G6",)
    return "flag", _too_early(score >= at["early"], clean, first), ()


def _too_early(excellent: bool, clean: bool, first: Mapping[str, date]) -> Text:
    if excellent and clean:
        return say("入职未满期限，最早可在{day}提前转正", day=first["early"].isoformat())
    if excellent:
        return say("试用期内有违纪，不能提前转正，最早可在{day}转正", day=first["regular"].isoformat())
    return say("试用期未满，最早可在{day}转正", day=first["regular"].isoformat())


def _score(row: Mapping[str, Any]) -> float:
    """综合得分, or the mean of the three parts to two decimals."""
    if row["综合得分"] is not None:
        return float(row["综合得分"])
    return round((row["日常表现分"] + row["专业测试分"] + row["面谈分"]) / 3 + 1e-9, 2)


def _round(day: date, cutoff: Parameter) -> date:
    """The day on which an application is judged."""
    if day.day <= cutoff.at(day):
        return day
    return window_range(f"{day:%Y-%m}", "month")[1] + timedelta(days=1)


def _after(hired: pd.Timestamp, months: Parameter) -> date:
    return (hired + pd.DateOffset(months=months.at(hired.date()))).date()


def _key(row: Mapping[str, Any]) -> str:
    return f"{row['工号']}|{_day_of(row)}"


def _day_of(row: Mapping[str, Any]) -> str:
    return f"{row['申请日期']:%Y-%m-%d}"


def _day(row: Mapping[str, Any]) -> str:
    return f"{row['day']:%Y-%m-%d}"
