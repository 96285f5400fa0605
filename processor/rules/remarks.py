"""Lines without money: what is flagged, reminded of, classified or recommended on a row of a register."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import pandas as pd

from processor.model import Finding, Text
from processor.rules.job import Job


def remark(
    job: Job,
    row: Mapping[str, Any] | None,
    text: Text,
    *,
    day: date,
    subject: str,
    staff_no: str | None = "",
    effect: str = "flag",
    column: str = "",
    part: str = "",
    evidence: tuple[int, ...] = (),
    readings: tuple[str, ...] = (),
    clause: str = "",
    due: date | None = None,
) -> Finding:
    """A finding of the job's clause about a row, or about what is not there (None).

    evidence: refs of the further rows that count; the last one stands for the line where no row is judged.
    """
    own = () if row is None else (int(row["_ref"]),)
    return Finding(
        clause=clause or job.clause,
        effect=effect,
        date=day,
        subject=subject,
        text=text,
        staff_no=staff_no or "",
        row=own[0] if own else (evidence[-1] if evidence else None),
        column=column,
        part=part,
        evidence=(*own, *evidence),
        readings=readings,
        due=due,
    )


def statement(
    job: Job,
    rows: pd.DataFrame,
    text: Text,
    *,
    day: date,
    subject: str,
    staff_no: str = "",
    effect: str = "classify",
    part: str = "",
    readings: tuple[str, ...] = ("G14",),
) -> Finding:
    """A line about several rows together, mostly those of a window that is over; the last one stands for it."""
    return remark(
        job,
        None,
        text,
        day=day,
        subject=subject,
        staff_no=staff_no,
        effect=effect,
        part=part,
        evidence=tuple(int(ref) for ref in rows["_ref"]),
        readings=readings,
    )
