"""A work plan for each week and each month (工作计划登记表)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd

from processor.calendars import each_day, windows
from processor.catalogue.parameter import Parameter
from processor.holidays import is_workday
from processor.model import Finding, Text, say
from processor.rules.declared import reads
from processor.rules.job import Job, records
from processor.rules.remarks import remark


@reads(leave="工号 开始日期 结束日期", work_plans="计划编号 提出日期 负责人工号 开始日期 完成日期")
def covered(job: Job, *, window: str, exempt: Parameter, ahead: bool = False) -> list[Finding]:
    """Flag whoever has no plan whose days overlap a `window` (week, month) that is over (EX-8).

    ahead: the plan must have been handed in by the end of the window's first day. Owed for windows of which the unit
    delivered a plan (G14) by everyone employed throughout; not by who was on leave on all its working days.
    """
    rows = job.facts["work_plans"]
    begins = rows["开始日期"].fillna(rows["提出日期"])
    rows = rows.assign(begins=begins, ends=rows["完成日期"].fillna(begins))
    away = _away(job)
    findings = []
    for key, first, last in _windows(rows, window, job.as_of):
        here = rows[(rows["begins"] <= pd.Timestamp(last)) & (rows["ends"] >= pd.Timestamp(first))]
        if here.empty:
            continue
        planned = here[here["提出日期"] <= pd.Timestamp(first)] if ahead else here
        workdays = {day.date() for day in pd.date_range(first, last) if is_workday(day.date())}
        for person in records(_owing(job, first, last, exempt, planned)):
            if workdays <= away.get(person["工号"], set()):
                continue
            text = _text(person, first, last, late=person["工号"] in set(here["负责人工号"]))
            subject = f"{person['工号']}|{key}"
            findings.append(
                remark(job, person, text, day=last, subject=subject, staff_no=person["工号"], readings=("G2", "G14"))
            )
    return findings


def _windows(rows: pd.DataFrame, window: str, until: date) -> list[tuple[str, date, date]]:
    if rows.empty:
        return []
    end = min(rows["ends"].max().date(), until)
    return [found for found in windows(rows["begins"].min().date(), end, window) if found[2] <= until]


def _owing(job: Job, first: date, last: date, exempt: Parameter, planned: pd.DataFrame) -> pd.DataFrame:
    staff = job.staff(last)
    stayed = (staff["入职日期"] <= pd.Timestamp(first)) & ~(staff["离职日期"] < pd.Timestamp(last))
    return staff[stayed & ~staff["岗位"].isin(exempt.at(last)) & ~staff.index.isin(planned["负责人工号"])].sort_index()


def _away(job: Job) -> dict[str, set[date]]:
    """工号 -> days on leave."""
    days = each_day(job.facts["leave"], "开始日期", "结束日期")
    return {str(who): set(own["day"].dt.date) for who, own in days.groupby("工号")}


def _text(person: dict[str, Any], first: date, last: date, *, late: bool) -> Text:
    given = {"name": person["姓名"], "first": first.isoformat(), "last": last.isoformat()}
    if late:
        return say("{name}{first}至{last}的工作计划没有在{first}当天或之前提出", **given)
    return say("{name}没有{first}至{last}的工作计划", **given)
