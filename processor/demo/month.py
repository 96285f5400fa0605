"""How August ends: managers answer, notices are handed over, one employee objects and is heard, payroll closes the month."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl

HANDED_OVER, CLOSED_ON = date(2026, 9, 3), date(2026, 9, 9)
OBJECTION = "那天是系统故障，有截图为证"
_FIGURE = 200


def answer_all(outbox: Path, inbox: Path, managers: Sequence[str]) -> None:
    """待确认事项: a manager confirms everything and names a sum where one is missing; nobody answers about himself."""

    def fill(row: dict[str, Any]) -> dict[str, Any]:
        by = next(number for number in managers if not str(row["员工"] or "").startswith(f"{number} "))
        given = {"决定": "确认", "确认人工号": by, "确认日期": HANDED_OVER}
        if "请填写金额" in str(row["建议"]):
            given |= {"决定": "改为", "改为金额": _FIGURE}
        return given

    _filled(outbox / "待确认事项.xlsx", inbox / "待确认事项-8月.xlsx", fill)


def hand_over(outbox: Path, inbox: Path, managers: Sequence[str]) -> str:
    """送达登记表: every notice is handed over and agreed to, but by one employee who objects; his staff number."""
    objecting: list[str] = []

    def fill(row: dict[str, Any]) -> dict[str, Any]:
        objects = not objecting and str(row["金额"] or "").startswith("-") and row["工号"] not in managers
        if objects:
            objecting.append(row["工号"])
        by = next(number for number in managers if number != row["工号"])
        opinion = "异议" if objects else "认可"
        return {"送达日期": HANDED_OVER, "送达方式": "当面", "员工意见": opinion, "经办人工号": by}

    _filled(outbox / "送达登记表.xlsx", inbox / "送达登记表-8月.xlsx", fill)
    return objecting[0]


def appeal(inbox: Path, decision_id: str, staff_no: str, manager: str | None) -> None:
    """申诉登记表: the employee appeals; with a manager the appeal is granted."""
    judged = ("撤销", None, manager, CLOSED_ON) if manager else (None, None, None, None)
    headers = (
        "申诉编号",
        "决定编号",
        "申诉人工号",
        "申诉日期",
        "理由",
        "处理结果",
        "改为金额",
        "处理人工号",
        "处理日期",
    )
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.title = "申诉登记表"
    sheet.append(headers)
    sheet.append(("SS8001", decision_id, staff_no, HANDED_OVER, OBJECTION, *judged))
    book.save(inbox / "申诉登记表-8月.xlsx")


def close_month(outbox: Path, inbox: Path, period: str, by: str) -> None:
    """月结单: payroll closes the month."""

    def fill(row: dict[str, Any]) -> dict[str, Any]:
        if row["期间"] != period:
            return {}
        closing: dict[str, Any] = {"关账": "是", "关账人工号": by, "关账日期": CLOSED_ON}
        return closing | ({"仍要关账": "是", "说明": "先发工资，未尽事项另行处理"} if row["未尽事项"] else {})

    _filled(outbox / "月结单.xlsx", inbox / "月结单-8月.xlsx", fill)


def _filled(source: Path, target: Path, fill: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    book = openpyxl.load_workbook(source)
    sheet = book.worksheets[0]
    headers = [str(cell.value) for cell in sheet[1]]
    for number in range(2, sheet.max_row + 1):
        row = {header: sheet.cell(number, place).value for place, header in enumerate(headers, 1)}
        for header, value in fill(row).items():
            sheet.cell(number, headers.index(header) + 1).value = value
    book.save(target)
