"""The wage limit: what a month may deduct, what it carries, and what stays when an employee leaves (G12)."""

from __future__ import annotations

import pytest
from sitework import Site, make_site

from payroll.desk import account, carried, control, deliver, discipline, employee, line, penalty, roster, sheet

UNITS = {"一部": ["technical_service"]}


def fined(folder, wage, *penalties: str, as_of: str = "2026-09-30", left: str = "", limit: str = "") -> Site:
    site = make_site(folder, UNITS, managers=["M001"], extra=limit)
    rows = roster(employee("E1", wage, boss="", left=left))
    assert deliver(site, as_of, {"roster": rows, "discipline": discipline(*penalties)})["exit"] == 0
    return site


@pytest.mark.parametrize(
    ("limit", "taken"),
    [
        ("", {"1000": 200, "999.95": 199.99, "1000.05": 200, "999.99": 200, "5000": 200}),
        ("[wage_limit]\nshare = 0.1\n", {"1000": 100}),
        ("[wage_limit]\nshare = 0\n", {"1000": 0}),
        ("[wage_limit]\nshare = 1\nminimum_wage = 850\n", {"1000": 150}),
        ("[wage_limit]\nminimum_wage = 800\n", {"1000": 200}),
        ("[wage_limit]\nminimum_wage = 800.01\n", {"1000": 199.99}),
        ("[wage_limit]\nminimum_wage = 2000\n", {"1000": 0}),
    ],
)
def test_a_month_takes_the_smaller_of_share_and_what_is_above_the_minimum_wage(tmp_path, limit, taken):
    """taken: by wage, each of an employee of his own."""
    site = make_site(tmp_path, UNITS, managers=["M001"], extra=limit)
    staff = {f"E{place}": wage for place, wage in enumerate(taken)}
    people = roster(*(employee(no, wage, boss="") for no, wage in staff.items()))
    rows = discipline(*(penalty(f"J{no}", "2026-09-02", no, "TS-2") for no in staff))
    assert deliver(site, "2026-09-30", {"roster": people, "discipline": rows})["exit"] == 0
    for no, wage in staff.items():
        own, sum = account(site, "2026-09", no), taken[wage]
        assert (own["扣款"], own["实际"], own["结转"], own["未扣余额"]) == (-200, -sum, pytest.approx(200 - sum), 0)
        assert bool(carried(site, "2026-09", no)) == (sum < 200)


def test_what_exceeds_the_limit_moves_on_under_the_same_decision_until_it_is_deducted(tmp_path):
    site = fined(tmp_path, 2000, penalty("J1", "2026-09-02", "E1", "TS-4"), as_of="2026-12-31")
    id = line(site, clause="TS-4")["decision_id"]
    assert carried(site, "2026-09", "E1") == {id: [600]}
    assert carried(site, "2026-10", "E1") == {id: [-600, 200]}
    assert carried(site, "2026-11", "E1") == {id: [-200]}
    assert carried(site, "2026-12", "E1") == {}
    paid = [account(site, period, "E1")["实际"] for period in ("2026-09", "2026-10", "2026-11")]
    assert paid == [-400, -400, -200]
    assert sheet(site, "2026-12", "汇总") == []


def test_what_is_carried_comes_before_the_new_month_s_own_lines(tmp_path):
    rows = [penalty("J1", "2026-09-02", "E1", "TS-4"), penalty("J2", "2026-10-02", "E1", "TS-2")]
    site = fined(tmp_path, 4000, *rows, as_of="2026-10-31")
    leak, favour = line(site, clause="TS-4")["decision_id"], line(site, clause="TS-2")["decision_id"]
    assert carried(site, "2026-09", "E1") == {leak: [200]}
    assert carried(site, "2026-10", "E1") == {leak: [-200]}
    site = fined(tmp_path / "less", 2000, *rows, as_of="2026-10-31")
    assert carried(site, "2026-10", "E1") == {leak: [-600, 200], favour: [200]}


def test_a_blank_wage_has_no_limit_and_each_line_says_so(tmp_path):
    rows = [penalty("J1", "2026-09-02", "E1", "TS-4"), penalty("J2", "2026-09-03", "E1", "TS-2")]
    site = fined(tmp_path, "", *rows)
    found = [row for row in sheet(site, "2026-09") if row["工号"] == "E1"]
    assert [row["金额"] for row in found] == [-1000, -200]
    assert all("限额未核" in row["事由"] for row in found)
    assert account(site, "2026-09", "E1")["实际"] == -1200


def test_a_known_wage_is_not_called_unchecked(tmp_path):
    site = fined(tmp_path, 5000, penalty("J1", "2026-09-02", "E1", "TS-4"))
    assert not any("限额未核" in row["事由"] for row in sheet(site, "2026-09"))


def test_a_wage_that_could_not_be_read_holds_for_all_days_once_it_is_mended(tmp_path):
    site = make_site(tmp_path, UNITS, managers=["M001"])
    fines = discipline(penalty("J1", "2026-09-02", "E1", "TS-4"))
    for day, wage, unchecked in (("2026-09-30", "面议", True), ("2026-10-08", "5000", False)):
        deliver(site, day, {"roster": roster(employee("E1", wage, boss="")), "discipline": fines})
        (told,) = [row["事由"] for row in sheet(site, "2026-09") if row["工号"] == "E1"]
        assert ("限额未核" in told) == unchecked


def test_from_the_month_after_leaving_nothing_is_carried_in(tmp_path):
    left = {"E1": ("2026-09-01", "2026-09"), "E2": ("2026-09-30", "2026-09"), "E3": ("2026-10-01", "2026-10")}
    site = make_site(tmp_path, UNITS, managers=["M001"])
    people = roster(*(employee(no, 1000, boss="", left=day) for no, (day, _) in left.items()))
    rows = discipline(*(penalty(f"J{no}", "2026-09-02", no, "TS-4") for no in left))
    assert deliver(site, "2026-12-31", {"roster": people, "discipline": rows})["exit"] == 0
    for no, (_, last) in left.items():
        assert account(site, last, no)["未扣余额"] == {"2026-09": 800, "2026-10": 600}[last]
        assert account(site, last, no)["实际"] == -200
    for period in ("2026-10", "2026-11", "2026-12"):
        still = {no for no, (_, last) in left.items() if period <= last}
        assert {row["工号"] for row in sheet(site, period)} == still
        assert {row["工号"] for row in sheet(site, period, "汇总")} == still


def test_controls_agree_with_the_lines(tmp_path):
    site = fined(tmp_path, 1000, penalty("J1", "2026-09-02", "E1", "TS-4"))
    figures = control(site, "2026-09")
    assert figures["行数"] == len(sheet(site, "2026-09")) == 2
    assert (figures["扣款"], figures["奖励"], figures["合计"]) == (-1000, 0, -200)
    assert figures["期间"] == "2026-09"
    assert "technical_service" in figures["规则版本"]
    assert figures["批次"] == "2026-09-30-0001"
