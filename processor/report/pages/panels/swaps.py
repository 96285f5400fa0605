"""Swaps: how many each requester has had in which month, against the limit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from processor.model import say
from processor.report.pages.panels.facts import figure, rows, staff_names
from processor.report.pages.view import Chart, Mark, Part, Table
from processor.report.snapshot import Line, Snapshot, Unit


def swaps_panel(snapshot: Snapshot, unit: Unit, lines: Sequence[Line]) -> Sequence[Part]:
    """Requested swaps by person and month of the original shift."""
    frame = rows(snapshot, unit, "swaps", ["申请人工号", "原班日期"]).dropna()
    if frame.empty:
        return ()
    names = staff_names(snapshot, unit)
    limit = figure(unit, "swap_limit", snapshot.as_of)
    months = frame["原班日期"].dt.strftime("%Y-%m")
    counts = Counter(zip(months, frame["申请人工号"].astype(str), strict=True))
    entries = [(month, who, count) for (month, who), count in counts.most_common()]
    table = Table(
        say("换班申请次数"),
        (say("员工"), say("月份"), say("次数")),
        tuple((f"{names.get(who, '')} {who}".strip(), month, count) for month, who, count in entries),
    )
    marks = tuple(
        Mark(f"{names.get(who, who)} {month}", count, limit is not None and count > limit)
        for month, who, count in entries
    )
    label = say("每月上限{n}次", n=limit) if limit is not None else None
    return (Chart("bars", say("换班申请次数（按员工和月份）"), marks, table, limit, label),)
