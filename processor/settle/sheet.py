"""What a month's deduction sheet says: a line a decision, what was carried in and out, and the sums of each employee."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from processor.decision import Decision
from processor.settle.pay import About, Month, Payee, Person

CARRY = "结转"
UNCHECKED = "限额未核"


@dataclass(frozen=True)
class Entry:
    """One line of 明细. amount: signed fen; carry: a 结转 line; remark: 限额未核 or empty; person: whose it is."""

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
    person: Person = field(default=("", 0), repr=False)


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


def entries(month: Month, payees: Mapping[Person, Payee], about: Mapping[str, About]) -> list[Entry]:
    """The lines of 明细, by employee: decisions by date and id, then what was carried in and out.

    about: of every line and of whatever is carried, by decision id.
    """
    found = []
    for d in month.lines:
        person = about[d.decision_id].person
        payee = payees.get(person)
        remark = UNCHECKED if person in month.unchecked else ""
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
                person,
            )
        )
    moves = [(c, -c.amount, "上月结转，本月扣") for c in month.taken]
    moves += [(c, c.amount, "超过本月扣款限额，转下月扣") for c in month.left_over]
    moves += [(c, c.amount, "超过本月扣款限额，员工已离职，记未扣余额") for c in month.stranded]
    for carry, amount, reason in moves:
        person = about[carry.decision_id].person
        payee = payees.get(person)
        remark = UNCHECKED if person in month.unchecked else ""
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
                about[carry.decision_id].clause,
                f"{reason}{note}",
                carry.decision_id,
                "final",
                True,
                remark,
                person,
            )
        )
    return sorted(found, key=lambda e: (e.person, e.carry))


def code_of(line: Decision) -> str:
    """The item of a line: a recommended sum that was confirmed counts as a reward."""
    return "reward" if line.effect == "recommendation" and (line.amount or 0) > 0 else line.effect


def accounts(
    lines: Sequence[Entry], month: Month, payees: Mapping[Person, Payee], about: Mapping[str, About]
) -> list[Account]:
    """The lines of 汇总, one an employee, by staff number."""
    stranded: dict[Person, int] = {}
    for carry in (*month.stranded, *month.refused):
        person = about[carry.decision_id].person
        stranded[person] = stranded.get(person, 0) + carry.amount
    by_person: dict[Person, list[Entry]] = {person: [] for person in stranded}
    for line in lines:
        by_person.setdefault(line.person, []).append(line)
    return [
        Account(
            person[0],
            own[0].name if own else payees[person].name,
            sum(e.amount for e in own if e.amount and e.amount < 0 and not e.carry),
            sum(e.amount for e in own if e.amount and e.amount > 0 and not e.carry),
            sum(e.amount or 0 for e in own if e.carry),
            stranded.get(person, 0),
        )
        for person, own in sorted(by_person.items())
    ]


def digest(*parts: object) -> str:
    """Tells whether a month's sheet says something new."""
    return hashlib.sha256(repr(parts).encode()).hexdigest()
