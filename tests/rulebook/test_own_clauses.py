"""Clauses of the site's own: one row of 自定条款 with two examples, from the proposal to the decision."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sitework import Site, command, make_site

from rulebook.book import ROSTER, UNIT, RuleBook, annotated, approve

DAY = "2026-11-30"
COMPLAINTS = (
    "投诉编号,受理时间,联系电话,客户姓名,投诉级别,责任人工号,是否争吵,投诉内容,受理人工号\n"
    "T1,2026-11-02 09:00,13900000001,甲,重大,E1,是,慢,M1\n"
    "T2,2026-11-03 09:00,13900000002,乙,一般,E1,是,慢,M1\n"
    "T3,2026-11-04 09:00,13900000003,丙,一般,E2,否,慢,M1\n"
    "T4,2026-10-04 09:00,13900000003,丙,重大,E2,是,慢,M1\n"
)
QUARREL = {
    "条款编号": "ZD-1",
    "名称": "与客户争吵",
    "方法": "逐条",
    "登记表": "客户投诉处理表",
    "员工": "责任人工号",
    "日期": "受理时间",
    "条件": "是否争吵＝是；投诉级别=重大、一般",
    "周期": "月",
    "后果": "罚款50元",
    "第二次": "罚款100元+警告",
    "句子": "{日期} {姓名}与客户{客户姓名}争吵，第{第几次}次",
    "自何日起": "2026-11-01",
    "理由": "客户反映多",
}
_CELLS = {"条款编号": "ZD-1", "登记表": "客户投诉处理表", "工号": "E1"}
_QUARREL_ROW = "受理时间=2026-11-05 10:00；是否争吵={}；投诉级别=一般"
EXAMPLES = [
    {"用例": "争吵一次", **_CELLS, "内容": _QUARREL_ROW.format("是"), "预期": "罚款50元"},
    {"用例": "没有争吵", **_CELLS, "内容": _QUARREL_ROW.format("否"), "预期": " 不 判 "},
]


def own_site(folder: Path, **registers: str) -> Site:
    site = make_site(folder, {UNIT: ["call_centre"]}, managers=["M1", "M2"])
    site.drop({"roster": ROSTER, **(registers or {"complaints": COMPLAINTS})})
    assert site.once(DAY)["exit"] == 0
    return site


def proposing(site: Site, clause: dict[str, Any], examples: list[dict[str, Any]], name: str) -> None:
    """Drop a rule book with a new clause."""
    book = RuleBook(site).sign("M1", "自定条款").add("自定条款", **clause)
    for example in examples:
        book.add("用例", **example)
    book.drop(name)


def propose(
    site: Site, clause: dict[str, Any], examples: list[dict[str, Any]], name: str = "规则簿.xlsx"
) -> dict[str, Any]:
    proposing(site, clause, examples, name)
    return site.once(DAY)


def own_lines(site: Site, clause: str = "ZD-1") -> list[dict[str, str]]:
    return [line for line in site.lines() if line["clause"] == clause]


def test_an_own_clause_decides_from_its_day_once_it_is_approved(tmp_path: Path) -> None:
    site = own_site(tmp_path)
    proposed = propose(site, QUARREL, EXAMPLES)
    assert (proposed["exit"], proposed["rulebook"]["proposed"]) == (0, 1)
    assert own_lines(site) == []
    assert RuleBook(site).rows("待批准")[0]["影响"] == "共2人、4条，-200.00元"
    approve(site)
    assert site.once(DAY)["rulebook"]["approved"] == 1
    told = [(line["subject"], line["effect"], line["amount"], line["text"]) for line in own_lines(site)]
    assert sorted(told)[0] == ("T1", "fine", "-50.00", "2026-11-02 张一与客户甲争吵，第1次，罚款50.00元")
    assert {(subject, effect, amount) for subject, effect, amount, _ in told} == {
        ("T1", "fine", "-50.00"),
        ("T2", "fine", "-100.00"),
        ("T2", "warning", ""),
    }
    row = RuleBook(site).rows("自定条款")[0]
    assert (row["条款编号"], row["自何日起"], row["条件"]) == ("ZD-1", "2026-11-01", QUARREL["条件"])
    assert len(RuleBook(site).rows("用例")) == 2
    assert next(row for row in RuleBook(site).rows("条款") if row["条款编号"] == "ZD-1")["规则包"] == "own"
    told_of = command("explain", "--config", site.config, own_lines(site)[0]["decision_id"])[1]
    assert "P2026-0001" in told_of and "M2" in told_of

    RuleBook(site).drop("又.xlsx")
    again = site.once(DAY)
    assert (again["exit"], again["rulebook"]["proposed"]) == (0, 0)

    later = {**QUARREL, "后果": "罚款80元", "自何日起": "2026-11-03", "第二次": None}
    book = RuleBook(site).sign("M1", "自定条款").add("自定条款", **later)
    book.fill("用例", {"用例": "争吵一次"}, 预期="罚款80元").drop("三.xlsx")
    assert site.once(DAY)["rulebook"]["proposed"] == 1
    approve(site, "P2026-0002")
    site.once(DAY)
    assert {(line["subject"], line["amount"]) for line in own_lines(site)} == {("T1", "-50.00"), ("T2", "-80.00")}


def test_what_is_wrong_is_said_on_its_cell_and_proposes_nothing(shared: Site) -> None:
    faults: list[tuple[dict[str, Any], list[dict[str, Any]], str]] = [
        ({"方法": "随便"}, EXAMPLES, "方法"),
        ({"登记表": "没有的表"}, EXAMPLES, "登记表"),
        ({"员工": "投诉级别"}, EXAMPLES, "员工"),
        ({"条件": "是否争吵=也许"}, EXAMPLES, "是否争吵"),
        ({"条件": "争吵不休"}, EXAMPLES, "条件"),
        ({"条件": "投诉等级2=重大"}, EXAMPLES, "投诉等级2"),
        ({"周期": "旬"}, EXAMPLES, "周期"),
        ({"后果": "打一顿"}, EXAMPLES, "打一顿"),
        ({"句子": "{没有}"}, EXAMPLES, "没有"),
        ({"条款编号": "CC-W2"}, EXAMPLES, "CC-W2"),
        ({"理由": None}, EXAMPLES, "理由"),
        ({"自何日起": None}, EXAMPLES, "自何日起"),
        ({}, EXAMPLES[:1], "不判"),
        ({}, [EXAMPLES[0], {**EXAMPLES[1], "预期": "不处理"}], "见“用例”里的批注"),
        ({}, [{**EXAMPLES[0], "预期": "罚款60元"}, EXAMPLES[1]], "用例"),
    ]
    for place, (change, examples, _) in enumerate(faults):
        clause = {**QUARREL, "条款编号": f"ZD-{place}", **change}
        own = [{**example, "条款编号": clause["条款编号"]} for example in examples]
        proposing(shared, clause, own, f"错{place}.xlsx")
    result = shared.once(DAY)
    assert (result["exit"], result["rulebook"]["proposed"]) == (1, 0)
    for place, (change, _, mend) in enumerate(faults):
        row = next(iter(annotated(shared, f"错{place}.xlsx", "自定条款").values()))
        assert row["处理状态"] == "未采纳", change
        assert mend in row["处理结果"], change


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Site:
    return own_site(tmp_path_factory.mktemp("own"))


def test_who_is_to_answer_for_a_clause_that_waits_is_told_to_wait(tmp_path: Path) -> None:
    site = own_site(tmp_path)
    joint = {"条款编号": "ZD-2", "名称": "主管连带", "方法": "连带", "条件": "ZD-1", "后果": "同额"}
    book = RuleBook(site).sign("M1", "自定条款").add("自定条款", **QUARREL)
    book.add("自定条款", **joint, 自何日起="2026-11-01", 理由="管理不力")
    for example in EXAMPLES:
        book.add("用例", **example)
    book.drop()
    assert site.once(DAY)["rulebook"]["proposed"] == 1
    waits = list(annotated(site, "规则簿.xlsx", "自定条款").values())[1]
    assert waits["处理状态"] == "未采纳" and "“ZD-1”还在等待批准（P2026-0001）" in waits["处理结果"]


def test_an_example_that_fails_is_an_issue_on_its_row(shared: Site) -> None:
    propose(shared, QUARREL, [{**EXAMPLES[0], "预期": "罚款60元"}, EXAMPLES[1]], "例.xlsx")
    rows = annotated(shared, "例.xlsx", "用例")
    failed = next(row for row in rows.values() if row["预期"] == "罚款60元")
    assert "罚款50元" in failed["处理结果"]
