"""How registers are read: titles, two-row headers, totals, ways of writing values, cells that cannot be read."""

from __future__ import annotations

from datetime import date, datetime

import openpyxl
import pytest
from sitework import make_site

from .scenes import DAY, DISCIPLINE, ROSTER, book_with, register, shop

HEADER = ["登记编号", "日期", "工号", "姓名", "条款编号", "情节", "数量", "点数", "金额", "说明", "登记人工号"]


def row(number, day="2026-09-02", staff="Z001", clause="OR-14", count=None):
    return [number, day, staff, "客一", clause, None, count, None, None, "说明", "Z000"]


@pytest.fixture
def site(tmp_path):
    site = shop(tmp_path)
    site.drop({"roster": ROSTER}, "花名册.xlsx")
    return site


def deliver(site, rows, *, name="奖惩.xlsx", merges=()):
    path = book_with(site.folder / "inbox" / name, {"表一": rows})
    if merges:
        book = openpyxl.load_workbook(path)
        for merge in merges:
            book.active.merge_cells(merge)
        book.save(path)
    return site.once(DAY)


def deliver_sheets(site, sheets):
    """One batch of a workbook with these sheets, each of which is read by itself; the report, and the register of each."""
    book_with(site.folder / "inbox" / "奖惩.xlsx", sheets)
    report = site.once(DAY)
    parts = next(book for book in report["workbooks"] if book["file"] == "奖惩.xlsx")["registers"]
    return report, {part["sheet"]: part for part in parts}


def judged(site):
    return {line["subject"]: line for line in site.lines() if line["clause"] != "OR-16"}


def test_title_rows_above_the_header(site):
    titles = {"J1": 0, "J2": 1, "J3": 3, "J4": 10}
    above = {number: [[f"标题 {line}"] for line in range(count)] for number, count in titles.items()}
    report, parts = deliver_sheets(site, {number: [*above[number], HEADER, row(number)] for number in titles})
    assert (report["exit"], {number: part["rows"] for number, part in parts.items()}) == (0, dict.fromkeys(titles, 1))
    assert {number: line["row"] for number, line in judged(site).items()} == {
        number: str(count + 2) for number, count in titles.items()
    }


def test_a_header_of_two_rows(site):
    top = ["登记", None, "员工", None, "条款编号", "情节", "数量", "点数", "金额", "说明", "登记人工号"]
    below = ["登记编号", "日期", "工号", "姓名", None, None, None, None, None, None, None]
    merges = ["A2:B2", "C2:D2", "E2:E3", "F2:F3", "G2:G3", "H2:H3", "I2:I3", "J2:J3", "K2:K3"]
    report = deliver(site, [["九月"], top, below, row("J1"), row("J2")], merges=merges)
    assert (report["exit"], register(report, "discipline")["rows"]) == (0, 2)
    assert {subject: line["row"] for subject, line in judged(site).items()} == {"J1": "4", "J2": "5"}


def test_blank_and_total_rows_are_no_rows(site):
    rows = [
        HEADER,
        row("J1"),
        [],
        row("J2"),
        ["小计", None, None, None, None, None, 2],
        ["  "],
        row("J3"),
        ["合 计"],
        ["总计："],
    ]
    report = deliver(site, rows)
    part = register(report, "discipline")
    assert (report["exit"], part["rows"], part["new"], part["issues"]) == (0, 3, 3, 0)
    assert {line["row"] for line in judged(site).values()} == {"2", "4", "7"}


DATES = [
    "2026-09-02",
    "2026/9/2",
    "2026年9月2日",
    " 2026-09-02 ",
    "２０２６－０９－０２",
    "2026/09/02",
    date(2026, 9, 2),
    datetime(2026, 9, 2, 8, 30),
    46267,
    "46267",
    "2026.9.2",
    "20260902",
]


def test_ways_of_writing_a_date(site):
    written = {f"J{place}": day for place, day in enumerate(DATES)}
    report, _ = deliver_sheets(site, {number: [HEADER, row(number, day=day)] for number, day in written.items()})
    assert report["exit"] == 0
    assert {number: line["date"] for number, line in judged(site).items()} == dict.fromkeys(written, "2026-09-02")


def test_a_date_that_is_none_makes_the_row_unreadable(site):
    written = ["2026-13-01", "2026-02-30", "昨天", "9月"]
    sheets = {
        f"第{place}张": [HEADER, row(f"J{place}", day=day), row(f"K{place}")] for place, day in enumerate(written)
    }
    report, parts = deliver_sheets(site, sheets)
    assert report["exit"] == 1
    for sheet in sheets:
        part = parts[sheet]
        assert (part["rows"], part["new"], part["issues"]) == (2, 1, 1), sheet
    assert set(judged(site)) == {f"K{place}" for place in range(len(written))}


def test_ids_are_trimmed_folded_and_keep_their_zeros(tmp_path):
    site = shop(tmp_path)
    roster = ROSTER.replace("Z001", "0012")
    site.drop({"roster": roster}, "花名册.xlsx")
    rows = [HEADER, row("　J１ ", staff="００１２"), row("J2", staff="0012 "), row("J3", staff=12)]
    report = deliver(site, rows)
    assert report["exit"] == 0
    assert {subject: line["staff_no"] for subject, line in judged(site).items()} == {
        "J1": "0012",
        "J2": "0012",
        "J3": "0012",
    }


def test_headers_with_spaces_line_breaks_units_and_full_width_signs(site):
    header = [
        "登记编号 ",
        "日 期",
        "工\n号",
        "姓名",
        "条款编号",
        "情节",
        "数量（次）",
        "点数",
        "金额（元）",
        "说明",
        "登记人工号",
    ]
    report = deliver(site, [header, row("J1", count="２")])
    assert (report["exit"], register(report, "discipline")["issues"]) == (0, 0)
    assert judged(site)["J1"]["amount"] == "-20.00"


def test_columns_that_no_register_names_are_kept_and_ignored(site):
    report = deliver(site, [[*HEADER[:5], "天气", *HEADER[5:]], [*row("J1")[:5], "晴", *row("J1")[5:]]])
    assert (report["exit"], register(report, "discipline")["issues"]) == (0, 0)
    path = next(book["annotated"] for book in report["workbooks"] if book["file"] == "奖惩.xlsx")
    sheet = openpyxl.load_workbook(site.folder / path).worksheets[0]
    assert (sheet["F1"].value, sheet["F2"].value) == ("天气", "晴")


def test_ways_of_writing_yes_and_no(site):
    header = ["交接编号", "日期", "班次", "交班人工号", "接班人工号", "交接内容", "是否记录", "是否完成", "造成损失"]
    written = {f"H{place}": sign for place, sign in enumerate("是√Yy✓否×Nn✗Ｎ")}
    report, parts = deliver_sheets(
        site,
        {
            number: [header, [number, "2026-09-02", "白班", "Z001", "Z002", "货", sign, "是", 100]]
            for number, sign in written.items()
        },
    )
    assert (report["exit"], {part["issues"] for part in parts.values()}, len(parts)) == (0, {0}, len(written))
    recorded = [line["subject"] for line in site.lines() if line["clause"] == "OR-1"]
    assert sorted(written[number] for number in recorded) == sorted("否×Nn✗Ｎ")


def test_an_unreadable_optional_cell_is_marked_and_only_its_clauses_pass_the_row_over(tmp_path):
    site = shop(tmp_path)
    header = "投诉编号,受理时间,受理人工号,投诉级别,责任类型,责任人工号,是否争吵,办结人工号,办结时间\n"
    rows = "C1,2026-09-02 09:00,Z001,一般,服务,Z001,否,Z001,不记得\nC2,2026-09-03 09:00,Z001,一般,随便,Z002,否,Z001,2026-09-03 09:10\n"
    site.drop({"roster": ROSTER, "complaints": header + rows})
    report = site.once(DAY)
    part = register(report, "complaints")
    assert (report["exit"], part["rows"], part["new"], part["issues"]) == (0, 2, 2, 2)
    assert {line["subject"] for line in site.lines() if line["clause"] == "OR-6b"} == {"C1"}
    sheet = openpyxl.load_workbook(site.folder / report["workbooks"][0]["annotated"])["客户投诉处理表"]
    marked = {cell.coordinate for cells in sheet.iter_rows() for cell in cells if cell.comment}
    titles = {cell.value: cell.column_letter for cell in sheet[1]}
    assert {f"{titles['办结时间']}2", f"{titles['责任类型']}3"} <= marked


def test_an_empty_required_cell_makes_the_row_unreadable(site):
    report = deliver(site, [HEADER, row("J1", day=None), row("J2", clause=None), row("J3")])
    part = register(report, "discipline")
    assert (report["exit"], part["rows"], part["new"], part["issues"]) == (1, 3, 1, 2)
    assert set(judged(site)) == {"J3"}


def test_a_staff_number_that_nobody_has_is_an_issue_with_or_without_a_roster(tmp_path):
    site = shop(tmp_path)
    nobody = {"J1": "007", "J2": 7, "J3": "Z999"}
    alone = {number: [HEADER, row(number, staff=staff)] for number, staff in nobody.items()}
    report, parts = deliver_sheets(site, alone)
    assert (report["exit"], judged(site)) == (1, {})
    assert {number: (part["rows"], part["issues"]) for number, part in parts.items()} == dict.fromkeys(nobody, (1, 2))
    site.drop({"roster": ROSTER}, "花名册.xlsx")
    report = site.once(DAY)
    assert (report["exit"], judged(site)) == (0, {})
    report, _ = deliver_sheets(site, {number: [*rows, row(f"{number}b")] for number, rows in alone.items()})
    assert (report["exit"], set(judged(site))) == (1, {"J1b", "J2b", "J3b"})


def test_a_store_of_another_name_than_the_site_has_is_an_issue(site):
    report = deliver(site, [[*HEADER, "门店"], [*row("J1"), "没有的店"], [*row("J2"), "网店二部"], row("J3")])
    assert (report["exit"], register(report, "discipline")["issues"]) == (1, 1)
    assert {subject: line["unit"] for subject, line in judged(site).items()} == {"J2": "网店二部", "J3": "网店二部"}


def test_several_registers_in_one_workbook_and_one_register_in_several_sheets(tmp_path):
    site = shop(tmp_path)
    site.drop({"roster": ROSTER}, "花名册.xlsx")
    book_with(
        tmp_path / "inbox" / "奖惩.xlsx", {"上旬": [HEADER, row("J1")], "下旬": [HEADER, row("J2")], "备忘": [["电话"]]}
    )
    report = site.once(DAY)
    assert report["exit"] == 0
    parts = next(book for book in report["workbooks"] if book["file"] == "奖惩.xlsx")["registers"]
    assert [(part["register"], part["sheet"]) for part in parts] == [("discipline", "上旬"), ("discipline", "下旬")]
    assert {subject: line["sheet"] for subject, line in judged(site).items()} == {"J1": "上旬", "J2": "下旬"}


def test_numbers_with_separators_and_currency(tmp_path):
    site = shop(tmp_path)
    header = "建议编号,日期,工号,内容,是否采纳,奖励金额\n"
    rows = 'S1,2026-09-01,Z001,甲,是,"￥50.00"\nS2,2026-09-01,Z001,乙,是,５０元\nS3,2026-09-01,Z001,丙,是," 5,0 "\n'
    site.drop({"roster": ROSTER, "suggestions": header + rows})
    report = site.once(DAY)
    amounts = {line["subject"]: line["amount"] for line in site.lines() if line["effect"] == "reward"}
    assert amounts["S1"] == amounts["S2"] == "50.00"
    assert report["workbooks"][0]["status"] == "processed"


def test_rows_without_a_store_belong_to_the_employee_of_the_roster(tmp_path):
    site = make_site(tmp_path, {"一部": ["online_retail"], "二部": ["online_retail"]})
    roster = ROSTER.replace("Z001,客一,网店二部", "Z001,客一,一部").replace("网店二部", "二部")
    site.drop({"roster": roster, "discipline": DISCIPLINE})
    assert site.once(DAY)["exit"] == 0
    assert {subject: line["unit"] for subject, line in judged(site).items() if subject[0] == "J"} == {
        "J1": "一部",
        "J2": "一部",
        "J3": "二部",
    }
