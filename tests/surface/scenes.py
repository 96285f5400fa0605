"""Registers that several of these tests drop, and helpers to look at what came out."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import openpyxl
from sitework import Site, make_site

REPOSITORY = Path(__file__).resolve().parents[2]
ROSTER = """
工号,姓名,门店,部门,岗位,级别,直接主管工号,入职日期,转正日期,离职日期,月工资,全勤奖
Z000,主管,网店二部,客服部,主管,,,2020-01-01,2020-04-01,,9000,
Z001,客一,网店二部,客服部,客服,,Z000,2022-01-01,2022-04-01,,5000,
Z002,客二,网店二部,客服部,客服,,Z000,2022-01-01,2022-04-01,,,
"""
DISCIPLINE = """
登记编号,日期,工号,姓名,条款编号,情节,数量,点数,金额,说明,登记人工号
J1,2026-09-02,Z001,客一,OR-14,,,,,工位未打扫,Z000
J2,2026-09-03,Z001,客一,OR-12,,,,,穿拖鞋,Z000
J3,2026-09-04,Z002,客二,OR-10,,2,,,看视频,Z000
"""
SHOP = {"网店二部": ["online_retail"]}
DAY = "2026-09-30"


def shop(folder: Path, **options: Any) -> Site:
    """An online shop whose manager is Z000."""
    return make_site(folder, SHOP, managers=["Z000"], **options)


def delivered(folder: Path, **options: Any) -> Site:
    """A shop with one workbook in its inbox: the roster and three rows of discipline."""
    site = shop(folder, **options)
    site.drop({"roster": ROSTER, "discipline": DISCIPLINE})
    return site


def process(
    *arguments: str, cwd: Path = REPOSITORY, program: Path = REPOSITORY / "run.py"
) -> subprocess.CompletedProcess[str]:
    """`python run.py …` as a user types it, in a folder without a site unless told."""
    return subprocess.run(
        [sys.executable, str(program), *arguments],
        cwd=cwd,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=300,
        env=os.environ | {"PYTHONIOENCODING": "utf-8"},
        check=False,
    )


def contents(folder: Path) -> dict[str, bytes]:
    """Path below the folder -> bytes of every file."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def book_with(path: Path, sheets: dict[str, list[list[Any]]]) -> Path:
    """A workbook from rows of cells."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    path.parent.mkdir(parents=True, exist_ok=True)
    book.save(path)
    return path


def register(report: dict[str, Any], name: str) -> dict[str, Any]:
    """The part of a `--json` object about the one sheet of a register."""
    (part,) = (part for book in report["workbooks"] for part in book["registers"] if part["register"] == name)
    return part
