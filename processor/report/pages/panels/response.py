"""Response times: how they are distributed against the limit, and each agent's share inside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from processor.model import Text, say
from processor.report.pages.panels.facts import by_key, figure, rows, staff_names
from processor.report.pages.view import Chart, Mark, Part, Table
from processor.report.snapshot import Line, Snapshot, Unit

_BINS = 6


@dataclass(frozen=True)
class _Measure:
    """A measured column: `limit` names the parameter that bounds it."""

    register: str
    staff: str
    column: str
    limit: str
    caption: Text


_MEASURES = (
    _Measure("chats", "客服工号", "首次响应秒数", "greeting_limit", say("首次响应秒数的分布")),
    _Measure("chats", "客服工号", "最长响应秒数", "answer_limit", say("最长响应秒数的分布")),
    _Measure("calls", "接听人工号", "振铃次数", "ring_limit", say("振铃次数的分布")),
)


def response_panel(snapshot: Snapshot, unit: Unit, lines: Sequence[Line]) -> Sequence[Part]:
    """For each measure that the unit delivers and limits: a distribution and the agents."""
    parts: list[Part] = []
    for measure in _MEASURES:
        limit = figure(unit, measure.limit, snapshot.as_of)
        frame = rows(snapshot, unit, measure.register, [measure.staff, measure.column]).dropna()
        if limit is None or frame.empty:
            continue
        values = frame[measure.column].astype(float)
        parts.append(_distribution(measure, values, float(limit)))
        parts.append(_agents(measure, frame[measure.staff], values, float(limit), snapshot, unit))
    return parts


def _distribution(measure: _Measure, values: pd.Series[float], limit: float) -> Chart:
    """Three bins up to the limit, two of the same width beyond it, and the rest."""
    step = max(limit / 3, 1)
    edges = [step * n for n in range(1, _BINS)]
    bins = pd.cut(values, [-1, *edges, float("inf")], labels=range(_BINS)).value_counts()
    counts = [int(by_key(bins).get(str(number), 0)) for number in range(_BINS)]
    starts = [0.0, *edges]
    labels = [f"≤{edge:g}" for edge in edges] + [f">{edges[-1]:g}"]
    marks = tuple(
        Mark(label, count, start >= limit) for label, count, start in zip(labels, counts, starts, strict=True)
    )
    table = Table(measure.caption, (say("区间"), say("次数")), tuple((mark.label, int(mark.value)) for mark in marks))
    return Chart("columns", measure.caption, marks, table, limit, say("上限{n}", n=f"{limit:g}"))


def _agents(
    measure: _Measure, staff: pd.Series[str], values: pd.Series[float], limit: float, snapshot: Snapshot, unit: Unit
) -> Table:
    names = staff_names(snapshot, unit)
    inside = (values <= limit).groupby(staff)
    share = by_key(inside.mean().sort_values())
    total, longest = by_key(inside.size()), by_key(values.groupby(staff).max())
    return Table(
        say("{measure}：按员工", measure=measure.caption),
        (say("员工"), say("次数"), say("达标率（%）"), say("最长")),
        tuple(
            (f"{names.get(who, '')} {who}".strip(), int(total[who]), float(100 * share[who]), float(longest[who]))
            for who in share
        ),
    )
