"""Lost orders: the customers' reasons, and loss rates by designer and by source."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import pandas as pd

from processor.model import Text, say
from processor.report.pages.panels.facts import month_of, rows, shown_name
from processor.report.pages.view import Bar, Keys, Panel, Picture, Table
from processor.report.snapshot import Line, Snapshot, Unit

_UNKNOWN = "（未填）"


def losses_panel(snapshot: Snapshot, unit: Unit, lines: Sequence[Line]) -> Panel:
    """Reasons by month of registration; loss rates by month of dispatch or enquiry."""
    losses = rows(snapshot, unit, "lost_orders", ["咨询编号", "客户陈述原因", "登记日期"])
    if losses.empty:
        return Panel()
    lost = set(losses["咨询编号"].dropna())
    dispatched = rows(snapshot, unit, "dispatch", ["咨询编号", "设计师工号", "派单日期"])
    enquiries = rows(snapshot, unit, "enquiries", ["咨询编号", "来源渠道", "咨询日期"])
    names = snapshot.staff_names
    causes = losses.dropna(subset=["登记日期"])
    counts = Counter(zip(causes["客户陈述原因"].fillna(_UNKNOWN), month_of(causes["登记日期"]), strict=True))
    bars = tuple(Bar(cause, count, Keys(month=month)) for (cause, month), count in sorted(counts.items()))
    return Panel(
        Picture(say("跑单原因（客户陈述）"), bars),
        (
            _rate(say("按设计师的跑单率"), say("设计师"), dispatched, "设计师工号", "派单日期", lost, names),
            _rate(say("按来源渠道的跑单率"), say("来源渠道"), enquiries, "来源渠道", "咨询日期", lost, None),
        ),
    )


def _rate(
    caption: Text,
    header: Text,
    frame: pd.DataFrame,
    column: str,
    day: str,
    lost: set[str],
    names: Mapping[str, str] | None,
) -> Table:
    """names: where the column holds staff numbers."""
    known = frame.dropna().drop_duplicates()
    by = (
        known.assign(month=month_of(known[day]), key=known[column].astype(str), gone=known["咨询编号"].isin(lost))
        .groupby(["month", "key"])
        .agg(total=("gone", "size"), losses=("gone", "sum"))
        .reset_index()
    )
    by = by.assign(rate=100 * by["losses"] / by["total"]).sort_values(["rate", "key"], ascending=[False, True])
    return Table(
        caption,
        (header, say("派单或咨询数"), say("跑单数"), say("跑单率（%）")),
        tuple(
            (key if names is None else shown_name(names, key), int(total), int(losses), float(rate))
            for _, key, total, losses, rate in by.itertuples(index=False)
        ),
        keys=tuple(
            Keys(month=month, person=None if names is None else key) for month, key, *_ in by.itertuples(index=False)
        ),
    )
