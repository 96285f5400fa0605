"""Pictures for docs/manager.zh-CN.md: `python docs/images/manager.py SITE` with SITE made by `python run.py demo SITE`.

Does in SITE what the page tells managers to do. Needs LibreOffice, poppler and Chromium. Writes rule_figures.png,
rule_own.png, rule_impact.png and rules_page.png beside this file.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.utils import column_index_from_string, get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties
from playwright.sync_api import sync_playwright

HERE = Path(__file__).parent
BOOK = "规则簿.xlsx"
CHANGED = "play_fine"
FLAGS = ("--no-sandbox", "--disable-gpu")


def main(site: Path) -> None:
    """Propose another fine, let the batch try it, and take the pictures."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        book = openpyxl.load_workbook(site / "outbox" / BOOK)
        _fill(book["数值"])
        book.save(site / "inbox" / BOOK)
        picture(site / "inbox" / BOOK, "数值", "rule_figures", folder, lambda row: row[0].value == "online_retail")
        own = "自定条款", "rule_own", folder, lambda row: row[0].value in ("YE-01", "YE-02")
        picture(site / "inbox" / BOOK, *own, hidden="TSRQPLDC")
        batch = ["run.py", "once", "--config", str(site / "site.toml"), "--as-of", "2026-11-04"]
        subprocess.run([sys.executable, *batch], check=False)
        picture(site / "outbox" / BOOK, "影响", "rule_impact", folder, lambda row: row[0].row < 10)
        _page(site / "outbox" / "pages" / "rules.html")


def _fill(sheet: Any) -> None:
    place = {cell.value: cell.column for cell in sheet[3]}
    sheet.cell(1, 2, "W001")
    for row in sheet.iter_rows(min_row=4):
        if row[place["代号"] - 1].value == CHANGED:
            told = {"新值": "20", "新值自何日起": "2026-12-01", "理由": "屡禁不止"}
            for header, value in told.items():
                row[place[header] - 1].value = value


def picture(
    source: Path,
    sheet_name: str,
    name: str,
    folder: Path,
    shown: Callable[[Any], bool],
    hidden: str = "",
    header: int = 3,
) -> None:
    """The header and the rows below it that are to be shown of one sheet, as they look when printed."""
    book = openpyxl.load_workbook(source)
    for sheet in book.worksheets:
        sheet.sheet_state = "visible" if sheet.title == sheet_name else "hidden"
    sheet = book[sheet_name]
    book.active = book.index(sheet)
    sheet.auto_filter.ref = None
    for row in sheet.iter_rows(min_row=header + 1):
        sheet.row_dimensions[row[0].row].hidden = not (row[0].value and shown(row))
    widths = {
        column: sheet.column_dimensions[get_column_letter(column)].width for column in range(1, sheet.max_column + 1)
    }
    left = [column for column in widths if get_column_letter(column) not in hidden]
    for letter in hidden:
        sheet.delete_cols(column_index_from_string(letter))
    for place, column in enumerate(left, 1):
        sheet.column_dimensions[get_column_letter(place)].width = widths[column]
    for side in ("left", "right", "top", "bottom", "header", "footer"):
        setattr(sheet.page_margins, side, 0.1)
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.print_options.gridLines = True
    copy = folder / f"{name}.xlsx"
    book.save(copy)
    office = ["soffice", "--headless", "--convert-to", "pdf", "--outdir", str(folder), str(copy)]
    subprocess.run(office, check=True, capture_output=True)
    taken = ["pdftoppm", "-png", "-singlefile", "-r", "150", "-x", "0", "-y", "0", "-W", "1650"]
    height = str(30 + 20 * sum(not sheet.row_dimensions[row].hidden for row in range(1, sheet.max_row + 1)))
    subprocess.run([*taken, "-H", height, folder / f"{name}.pdf", HERE / name], check=True)


def _page(page: Path) -> None:
    program = os.environ.get("CHROMIUM") or shutil.which("chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=list(FLAGS))
        view = browser.new_page(viewport={"width": 1200, "height": 700})
        view.goto(f"file://{page.resolve()}")
        view.screenshot(path=HERE / "rules_page.png")
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
