"""Rows as real files have them: merged across the sheet, written in pieces, of a height that hides what is wrapped."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import openpyxl
import pytest

from .books import DATA, HEADER, SHEET, STYLES, TITLES, annotated, part, parts, plan, worksheet
from .test_libreoffice import convert

LONG = "2026-10-09 迟到12分钟，第3次，罚款50元\n2026-10-09 未按规定着装，罚款20元\n合计70元"


@pytest.mark.parametrize("ref", ["A5:XFD5", "A5:XFB5", "A1:XFD1", "B7:XFD9"])
def test_a_row_merged_across_the_sheet_refuses_nothing(tmp_path: Path, ref: str) -> None:
    merge = f'<mergeCells count="1"><mergeCell ref="{ref}"/></mergeCells>'
    header_row = 3 if ref.startswith("A1") else 1
    rows = HEADER.replace('1"', f'{header_row}"').replace(f's="{header_row}"', 's="1"')
    path = annotated(tmp_path, parts(worksheet(rows, after=merge)), plan({4: ["正常", "", ""]}, header_row=header_row))
    sheet = openpyxl.load_workbook(path)[SHEET]
    assert [cell.value for cell in sheet[header_row]][:5] == ["工号", "日期", *TITLES]
    assert sheet["C4"].value == "正常" and [str(found) for found in sheet.merged_cells.ranges] == [ref]


def test_formats_with_relative_namespaces_are_compared(tmp_path: Path) -> None:
    own = '<extLst><ext uri="smNativeData"><sm:x xmlns:sm="smNativeData" id="1"/></ext></extLst></xf>'
    styles = STYLES.replace(
        '<xf numFmtId="14" fontId="0" fillId="2" borderId="0" xfId="0" applyNumberFormat="1" applyFill="1"/>',
        f'<xf numFmtId="14" fontId="0" fillId="2" borderId="0" xfId="0" applyNumberFormat="1" applyFill="1">{own}',
    ).replace('<patternFill patternType="solid">', '<patternFill patternType="solid" xmlns:sm="smNativeData">')
    wanted = plan(marks={"A2": "error", "B2": "judged"}, notes={"B2": "迟到"})
    path = annotated(tmp_path, parts(extra={"xl/styles.xml": styles}), wanted)
    assert "smNativeData" in part(path, "xl/styles.xml")
    assert openpyxl.load_workbook(path)[SHEET]["B2"].fill.fgColor.rgb.startswith("FFBF")


PIECES = (
    '<row r="2"><c r="A2" t="inlineStr"><is><t>E1</t></is></c></row>'
    '<row r="2"><c r="B2" s="2"><v>46000</v></c></row>'
    '<row r="3"><c r="A3" t="inlineStr"><is><t>E2</t></is></c></row>'
)


@pytest.mark.parametrize("mark", ["A2", "B2", "A3"])
def test_a_row_in_pieces_gets_its_marks_on_the_right_cells(tmp_path: Path, mark: str) -> None:
    wanted = plan({2: ["已判定", "迟到", "-5.00"], 3: ["正常", "", ""]}, marks={mark: "error"})
    path = annotated(tmp_path, parts(worksheet(HEADER + PIECES)), wanted)
    text = part(path)
    places = re.findall(r'<c r="([A-Z]+[0-9]+)"', text)
    assert sorted(places) == sorted(set(places))
    assert text.index('r="B2"') < text.index('r="C2"') < text.index('r="A3"')
    book = openpyxl.load_workbook(path)[SHEET]
    assert {ref for ref in ("A2", "B2", "A3") if book[ref].fill.fgColor.rgb.startswith("FFF9B")} == {mark}
    assert [book.cell(2, column).value for column in (3, 4, 5)] == ["已判定", "迟到", "-5.00"]


def test_a_header_in_pieces_is_read_whole_and_its_results_replaced(tmp_path: Path) -> None:
    pieces = HEADER.replace('<c r="B1"', '</row><row r="1"><c r="B1"')
    first = annotated(tmp_path, parts(worksheet(pieces + PIECES)))
    (tmp_path / "again").mkdir()
    from processor.annotate import annotate

    annotate(first, tmp_path / "again" / "out.xlsx", plan({2: ["正常", "", ""]}))
    sheet = openpyxl.load_workbook(tmp_path / "again" / "out.xlsx")[SHEET]
    assert [cell.value for cell in sheet[1]] == ["工号", "日期", *TITLES]
    assert sheet["C2"].value == "正常" and sheet["E2"].value is None


def height(path: Path, row: int = 2) -> float | None:
    return openpyxl.load_workbook(path)[SHEET].row_dimensions[row].height


def test_rows_grow_with_their_wrapped_results(tmp_path: Path) -> None:
    path = annotated(
        tmp_path, parts(), plan({2: ["已判定", LONG, "-70.00"], 3: ["已判定", LONG, ""], 4: ["正常", "", ""]})
    )
    assert height(path, 2) == height(path, 3) == 45 and height(path, 4) is None
    one_line = plan({2: ["已判定", "字" * 60, ""]})
    assert height(annotated(tmp_path, parts(), one_line)) == 45  # 120 letters in a column of 46


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [
        ('ht="15"', 45),
        ('ht="80"', 80),
        ('ht="20" customHeight="1"', 20),
        ('hidden="1"', None),
        ('ht="13.5" spans="1:2"', 45),
    ],
)
def test_a_height_that_staff_set_stays(tmp_path: Path, attributes: str, expected: float | None) -> None:
    rows = HEADER + DATA.replace('<row r="2"', f'<row r="2" {attributes}')
    assert height(annotated(tmp_path, parts(worksheet(rows)), plan({2: ["已判定", LONG, ""]}))) == expected


def test_where_staffs_own_cells_are_wrapped_the_program_finds_the_height(tmp_path: Path) -> None:
    styles = STYLES.replace(
        '<xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/>',
        '<xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0"><alignment wrapText="1"/></xf>',
    )
    rows = HEADER + DATA.replace('<c r="A2"', '<c r="A2" s="1"')
    path = annotated(tmp_path, parts(worksheet(rows), {"xl/styles.xml": styles}), plan({2: ["已判定", LONG, ""]}))
    assert height(path) is None


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_libreoffice_shows_all_lines(tmp_path: Path) -> None:
    saved = convert(annotated(tmp_path, parts(), plan({2: ["已判定", LONG, "-70.00"]})), "xlsx")
    assert (height(saved) or 0) >= 40
