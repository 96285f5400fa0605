"""What a salon's page tells of its members: the months in figures, and the coming week's care by grade."""

from __future__ import annotations

from datetime import date

import pytest
from lxml import html
from sitework import Site, make_site

ROSTER = """
工号,姓名,门店,部门,岗位,直接主管工号,入职日期,月工资
M1,店长甲,城东店,门店,门店经理,,2020-01-01,6000
B1,技师甲,城东店,门店,技师,M1,2021-01-01,4000
"""
MEMBERS = """
申请单号,申请日期,门店,卡号,卡类型,姓名,手机,性别,生日,会员本人签名,门店填写情况,单据状态,补齐日期,退卡日期,门店负责人工号
F1,2026-09-01,城东店,V1,至尊卡,13900000001,13900000001,男,1990-10-05,是,完整,完好,2026-01-20,,M1
F2,2026-09-30,城东店,V2,金卡,客2,13900000002,男,1990-03-07,是,完整,完好,2026-01-20,,M1
F3,2026-08-31,城东店,V3,钻石卡,客3,13900000003,男,1990-10-11,是,完整,完好,2026-01-20,,M1
F5,2026-08-01,城东店,V5,至尊卡,客5,13900000005,男,1990-10-12,是,完整,完好,2026-01-20,2026-09-15,M1
F6,2026-08-01,城东店,V6,5折卡,客6,13900000006,男,1990-03-07,是,完整,完好,2026-01-20,,M1
"""
CONSUMPTION = """
消费单号,消费日期,门店,卡号,项目,金额,服务人员工号
X1,2026-09-30,城东店,V1,护理,100,B1
X3,2026-07-02,城东店,V2,护理,100,B1
X4,2026-07-01,城东店,V3,护理,100,B1
X5,2026-04-03,城东店,V5,护理,100,B1
X7,2026-09-05,城东店,V6,染发,800,B1
X8,2026-09-06,城东店,V6,染发,800.50,B1
"""
Rows = list[list[str]]


def tables(site: Site) -> dict[str, Rows]:
    """Caption -> rows of every table on the store's page."""
    page = html.parse(site.folder / "outbox/pages/units/城东店/index.html")
    return {
        table.findtext("caption"): [[cell.text_content() for cell in row] for row in table.findall("tbody/tr")]
        for table in page.iter("table")
    }


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Rows]:
    """The tables of a batch on the last day of September."""
    site = make_site(tmp_path_factory.mktemp("salon"), {"城东店": ["salon"]})
    site.drop({"roster": ROSTER, "members": MEMBERS, "consumption": CONSUMPTION})
    assert site.once(date(2026, 9, 30))["exit"] == 0
    return tables(site)


def test_a_visit_ninety_days_ago_is_active_and_one_more_day_is_lost(shown: dict[str, Rows]) -> None:
    assert shown["各月会员"][0] == ["2026-09", "2", "3", "2", "100.0%"]


def test_only_the_latest_month_stands_there_before_another_is_picked(shown: dict[str, Rows]) -> None:
    assert {row[0] for row in shown["各月会员"]} == {"2026-09"}


def test_a_returned_card_is_no_growth(shown: dict[str, Rows]) -> None:
    september = [row for row in shown["各类卡的增长"] if row[0] == "2026-09"]
    assert september == [
        ["2026-09", "至尊卡", "1", "1", "0", "+0.0%"],
        ["2026-09", "钻石卡、金卡", "1", "2", "1", "+100.0%"],
    ]


def test_treatments_fall_by_frequency(shown: dict[str, Rows]) -> None:
    september = [row[1:] for row in shown["各项目的消费频次"] if row[0] == "2026-09"]
    assert september == [["染发", "2"], ["护理", "1"]]


def test_a_loyal_candidate_is_named_with_visits_and_spend(shown: dict[str, Rows]) -> None:
    month, card, visits, spend = shown["忠诚客户：可发展的会员"][0]
    assert (month, card, visits) == ("2026-09", "V6", "2") and "1,600.50" in spend


def test_the_coming_week_is_listed_by_grade_up_to_its_sunday(shown: dict[str, Rows]) -> None:
    listed = {caption: rows for caption, rows in shown.items() if caption.endswith("级客户：下周的关怀")}
    assert list(listed) == [f"{grade}级客户：下周的关怀" for grade in "ABD"]
    assert ["2026-10-11", "客3 V3", "生日", "短信"] in listed["B级客户：下周的关怀"]
    assert not any("客5" in row[1] and row[2] == "生日" for rows in listed.values() for row in rows)


def test_a_phone_number_in_the_place_of_a_name_is_masked(shown: dict[str, Rows]) -> None:
    assert ["2026-10-05", "139****0001 V1", "生日", "短信"] in shown["A级客户：下周的关怀"]
