"""For any order of deliveries, receipts, appeals and closings: what was taken is what was decided, once,
after its notice, with a basis, and within the limits of the wage."""

from __future__ import annotations

import random
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from depth import DEPTH
from sitework import Site, command, make_site

from payroll.desk import APPEALS, closing, discipline, employee, penalty, roster, rows_of, sheet, table
from processor.batch.setup import prepare
from processor.ledger import transaction
from processor.model import yuan
from processor.settle.adjustments import adjusted_id
from processor.site_reader import load_site

UNITS = {"一部": ["technical_service"], "三部": ["carts"]}
#: A rule book of losses, each with a point beside it.
CARTS = """
pack: carts
title: 推车管理
document: 本公司推车管理规定
in_force_from: 2026-01-01
parameters: {}
clauses:
  CT-1:
    title: 损坏推车
    rule: 损坏推车的照价赔偿，每次另记C1点。
    cites: 第一条
    family: conduct
    kind: recorded
    decided:
      mechanic: recorded
      steps: [[{effect: points, points: C1}, {effect: deduction, nature: 赔偿, recorded: true, optional: true}]]
"""
#: Staff number -> unit and monthly wage: some bear all, some carry on.
STAFF = {"E1": ("一部", 90000), "E2": ("一部", 1500), "E3": ("三部", 90000), "E4": ("三部", 1000)}
OPINIONS = ("认可", "异议", "拒签", "")
PUBLISHED = date(2026, 9, 8)
STEPS = 4 * DEPTH


@dataclass(frozen=True)
class Setting:
    """A site's terms. published: whether the rule book of 一部 is dated; by_form: whether 月结单 closes, or the command."""

    region: str
    required: bool
    appeal_days: int
    published: bool
    by_form: bool

    @property
    def toml(self) -> str:
        law = f'[law]\nregion = "{self.region}"\n' if self.region else "[law]\n"
        law += f"published = {{technical_service = {PUBLISHED}}}\n" if self.published else ""
        return f"[notice]\nrequired = {str(self.required).lower()}\nappeal_days = {self.appeal_days}\n{law}"

    def bears(self, line: Any) -> bool:
        """Whether something may be deducted for a line."""
        if self.published and line.pack == "technical_service" and line.date < PUBLISHED:
            return False
        return self.region != "广东" or line.effect == "deduction"


SETTINGS = (
    Setting("", True, 3, True, by_form=True),
    Setting("广东", False, 3, False, by_form=True),
    Setting("江苏", False, 0, True, by_form=False),
    Setting("深圳", True, 0, False, by_form=False),
    Setting("", False, 5, True, by_form=True),
    Setting("江苏", True, 5, False, by_form=False),
)


class Office:
    """A site under random hands: each batch finds any of new and corrected rows, receipts, appeals and a month to close.

    taken: the decisions that stand in a deduction sheet.
    """

    def __init__(self, folder: Path, seed: int, setting: Setting) -> None:
        self.random, self.setting = random.Random(seed), setting
        extra = "[wage_limit]\nshare = 0.5\n" + setting.toml
        (folder / "packs").mkdir(parents=True)
        (folder / "packs/carts.yaml").write_text(CARTS, encoding="utf-8")
        self.site: Site = make_site(folder, UNITS, managers=["M001"], points={"C": 20}, extra=extra)
        self.day, self.rows, self.appeals = date(2026, 9, 20), {}, {}
        self.closed: list[str] = []
        self.taken: set[str] = set()
        self.months: dict[Path, tuple[int, list[dict[str, Any]], list[dict[str, Any]]]] = {}
        staff = (employee(no, wage, unit=unit, boss="", department="卖场") for no, (unit, wage) in STAFF.items())
        self.site.drop({"roster": roster(*staff)}, "花名册.xlsx")
        self.record()
        self.run()

    def step(self) -> None:
        self.day += timedelta(days=self.random.choice((0, 2, 6, 12)))
        acts = (self.record, self.receive, self.appeal, self.close)
        for act in self.random.sample(acts, self.random.randint(1, len(acts))):
            act()
        self.run()

    def run(self) -> None:
        self.site.once(self.day)
        self.check()

    def record(self) -> None:
        """Some new rows, many of them late, or known ones with another day or sum."""
        for _ in range(self.random.randint(1, 3)):
            key = self.random.randrange(len(self.rows) + 1)
            who = self.rows[key][1] if key in self.rows else self.random.choice(tuple(STAFF))
            day = self.day - timedelta(days=self.random.randrange(25))
            self.rows[key] = (day, who, self.random.choice((90, 700)))
        rows = [
            penalty(f"J{n}", day.isoformat(), who, "TS-2")
            if STAFF[who][0] == "一部"
            else penalty(f"J{n}", day.isoformat(), who, "CT-1", amount=amount)
            for n, (day, who, amount) in sorted(self.rows.items())
        ]
        self.site.drop({"discipline": discipline(*rows)}, "奖惩.xlsx")

    def receive(self) -> None:
        """Some notices are handed over; some that came back unsigned are agreed to after all."""
        book = openpyxl.load_workbook(self.site.folder / "outbox/送达登记表.xlsx")
        found = book.active
        for row in range(2, found.max_row + 1):
            if not found.cell(row, 1).value or self.random.random() < 0.4:
                continue
            if found.cell(row, 8).value:
                found.cell(row, 10).value = "认可"
                continue
            given = (self.day.isoformat(), "当面", self.random.choice(OPINIONS) or None, "M001")
            for column, value in zip(range(8, 12), given, strict=True):
                found.cell(row, column).value = value
        book.save(self.site.folder / "inbox/送达登记表.xlsx")

    def appeal(self) -> None:
        """Somebody appeals, or a manager judges an appeal, or judges it anew."""
        lines = [row for row in rows_of(self.site.folder / "outbox/decisions.csv") if row["amount"]]
        if self.appeals and self.random.random() < 0.6:
            number = self.random.choice(list(self.appeals))
            verdict = self.random.choice(("维持,", "撤销,", "改为,30"))
            before = ",".join(self.appeals[number].split(",")[:5])
            self.appeals[number] = f"{before},{verdict},M001,{self.day}"
        elif lines:
            line, number = self.random.choice(lines), len(self.appeals)
            self.appeals[number] = f"A{number},{line['decision_id']},{line['staff_no']},{self.day},不服,,,,"
        if self.appeals:
            self.site.drop({"appeals": table(APPEALS, *self.appeals.values())}, "申诉.xlsx")

    def close(self) -> None:
        periods = sorted(path.stem for path in (self.site.folder / "outbox/hr").glob("*.xlsx"))
        open_ones = [period for period in periods if period not in self.closed]
        if not open_ones or f"{self.day:%Y-%m}" <= open_ones[0]:
            return
        [period, *_] = open_ones
        if self.setting.by_form:
            self.site.drop(closing(period), "月结单.xlsx")
        else:
            asked = ("close", period, "--config", self.site.config, "--as-of", str(self.day))
            code, _, err = command(*asked)
            if code == 1:
                code, _, err = command(*asked, "--anyway", "--by", "M001")
            assert code == 0, err
        self.closed.append(period)

    def month(self, path: Path) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        """明细 and 未列入 of a month's workbook; one that lies as it lay is not read again."""
        stamp = path.stat().st_mtime_ns
        if self.months.get(path, (0,))[0] != stamp:
            self.months[path] = stamp, sheet(self.site, path.stem), sheet(self.site, path.stem, "未列入")
        return self.months[path][1:]

    def check(self) -> None:
        """Taken and waiting together are what was decided, and what was taken had its notice and a basis."""
        taken: dict[str, list[Any]] = defaultdict(list)
        waiting: dict[str, list[Any]] = defaultdict(list)
        borne: dict[tuple[str, str], dict[str, int]] = defaultdict(dict)
        baseless: set[str] = set()
        for path in sorted((self.site.folder / "outbox/hr").glob("*.xlsx")):
            found, kept_out = self.month(path)
            own = [row["决定编号"] for row in found if row["项目编码"] != "结转"]
            assert len(own) == len(set(own)), "a line stands twice in one sheet"
            for row in found:
                items = borne[path.stem, row["工号"]]
                items[row["决定编号"]] = items.get(row["决定编号"], 0) + round(100 * (row["金额"] or 0))
                if row["项目编码"] != "结转":
                    taken[row["决定编号"]].append(row["金额"])
            for row in kept_out:
                if "公布以前" in row["原因"] or "不得" in row["原因"]:
                    baseless.add(row["决定编号"])
                elif path.stem not in self.closed:
                    waiting[row["决定编号"]].append(row["金额"])
        setup = prepare(load_site(self.site.folder / "site.toml"))
        with transaction(setup.site.ledger, setup.registers, keep=False) as ledger:
            lines = ledger.decisions.ever([*taken, *waiting, *baseless])
            root = {id: adjusted_id(line) if line.effect == "adjustment" else id for id, line in lines.items()}
            standing = ledger.decisions.by_id(root.values())
            was = ledger.decisions.ever(root.values())
            notices = ledger.notices.of_periods(ledger.notices.periods())
            receipts = ledger.notices.receipts(notice.notice_id for notice in notices)
        sums: dict[str, int] = dict.fromkeys((root[id] for id in [*taken, *waiting, *baseless]), 0)
        for id, amounts in [*taken.items(), *waiting.items()]:
            sums[root[id]] += sum(round(amount * 100) for amount in amounts if amount != "")
        for id, total in sums.items():
            line = standing.get(id)
            due = line.amount or 0 if line is not None and line.paid and self.setting.bears(line) else 0
            assert total == due, (id, yuan(total), yuan(due), taken[id], waiting[id])
        for (_, staff_no), items in borne.items():
            wage = STAFF[staff_no][1] * 100
            lowered = {id: -amount for id, amount in items.items() if amount < 0}
            assert sum(lowered.values()) <= wage // 2
            if self.setting.region:
                losses = sum(amount for id, amount in lowered.items() if was[root[id]].effect == "deduction")
                assert losses <= wage // 5
        if self.setting.required or self.setting.region == "广东":
            lowering = {id for id, amounts in taken.items() if min(amount or 0 for amount in amounts) < 0}
            self.check_told(lowering - self.taken, notices, receipts)
        self.taken = set(taken)

    def check_told(self, new: set[str], notices: Any, receipts: Any) -> None:
        """Each line that a sheet takes now was delivered, and agreed to or its days of appeal are over."""
        for id in new:
            own = [n.notice_id for n in notices if any(line.decision_id == id for line in n.lines)]
            told = [receipts[number] for number in own if number in receipts]
            assert any(
                receipt.opinion == "认可" or receipt.delivered + timedelta(self.setting.appeal_days) < self.day
                for receipt in told
            ), id


@pytest.mark.parametrize(("seed", "setting"), list(enumerate(SETTINGS)), ids=lambda value: str(value)[:40])
def test_what_is_taken_is_what_was_decided_once_after_its_notice_and_with_a_basis(tmp_path, seed, setting):
    office = Office(tmp_path / "site", seed, setting)
    for _ in range(STEPS):
        office.step()
