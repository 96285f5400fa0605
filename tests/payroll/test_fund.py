"""The department fund (OR-16): what a month really deducted of each fine goes in, spending goes out."""

from __future__ import annotations

import pytest
from sitework import Site, make_site

from payroll.desk import (
    FUND,
    appeal,
    close,
    deliver,
    discipline,
    employee,
    line,
    lines,
    penalty,
    roster,
    table,
)

UNITS = {"二部": ["online_retail"]}
MONEY = table(FUND, "F1,2026-09-01,收入,100,期初余额,M001", "F2,2026-09-20,支出,30,聚餐,M001")
LATER = {"fund": table(FUND, "F3,2026-10-20,支出,5,水果,M001")}


@pytest.fixture
def site(tmp_path) -> Site:
    """Fines of 200 on a wage of 500: 100 a month can be deducted."""
    site = make_site(tmp_path, UNITS, managers=["M001"])
    rows = [penalty(f"J{n}", f"2026-09-{n:02d}", "E1", "OR-10") for n in range(1, 21)]
    staff = roster(employee("E1", 500, unit="二部")).replace("一部", "二部")
    deliver(site, "2026-09-30", {"roster": staff, "discipline": discipline(*rows), "fund": MONEY})
    return site


def statement(site: Site, period: str) -> str:
    return line(site, clause="OR-16", period=period)["text"]


def has(text: str, **figures: int) -> bool:
    words = {"opening": "期初{}.00元", "fines": "罚款入账{}.00元", "spent": "支出{}.00元", "closing": "期末{}.00元"}
    return all(words[name].format(value) in text for name, value in figures.items())


def page(site: Site) -> str:
    return "".join(path.read_text(encoding="utf-8") for path in (site.folder / "outbox/pages/units").rglob("*.html"))


def test_only_what_the_sheet_deducts_enters_and_the_rest_enters_when_it_is_deducted(site):
    assert has(statement(site, "2026-09"), opening=100, fines=100, spent=30, closing=170)
    deliver(site, "2026-10-31", LATER, "基金.xlsx")
    assert has(statement(site, "2026-10"), opening=170, fines=100, spent=5, closing=265)
    site.once("2026-11-30")
    assert has(statement(site, "2026-11"), opening=265, fines=0, spent=0, closing=265)
    assert line(site, clause="OR-16", period="2026-10")["effect"] == "classify"
    assert "期末" in page(site) or "265.00" in page(site)


def test_the_statement_goes_on_after_a_month_is_closed_and_a_fine_given_back_leaves_the_fund(site):
    id = lines(site, clause="OR-10", subject="J1")[0]["decision_id"]
    close(site, "2026-09", "2026-10-02")
    assert lines(site, clause="OR-16", period="2026-09") == []
    assert has(statement(site, "2026-10"), opening=170, fines=100, closing=270)
    deliver(site, "2026-10-21", LATER, "基金.xlsx")
    appeal(site, "2026-10-22", f"S1,{id},E1,2026-10-08,不服,撤销,,M001,2026-10-09")
    assert has(statement(site, "2026-10"), opening=170, fines=90, closing=255)
    close(site, "2026-10", "2026-11-02")
    assert has(statement(site, "2026-11"), opening=255, fines=0, closing=255)


def test_a_fine_that_no_longer_exists_is_still_a_fine_where_its_carried_rest_is_deducted(site):
    close(site, "2026-09", "2026-10-02")
    rows = discipline(penalty("J20", "2026-09-20", "E1", "OR-12"))
    deliver(site, "2026-10-21", {"discipline": rows, **LATER}, "更正.xlsx")
    assert has(statement(site, "2026-10"), opening=170, fines=90, spent=5, closing=255)


def test_what_a_leaver_never_pays_never_enters(tmp_path):
    site = make_site(tmp_path, UNITS, managers=["M001"])
    rows = [penalty(f"J{n}", f"2026-09-{n:02d}", "E1", "OR-10") for n in range(1, 21)]
    staff = roster(employee("E1", 500, unit="二部", left="2026-09-25")).replace("一部", "二部")
    deliver(site, "2026-10-31", {"roster": staff, "discipline": discipline(*rows), "fund": MONEY})
    deliver(site, "2026-10-31", LATER, "基金.xlsx")
    assert has(statement(site, "2026-09"), fines=100, closing=170)
    assert has(statement(site, "2026-10"), fines=0, closing=165)
    close(site, "2026-09", "2026-10-31")
    assert has(statement(site, "2026-10"), opening=170, fines=0, closing=165)


def test_a_reward_is_no_fine(tmp_path):
    site = make_site(tmp_path, UNITS)
    rows = {"suggestions": "建议编号,日期,工号,内容,是否采纳,奖励金额\nY1,2026-09-09,E1,好主意,是,60\n"}
    staff = roster(employee("E1", 500, unit="二部")).replace("一部", "二部")
    deliver(site, "2026-09-30", {"roster": staff, "fund": MONEY, **rows})
    assert has(statement(site, "2026-09"), fines=0, closing=70)
