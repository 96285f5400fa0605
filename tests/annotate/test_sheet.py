"""Rows, cells and what surrounds them: what a patched sheet keeps, and where its results go."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
from lxml import etree
from python_calamine import CalamineWorkbook

from processor.annotate import CannotAnnotate, annotate
from processor.annotate.scan import SheetStream

from .books import (
    DATA,
    HEADER,
    MAIN,
    OFFICE,
    SHEET,
    STYLES,
    TITLES,
    annotated,
    part,
    parts,
    plan,
    relationships,
    worksheet,
    write,
)


def titles_at(path: Path, row: int = 1) -> int:
    """Column of the first result title; the others follow it."""
    sheet = openpyxl.load_workbook(path)[SHEET]
    texts = [cell.value for cell in sheet[row]]
    start = texts.index(TITLES[0])
    assert tuple(texts[start : start + 3]) == TITLES
    return start + 1


def test_results_follow_the_last_column_in_its_header_style(tmp_path: Path) -> None:
    path = annotated(tmp_path, parts())
    sheet = openpyxl.load_workbook(path)[SHEET]
    assert titles_at(path) == 3
    assert [sheet.cell(2, column).value for column in (1, 3, 4, 5)] == ["E1", "已判定", "迟到", "-5.00"]
    assert sheet["C1"].font.b and sheet["C1"].style_id == sheet["B1"].style_id
    assert CalamineWorkbook.from_path(path).get_sheet_by_name(SHEET).to_python()[1][2:] == ["已判定", "迟到", "-5.00"]


@pytest.mark.parametrize(
    "sheet",
    [
        worksheet().replace("<", "<x:").replace("<x:/", "</x:").replace("xmlns=", "xmlns:x="),
        worksheet().replace(' r="A1"', "").replace(' r="B1"', "").replace(' r="A2"', "").replace(' r="B2"', ""),
        worksheet().replace('<row r="1">', "<row>").replace('<row r="2">', "<row>"),
        worksheet().replace('"', "'"),
        "\ufeff" + worksheet(),
        ('<?xml version="1.0" encoding="UTF-16"?>' + worksheet()).encode("utf-16"),
        ('<?xml version="1.0" encoding="GB18030"?>' + worksheet()).encode("gb18030"),
        worksheet().replace("E1", "<![CDATA[E1]]>").replace('<row r="2">', '<!-- </row> --><row r="2">'),
        worksheet().replace("><", ">\n  <"),
        worksheet().replace("</row>", "</row >").replace("</c>", "</c >"),
    ],
    ids=["prefix", "no-cell-r", "no-row-r", "apostrophes", "bom", "utf16", "gb18030", "cdata", "indented", "spaces"],
)  # fmt: skip
def test_odd_markup(tmp_path: Path, sheet: str | bytes) -> None:
    path = annotated(
        tmp_path, parts(sheet), plan(marks={"B2": "error"}, rows={2: ["已判定", "迟到", ""], 4: ["正常", "", ""]})
    )
    cells = openpyxl.load_workbook(path)[SHEET]
    assert titles_at(path) == 3
    assert [cells["A2"].value, cells["C2"].value, cells["C4"].value] == ["E1", "已判定", "正常"]
    assert cells["B2"].is_date and cells["B2"].fill.fgColor.rgb != "FF00FF00"


def test_empty_format_attribute(tmp_path: Path) -> None:
    path = annotated(tmp_path, parts(worksheet().replace(' s="1"', ' s=""')), plan(marks={"A1": "error"}))
    assert CalamineWorkbook.from_path(path).get_sheet_by_name(SHEET).to_python()[0] == ["工号", "日期", *TITLES]


def test_styled_blanks_count_unless_far_and_keep_their_format(tmp_path: Path) -> None:
    near = DATA.replace("</row>", '<c r="F2" s="2"/></row>')
    assert titles_at(annotated(tmp_path, parts(worksheet(HEADER + near)))) == 7
    far = DATA.replace("</row>", '<c r="C2" s="2"/><c r="XFD2" s="2"/></row>')
    path = annotated(tmp_path, parts(worksheet(HEADER + far)))
    assert titles_at(path) == 3
    sheet = openpyxl.load_workbook(path)[SHEET]
    assert sheet["C2"].value == "已判定" and sheet["C2"].fill.fgColor.rgb == "FF00FF00"
    assert sheet["XFD2"].fill.fgColor.rgb == "FF00FF00"


def test_merges_tables_and_drawings_push_the_results_right(tmp_path: Path) -> None:
    merge = '<mergeCells count="1"><mergeCell ref="A5:H5"/></mergeCells>'
    assert titles_at(annotated(tmp_path, parts(worksheet(after=merge)))) == 9
    drawing = (
        '<xdr:wsDr xmlns:xdr="http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing"><xdr:twoCellAnchor>'
        "<xdr:from><xdr:col>3</xdr:col></xdr:from><xdr:to><xdr:col>10</xdr:col></xdr:to></xdr:twoCellAnchor></xdr:wsDr>"
    )
    extra = {
        "xl/worksheets/_rels/sheet1.xml.rels": relationships(("drawing", "../drawings/drawing1.xml")),
        "xl/drawings/drawing1.xml": drawing,
    }
    assert titles_at(annotated(tmp_path, parts(worksheet(after='<drawing r:id="rId1"/>'), extra))) == 12
    table = f'<table xmlns="{MAIN}" id="1" name="T" displayName="T" ref="A1:F3"/>'
    extra = {
        "xl/worksheets/_rels/sheet1.xml.rels": relationships(("table", "/xl/Tables/Table1.xml")),
        "xl/tables/table1.xml": table,
    }
    path = annotated(tmp_path, parts(worksheet(), extra))
    assert 'r="G1"' in part(path) and part(path, "xl/tables/table1.xml") == table


def test_a_title_merged_across_the_whole_sheet_leaves_room_below(tmp_path: Path) -> None:
    merge = '<mergeCells count="1"><mergeCell ref="A1:XFD1"/></mergeCells>'
    rows = HEADER.replace('1"', '3"').replace('s="3"', 's="1"')
    path = annotated(tmp_path, parts(worksheet(rows, after=merge)), plan({4: ["正常", "", ""]}, header_row=3))
    assert titles_at(path, 3) == 3


def test_a_full_sheet_is_refused(tmp_path: Path) -> None:
    full = DATA.replace("</row>", '<c r="XFC2"><v>1</v></c></row>')
    with pytest.raises(CannotAnnotate, match="列已用满"):
        annotated(tmp_path, parts(worksheet(HEADER + full)))
    assert not (tmp_path / "out.xlsx").exists()


def test_missing_and_self_closed_rows(tmp_path: Path) -> None:
    rows = HEADER + '<row r="3" ht="30" customHeight="1"/>' + DATA.replace('2"', '5"').replace('s="5"', 's="2"')
    wanted = plan({2: ["二", "", ""], 3: ["三", "", ""], 4: ["四", "", ""], 5: ["五", "", ""], 9: ["九", "", ""]})
    sheet = openpyxl.load_workbook(annotated(tmp_path, parts(worksheet(rows)), wanted))[SHEET]
    assert [sheet.cell(row, 3).value for row in (2, 3, 4, 5, 9)] == ["二", "三", "四", "五", "九"]
    assert sheet.row_dimensions[3].height == 30


def test_empty_sheet_data(tmp_path: Path) -> None:
    empty = worksheet().replace(f"<sheetData>{HEADER}{DATA}</sheetData>", "<sheetData/>")
    path = annotated(tmp_path, parts(empty))
    assert titles_at(path) == 1 and openpyxl.load_workbook(path)[SHEET]["A2"].value == "已判定"


def test_rows_out_of_order_are_kept_as_they_are(tmp_path: Path) -> None:
    path = annotated(tmp_path, parts(worksheet(DATA + HEADER)), plan({2: ["正常", "", ""], 3: ["新", "", ""]}))
    text = part(path)
    assert text.index('<row r="2"') < text.index('<row r="1"') < text.index('<row r="3"')
    assert text.count("正常") == 1


def test_spans_and_dimension_grow(tmp_path: Path) -> None:
    rows = HEADER.replace('r="1"', 'r="1" spans="1:2"', 1) + DATA.replace('r="2"', 'r="2" spans="1:2"', 1)
    text = part(annotated(tmp_path, parts(worksheet(rows, before='<dimension ref="A1:B2"/>'))))
    assert text.count('spans="1:5"') == 2 and '<dimension ref="A1:E2"/>' in text


def test_hidden_and_endless_column_definitions_are_split(tmp_path: Path) -> None:
    cols = (
        '<cols><col min="1" max="2" width="20" customWidth="1"/>'
        '<col min="3" max="16384" width="0" hidden="1" style="3"/></cols>'
    )
    path = annotated(tmp_path, parts(worksheet(before=cols)))
    text = part(path)
    assert 'min="1" max="2" width="20"' in text and '<col min="6" max="16384" width="0" hidden="1" style="3"/>' in text
    sheet = openpyxl.load_workbook(path)[SHEET]
    assert not sheet.column_dimensions["C"].hidden and sheet.column_dimensions["C"].width >= 9


def test_overlapping_column_definitions_hide_no_result(tmp_path: Path) -> None:
    cols = '<cols><col min="1" max="16384" width="0" hidden="1"/><col min="4" max="5" width="3" hidden="1"/></cols>'
    path = annotated(tmp_path, parts(worksheet(before=cols)))
    definitions = etree.fromstring(part(path).encode()).findall(f".//{{{MAIN}}}col")
    ranges = [(int(col.get("min") or 0), int(col.get("max") or 0), col.get("hidden")) for col in definitions]
    for column in (3, 4, 5):
        assert {hidden for first, last, hidden in ranges if first <= column <= last} == {None}
    assert all("1" in [hidden for first, last, hidden in ranges if first <= column <= last] for column in (1, 2, 6))


def test_wrapped_controls_keep_their_place_behind_the_notes(tmp_path: Path) -> None:
    controls = (
        '<mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"><mc:Choice '
        'Requires="x14"><controls/></mc:Choice></mc:AlternateContent>'
    )
    path = annotated(tmp_path, parts(worksheet(after=controls)), plan(notes={"A2": "批注"}))
    root = etree.fromstring(part(path).encode())
    assert [etree.QName(element).localname for element in root][-2:] == ["legacyDrawing", "AlternateContent"]
    assert root.find(".//{*}Choice/{*}controls") is not None


def test_frame_stays(tmp_path: Path) -> None:
    before = (
        '<sheetViews><sheetView workbookViewId="0"><pane xSplit="1" ySplit="1" topLeftCell="B2" state="frozen"/>'
        "</sheetView></sheetViews>"
    )
    after = (
        '<sheetProtection sheet="1" password="CC1A"/><autoFilter ref="A1:B2"/><conditionalFormatting sqref="A2:B9">'
        '<cfRule type="expression" priority="1"><formula>A2&gt;1</formula></cfRule></conditionalFormatting>'
        '<pageMargins left="1" right="1" top="1" bottom="1" header="0" footer="0"/><extLst><ext uri="{X}"/></extLst>'
    )
    text = part(annotated(tmp_path, parts(worksheet(before=before, after=after)), plan(notes={"A2": "批注"})))
    assert before in text
    kept = after.replace("<extLst>", '<legacyDrawing r:id="rId2"/><extLst>')
    assert kept in text


def test_strict_workbook_gets_strict_parts(tmp_path: Path) -> None:
    strict, office = (
        "http://purl.oclc.org/ooxml/spreadsheetml/main",
        "http://purl.oclc.org/ooxml/officeDocument/relationships",
    )
    content = {
        name: data.replace(MAIN, strict).replace(OFFICE, office) if isinstance(data, str) else data
        for name, data in parts().items()
    }
    path = annotated(tmp_path, content, plan(notes={"A2": "批注"}))
    assert f'xmlns="{strict}"' in part(path, "xl/comments1.xml")
    assert f"{office}/comments" in part(path, "xl/worksheets/_rels/sheet1.xml.rels")
    assert CalamineWorkbook.from_path(path).get_sheet_by_name(SHEET).to_python()[0][2] == TITLES[0]


def test_texts_are_texts(tmp_path: Path) -> None:
    said = ["=1+1", "_x000D_\r\n 两行\x07 & <b>", "+86"]
    path = annotated(tmp_path, parts(), plan({2: said}))
    sheet = openpyxl.load_workbook(path)[SHEET]
    assert [cell.data_type for cell in sheet[2][2:5]] == ["s"] * 3
    rows = CalamineWorkbook.from_path(path).get_sheet_by_name(SHEET).to_python()
    assert rows[1][2:] == ["=1+1", "_x000D_\n 两行 & <b>", "+86"]


def test_formulas_keep_their_cached_values(tmp_path: Path) -> None:
    formula = '<row r="3"><c r="A3" cm="1"><f t="array" ref="A3:A4">SORT(B2)</f><v>7</v></c><c r="B3"/></row>'
    text = part(annotated(tmp_path, parts(worksheet(HEADER + DATA + formula)), plan({3: ["正常", "", ""]})))
    assert '<c r="A3" cm="1"><f t="array" ref="A3:A4">SORT(B2)</f><v>7</v></c><c r="B3"/>' in text


def test_no_styles_part(tmp_path: Path) -> None:
    content = parts(worksheet().replace(' s="1"', "").replace(' s="2"', ""), {"xl/styles.xml": None})
    content["xl/_rels/workbook.xml.rels"] = relationships(("worksheet", "worksheets/sheet1.xml"))
    sheet = openpyxl.load_workbook(annotated(tmp_path, content, plan(marks={"A2": "error"})))[SHEET]
    assert sheet["A2"].fill.patternType == "solid"


def test_stylesheet_without_fills(tmp_path: Path) -> None:
    bare = f'<styleSheet xmlns="{MAIN}"><cellXfs count="1"><xf/></cellXfs></styleSheet>'
    text = part(annotated(tmp_path, parts(extra={"xl/styles.xml": bare}), plan(marks={"A2": "error"})), "xl/styles.xml")
    assert text.index("<fonts") < text.index("<fills") < text.index("<borders") < text.index("<cellXfs")
    assert '<patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/>' in text


def test_marks_change_the_fill_only(tmp_path: Path) -> None:
    path = annotated(tmp_path, parts(), plan(marks={"B2": "warning", "A2": "error", "A9": "judged"}))
    before, after = openpyxl.load_workbook(tmp_path / "in.xlsx")[SHEET], openpyxl.load_workbook(path)[SHEET]
    assert after["B2"].number_format == before["B2"].number_format and after["B2"].value == before["B2"].value
    assert len({after[ref].fill.fgColor.rgb for ref in ("A2", "B2", "A9")}) == 3
    assert STYLES.count("<xf ") < part(path, "xl/styles.xml").count("<xf ")


def test_the_limit_of_formats_is_respected(tmp_path: Path) -> None:
    many = "".join(f'<xf numFmtId="{n % 164}" fontId="0" fillId="0" borderId="0" xfId="{n}"/>' for n in range(64_000))
    full = STYLES.replace('<xf numFmtId="0" fontId="1"', many + '<xf numFmtId="0" fontId="1"', 1)
    with pytest.raises(CannotAnnotate, match="格式已达上限"):
        annotated(tmp_path, parts(extra={"xl/styles.xml": full}), plan(marks={"B2": "error"}))


def test_a_missing_sheet_is_refused(tmp_path: Path) -> None:
    source = write(tmp_path / "in.xlsx", parts())
    wanted = plan()
    wanted = type(wanted)((type(wanted.sheets[0])("别的", 1, TITLES, {}, {}, {}),), None)
    with pytest.raises(CannotAnnotate, match="没有名为“别的”的工作表"):
        annotate(source, tmp_path / "out.xlsx", wanted)


def test_cells_out_of_order_are_kept_as_they_are(tmp_path: Path) -> None:
    row = '<row r="2"><c r="D2"><v>4</v></c><c r="B2" s="2"><v>2</v></c></row>'
    text = part(annotated(tmp_path, parts(worksheet(HEADER + row)), plan(marks={"B2": "error", "C2": "judged"})))
    assert text.index('r="D2"') < text.index('r="B2"') and text.count('r="B2"') == text.count('r="C2"') == 1


def test_rows_that_hold_nothing_are_gone_through_piece_by_piece() -> None:
    """A sheet of a million formatted rows is never held, or looked through again, as a whole."""
    text = b"<worksheet><sheetData>" + b"".join(b'<row r="%d" ht="20"/>' % number for number in range(1, 1001))
    sheet = text + b'<row r="1001"><c r="A1001"><v>1</v></c></row><row r="1002"/></sheetData></worksheet>'
    stream = SheetStream(sheet[place : place + 500] for place in range(0, len(sheet), 500))
    blocks = list(stream.blocks())
    assert max(map(len, blocks)) < 1000
    assert stream.head + b"".join(blocks) + stream.tail == sheet
    rows = [row.number for block in blocks for row in stream.grammar.rows(block, 0)]
    assert rows == list(range(1, 1003))
