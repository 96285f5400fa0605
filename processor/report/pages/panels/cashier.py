"""Cashiers: days, differences, scanning errors, and who is out by how much."""

from __future__ import annotations

from collections.abc import Sequence

from processor.model import say
from processor.report.pages.panels.facts import by_key, rows, staff_names
from processor.report.pages.view import Chart, Mark, Money, Part, Table
from processor.report.snapshot import Line, Snapshot, Unit

_ERRORS = ("多打次数", "漏打次数", "未消磁次数")


def cashier_panel(snapshot: Snapshot, unit: Unit, lines: Sequence[Line]) -> Sequence[Part]:
    """One row a cashier; a bar shows his largest difference of a day in yuan."""
    frame = rows(snapshot, unit, "cashier", ["工号", "系统金额", "实收金额", "笔数", *_ERRORS])
    frame = frame.dropna(subset=["工号", "系统金额", "实收金额"])
    if frame.empty:
        return ()
    difference = (frame["实收金额"] - frame["系统金额"]).astype("int64")
    by = frame["工号"].astype(str)
    days, receipts = by_key(by.groupby(by).size()), by_key(frame["笔数"].fillna(0).groupby(by).sum())
    net = by_key(difference.groupby(by).sum())
    largest = by_key(difference.abs().groupby(by).max().sort_values(ascending=False))
    errors = by_key(frame[list(_ERRORS)].fillna(0).sum(axis=1).groupby(by).sum())
    names = staff_names(snapshot, unit)
    labels = {who: f"{names.get(who, '')} {who}".strip() for who in days}
    table = Table(
        say("收银员情况"),
        (say("收银员"), say("天数"), say("笔数"), say("差额合计"), say("单日最大差额"), say("多打漏打未消磁")),
        tuple(
            (labels[who], int(days[who]), int(receipts[who]), Money(int(net[who])), Money(int(value)), int(errors[who]))
            for who, value in largest.items()
        ),
    )
    marks = tuple(Mark(labels[who], int(value) / 100) for who, value in largest.items())
    return (Chart("bars", say("单日最大差额（元）"), marks, table),)
