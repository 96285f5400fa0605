"""Lines of HR's part that stand nowhere else: what blocks a closing and what does not, what never waits, unknown wages."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pytest
from lxml import html
from sitework import Site, command, make_site

from payroll.desk import (
    SUGGESTIONS,
    account,
    appeal,
    carried,
    control,
    copy_of,
    deliver,
    discipline,
    employee,
    line,
    penalty,
    roster,
    sheet,
    table,
)

UNITS = {"一部": ["technical_service"], "二部": ["online_retail"]}
REQUIRED = "[notice]\nrequired = true\nappeal_days = 5\n"
ORDERS = "订单号,下单时间,客服工号,备注工号,订单金额,是否插旗"


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """August: a reward of E3. September: fines of E1 (whose wage bears 200) and E2 (whose wage nobody knows), an order
    of E3 without his number. Notices are required.
    """
    site = make_site(tmp_path_factory.mktemp("lines"), UNITS, managers=["M001"], extra=REQUIRED)
    staff = roster(
        employee("E1", 1000, boss=""), employee("E2", "", boss=""), employee("E3", 5000, unit="二部", boss="")
    )
    rows = [penalty("J1", "2026-09-02", "E1", "TS-4"), penalty("J2", "2026-09-03", "E2", "TS-2")]
    registers = {
        "roster": staff,
        "discipline": discipline(*rows),
        "suggestions": table(SUGGESTIONS, "Y1,2026-08-09,E3,好主意,是,60"),
        "orders": table(ORDERS, "D1,2026-09-05 10:00,E3,,80,否"),
    }
    assert deliver(site, "2026-10-01", registers)["exit"] == 0
    return site


@pytest.fixture
def site(begun: Site, tmp_path: Path) -> Site:
    return copy_of(begun, tmp_path)


def close(site: Site, period: str, as_of: str) -> tuple[int, str]:
    code, out, err = command("close", period, "--config", site.config, "--as-of", as_of)
    return code, out + err


def receive(site: Site, as_of: str, opinion: str | None = "认可", name: str = "送达.xlsx") -> list[dict[str, Any]]:
    """Every notice handed over on the day; the rows of the list afterwards."""
    book = openpyxl.load_workbook(site.folder / "outbox/送达登记表.xlsx")
    found = book.active
    at = {cell.value: cell.column for cell in found[1]}
    for row in range(2, found.max_row + 1):
        by = "M001" if found.cell(row, at["工号"]).value != "M001" else "E1"
        for header, value in {"送达日期": as_of, "送达方式": "当面", "员工意见": opinion, "经办人工号": by}.items():
            found.cell(row, at[header]).value = value
    book.save(site.folder / "inbox" / name)
    assert site.once(as_of)["exit"] == 0
    header, *rows = openpyxl.load_workbook(site.folder / "outbox/送达登记表.xlsx").active.values
    return [dict(zip(header, row, strict=True)) for row in rows]


def test_a_notice_that_nobody_received_is_in_the_way_and_one_of_rewards_is_not(site: Site) -> None:
    code, told = close(site, "2026-08", "2026-10-02")
    assert code == 0, told
    code, told = close(site, "2026-09", "2026-10-02")
    assert code == 1 and "未送达" in told and "E1" in told and "E3" not in told


def test_closing_inside_the_days_of_appeal_is_allowed_and_the_next_month_takes_the_line(site: Site) -> None:
    close(site, "2026-08", "2026-10-02")
    receive(site, "2026-10-02", opinion=None)
    code, told = close(site, "2026-09", "2026-10-03")
    assert code == 0, told
    assert [row["工号"] for row in sheet(site, "2026-09", "未列入")] == ["E1", "E2"]
    site.once("2026-10-07")
    assert {row["原因"] for row in sheet(site, "2026-10", "未列入")} == {"异议期内至2026-10-07"}
    site.once("2026-10-08")
    taken = {row["工号"]: (row["期间"], row["金额"]) for row in sheet(site, "2026-10") if row["项目编码"] != "结转"}
    assert taken == {"E1": ("2026-10", -1000), "E2": ("2026-10", -200)}
    assert sum(carried(site, "2026-10", "E1")[line_id(site, "E1")]) == 800  # held to the wage of October


def line_id(site: Site, staff_no: str) -> str:
    return next(row["决定编号"] for row in sheet(site, "2026-10") if row["工号"] == staff_no)


def test_what_was_carried_on_does_not_wait_for_another_notice(site: Site) -> None:
    receive(site, "2026-10-02")
    assert [row["金额"] for row in sheet(site, "2026-09") if row["工号"] == "E1"] == [-1000, 800]
    assert carried(site, "2026-10", "E1") == {line(site, staff_no="E1", effect="fine")["decision_id"]: [-800, 600]}
    assert sheet(site, "2026-10", "未列入") == []


def test_a_commission_that_is_void_and_a_reward_wait_for_nobody(site: Site) -> None:
    void = line(site, clause="OR-7", effect="commission_void")
    assert void["decision_id"] not in {row["决定编号"] for row in sheet(site, "2026-09", "未列入")}
    assert [row["金额"] for row in sheet(site, "2026-08")] == [60]


def test_the_list_of_notices_stays_filled_and_lies_beside_the_notices_too(site: Site) -> None:
    rows = {row["工号"]: row for row in receive(site, "2026-10-02")}
    assert {rows[no]["员工意见"] for no in ("E1", "E2")} == {"认可"}
    own = site.folder / "outbox/通知/2026-09/一部/送达登记表.xlsx"
    header, *found = openpyxl.load_workbook(own).active.values
    listed = [dict(zip(header, row, strict=True)) for row in found]
    assert {row["工号"] for row in listed} == {"E1", "E2"}
    assert {str(row["送达日期"])[:10] for row in listed} == {"2026-10-02"}
    code, told = close(site, "2026-08", "2026-10-03")
    assert code == 0, told
    code, told = close(site, "2026-09", "2026-10-03")
    assert code == 0, told


def test_wages_that_nobody_knows_are_counted_and_told_first(site: Site) -> None:
    receive(site, "2026-10-02")
    assert control(site, "2026-09")["限额未核人数"] == 1
    assert "限额未核" in (site.folder / "outbox/通知/2026-09/一部/E2 E2名.html").read_text(encoding="utf-8")
    for page in ("index.html", "units/一部/index.html"):
        text = html.fromstring((site.folder / "outbox/pages" / page).read_bytes()).text_content()
        assert "没有登记月工资" in text, page


def test_an_appeal_without_a_verdict_keeps_a_month_open_and_an_upheld_one_does_not(site: Site) -> None:
    receive(site, "2026-10-02")
    close(site, "2026-08", "2026-10-03")
    id = line(site, staff_no="E2", effect="fine")["decision_id"]
    appeal(site, "2026-10-03", f"A1,{id},E2,2026-10-03,不服,,,,")
    code, told = close(site, "2026-09", "2026-10-03")
    assert code == 1 and "申诉A1未处理" in told
    appeal(site, "2026-10-04", f"A1,{id},E2,2026-10-03,不服,维持,,M001,2026-10-04")
    assert close(site, "2026-09", "2026-10-04")[0] == 0


@pytest.mark.parametrize(("as_of", "blocks"), [("2026-10-31", True), ("2026-11-01", False)])
def test_a_workbook_that_is_asked_about_keeps_months_open_for_thirty_days(site: Site, as_of: str, blocks: bool) -> None:
    receive(site, "2026-10-01")
    book = openpyxl.Workbook()
    book.active.append(["单号", "哪天", "谁的", "犯了哪条", "谁记的"])
    book.active.append(["J77", "2026-09-20", "E1", "TS-2", "M001"])
    book.save(site.folder / "inbox/看不懂的表.xlsx")
    site.once("2026-10-01")
    code, told = close(site, "2026-08", as_of)
    assert ("看不懂的表" in told) == blocks and code == int(blocks), told


def test_a_line_that_its_employee_is_told_of_when_he_has_left_is_taken_of_no_later_wage(site: Site) -> None:
    """E2 leaves in September, before he was told; October, in which he has no wage, takes nothing of his 200."""
    deliver(site, "2026-10-02", {"roster": roster(employee("E2", 5000, boss="", left="2026-09-30"))}, "离职.xlsx")
    for period in ("2026-08", "2026-09"):
        command("close", period, "--config", site.config, "--as-of", "2026-10-02", "--anyway", "--by", "M001")
    receive(site, "2026-10-03")
    own = account(site, "2026-10", "E2")
    assert (own["扣款"], own["结转"], own["实际"], own["未扣余额"]) == (-200, 200, 0, 200)
    assert control(site, "2026-10")["限额未核人数"] == 0
