"""A row that nobody could read is no fact, but where it may stand nothing is missing, through `run.py`."""

from __future__ import annotations

from pathlib import Path

import pytest
from sitework import Site, command, make_site

from .scenes import book_with

DAY = "2026-11-02"
ROSTER = """
工号,姓名,门店,部门,岗位,直接主管工号,入职日期,月工资
M001,店长,城东店,总经办,总经理,,2020-01-01,9000
K001,王芳,城东店,卖场,导购,M001,2020-01-01,6000
K002,李娜,城东店,卖场,导购,M001,2020-01-01,6000
K003,陈静,城东店,客服部,客服,M001,2020-01-01,6000
"""
REPORTS = ["周起始日", "工号", "报告类型", "提交时间", "问题", "改进"]
LEAVE = ["请假编号", "申请日期", "工号", "开始日期", "结束日期", "天数", "请假类型", "批准人工号", "批准日期"]
ATTENDANCE = ["日期", "工号", "应到时间", "应退时间", "上班打卡", "下班打卡", "状态"]
FIRST, SECOND, THIRD = "2026-10-05", "2026-10-12", "2026-10-19"


def report(week: str, who: str, kind: str = "市调") -> list[str]:
    return [week, who, kind, "2026-10-06 18:00", "有", "有"]


def deliver(site: Site, rows: list[list[str]]) -> None:
    book_with(site.folder / "inbox" / "周报.xlsx", {"周报": [REPORTS, *(report(w, "M001") for w in WEEKS), *rows]})


WEEKS = (FIRST, SECOND, THIRD)
UNREAD = [report("十月第一周", "K001"), report(SECOND, "王小芳"), report(THIRD, "K002", "周報")]


def owing(site: Site) -> set[tuple[str, ...]]:
    return {tuple(line["subject"].split("|")) for line in site.lines() if line["clause"] == "DS-F12"}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    made = make_site(tmp_path_factory.mktemp("illegible"), {"城东店": ["department_store"]}, managers=["M001"])
    made.drop({"roster": ROSTER}, "花名册.xlsx")
    return made


def test_no_report_is_missing_where_a_row_stands_that_nobody_could_read(site: Site) -> None:
    deliver(site, UNREAD)
    absent = [ATTENDANCE, *([day, "K003", "9:00", "18:00", None, None, "旷工"] for day in (SECOND, THIRD))]
    leave = [LEAVE, ["Q1", "2026-10-10", "K003", SECOND, "2026-10-13", "若干", "事假", "M001", "2026-10-10"]]
    book_with(site.folder / "inbox" / "考勤.xlsx", {"考勤": absent})
    book_with(site.folder / "inbox" / "请假.xlsx", {"请假": leave})
    assert site.once(DAY)["exit"] == 1
    assert owing(site) == {("K002", FIRST)}  # the undated row may be any of K001's, the second one anybody's
    assert [line["date"] for line in site.lines() if line["clause"] == "DS-S6"] == [THIRD]


def test_a_trial_of_other_figures_misses_nothing_more(site: Site) -> None:
    asked = ("--from", "2026-10", "--to", "2026-10", "--set", "department_store.f12_points=C1")
    code, told, _ = command("simulate", *asked, "--config", site.config, "--as-of", DAY)
    assert code == 0
    assert [(row[0], row[2], row[3]) for row in map(str.split, told.splitlines()) if "DS-F12" in row] == [
        ("K002", "DS-F12", "1")
    ]


def test_what_is_mended_or_taken_out_counts_again(site: Site) -> None:
    deliver(site, [report(FIRST, "K001"), report(SECOND, "K002"), UNREAD[2]])
    site.once(DAY)
    assert owing(site) == {("K001", SECOND), ("K001", THIRD), ("K002", FIRST)}
    deliver(site, [report(FIRST, "K001"), report(SECOND, "K002")])
    assert site.once(DAY)["exit"] == 0
    assert owing(site) == {("K001", SECOND), ("K001", THIRD), ("K002", FIRST), ("K002", THIRD)}


def test_two_rows_that_contradict_each_other_are_no_missing_report(site: Site) -> None:
    other = report(THIRD, "K002")
    other[4] = "另有"
    deliver(site, [report(FIRST, "K001"), report(SECOND, "K002"), report(THIRD, "K002"), other])
    assert site.once(DAY)["exit"] == 1
    assert owing(site) == {("K001", SECOND), ("K001", THIRD), ("K002", FIRST)}


def test_a_closed_month_stays_whatever_cannot_be_read_later(site: Site) -> None:
    deliver(site, [report(FIRST, "K001"), report(SECOND, "K002")])
    site.once(DAY)
    closing = command("close", "2026-10", "--config", site.config, "--as-of", DAY, "--anyway", "--by", "M001")
    assert closing[0] == 0, closing
    sheet = site.folder / "outbox" / "hr" / "2026-10.xlsx"
    kept = sheet.read_bytes()
    book_with(site.folder / "inbox" / "补.xlsx", {"周报": [REPORTS, report("不详", "K001"), report(THIRD, "王小芳")]})
    assert site.once(DAY)["exit"] == 1
    assert (site.lines(), sheet.read_bytes() == kept) == ([], True)


def test_no_call_of_a_project_is_missed_where_a_row_stands_that_nobody_could_read(tmp_path: Path) -> None:
    site = make_site(tmp_path, {"技术部": ["project_service"]}, managers=["M001"])
    projects = "项目编号,项目名称,客户姓名,交付日期\nP1,甲项目,甲,2026-06-10\nP2,乙项目,乙,2026-06-10\nP3,丙项目,丙,2026-06-10\n"
    site.drop({"roster": ROSTER.replace("城东店", "技术部"), "projects": projects}, "项目.xlsx")
    calls = [
        ["回访编号", "回访时间", "回访人工号", "客户姓名", "项目编号"],
        ["F1", "2026-09-02 10:00", "K001", "甲", "P1"],
    ]
    calls += [["F2", "2026-09-31 10:00", "K001", "乙", "P2"], ["F3", "2026-10-20 10:00", "王小芳", "丙", "P3"]]
    book_with(site.folder / "inbox" / "回访.xlsx", {"回访": calls})
    assert site.once(DAY)["exit"] == 1
    missed = {(line["subject"], line["date"]) for line in site.lines() if line["clause"] == "PS-5"}
    assert missed == {("P1", "2026-10-31"), ("P3", "2026-09-30")}  # nobody knows in which month P2 was called
