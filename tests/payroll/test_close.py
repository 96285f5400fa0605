"""Closed months: frozen files, adjustments in the first open month, and adjustments of adjustments (G9)."""

from __future__ import annotations

from pathlib import Path

import pytest
from sitework import Site, command, make_site

from payroll.desk import (
    COMPLAINTS,
    account,
    appeal,
    close,
    complaint,
    confirm,
    control,
    copy_of,
    deliver,
    discipline,
    employee,
    explain,
    files,
    line,
    lines,
    penalty,
    roster,
    sheet,
    table,
)

UNITS = {"一部": ["technical_service"], "二部": ["online_retail"], "三部": ["department_store"]}
STAFF = roster(employee("E1", boss=""), employee("E2", unit="二部"), employee("E3", unit="三部"))
ROWS = [
    penalty("J1", "2026-09-02", "E1", "TS-2"),
    penalty("J2", "2026-09-03", "E1", "TS-6", amount=60000),
    penalty("J3", "2026-09-04", "E2", "OR-10"),
    penalty("J4", "2026-09-05", "E3", "DS-S3"),
]
CLOSED = ("2026-09.xlsx", "2026-09.csv", "generic/2026-09.csv")


@pytest.fixture(scope="module")
def september(tmp_path_factory) -> Site:
    """September, closed on October 5."""
    site = make_site(tmp_path_factory.mktemp("closed"), UNITS, managers=["M001"])
    complaints = table(COMPLAINTS, complaint("T2", "2026-09-10", "E2"), complaint("T3", "2026-09-11", "E2"))
    deliver(site, "2026-09-30", {"roster": STAFF, "discipline": discipline(*ROWS), "complaints": complaints})
    close(site, "2026-09", "2026-10-05")
    return site


@pytest.fixture
def site(september, tmp_path) -> Site:
    return copy_of(september, tmp_path)


@pytest.fixture
def frozen(site):
    """Checks at the end that no file of September was ever written again."""
    before = {name: files(site)[name] for name in CLOSED}
    yield
    assert {name: files(site)[name] for name in CLOSED} == before


def adjustments(site: Site) -> list[tuple[str, ...]]:
    shown = ("period", "staff_no", "clause", "amount", "points", "status", "linked_to")
    return [tuple(row[name] for name in shown) for row in lines(site, effect="adjustment")]


def booked(site: Site, staff_no: str, *periods: str) -> float:
    """What the sheets of these months deduct or pay, together."""
    found = [row for period in periods for row in sheet(site, period, "汇总") if row["工号"] == staff_no]
    return round(sum(row["实际"] for row in found), 2)


def correct(site: Site, *rows: str, as_of: str = "2026-10-10", name: str = "更正.xlsx") -> dict:
    return deliver(site, as_of, {"discipline": discipline(*rows)}, name)


def the(site: Site, period: str, staff_no: str, clause: str) -> str:
    """The id of a line of a closed month's sheet."""
    [id] = {row["决定编号"] for row in sheet(site, period) if (row["工号"], row["条款编号"]) == (staff_no, clause)}
    return id


def test_a_closed_month_leaves_decisions_csv_and_keeps_its_sheet(site, frozen):
    assert {row["period"] for row in site.lines()} <= {"2026-10"}
    assert {row["期间"] for row in sheet(site, "2026-09")} == {"2026-09"}
    assert sorted(row["金额"] for row in sheet(site, "2026-09", "明细") if row["工号"] == "E2") == [-100, -50, -10]
    result = site.once("2026-10-06")
    assert result["outputs"]["deductions"] == ["outbox/hr/2026-10.xlsx", "outbox/hr/2026-10.csv"]
    assert adjustments(site) == []


def test_closing_again_says_so_and_changes_nothing(site, frozen):
    before = files(site, ".")
    assert "2026-09" in close(site, "2026-09", "2026-10-07")
    after = files(site, ".")
    assert {name for name in after if after[name][0] != before.get(name, (b"",))[0]} <= {".processor.lock"}


def test_a_withdrawn_fine_is_paid_back_in_the_first_open_month(site, frozen):
    id = the(site, "2026-09", "E1", "TS-2")
    appeal(site, "2026-10-10", f"S1,{id},E1,2026-10-08,不服,撤销,,M001,2026-10-09")
    assert adjustments(site) == [("2026-10", "E1", "TS-2", "200.00", "", "final", id)]
    assert "2026-10-10" in (site.folder / "outbox" / "pages" / "index.html").read_text(encoding="utf-8")
    [row] = [row for row in sheet(site, "2026-10") if row["工号"] == "E1"]
    assert (row["项目编码"], row["项目名称"], row["金额"]) == ("adjustment", "调整", 200)
    assert id != row["决定编号"]
    assert control(site, "2026-10")["奖励"] == 200
    assert booked(site, "E1", "2026-09", "2026-10") == 0
    told = explain(site, row["决定编号"])
    assert id in told and "起因" in told
    assert "撤销" in explain(site, id)


def test_a_changed_fine_leaves_the_difference(site, frozen):
    id = the(site, "2026-09", "E1", "TS-2")
    appeal(site, "2026-10-10", f"S1,{id},E1,2026-10-08,不服,改为,50,M001,2026-10-09")
    assert adjustments(site) == [("2026-10", "E1", "TS-2", "150.00", "", "final", id)]


def test_a_line_that_is_confirmed_after_its_month_was_closed_is_deducted_then(site, frozen):
    [waits] = [row for row in command_lines(site) if row.startswith("TS-6") and "fine" in row]
    id = waits.split()[0]
    confirm(site, "2026-10-10", [f"{id},改为,50000,M001,2026-10-09"])
    assert adjustments(site) == [("2026-10", "E1", "TS-6", "-50000.00", "", "final", id)]
    assert account(site, "2026-10", "E1")["实际"] == -1000


def command_lines(site: Site) -> list[str]:
    """Decision id and effect of what 待确认事项.xlsx lists, closed months included."""
    import openpyxl

    book = openpyxl.load_workbook(site.folder / "outbox/待确认事项.xlsx").active
    rows = [row for row in book.iter_rows(min_row=2, values_only=True) if row[0]]
    return [f"{row[0]} {'fine' if row[3].startswith('罚款') else row[3]}" for row in rows]


def test_a_new_late_row_is_an_adjustment_that_names_no_line(site, frozen):
    correct(site, penalty("J9", "2026-09-20", "E1", "TS-4"))
    assert adjustments(site) == [("2026-10", "E1", "TS-4", "-1000.00", "", "final", "")]


def test_a_late_row_at_the_foot_of_a_ladder_moves_the_steps_after_it(site, frozen):
    late = {"complaints": table(COMPLAINTS, complaint("T1", "2026-09-01", "E2"))}
    deliver(site, "2026-10-10", late, "晚到.xlsx")
    found = {row["subject"]: row for row in lines(site, effect="adjustment")}
    assert {subject: row["amount"] for subject, row in found.items()} == {
        "T1": "-50.00",
        "T2": "-50.00",
        "T3": "100.00",
    }
    assert found["T1"]["linked_to"] == ""
    assert found["T2"]["linked_to"] and found["T3"]["linked_to"]
    assert booked(site, "E2", "2026-09", "2026-10") == -160


def test_points_leave_a_difference_of_points(site, frozen):
    id = the(site, "2026-09", "E3", "DS-S3")
    correct(site, penalty("J4", "2026-09-05", "E3", "DS-S2"))
    found = {row["clause"]: row for row in lines(site, effect="adjustment")}
    assert (found["DS-S3"]["points"], found["DS-S3"]["amount"], found["DS-S3"]["linked_to"]) == ("+B1", "", id)
    assert (found["DS-S2"]["points"], found["DS-S2"]["linked_to"]) == ("-C1", "")
    assert {row["点数"] for row in sheet(site, "2026-10") if row["工号"] == "E3"} == {"+B1", "-C1"}


def test_further_corrections_rewrite_the_adjustment_while_its_month_is_open(site, frozen):
    correct(site, penalty("J3", "2026-09-04", "E2", "OR-12"))
    assert [row[3] for row in adjustments(site)] == ["10.00"]
    correct(site, penalty("J3", "2026-09-04", "E2", "OR-10"), as_of="2026-10-11", name="再更正.xlsx")
    assert adjustments(site) == []


def test_after_the_next_month_is_closed_the_difference_goes_to_the_month_after(site, frozen):
    correct(site, penalty("J3", "2026-09-04", "E2", "OR-12"))
    close(site, "2026-10", "2026-11-02")
    october = files(site)["2026-10.xlsx"]
    assert adjustments(site) == []
    correct(site, penalty("J3", "2026-09-04", "E2", "OR-10"), as_of="2026-11-03", name="再更正.xlsx")
    [(period, *_, amount, points, status, linked)] = adjustments(site)
    assert (period, amount, points, status) == ("2026-11", "-10.00", "", "final")
    assert linked == the(site, "2026-09", "E2", "OR-10")
    assert files(site)["2026-10.xlsx"] == october
    assert booked(site, "E2", "2026-09", "2026-10", "2026-11") == -160


def test_the_second_adjustment_of_a_late_row_names_the_first(site, frozen):
    correct(site, penalty("J9", "2026-09-20", "E2", "OR-14"))
    first = line(site, effect="adjustment")["decision_id"]
    close(site, "2026-10", "2026-11-02")
    correct(site, penalty("J9", "2026-09-20", "E2", "OR-12"), as_of="2026-11-03", name="再更正.xlsx")
    assert [(row[0], row[3], row[6]) for row in adjustments(site)] == [("2026-11", "10.00", first)]


def test_a_row_that_moves_into_an_open_month_counts_there_and_is_given_back_here(site, frozen):
    id = the(site, "2026-09", "E2", "OR-10")
    correct(site, penalty("J3", "2026-10-04", "E2", "OR-10"))
    assert (
        line(site, clause="OR-10", effect="fine")["period"],
        line(site, clause="OR-10", effect="fine")["amount"],
    ) == (*("2026-10", "-10.00"),)
    assert [(row[0], row[3], row[6]) for row in adjustments(site)] == [("2026-10", "10.00", id)]
    assert booked(site, "E2", "2026-09", "2026-10") == -160
    correct(site, penalty("J3", "2026-09-04", "E2", "OR-10"), as_of="2026-10-11", name="再更正.xlsx")
    assert adjustments(site) == []
    assert booked(site, "E2", "2026-09", "2026-10") == -160


def test_a_row_that_moves_out_of_an_open_month_is_deducted_as_an_adjustment(site, frozen):
    correct(site, penalty("J9", "2026-10-04", "E2", "OR-14"))
    assert booked(site, "E2", "2026-09", "2026-10") == -170
    correct(site, penalty("J9", "2026-09-14", "E2", "OR-14"), as_of="2026-10-11", name="再更正.xlsx")
    assert [(row[0], row[3], row[6]) for row in adjustments(site)] == [("2026-10", "-10.00", "")]
    assert lines(site, clause="OR-14", effect="fine") == []
    assert booked(site, "E2", "2026-09", "2026-10") == -170


def test_an_adjustment_can_be_appealed_itself(site, frozen):
    correct(site, penalty("J9", "2026-09-20", "E2", "OR-14"))
    id = line(site, effect="adjustment")["decision_id"]
    appeal(site, "2026-10-11", f"S1,{id},E2,2026-10-10,不服,改为,4,M001,2026-10-11")
    found = line(site, decision_id=id)
    assert (found["amount"], found["status"]) == ("-4.00", "confirmed")
    assert booked(site, "E2", "2026-10") == -4


def test_a_roster_that_says_later_who_had_left_refuses_what_a_closed_month_carried_on(tmp_path):
    site = make_site(tmp_path, UNITS, managers=["M001"])
    rows = discipline(penalty("J1", "2026-09-02", "E1", "TS-4"))
    deliver(site, "2026-09-30", {"roster": roster(employee("E1", 1000, boss="")), "discipline": rows})
    close(site, "2026-09", "2026-09-30")
    staff = roster(employee("E1", 1000, boss="", left="2026-09-15"))
    deliver(site, "2026-10-10", {"roster": staff}, "花名册.xlsx")
    assert sheet(site, "2026-10") == []
    assert (account(site, "2026-10", "E1")["实际"], account(site, "2026-10", "E1")["未扣余额"]) == (0, 800)
    close(site, "2026-10", "2026-11-01")
    assert sheet(site, "2026-11", "汇总") == []


def test_the_carry_of_a_closed_month_is_deducted_once_in_the_next(tmp_path):
    site = make_site(tmp_path, UNITS, managers=["M001"])
    rows = discipline(penalty("J1", "2026-09-02", "E1", "TS-4"))
    deliver(site, "2026-09-30", {"roster": roster(employee("E1", 2500, boss="")), "discipline": rows})
    close(site, "2026-09", "2026-09-30")
    assert booked(site, "E1", "2026-09") == -500
    site.once("2026-10-31")
    assert booked(site, "E1", "2026-10") == -500
    close(site, "2026-10", "2026-10-31")
    site.once("2026-11-30")
    assert sheet(site, "2026-11") == []


def test_a_month_that_has_nothing_can_be_closed_and_has_a_sheet(tmp_path):
    site = make_site(tmp_path, UNITS, managers=["M001"])
    deliver(site, "2026-09-30", {"roster": STAFF})
    close(site, "2026-10", "2026-10-31")
    assert sheet(site, "2026-10") == []
    assert control(site, "2026-10")["行数"] == 0


def test_a_sheet_loses_what_was_withdrawn_from_an_open_month(tmp_path):
    site = make_site(tmp_path, UNITS, managers=["M001"])
    rows = discipline(penalty("J1", "2026-09-02", "E1", "TS-2"))
    deliver(site, "2026-10-05", {"roster": STAFF, "discipline": rows})
    id = the(site, "2026-09", "E1", "TS-2")
    appeal(site, "2026-10-06", f"S1,{id},E1,2026-10-06,不服,撤销,,M001,2026-10-06")
    assert sheet(site, "2026-09") == []


def test_a_month_is_no_month(site: Site):
    code, _, error = command("close", "2026-13", "--config", site.config)
    assert code == 2 and "2026-13" in error
    assert Path(site.folder / "outbox/hr/2026-09.xlsx").exists()
