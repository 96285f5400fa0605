"""统计: one line an employee, a value of some column, or the unit, and window: what its rows add up to."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

import pandas as pd

from processor.calendars import window_key
from processor.catalogue.provision import Provision
from processor.catalogue.tally import Tally
from processor.mechanics.rows import DAY, WHO, figure_shown, shown, that_hold
from processor.mechanics.windows import Window, over, whole
from processor.model import Finding, Text, joined, say
from processor.rules.job import Job

DEFAULT = "{周期} {姓名}{条款}：{数}"
Groups = dict[tuple[str, ...], pd.DataFrame]


def decide(job: Job, provision: Provision) -> list[Finding]:
    """A line for each group of each window that is over; rows that name nobody, or have a blank in `by`, are in none.

    Subject: employee, values of `by` and window, joined by `|`, as far as there are any.
    """
    rows = that_hold(job, provision)
    if rows.empty:
        return []
    findings: list[Finding] = []
    groups: dict[str, Groups] = {}
    for window in over(job, rows, provision.window):
        groups[window.key] = dict(_groups(provision, window))
        before = groups.get(window_key(window.first - timedelta(days=1), provision.window), {})
        for group, own in groups[window.key].items():
            findings += _of_group(job, provision, window, group, own, before.get(group))
    return findings


def _of_group(
    job: Job,
    provision: Provision,
    window: Window,
    group: tuple[str, ...],
    own: pd.DataFrame,
    before: pd.DataFrame | None,
) -> list[Finding]:
    """The line for one group. before: its rows of the window before."""
    words: dict[str, Any] = {"起日": window.first.isoformat(), "止日": window.last.isoformat()}
    for name, tally in provision.tallies.items():
        if tally.kind == "each":
            words[name] = _each(job, provision, tally, own)
        else:
            words[name] = _told(tally, own, before, window.last, provision)
    return whole(
        job,
        provision,
        window,
        group[0] if provision.about else "",
        own,
        DEFAULT,
        subject="|".join((*group, window.key)),
        values=dict(zip(provision.by, group[-len(provision.by) :], strict=True)) if provision.by else {},
        数=len(own),
        **words,
    )


def _groups(provision: Provision, window: Window) -> Iterator[tuple[tuple[str, ...], pd.DataFrame]]:
    columns = [*([WHO] if provision.about else []), *provision.by]
    if not columns:
        yield (), window.rows
        return
    for key, own in window.rows.groupby(columns):
        yield tuple(map(str, key)), own


def _each(job: Job, provision: Provision, tally: Tally, rows: pd.DataFrame) -> Text:
    """Every value of the column, with the number of its rows."""
    cells = rows.loc[tally.where.holds(rows, rows[DAY]), tally.column].dropna()
    column, counts = provision.column(tally.column), cells.value_counts().sort_index()
    parts = [say("{name}{count}次", name=shown(job, column, value), count=int(n)) for value, n in counts.items()]
    return say(tally.says, 值=joined(parts, "、")) if parts else say(tally.none)


def _told(tally: Tally, rows: pd.DataFrame, before: pd.DataFrame | None, day: date, provision: Provision) -> Text:
    """The words for a figure over the rows, for its grade, or for its change since the window before."""
    value = _figure(tally, rows)
    if value is None:
        return say(tally.none)
    if tally.change:
        former = None if before is None else _figure(tally, before)
        if former is None:
            return say(tally.none)
        change = _shown(tally, abs(value - former), provision)
        same = change == _shown(tally, Fraction(0), provision)
        return say(tally.change["same" if same else "up" if value > former else "down"], 值=change)
    if tally.grades is None:
        return say(tally.says, 值=_shown(tally, value, provision))
    reached = [name for name, bound in tally.grades.at(day).items() if value >= Fraction(str(bound))]
    grade = reached[0] if reached else tally.lowest.at(day) if tally.lowest is not None else None
    too_few = tally.least is not None and len(rows) < tally.least.at(day)
    return say(tally.none) if grade is None or too_few else say(tally.says, 值=grade)


def _figure(tally: Tally, rows: pd.DataFrame) -> Fraction | None:
    """The figure itself, a share as a part of 1; None where there is nothing to tell."""
    own = rows[tally.where.holds(rows, rows[DAY])]
    if tally.kind in ("count", "share"):
        return Fraction(len(own), 1 if tally.kind == "count" else len(rows))
    cells = pd.to_numeric(own[tally.column]).dropna()
    if cells.empty:
        return None
    total = cells.median() if tally.kind == "median" else cells.sum()
    exact = Fraction(str(round(float(total), 6)))
    return exact / len(cells) if tally.kind == "mean" else exact


def _shown(tally: Tally, value: Fraction, provision: Provision) -> str:
    match tally.kind:
        case "count":
            return f"{value}"
        case "share":
            return f"{100 * float(value):.1f}%"
        case "sum":
            return figure_shown(provision.column(tally.column).type, float(value))
        case "mean":
            return f"{float(value):.2f}"
    return f"{float(value):.1f}"
