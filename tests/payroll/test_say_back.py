"""Who may answer what, and what each row of a form says became of it."""

from __future__ import annotations

import openpyxl
import pytest
from sitework import Site, command

from payroll.desk import (
    CONFIRMATIONS,
    appeal,
    confirm,
    copy_of,
    deliver,
    discipline,
    employee,
    line,
    lines,
    penalty,
    table,
)
from payroll.desk import roster as roster_of

UNITS = {"城东店": ["technical_service", "renovation"], "惠民超市": ["technical_service"]}
ENQUIRIES = "咨询编号,咨询日期,客户姓名,联系电话,来源渠道,约访人工号,约访日期,到店日期,客户认定员工工号"
CONTRACTS = "合同编号,签订日期,咨询编号,客户姓名,合同类型,合同金额,设计师工号"


def site_toml(extra: str = "") -> str:
    text = '[site]\nname = "测试公司"\nsettle_seconds = 0\n'
    for unit, packs in UNITS.items():
        managers = '["D001"]' if unit == "城东店" else '["H001", "H002"]'
        text += f'[[units]]\nname = "{unit}"\npacks = {packs}\nmanagers = {managers}\n'.replace("'", '"')
    return text + '[confirm]\nmanagers = ["M001"]\n' + extra


@pytest.fixture(scope="module")
def decided(tmp_path_factory) -> Site:
    """In 惠民超市 a coercion of 60000 and a leak without figure wait; in 城东店 a customer whom two claim, twice."""
    folder = tmp_path_factory.mktemp("decided")
    (folder / "inbox").mkdir()
    (folder / "site.toml").write_text(site_toml(), encoding="utf-8")
    site = Site(folder)
    staff = roster_of(
        employee("D001", unit="城东店"),
        employee("S001", unit="城东店", post="业务员", department="市场部"),
        employee("S002", unit="城东店", post="业务员", department="市场部"),
        employee("H001", unit="惠民超市"),
        employee("H002", unit="惠民超市"),
        employee("E1", unit="惠民超市"),
    ).replace("M001名,一部", "M001名,城东店")
    rows = [
        penalty("J1", "2026-09-02", "E1", "TS-6", amount=60000),
        penalty("J2", "2026-09-03", "E1", "TS-5"),
        penalty("J3", "2026-09-04", "H001", "TS-6", amount=500),
    ]
    enquiries = [
        "Q1,2026-09-05,客户甲,13900000001,电话,S001,2026-09-03,2026-09-04,S002",
        "Q2,2026-09-20,客户甲,13900000001,电话,,,,",
    ]
    registers = {"roster": staff, "discipline": discipline(*rows), "enquiries": table(ENQUIRIES, *enquiries)}
    assert deliver(site, "2026-09-30", registers)["exit"] == 0
    return site


@pytest.fixture
def site(decided, tmp_path) -> Site:
    return copy_of(decided, tmp_path)


def told(site: Site, name: str = "答复.xlsx") -> list[tuple[str, str]]:
    """处理状态 and 处理结果 of each row of the returned form."""
    sheet = openpyxl.load_workbook(site.folder / "outbox/annotated" / name).worksheets[0]
    header = [cell.value for cell in sheet[1]]
    at = header.index("处理状态")
    return [(row[at], row[at + 1] or "") for row in sheet.iter_rows(min_row=2, values_only=True)]


def fine(site: Site) -> dict[str, str]:
    return line(site, clause="TS-6", effect="fine", staff_no="E1")


def owner(site: Site, order: str) -> dict[str, str]:
    return line(site, effect="attribute", subject=order)


def answer(site: Site, id: str, verdict: str, *rest: str) -> tuple[str, str]:
    """One answer by 决定, 改为金额, 确认人工号, 归属人; what the row says then."""
    amount, by, person = [*rest, *["", "H002", ""][len(rest) :]]
    header = "决定编号,决定,改为金额,确认人工号,确认日期,归属人"
    row = f"{id},{verdict},{amount},{by},2026-10-01,{person}"
    result = deliver(site, "2026-10-02", {"confirmations": table(header, row)}, "答复.xlsx")
    [said] = told(site)
    assert result["exit"] == (1 if said[0] == "未采纳" else 0)
    return said


def test_a_manager_of_another_unit_changes_nothing(site):
    assert answer(site, fine(site)["decision_id"], "确认", "", "D001") == ("未采纳", "未采纳：D001不是惠民超市的负责人")
    assert fine(site)["status"] == "needs_confirmation"


def test_nobodys_manager_changes_nothing(site):
    assert answer(site, fine(site)["decision_id"], "确认", "", "E1")[1] == "未采纳：E1不是惠民超市的负责人"


YES = ["同意", "同 意", "确 认"]
NO = ["不同意", "取消", "作废", "撤 销"]
DAYS = ["9月30日", "9.30", "12月31日"]
#: 决定, 确认人工号 and 确认日期 of one row each, by what it shows.
WAYS = {
    **{by: ("确认", by, "2026-10-01") for by in ("H001", "M001")},
    **{word: (word, "H002", "2026-10-01") for word in (*YES, *NO)},
    **{day: ("确认", "H001", day) for day in DAYS},
}


@pytest.fixture(scope="module")
def answered(decided, tmp_path_factory) -> dict[str, tuple[tuple[str, str], str]]:
    """What the row of each of WAYS says and the status of the fine of 60000 that it answers, in forms of one batch."""
    site = copy_of(decided, tmp_path_factory.mktemp("answered"))
    staff = {way: f"W{place}" for place, way in enumerate(WAYS)}
    rows = [penalty(no, "2026-09-02", no, "TS-6", amount=60000) for no in staff.values()]
    people = roster_of(*(employee(no, unit="惠民超市") for no in staff.values()))
    deliver(site, "2026-09-30", {"roster": people, "discipline": discipline(*rows)}, "更多.xlsx")
    fined = {row["staff_no"]: row["decision_id"] for row in lines(site, clause="TS-6", effect="fine")}
    rows = [f"{fined[staff[way]]},{verdict},,{by},{day}" for way, (verdict, by, day) in WAYS.items()]
    forms = [rows[: -len(DAYS)], *([row] for row in rows[-len(DAYS) :])]  # a day is read by those around it
    for place, form in enumerate(forms):
        site.drop({"confirmations": table(CONFIRMATIONS, *form)}, f"{place}.xlsx")
    assert site.once("2026-10-02")["exit"] == 0
    said = [row for place in range(len(forms)) for row in told(site, f"{place}.xlsx")]
    status = {row["staff_no"]: row["status"] for row in lines(site, clause="TS-6", effect="fine")}
    return {way: (row, status[staff[way]]) for way, row in zip(WAYS, said, strict=True)}


@pytest.mark.parametrize("by", ["H001", "M001"])
def test_the_units_manager_and_the_manager_of_all_count(answered, by):
    assert answered[by] == (("已生效", "已生效：扣款60000.00元"), "confirmed")


def test_nobody_answers_about_himself(site):
    own = line(site, clause="TS-6", effect="fine", staff_no="H001")["decision_id"]
    assert answer(site, own, "撤销", "", "H001")[0] == "未采纳"
    assert answer(site, own, "撤销", "", "H002") == ("已生效", "已生效：撤销")


def test_a_new_amount_takes_effect(site):
    assert answer(site, fine(site)["decision_id"], "改为", "4000") == ("已生效", "已生效：扣款4000.00元")


@pytest.mark.parametrize("word", YES)
def test_words_that_mean_yes(answered, word):
    assert answered[word] == (("已生效", "已生效：扣款60000.00元"), "confirmed")


@pytest.mark.parametrize("day", DAYS)
def test_the_day_of_an_answer_needs_no_year(answered, day):
    """It is the last such day: nobody has answered on one to come."""
    assert answered[day] == (("已生效", "已生效：扣款60000.00元"), "confirmed")


@pytest.mark.parametrize("word", NO)
def test_words_that_mean_no(answered, word):
    assert answered[word] == (("已生效", "已生效：撤销"), "revoked")


def test_another_word_is_no_answer(site):
    said = answer(site, fine(site)["decision_id"], "随便")
    assert said == ("未采纳", "未采纳：“随便”不是可选的决定（确认、撤销、改为）")
    assert fine(site)["status"] == "needs_confirmation"


def test_a_missing_figure_must_be_given(site):
    id = line(site, clause="TS-5", status="pending_amount")["decision_id"]
    assert answer(site, id, "确认") == ("未采纳", "未采纳：金额待定，请填写改为金额")
    assert answer(site, id, "确认", "300") == ("已生效", "已生效：扣款300.00元")


def test_a_row_that_nobody_filled_waits(site):
    assert answer(site, fine(site)["decision_id"], "", "", "")[0] == "待确认"


def test_an_amount_without_a_verdict_is_no_answer(site):
    assert answer(site, fine(site)["decision_id"], "", "300")[0] == "未采纳"


def test_a_disputed_customer_is_awarded(site):
    before = owner(site, "Q1")
    assert (before["staff_no"], before["status"]) == ("S001", "needs_confirmation")
    assert answer(site, before["decision_id"], "归属", "", "D001", "S002") == ("已生效", "已生效：归S002名（S002）")
    after = owner(site, "Q1")
    assert (after["staff_no"], after["status"], after["decision_id"]) == ("S002", "confirmed", before["decision_id"])
    assert (owner(site, "Q2")["staff_no"], owner(site, "Q2")["status"]) == ("S002", "confirmed")
    assert answer(site, before["decision_id"], "归属", "", "D001", "S002")[0] == "已生效"


def test_what_hangs_on_the_owner_follows(site):
    contract = "C1,2026-09-10,Q1,客户甲,施工,100000,S001"
    deliver(site, "2026-09-30", {"contracts": table(CONTRACTS, contract)}, "合同.xlsx")
    before = lines(site, effect="commission_void", subject="C1")
    answer(site, owner(site, "Q1")["decision_id"], "归属", "", "D001", "S002")
    after = lines(site, effect="commission_void", subject="C1")
    assert [row["staff_no"] for row in before] == ["S001"]
    assert [row["staff_no"] for row in after] == ["S002"]


def test_a_customer_takes_no_amount(site):
    said = answer(site, owner(site, "Q1")["decision_id"], "改为", "300", "D001")
    assert said[0] == "未采纳" and "没有金额" in said[1]
    assert owner(site, "Q1")["amount"] == ""
    assert owner(site, "Q1")["status"] == "needs_confirmation"


def test_an_unknown_owner_is_refused(site):
    assert answer(site, owner(site, "Q1")["decision_id"], "归属", "", "D001", "X9")[0] == "未采纳"
    assert answer(site, fine(site)["decision_id"], "归属", "", "H002", "S002")[0] == "未采纳"


def test_an_appeal_says_back(site):
    confirm(site, "2026-10-02", [f"{fine(site)['decision_id']},确认,,H002,2026-10-01"], "确认.xlsx")
    id = fine(site)["decision_id"]
    appeal(site, "2026-10-05", f"A1,{id},E1,2026-10-03,不服,,,,")
    assert told(site, "申诉.xlsx") == [("待确认", "")]
    appeal(site, "2026-10-06", f"A1,{id},E1,2026-10-03,不服,维持,,H002,2026-10-06")
    assert told(site, "申诉.xlsx") == [("已生效", "已生效：维持")]
    appeal(site, "2026-10-07", f"A2,{id},E1,2026-10-07,不服,改为,100,D001,2026-10-07")
    assert told(site, "申诉.xlsx") == [("未采纳", "未采纳：D001不是惠民超市的负责人")]
    appeal(site, "2026-10-08", f"A2,{id},E1,2026-10-07,不服,改为,100,H002,2026-10-07")
    assert told(site, "申诉.xlsx") == [("已生效", "已生效：扣款100.00元")]


def test_check_lists_everything_at_once(tmp_path):
    text = site_toml().replace('managers = ["D001"]', 'managers = ["X1", "X2"]').replace(', managers = ["M001"]', "")
    text = text.replace('managers = ["H001", "H002"]\n', "").replace('[confirm]\nmanagers = ["M001"]\n', "")
    (tmp_path / "site.toml").write_text(text, encoding="utf-8")
    site = Site(tmp_path)
    site.drop({"roster": roster_of(employee("E1", unit="城东店"))})
    assert site.once("2026-09-30")["exit"] in (0, 1)
    code, out, _ = command("check", "--config", site.config)
    assert code == 0
    assert "X1" in out and "X2" in out
    assert "惠民超市" in out
    (tmp_path / "inbox").rename(tmp_path / "elsewhere")
    code, out, _ = command("check", "--config", site.config)
    assert code == 2
    assert "inbox" in out and "X1" in out


@pytest.fixture(scope="module")
def left(decided, tmp_path_factory) -> Site:
    """S003 left before the customer came, S004 after."""
    site = copy_of(decided, tmp_path_factory.mktemp("left"))
    gone = {"S003": "2026-08-31", "S004": "2026-09-20"}
    rows = [employee(no, unit="城东店", post="业务员", department="市场部", left=day) for no, day in gone.items()]
    assert deliver(site, "2026-09-30", {"roster": roster_of(*rows)}, "离职.xlsx")["exit"] == 0
    return site


@pytest.mark.parametrize(
    ("person", "said"),
    [
        ("S003", "未采纳：S003名（S003）2026-08-31已离职，不能得到2026-09-05的客户，请另填归属人"),
        ("S004", "已生效：归S004名（S004）"),
        ("E1名", "已生效：归E1名（E1）"),
        ("路人", "未采纳：花名册里没有“路人”，这一行不作判定。请写工号，或先把这名员工补进员工花名册。"),
    ],
    ids=["gone before", "gone since", "of another unit", "not in the roster"],
)
def test_to_whom_a_customer_can_be_awarded(left, tmp_path, person, said):
    site = copy_of(left, tmp_path)
    assert answer(site, owner(site, "Q1")["decision_id"], "归属", "", "D001", person)[1] == said
    text = owner(site, "Q1")["text"]
    assert ("归S001名" in text) == said.startswith("未采纳") and ("经理定归" in text) == said.startswith("已生效")


def test_to_disagree_with_an_appeal_is_no_verdict(site):
    id = fine(site)["decision_id"]
    appeal(site, "2026-10-05", f"A1,{id},E1,2026-10-03,不服,不同意,,H002,2026-10-04")
    assert told(site, "申诉.xlsx") == [("未采纳", "未采纳：“不同意”不是可选的决定（维持、撤销、改为）")]
    assert fine(site)["status"] == "needs_confirmation"


def test_names_count_as_numbers(site):
    said = answer(site, owner(site, "Q1")["decision_id"], "归属", "", "D001名", "S002名")
    assert said == ("已生效", "已生效：归S002名（S002）")
