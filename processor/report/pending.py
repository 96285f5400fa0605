"""待确认事项.xlsx: what waits for a manager, with drop-down lists; filled and dropped into the inbox it answers."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from processor.decision import Decision
from processor.model import yuan
from processor.report.names import EFFECTS
from processor.report.tables import Sheet, write_workbook

TITLE = "待确认事项"
HEADER = ("决定编号", "事项", "员工", "建议", "决定", "改为金额", "确认人工号", "确认日期", "说明", "归属人")
WIDTHS = (24, 70, 16, 26, 10, 12, 14, 14, 30, 16)


def write_pending(path: Path, decisions: Iterable[Decision]) -> None:
    """One line a waiting decision."""
    rows = [(d.decision_id, f"{d.unit}：{d.text}", _who(d), _advice(d), "", "", "", "", "", "") for d in decisions]
    sheet = Sheet(TITLE, HEADER, rows, WIDTHS).offer("决定", ("确认", "撤销", "改为", "归属"))
    write_workbook(path, [sheet])


def _who(decision: Decision) -> str:
    return " ".join(part for part in (decision.staff_no, decision.staff_name) if part)


def _advice(decision: Decision) -> str:
    name = EFFECTS[decision.effect]
    if decision.status == "pending_amount":
        return f"{name}，请填写金额"
    return f"{name} {yuan(decision.amount)}元" if decision.amount is not None else name
