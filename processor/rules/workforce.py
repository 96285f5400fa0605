"""Who is employed on a day, and how a sentence names an employee."""

from __future__ import annotations

from datetime import date

import pandas as pd

from processor.columns import unread
from processor.rules.job import Job


def employed_on(staff: pd.DataFrame, day: date) -> pd.Series:
    """Which rows of the roster are employed on the day, first and last day included, as a boolean Series.

    None whose last day could not be read: nobody knows (G20).
    """
    moment = pd.Timestamp(day)
    return (staff["入职日期"] <= moment) & ~(staff["离职日期"] < moment) & ~unread(staff, "离职日期")


def called(job: Job, staff_no: str) -> str:
    """`姓名（工号）`, or the staff number alone where the roster has no name."""
    name = job.name_of(staff_no)
    return staff_no if name == staff_no else f"{name}（{staff_no}）"
