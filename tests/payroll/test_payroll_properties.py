"""For any rows: all outputs add up alike; order, split, and closing before correcting make no difference."""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from lxml import html
from sitework import Site, make_site

from payroll.desk import (
    COMPLAINTS,
    closing,
    complaint,
    deliver,
    discipline,
    employee,
    penalty,
    roster,
    rows_of,
    sheet,
    table,
)
from payroll.desk import control as controls

PACKS = {"一部": ["technical_service"], "二部": ["online_retail"], "三部": ["department_store"]}
HOMES = {"E1": "一部", "E2": "一部", "E3": "二部", "E4": "二部", "E5": "三部"}
CLAUSES = {
    "一部": ("TS-1", "TS-2", "TS-4", "TS-5", "TS-7"),
    "二部": ("OR-10", "OR-12", "OR-14"),
    "三部": ("DS-S2", "DS-S3", "DS-S12", "DS-C5", "DS-M13"),
}
#: Wages that bear all, some, little and nothing of what is deducted, and one that nobody knows.
WAGES = ("", 500, 1500, 9000, 0)
POINTS = {"A": 100, "B": 50, "C": 20}
MONEY = re.compile(r"-?¥[\d,]+\.\d\d")


@dataclass(frozen=True)
class Entry:
    """A row of either register; key: its number."""

    key: int
    staff_no: str
    day: int
    month: int
    kind: int
    amount: int

    @property
    def is_complaint(self) -> bool:
        return HOMES[self.staff_no] == "二部" and self.kind > 2

    @property
    def row(self) -> str:
        day = f"2026-{self.month:02d}-{self.day:02d}"
        if self.is_complaint:
            return complaint(f"T{self.key}", day, self.staff_no)
        clauses = CLAUSES[HOMES[self.staff_no]]
        return penalty(f"J{self.key}", day, self.staff_no, clauses[self.kind % len(clauses)], amount=self.amount or "")


def units(turn: int) -> dict[str, list[str]]:
    """The units of a site and their packs: every other turn one with points, which are then worth money."""
    return {unit: packs for unit, packs in PACKS.items() if turn % 2 or unit != "三部"}


def homes(turn: int) -> dict[str, str]:
    return {staff_no: unit for staff_no, unit in HOMES.items() if unit in units(turn)}


def entries(turn: int, chance: random.Random, keys: Sequence[int]) -> list[Entry]:
    return [
        Entry(
            key,
            chance.choice(sorted(homes(turn))),
            chance.randint(1, 28),
            chance.choice((9, 10)),
            chance.randrange(5),
            chance.choice((0, 0, 35, 120)),
        )
        for key in keys
    ]


def staff(turn: int) -> str:
    """The roster; with each turn the employees change their wages."""
    own = homes(turn)
    wages = [WAGES[(place + turn) % len(WAGES)] for place in range(len(own))]
    return roster(*(employee(no, wage, unit=own[no]) for no, wage in zip(own, wages, strict=True)))


def registers(rows: list[Entry]) -> dict[str, str]:
    found = {"discipline": discipline(*(entry.row for entry in rows if not entry.is_complaint))}
    return found | {"complaints": table(COMPLAINTS, *(entry.row for entry in rows if entry.is_complaint))}


def site_in(folder: Path, turn: int) -> Site:
    return make_site(folder, units(turn), managers=["M001"], points=POINTS if turn % 2 else None)


@pytest.fixture(scope="module", params=[1, 2])
def whole(request, tmp_path_factory) -> tuple[int, list[Entry], Site]:
    """Turn, rows, and a site that had them all in one workbook."""
    rows = entries(request.param, random.Random(request.param), range(28))
    site = site_in(tmp_path_factory.mktemp("whole"), request.param)
    assert deliver(site, "2026-10-31", {"roster": staff(request.param), **registers(rows)})["exit"] == 0
    return request.param, rows, site


def cents(value: Any) -> Decimal:
    return Decimal(str(value or 0)).quantize(Decimal("0.01"))


def by_employee(rows: list[dict[str, Any]], name: str) -> dict[str, Decimal]:
    found: dict[str, Decimal] = defaultdict(Decimal)
    for row in rows:
        found[row.get("工号") or row["staff_no"]] += cents(row[name])
    return {staff_no: amount for staff_no, amount in found.items() if amount}


def on_pages(site: Site) -> dict[str, Decimal]:
    """Employee -> money of the units' tables of rewards and penalties."""
    found: dict[str, Decimal] = defaultdict(Decimal)
    for path in (site.folder / "outbox/pages/units").glob("*/months/*.html"):
        for row in html.fromstring(path.read_bytes()).xpath("//section[@id='money']//tbody/tr"):
            cells = ["".join(cell.itertext()) for cell in row.xpath("./td|./th")]
            for amount in (text for cell in cells[1:4] for text in MONEY.findall(cell)):
                found[cells[0].split()[-1]] += Decimal(amount.replace("¥", "").replace(",", ""))
    return {staff_no: amount for staff_no, amount in found.items() if amount}


def test_decisions_sheets_csv_pages_and_controls_add_up_to_the_same(whole):
    _, _, site = whole
    lines = [row for row in site.lines() if row["status"] in ("final", "confirmed")]
    periods = ("2026-09", "2026-10")
    details = {period: sheet(site, period) for period in periods}
    assert any(row["项目编码"] == "结转" for row in details["2026-10"])
    own = [row for period in periods for row in details[period] if row["项目编码"] != "结转"]
    assert by_employee(own, "金额") == by_employee(lines, "amount") == on_pages(site)
    assert len({row["决定编号"] for row in own}) == len(own)
    for period in periods:
        texts = rows_of(site.folder / f"outbox/hr/{period}.csv")
        accounts, figures = sheet(site, period, "汇总"), controls(site, period)
        assert by_employee(details[period], "金额") == by_employee(texts, "金额") == by_employee(accounts, "实际")
        assert figures["行数"] == len(details[period]) == len(texts)
        assert cents(figures["合计"]) == sum(by_employee(accounts, "实际").values())
        for column, name in (("扣款", "扣款"), ("奖励", "奖励")):
            assert cents(figures[name]) == sum(by_employee(accounts, column).values())


def test_any_order_and_split_of_rows_makes_the_same_sheets(whole, tmp_path):
    turn, rows, site = whole
    dealt = site_in(tmp_path, turn)
    shuffled = random.Random(turn).sample(rows, len(rows))
    for number in range(2):
        with_staff = {"roster": staff(turn)} if not number else {}
        deliver(dealt, "2026-10-31", with_staff | registers(shuffled[number::2]), f"{number}.xlsx")
    for period in ("2026-09", "2026-10"):
        for title in ("明细", "汇总"):
            assert sheet(dealt, period, title) == sheet(site, period, title)


def total(site: Site) -> dict[str, Decimal]:
    """What all months together decided for each employee; 结转 must balance but for what the last month carries on."""
    periods = sorted(path.stem for path in (site.folder / "outbox/hr").glob("*.xlsx"))
    rows = [row for period in periods for row in sheet(site, period)]
    left: dict[str, Decimal] = defaultdict(Decimal)
    for row in rows:
        if row["项目编码"] == "结转":
            left[row["决定编号"]] += cents(row["金额"])
    last = [row for row in sheet(site, periods[-1]) if row["项目编码"] == "结转" and row["金额"] > 0]
    assert {id: amount for id, amount in left.items() if amount} == {
        row["决定编号"]: cents(row["金额"]) for row in last
    }
    return by_employee([row for row in rows if row["项目编码"] != "结转"], "金额")


@pytest.mark.parametrize("turn", range(2))
def test_closing_and_then_correcting_comes_to_the_same_as_correcting_and_then_closing(tmp_path, turn):
    chance = random.Random(turn)
    rows = entries(turn, chance, range(20))
    kinds = {entry.key: entry.is_complaint for entry in rows}

    def corrections(count: int) -> list[Entry]:
        """Other days, people and clauses for known rows, and late ones; a number stays in its register for good."""
        found = entries(turn, chance, chance.sample(range(30), count))
        return [entry for entry in found if entry.is_complaint == kinds.setdefault(entry.key, entry.is_complaint)]

    first, second = corrections(14), corrections(9)
    early, late = site_in(tmp_path / "early", turn), site_in(tmp_path / "late", turn)
    deliver(early, "2026-10-29", {"roster": staff(turn), **registers(rows), **closing("2026-09")}, "一.xlsx")
    deliver(early, "2026-11-01", {**registers(first), **closing("2026-10")}, "二.xlsx")
    deliver(early, "2026-12-01", {**registers(second), **closing("2026-11")}, "三.xlsx")
    corrected = list({entry.key: entry for entry in [*rows, *first, *second]}.values())
    months = closing("2026-09", "2026-10", "2026-11")
    deliver(late, "2026-12-01", {"roster": staff(turn), **registers(corrected), **months})
    for site in (early, late):
        assert not {"2026-09", "2026-10", "2026-11"} & {row["period"] for row in site.lines()}
    assert any(row["项目编码"] == "adjustment" for row in sheet(early, "2026-10"))
    assert total(early) == total(late)
