"""Cashiers: days, differences, scanning errors, and who is out by how much."""

from __future__ import annotations

from collections.abc import Sequence

from processor.model import say
from processor.report.pages.panels.facts import month_of, rows, shown_name
from processor.report.pages.view import Bar, Keys, Money, Panel, Picture, Table
from processor.report.snapshot import Line, Snapshot, Unit

_ERRORS = ("多打次数", "漏打次数", "未消磁次数")


def cashier_panel(snapshot: Snapshot, unit: Unit, lines: Sequence[Line]) -> Panel:
    """One row a cashier and month; a bar shows the cashier's largest difference of a day in yuan."""
    frame = rows(snapshot, unit, "cashier", ["工号", "日期", "系统金额", "实收金额", "笔数", *_ERRORS])
    frame = frame.dropna(subset=["工号", "日期", "系统金额", "实收金额"])
    if frame.empty:
        return Panel()
    difference = (frame["实收金额"] - frame["系统金额"]).astype("int64")
    frame = frame.assign(
        month=month_of(frame["日期"]),
        net=difference,
        largest=difference.abs(),
        receipts=frame["笔数"].fillna(0),
        errors=frame[list(_ERRORS)].fillna(0).sum(axis=1),
    )
    sums = {"net": "sum", "largest": "max", "receipts": "sum", "errors": "sum", "日期": "size"}
    by = frame.groupby(["month", "工号"]).agg(sums).sort_values("largest", ascending=False).reset_index()
    names = snapshot.staff_names
    rows_of = [
        (
            Keys(month=month, person=str(who)),
            (shown_name(names, str(who)), int(days), int(receipts), Money(int(net)), Money(int(largest)), int(errors)),
        )
        for month, who, net, largest, receipts, errors, days in by.itertuples(index=False)
    ]
    table = Table(
        say("收银员情况"),
        (say("收银员"), say("天数"), say("笔数"), say("差额合计"), say("单日最大差额"), say("多打漏打未消磁")),
        tuple(row for _, row in rows_of),
        keys=tuple(keys for keys, _ in rows_of),
    )
    bars = tuple(Bar(row[0], row[4].fen / 100, keys) for keys, row in rows_of)
    return Panel(Picture(say("每人单日最大差额（元）"), bars, how="largest"), (table,))
