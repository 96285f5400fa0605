"""Several tables on one sheet: the first is read, the others are told of; a repeated header is followed; totals are no rows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pytest
from sitework import Site, make_site

from .officefiles import DAY, HEAD, ROSTER, SHOP, order, text
from .scenes import book_with

FINES = ["登记编号", "日期", "工号", "条款编号", "登记人工号"]


@pytest.fixture
def site(tmp_path: Path) -> Site:
    made = make_site(tmp_path, SHOP, managers=["M001"])
    made.drop({"roster": ROSTER}, "花名册.xlsx")
    return made


def read(site: Site, rows: list[list[Any]], name: str = "订单.xlsx") -> tuple[int, set[str], dict[str, Any]]:
    """Exit code, the orders that OR-7 flags, and what is said of the workbook."""
    book_with(site.folder / "inbox" / name, {"表": rows})
    report = site.once(DAY)
    book = next(book for book in report["workbooks"] if book["file"] == name)
    return report["exit"], {line["subject"] for line in site.lines() if line["clause"] == "OR-7"}, book


def sentences(site: Site, book: dict[str, Any]) -> str:
    summary = openpyxl.load_workbook(site.folder / book["annotated"])["处理汇总"]
    return "\n".join(str(cell.value) for row in summary for cell in row if cell.value)


def test_a_header_repeated_in_another_order_is_followed(site: Site) -> None:
    other = [HEAD[place] for place in (5, 0, 6, 2, 1, 3, 4, 8, 7)]
    moved = [order("P2")[place] for place in (5, 0, 6, 2, 1, 3, 4, 8, 7)]
    rows = [["订单登记表"], HEAD, order("P1"), other, moved, HEAD, order("P3"), [], ["第2页"], HEAD, order("P4")]
    code, found, book = read(site, rows)
    assert (code, found) == (0, {"P1", "P2", "P3", "P4"})
    assert book["registers"][0]["rows"] == 4


def test_an_unreadable_cell_below_a_moved_header_is_marked_where_it_stands(site: Site) -> None:
    other = ["下单时间", "订单号", *HEAD[2:]]
    code, found, book = read(site, [HEAD, order("P1"), other, ["不是时间", "P2", *order("")[2:]]])
    assert (code, found) == (1, {"P1"})
    sheet = openpyxl.load_workbook(site.folder / book["annotated"])["表"]
    assert sheet["A4"].comment is not None and sheet["B4"].comment is None


def test_a_second_table_below_is_told_of_and_not_mixed_in(site: Site) -> None:
    fine = ["J1", "2026-10-09", "K001", "OR-14", "M001"]
    rows = [HEAD, order("P1"), order("P2"), [], ["二、奖惩"], FINES, fine, ["J2", *fine[1:]]]
    code, found, book = read(site, rows)
    assert (code, found) == (1, {"P1", "P2"})
    assert [(part["register"], part["rows"]) for part in book["registers"]] == [("orders", 2)]
    assert "A6起是另一张表（奖惩登记表）" in sentences(site, book)
    assert not [line for line in site.lines() if line["clause"] == "OR-14"]


def test_of_two_tables_the_one_above_is_read_however_short(site: Site) -> None:
    fine = ["J1", "2026-10-09", "K001", "OR-14", "M001"]
    code, found, book = read(site, [FINES, fine, [], HEAD, order("P1"), order("P2"), order("P3")])
    assert (code, found) == (1, set())
    assert [(part["register"], part["rows"]) for part in book["registers"]] == [("discipline", 1)]
    assert "A4起是另一张表（订单登记表）" in sentences(site, book)


@pytest.mark.parametrize("swapped", [False, True])
def test_of_tables_side_by_side_the_left_one_is_read(site: Site, swapped: bool) -> None:
    fines = [FINES, ["J1", "2026-10-09", "K001", "OR-14", "M001"], ["J2", "2026-10-09", "K001", "OR-14", "M001"]]
    orders = [HEAD, order("P1"), order("P2"), order("P3")]
    left, right = (fines, orders) if swapped else (orders, fines)
    rows = [
        [*(left[n] if n < len(left) else [None] * len(left[0])), None, *(right[n] if n < len(right) else [])]
        for n in range(4)
    ]
    code, found, book = read(site, rows)
    assert (code, found) == (1, set() if swapped else {"P1", "P2", "P3"})
    assert [(p["register"], p["rows"]) for p in book["registers"]] == [("discipline", 2) if swapped else ("orders", 3)]
    assert f"{'G1' if swapped else 'K1'}起是另一张表" in sentences(site, book)


def test_the_same_register_twice_side_by_side(site: Site) -> None:
    rows = [[*HEAD, None, *HEAD], [*order("P1"), None, *order("P2")]]
    code, found, book = read(site, rows)
    assert (code, found) == (1, {"P1"}) and "K1起是另一张表（订单登记表）" in sentences(site, book)


def test_an_empty_column_between_parts_of_one_table_parts_nothing(site: Site) -> None:
    rows = [[*HEAD[:5], None, *HEAD[5:], None, "备注"], [*order("P1")[:5], None, *order("P1")[5:], None, "急"]]
    assert read(site, rows)[:2] == (0, {"P1"})


TOTALS = ["汇总", "K001 汇总", "K001汇总：", "共计", "平均", "平均值", "累计", "总数", "计数", "Total", "Grand Total",
          "共3条记录", "合计", "本页小计", "总计（元）"]  # fmt: skip


def test_totals_in_any_usual_word_are_no_rows(site: Site) -> None:
    blank: list[Any] = [None] * 3
    for place, total in enumerate(TOTALS):
        first, last = order(f"P{place}-1"), order(f"P{place}-2")
        rows = [HEAD, first, [total, *blank, "100.00"], [None, None, total, None, 300], last]
        book_with(site.folder / "inbox" / f"{place}.xlsx", {"表": rows})
    report = site.once(DAY)
    books = {
        book["file"]: [(part["rows"], part["issues"]) for part in book["registers"]] for book in report["workbooks"]
    }
    assert {total: books[f"{place}.xlsx"] for place, total in enumerate(TOTALS)} == {
        total: [(2, 0)] for total in TOTALS
    }
    flagged = {line["subject"] for line in site.lines() if line["clause"] == "OR-7"}
    assert report["exit"] == 0 and flagged == {f"P{place}-{part}" for place in range(len(TOTALS)) for part in (1, 2)}


def test_a_row_of_its_own_whose_text_sounds_like_a_total_counts(site: Site) -> None:
    head = ["建议编号", "日期", "工号", "内容", "是否采纳"]
    rows = [head, ["汇总", "2026-10-09", "K001", "销售数据汇总", "否"], ["S2", "2026-10-09", "K001", "平均", "否"]]
    code, _, book = read(site, rows, "建议.xlsx")
    assert (code, book["registers"][0]["rows"]) == (0, 2)


def test_a_header_repeated_in_a_text_table(site: Site) -> None:
    (site.folder / "inbox" / "a.csv").write_bytes(text([HEAD, order("P1"), HEAD, order("P2")], ","))
    assert site.once(DAY)["exit"] == 0
    assert {line["subject"] for line in site.lines() if line["clause"] == "OR-7"} == {"P1", "P2"}


def test_a_row_merged_over_the_whole_table_is_the_title_of_a_section(site: Site) -> None:
    path = book_with(site.folder / "inbox" / "订单.xlsx", {"表": [HEAD, ["十月上旬"], order("M1"), ["以上为上旬"]]})
    book = openpyxl.load_workbook(path)
    for row in (2, 4):
        book["表"].merge_cells(start_row=row, end_row=row, start_column=1, end_column=len(HEAD))
    book.save(path)
    report = site.once(DAY)
    rows = {part["register"]: part["rows"] for found in report["workbooks"] for part in found["registers"]}
    assert (report["exit"], rows["orders"]) == (0, 1)
