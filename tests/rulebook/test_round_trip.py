"""A rule book that goes through hands and programs: sorted, filtered, hidden, cut down, saved again; several units."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from sitework import Site

from rulebook.book import DISCIPLINE, ROSTER, RuleBook, approve, fines, play_fine, play_site

DAY = "2026-11-20"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    site = play_site(tmp_path_factory.mktemp("book"), "[rules]\nfour_eyes = false\n")
    site.once(DAY)
    return site


def _shuffled(book: Any) -> None:
    """Rows upside down, a filter, hidden rows and columns, other widths."""
    for name in ("数值", "条款"):
        sheet = book[name]
        rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=4)]
        for number, values in enumerate(reversed([row for row in rows if any(row)]), 4):
            for column, value in enumerate(values, 1):
                sheet.cell(number, column).value = value
        sheet.column_dimensions["C"].hidden = True
        sheet.row_dimensions[6].hidden = True
        sheet.auto_filter.add_filter_column(0, ["online_retail"])


def _only_figures(book: Any) -> None:
    for name in book.sheetnames:
        if name != "数值":
            del book[name]


@pytest.mark.parametrize("change", [_shuffled, _only_figures, None])
def test_a_book_that_nobody_filled_is_no_proposal_whatever_was_done_to_it(site: Site, change: Any) -> None:
    RuleBook(site).drop("回.xlsx", change)
    result = site.once(DAY)
    assert (result["exit"], result["rulebook"]["proposed"]) == (0, 0)


@pytest.mark.skipif(shutil.which("soffice") is None, reason="needs LibreOffice")
def test_a_book_saved_by_libreoffice_is_read_as_it_was(site: Site, tmp_path: Path) -> None:
    def saved(book: RuleBook, name: str) -> None:
        source = tmp_path / name
        book.book.save(source)
        target = tmp_path / "saved"
        command = ["soffice", "--headless", "--convert-to", "xlsx", "--outdir", str(target), str(source)]
        subprocess.run(command, check=True, capture_output=True, timeout=180)
        shutil.copyfile(target / name, site.folder / "inbox" / name)

    saved(RuleBook(site), "未改.xlsx")
    assert site.once(DAY)["rulebook"]["proposed"] == 0
    saved(play_fine(site, value=11), "改了.xlsx")
    assert site.once(DAY)["rulebook"]["approved"] == 1
    assert fines(site)["J2"] == "-11.00"


def test_a_value_for_one_unit_leaves_the_others_alone(tmp_path: Path) -> None:
    units = {"网店": ["online_retail"], "北店": ["online_retail"]}
    site = play_site(tmp_path, units=units)
    site.drop(
        {
            "roster": ROSTER.replace("网店", "北店")
            .replace("E1", "N1")
            .replace("M1", "N8")
            .replace("M2", "N9")
            .replace("E2", "N2"),
            "discipline": DISCIPLINE.replace("J", "K").replace("E1", "N1").replace("E2", "N2"),
        },
        "北.xlsx",
    )
    assert site.once(DAY)["exit"] == 0
    row = next(row for row in RuleBook(site).rows("数值") if row["代号"] == "play_fine")
    assert row["门店"] == "网店、北店"
    play_fine(site, 新值门店="北店").drop()
    site.once(DAY)
    approve(site)
    assert site.once(DAY)["rulebook"]["approved"] == 1
    assert fines(site)["J2"] == "-10.00"
    assert fines(site)["K2"] == "-20.00"
    told = {row["现值"]: row["门店"] for row in RuleBook(site).rows("数值") if row["代号"] == "play_fine"}
    assert told == {"10.00": "网店、北店", "20.00": "北店"}


def test_the_book_has_its_sheets_with_headers_in_row_three(site: Site) -> None:
    book = openpyxl.load_workbook(site.folder / "outbox" / "规则簿.xlsx")
    assert book.sheetnames == ["数值", "条款", "自定条款", "用例", "待批准", "影响", "历史"]
    for name in ("数值", "条款", "自定条款", "用例"):
        assert book[name]["A1"].value == "提出人工号"
    told = ["规则包", "条款编号", "条款", "代号", "数值", "类型", "单位", "门店", "自何日起", "现值", "来源"]
    told += ["新值", "新值自何日起", "新值门店", "理由"]
    assert [cell.value for cell in book["数值"][3]] == told
    assert [cell.value for cell in book["自定条款"][3]][-2:] == ["自何日起", "理由"]
