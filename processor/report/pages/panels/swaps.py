"""Swaps: how many each requester has had in which month, against the limit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from processor.model import say
from processor.report.pages.panels.facts import figure, filled, shown_name
from processor.report.pages.view import Bar, Keys, Panel, Picture, Table
from processor.report.snapshot import Line, Snapshot, Unit


def swaps_panel(snapshot: Snapshot, unit: Unit, lines: Sequence[Line]) -> Panel:
    """Requested swaps by person and month of the original shift."""
    asked = filled(snapshot, unit, "swaps", ["申请人工号", "原班日期"])
    if not asked:
        return Panel()
    names = snapshot.staff_names
    limit = figure(unit, "swap_limit", snapshot.as_of)
    counts = Counter((f"{day:%Y-%m}", who) for who, day in asked)
    entries = [(Keys(month=month, person=who), count) for (month, who), count in sorted(counts.items())]
    label = say("每月上限{n}次", n=limit) if limit is not None else None
    table = Table(
        say("换班申请次数"),
        (say("员工"), say("月份"), say("次数")),
        tuple((shown_name(names, str(keys.person)), keys.month, count) for keys, count in entries),
        keys=tuple(keys for keys, _ in entries),
    )
    bars = tuple(Bar(shown_name(names, str(keys.person)), count, keys) for keys, count in entries)
    return Panel(Picture(say("每人申请换班的次数"), bars, limit=limit, limit_label=label), (table,))
