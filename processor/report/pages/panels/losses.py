"""Lost orders: causes from the commonest down with their cumulative share, and loss rates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from processor.model import Text, say
from processor.report.pages.panels.facts import by_key, rows, staff_names
from processor.report.pages.view import Chart, Mark, Part, Table
from processor.report.snapshot import Line, Snapshot, Unit

_UNKNOWN = "（未填）"


def losses_panel(snapshot: Snapshot, unit: Unit, lines: Sequence[Line]) -> Sequence[Part]:
    """Pareto chart of the customers' reasons; loss rate by designer and by source."""
    losses = rows(snapshot, unit, "lost_orders", ["咨询编号", "客户陈述原因"])
    if losses.empty:
        return ()
    lost = set(losses["咨询编号"].dropna())
    dispatched = rows(snapshot, unit, "dispatch", ["咨询编号", "设计师工号"])
    enquiries = rows(snapshot, unit, "enquiries", ["咨询编号", "来源渠道"])
    names = staff_names(snapshot, unit)
    return (
        _pareto(losses["客户陈述原因"]),
        _rate(say("按设计师的跑单率"), say("设计师"), dispatched, "设计师工号", lost, names),
        _rate(say("按来源渠道的跑单率"), say("来源渠道"), enquiries, "来源渠道", lost, {}),
    )


def _pareto(causes: pd.Series[str]) -> Chart:
    found = causes.fillna(_UNKNOWN).value_counts()
    counts, sums = by_key(found), by_key(found.cumsum())
    table = Table(
        say("跑单原因"),
        (say("原因"), say("单数"), say("累计占比（%）")),
        tuple((cause, count, 100 * sums[cause] / int(found.sum())) for cause, count in counts.items()),
    )
    marks = tuple(Mark(cause, count) for cause, count in counts.items())
    return Chart("pareto", say("跑单原因（从多到少，折线为累计占比）"), marks, table)


def _rate(
    caption: Text, header: Text, frame: pd.DataFrame, column: str, lost: set[str], names: Mapping[str, str]
) -> Table:
    known = frame.dropna().drop_duplicates()
    groups = known["咨询编号"].isin(lost).groupby(known[column].astype(str))
    totals, losses = by_key(groups.size()), by_key(groups.sum())
    order = sorted(totals, key=lambda key: (-losses[key] / totals[key], key))
    return Table(
        caption,
        (header, say("派单或咨询数"), say("跑单数"), say("跑单率（%）")),
        tuple(
            (
                f"{names.get(key, '')} {key}".strip(),
                int(totals[key]),
                int(losses[key]),
                float(100 * losses[key] / totals[key]),
            )
            for key in order
        ),
    )
