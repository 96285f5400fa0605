"""Broken and hostile files through a whole batch, each inside its bounds of time and memory."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import openpyxl
import pytest
from sitework import make_site

from benchmarks.hostile import CASES, MEGABYTES, SECONDS, measure

from .accounts import AS_OF, ROSTER

SLOW = {"1,048,576 rows of styled cells", "1,048,576 filled rows", "350 MB of distinct strings", "zip bomb by size"}
HARMLESS = {"good", "external link", "1,048,576 formatted rows", "path tricks in zip names", "macros"}
FORMULAS = "formulas, markup, control characters"


@pytest.mark.parametrize("case", sorted(CASES.keys() - SLOW))
def test_a_hostile_file_costs_little(case: str) -> None:
    told = measure(case)
    assert told["exit"] in (0, 1) and told["seconds"] < SECONDS and told["peak"] < MEGABYTES
    assert told["outcome"].split()[0] == ("processed" if case in HARMLESS | {FORMULAS} else "rejected")


def test_nothing_from_a_cell_becomes_a_formula_or_markup(tmp_path: Path) -> None:
    site = make_site(tmp_path, {"城东店": ["gps_service"]})
    site.drop({"roster": ROSTER + "X1,=HYPERLINK(1),城东店,市场部,业务员,2020-01-01,6000\n"}, "花名册.xlsx")
    tickets = "服务单号,受理时间,受理人工号,类型,客户姓名\n"
    names = ("=1+1", "<script>alert(1)</script>", "@SUM(A1)", "\u202e倒写")
    rows = [f"{name},2026-10-12 09:00,S1,维修,{name}" for name in names]
    site.drop({"service_tickets": tickets + "\n".join(rows)}, "服务单.xlsx")
    result = site.once(AS_OF)
    assert {book["status"] for book in result["workbooks"]} == {"processed"}
    outbox = tmp_path / "outbox"
    assert {line["subject"] for line in site.lines()} >= {"'@SUM(A1)"}
    pages = "".join(path.read_text(encoding="utf-8") for path in outbox.rglob("*.html"))
    assert "<script>alert" not in pages
    for path in outbox.rglob("*.csv"):
        for line in csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig"))):
            assert not any(cell.startswith(("=", "@")) for cell in line), path
    for path in outbox.rglob("*.xlsx"):
        for sheet in openpyxl.load_workbook(path):
            staff_columns = 0 if path.parent.name == "annotated" and sheet.title != "处理汇总" else sheet.max_column
            for row in sheet.iter_rows(max_col=staff_columns or None):
                assert path.parent.name == "annotated" or not any(cell.data_type == "f" for cell in row), path
