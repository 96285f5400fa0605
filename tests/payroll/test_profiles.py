"""The import files hold every effect that has money: what they say of an employee adds up to 实际 of the sheet."""

from __future__ import annotations

from decimal import Decimal

import pytest
from sitework import Site, make_site

from payroll.desk import (
    account,
    confirm,
    deliver,
    discipline,
    employee,
    line,
    penalty,
    roster,
    rows_of,
    sheet,
    table,
)

UNITS = {"一部": ["technical_service"], "三部": ["department_store"], "四部": ["renovation"]}
PROFILES = '[export]\nprofiles = ["generic", "wide", "frappe_hrms_additional_salary"]\n'
CONTRACTS = "合同编号,签订日期,咨询编号,客户姓名,合同类型,合同金额,设计师工号,门店"
ENQUIRIES = "咨询编号,咨询日期,预算金额,来源渠道,门店"
DAY = "2026-12-31"


@pytest.fixture(scope="module")
def december(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """A fine beyond the limit, one of a wage that nobody knows, points worth money, a withheld bonus, a day's wage,
    base pay with commission, and a year's bonus that the manager sets at 1500.
    """
    site = make_site(
        tmp_path_factory.mktemp("profiles"),
        UNITS,
        managers=["M001"],
        points={"A": 100, "B": 50, "C": 20},
        extra=PROFILES,
    )
    staff = roster(
        employee("E1", 1000, boss=""),
        employee("E2", "", boss=""),
        employee("E3", 5000, unit="三部", boss="", department="卖场"),
        employee("K1", 5000, unit="四部", boss="", post="客户经理"),
    )
    rows = [
        penalty("J1", "2026-12-02", "E1", "TS-4"),
        penalty("J2", "2026-12-03", "E2", "TS-2"),
        penalty("J3", "2026-12-04", "E3", "DS-S3"),
        penalty("J4", "2026-12-05", "E3", "DS-M13", amount=80),
        penalty("J5", "2026-12-06", "E3", "DS-S12"),
    ]
    deliver(
        site,
        DAY,
        {
            "roster": staff,
            "discipline": discipline(*rows),
            "enquiries": table(ENQUIRIES, "Q1,2026-12-05,10000,电话,四部"),
            "contracts": table(CONTRACTS, "H1,2026-12-06,Q1,甲,设计,5000,K1,四部"),
        },
    )
    bonus = line(site, clause="REN-P4", staff_no="K1")
    assert bonus["status"] == "needs_confirmation"
    waiting = [row["decision_id"] for row in site.lines() if row["status"] == "needs_confirmation"]
    confirm(
        site,
        DAY,
        [f"{id},改为,1500,M001,{DAY}" if id == bonus["decision_id"] else f"{id},确认,,M001,{DAY}" for id in waiting],
    )
    return site


def imported(site: Site, profile: str) -> list[dict[str, str]]:
    return rows_of(site.folder / f"outbox/hr/{profile}/2026-12.csv")


def money(text: object) -> Decimal:
    return Decimal(str(text or 0)).quantize(Decimal("0.01"))


def test_generic_and_wide_add_up_to_what_each_employee_gets(december: Site) -> None:
    accounts = {row["工号"]: row for row in sheet(december, "2026-12", "汇总")}
    assert {"E1", "E2", "E3", "K1"} <= accounts.keys()
    wide = {row["工号"]: row for row in imported(december, "wide")}
    generic: dict[str, Decimal] = {}
    for row in imported(december, "generic"):
        generic[row["工号"]] = generic.get(row["工号"], Decimal()) + money(row["金额"])
    for staff_no, own in accounts.items():
        items = {
            name: money(cell)
            for name, cell in wide[staff_no].items()
            if name not in ("期间", "工号", "姓名", "部门", "合计", "备注")
        }
        assert sum(items.values()) == money(wide[staff_no]["合计"]) == generic[staff_no] == money(own["实际"])
        assert items["结转"] == money(own["结转"])
        assert sum(items.values()) - items["结转"] == money(own["扣款"]) + money(own["奖励"])


def test_every_profile_ends_with_what_is_to_be_known(december: Site) -> None:
    last = {profile: list(imported(december, profile)[0])[-1] for profile in ("generic", "wide")}
    assert last == {"generic": "备注", "wide": "备注"}
    frappe = imported(december, "frappe_hrms_additional_salary")
    assert list(frappe[0])[-1] == "Remarks"
    assert {row["Remarks"] for row in frappe if row["Employee"] == "E2"} == {"限额未核"}
    assert {row["备注"] for row in imported(december, "wide") if row["工号"] == "E1"} == {""}


def test_the_bonus_of_the_year_counts_as_a_reward(december: Site) -> None:
    bonus = line(december, clause="REN-P4", staff_no="K1")
    assert (bonus["effect"], bonus["status"], bonus["amount"]) == ("recommendation", "confirmed", "1500.00")
    [row] = [row for row in sheet(december, "2026-12") if row["决定编号"] == bonus["decision_id"]]
    assert (row["项目编码"], row["项目名称"], row["金额"]) == ("reward", "奖励", 1500)
    assert account(december, "2026-12", "K1")["奖励"] >= 1500
    [wide] = [row for row in imported(december, "wide") if row["工号"] == "K1"]
    assert (wide["奖励"], wide.get("建议", "")) == ("1500.00", "")
    notice = december.folder / "outbox/通知/2026-12/四部/K1 K1名.html"
    assert "（奖励）" in notice.read_text(encoding="utf-8")
