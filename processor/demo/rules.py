"""The sample site's own clauses: a manager writes them into 规则簿.xlsx, another one approves them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import yaml

from processor.packaged import packaged
from processor.rulebook.sheets import OWN, headers

FILE = packaged("demo/own_rules.yaml")
_HEADER_ROW = 3


def propose_rules(book: Path, target: Path, manager: str) -> None:
    """Fill the sheets 自定条款 and 用例 of the site's rule book and sign them."""
    data = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    workbook = openpyxl.load_workbook(book)
    sheet = workbook["自定条款"]
    sheet.cell(1, 2, manager)
    common = {"门店": data["unit"], "自何日起": data["since"].isoformat(), "理由": data["reason"]}
    for row, clause in enumerate(data["clauses"], _HEADER_ROW + 1):
        _fill(sheet, row, [{**common, **clause}.get(header) for header in headers(OWN)])
    for row, example in enumerate(data["examples"], _HEADER_ROW + 1):
        _fill(workbook["用例"], row, example)
    workbook.save(target)


def approve_rules(book: Path, target: Path, manager: str) -> None:
    """Approve everything that waits."""
    workbook = openpyxl.load_workbook(book)
    sheet = workbook["待批准"]
    place = {str(cell.value): number for number, cell in enumerate(sheet[_HEADER_ROW], 1)}
    for row in range(_HEADER_ROW + 1, sheet.max_row + 1):
        if sheet.cell(row, 1).value:
            sheet.cell(row, place["决定"], "批准")
            sheet.cell(row, place["批准人工号"], manager)
    workbook.save(target)


def _fill(sheet: Any, row: int, values: list[Any]) -> None:
    for column, value in enumerate(values, 1):
        if value not in (None, ""):
            sheet.cell(row, column, str(value))
