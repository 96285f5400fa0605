"""decisions.csv and changes.csv: columns, order, forms of values, and cells that a spreadsheet could run."""

from __future__ import annotations

import csv
import re

import openpyxl
import pytest
from sitework import make_site

from processor.report.tables import safe

from .scenes import DAY, DISCIPLINE, ROSTER, book_with, contents, delivered, shop

COLUMNS = (
    "decision_id,period,date,unit,pack,clause,family,effect,staff_no,staff_name,subject,amount,points,occurrence,status,"
    "text,reading,linked_to,file,sheet,row"
)
EFFECTS = (
    "assign queue attribute classify fine reward points commission commission_void base_pay wage_day bonus_forfeit "
    "deduction recommendation warning flag remind adjustment"
)
STORE = {"百货": ["department_store"]}
STORE_ROSTER = """
工号,姓名,门店,部门,岗位,级别,直接主管工号,入职日期,转正日期,离职日期,月工资,全勤奖
K000,主管,百货,客服部,主管,,,2020-01-01,2020-04-01,,9000,
K001,客一,百货,客服部,客服,,K000,2022-01-01,2022-04-01,,5000,
K002,卖一,百货,卖场,导购,,K000,2022-01-01,2022-04-01,,4350,200
"""


def test_columns_order_encoding_and_values(tmp_path):
    site = delivered(tmp_path)
    complaint = "投诉编号,受理时间,受理人工号,投诉级别,责任类型,责任人工号,办结人工号,办结时间\n"
    rows = [f"C{n},2026-09-0{n} 09:00,Z001,一般,服务,Z001,Z001,2026-09-0{n} 09:20" for n in (1, 2, 3)]
    august = "C9,2026-08-09 09:00,Z001,一般,服务,Z002,Z001,2026-08-09 09:20"
    site.drop({"complaints": complaint + "\n".join([*rows, august])}, "投诉.xlsx")
    site.once(DAY)
    raw = (tmp_path / "outbox" / "decisions.csv").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf") and not raw[3:].startswith(b"\xef\xbb\xbf")
    with (tmp_path / "outbox" / "decisions.csv").open(encoding="utf-8-sig", newline="") as file:
        assert ",".join(next(csv.reader(file))) == COLUMNS
    lines = site.lines()
    keys = [(line["period"], line["unit"], line["clause"], line["decision_id"]) for line in lines]
    assert keys == sorted(keys) and len({line["decision_id"] for line in lines}) == len(lines)
    for line in lines:
        assert re.fullmatch(r"\d{4}-\d{2}", line["period"]) and line["date"].startswith(line["period"])
        assert re.fullmatch(r"\d{4}-\d{2}-\d{2}", line["date"])
        assert line["effect"] in EFFECTS.split()
        assert line["amount"] == "" or re.fullmatch(r"-?\d+\.\d{2}", line["amount"])
        assert re.search("[\u4e00-\u9fff]", line["text"])
    ladder = {line["subject"]: line for line in lines if line["clause"] == "OR-6b"}
    told = {key: (line["occurrence"], line["amount"], line["effect"], line["status"]) for key, line in ladder.items()}
    assert told == {
        "C1": ("1", "-50.00", "fine", "final"),
        "C2": ("2", "-100.00", "fine", "final"),
        "C3": ("3", "", "recommendation", "needs_confirmation"),
        "C9": ("1", "-50.00", "fine", "final"),
    }
    assert "G4" in ladder["C2"]["reading"].split(";")
    assert (ladder["C2"]["file"], ladder["C2"]["sheet"], ladder["C2"]["row"]) == ("投诉.xlsx", "客户投诉处理表", "3")
    assert (ladder["C2"]["staff_no"], ladder["C2"]["staff_name"], ladder["C2"]["unit"]) == ("Z001", "客一", "网店二部")
    quantity = next(line for line in lines if line["subject"] == "J3")
    assert (quantity["amount"], quantity["occurrence"], quantity["family"]) == ("-20.00", "", "conduct")


def test_points_are_signed_and_money_is_empty_until_the_site_sets_it(tmp_path):
    rows = """
    登记编号,日期,工号,姓名,条款编号,情节,数量,点数,金额,说明,登记人工号
    J1,2026-09-02,K001,客一,DS-S1,,,,,代打卡,K000
    J2,2026-09-03,K001,客一,DS-S10,,,,,表扬信,K000
    J3,2026-09-04,K002,卖一,DS-F9,严重,,,,玩笑,K000
    """.replace("    ", "")
    site = make_site(tmp_path / "甲", STORE)
    site.drop({"roster": STORE_ROSTER, "discipline": rows})
    site.once(DAY)
    got = {line["subject"]: (line["points"], line["amount"], line["effect"]) for line in site.lines()}
    assert {key: got[key] for key in ("J1", "J2", "J3")} == {
        "J1": ("-B1", "", "points"),
        "J2": ("+A1", "", "points"),
        "J3": ("-A2", "", "points"),
    }
    paid = make_site(tmp_path / "乙", STORE, points={"A": 100, "B": 50, "C": 20})
    paid.drop({"roster": STORE_ROSTER, "discipline": rows})
    paid.once(DAY)
    got = {line["subject"]: (line["points"], line["amount"]) for line in paid.lines()}
    assert {key: got[key] for key in ("J1", "J2", "J3")} == {
        "J1": ("-B1", "-50.00"),
        "J2": ("+A1", "100.00"),
        "J3": ("-A2", "-200.00"),
    }


def test_composite_and_window_subjects(tmp_path):
    site = make_site(tmp_path, STORE)
    attendance = "日期,工号,状态\n" + "\n".join(f"2026-09-0{n},K002,迟到" for n in (1, 2, 3))
    site.drop({"roster": STORE_ROSTER, "attendance": attendance})
    site.once(DAY)
    lines = [line for line in site.lines() if line["clause"] == "DS-F7"]
    assert {line["subject"] for line in lines if line["effect"] == "points"} == {
        f"K002|2026-09-0{n}" for n in (1, 2, 3)
    }
    (forfeit,) = [line for line in lines if line["effect"] == "bonus_forfeit"]
    assert (forfeit["subject"], forfeit["date"], forfeit["amount"]) == ("K002|2026-09", "2026-09-03", "-200.00")
    week = [line for line in site.lines() if line["clause"] == "DS-F12"]
    assert all(re.fullmatch(r"K002\|2026-\d\d-\d\d", line["subject"]) for line in week)


def test_ids_are_the_same_on_every_machine_and_after_more_rows(tmp_path):
    one, two = delivered(tmp_path / "甲"), shop(tmp_path / "乙")
    one.once(DAY)
    two.drop({"discipline": DISCIPLINE, "roster": ROSTER}, "别名.xlsx")
    two.once("2026-09-29")
    two.once(DAY)
    ids = [{line["subject"]: line["decision_id"] for line in site.lines()} for site in (one, two)]
    assert ids[0] == ids[1]


def test_changes_have_the_old_and_the_new_line(tmp_path):
    site = delivered(tmp_path)
    site.once(DAY)
    added = site.lines("changes.csv")
    assert len(added) == len(site.lines())
    site.drop({"discipline": DISCIPLINE.replace("OR-10,,2", "OR-10,,3").replace("OR-12", "OR-15")}, "改.xlsx")
    result = site.once(DAY)
    discipline = result["workbooks"][0]["registers"][0]
    assert (discipline["rows"], discipline["changed"], discipline["unchanged"], discipline["new"]) == (3, 2, 1, 0)
    changes = site.lines("changes.csv")
    assert any("-20.00" in row.values() and "-30.00" in row.values() for row in changes)
    assert any("OR-12" in row.values() for row in changes) and any("OR-15" in row.values() for row in changes)
    site.once(DAY)
    assert site.lines("changes.csv") == []


def test_an_unknown_staff_number_is_an_issue_and_no_decision(tmp_path):
    site = shop(tmp_path)
    site.drop({"roster": ROSTER, "discipline": DISCIPLINE.replace("J3,2026-09-04,Z002", "J3,2026-09-04,Z999")})
    result = site.once(DAY)
    (part,) = [p for p in result["workbooks"][0]["registers"] if p["register"] == "discipline"]
    assert (result["exit"], result["workbooks"][0]["status"], part["rows"], part["issues"]) == (1, "processed", 3, 1)
    assert "J3" not in {line["subject"] for line in site.lines()}
    sheet = openpyxl.load_workbook(tmp_path / result["workbooks"][0]["annotated"])["奖惩登记表"]
    assert "Z999" in sheet["C4"].comment.text
    site.drop({"roster": ROSTER + "Z999,客九,网店二部,客服部,客服,,Z000,2022-01-01,2022-04-01,,5000,\n"}, "花名册.xlsx")
    assert site.once(DAY)["exit"] == 0
    assert "J3" in {line["subject"] for line in site.lines()}


def test_missing_rows_are_reported_and_stay_known(tmp_path):
    site = delivered(tmp_path)
    site.once(DAY)
    site.drop({"discipline": "\n".join(DISCIPLINE.strip().splitlines()[:3])})
    result = site.once(DAY)
    (part,) = result["workbooks"][0]["registers"]
    assert (part["rows"], part["missing"], part["unchanged"]) == (2, 1, 2)
    assert result["exit"] == 0
    assert "J3" in {line["subject"] for line in site.lines()}
    site.drop({"discipline": "\n".join(DISCIPLINE.strip().splitlines()[:2])}, "另一份.xlsx")
    assert site.once(DAY)["workbooks"][0]["registers"][0]["missing"] == 0


def test_a_row_that_only_moved_is_not_missing_and_one_whose_sheet_is_gone_is(tmp_path):
    site = shop(tmp_path)
    site.drop({"roster": ROSTER}, "花名册.xlsx")
    header, *rows = [line.split(",") for line in DISCIPLINE.strip().splitlines()]
    path = tmp_path / "inbox" / "奖惩.xlsx"

    def missing(sheets):
        book_with(path, sheets)
        report = site.once(DAY)
        book = next(book for book in report["workbooks"] if book["file"] == "奖惩.xlsx")
        return {part["sheet"]: part["missing"] for part in book["registers"]}

    assert missing({"上": [header, *rows[:2]], "下": [header, rows[2]]}) == {"上": 0, "下": 0}
    assert missing({"上": [header, rows[0]], "下": [header, rows[2], rows[1]]}) == {"上": 0, "下": 0}
    assert missing({"全": [header, rows[0]]}) == {"全": 2}


def test_a_register_whose_last_sheet_is_gone_is_told_and_its_rows_stay_known(tmp_path):
    site = shop(tmp_path)
    roster = [line.split(",") for line in ROSTER.strip().splitlines()]
    rows = [line.split(",") for line in DISCIPLINE.strip().splitlines()]
    path = tmp_path / "inbox" / "一册.xlsx"
    book_with(path, {"人员": roster, "奖惩": rows})
    assert site.once(DAY)["workbooks"][0]["reason"] == ""
    book_with(path, {"人员": roster})
    (book,) = site.once(DAY)["workbooks"]
    assert "“奖惩”" in book["reason"] and "3行" in book["reason"]
    assert {"J1", "J3"} <= {line["subject"] for line in site.lines()}
    page = (tmp_path / "outbox/pages/units/网店二部/index.html").read_text(encoding="utf-8")
    assert "一册.xlsx：重交后不再出现的行" in page


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+cmd",
        "-cmd",
        "@sum",
        "＝1+1",
        "＋a",
        "－a",
        "＠a",
        " =1",
        "　=1",
        "\u00a0@a",
        "\tx",
        "\rx",
        "-1-1",
        "+1+1",
        "-5\n",
        "+A1;=1",
        "-2+3+cmd|' /C calc'!A0",
    ],
)
def test_a_cell_that_could_run_gets_an_apostrophe(text):
    assert safe(text) == "'" + text


@pytest.mark.parametrize(
    "text", ["-50.00", "+1", "-B1", "+A2", "+8613900000001", "+86 139-0000-0001", "-B1、+A1", "正常", "", "-0.5"]
)
def test_numbers_points_and_phones_stay_as_they_are(text):
    assert safe(text) == text


def as_text(path):
    """Turn what openpyxl wrote as formulas into texts that only look like formulas."""
    book = openpyxl.load_workbook(path)
    for sheet in book:
        for cell in (cell for row in sheet.iter_rows() for cell in row if cell.data_type == "f"):
            cell.data_type = "s"
    book.save(path)


def test_no_csv_of_the_outbox_holds_a_cell_that_runs(tmp_path):
    names = ["=HYPERLINK(1)", "@甲", "＝乙", "　+丙"]
    site = shop(tmp_path, extra='[export]\nprofiles = ["generic", "frappe_hrms_additional_salary", "wide"]\n')
    roster = ROSTER
    rows = "登记编号,日期,工号,姓名,条款编号,情节,数量,点数,金额,说明,登记人工号"
    for number, name in enumerate(names):
        roster += f"X{number},{name},网店二部,客服部,客服,,Z000,2022-01-01,2022-04-01,,5000,\n"
        rows += f"\n=J{number},2026-09-02,X{number},{name},OR-14,,,,,=1+1,Z000"
    path = site.drop({"roster": roster, "discipline": rows}, "=登记.xlsx")
    as_text(path)
    result = site.once(DAY)
    assert result["exit"] == 0 and len([line for line in site.lines() if line["clause"] == "OR-14"]) == 4
    paths = list((tmp_path / "outbox").rglob("*.csv"))
    assert len(paths) >= 4
    for path in paths:
        with path.open(encoding="utf-8-sig", newline="") as file:
            for row in csv.reader(file):
                for cell in row:
                    bare = cell.strip()
                    if re.match("[=+@＝＋－＠-]", bare):
                        assert re.fullmatch(r"-?\d+\.\d\d|[-+][ABC]\d", bare), (path, cell)
    for path in (tmp_path / "outbox").rglob("*.xlsx"):
        for sheet in openpyxl.load_workbook(path):
            for row in sheet.iter_rows():
                assert all(cell.data_type != "f" for cell in row), path


def test_an_answered_line_keeps_its_id_and_its_place_in_the_csv(tmp_path):
    site = shop(tmp_path)
    complaint = "投诉编号,受理时间,受理人工号,投诉级别,责任类型,责任人工号,办结人工号,办结时间\n"
    rows = [f"C{n},2026-09-0{n} 09:00,Z001,一般,服务,Z001,Z001,2026-09-0{n} 09:20" for n in (1, 2, 3)]
    site.drop({"roster": ROSTER, "complaints": complaint + "\n".join(rows)})
    site.once(DAY)
    waiting = next(line for line in site.lines() if line["status"] == "needs_confirmation")
    path = tmp_path / "outbox" / "待确认事项.xlsx"
    book = openpyxl.load_workbook(path)
    sheet = book.active
    header = [cell.value for cell in sheet[1]]
    assert header == [
        "决定编号",
        "事项",
        "员工",
        "建议",
        "决定",
        "改为金额",
        "确认人工号",
        "确认日期",
        "说明",
        "归属人",
    ]
    assert sheet["A2"].value == waiting["decision_id"] and sheet.max_row == 2
    sheet["E2"], sheet["G2"], sheet["H2"] = "确认", "Z001", "2026-09-30"
    book.save(tmp_path / "inbox" / "待确认事项.xlsx")
    result = site.once(DAY)
    assert (result["exit"], result["workbooks"][0]["registers"][0]["issues"]) == (1, 1)
    assert (
        next(li for li in site.lines() if li["decision_id"] == waiting["decision_id"])["status"] == "needs_confirmation"
    )
    sheet["G2"] = "Z000"
    book.save(tmp_path / "inbox" / "待确认事项.xlsx")
    assert site.once(DAY)["exit"] == 0
    assert next(li for li in site.lines() if li["decision_id"] == waiting["decision_id"])["status"] == "confirmed"
    assert openpyxl.load_workbook(path).active.max_row == 1
    assert contents(tmp_path / "outbox")["待确认事项.xlsx"]
