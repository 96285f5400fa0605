"""申诉登记表: upheld, revoked or changed by named managers; and what follows from a revoked step of a ladder."""

from __future__ import annotations

import openpyxl
import pytest
from sitework import Site, make_site

from payroll.desk import (
    COMPLAINTS,
    appeal,
    complaint,
    confirm,
    copy_of,
    deliver,
    discipline,
    employee,
    explain,
    line,
    penalty,
    roster,
    sheet,
    table,
)

UNITS = {"一部": ["technical_service"], "二部": ["online_retail"], "三部": ["department_store"]}


@pytest.fixture(scope="module")
def decided(tmp_path_factory) -> Site:
    site = make_site(tmp_path_factory.mktemp("decided"), UNITS, managers=["M001"])
    staff = roster(employee("E1"), employee("E2", unit="二部"), employee("E3", unit="三部"))
    rows = [
        penalty("J1", "2026-09-02", "E1", "TS-2"),
        penalty("J2", "2026-09-02", "E3", "DS-S2"),
        penalty("J3", "2026-09-02", "E3", "DS-S10"),
    ]
    complaints = table(COMPLAINTS, *(complaint(f"T{n}", f"2026-09-0{n}", "E2") for n in (1, 2, 3)))
    registers = {"roster": staff, "discipline": discipline(*rows), "complaints": complaints}
    assert deliver(site, "2026-09-30", registers)["exit"] == 0
    return site


@pytest.fixture
def site(decided, tmp_path) -> Site:
    return copy_of(decided, tmp_path)


def fine(site: Site) -> dict[str, str]:
    return line(site, clause="TS-2")


JUDGED = [
    ("维持,,M001,2026-09-20", "final", "-200.00", "-400.00"),
    ("撤销,,M001,2026-09-20", "revoked", "", ""),
    ("改为,80,M001,2026-09-20", "confirmed", "-80.00", "-160.00"),
    (",,,", "final", "-200.00", "-400.00"),
    (",,M001,2026-09-20", "final", "-200.00", "-400.00"),
    ("撤销,,E1,2026-09-20", "final", "-200.00", "-400.00"),
    ("改为,80,,", "final", "-200.00", "-400.00"),
]
REFUSED = ("撤销,,E1,2026-09-20", "改为,80,,")


@pytest.fixture(scope="module")
def judged(decided, tmp_path_factory) -> tuple[Site, dict[str, str]]:
    """A site where an employee appeals for each of JUDGED, in one form, and the decision of each employee's fine."""
    site = copy_of(decided, tmp_path_factory.mktemp("judged"))
    staff = [f"E1{place}" for place in range(len(JUDGED))]
    more = discipline(*(penalty(f"J{no}", "2026-09-02", no, "TS-2") for no in staff))
    deliver(site, "2026-09-30", {"roster": roster(*map(employee, staff)), "discipline": more}, "更多.xlsx")
    ids = {no: line(site, clause="TS-2", staff_no=no)["decision_id"] for no in staff}
    rows = zip(staff, JUDGED, strict=True)
    result = appeal(site, "2026-09-30", *(f"S{no},{ids[no]},{no},2026-09-10,不服,{row[0]}" for no, row in rows))
    assert result["exit"] == 1
    return site, ids


@pytest.mark.parametrize(("place", "judgement"), list(enumerate(JUDGED)))
def test_an_appeal_counts_as_a_manager_judged_it(judged, place, judgement):
    (site, ids), (verdict, status, amount, joint) = judged, judgement
    no, id = f"E1{place}", ids[f"E1{place}"]
    form = openpyxl.load_workbook(site.folder / "outbox/annotated/申诉.xlsx").active
    state = form.cell(place + 2, [cell.value for cell in form[1]].index("处理状态") + 1).value
    assert (state == "未采纳") == (verdict in REFUSED)
    found = line(site, clause="TS-2", staff_no=no)
    assert (found["decision_id"], found["status"], found["amount"]) == (id, status, amount)
    hanging = line(site, linked_to=id)
    assert (hanging["amount"], hanging["status"]) == (joint, "revoked" if status == "revoked" else "final")
    told = explain(site, id)
    assert f"S{no} 2026-09-10 {no} {no}名：不服" in told
    if verdict.startswith(("维持", "撤销,,M", "改为,80,M")):
        assert verdict[:2] in told


def test_upholding_leaves_what_a_manager_decided_before(site):
    id = fine(site)["decision_id"]
    appeal(site, "2026-09-30", f"S1,{id},E1,2026-09-10,不服,改为,80,M001,2026-09-11")
    appeal(site, "2026-09-30", f"S2,{id},E1,2026-09-12,还不服,维持,,M001,2026-09-13")
    assert (fine(site)["status"], fine(site)["amount"]) == ("confirmed", "-80.00")
    confirm(site, "2026-09-30", [f"{id},撤销,,M001,2026-09-14"])
    assert fine(site)["status"] == "revoked"


def test_an_appeal_judged_later_than_the_confirmation_supersedes_it(site):
    id = fine(site)["decision_id"]
    confirm(site, "2026-09-30", [f"{id},改为,150,M001,2026-09-11"])
    assert fine(site)["amount"] == "-150.00"
    appeal(site, "2026-09-30", f"S1,{id},E1,2026-09-12,不服,撤销,,M001,2026-09-13")
    assert fine(site)["status"] == "revoked"


def test_a_judgement_that_is_corrected_counts_as_corrected(site):
    id = fine(site)["decision_id"]
    appeal(site, "2026-09-30", f"S1,{id},E1,2026-09-10,不服,撤销,,M001,2026-09-13")
    appeal(site, "2026-09-30", f"S1,{id},E1,2026-09-10,不服,维持,,M001,2026-09-13")
    assert (fine(site)["status"], fine(site)["amount"]) == ("final", "-200.00")


def test_the_later_steps_of_a_ladder_move_up_when_a_step_is_revoked(site):
    first, second, third = (line(site, clause="OR-6b", subject=f"T{n}") for n in (1, 2, 3))
    assert [row["amount"] for row in (first, second, third)] == ["-50.00", "-100.00", ""]
    assert third["effect"] == "recommendation"
    appeal(site, "2026-09-30", f"S1,{first['decision_id']},E2,2026-09-10,不服,撤销,,M001,2026-09-13")
    changed = {
        row["new_subject"] or row["old_subject"]: row for row in site.lines("changes.csv") if row["change"] != "added"
    }
    assert (changed["T2"]["old_amount"], changed["T2"]["new_amount"]) == ("-100.00", "-50.00")
    found = {row["subject"]: row for row in site.lines() if row["clause"] == "OR-6b"}
    assert [found[f"T{n}"]["amount"] for n in (1, 2, 3)] == ["", "-50.00", "-100.00"]
    assert found["T1"]["status"] == "revoked"
    assert (found["T2"]["occurrence"], found["T3"]["occurrence"]) == ("1", "2")


@pytest.mark.parametrize(("clause", "amount"), [("DS-S2", "-30.00"), ("DS-S10", "30.00")])
def test_points_that_are_changed_to_money_keep_their_sign(site, clause, amount):
    id = line(site, clause=clause)["decision_id"]
    appeal(site, "2026-09-30", f"S1,{id},E3,2026-09-10,不服,改为,30,M001,2026-09-13")
    assert (line(site, clause=clause)["amount"], line(site, clause=clause)["status"]) == (amount, "confirmed")
    assert [row["金额"] for row in sheet(site, "2026-09") if row["决定编号"] == id] == [float(amount)]


def test_an_appeal_against_a_line_that_does_not_exist_marks_its_cell(site):
    result = appeal(site, "2026-09-30", "S1,TS-2-000000000000,E1,2026-09-10,不服,撤销,,M001,2026-09-13")
    assert result["exit"] == 1
    assert result["workbooks"][0]["registers"][0]["issues"] == 1
