"""What would have changed a decision: verified changes in `explain`, for rules of every kind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd
import phonenumbers
import pytest
from sitework import Site, command, make_site

from processor.catalogue.catalogue import load_catalogue
from processor.decision import Decision
from processor.engine import trials
from processor.engine.trials import Trials

ROSTER = """
工号,姓名,门店,部门,岗位,入职日期,月工资,全勤奖
K1,员工甲,城东店,商管课,客服,2022-01-01,5000,300
Z1,主管,城东店,客服部,主管,2020-01-01,9000,
"""


def told(site: Site, clause: str, subject: str, effect: str = "") -> list[str]:
    lines = [line for line in site.lines() if (line["clause"], line["subject"]) == (clause, subject)]
    line = next(line for line in lines if effect in ("", line["effect"]))
    out = command("explain", line["decision_id"], "--config", site.config)[1]
    return [text.removeprefix("若要不同").strip() for text in out.splitlines() if text.startswith("若要不同")]


def test_a_late_clock_in_names_the_minute_that_would_have_been_in_time(tmp_path: Path) -> None:
    site = make_site(tmp_path, {"城东店": ["department_store"]}, points={"C": 20})
    rows = "日期,工号,应到时间,应退时间,上班打卡,下班打卡\n2026-10-08,K1,09:00,18:00,09:04,18:00\n"
    site.drop({"roster": ROSTER, "attendance": rows})
    site.once("2026-10-31")
    assert "上班打卡 09:00（现 09:04）则不记点" in told(site, "DS-M6", "K1|2026-10-08")


def test_a_fine_by_steps_names_the_seconds_that_cost_nothing_and_the_row_itself(tmp_path: Path) -> None:
    site = make_site(tmp_path, {"城东店": ["online_retail"]})
    rows = "会话编号,开始时间,客服工号,首次响应秒数\nH1,2026-10-08 09:00,K1,65\nH2,2026-10-08 10:00,K1,200\n"
    site.drop({"roster": ROSTER, "chats": rows})
    site.once("2026-10-31")
    assert told(site, "OR-6a", "H1") == ["首次响应秒数 59（现 65）则不罚款", "没有2026-10-08 H1这一行则不罚款"]


def test_an_overdue_deadline_names_the_last_day_that_would_have_kept_it(tmp_path: Path) -> None:
    site = make_site(tmp_path, {"城东店": ["fire_safety"]})
    rows = "隐患编号,发现日期,部位,内容,责任人工号,限期,整改日期,防范措施\nG1,2026-10-01,一楼,堵塞,K1,2026-10-08,2026-10-12,有\n"
    site.drop({"roster": ROSTER, "hazards": rows})
    site.once("2026-10-31")
    assert told(site, "FS-3", "G1", "flag")[0] == "整改日期 2026-10-08（现 2026-10-12）则不提示"


def test_a_ladder_says_which_earlier_row_made_it_dearer(tmp_path: Path) -> None:
    site = make_site(tmp_path, {"城东店": ["taobao_shop"]})
    rows = "投诉编号,受理时间,受理人工号,投诉级别,责任类型,责任人工号\nT1,2026-10-05 09:00,Z1,一般,服务,K1\nT2,2026-10-06 09:00,Z1,一般,服务,K1\n"
    site.drop({"roster": ROSTER, "complaints": rows})
    site.once("2026-10-31")
    assert any("T1" in text and text.endswith("则金额为30.00元") for text in told(site, "TB-C", "T2"))


def test_what_was_owed_and_not_delivered_names_the_row_that_would_have_done(tmp_path: Path) -> None:
    site = make_site(tmp_path, {"城东店": ["online_retail"]})
    rows = "周起始日,工号,报告类型,提交时间\n2026-10-05,K1,周报,2026-10-09 10:00\n2026-10-05,K1,市调,某日\n"
    site.drop({"roster": ROSTER, "weekly_reports": rows})
    site.once("2026-10-31")
    assert told(site, "OR-3", "Z1|2026-10-05") == ["周报登记表里有2026-10-05的一行则不提示"]


def test_a_meeting_that_was_not_held_names_the_row_that_is_missing(tmp_path: Path) -> None:
    site = make_site(tmp_path, {"城东店": ["work_plans"]})
    rows = "培训编号,日期,类型,工号,出勤\nP1,2026-10-06,周交流会,K1,出勤\nP2,2026-10-20,周交流会,K1,出勤\n"
    site.drop({"roster": ROSTER, "trainings": rows})
    site.once("2026-10-25")
    found = told(site, "WP-3", "周交流会|2026-10-12")
    assert found == ["培训演练登记表里有2026-10-18的一行（类型 周交流会）则不提示"]


def test_a_place_among_many_names_by_how_much_it_was_missed(tmp_path: Path) -> None:
    site = make_site(tmp_path, {"城东店": ["department_store"]}, points={"B": 50, "C": 20})
    staff = "工号,姓名,门店,部门,岗位,入职日期\n" + "".join(
        f"Y{n},收银{n},城东店,收银部,收银员,2020-01-01\n" for n in (1, 2, 3)
    )
    rows = "日期,工号,系统金额,实收金额,笔数,来客数\n"
    rows += "".join(f"2026-10-0{day},Y{n},100,100,5,{10 * n + day}\n" for day in (1, 2) for n in (1, 2, 3))
    site.drop({"roster": staff, "cashier": rows})
    site.once("2026-11-01")
    assert told(site, "DS-R5", "Y2|2026-10")[0] == "Y2在2026-10-02的收银的来客数 1（现 22）则不记点"


def test_whose_turn_it_was_says_what_one_more_would_have_done(tmp_path: Path) -> None:
    site = make_site(tmp_path, {"城东店": ["renovation"]})
    staff = "工号,姓名,门店,部门,岗位,级别,入职日期\n"
    staff += "".join(f"X{n},设{n},城东店,设计部,设计师,设计师,2020-01-01\n" for n in (1, 2))
    asked = "咨询编号,咨询日期,客户姓名,联系电话,预算金额,来源渠道\n"
    asked += "".join(f"Q{n},2026-10-0{n},客{n},1390000000{n},20000,电话\n" for n in (1, 2, 9))
    given = "派单编号,咨询编号,派单日期,设计师工号\nP1,Q1,2026-10-12,X1\nP2,Q2,2026-10-13,X2\n"
    site.drop({"roster": staff, "enquiries": asked, "dispatch": given})
    site.once("2026-10-13")
    assert any(text.endswith("手上多一单则轮到设2（X2）") for text in told(site, "REN-D0", "Q9"))


def test_a_joint_fine_hangs_on_the_fine_of_the_subordinate(tmp_path: Path) -> None:
    site = make_site(tmp_path, {"城东店": ["technical_service"]})
    staff = "工号,姓名,门店,部门,岗位,入职日期,直接主管工号\nK1,员工甲,城东店,客服部,技术员,2022-01-01,Z1\n"
    staff += "Z1,主管,城东店,客服部,主管,2020-01-01,\n"
    rows = "登记编号,日期,工号,条款编号,情节,登记人工号\nJ1,2026-10-09,K1,TS-2,轻微,Z1\n"
    site.drop({"roster": staff, "discipline": rows})
    site.once("2026-10-31")
    assert told(site, "TS-9", "J1") == ["撤销它所依据的那一条（TS-2）则不罚款"]


def test_a_row_with_several_faults_is_turned_by_its_cell(tmp_path: Path) -> None:
    site = make_site(tmp_path, {"城东店": ["tourism"]})
    rows = "通话编号,来电时间,接听人工号,振铃次数,等待秒数,是否致歉\nC1,2026-10-08 09:00,K1,4,10,否\n"
    site.drop({"roster": ROSTER, "calls": rows})
    site.once("2026-10-31")
    assert told(site, "TO-C1", "C1")[0] == "振铃次数 3（现 4）则不提示"


def test_a_missing_telephone_number_is_turned_by_one(tmp_path: Path) -> None:
    site = make_site(tmp_path, {"城东店": ["salon"]})
    rows = "申请单号,申请日期,门店,卡类型,姓名,手机,身份证号码,性别,生日,会员本人签名,门店填写情况,单据状态,门店负责人工号\n"
    rows += "F1,2026-09-10,城东店,金卡,张三,,110101199003071014,男,1990-03-07,是,完整,完好,Z1\n"
    site.drop({"roster": ROSTER, "members": rows})
    site.once("2026-09-30")
    assert "填写了手机则不罚款" in told(site, "SA-M1", "F1")


@pytest.mark.parametrize("few", [0, trials.FEW])
def test_an_amount_that_the_row_could_record_is_told_among_many_rows_and_few(
    tmp_path: Path, few: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trials, "FEW", few)
    site = make_site(tmp_path, {"城东店": ["salon"]})
    rows = "退换单号,申请日期,门店,卡号,疗程名,退换金额,退换原因,因服务或技术不满,扣业绩员工工号,扣业绩金额,扣工资金额,"
    rows += "罚款金额,总经理工号,客服核实日期,信息部操作日期\n"
    for number, is_ours in enumerate("否否是否否否"):
        rows += (
            f"R{number},2026-09-02,城东店,V1,面部疗程,1200,不想做了,{is_ours},K1,300,100,,Z1,2026-09-08,2026-09-09\n"
        )
    site.drop({"roster": ROSTER, "refunds": rows})
    site.once("2026-10-31")
    assert told(site, "SA-T2", "R2") == [
        "因服务或技术不满 否（现 是）则不罚款",
        "罚款金额 300.01元（现在空着）则金额为300.01元",
        "没有2026-09-02 R2这一行则不罚款",
    ]


@pytest.mark.parametrize(
    "fault", [ValueError("x"), phonenumbers.NumberParseException(0, "x"), AssertionError(), ZeroDivisionError()]
)
def test_whatever_a_rule_fails_with_on_a_tried_change_costs_no_batch(fault: Exception) -> None:
    def fails(_: Mapping[str, pd.DataFrame], gone: frozenset[str]) -> Sequence[Decision]:
        raise fault

    binding = load_catalogue().packs(["salon"])["salon"].bindings[0]
    assert Trials(binding, [], {}, fails).made([]) is None


def test_the_row_itself_is_named_where_no_cell_would_have_done(tmp_path: Path) -> None:
    site = make_site(tmp_path, {"城东店": ["renovation"]})
    rows = "咨询编号,咨询日期,客户姓名,联系电话,来源渠道,约访人工号,约访日期,到店日期\n"
    rows += "Q1,2026-10-12,客户甲,13900000001,电话,K1,2026-10-10,2026-10-11\n"
    site.drop({"roster": ROSTER, "enquiries": rows})
    site.once("2026-10-31")
    assert "没有2026-10-12 Q1这一行则不归他" in told(site, "REN-A1", "Q1")


def test_a_proposal_names_the_row_but_for_which_it_would_have_been_another_s_turn(tmp_path: Path) -> None:
    site = make_site(tmp_path, {"城东店": ["renovation"]})
    staff = "工号,姓名,门店,部门,岗位,级别,入职日期\nX1,设一,城东店,设计部,设计师,设计师,2020-01-01\n"
    staff += "X2,设二,城东店,设计部,设计师,设计师,2020-01-01\nC1,李红,城东店,客户部,客户经理,,2020-01-01\n"
    asked = "咨询编号,咨询日期,客户姓名,联系电话,预算金额,来源渠道\n"
    asked += "".join(f"Q{n},2026-10-0{n},客{n},1390000000{n},20000,电话\n" for n in (1, 2, 3, 9))
    given = "派单编号,咨询编号,派单日期,设计师工号\n"
    given += "P0,Q1,2026-10-08,X1\nP1,Q1,2026-10-12,X1\nP2,Q2,2026-10-05,X2\nP3,Q3,2026-10-06,X2\n"
    site.drop({"roster": staff, "enquiries": asked, "dispatch": given})
    site.once("2026-10-13")
    assert "没有2026-10-12 P1这一行则轮到设一（X1）" in told(site, "REN-D0", "Q9")
