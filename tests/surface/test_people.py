"""People by number or by name, wherever a register names an employee."""

from __future__ import annotations

import openpyxl
import pytest
from sitework import make_site

from .scenes import book_with, register

UNITS = {"滨江店": ["online_retail"], "城东店": ["online_retail"]}
DAY = "2026-09-30"
HEAD = "工号,姓名,门店,部门,岗位,直接主管工号,入职日期,离职日期,别名"
ROSTER = f"""
{HEAD}
1001,王主管,滨江店,客服部,主管,,2020-01-01,,
1002,李红,滨江店,客服部,客服,王主管,2020-01-01,,小红、Lily
1011,陈磊,滨江店,客服部,客服,1001,2020-01-01,,
2004,张敏,城东店,客服部,客服,,2020-01-01,,
2005,张敏,滨江店,客服部,客服,,2020-01-01,2026-08-31,
2006,赵雷,城东店,客服部,客服,,2020-01-01,,
2007,赵雷,滨江店,客服部,客服,,2020-01-01,,
"""
TITLES = ["登记编号", "日期", "工号", "姓名", "条款编号", "情节", "数量", "点数", "金额", "说明", "登记人工号", "门店"]


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    site = make_site(tmp_path_factory.mktemp("people"), UNITS, managers=["1001"])
    site.drop({"roster": ROSTER}, "花名册.xlsx")
    assert site.once(DAY)["exit"] == 0
    return site


def row(number, staff, *, name=None, unit="滨江店", by="1001", day="2026-09-02", count=None):
    return [number, day, staff, name, "OR-14", None, count, None, None, "说明", by, unit]


def deliver(site, *rows, name="奖惩.xlsx"):
    book_with(site.folder / "inbox" / name, {"表一": [TITLES, *rows]})
    return site.once(DAY)


def returned(site, name="奖惩.xlsx"):
    return openpyxl.load_workbook(site.folder / "outbox" / "annotated" / name)["表一"]


def said(site, line, name="奖惩.xlsx"):
    sheet = returned(site, name)
    titles = [cell.value for cell in sheet[1]]
    cells = [cell.value for cell in sheet[line]]
    return cells[titles.index("处理状态")], cells[titles.index("处理结果")] or ""


def subjects(site):
    return {line["subject"]: line["staff_no"] for line in site.lines() if line["clause"] == "OR-14"}


NUMBERS = ["1002", "1002.0", "01002"]
NAMES = ["李红", "李红（1002）", "李红(1002)", "1002李红", "1002 李红", "李红/1002", "李红-1002", "李 红", "李红 １００２",
         "小红", "lily", "李红。", "@李红", "工号1002", "李红（客服）", "李红-客服部"]  # fmt: skip


def test_a_name_is_as_good_as_a_number(site):
    cells = NUMBERS + NAMES
    report = deliver(site, *(row(f"N{place}", cell) for place, cell in enumerate(cells)))
    assert report["exit"] == 0
    found, sheet = subjects(site), returned(site)
    assert {cell: found[f"N{place}"] for place, cell in enumerate(cells)} == dict.fromkeys(cells, "1002")
    notes = {cell: sheet.cell(place + 2, 3).comment for place, cell in enumerate(cells)}
    told = [cell for cell, note in notes.items() if note is not None and "按姓名认定" in note.text]
    assert told == NAMES and all("按姓名认定为1002" in notes[cell].text for cell in NAMES)


def test_the_same_row_by_name_and_by_number_is_unchanged(site):
    deliver(site, row("P2", "陈磊"))
    before = {line["decision_id"] for line in site.lines()}
    report = deliver(site, row("P2", 1011, by="王主管"), name="别的文件.xlsx")
    assert (register(report, "discipline")["unchanged"], register(report, "discipline")["changed"]) == (1, 0)
    assert {line["decision_id"] for line in site.lines()} == before


NOBODY = {
    "李红、陈磊": "几个人",
    "李红/陈磊": "几个人",
    "1002 1011": "几个人",
    "李红（1011）": "工号1011是陈磊，不是“李红”",
    "李红1003": "“李红”是李红（1002）",
    "李宏": "李红（1002，滨江店）",
    "欧阳锋": "花名册里没有“欧阳锋”",
    "1999": "花名册里没有工号“1999”",
}


def test_who_cannot_be_told_is_an_issue_and_never_a_guess(site):
    report = deliver(site, *(row(f"Q{cell}", cell) for cell in NOBODY), row("P1", "1002"))
    assert report["exit"] == 1
    assert subjects(site).keys().isdisjoint({f"Q{cell}" for cell in NOBODY})
    for line, (cell, told) in enumerate(NOBODY.items(), 2):
        status, result = said(site, line)
        assert status == "无法读取" and told in result, cell
    assert subjects(site)["P1"] == "1002"


def test_namesakes_are_looked_for_first_in_the_unit_on_the_day(site):
    deliver(site, row("N1", "赵雷"), row("N2", "赵雷", unit="城东店"), row("N3", "张敏", day="2026-08-03"))
    found = subjects(site)
    assert (found["N1"], found["N2"], found["N3"]) == ("2007", "2006", "2005")
    deliver(site, row("N4", "张敏", day="2026-09-03"))
    assert subjects(site)["N4"] == "2004"  # the namesake of the unit has left


def test_namesakes_at_the_same_level_are_an_issue_that_lists_them(site):
    site.drop({"roster": f"{HEAD}\n2008,赵雷,滨江店,客服部,客服,,2020-01-01,,"}, "补.xlsx")
    site.once(DAY)
    report = deliver(site, row("N5", "赵雷"))
    assert report["exit"] == 1
    assert "有2名“赵雷”：2007（滨江店）、2008（滨江店），请写工号" in said(site, 2)[1]


def test_a_name_beside_an_empty_number_fills_it(site):
    report = deliver(site, row("E1", None, name="李红"))
    assert report["exit"] == 0 and subjects(site)["E1"] == "1002"
    assert "按姓名认定为1002" in returned(site)["D2"].comment.text


def test_the_name_of_somebody_else_is_an_issue_on_the_name(site):
    report = deliver(site, row("E2", "1002", name="陈磊"))
    assert report["exit"] == 1 and "E2" not in subjects(site)
    assert "陈磊" in returned(site)["D2"].comment.text
    assert said(site, 2)[0] == "无法读取"


def test_the_name_of_nobody_is_a_warning_only(site):
    report = deliver(site, row("E3", "1002", name="李小红红"))
    assert report["exit"] == 0 and subjects(site)["E3"] == "1002"
    cell = returned(site)["D2"]
    assert "花名册里没有“李小红红”" in cell.comment.text and cell.fill.fgColor.rgb != "00000000"


def test_the_supervisor_of_the_roster_may_be_a_name(site):
    frame = site.once(DAY)
    assert frame["exit"] == 0


def test_rows_wait_for_their_employee_without_being_dropped_again(tmp_path):
    site = make_site(tmp_path, UNITS, managers=["1001"])
    site.drop({"roster": ROSTER}, "花名册.xlsx")
    report = deliver(site, row("W1", "孙新来"), row("W2", "李红", by="孙新来"))
    assert report["exit"] == 1 and not subjects(site)
    site.drop({"roster": f"{HEAD}\n3001,孙新来,滨江店,客服部,客服,,2026-08-01,,"}, "新员工.xlsx")
    assert site.once(DAY)["exit"] == 0
    assert subjects(site) == {"W1": "3001", "W2": "1002"}
    lines = [line for line in site.lines() if line["subject"] == "W1"]
    assert {(line["file"], line["row"]) for line in lines} == {("奖惩.xlsx", "2")}


def test_a_row_that_waited_gives_way_to_its_correction(tmp_path):
    site = make_site(tmp_path, UNITS, managers=["1001"])
    site.drop({"roster": ROSTER}, "花名册.xlsx")
    deliver(site, row("W1", "孙新来"))
    deliver(site, row("W1", "陈磊"), name="更正.xlsx")
    site.drop({"roster": f"{HEAD}\n3001,孙新来,滨江店,客服部,客服,,2026-08-01,,"}, "新员工.xlsx")
    site.once(DAY)
    assert subjects(site) == {"W1": "1011"}


def test_a_roster_of_the_same_batch_counts(tmp_path):
    site = make_site(tmp_path, UNITS, managers=["1001"])
    site.drop({"roster": ROSTER}, "花名册.xlsx")
    report = deliver(site, row("S1", "李红"), name="甲.xlsx")
    assert report["exit"] == 0 and subjects(site) == {"S1": "1002"}
