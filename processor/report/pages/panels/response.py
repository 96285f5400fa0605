"""Response times: how they are distributed against the limit, and each agent's share inside it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import pandas as pd

from processor.model import Text, say
from processor.report.pages.panels.facts import figure, month_of, rows, shown_name
from processor.report.pages.view import Bar, Keys, Panel, Picture, Table
from processor.report.snapshot import Line, Snapshot, Unit

_BINS = 6


@dataclass(frozen=True)
class _Measure:
    """A measured column: `limit` names the parameter that bounds it, `day` the column with its date."""

    register: str
    day: str
    staff: str
    column: str
    limit: str
    caption: Text


_MEASURES = (
    _Measure("chats", "开始时间", "客服工号", "首次响应秒数", "greeting_limit", say("首次响应秒数的分布")),
    _Measure("chats", "开始时间", "客服工号", "最长响应秒数", "answer_limit", say("最长响应秒数的分布")),
    _Measure("calls", "来电时间", "接听人工号", "振铃次数", "ring_limit", say("振铃次数的分布")),
)


def response_panel(snapshot: Snapshot, unit: Unit, lines: Sequence[Line]) -> Panel:
    """The distribution of the first measure that the unit delivers and limits; the agents for each of them."""
    pictures: list[Picture] = []
    tables: list[Table] = []
    for measure in _MEASURES:
        limit = figure(unit, measure.limit, snapshot.as_of)
        if limit is None or snapshot.facts(measure.register, unit.name).empty:
            continue
        columns = [measure.staff, measure.column, measure.day]
        frame = rows(snapshot, unit, measure.register, columns).dropna()
        if frame.empty:
            continue
        given = pd.DataFrame(
            {
                "who": frame[measure.staff].astype(str),
                "month": month_of(frame[measure.day]),
                "value": frame[measure.column].astype(float),
            }
        )
        pictures.append(_distribution(measure, given, float(limit)))
        tables.append(_agents(measure, given, float(limit), snapshot.staff_names))
    return Panel(pictures[0] if pictures else None, tuple(tables))


def _distribution(measure: _Measure, given: pd.DataFrame, limit: float) -> Picture:
    """Three bins up to the limit, two of the same width beyond it, and the rest."""
    step = max(limit / 3, 1)
    edges = [step * n for n in range(1, _BINS)]
    starts = [0.0, *edges]
    between = [f"{upto:g}" if step == 1 else f"{above:g}–{upto:g}" for above, upto in pairwise(edges)]
    labels = [f"≤{edges[0]:g}", *between, f">{edges[-1]:g}"]
    bins = pd.cut(given["value"], [-1, *edges, float("inf")], labels=range(_BINS)).astype(int)
    counts = Counter(zip(bins.tolist(), given["month"].tolist(), given["who"].tolist(), strict=True))
    bars = [Bar(label, 0, over=start >= limit) for label, start in zip(labels, starts, strict=True)]
    bars += [
        Bar(labels[bin_], count, Keys(month=month, person=who), starts[bin_] >= limit)
        for (bin_, month, who), count in sorted(counts.items())
    ]
    label = say("上限{n}", n=f"{limit:g}")
    return Picture(measure.caption, tuple(bars), ordered=True, limit_label=label)


def _agents(measure: _Measure, given: pd.DataFrame, limit: float, names: Mapping[str, str]) -> Table:
    by = (
        given.assign(inside=given["value"] <= limit)
        .groupby(["month", "who"])
        .agg(count=("value", "size"), share=("inside", "mean"), longest=("value", "max"))
        .sort_values("share")
        .reset_index()
    )
    return Table(
        say("{measure}：按员工", measure=measure.caption),
        (say("员工"), say("次数"), say("达标率（%）"), say("最长")),
        tuple(
            (shown_name(names, who), int(count), float(100 * share), float(longest))
            for _, who, count, share, longest in by.itertuples(index=False)
        ),
        keys=tuple(Keys(month=month, person=who) for month, who in zip(by["month"], by["who"], strict=True)),
    )
