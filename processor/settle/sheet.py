"""What a month's deduction sheet says: a line a decision, what was carried in and out, and the sums of each employee."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from processor.decision import Decision
from processor.settle.pay import Month, Payee

CARRY = "结转"
UNCHECKED = "限额未核"


@dataclass(frozen=True)
class Entry:
    """One line of 明细. amount: signed fen; carry: a 结转 line; remark: 限额未核 or empty."""

    period: str
    staff_no: str
    name: str
    unit: str
    department: str
    code: str
    amount: int | None
    points: str
    clause: str
    reason: str
    decision_id: str
    status: str
    carry: bool
    remark: str = ""


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
        remark = UNCHECKED if d.staff_no in month.unchecked else ""
        note = f"（{remark}）" if remark else ""
        found.append(
            Entry(
                month.period,
                d.staff_no,
                d.staff_name,
                d.unit,
                payee.department if payee else "",
                code_of(d),
                d.amount,
                d.points,
                d.clause,
                f"{d.text}{note}",
                d.decision_id,
                d.status,
                False,
                remark,
            )
        )
    moves = [(c, -c.amount, "上月结转，本月扣") for c in month.taken]
    moves += [(c, c.amount, "超过本月扣款限额，转下月扣") for c in month.left_over]
    moves += [(c, c.amount, "超过本月扣款限额，员工已离职，记未扣余额") for c in month.stranded]
    for carry, amount, reason in moves:
        payee = payees.get(carry.staff_no)
        remark = UNCHECKED if carry.staff_no in month.unchecked else ""
        note = f"（{remark}）" if remark else ""
        found.append(
            Entry(
                month.period,
                carry.staff_no,
                payee.name if payee else "",
                payee.unit if payee else "",
                payee.department if payee else "",
                CARRY,
                amount,
                "",
                clause_of.get(carry.decision_id, ""),
                f"{reason}{note}",
                carry.decision_id,
                "final",
                True,
                remark,
            )
        )
    return sorted(found, key=lambda e: (e.staff_no, e.carry))


def code_of(line: Decision) -> str:
    """The item of a line: a recommended sum that was confirmed counts as a reward."""
    return "reward" if line.effect == "recommendation" and (line.amount or 0) > 0 else line.effect


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


def digest(*parts: object) -> str:
    """Tells whether a month's sheet says something new."""
    return hashlib.sha256(repr(parts).encode()).hexdigest()
