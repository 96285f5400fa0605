"""应有: each employee in scope owes a row of a register for every day, week or month; leave and days off excepted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

import pandas as pd

from processor.calendars import each_day, window_key, windows
from processor.catalogue.provision import Provision
from processor.holidays import is_workday
from processor.mechanics.consequence import Hit, follow
from processor.mechanics.limit import window_words
from processor.mechanics.rows import DAY, SUBJECT, WHO, of_provision, said, that_hold
from processor.model import Finding
from processor.rules.job import Job

ALSO_READ: Mapping[str, frozenset[str]] = {"leave": frozenset({"工号", "开始日期", "结束日期"})}
DEFAULT = "{日期} {姓名}没有{条款}（{周期}）"


def decide(job: Job, provision: Provision) -> list[Finding]:
    """What follows for each employee and window that is over without a row of his; dated on the window's last day.

    Only windows count of whose week (day, week) or own length the unit delivered a row (G14), and in which he was
    employed throughout; no day is owed on a day off or on leave, no longer window that was wholly so.
    Subject `工号|window`; the row that stands for it is the employee's in the roster.
    """
    rows = that_hold(of_provision(job, provision), provision)
    done = {(who, window_key(day.date(), provision.window)) for who, day in zip(rows[WHO], rows[DAY], strict=True)}
    away = _on_leave(job)
    findings: list[Finding] = []
    for key, first, last in _owing(job, provision):
        workdays = {day for day in _each(first, last) if is_workday(day)}
        if not workdays:
            continue
        for staff_no, person in job.staff(last).iterrows():
            if (staff_no, key) in done or not _employed(person, first, last):
                continue
            if workdays <= away.get(str(staff_no), frozenset()):
                continue
            findings += _missing(job, provision, str(staff_no), key, last)
    return findings


def _owing(job: Job, provision: Provision) -> Iterator[tuple[str, date, date]]:
    """Key, first and last day of each window that is over and of which the unit delivered the register."""
    delivered = "week" if provision.window == "day" else provision.window
    days = of_every_row(job, provision)
    known = {window_key(day, delivered) for day in days}
    if not days:
        return
    start = windows(min(days), min(days), delivered)[0][1]
    end = windows(max(days), max(days), delivered)[0][2]
    for key, first, last in windows(start, min(end, job.as_of), provision.window):
        if last <= job.as_of and window_key(first, delivered) in known:
            yield key, first, last


def of_every_row(job: Job, provision: Provision) -> list[date]:
    """The days of all rows of the register, whoever they concern."""
    assert provision.register is not None
    cells = job.facts[provision.register.name][provision.date].dropna()
    if provision.column(provision.date).type == "month":
        cells = pd.to_datetime(cells + "-01")
    return sorted({day.date() for day in cells.dt.normalize().unique()})


def _on_leave(job: Job) -> dict[str, frozenset[date]]:
    days = each_day(job.facts["leave"], "开始日期", "结束日期")
    return {str(who): frozenset(own["day"].dt.date) for who, own in days.groupby("工号")}


def _employed(person: pd.Series, first: date, last: date) -> bool:
    hired, left = person["入职日期"], person["离职日期"]
    return hired <= pd.Timestamp(first) and (pd.isna(left) or left >= pd.Timestamp(last))


def _each(first: date, last: date) -> Iterator[date]:
    for offset in range((last - first).days + 1):
        yield first + timedelta(days=offset)


def _missing(job: Job, provision: Provision, staff_no: str, key: str, last: date) -> list[Finding]:
    ref = job.roster_ref(staff_no, last)
    row: dict[str, Any] = {
        WHO: staff_no,
        DAY: pd.Timestamp(last),
        SUBJECT: f"{staff_no}|{key}",
        "_ref": ref,
        **dict.fromkeys(provision.register.headers),  # type: ignore[union-attr]
    }
    what = said(job, provision, row, DEFAULT, 周期=window_words(key, provision.window), 第几次=1)
    hit = Hit(row, last, None, (ref,))
    return follow(job, provision, hit, what, readings=("G14",))
