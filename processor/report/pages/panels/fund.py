"""The department's fund: opening balance, each fine that was really deducted, spending, closing balance."""

from __future__ import annotations

from collections.abc import Sequence

from processor.model import say
from processor.report.pages.view import Keys, Money, Panel, Row, Table, Value
from processor.report.snapshot import FundStatement, Line, Snapshot, Unit


def fund_panel(snapshot: Snapshot, unit: Unit, lines: Sequence[Line]) -> Panel:
    """One statement a month."""
    return Panel(tables=tuple(_statement(fund) for fund in snapshot.funds if fund.unit == unit.name))


def _statement(fund: FundStatement) -> Table:
    rows: list[tuple[Value, ...]] = [(say("期初余额"), None, None, Money(fund.opening))]
    rows += [(say("罚款"), Row(id, id), who, Money(fen)) for id, who, fen in fund.fines]
    rows += [(day, None, reason, Money(fen)) for day, reason, fen in fund.entries]
    rows.append((say("期末余额"), None, None, Money(fund.closing)))
    return Table(
        say("{month} 部门基金收支", month=fund.period),
        (say("项目"), say("决定编号"), say("说明"), say("金额")),
        tuple(rows),
        note=say("罚款在实际从工资中扣除后才计入。"),
        keys=tuple(Keys(month=fund.period) for _ in rows),
    )
