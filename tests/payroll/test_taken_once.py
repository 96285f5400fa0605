"""For any order of deliveries, receipts, appeals and closings: what was taken is what was decided, once,
after its notice, and with a basis."""

from __future__ import annotations

import random
from collections import defaultdict
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from sitework import Site, make_site

from payroll.desk import APPEALS, closing, discipline, employee, penalty, roster, rows_of, sheet, table
from processor.batch.setup import prepare
from processor.ledger import transaction
from processor.model import yuan
from processor.settle.adjustments import adjusted_id
from processor.site_reader import load_site

STAFF = ("E1", "E2")
OPINIONS = ("认可", "异议", "拒签", "")
APPEAL_DAYS = 3
PUBLISHED = date(2026, 9, 8)
STEPS = 6
TERMS = f"""[notice]
required = true
appeal_days = {APPEAL_DAYS}
[law.published]
technical_service = {PUBLISHED}
"""


class Office:
    """A site under random hands: each batch finds any of new rows, receipts, appeals and a month to close.

    first: decision id -> the day on which it was first in a deduction sheet.
    """

    def __init__(self, folder: Path, seed: int) -> None:
        self.random = random.Random(seed)
        self.site: Site = make_site(folder, {"一部": ["technical_service"]}, managers=["M001"], extra=TERMS)
        self.day, self.rows, self.appeals = date(2026, 9, 20), {}, {}
        self.closed: list[str] = []
        self.first: dict[str, date] = {}
        self.site.drop({"roster": roster(*(employee(no, 90000) for no in STAFF))}, "花名册.xlsx")
        self.fine()
        self.run()

    def step(self) -> None:
        self.day += timedelta(days=self.random.choice((0, 2, 6, 12)))
        acts = (self.fine, self.receive, self.appeal, self.close)
        for act in self.random.sample(acts, self.random.randint(1, len(acts))):
            act()
        self.run()

    def run(self) -> None:
        self.site.once(self.day)
        self.check()

    def fine(self) -> None:
        """Some new rows, or known ones with another day."""
        for _ in range(self.random.randint(1, 3)):
            key = self.random.randrange(len(self.rows) + 1)
            day = self.day - timedelta(days=self.random.randrange(20))
            self.rows[key] = (day, self.rows.get(key, (day, self.random.choice(STAFF)))[1])
        rows = [penalty(f"J{n}", d.isoformat(), no, "TS-2") for n, (d, no) in sorted(self.rows.items())]
        self.site.drop({"discipline": discipline(*rows)}, "奖惩.xlsx")

    def receive(self) -> None:
        book = openpyxl.load_workbook(self.site.folder / "outbox/送达登记表.xlsx")
        found = book.active
        for row in range(2, found.max_row + 1):
            if found.cell(row, 1).value and self.random.random() < 0.6:
                by = "M001" if found.cell(row, 3).value != "M001" else "E1"
                given = (self.day.isoformat(), "当面", self.random.choice(OPINIONS) or None, by)
                for column, value in zip(range(8, 12), given, strict=True):
                    found.cell(row, column).value = value
        book.save(self.site.folder / "inbox/送达登记表.xlsx")

    def appeal(self) -> None:
        """Somebody appeals, or a manager judges an appeal."""
        lines = [row for row in rows_of(self.site.folder / "outbox/decisions.csv") if row["effect"] == "fine"]
        waiting = [number for number, row in self.appeals.items() if ",,,," in row]
        if waiting and self.random.random() < 0.6:
            number = self.random.choice(waiting)
            verdict = self.random.choice(("维持,", "撤销,", "改为,30"))
            self.appeals[number] = self.appeals[number].replace(",,,,", f",{verdict},M001,{self.day}")
        elif lines:
            line, number = self.random.choice(lines), len(self.appeals)
            if line["staff_no"] == "M001":
                return
            self.appeals[number] = f"A{number},{line['decision_id']},{line['staff_no']},{self.day},不服,,,,"
        if self.appeals:
            self.site.drop({"appeals": table(APPEALS, *self.appeals.values())}, "申诉.xlsx")

    def close(self) -> None:
        periods = sorted(path.stem for path in (self.site.folder / "outbox/hr").glob("*.xlsx"))
        open_ones = [period for period in periods if period not in self.closed]
        if open_ones and f"{self.day:%Y-%m}" > open_ones[0]:
            self.site.drop(closing(open_ones[0]), "月结单.xlsx")
            self.closed.append(open_ones[0])

    def check(self) -> None:
        """Taken and waiting together are what was decided, and what was taken had its notice and a basis."""
        taken: dict[str, list[Any]] = defaultdict(list)
        waiting: dict[str, list[Any]] = defaultdict(list)
        baseless: set[str] = set()
        for path in sorted((self.site.folder / "outbox/hr").glob("*.xlsx")):
            own = [row["决定编号"] for row in sheet(self.site, path.stem)]
            assert len(own) == len(set(own)), "a line stands twice in one sheet"
            for row in sheet(self.site, path.stem):
                taken[row["决定编号"]].append(row["金额"])
            for row in sheet(self.site, path.stem, "未列入"):
                if "公布以前" in row["原因"]:
                    baseless.add(row["决定编号"])
                elif path.stem not in self.closed:
                    waiting[row["决定编号"]].append(row["金额"])
        for id in taken:
            self.first.setdefault(id, self.day)
        setup = prepare(load_site(self.site.folder / "site.toml"))
        with transaction(setup.site.ledger, setup.registers, setup.empty, keep=False) as ledger:
            lines = ledger.decisions.ever([*taken, *waiting, *baseless])
            root = {id: adjusted_id(line) if line.effect == "adjustment" else id for id, line in lines.items()}
            standing = ledger.decisions.by_id(root.values())
            notices = ledger.notices.of_periods(ledger.notices.periods())
            receipts = ledger.notices.receipts(notice.notice_id for notice in notices)
        sums: dict[str, int] = dict.fromkeys((root[id] for id in [*taken, *waiting, *baseless]), 0)
        for id, amounts in [*taken.items(), *waiting.items()]:
            sums[root[id]] += sum(round(amount * 100) for amount in amounts if amount != "")
        for id, total in sums.items():
            line = standing.get(id)
            due = line.amount or 0 if line is not None and line.paid and line.date >= PUBLISHED else 0
            assert total == due, (id, yuan(total), yuan(due), taken[id], waiting[id])
        for id, amounts in taken.items():
            if min(amount or 0 for amount in amounts) < 0:
                own = [n.notice_id for n in notices if any(line.decision_id == id for line in n.lines)]
                told = [receipts[number] for number in own if number in receipts]
                assert any(
                    receipt.opinion == "认可" or receipt.delivered + timedelta(APPEAL_DAYS) < self.first[id]
                    for receipt in told
                ), id


@pytest.mark.parametrize("seed", range(5))
def test_what_is_taken_is_what_was_decided_once_after_its_notice_and_with_a_basis(tmp_path, seed):
    office = Office(tmp_path / "site", seed)
    for _ in range(STEPS):
        office.step()
