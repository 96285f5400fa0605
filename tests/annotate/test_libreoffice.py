"""LibreOffice opens what was written, and what it saves is recognised when it comes back."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import openpyxl
import pytest

from processor.annotate import Link, Summary, annotate

from .books import DATA, HEADER, SHEET, TITLES, annotated, parts, plan, worksheet

OFFICE = shutil.which("soffice")
pytestmark = pytest.mark.skipif(OFFICE is None, reason="LibreOffice is not installed")


def convert(path: Path, kind: str) -> Path:
    """The file converted in a folder and with a profile of its own."""
    folder = path.parent / f"as-{kind}"
    profile = f"-env:UserInstallation=file://{path.parent / 'profile'}"
    command = [str(OFFICE), profile, "--headless", "--convert-to", kind, "--outdir", str(folder), str(path)]
    subprocess.run(command, check=True, capture_output=True, timeout=180)
    return folder / f"{path.stem}.{kind}"


def test_libreoffice_opens_saves_and_gives_back(tmp_path: Path) -> None:
    summary = Summary("处理汇总", [["项目", "数"], [Link("第 2 行", SHEET, "A2"), "1"]])
    wanted = plan(notes={"A2": "工号不在花名册"}, marks={"A2": "error", "B2": "judged"}, summary=summary)
    path = annotated(tmp_path, parts(worksheet(HEADER + DATA)), wanted)
    assert convert(path, "pdf").read_bytes().startswith(b"%PDF")
    saved = convert(path, "xlsx")
    sheet = openpyxl.load_workbook(saved)[SHEET]
    assert [cell.value for cell in sheet[1]] == ["工号", "日期", *TITLES]
    assert [cell.value for cell in sheet[2]][2:] == ["已判定", "迟到", "-5.00"]
    assert "工号不在花名册" in sheet["A2"].comment.text

    annotate(saved, tmp_path / "again.xlsx", plan({2: ["正常", "", ""]}, summary=summary))
    book = openpyxl.load_workbook(tmp_path / "again.xlsx")
    sheet = book[SHEET]
    assert [cell.value for cell in sheet[1]] == ["工号", "日期", *TITLES]
    assert [cell.value for cell in sheet[2]][2:] == ["正常", None, None]
    assert sheet["A2"].comment is None and sheet["A2"].fill.patternType is None
    assert sheet["B2"].fill.fgColor.rgb == "FF00FF00"
    assert book.sheetnames == [SHEET, "处理汇总"]
