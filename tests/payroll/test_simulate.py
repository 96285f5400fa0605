"""What months would have been under other figures, and what explain tells of a line."""

from __future__ import annotations

import openpyxl
import pytest
from sitework import Site, command, make_site

from payroll.desk import (
    COMPLAINTS,
    close,
    complaint,
    confirm,
    deliver,
    discipline,
    employee,
    explain,
    files,
    line,
    penalty,
    roster,
    table,
)

UNITS = {"二部": ["online_retail"], "三部": ["department_store"]}


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Site:
    site = make_site(tmp_path_factory.mktemp("simulated"), UNITS, managers=["M001"])
    staff = roster(employee("E1", unit="二部"), employee("E2", unit="二部"), employee("E3", unit="三部"))
    rows = [
        penalty("J1", "2026-08-04", "E1", "OR-10"),
        penalty("J2", "2026-09-04", "E1", "OR-10"),
        penalty("J3", "2026-09-05", "E2", "OR-14"),
    ]
    complaints = table(COMPLAINTS, *(complaint(f"T{n}", f"2026-09-1{n}", "E2") for n in (1, 2)))
    registers = {
        "roster": staff.replace("一部", "二部"),
        "discipline": discipline(*rows),
        "complaints": complaints,
        "cashier": "日期,工号,笔数,来客数,系统金额,实收金额\n2026-09-05,E3,10,10,100,100\n",
    }
    deliver(site, "2026-09-15", registers)
    return site


def simulate(site: Site, *settings: str, first: str = "2026-09", last: str = "2026-09") -> tuple[int, str, str]:
    asked = ("--from", first, "--to", last, "--set", *settings, "--config", site.config, "--as-of", "2026-11-20")
    return command("simulate", *asked)


def test_the_differences_name_staff_and_clause_and_are_added_up(site):
    before = {name: data for name, (data, _) in files(site, ".").items()}
    code, told, _ = simulate(site, "online_retail.play_fine=25", "online_retail.complaint_fine=60")
    assert code == 0
    rows = [row.split() for row in told.splitlines()]
    [play] = [row for row in rows if "OR-10" in row]
    assert play[0] == "E1" and {"-10.00", "-25.00", "-15.00"} <= set(play)
    [complaints] = [row for row in rows if "OR-6b" in row]
    assert complaints[0] == "E2" and {"-150.00", "-180.00", "-30.00"} <= set(complaints)
    assert "-45.00" in told.splitlines()[-1]
    assert "OR-14" not in told and "DS-" not in told
    assert {name: data for name, (data, _) in files(site, ".").items()} == before


def test_only_the_months_asked_for_are_told(site):
    assert "-30.00" in simulate(site, "online_retail.play_fine=25", first="2026-08")[1].splitlines()[-1]
    assert "OR-10" not in simulate(site, "online_retail.play_fine=25", first="2026-10", last="2026-10")[1]


def test_the_figure_in_force_makes_no_difference_though_the_day_is_another(site):
    code, told, _ = simulate(site, "department_store.f7_forfeit_from=3", "online_retail.play_fine=10")
    assert code == 0
    assert not any(number in told for number in ("E1", "E2", "E3"))


@pytest.mark.parametrize(
    "setting", ["online_retail.nonsense=1", "nonsense.play_fine=1", "online_retail.play_fine=many", "play_fine", "a.b"]
)
def test_a_wrong_setting_exits_2(site, setting):
    code, out, err = simulate(site, setting)
    assert (code, out) == (2, "")
    assert err.startswith("error:")


def test_closed_months_are_simulated_too_and_stay_as_they_are(tmp_path):
    site = make_site(tmp_path, {"二部": ["online_retail"]}, managers=["M001"])
    staff = roster(employee("E1", unit="二部")).replace("一部", "二部")
    deliver(site, "2026-09-30", {"roster": staff, "discipline": discipline(penalty("J1", "2026-09-04", "E1", "OR-10"))})
    close(site, "2026-09", "2026-10-01")
    before = {name: data for name, (data, _) in files(site, ".").items()}
    code, told, _ = simulate(site, "online_retail.play_fine=25")
    assert code == 0 and "E1" in told and "-15.00" in told
    assert {name: data for name, (data, _) in files(site, ".").items()} == before


def test_explain_tells_every_row_of_a_ladder_and_what_was_superseded(tmp_path):
    site = make_site(tmp_path, {"二部": ["online_retail"]}, managers=["M001"])
    staff = roster(employee("E2", unit="二部")).replace("一部", "二部")
    deliver(
        site,
        "2026-09-20",
        {"roster": staff, "complaints": table(COMPLAINTS, complaint("T2", "2026-09-12", "E2"))},
        "一.xlsx",
    )
    deliver(site, "2026-09-20", {"complaints": table(COMPLAINTS, complaint("T1", "2026-09-11", "E2"))}, "二.xlsx")
    id = line(site, clause="OR-6b", subject="T2")["decision_id"]
    confirm(site, "2026-09-21", [f"{id},改为,70,M001,2026-09-21"])
    told = explain(site, id)
    for place in ("一.xlsx | 客户投诉处理表 | 第2行", "二.xlsx | 客户投诉处理表 | 第2行", "答复.xlsx"):
        assert place in told
    assert "OR-6b" in told and "complaint_fine" in told and "改为" in told and "70.00" in told
    assert told.count("曾为") == 2
    assert command("explain", "OR-6b-000000000000", "--config", site.config)[0] == 1


def test_the_table_is_written_into_a_workbook_too(site, tmp_path):
    target = tmp_path / "试算.xlsx"
    settings = ("--set", "online_retail.play_fine=25", "--xlsx", str(target), "--as-of", "2026-11-20")
    code, told, _ = command("simulate", "--from", "2026-09", "--to", "2026-09", "--config", site.config, *settings)
    assert code == 0 and "合计" in told
    header, *rows = list(openpyxl.load_workbook(target)["试算"].iter_rows(min_row=3, values_only=True))
    assert header == ("工号", "姓名", "条款编号", "原条数", "新条数", "原金额", "新金额", "差额")
    assert [(row[0], row[2], row[7]) for row in rows] == [("E1", "OR-10", -15)]
