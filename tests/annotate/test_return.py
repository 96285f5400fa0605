"""An annotated workbook comes back: results, marks, notes and summary are replaced, what staff did in between stays."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
from openpyxl.styles import PatternFill

from processor.annotate import Link, Plan, Summary, annotate, own_columns

from .books import DATA, HEADER, SHEET, TITLES, annotated, part, parts, plan, worksheet

GREEN = "FF00FF00"
FIRST = plan(
    {2: ["已判定", "迟到", "-5.00"], 3: ["正常", "", ""]},
    notes={"A2": "第一次"},
    marks={"A2": "error", "B2": "judged"},
    summary=Summary("处理汇总", [["项目"], [Link("行", SHEET, "A2")]]),
)
SECOND = plan(
    {3: ["待确认", "早退", ""]}, notes={"A3": "第二次"}, marks={"A3": "error"}, summary=Summary("处理汇总", [["新的"]])
)


@pytest.fixture
def first(tmp_path: Path) -> Path:
    rows = HEADER + DATA + DATA.replace('2"', '3"').replace('s="3"', 's="2"')
    return annotated(tmp_path, parts(worksheet(rows)), FIRST)


def again(path: Path, wanted: Plan = SECOND) -> Path:
    target = path.with_name("again.xlsx")
    annotate(path, target, wanted)
    return target


def columns(path: Path) -> list[object]:
    return [cell.value for cell in openpyxl.load_workbook(path)[SHEET][1]]


def test_all_of_ours_is_replaced(first: Path) -> None:
    path = again(first)
    book = openpyxl.load_workbook(path)
    sheet = book[SHEET]
    assert columns(path) == ["工号", "日期", *TITLES]
    assert [cell.value for cell in sheet[2]][2:] == [None] * 3
    assert [cell.value for cell in sheet[3]][2:] == ["待确认", "早退", None]
    assert sheet["A2"].comment is None and "第二次" in sheet["A3"].comment.text
    assert sheet["A2"].fill.patternType is None and sheet["B2"].fill.fgColor.rgb == GREEN
    assert book.sheetnames == [SHEET, "处理汇总"] and book["处理汇总"]["A1"].value == "新的"
    assert book["处理汇总"]["A2"].value is None


def test_replacing_with_the_same_plan_changes_no_cell(first: Path) -> None:
    once, twice = openpyxl.load_workbook(first)[SHEET], openpyxl.load_workbook(again(first, FIRST))[SHEET]
    assert [[cell.value for cell in row] for row in once] == [[cell.value for cell in row] for row in twice]
    assert once["B2"].fill.fgColor.rgb == twice["B2"].fill.fgColor.rgb
    assert once["A2"].comment.text == twice["A2"].comment.text


def test_staff_sorted_added_columns_and_rows(first: Path) -> None:
    book = openpyxl.load_workbook(first)
    sheet = book[SHEET]
    sheet.insert_cols(4)
    sheet["D1"], sheet["D3"] = "员工备注", "已核"
    sheet["G1"], sheet["G3"] = "复查", "是"
    for old, new in (("A2", "A5"), ("B2", "B5")):
        sheet[new].value, sheet[new]._style = sheet[old].value, sheet[old]._style
    book.save(first)
    path = again(first)
    after = openpyxl.load_workbook(path)[SHEET]
    assert columns(path) == ["工号", "日期", "处理状态", "员工备注", "处理结果", "金额", "复查"]
    assert [cell.value for cell in after[3]][2:] == ["待确认", "已核", "早退", None, "是"]
    assert after["C2"].value is None and after["E2"].value is None
    assert after["B5"].fill.fgColor.rgb == GREEN and after["A5"].fill.patternType is None


def test_a_deleted_column_of_ours_is_added_again(first: Path) -> None:
    book = openpyxl.load_workbook(first)
    book[SHEET].delete_cols(4)
    book.save(first)
    path = again(first)
    assert columns(path) == ["工号", "日期", "处理状态", "金额", "处理结果"]


def test_staff_who_colour_a_marked_cell_keep_their_colour(first: Path) -> None:
    book = openpyxl.load_workbook(first)
    book[SHEET]["A2"].fill = PatternFill("solid", fgColor="FF123456")
    book.save(first)
    assert openpyxl.load_workbook(again(first))[SHEET]["A2"].fill.fgColor.rgb == "FF123456"


def test_formulas_and_numbers_of_staff_in_our_columns_stay(first: Path) -> None:
    book = openpyxl.load_workbook(first)
    sheet = book[SHEET]
    sheet["E9"], sheet["C9"] = "=SUM(A1:A2)", 12
    book.save(first)
    after = openpyxl.load_workbook(again(first))[SHEET]
    assert (after["E9"].value, after["C9"].value) == ("=SUM(A1:A2)", 12)


def test_a_register_s_own_column_of_the_same_name_is_never_overwritten(tmp_path: Path) -> None:
    header = HEADER.replace("日期", "金额")
    path = annotated(tmp_path, parts(worksheet(header + DATA)), FIRST)
    assert columns(again(path)) == ["工号", "金额", *TITLES]
    own = HEADER.replace("工号", "处理状态").replace("日期", "处理结果")
    path = annotated(tmp_path, parts(worksheet(own + DATA)), plan())
    assert columns(path) == ["处理状态", "处理结果", *TITLES]


def test_staff_s_words_behind_our_note_stay(first: Path) -> None:
    book = openpyxl.load_workbook(first)
    comment = book[SHEET]["A2"].comment
    comment.text += "\n已改"
    book.save(first)
    text = openpyxl.load_workbook(again(first))[SHEET]["A2"].comment.text
    assert "已改" in text and "第一次" not in text


def test_own_columns_for_readers() -> None:
    assert own_columns(["金额", "处理状态", "x", "金额", "处理结果"], TITLES) == (1, 4, 3)
    assert own_columns(["金额", "处理状态"], TITLES) == ()
    assert own_columns([], TITLES) == ()


def test_many_fills_under_marks_come_back(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = SHEET
    sheet.append(["工号"])
    colours = [f"FF{number * 3:02X}8040" for number in range(40)]
    for row, colour in enumerate(colours, 2):
        sheet.cell(row, 1, row).fill = PatternFill("solid", fgColor=colour)
    book.save(tmp_path / "in.xlsx")
    marks = {f"A{row}": "warning" for row in range(2, 42)}
    annotate(tmp_path / "in.xlsx", tmp_path / "out.xlsx", plan({}, marks=marks))
    marked = openpyxl.load_workbook(tmp_path / "out.xlsx")[SHEET]
    assert not {marked.cell(row, 1).fill.fgColor.rgb for row in range(2, 42)} & set(colours)
    after = openpyxl.load_workbook(again(tmp_path / "out.xlsx", plan({})))[SHEET]
    assert [after.cell(row, 1).fill.fgColor.rgb for row in range(2, 42)] == colours
    assert "处理前底色" in part(tmp_path / "out.xlsx", "xl/styles.xml")
