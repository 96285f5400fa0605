"""Fresh workbooks for sources that hold values only."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path

import openpyxl

from processor.annotate import Link, Plan, Summary, fresh

from .books import SHEET, TITLES, plan


def test_values_come_as_what_they_are(tmp_path: Path) -> None:
    row = [
        "=1+1",
        3,
        Decimal("2.50"),
        1.5,
        date(2026, 10, 1),
        datetime(2026, 10, 1, 8, 30),
        time(9, 15),
        None,
        "#N/A",
        " a\x07",
    ]
    target = tmp_path / "fresh.xlsx"
    fresh(
        target,
        {SHEET: [["列"] * len(row), row], "另/一": [["x"]]},
        plan(marks={"A2": "error"}, summary=Summary("处理汇总", [])),
    )
    book = openpyxl.load_workbook(target)
    sheet = book[SHEET]
    values = [cell.value for cell in sheet[2]][: len(row)]
    assert values == [
        "=1+1",
        3,
        2.5,
        1.5,
        datetime(2026, 10, 1),
        datetime(2026, 10, 1, 8, 30),
        time(9, 15),
        None,
        "#N/A",
        " a",
    ]
    assert sheet["A2"].data_type == "s" and sheet["I2"].data_type == "s"
    assert [cell.value for cell in sheet[1]][len(row) :] == list(TITLES)
    assert book.sheetnames == [SHEET, "另一", "处理汇总"]
    assert sheet["A2"].fill.patternType == "solid"


def test_dates_before_1900_become_texts(tmp_path: Path) -> None:
    fresh(tmp_path / "fresh.xlsx", {SHEET: [["日期"], [date(1899, 1, 1)]]}, plan())
    assert openpyxl.load_workbook(tmp_path / "fresh.xlsx")[SHEET]["A2"].value == "1899-01-01"


def test_sheets_whose_names_no_workbook_allows(tmp_path: Path) -> None:
    long = "很长的名字" * 10
    names = ["", "*", "Sheet", "历史\ufffe", f"{long}一", f"{long}二", "'a'"]
    cells = {name: [["列"], [name]] for name in names}
    summary = Summary("处理汇总", [["行"], [Link("看", names[5], "A2")]])
    sheet = replace(plan(marks={"A2": "error"}).sheets[0], name=names[5])
    fresh(tmp_path / "fresh.xlsx", cells, Plan((sheet,), summary))
    book = openpyxl.load_workbook(tmp_path / "fresh.xlsx")
    second = f"{long[:27]} (2)"
    assert book.sheetnames == ["Sheet", "Sheet (2)", "Sheet (3)", "历史", long[:31], second, "a", "处理汇总"]
    assert book[second]["A2"].value == names[5] and book[second]["A2"].fill.patternType == "solid"
    assert book["处理汇总"]["A2"].hyperlink.location == f"'{second}'!A2"
