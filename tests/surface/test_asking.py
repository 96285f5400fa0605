"""Headers and values of a site's own: asked about once, answered in Excel, remembered."""

from __future__ import annotations

import shutil
import zipfile
from pathlib import Path

import openpyxl
import pytest
from sitework import Site, make_site

from .scenes import book_with, register

DAY = "2026-10-31"
ROSTER = """
工号,姓名,门店,部门,岗位,级别,入职日期
S001,店长,城东店,门店,店面经理,,2020-01-01
D001,设一,城东店,设计部,设计师,首席设计师,2020-01-01
C001,李红,城东店,客户部,客户经理,,2020-01-01
"""
OWN = ["序号", "来电来访日", "客户大名", "客户联系号码", "小区楼栋", "从哪来的", "跟单的同事", "心水设计师"]
ROWS = [
    [1, "2026-10-20", "客甲", "13900000001", "花园1栋", "电话", "李红", "设一"],
    [2, "2026-10-21", "客乙", "13900000002", "花园2栋", "网络", "李红", None],
]
MEANINGS = {
    "序号": "不使用",
    "来电来访日": "咨询日期",
    "客户大名": "客户姓名",
    "客户联系号码": "联系电话",
    "小区楼栋": "装修地址",
    "从哪来的": "来源渠道",
    "跟单的同事": "约访人工号",
    "心水设计师": "期望设计师工号",
}
HEAD = ["工作表", "登记表", "表头", "样例", "建议", "把握", "含义"]


@pytest.fixture(scope="module")
def begun(tmp_path_factory):
    """A site that has read its roster."""
    site = make_site(tmp_path_factory.mktemp("begun"), {"城东店": ["renovation"]}, managers=["S001"])
    site.drop({"roster": ROSTER}, "花名册.xlsx")
    assert site.once(DAY)["exit"] == 0
    return site


def copy_of(site, folder):
    return Site(Path(shutil.copytree(site.folder, folder / "site")))


@pytest.fixture
def site(begun, tmp_path):
    return copy_of(begun, tmp_path)


def ask(site, headers=OWN, rows=ROWS, name="我的登记.xlsx", sheet="来访"):
    book_with(site.folder / "inbox" / name, {sheet: [headers, *rows]})
    return site.once(DAY)


def answer(path: Path, target: Path, meanings=MEANINGS, by="李红", register=None):
    book = openpyxl.load_workbook(path)
    sheet = book["表头对照"]
    sheet["B1"] = by
    for row in sheet.iter_rows(min_row=4):
        if row[2].value in meanings:
            row[6].value = meanings[row[2].value]
            if register:
                row[1].value = register
    target.parent.mkdir(parents=True, exist_ok=True)
    book.save(target)


def waiting(site, name="我的登记.xlsx"):
    return site.folder / "outbox" / "待对照" / name


def subjects(site):
    return {line["subject"] for line in site.lines() if "|" in line["subject"] and line["subject"].startswith("1")}


@pytest.fixture(scope="module")
def asked(begun, tmp_path_factory):
    site = copy_of(begun, tmp_path_factory.mktemp("asked"))
    return site, ask(site)


@pytest.fixture
def asking(asked, tmp_path):
    """A site that asks what 我的登记.xlsx is."""
    return copy_of(asked[0], tmp_path)


def test_a_sheet_with_own_headers_is_asked_about(asked):
    site, report = asked
    (book,) = report["workbooks"]
    assert (report["exit"], book["status"], book["registers"]) == (1, "asked", [])
    assert book["annotated"] == "outbox/待对照/我的登记.xlsx"
    assert "表头" in book["reason"]
    assert not subjects(site)
    assert not (site.folder / "outbox" / "rejected").exists()


def test_the_question_stands_first_and_the_workbook_is_unharmed(asked):
    site, _ = asked
    book = openpyxl.load_workbook(waiting(site))
    assert book.sheetnames == ["表头对照", "来访"]
    assert [[cell.value for cell in row] for row in book["来访"].iter_rows()] == [OWN, *ROWS]
    sheet = book["表头对照"]
    assert sheet["A1"].value == "填写人" and not sheet["B1"].value
    assert [cell.value for cell in sheet[3]][:7] == HEAD
    lines = {row[2].value: row for row in sheet.iter_rows(min_row=4) if row[2].value}
    assert list(lines) == OWN
    assert {row[1].value for row in lines.values()} == {"咨询客户信息统计表"}
    phone = lines["客户联系号码"]
    assert "13900000001" not in phone[3].value and "*" in phone[3].value
    assert phone[4].value.split("、")[0] == "联系电话"
    assert all(row[5].value in ("高", "中", "低") for row in lines.values())
    assert all((row[6].value or "") in ("", row[4].value.split("、")[0]) for row in lines.values() if row[4].value)
    ranges = {str(rule.sqref): rule for rule in sheet.data_validations.dataValidation}
    assert {"B4:B11", "G4:G11"} <= set(ranges)
    assert all(rule.errorStyle == "warning" for rule in ranges.values())


def test_a_page_tells_the_three_nearest_registers(asked):
    site, _ = asked
    page = (site.folder / "outbox" / "待对照" / "我的登记.xlsx.html").read_text(encoding="utf-8")
    assert page.count('<th scope="row">') == 3
    assert "咨询客户信息统计表" in page and "联系电话" in page


def test_answered_it_is_read_and_remembered(asking):
    site = asking
    answer(waiting(site), site.folder / "inbox" / "随便一个名字.xlsx")
    report = site.once(DAY)
    part = register(report, "enquiries")
    assert (report["exit"], part["rows"], part["new"]) == (0, 2, 2)
    assert {"13900000001|2026-10-20", "13900000002|2026-10-21"} <= subjects(site)
    book = openpyxl.load_workbook(site.folder / "outbox" / "annotated" / "随便一个名字.xlsx")
    assert "表头对照" not in book.sheetnames and "来访" in book.sheetnames
    assert not waiting(site).exists()
    listed = openpyxl.load_workbook(site.folder / "outbox" / "表头对照.xlsx")["表头对照"]
    lines = {row[1].value: [cell.value for cell in row][:6] for row in listed.iter_rows(min_row=4) if row[1].value}
    assert lines["跟单的同事"] == ["咨询客户信息统计表", "跟单的同事", "约访人工号", "李红", "随便一个名字.xlsx", DAY]
    # the next one, its columns in another order and one missing, is read without a question
    order = [1, 3, 2, 5, 0]
    rows = [[3, "2026-10-22", "客丙", "13900000003", "花园3栋", "电话", "李红", None]]
    report = ask(site, [OWN[at] for at in order], [[row[at] for at in order] for row in rows], name="下个月.xlsx")
    assert (report["exit"], register(report, "enquiries")["new"]) == (0, 1)


def test_other_workbooks_that_wait_are_read_in_the_same_batch(asking):
    site = asking
    rows = [[1, "2026-10-25", "客丁", "13900000004", "花园4栋", "电话", "李红", None]]
    ask(site, rows=rows, name="另一份.xlsx")
    assert waiting(site, "另一份.xlsx").exists()
    answer(waiting(site), site.folder / "inbox" / "我的登记.xlsx")
    report = site.once(DAY)
    assert report["exit"] == 0
    assert {book["file"]: book["status"] for book in report["workbooks"]} == {
        "我的登记.xlsx": "processed",
        "另一份.xlsx": "processed",
    }
    assert "13900000004|2026-10-25" in subjects(site)
    assert not list((site.folder / "outbox" / "待对照").glob("*.xlsx"))


def test_one_meaning_twice_is_asked_again_with_a_sentence(asking):
    site = asking
    answer(waiting(site), site.folder / "inbox" / "我的登记.xlsx", MEANINGS | {"小区楼栋": "客户姓名"})
    report = site.once(DAY)
    assert (report["exit"], report["workbooks"][0]["status"]) == (1, "asked")
    sheet = openpyxl.load_workbook(waiting(site))["表头对照"]
    texts = [row[0].value or "" for row in sheet.iter_rows(min_row=4)]
    assert any("“客户姓名”对应了不止一个表头" in text for text in texts)
    meanings = {row[2].value: row[6].value for row in sheet.iter_rows(min_row=4) if row[2].value}
    assert meanings["跟单的同事"] == "约访人工号"


def test_a_needed_column_that_nothing_means_is_asked_again(asking):
    site = asking
    answer(waiting(site), site.folder / "inbox" / "我的登记.xlsx", MEANINGS | {"从哪来的": "不使用"})
    report = site.once(DAY)
    assert report["workbooks"][0]["status"] == "asked"
    sheet = openpyxl.load_workbook(waiting(site))["表头对照"]
    assert any("来源渠道" in (row[0].value or "") for row in sheet.iter_rows(min_row=4))


def test_another_register_may_be_chosen_in_one_line(site):
    ask(
        site,
        ["哪天", "谁", "为什么", "哪一条", "谁记的", "号"],
        [["2026-10-05", "李红", "迟到", "REN-S1", "店长", "J1"]],
    )
    if not waiting(site).exists():
        pytest.skip("nothing is shared")
    path = waiting(site)
    book = openpyxl.load_workbook(path)
    sheet = book["表头对照"]
    said = {
        "哪天": "日期",
        "谁": "工号",
        "为什么": "说明",
        "哪一条": "条款编号",
        "谁记的": "登记人工号",
        "号": "登记编号",
    }
    for row in sheet.iter_rows(min_row=4):
        if row[2].value in said:
            row[6].value = said[row[2].value]
    sheet["B5"] = "奖惩登记表"
    book.save(site.folder / "inbox" / "我的登记.xlsx")
    report = site.once(DAY)
    assert register(report, "discipline")["rows"] == 1


def test_what_is_remembered_can_be_changed_and_forgotten(asking):
    site = asking
    answer(waiting(site), site.folder / "inbox" / "我的登记.xlsx")
    site.once(DAY)
    book = openpyxl.load_workbook(site.folder / "outbox" / "表头对照.xlsx")
    for row in book["表头对照"].iter_rows(min_row=4):
        if row[1].value == "心水设计师":
            row[2].value = "客户认定员工工号"
        if row[1].value == "从哪来的":
            row[2].value = None
    book["表头对照"]["B1"] = "店长"
    book.save(site.folder / "inbox" / "改过的对照.xlsx")
    report = site.once(DAY)
    assert (report["exit"], report["workbooks"][0]["status"]) == (0, "processed")
    assert len(subjects(site)) == 2  # rows already read stay
    listed = openpyxl.load_workbook(site.folder / "outbox" / "表头对照.xlsx")
    lines = {row[1].value: row[2].value for row in listed["表头对照"].iter_rows(min_row=4) if row[1].value}
    assert lines["心水设计师"] == "客户认定员工工号" and "从哪来的" not in lines
    earlier = {row[1].value for row in listed["以前的回答"].iter_rows(min_row=4)}
    assert {"心水设计师", "从哪来的"} <= earlier
    assert ask(site, name="再一份.xlsx")["workbooks"][0]["status"] == "asked"


def test_sheets_that_are_recognised_are_read_at_once(site):
    path = site.drop({"suggestions": "建议编号,日期,工号,内容,是否采纳\nY1,2026-10-05,C001,好,否"}, "合一.xlsx")
    book = openpyxl.load_workbook(path)
    sheet = book.create_sheet("来访")
    for line in [OWN, *ROWS]:
        sheet.append(line)
    book.save(path)
    report = site.once(DAY)
    (workbook,) = report["workbooks"]
    assert (workbook["status"], [part["register"] for part in workbook["registers"]]) == ("asked", ["suggestions"])


def test_an_unknown_choice_is_asked_about_and_counts_once_answered(site):
    titles = ["咨询编号", "咨询日期", "客户姓名", "联系电话", "来源渠道"]
    rows = [["Z1", "2026-10-20", "客甲", "13900000001", "抖音"], ["Z2", "2026-10-21", "客乙", "13900000002", "抖音"]]
    book_with(
        site.folder / "inbox" / "咨询.xlsx",
        {"表": [titles, *rows, ["Z3", "2026-10-21", "客", "13900000003", "微信小店"]]},
    )
    report = site.once(DAY)
    assert report["exit"] == 1 and register(report, "enquiries")["new"] == 0
    path = site.folder / "outbox" / "annotated" / "咨询.xlsx"
    book = openpyxl.load_workbook(path)
    sheet = book["取值对照"]
    assert [cell.value for cell in sheet[3]][:6] == ["登记表", "列", "值", "行数", "建议", "取为"]
    lines = {row[2].value: row for row in sheet.iter_rows(min_row=4) if row[2].value}
    assert (lines["抖音"][1].value, lines["抖音"][3].value) == ("来源渠道", "2")
    lines["抖音"][5].value = "网络"
    lines["微信小店"][5].value = "新增"
    sheet["B1"] = "C001"
    answers = openpyxl.Workbook()
    answers.remove(answers.active)
    copy = answers.create_sheet("取值对照")
    for row in sheet.iter_rows(values_only=True):
        copy.append(row)
    book.save(site.folder / "inbox" / "咨询.xlsx")
    report = site.once(DAY)
    assert (report["exit"], register(report, "enquiries")["new"]) == (0, 3)
    assert "取值对照" not in openpyxl.load_workbook(path).sheetnames
    listed = openpyxl.load_workbook(site.folder / "outbox" / "表头对照.xlsx")["取值对照"]
    assert [[cell.value for cell in row][:5] for row in listed.iter_rows(min_row=4, max_row=5)] == [
        ["咨询客户信息统计表", "来源渠道", "抖音", "网络", "C001"],
        ["咨询客户信息统计表", "来源渠道", "微信小店", "新增", "C001"],
    ]
    book_with(site.folder / "inbox" / "下月.xlsx", {"表": [titles, ["Z9", "2026-10-22", "客", "13900000009", "抖音"]]})
    assert site.once(DAY)["exit"] == 0


def test_a_sheet_that_no_answer_could_make_a_register_is_not_asked_about(site):
    settings = [["名称", "内容"], ["表样版本", "2024版"]]
    book_with(
        site.folder / "inbox" / "登记.xlsx",
        {"来访": [list(MEANINGS.values())[1:], *(row[1:] for row in ROWS)], "参数": settings},
    )
    result = site.once(DAY)
    assert [book["status"] for book in result["workbooks"]] == ["processed"]


def test_a_workbook_that_cannot_take_the_question_is_read_once_the_question_beside_it_is_answered(site):
    path = book_with(site.folder / "inbox" / "我的登记.xlsx", {"来访": [OWN, *ROWS]})
    with zipfile.ZipFile(path) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    kind = "http://schemas.openxmlformats.org/package/2006/relationships/digital-signature/origin"
    signed = f'<Relationship Id="rSig" Type="{kind}" Target="_xmlsignatures/origin.sigs"/></Relationships>'
    parts["_rels/.rels"] = parts["_rels/.rels"].replace(b"</Relationships>", signed.encode())
    with zipfile.ZipFile(path, "w") as package:
        for name, data in (parts | {"_xmlsignatures/origin.sigs": b""}).items():
            package.writestr(name, data)
    report = site.once(DAY)
    assert [book["status"] for book in report["workbooks"]] == ["asked"]
    answer(waiting(site, "表头对照 我的登记.xlsx"), site.folder / "inbox" / "表头对照 我的登记.xlsx")
    report = site.once(DAY)
    assert report["exit"] == 0
    assert [part["rows"] for book in report["workbooks"] for part in book["registers"]] == [2]
    assert not list(waiting(site).parent.glob("*.xlsx"))


def test_a_header_of_two_rows_is_asked_about_as_one(site):
    groups = ["序号", "客户情况", None, None, "接待情况", None, None, None]
    path = site.folder / "inbox" / "两行.xlsx"
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "来访"
    below = [None, "客户大名", "客户联系号码", "小区楼栋", "来电来访日", "从哪来的", "跟单的同事", "心水设计师"]
    places = [OWN.index(header) if header else 0 for header in below]
    for line in (["十月来访"], groups, below, *([row[at] for at in places] for row in ROWS)):
        sheet.append(line)
    for area in ("A2:A3", "B2:D2", "E2:H2"):
        sheet.merge_cells(area)
    book.save(path)
    assert site.once(DAY)["workbooks"][0]["status"] == "asked"
    lines = list(openpyxl.load_workbook(waiting(site, "两行.xlsx"))["表头对照"].iter_rows(min_row=4, values_only=True))
    assert [line[2] for line in lines[:3]] == ["序号", "客户情况客户大名", "客户情况客户联系号码"]
    meanings = {
        groups[1 if at < 4 else 4] + header if header else "序号": MEANINGS[header or "序号"]
        for at, header in enumerate(below)
    }
    answer(waiting(site, "两行.xlsx"), site.folder / "inbox" / "两行.xlsx", meanings)
    assert site.once(DAY)["exit"] == 0
    assert len(subjects(site)) == 2


def test_what_is_no_xlsx_is_asked_about_as_a_workbook_of_the_same_stem(site):
    table = "\r\n".join(",".join(str(cell or "") for cell in row) for row in [OWN, *ROWS])
    (site.folder / "inbox" / "我的登记.csv").write_bytes(table.encode("gb18030"))
    (book,) = site.once(DAY)["workbooks"]
    assert (book["status"], book["annotated"]) == ("asked", "outbox/待对照/我的登记.xlsx")
    answer(waiting(site), site.folder / "inbox" / "随便什么名字.xlsx")
    assert site.once(DAY)["exit"] == 0
    assert len(subjects(site)) == 2 and not waiting(site).exists()


def test_employees_of_a_roster_that_comes_along_are_known_to_the_question(tmp_path):
    site = make_site(tmp_path, {"城东店": ["renovation"]}, managers=["S001"])
    site.drop({"roster": ROSTER}, "花名册.xlsx")
    report = ask(site)
    assert [book["status"] for book in report["workbooks"]] == ["asked", "processed"]
    lines = openpyxl.load_workbook(waiting(site))["表头对照"].iter_rows(min_row=4, values_only=True)
    suggested = {line[2]: line[4] or "" for line in lines}
    assert "工号" in suggested["跟单的同事"] and "设计师工号" in suggested["心水设计师"]
