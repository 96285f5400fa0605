"""Own clauses are like all others: notices, appeals, reminders, closing and adjustments, the catalogue."""

from __future__ import annotations

import json
from pathlib import Path

import openpyxl
from payroll.desk import account, appeal, closing, deliver, line, lines, sheet
from sitework import Site, command, make_site

from rulebook.book import ROSTER, UNIT, RuleBook, approve
from rulebook.test_own_clauses import COMPLAINTS, EXAMPLES, QUARREL, own_lines

DUE = {
    "条款编号": "ZD-2",
    "名称": "三天内办结",
    "方法": "限时",
    "登记表": "客户投诉处理表",
    "员工": "责任人工号",
    "日期": "受理时间",
    "衡量": "办结时间",
    "界限": "3天",
    "后果": "罚款20元",
    "自何日起": "2026-11-28",
    "理由": "拖得太久",
}
_CELLS = {"条款编号": "ZD-2", "登记表": "客户投诉处理表", "工号": "E1"}
DUE_EXAMPLES = [
    {"用例": "没有办结", **_CELLS, "内容": "受理时间=2026-11-28 10:00", "预期": "罚款20元"},
    {"用例": "办结了", **_CELLS, "内容": "受理时间=2026-11-28 10:00；办结时间=2026-11-29 10:00", "预期": "不判"},
]
OPEN = "T9,2026-11-28 09:00,13900000009,癸,一般,E2,否,慢,M1\n"
HEADER = COMPLAINTS.splitlines()[0]


def reminders(site: Site) -> set[str]:
    """What 提醒清单 reminds of, by 对象."""
    header, *rows = openpyxl.load_workbook(site.folder / "outbox/提醒清单.xlsx").active.values
    return {row[header.index("对象")] for row in rows if row[0]}


def test_own_clauses_go_through_the_office_like_all_others(tmp_path: Path) -> None:
    site = make_site(tmp_path, {UNIT: ["call_centre"]}, managers=["M1", "M2"], extra="[rules]\nfour_eyes = false\n")
    site.drop({"roster": ROSTER, "complaints": COMPLAINTS + OPEN})
    assert site.once("2026-11-29")["exit"] == 0
    book = RuleBook(site).sign("M1", "自定条款").add("自定条款", **QUARREL).add("自定条款", **DUE)
    for example in (*EXAMPLES, *DUE_EXAMPLES):
        book.add("用例", **example)
    book.drop()
    assert site.once("2026-11-29")["rulebook"]["approved"] == 2

    # the catalogue, the reminder while the term runs, the notice with the clause in its own words
    code, out, _ = command("clauses", "--pack", "own", "--json", "--config", site.config)
    assert code == 0
    own = {row["clause"]: (row["title"], row["nature"]) for row in json.loads(out)}
    assert own == {"ZD-1": ("与客户争吵", ["罚款", "提示"]), "ZD-2": ("三天内办结", ["罚款"])}
    assert line(site, clause="ZD-2")["effect"] == "remind" and reminders(site) == {"T9"}
    notice = (site.folder / "outbox/通知/2026-11" / UNIT / "E1 张一.html").read_text(encoding="utf-8")
    assert "ZD-1" in notice and "罚款50.00元" in notice and "未填公布日期" in notice

    # an appeal that is granted moves the ladder; after its term the deadline is a fine
    first = line(site, clause="ZD-1", subject="T1")["decision_id"]
    appeal(site, "2026-12-02", f"A1,{first},E1,2026-11-30,不服,撤销,,M1,2026-12-02")
    told = {(row["subject"], row["amount"], row["status"]) for row in own_lines(site) if row["effect"] == "fine"}
    assert told == {("T1", "", "revoked"), ("T2", "-50.00", "final")}
    assert line(site, clause="ZD-2")["amount"] == "-20.00" and not reminders(site)

    # the month is closed; what comes late is an adjustment of the first open one
    assert deliver(site, "2026-12-03", closing("2026-11", by="M2"), "月结单.xlsx")["exit"] == 0
    assert account(site, "2026-11", "E1")["扣款"] == -50 and account(site, "2026-11", "E2")["扣款"] == -20
    late = f"{HEADER}\nT5,2026-11-20 09:00,13900000005,戊,一般,E2,是,慢,M1\n"
    deliver(site, "2026-12-04", {"complaints": late}, "补.xlsx")
    [adjusted] = [row for row in lines(site, clause="ZD-1") if row["effect"] == "adjustment"]
    assert (adjusted["period"], adjusted["amount"], adjusted["staff_no"]) == ("2026-12", "-50.00", "E2")
    assert [row["金额"] for row in sheet(site, "2026-12") if row["条款编号"] == "ZD-1"] == [-50]


WAITED = {
    "条款编号": "ZD-3",
    "名称": "不关灯",
    "方法": "登记",
    "后果": "罚款5元",
    "自何日起": "2026-11-10",
    "理由": "省电",
}
_LIGHTS = {"条款编号": "ZD-3", "登记表": "奖惩登记表", "工号": "E1"}
LIGHTS = [
    {"用例": "登记了", **_LIGHTS, "内容": "日期=2026-11-12", "预期": "罚款5元"},
    {"用例": "登记了别的", **_LIGHTS, "内容": "日期=2026-11-12；条款编号=CC-A1", "预期": "不判"},
]
LOGGED = "登记编号,日期,工号,条款编号,登记人工号\nJ1,2026-11-09,E1,ZD-3,M1\nJ2,2026-11-12,E2,ZD-3,M1\n"


def test_a_recorded_row_from_before_the_approval_counts_from_the_day_and_the_clause_can_be_switched_off(
    tmp_path: Path,
) -> None:
    site = make_site(tmp_path, {UNIT: ["call_centre"]}, managers=["M1", "M2"])
    site.drop({"roster": ROSTER})
    site.once("2026-11-20")
    book = RuleBook(site).sign("M1", "自定条款").add("自定条款", **WAITED)
    for example in LIGHTS:
        book.add("用例", **example)
    book.drop()
    assert site.once("2026-11-20")["rulebook"]["proposed"] == 1
    assert deliver(site, "2026-11-21", {"discipline": LOGGED}, "奖惩.xlsx")["exit"] == 0
    assert own_lines(site, "ZD-3") == []
    approve(site)
    site.once("2026-11-22")
    assert {row["subject"]: row["amount"] for row in own_lines(site, "ZD-3")} == {"J2": "-5.00"}

    off = {"改为": "停用", "自何日起": "2026-11-11", "理由": "装了感应灯"}
    RuleBook(site).sign("M2", "条款").fill("条款", {"条款编号": "ZD-3"}, **off).drop("停.xlsx")
    assert site.once("2026-11-23")["rulebook"]["proposed"] == 1
    approve(site, "P2026-0002", who="M1")
    site.once("2026-11-24")
    assert own_lines(site, "ZD-3") == []
    assert [row["启用"] for row in RuleBook(site).rows("条款") if row["条款编号"] == "ZD-3"] == ["否"]
