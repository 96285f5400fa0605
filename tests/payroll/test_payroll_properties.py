"""For any rows: all outputs add up alike; order, split, and closing before correcting make no difference."""

from __future__ import annotations

import random
import re
import tempfile
from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import html
from sitework import Site, make_site

from payroll.desk import (
    COMPLAINTS,
    close,
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

UNITS = {"一部": ["technical_service"], "二部": ["online_retail"], "三部": ["department_store"]}
HOMES = {"E1": "一部", "E2": "一部", "E3": "二部", "E4": "二部", "E5": "三部"}
CLAUSES = {
    "一部": ("TS-1", "TS-2", "TS-4", "TS-5", "TS-7"),
    "二部": ("OR-10", "OR-12", "OR-14"),
    "三部": ("DS-S2", "DS-S3", "DS-S12", "DS-C5", "DS-M13"),
}
MONEY = re.compile(r"-?¥[\d,]+\.\d\d")
FEW = settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


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


def entries(keys: st.SearchStrategy[int], **sizes: int) -> st.SearchStrategy[list[Entry]]:
    made = st.builds(
        Entry,
        key=keys,
        staff_no=st.sampled_from(sorted(HOMES)),
        day=st.integers(1, 28),
        month=st.sampled_from((9, 10)),
        kind=st.integers(0, 4),
        amount=st.sampled_from((0, 0, 35, 120)),
    )
    return st.lists(made, unique_by=lambda entry: entry.key, **sizes)


def staff(wages: dict[str, int]) -> str:
    return roster(*(employee(staff_no, wages[staff_no], unit=unit) for staff_no, unit in HOMES.items()))


def registers(rows: list[Entry]) -> dict[str, str]:
    found = {"discipline": discipline(*(entry.row for entry in rows if not entry.is_complaint))}
    return found | {"complaints": table(COMPLAINTS, *(entry.row for entry in rows if entry.is_complaint))}


def site_with(folder: str, wages: dict[str, int], points: dict[str, int] | None = None) -> Site:
    site = make_site(Path(folder), UNITS, managers=["M001"], points=points)
    deliver(site, "2026-09-01", {"roster": staff(wages)}, "花名册.xlsx")
    return site


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


WAGES = st.fixed_dictionaries({staff_no: st.sampled_from(("", 500, 1500, 9000)) for staff_no in HOMES})


@FEW
@given(rows=entries(st.integers(1, 60), min_size=8, max_size=30), wages=WAGES, worth=st.booleans())
def test_decisions_sheets_csv_pages_and_controls_add_up_to_the_same(rows, wages, worth):
    with tempfile.TemporaryDirectory() as folder:
        site = site_with(folder, wages, {"A": 100, "B": 50, "C": 20} if worth else None)
        deliver(site, "2026-10-31", registers(rows))
        lines = [row for row in site.lines() if row["status"] in ("final", "confirmed")]
        periods = ("2026-09", "2026-10")
        details = {period: sheet(site, period) for period in periods}
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


@FEW
@given(rows=entries(st.integers(1, 60), min_size=6, max_size=25), seed=st.integers(0, 999), parts=st.integers(2, 3))
def test_any_order_and_split_of_rows_makes_the_same_sheets(rows, seed, parts):
    wages = dict.fromkeys(HOMES, 1500)
    with tempfile.TemporaryDirectory() as folder:
        whole, dealt = site_with(f"{folder}/whole", wages), site_with(f"{folder}/dealt", wages)
        deliver(whole, "2026-10-31", registers(rows))
        shuffled = random.Random(seed).sample(rows, len(rows))
        for number in range(parts):
            deliver(dealt, "2026-10-31", registers(shuffled[number::parts]), f"{number}.xlsx")
        for period in ("2026-09", "2026-10"):
            for title in ("明细", "汇总"):
                assert sheet(dealt, period, title) == sheet(whole, period, title)


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


@FEW
@given(
    rows=entries(st.integers(1, 25), min_size=6, max_size=20),
    corrections=entries(st.integers(1, 35), min_size=1, max_size=12),
    more=entries(st.integers(1, 35), min_size=1, max_size=8),
    wages=WAGES,
)
def test_closing_and_then_correcting_comes_to_the_same_as_correcting_and_then_closing(rows, corrections, more, wages):
    # A number names one row of one register: it stays a complaint or a penalty for good.
    kinds = {entry.key: entry.is_complaint for entry in reversed([*rows, *corrections, *more])}
    corrections, more = ([e for e in part if e.is_complaint == kinds[e.key]] for part in (corrections, more))
    with tempfile.TemporaryDirectory() as folder:
        early, late = site_with(f"{folder}/early", wages), site_with(f"{folder}/late", wages)
        deliver(early, "2026-10-01", registers(rows), "一.xlsx")
        close(early, "2026-09", "2026-10-01")
        deliver(early, "2026-10-20", registers(corrections), "二.xlsx")
        close(early, "2026-10", "2026-10-31")
        deliver(early, "2026-11-05", registers(more), "三.xlsx")
        close(early, "2026-11", "2026-11-30")
        deliver(late, "2026-10-01", registers(rows), "一.xlsx")
        deliver(late, "2026-10-20", registers(corrections), "二.xlsx")
        deliver(late, "2026-11-05", registers(more), "三.xlsx")
        for period in ("2026-09", "2026-10", "2026-11"):
            close(late, period, "2026-11-30")
        assert total(early) == total(late)
