"""Cells with an Excel error (#N/A …) in the formats beside .xlsx, through `run.py`: told of, never empty or 0."""

from __future__ import annotations

import re
import shutil
import zipfile
from pathlib import Path

import pytest
from sitework import Site, make_site
from xlsbfile import write_xlsb

from processor.catalogue.register_reader import load_registers
from processor.intake import Limits, read_workbook

from .officefiles import xml_2003

FILES = Path(__file__).parents[1] / "intake" / "files"
ROSTER = """
工号,姓名,门店,部门,岗位,直接主管工号,入职日期,转正日期,月工资
M001,经理甲,城东店,总经办,总经理,,2020-01-01,2020-04-01,9000
K001,员工甲,城东店,收银部,收银员,M001,2026-09-01,2026-12-01,6000
"""
HEAD = ["日期", "工号", "笔数", "来客数", "系统金额", "实收金额", "多打次数", "漏打次数", "未消磁次数"]
ROWS = [
    ["2026-10-12", "K001", 100, 100, 5000, "#N/A", 0, 0, 0],
    ["2026-10-13", "K001", 100, 100, 5000, "#N/A", "#DIV/0!", 0, 0],
    ["2026-10-14", "K001", 100, 100, 5000, "#N/A", 0, 0, 0],
    ["2026-10-15", "K001", 100, 100, 5000, 5000, 0, 0, 0],
]
TEXTS = [[str(cell) for cell in row] for row in (HEAD, *ROWS)]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    made = make_site(tmp_path_factory.mktemp("errors"), {"城东店": ["department_store"]}, managers=["M001"])
    made.drop({"roster": ROSTER}, "花名册.xlsx")
    made.once("2026-11-02")
    return made


def put(folder: Path, name: str) -> None:
    """The register with its four rows, three of them with errors, in the format that the name's ending says."""
    path = folder / name
    if path.suffix in (".et", ".ods"):  # as LibreOffice saved them; WPS's .et is the same format as .xls
        shutil.copyfile(FILES / f"errors{'.ods' if path.suffix == '.ods' else '.xls'}", path)
    elif path.suffix == ".xlsb":
        write_xlsb(path, [HEAD, *ROWS], "收银")
    else:
        data = xml_2003(TEXTS, "收银").replace(b'"String">#', b'"Error">#')
        path.with_suffix(".xls").write_bytes(data)


@pytest.mark.parametrize("ending", [".et", ".ods", ".xlsb", ".xml"])
def test_an_excel_error_is_an_issue_in_every_format(site: Site, ending: str) -> None:
    put(site.folder / "inbox", f"收银{ending}")
    report = site.once("2026-11-02")
    (book,) = report["workbooks"]
    (sheet,) = book["registers"]
    assert (report["exit"], sheet["register"], sheet["rows"], sheet["issues"]) == (1, "cashier", 4, 4)
    assert not [line for line in site.lines() if line["date"] in {row[0] for row in ROWS}]


@pytest.mark.parametrize("kind", ["empty.xls", "zero.xls", "zero.xlsb", "none.ods"])
def test_a_formula_that_nobody_calculated_is_never_read_as_empty_or_0(tmp_path: Path, kind: str) -> None:
    """As libraries write them: an empty text or 0 for the value of every formula in .xls, 0 in .xlsb, none at all in .ods."""
    path = tmp_path / f"收银{kind}"
    if kind == "zero.xlsb":
        write_xlsb(path, [HEAD, *ROWS], "收银", calculated=False)
    elif path.suffix == ".xls":
        data = (FILES / "errors.xls").read_bytes()
        empty = b"\x03\x00\x00\x00\x00\x00\xff\xff\x00" if kind == "empty.xls" else bytes(8) + b"\x02"
        path.write_bytes(re.sub(rb"\x02\x00[\x07\x2a]\x00\x00\x00\xff\xff[\x00-\x0f]", empty, data))
    else:
        with zipfile.ZipFile(FILES / "errors.ods") as old, zipfile.ZipFile(path, "w") as new:
            for name in old.namelist():
                part = old.read(name)
                cell = rb'(table:formula="[^"]*") office:value-type[^>]*>.*?</table:table-cell>'
                new.writestr(name, re.sub(cell, rb"\1/>", part) if name == "content.xml" else part)
    reading = read_workbook(path, load_registers(), Limits(), shown_as=path.name)
    (sheet,) = reading.sheets
    assert sheet.unreadable == (2, 3, 4) and all("公式" in issue.message for issue in sheet.issues)
