"""The last batch: managers answer what waits, someone appeals, a shop corrects an earlier workbook and a row of a closed month."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl

from processor.catalogue.register_reader import load_registers
from processor.demo.deliveries import Delivery, Table

ANSWERED = date(2026, 11, 3)
VERDICTS = ("确认", "撤销", "改为", "确认", "")
NEW_AMOUNT = 300
CORRECTED = "网店/网店接待与投诉2026-09"
MENDED = {"complaints": {"责任类型": "产品"}}
LOST_ROWS = {"chats": 1}
#: A fine of the closed month that turns out to be somebody else's: one gets back what was deducted, the other owes it.
LATE, LATE_MEND = "JC0803", {"工号": "W011", "姓名": None, "说明": "当天换过工位，十一月查明更正"}


def answer_pending(pending: Path, target: Path, manager: str, stranger: str) -> None:
    """Fill 待确认事项 as a manager would, leaving some lines open; one line is answered by somebody who may not."""
    book = openpyxl.load_workbook(pending)
    sheet = book.active
    assert sheet is not None
    place = {str(cell.value): number for number, cell in enumerate(sheet[1], 1)}
    for number, row in enumerate(range(2, sheet.max_row + 1)):
        verdict = VERDICTS[number % len(VERDICTS)]
        if not verdict:
            continue
        sheet.cell(row, place["决定"], verdict)
        sheet.cell(row, place["确认人工号"], stranger if number == 0 else manager)
        sheet.cell(row, place["确认日期"], ANSWERED)
        if verdict == "改为":
            sheet.cell(row, place["改为金额"], NEW_AMOUNT)
    target.parent.mkdir(parents=True, exist_ok=True)
    book.save(target)


def appeals(decisions: Path, unit: str, manager: str) -> Delivery:
    """Three people of a unit appeal against final fines; a manager has judged two of the appeals."""
    with decisions.open(encoding="utf-8-sig", newline="") as file:
        lines = [line for line in csv.DictReader(file) if line["unit"] == unit and line["status"] == "final"]
    fines = [line for line in lines if line["effect"] == "fine"][:3]
    judged: list[dict[str, Any]] = [
        {"处理结果": "撤销", "处理人工号": manager, "处理日期": ANSWERED},
        {},
        {"处理结果": "维持", "处理人工号": manager, "处理日期": ANSWERED},
    ]
    rows: list[dict[str, Any]] = [
        {
            "申诉编号": f"SS{number:03d}",
            "决定编号": line["decision_id"],
            "申诉人工号": line["staff_no"],
            "申诉日期": date(2026, 11, 2),
            "理由": "当时系统故障，有截图为证",
            **judgement,
        }
        for number, (line, judgement) in enumerate(zip(fines, judged, strict=False), 1)
    ]
    return Delivery(f"{unit}/{unit}申诉登记表", unit, "2026-11", [Table(load_registers()["appeals"], rows)])


def corrected(delivery: Delivery) -> Delivery:
    """The workbook once more: the first complaint was the product's fault, and a chat's row was deleted by mistake."""
    tables = []
    for table in delivery.tables:
        rows = [dict(row) for row in table.rows[LOST_ROWS.get(table.register.name, 0) :]]
        rows[0] |= MENDED.get(table.register.name, {})
        tables.append(Table(table.register, rows))
    return replace(delivery, tables=tables)


def corrected_late(made: Iterable[Delivery]) -> Delivery:
    """One row of a closed month once more, as it should have been."""
    for delivery in made:
        for table in delivery.tables:
            for row in table.rows:
                if row.get("登记编号") == LATE:
                    mended = Table(table.register, [dict(row) | LATE_MEND])
                    return Delivery(f"{delivery.unit}/{delivery.unit}奖惩更正", delivery.unit, "2026-11", [mended])
    raise LookupError(LATE)
