"""应有: a row of a register is owed for every day, week or month by each employee in scope, or by the unit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from typing import Any

import pandas as pd

from processor.calendars import each_day, window_key, windows
from processor.catalogue.provision import Provision
from processor.catalogue.register import Register
from processor.holidays import is_workday
from processor.mechanics.consequence import follow
from processor.mechanics.deadline import MOMENT, moment
from processor.mechanics.limit import window_words
from processor.mechanics.rows import DAY, SUBJECT, WHO, of_provision, said, that_hold
from processor.mechanics.windows import Times, Unclear, Window, unclear
from processor.model import Finding
from processor.rules.illegible import doubts
from processor.rules.job import Job

DEFAULT = "{日期} {姓名}没有{条款}（{周期}）"
ONE_DAY = pd.Timedelta(days=1)
NO_ROWS = pd.DataFrame()


def also_read(provision: Provision) -> Mapping[str, frozenset[str]]:
    """What it reads of the rows that tell who was away."""
    absences = provision.beside
    return {} if absences is None else {absences.name: frozenset({*absences.about, *absences.away})}


def decide(job: Job, provision: Provision) -> list[Finding]:
    """What follows for each employee and window that is over without a row of his, or, with `within`, none in time.

    The term runs from the window's first day, from its last one with `since: 止日`; the first row by `measure` counts.
    Only windows count in which the unit delivered the register (days: in whose week, G14), and in which he was employed
    throughout; no day is owed on a day off or on leave, no longer window that was wholly so. What the unit owes (no
    `about`) it owes on every day of a month of which it delivered the register.
    A ladder counts the windows in which it was missing. Dated on the window's last day; subject `工号|window` or the
    window; the row that stands for it is the employee's in the roster. A row of his of
    which a cell could not be read may be the one that is owed (G20), and so may one that nobody could read, or such a leave.
    """
    rows = that_hold(job, provision)
    rows = _by_window(provision, rows)
    if provision.measure:
        rows = rows[rows[provision.measure].notna()].sort_values(provision.measure, kind="stable")
    first = {(row[WHO] if provision.about else "", row["_window"]): row for row in reversed(rows.to_dict("records"))}
    away = _away(job, provision.beside) if provision.beside is not None else {}
    unsure = _unsure(job, provision)
    findings: list[Finding] = []
    times = Times(job, provision)
    owing = list(_owing(job, provision))
    for window, end in zip(owing, _ends(provision, owing), strict=True):
        if end is not None and end > pd.Timestamp(window.last) + ONE_DAY and end >= pd.Timestamp(job.as_of) + ONE_DAY:
            continue
        for who in _owed_by(job, provision, window, away):
            if unsure.at(who, window):
                continue
            came = first.get((who, window.key))
            if came is None or (end is not None and _is_late(provision, came[provision.measure], end)):
                findings += _missing(job, provision, who, window, came, end, times)
    return findings


def _unsure(job: Job, provision: Provision) -> Unclear:
    """Where a row that is owed, or an absence, may stand unread."""
    found, absences = unclear(job, provision, partial(_by_window, provision)), provision.beside
    if absences is None:
        return found
    return replace(found, doubts=(*found.doubts, doubts(job, absences.name, absences.about, *absences.away)))


def _by_window(provision: Provision, rows: pd.DataFrame) -> pd.DataFrame:
    """The rows, each as often as there are windows for which it counts, with `_window`."""
    if not provision.through:
        return rows.assign(_window=[window_key(day, provision.window) for day in rows[DAY].dt.date])
    spans = zip(rows[DAY].dt.date, rows[provision.through].fillna(rows[DAY]).dt.date, strict=True)
    keys = [[key for key, _, _ in windows(first, until, provision.window)] for first, until in spans]
    rows = rows.assign(_window=pd.Series(keys, index=rows.index, dtype="object")).explode("_window")
    return rows.dropna(subset=["_window"])


def _owing(job: Job, provision: Provision) -> Iterator[Window]:
    """Each window that is over and of which the unit delivered the register."""
    a_day = "week" if provision.about else "month"
    delivered = a_day if provision.window == "day" else provision.window
    days = _delivered(job, provision)
    known = {window_key(day, delivered) for day in days}
    if not days:
        return
    start = windows(min(days), min(days), delivered)[0][1]
    end = windows(max(days), max(days), delivered)[0][2]
    for key, first, last in windows(start, min(end, job.as_of), provision.window):
        if last <= job.as_of and window_key(first, delivered) in known:
            yield Window(key, first, last, NO_ROWS)


def _delivered(job: Job, provision: Provision) -> list[date]:
    """The days of all rows of the register, whoever they concern."""
    assert provision.register is not None
    if provision.through:
        spans = of_provision(replace(job, applies_to={}), provision).dropna(subset=[provision.through])
        return sorted({day.date() for day in each_day(spans, DAY, provision.through)["day"]})
    header = provision.register.date_column or provision.date
    header = header if header in job.facts[provision.register.name] else provision.date
    cells = job.facts[provision.register.name][header].dropna()
    if provision.column(header).type == "month":
        cells = pd.to_datetime(cells + "-01")
    return sorted({day.date() for day in cells.dt.normalize().unique()})


def _owed_by(job: Job, provision: Provision, window: Window, away: Mapping[str, frozenset[date]]) -> Iterator[str]:
    """Who owes a row for the window; empty = the unit."""
    if not provision.about:
        yield ""
        return
    days = [window.first + timedelta(days=n) for n in range((window.last - window.first).days + 1)]
    workdays = {day for day in days if is_workday(day)}
    if provision.window == "day" and not workdays:
        return
    for staff_no in job.employed_throughout(window.first, window.last, provision.exempt):
        if not (workdays or set(days)) <= away.get(staff_no, frozenset()):
            yield staff_no


def _away(job: Job, absences: Register) -> dict[str, frozenset[date]]:
    days = each_day(job.facts[absences.name], *absences.away)
    return {str(who): frozenset(own["day"].dt.date) for who, own in days.groupby(absences.about[0])}


def _ends(provision: Provision, owing: Sequence[Window]) -> list[pd.Timestamp | None]:
    """The last moment in time of each window, midnight of the next day for a term in days."""
    if provision.within is None or not owing:
        return [None] * len(owing)
    starts = [pd.Timestamp(window.last if provision.since else window.first) for window in owing]
    return provision.within.ends(pd.Series(starts)).tolist()


def _is_late(provision: Provision, came: pd.Timestamp, end: pd.Timestamp) -> bool:
    assert provision.within is not None
    return came >= end if provision.within.by_day else came > end


def _missing(
    job: Job,
    provision: Provision,
    who: str,
    window: Window,
    came: Any,
    end: pd.Timestamp | None,
    times: Times,
) -> list[Finding]:
    ref = job.roster_ref(who, window.last) if who else None
    row: dict[str, Any] = {
        **dict.fromkeys(provision.register.headers),  # type: ignore[union-attr]
        **(came or {}),
        WHO: who or None,
        DAY: pd.Timestamp(window.last),
        SUBJECT: f"{who}|{window.key}" if who else window.key,
        "_ref": ref,
    }
    words: dict[str, Any] = {"起日": window.first.isoformat(), "止日": window.last.isoformat(), "期限": ""}
    if end is not None and provision.within is not None:
        words["期限"] = moment(end - MOMENT if provision.within.by_day else end)
    evidence = tuple(int(ref) for ref in ([came["_ref"]] if came else []) + ([ref] if ref is not None else []))
    hit = times.hit(row, window.last, evidence)
    what = said(
        job,
        provision,
        row,
        DEFAULT,
        句子=provision.open_says if came is None else "",
        周期=window_words(window.key, provision.window),
        第几次=hit.number or 1,
        **words,
    )
    return follow(job, provision, hit, what, readings=("G14",))
