"""Public holidays on which somebody has to be on duty (值班排班表)."""

from __future__ import annotations

from datetime import date, timedelta

import pandas as pd

from processor import holidays
from processor.calendars import window_key, window_range
from processor.catalogue.parameter import Parameter
from processor.model import Finding, say
from processor.rules.declared import reads
from processor.rules.job import Job
from processor.rules.remarks import remark


@reads(duty="日期 工号 班次")
def holidays_covered(job: Job, *, names: Parameter, ahead: Parameter, off_shifts: Parameter) -> list[Finding]:
    """Flag each day off of the named holidays on which nobody still employed is on duty, from `ahead` days before it (PS-8).

    Days gone by are judged in the months for which the unit delivered the duty register (G14). off_shifts: 班次 that
    mean a day off.
    """
    duty = job.facts["duty"]
    on_duty = duty[~duty["班次"].isin(off_shifts.at(job.as_of))]
    left = job.roster_column(on_duty["工号"], "离职日期", on_duty["日期"])
    covered = set(on_duty.loc[~(left < on_duty["日期"]), "日期"].dt.date)
    days = _days_delivered(duty, job.as_of) | {
        job.as_of + timedelta(days=offset) for offset in range(ahead.at(job.as_of) + 1)
    }
    findings = []
    for day in sorted(days - covered):
        name = holidays.holiday(day)
        if name and name in names.at(day):
            text = say("{day} 是{name}假期，没有安排值班人员", day=day.isoformat(), name=name)
            findings.append(remark(job, None, text, day=day, subject=day.isoformat(), readings=("G17",)))
    return findings


def _days_delivered(duty: pd.DataFrame, upto: date) -> set[date]:
    days: set[date] = set()
    for month in {window_key(day, "month") for day in duty["日期"].dt.date}:
        first, last = window_range(month, "month")
        days |= {stamp.date() for stamp in pd.date_range(first, min(last, upto))}
    return days
