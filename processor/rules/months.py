"""Whole months, judged once they are over (G14)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

import pandas as pd

from processor.calendars import month_end, month_of
from processor.model import Text
from processor.rules.job import Job
from processor.rules.outcomes import Occurrence


def months_over(
    job: Job, rows: pd.DataFrame, *, day: str, by: Sequence[str] = ()
) -> Iterator[tuple[tuple[str, ...], date, pd.DataFrame]]:
    """The values of `by`, the last day and the rows of each month that the as-of day has completed, in order of time."""
    for (month, *group), own in rows.groupby([month_of(rows[day]), *by]):
        last = month_end(date.fromisoformat(f"{month}-01"))
        if last <= job.as_of:
            yield tuple(map(str, group)), last, own


def side_by_side(job: Job, *parts: pd.DataFrame) -> Iterator[tuple[str, date, list[pd.DataFrame]]]:
    """Each group of each month that is over: its name, the last day and its rows of each part, in order of name and month.

    parts: rows of several registers with `group` and `day`; rows without a group are in none.
    """
    parts = tuple(part.assign(month=month_of(part["day"])) for part in parts)
    named = pd.concat([part[["group", "month"]] for part in parts]).dropna().drop_duplicates()
    for group, month in sorted(zip(named["group"], named["month"], strict=True)):
        last = month_end(date.fromisoformat(f"{month}-01"))
        if last <= job.as_of:
            yield group, last, [part[(part["group"] == group) & (part["month"] == month)] for part in parts]


def month_occurrence(job: Job, own: pd.DataFrame, last: date, what: Text) -> Occurrence:
    """A whole month of one employee, dated on its last day; the last of his rows is the judged one."""
    staff_no = str(own["工号"].iloc[0])
    return Occurrence(
        clause=job.clause,
        staff_no=staff_no,
        date=last,
        subject=f"{staff_no}|{last:%Y-%m}",
        what=what,
        row=int(own["_ref"].iloc[-1]),
        evidence=tuple(int(ref) for ref in own["_ref"]),
        readings=("G14",),
    )
