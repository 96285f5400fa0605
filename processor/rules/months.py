"""Whole months of one employee, judged once they are over (G14)."""

from __future__ import annotations

from datetime import date

import pandas as pd

from processor.calendars import month_end, month_of
from processor.model import Text
from processor.rules.job import Job
from processor.rules.outcomes import Occurrence


def finished_months(job: Job, rows: pd.DataFrame) -> list[tuple[str, date, pd.DataFrame]]:
    """`YYYY-MM`, last day and rows of each month that the as-of day has completed (G14)."""
    groups = [
        (str(month), month_end(group["日期"].iloc[0].date()), group)
        for month, group in rows.groupby(month_of(rows["日期"]))
    ]
    return [(month, last, group) for month, last, group in groups if last <= job.as_of]


def month_occurrence(job: Job, own: pd.DataFrame, month: str, last: date, what: Text) -> Occurrence:
    """A whole month of one employee, dated on its last day; the last of his rows is the judged one."""
    staff_no = str(own["工号"].iloc[0])
    return Occurrence(
        clause=job.clause,
        staff_no=staff_no,
        date=last,
        subject=f"{staff_no}|{month}",
        what=what,
        row=int(own["_ref"].iloc[-1]),
        evidence=tuple(int(ref) for ref in own["_ref"]),
        readings=("G14",),
    )
