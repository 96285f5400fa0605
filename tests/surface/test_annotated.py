"""The annotated workbook: five columns right of everything, statuses, notes, one summary sheet, the rest untouched."""

from __future__ import annotations

import csv
import shutil
import zipfile

import openpyxl
from openpyxl.chart import BarChart, Reference
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill
from sitework import make_site

from .scenes import DAY, DISCIPLINE, REPOSITORY, ROSTER, delivered, shop

ADDED = ["处理状态", "处理结果", "金额", "点数", "依据条款"]
HEADER = ["登记编号", "日期", "工号", "姓名", "条款编号", "情节", "数量", "点数", "金额", "说明", "登记人工号"]


def annotated(site, report, index=0):
    return openpyxl.load_workbook(site.folder / report["workbooks"][index]["annotated"])


def beside(sheet, header_row=1):
    """Row -> the five added values, and the column of the first."""
    column = next(cell.column for cell in sheet[header_row] if cell.value == "处理状态")
    titles = [sheet.cell(header_row, column + n).value for n in range(5)]
    assert titles == ADDED
    found = {
        row: [sheet.cell(row, column + n).value for n in range(5)]
        for row in range(1, sheet.max_row + 1)
        if row != header_row
    }
    return column, found


def blank(values):
    return all(value in (None, "") for value in values)


def test_every_data_row_has_its_status(tmp_path):
    site = shop(tmp_path)
    rows = DISCIPLINE + (
        "J4,2026-09-05,Z001,客一,OR-14,,,,,同一天,Z000\n"
        "J5,九月某日,Z001,客一,OR-14,,,,,日期不明,Z000\n"
        "J1,2026-09-02,Z001,客一,OR-14,,,,,工位未打扫,Z000\n"
        "J6,2026-09-05,Z002,客二,说明,,,,,没有条款,Z000\n"
    )
    site.drop({"roster": ROSTER, "discipline": rows})
    report = site.once(DAY)
    assert report["exit"] == 1
    book = annotated(site, report)
    column, found = beside(book["奖惩登记表"])
    assert column > len(HEADER) + 2
    assert found[2][0] == "已判定" and found[2][2] in ("-10.00", -10) and found[2][4] == "OR-14"
    assert "2026-09-02" in found[2][1]
    assert found[3][0] == "已判定" and found[3][2] in (None, "") and found[3][4] == "OR-12"
    assert found[4][2] in ("-20.00", -20)
    assert found[6][0] == "无法读取" and found[7][0] == "重复"
    _, roster = beside(book["员工花名册"])
    assert {values[0] for values in roster.values()} == {"正常"}
    sheet = book["奖惩登记表"]
    assert sheet["B6"].comment is not None and sheet["B6"].fill.fgColor.rgb != sheet["B2"].fill.fgColor.rgb
    part = next(p for p in report["workbooks"][0]["registers"] if p["register"] == "discipline")
    assert part["rows"] == part["new"] + part["changed"] + part["unchanged"] + 1 == 7


def test_of_two_rows_with_one_key_the_first_counts_if_equal_and_none_if_not(tmp_path):
    site = shop(tmp_path)
    again = DISCIPLINE.strip().splitlines()[1]
    site.drop(
        {
            "roster": ROSTER,
            "discipline": f"{DISCIPLINE}{again}\n" + DISCIPLINE.strip().splitlines()[3].replace(",2,", ",5,"),
        }
    )
    report = site.once(DAY)
    _, found = beside(annotated(site, report)["奖惩登记表"])
    assert [found[row][0] for row in range(2, 7)] == ["已判定", "已判定", "无法读取", "重复", "无法读取"]
    lines = {line["subject"]: line for line in site.lines()}
    assert lines["J1"]["row"] == "2" and "J3" not in lines and report["exit"] == 1
    assert report["workbooks"][0]["registers"][1]["rows"] == 5


def test_a_waiting_row_and_sums_of_what_is_final(tmp_path):
    site = shop(tmp_path)
    complaint = "投诉编号,受理时间,受理人工号,投诉级别,责任类型,责任人工号,办结人工号,办结时间\n"
    rows = [f"C{n},2026-09-0{n} 09:00,Z001,一般,服务,Z001,Z001,2026-09-0{n} 09:20" for n in (1, 2, 3)]
    site.drop({"roster": ROSTER, "complaints": complaint + "\n".join(rows)})
    report = site.once(DAY)
    _, found = beside(annotated(site, report)["客户投诉处理表"])
    assert [found[row][0] for row in (2, 3, 4)] == ["已判定", "已判定", "待确认"]
    assert [found[row][2] for row in (2, 3)] in (["-50.00", "-100.00"], [-50, -100])
    assert found[4][2] in (None, "")


def test_texts_stand_one_a_line_and_clauses_are_joined(tmp_path):
    site = shop(tmp_path)
    complaint = "投诉编号,受理时间,受理人工号,投诉级别,责任类型,责任人工号,是否争吵,办结人工号,办结时间\n"
    chats = "会话编号,开始时间,客服工号,首次响应秒数\nH1,2026-09-01 09:00,Z001,95\n"
    suggestions = "建议编号,日期,工号,内容,是否采纳,奖励金额\nS1,2026-09-01,Z001,好主意,是,500\n"
    site.drop({"roster": ROSTER, "chats": chats, "suggestions": suggestions, "complaints": complaint})
    report = site.once(DAY)
    book = annotated(site, report)
    _, found = beside(book["合理化建议登记表"])
    lines = [line for line in site.lines() if line["subject"] == "S1"]
    assert len(lines) == 2
    assert sorted(found[2][1].split("\n")) == sorted(line["text"] for line in lines)
    assert found[2][2] in ("100.00", 100) and found[2][4] == "OR-2"
    _, found = beside(book["在线接待登记表"])
    assert found[2][2] in ("-10.00", -10)


def staffed_book(path):
    """A register as staff keep it: titles, a two-row header, totals, merges, a drawing to the right, notes, formulas."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "九月奖惩"
    sheet["A1"] = "网店二部 奖惩登记表"
    sheet.merge_cells("A1:P1")
    sheet["A2"] = "制表：主管"
    for number, header in enumerate(HEADER, 1):
        sheet.cell(4, number, header)
    data = ["J1", "2026-09-02", "Z001", "客一", "OR-14", None, None, None, None, "工位未打扫", "Z000"]
    for number, value in enumerate(data, 1):
        sheet.cell(5, number, value)
        sheet.cell(7, number, "J2" if number == 1 else value)
    sheet["B7"] = "不清楚"
    sheet["B7"].comment = Comment("店长：请核对", "店长")
    sheet["A9"], sheet["I9"] = "合计", "=SUM(I5:I8)"
    sheet["A5"].fill = PatternFill("solid", fgColor="FFFF00")
    sheet["R3"] = 7
    chart = BarChart()
    chart.add_data(Reference(sheet, min_col=18, min_row=3, max_row=3))
    chart.anchor = "T2"
    sheet.add_chart(chart)
    other = book.create_sheet("说明")
    other["A1"] = "与登记无关"
    hidden = book.create_sheet("隐藏")
    hidden.sheet_state = "hidden"
    path.parent.mkdir(exist_ok=True)
    book.save(path)


def test_nothing_is_lost_and_the_columns_stand_right_of_all(tmp_path):
    site = shop(tmp_path)
    site.drop({"roster": ROSTER}, "花名册.xlsx")
    source = tmp_path / "inbox" / "奖惩.xlsx"
    staffed_book(source)
    shutil.copy(source, tmp_path / "before.xlsx")
    report = site.once(DAY)
    index = next(n for n, book in enumerate(report["workbooks"]) if book["file"] == "奖惩.xlsx")
    book, before = annotated(site, report, index), openpyxl.load_workbook(tmp_path / "before.xlsx")
    assert book.sheetnames[:3] == before.sheetnames and "处理汇总" in book.sheetnames and len(book.sheetnames) == 4
    sheet = book["九月奖惩"]
    column, found = beside(sheet, 4)
    assert column > 20
    assert found[5][0] == "已判定" and found[7][0] == "无法读取"
    for row in (1, 2, 3, 6, 8, 9):
        assert blank(found[row]), row
    for row in before["九月奖惩"].iter_rows():
        for cell in row:
            assert sheet[cell.coordinate].value == cell.value
    assert sheet["I9"].value == "=SUM(I5:I8)"
    assert "A1:P1" in {str(merge) for merge in sheet.merged_cells.ranges}
    assert len(sheet._charts) == 1 and book["隐藏"].sheet_state == "hidden"
    assert sheet["B7"].comment.text.startswith("店长：请核对") and len(sheet["B7"].comment.text) > 7
    assert [[c.value for c in row] for row in book["说明"].iter_rows()] == [["与登记无关"]]
    part = report["workbooks"][index]["registers"][0]
    assert (part["register"], part["sheet"], part["rows"], part["new"]) == ("discipline", "九月奖惩", 2, 1)


def test_the_summary_has_counts_a_legend_and_links(tmp_path):
    site = shop(tmp_path)
    site.drop({"roster": ROSTER, "discipline": DISCIPLINE.replace("2026-09-04", "四日")})
    report = site.once(DAY)
    sheet = annotated(site, report)["处理汇总"]
    shown = [str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value is not None]
    for word in ("正常", "已判定", "待确认", "无法读取", "重复", "奖惩登记表"):
        assert any(word in text for text in shown), word
    links = [cell.hyperlink for row in sheet.iter_rows() for cell in row if cell.hyperlink]
    assert any("奖惩登记表" in (link.location or "") for link in links)


def test_a_workbook_dropped_again_and_filled_further_gets_the_same_columns(tmp_path):
    site = delivered(tmp_path)
    report = site.once(DAY)
    first = annotated(site, report)
    column, _ = beside(first["奖惩登记表"])
    given = {"登记编号": "J8", "日期": "2026-09-08", "工号": "Z002", "条款编号": "OR-14", "登记人工号": "Z000"}
    first["奖惩登记表"].append([given.get(cell.value) for cell in first["奖惩登记表"][1]])
    first.save(tmp_path / "inbox" / "登记表.xlsx")
    report = site.once(DAY)
    assert report["exit"] == 0
    parts = {part["register"]: part for part in report["workbooks"][0]["registers"]}
    assert set(parts) == {"roster", "discipline"}
    discipline = parts["discipline"]
    assert (discipline["rows"], discipline["new"], discipline["unchanged"], discipline["issues"]) == (4, 1, 3, 0)
    sheet = annotated(site, report)["奖惩登记表"]
    titles = [cell.value for cell in sheet[1]]
    assert [titles.count(title) for title in ("处理状态", "处理结果", "依据条款")] == [1, 1, 1]
    again, found = beside(sheet)
    assert again == column and found[5][0] == "已判定" and found[2][0] == "已判定"
    assert annotated(site, report).sheetnames.count("处理汇总") == 1
    assert not any("处理汇总" in name and name != "处理汇总" for name in annotated(site, report).sheetnames)


def test_a_csv_comes_back_as_a_fresh_workbook(tmp_path):
    site = shop(tmp_path)
    site.drop({"roster": ROSTER}, "花名册.xlsx")
    encodings = {"甲": "utf-8", "乙": "utf-8-sig", "丙": "gb18030"}
    for name, encoding in encodings.items():
        text = DISCIPLINE.replace("J", name).strip() + "\n"
        (tmp_path / "inbox" / f"{name}.csv").write_text(text, encoding=encoding)
    report = site.once(DAY)
    assert report["exit"] == 0
    for name in encodings:
        book = next(book for book in report["workbooks"] if book["file"] == f"{name}.csv")
        path = tmp_path / book["annotated"]
        assert path.name == f"{name}.xlsx"
        sheet = openpyxl.load_workbook(path).worksheets[0]
        _, found = beside(sheet)
        assert [found[row][0] for row in (2, 3, 4)] == ["已判定"] * 3
        assert sheet["A2"].value == f"{name}1"
    with (tmp_path / "outbox" / "decisions.csv").open(encoding="utf-8-sig", newline="") as file:
        assert {row["file"] for row in csv.DictReader(file) if row["row"]} == {f"{name}.csv" for name in encodings}


def test_an_old_or_open_format_comes_back_as_a_fresh_workbook(tmp_path):
    site = make_site(tmp_path, {"城西店": ["renovation"]})
    for name in ("dispatch.xls", "dispatch.ods"):
        target = tmp_path / "inbox" / name[-3:] / name
        target.parent.mkdir()
        shutil.copy(REPOSITORY / "tests" / "intake" / "files" / name, target)
    books = site.once(DAY)["workbooks"]
    assert [book["status"] for book in books] == ["processed"] * 2
    for book in books:
        path = tmp_path / book["annotated"]
        assert path.name == "dispatch.xlsx"
        sheet = openpyxl.load_workbook(path)["十月"]
        header = next(cells for cells in sheet.iter_rows(values_only=True) if "派单编号" in cells)
        assert list(header[-5:]) == ADDED


def test_two_workbooks_of_one_name_in_two_folders_both_come_back(tmp_path):
    site = shop(tmp_path)
    site.drop({"roster": ROSTER, "discipline": DISCIPLINE}, "甲/登记表.xlsx")
    site.drop({"discipline": DISCIPLINE.replace("J", "K")}, "乙/登记表.xlsx")
    report = site.once(DAY)
    paths = {tmp_path / book["annotated"] for book in report["workbooks"]}
    assert len(paths) == 2 and all(path.is_file() and path.name == "登记表.xlsx" for path in paths)


def test_macros_stay_and_the_name_too(tmp_path):
    site = delivered(tmp_path)
    path = tmp_path / "inbox" / "登记表.xlsx"
    path.rename(tmp_path / "inbox" / "登记表.xlsm")
    source = tmp_path / "inbox" / "登记表.xlsm"
    _as_macro_book(source)
    report = site.once(DAY)
    assert report["workbooks"][0]["status"] == "processed"
    result = tmp_path / report["workbooks"][0]["annotated"]
    assert result.name == "登记表.xlsm"
    with zipfile.ZipFile(result) as package:
        assert package.read("xl/vbaProject.bin") == b"\xd0\xcf\x11\xe0 macro"


def _as_macro_book(path):
    with zipfile.ZipFile(path) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    kind = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
    types = parts["[Content_Types].xml"].replace(kind, b"application/vnd.ms-excel.sheet.macroEnabled.main+xml")
    extra = b'<Override PartName="/xl/vbaProject.bin" ContentType="application/vnd.ms-office.vbaProject"/></Types>'
    parts["[Content_Types].xml"] = types.replace(b"</Types>", extra)
    relation = (
        b'<Relationship Id="rIdVba" Type="http://schemas.microsoft.com/office/2006/relationships/vbaProject" '
        b'Target="vbaProject.bin"/></Relationships>'
    )
    rels = "xl/_rels/workbook.xml.rels"
    parts[rels] = parts[rels].replace(b"</Relationships>", relation)
    parts["xl/vbaProject.bin"] = b"\xd0\xcf\x11\xe0 macro"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for name, data in parts.items():
            package.writestr(name, data)
