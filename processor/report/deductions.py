"""The deduction sheet of a month for HR: 明细, 汇总, 控制, and a CSV of the details beside it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from processor.model import yuan
from processor.pay import Month, Payee
from processor.report.names import EFFECTS, STATUSES
from processor.report.tables import Sheet, money, write_csv, write_workbook

DETAIL = (
    "期间",
    "工号",
    "姓名",
    "门店",
    "部门",
    "项目编码",
    "项目名称",
    "金额",
    "点数",
    "条款编号",
    "事由",
    "决定编号",
    "状态",
)
SUMMARY = ("工号", "姓名", "扣款", "奖励", "实际", "结转", "未扣余额")
CONTROL = ("项目", "值")
CARRY = "结转"
UNCHECKED = "限额未核"


@dataclass(frozen=True)
class Entry:
    """One line of 明细. amount: signed fen; carry: a 结转 line."""

    period: str
    staff_no: str
    name: str
    unit: str
    department: str
    code: str
    title: str
    amount: int | None
    points: str
    clause: str
    reason: str
    decision_id: str
    status: str
    carry: bool


@dataclass(frozen=True)
class Account:
    """One line of 汇总; signed fen. stranded: what no later month can deduct, unsigned."""

    staff_no: str
    name: str
    deducted: int
    rewarded: int
    carried: int
    stranded: int

    @property
    def net(self) -> int:
        return self.deducted + self.rewarded + self.carried


def entries(month: Month, payees: Mapping[str, Payee], clause_of: Mapping[str, str]) -> list[Entry]:
    """The lines of 明细, by employee: decisions by date and id, then what was carried in and out.

    clause_of: decision id -> clause, for carried lines of earlier months.
    """
    found = []
    for d in month.lines:
        payee = payees.get(d.staff_no)
        note = f"（{UNCHECKED}）" if d.staff_no in month.unchecked else ""
        found.append(
            Entry(
                month.period,
                d.staff_no,
                d.staff_name,
                d.unit,
                payee.department if payee else "",
                d.effect,
                EFFECTS[d.effect],
                d.amount,
                d.points,
                d.clause,
                f"{d.text}{note}",
                d.decision_id,
                STATUSES[d.status],
                False,
            )
        )
    moves = [(c, -c.amount, "上月结转，本月扣") for c in month.taken]
    moves += [(c, c.amount, "超过本月扣款限额，转下月扣") for c in month.left_over]
    moves += [(c, c.amount, "超过本月扣款限额，员工已离职，记未扣余额") for c in month.stranded]
    for carry, amount, reason in moves:
        payee = payees.get(carry.staff_no)
        note = f"（{UNCHECKED}）" if carry.staff_no in month.unchecked else ""
        found.append(
            Entry(
                month.period,
                carry.staff_no,
                payee.name if payee else "",
                payee.unit if payee else "",
                payee.department if payee else "",
                CARRY,
                CARRY,
                amount,
                "",
                clause_of.get(carry.decision_id, ""),
                f"{reason}{note}",
                carry.decision_id,
                STATUSES["final"],
                True,
            )
        )
    return sorted(found, key=lambda e: (e.staff_no, e.carry))


def accounts(lines: Sequence[Entry], month: Month, payees: Mapping[str, Payee]) -> list[Account]:
    """The lines of 汇总, one an employee, by staff number."""
    stranded: dict[str, int] = {}
    for carry in (*month.stranded, *month.refused):
        stranded[carry.staff_no] = stranded.get(carry.staff_no, 0) + carry.amount
    by_staff: dict[str, list[Entry]] = {staff_no: [] for staff_no in stranded}
    for line in lines:
        by_staff.setdefault(line.staff_no, []).append(line)
    return [
        Account(
            staff_no,
            own[0].name if own else payees[staff_no].name,
            sum(e.amount for e in own if e.amount and e.amount < 0 and not e.carry),
            sum(e.amount for e in own if e.amount and e.amount > 0 and not e.carry),
            sum(e.amount or 0 for e in own if e.carry),
            stranded.get(staff_no, 0),
        )
        for staff_no, own in sorted(by_staff.items())
    ]


def digest(lines: Sequence[Entry], books: Sequence[Account], versions: str) -> str:
    """Tells whether a month's sheet says something new."""
    return hashlib.sha256(repr((lines, books, versions)).encode()).hexdigest()


def write_month(
    folder: Path, period: str, lines: Sequence[Entry], books: Sequence[Account], versions: str, run: str
) -> None:
    """`YYYY-MM.xlsx` and `YYYY-MM.csv`. versions: packs with their digests; run: the batch that last changed the month."""
    control = (
        ("行数", len(lines)),
        ("扣款", money(sum(book.deducted for book in books))),
        ("奖励", money(sum(book.rewarded for book in books))),
        ("结转", money(sum(book.carried for book in books))),
        ("合计", money(sum(book.net for book in books))),
        ("期间", period),
        ("规则版本", versions),
        ("批次", run),
    )
    totals = (
        (
            b.staff_no,
            b.name,
            money(b.deducted),
            money(b.rewarded),
            money(b.net),
            money(b.carried),
            money(b.stranded),
        )
        for b in books
    )
    write_workbook(
        folder / f"{period}.xlsx",
        [
            Sheet("明细", DETAIL, _cells(lines), (10, 10, 10, 14, 12, 16, 14, 12, 8, 12, 60, 24, 10)),
            Sheet("汇总", SUMMARY, totals),
            Sheet("控制", CONTROL, control, (14, 60)),
        ],
    )
    write_csv(
        folder / f"{period}.csv",
        DETAIL,
        ([*row[:7], yuan(line.amount), *row[8:]] for row, line in zip(_cells(lines), lines, strict=True)),
    )


def _cells(lines: Sequence[Entry]) -> Iterator[list]:
    for e in lines:
        yield [
            e.period,
            e.staff_no,
            e.name,
            e.unit,
            e.department,
            e.code,
            e.title,
            money(e.amount),
            e.points,
            e.clause,
            e.reason,
            e.decision_id,
            e.status,
        ]
