"""Ladders that move, lines that hang on others, and contracts that are withdrawn after their month was closed."""

from __future__ import annotations

import pytest
from sitework import Site, make_site

from payroll.desk import (
    COMPLAINTS,
    ROSTER,
    account,
    appeal,
    close,
    complaint,
    copy_of,
    deliver,
    discipline,
    employee,
    line,
    lines,
    penalty,
    roster,
    sheet,
    table,
)

CONTRACTS = "合同编号,签订日期,咨询编号,客户姓名,合同类型,合同金额,设计师工号,退单日期"
SHOP = table(
    ROSTER,
    "R1,客户经理,城西店,客服部,客户经理,,,2020-01-01,,,6000,",
    "D1,设计,城西店,设计部,设计师,设计师,,2020-01-01,,,8000,",
)


def amounts(site: Site, clause: str) -> dict[str, tuple[str, str]]:
    return {row["subject"]: (row["effect"], row["amount"]) for row in lines(site, clause=clause)}


def changes(site: Site) -> dict[str, tuple[str, str, str]]:
    return {
        row["new_subject"] or row["old_subject"]: (row["change"], row["old_amount"], row["new_amount"])
        for row in site.lines("changes.csv")
    }


def test_a_late_row_and_a_correction_of_the_first_step_move_the_ladder_and_say_so(tmp_path):
    site = make_site(tmp_path, {"二部": ["online_retail"]})
    staff = roster(employee("E1", unit="二部")).replace("一部", "二部")
    second = table(COMPLAINTS, complaint("T2", "2026-09-12", "E1"), complaint("T3", "2026-09-12", "E1"))
    deliver(site, "2026-09-20", {"roster": staff, "complaints": second}, "一.xlsx")
    before = {row["subject"]: row["decision_id"] for row in lines(site, clause="OR-6b")}
    assert amounts(site, "OR-6b") == {"T2": ("fine", "-50.00"), "T3": ("fine", "-100.00")}
    deliver(site, "2026-09-20", {"complaints": table(COMPLAINTS, complaint("T9", "2026-09-11", "E1"))}, "二.xlsx")
    assert amounts(site, "OR-6b") == {
        "T9": ("fine", "-50.00"),
        "T2": ("fine", "-100.00"),
        "T3": ("recommendation", ""),
    }
    assert line(site, subject="T2")["decision_id"] == before["T2"]
    found = site.lines("changes.csv")
    assert {(row["change"], row["old_subject"], row["new_subject"]) for row in found} == {
        ("added", "", "T9"),
        ("changed", "T2", "T2"),
        ("withdrawn", "T3", ""),
        ("added", "", "T3"),
    }
    corrected = table(COMPLAINTS, complaint("T9", "2026-09-11", "E1").replace("服务", "产品"))
    deliver(site, "2026-09-20", {"complaints": corrected}, "二.xlsx")
    assert amounts(site, "OR-6b") == {"T2": ("fine", "-50.00"), "T3": ("fine", "-100.00")}
    assert changes(site)["T2"] == ("changed", "-100.00", "-50.00")
    assert changes(site)["T9"] == ("withdrawn", "-50.00", "")
    assert {row["subject"]: row["decision_id"] for row in lines(site, clause="OR-6b")} == before


def test_the_responsible_person_s_200_falls_and_comes_back_with_the_fine(tmp_path):
    site = make_site(tmp_path, {"一部": ["technical_service"]}, managers=["M001"])
    rows = discipline(penalty("J1", "2026-09-02", "E1", "TS-1", rule="甲"))
    deliver(site, "2026-09-30", {"roster": roster(employee("E1")), "discipline": rows})
    cause = line(site, clause="TS-1", staff_no="E1")["decision_id"]
    hanging = line(site, clause="TS-1", staff_no="M001")
    assert (hanging["amount"], hanging["linked_to"]) == ("-200.00", cause)
    appeal(site, "2026-09-30", f"S1,{cause},E1,2026-09-10,不服,撤销,,M001,2026-09-10")
    assert (line(site, staff_no="M001")["status"], line(site, staff_no="M001")["amount"]) == ("revoked", "")
    assert sheet(site, "2026-09") == []
    appeal(site, "2026-09-30", f"S2,{cause},E1,2026-09-11,又查,改为,60,M001,2026-09-11")
    assert line(site, staff_no="E1")["amount"] == "-60.00"
    assert (line(site, staff_no="M001")["status"], line(site, staff_no="M001")["amount"]) == ("final", "-200.00")


def test_without_a_supervisor_in_the_roster_a_flag_takes_the_place_of_the_fine(tmp_path):
    site = make_site(tmp_path, {"一部": ["technical_service"]})
    rows = discipline(penalty("J1", "2026-09-02", "E1", "TS-4"), penalty("J2", "2026-09-03", "E2", "TS-4"))
    staff = roster(employee("E1", boss=""), employee("E2"))
    deliver(site, "2026-09-30", {"roster": staff, "discipline": rows})
    assert {(row["effect"], row["staff_no"]) for row in lines(site, clause="TS-9")} == {
        ("flag", "E1"),
        ("fine", "M001"),
    }
    deliver(site, "2026-09-30", {"roster": roster(employee("E1"), employee("E2"))}, "花名册.xlsx")
    assert {(row["effect"], row["staff_no"]) for row in lines(site, clause="TS-9")} == {("fine", "M001")}


def test_linked_lines_of_a_closed_month_are_each_given_back_once(tmp_path):
    site = make_site(tmp_path, {"一部": ["technical_service"]}, managers=["M001"])
    rows = discipline(penalty("J1", "2026-09-02", "E1", "TS-2"))
    deliver(site, "2026-09-30", {"roster": roster(employee("E1")), "discipline": rows})
    cause, joint = line(site, clause="TS-2")["decision_id"], line(site, clause="TS-9")["decision_id"]
    close(site, "2026-09", "2026-10-01")
    appeal(site, "2026-10-10", f"S1,{cause},E1,2026-10-09,不服,改为,50,M001,2026-10-09")
    found = {row["linked_to"]: row["amount"] for row in lines(site, effect="adjustment")}
    assert found == {cause: "150.00", joint: "300.00"}
    appeal(site, "2026-10-11", f"S2,{cause},E1,2026-10-10,不服,撤销,,M001,2026-10-10")
    found = {row["linked_to"]: row["amount"] for row in lines(site, effect="adjustment")}
    assert found == {cause: "200.00", joint: "400.00"}


@pytest.fixture(scope="module")
def closed(tmp_path_factory) -> Site:
    """A contract of September with its commission, closed, under packs that take commissions back."""
    folder = tmp_path_factory.mktemp("closed")
    site = make_site(
        folder, {"城西店": ["renovation"]}, managers=["M001"], parameters={"renovation": {"clawback": True}}
    )
    signed = table(CONTRACTS, "H1,2026-09-05,,甲,施工,50000,D1,")
    deliver(site, "2026-09-30", {"roster": SHOP, "contracts": signed})
    assert line(site, clause="REN-P1", effect="commission")["amount"] == "50.00"
    close(site, "2026-09", "2026-10-01")
    return site


def test_a_contract_withdrawn_in_an_open_month_takes_its_commission_back_there(closed, tmp_path):
    site = copy_of(closed, tmp_path)
    withdrawn = table(CONTRACTS, "H1,2026-09-05,,甲,施工,50000,D1,2026-10-08")
    deliver(site, "2026-10-20", {"contracts": withdrawn}, "退单.xlsx")
    found = line(site, effect="commission_void")
    assert (found["period"], found["clause"], found["amount"], found["staff_no"]) == (
        *("2026-10", "REN-P3", "-50.00", "R1"),
    )
    assert lines(site, effect="adjustment") == []


def test_a_withdrawal_dated_in_the_closed_month_becomes_an_adjustment(closed, tmp_path):
    site = copy_of(closed, tmp_path)
    withdrawn = table(CONTRACTS, "H1,2026-09-05,,甲,施工,50000,D1,2026-09-28")
    deliver(site, "2026-10-20", {"contracts": withdrawn}, "退单.xlsx")
    found = line(site, effect="adjustment")
    assert (found["period"], found["amount"], found["staff_no"], found["status"]) == (
        "2026-10",
        "-50.00",
        "R1",
        "final",
    )
    assert account(site, "2026-10", "R1")["扣款"] == -50


def test_a_band_of_points_that_moves_after_closing_leaves_both_sides_of_the_difference(tmp_path):
    site = make_site(tmp_path, {"三部": ["department_store"]}, managers=["M001"], points={"B": 50, "C": 20})
    staff = table(ROSTER, "E1,收银,三部,收银部,收银员,,,2020-01-01,2020-04-01,,5000,")
    head = "日期,工号,笔数,来客数,系统金额,实收金额,多打次数,漏打次数,未消磁次数"
    deliver(site, "2026-09-30", {"roster": staff, "cashier": table(head, "2026-09-05,E1,10,10,100,100,3,0,0")})
    assert line(site, clause="DS-C4")["points"] == "-C1"
    close(site, "2026-09", "2026-10-01")
    late = table(head, "2026-09-06,E1,10,10,100,100,2,0,0")
    deliver(site, "2026-10-10", {"cashier": late}, "晚到.xlsx")
    found = lines(site, clause="DS-C4", effect="adjustment")
    assert sum(float(row["amount"]) for row in found) == -30
    assert "、".join(row["points"] for row in found) == "+C1、-B1"
