"""For any order of deliveries, receipts, appeals and closings: what was taken is what was decided, once, and after its notice."""

from __future__ import annotations

import random
from collections import defaultdict
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from sitework import Site, make_site

from payroll.desk import APPEALS, close, deliver, discipline, employee, penalty, roster, rows_of, sheet, table
from processor.batch.setup import prepare
from processor.ledger import transaction
from processor.model import yuan
from processor.site import load_site

STAFF = ("E1", "E2")
OPINIONS = ("认可", "异议", "拒签", "")
STEPS = 12


class Office:
    """A site under random hands. taken: what stood in a deduction sheet at some time."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.random = random.Random(seed)
        extra = "[notice]\nrequired = true\nappeal_days = 3\n"
        self.site: Site = make_site(folder, {"一部": ["technical_service"]}, managers=["M001"], extra=extra)
        self.day, self.rows, self.appeals = date(2026, 9, 20), {}, {}
        self.closed: list[str] = []
        self.causes: dict[str, str] = {}
        deliver(self.site, self.day, {"roster": roster(*(employee(no, 90000) for no in STAFF))})

    def step(self) -> None:
        self.day += timedelta(days=self.random.choice((0, 2, 6)))
        self.random.choice((self.fine, self.fine, self.receive, self.receive, self.appeal, self.close))()
        self.check()

    def fine(self) -> None:
        """A new row, or a known one with another day."""
        key = self.random.randrange(len(self.rows) + 1)
        day = self.day - timedelta(days=self.random.randrange(20))
        self.rows[key] = (day, self.rows.get(key, (day, self.random.choice(STAFF)))[1])
        rows = [penalty(f"J{n}", d.isoformat(), no, "TS-2") for n, (d, no) in sorted(self.rows.items())]
        deliver(self.site, self.day, {"discipline": discipline(*rows)}, "奖惩.xlsx")

    def receive(self) -> None:
        book = openpyxl.load_workbook(self.site.folder / "outbox/送达登记表.xlsx")
        found = book.active
        for row in range(2, found.max_row + 1):
            if found.cell(row, 1).value and self.random.random() < 0.6:
                given = (self.day.isoformat(), "当面", self.random.choice(OPINIONS) or None, "HR9")
                given = (*given[:3], "M001" if found.cell(row, 3).value != "M001" else "E1")
                for column, value in zip(range(8, 12), given, strict=True):
                    found.cell(row, column).value = value
        book.save(self.site.folder / "inbox/送达登记表.xlsx")
        self.site.once(self.day)

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
            deliver(self.site, self.day, {"appeals": table(APPEALS, *self.appeals.values())}, "申诉.xlsx")

    def close(self) -> None:
        periods = sorted(path.stem for path in (self.site.folder / "outbox/hr").glob("*.xlsx"))
        open_ones = [period for period in periods if period not in self.closed]
        if open_ones and f"{self.day:%Y-%m}" > open_ones[0]:
            close(self.site, open_ones[0], self.day)
            self.closed.append(open_ones[0])
            self.site.once(self.day)

    def check(self) -> None:
        """Taken and waiting together are what was decided, and what was taken had its notice."""
        folder = self.site.folder / "outbox/hr"
        taken: dict[str, list[Any]] = defaultdict(list)
        waiting: dict[str, list[Any]] = defaultdict(list)
        for path in sorted(folder.glob("*.xlsx")):
            for row in sheet(self.site, path.stem):
                taken[row["决定编号"]].append(row["金额"])
            if path.stem not in self.closed:
                for row in sheet(self.site, path.stem, "未列入"):
                    waiting[row["决定编号"]].append(row["金额"])
        setup = prepare(load_site(self.site.folder / "site.toml"))
        with transaction(setup.site.ledger, setup.registers, setup.empty, keep=False) as ledger:
            for line in ledger.decisions.ever([*taken, *waiting]).values():
                self.causes[line.decision_id] = line.linked_to if line.effect == "adjustment" else line.decision_id
            roots = {self.causes[id] or id for id in [*taken, *waiting]}
            standing = ledger.decisions.by_id(roots)
            notices = ledger.notices.of_periods(ledger.notices.periods())
            delivered = ledger.notices.receipts(notice.notice_id for notice in notices)
        told = {line.decision_id for n in notices if n.notice_id in delivered for line in n.lines}
        sums: dict[str, int] = defaultdict(int)
        for id, amounts in [*taken.items(), *waiting.items()]:
            sums[self.causes[id] or id] += sum(round(amount * 100) for amount in amounts if amount != "")
        for root, total in sums.items():
            line = standing.get(root)
            due = line.amount or 0 if line is not None and line.paid else 0
            if line is not None and line.effect == "adjustment":
                continue
            assert total == due, (root, yuan(total), yuan(due), taken[root], waiting[root])
        for id, amounts in taken.items():
            assert len(amounts) == 1, (id, amounts)
            if amounts[0] != "" and amounts[0] < 0:
                assert id in told, id


@pytest.mark.parametrize("seed", range(4))
def test_what_is_taken_is_what_was_decided_once_and_after_its_notice(tmp_path, seed):
    office = Office(tmp_path / "site", seed)
    for _ in range(STEPS):
        office.step()
