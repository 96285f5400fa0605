"""Pictures for the README: `python docs/images/take.py SITE` with SITE made by `python run.py demo SITE`.

Needs LibreOffice, poppler and Chromium. Writes workbook.png, notice.png, site.png and unit.png beside this file.
"""

from __future__ import annotations

import math
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import openpyxl
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

HERE = Path(__file__).parent
WORKBOOK, SHEET = "惠民超市/惠民超市奖惩与汇报2026-10.xlsx", "奖惩登记表"
RESULTS = "处理结果"
PAGES = ("site.png", "unit.png")


def main(site: Path) -> None:
    """Take all pictures."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        workbook(site / "outbox" / "annotated" / WORKBOOK, folder)
        notice(site / "outbox" / "通知", folder)
        subprocess.run([sys.executable, "-m", "tests.pages.screenshots", site / "outbox" / "pages", folder], check=True)
        for page in PAGES:
            (HERE / page).write_bytes((folder / page).read_bytes())


def workbook(source: Path, folder: Path) -> None:
    """One sheet of an annotated workbook as it looks when printed on one page."""
    book = openpyxl.load_workbook(source)
    for sheet in book.worksheets:
        if sheet.title != SHEET:
            sheet.sheet_state = "hidden"
    sheet = book[SHEET]
    book.active = book.index(sheet)
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.print_options.gridLines = True
    for margin in ("left", "right", "top", "bottom"):
        setattr(sheet.page_margins, margin, 0.2)
    _fit_rows(sheet)
    copy = folder / "workbook.xlsx"
    book.save(copy)
    subprocess.run(
        ["soffice", "--headless", "--convert-to", "pdf", "--outdir", folder, copy], check=True, capture_output=True
    )
    picture = ["pdftoppm", "-png", "-singlefile", "-r", "200", "-x", "0", "-y", "0", "-W", "2330", "-H", "620"]
    subprocess.run([*picture, folder / "workbook.pdf", HERE / "workbook"], check=True)


def notice(source: Path, folder: Path) -> None:
    """The printed notice with the most lines that still fit on one page."""
    pages = sorted(source.glob("*/*/*.html"), key=lambda path: (-path.read_text(encoding="utf-8").count("<tr>"), path))
    for page in pages:
        options = ("--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer")
        target = folder / "notice.pdf"
        printed = f"--print-to-pdf={target}"
        subprocess.run(["chromium", *options, printed, page.as_uri()], check=True, capture_output=True)
        told = subprocess.run(["pdfinfo", target], check=True, capture_output=True, text=True).stdout
        if re.search(r"Pages:\s+1\b", told):
            break
    subprocess.run(["pdftoppm", "-png", "-singlefile", "-r", "80", target, HERE / "notice"], check=True)


def _fit_rows(sheet: Worksheet) -> None:
    """Excel fits rows without a height when it opens a workbook; LibreOffice does not."""
    titles = next(row for row in sheet.iter_rows() if any(cell.value == RESULTS for cell in row))
    column = next(cell for cell in titles if cell.value == RESULTS)
    width = sheet.column_dimensions[column.column_letter].width
    for (cell,) in sheet.iter_rows(min_row=column.row + 1, min_col=column.column, max_col=column.column):
        lines = [math.ceil(2 * len(line) / width) for line in str(cell.value or "").splitlines()]
        sheet.row_dimensions[cell.row].height = 15 * max(1, sum(lines))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
