"""统计: one line an employee, a value of some column, or the unit, and window: what its rows add up to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from processor.catalogue.provision import Provision, Tally
from processor.mechanics.rows import DAY, WHO, figure_shown, of_provision, that_hold
from processor.mechanics.windows import Window, over, whole
from processor.model import Finding, Text, say
from processor.rules.job import Job

DEFAULT = "{周期} {姓名}{条款}：{数}"


def decide(job: Job, provision: Provision) -> list[Finding]:
    """A line for each group of each window that is over; rows that name nobody, or have a blank in `by`, are in none.

    Subject: employee, values of `by` and window, joined by `|`, as far as there are any.
    """
    rows = that_hold(of_provision(job, provision), provision)
    findings: list[Finding] = []
    for window in over(job, rows, provision.window):
        for group, own in _groups(provision, window):
            told = {name: _told(tally, own, provision) for name, tally in provision.tallies.items()}
            words: dict[str, Any] = {"起日": window.first.isoformat(), "止日": window.last.isoformat(), **told}
            findings += whole(
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
    return findings


def _groups(provision: Provision, window: Window) -> Iterator[tuple[tuple[str, ...], pd.DataFrame]]:
    columns = [*([WHO] if provision.about else []), *provision.by]
    if not columns:
        yield (), window.rows
        return
    for key, own in window.rows.groupby(columns):
        yield tuple(map(str, key)), own


def _told(tally: Tally, rows: pd.DataFrame, provision: Provision) -> Text:
    """The words for a figure over the rows."""
    own = rows[tally.where.holds(rows, rows[DAY])]
    if tally.kind in ("count", "share"):
        value = f"{len(own)}" if tally.kind == "count" else f"{100 * len(own) / len(rows):.1f}%"
        return say(tally.says, 值=value)
    cells = pd.to_numeric(own[tally.column]).dropna()
    if cells.empty:
        return say(tally.none)
    if tally.kind == "sum":
        return say(tally.says, 值=figure_shown(provision.column(tally.column).type, cells.sum()))
    value = f"{cells.mean():.2f}" if tally.kind == "mean" else f"{cells.median():.1f}"
    return say(tally.says, 值=value)
