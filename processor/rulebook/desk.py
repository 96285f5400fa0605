"""What is known while the rows of a delivered rule book are taken, and who may change which rules."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from processor.catalogue.proposal import APPROVED, CLAUSE, FIGURE, REFUSED, SWITCH, WAITING, Proposal
from processor.catalogue.register import Register
from processor.roster import Roster
from processor.rulebook.book import Book
from processor.rulebook.bounds import fold
from processor.rulebook.doubt import Doubt
from processor.rulebook.shown import Shown
from processor.settle.forms import Refused, Row

STATUSES = {WAITING: "待批准", APPROVED: "已生效", REFUSED: "未采纳"}
#: The cell of a row that says what is to change, by kind of change.
CELL = {FIGURE: "新值", SWITCH: "改为", CLAUSE: "条款编号"}
#: Years in which a change may begin: the first one, and how many after that of the batch.
EARLIEST, YEARS_AHEAD = 2000, 5
_UNITS = re.compile(r"[、，,；;]")


@dataclass(frozen=True)
class People:
    """Who may change rules. managers: unit -> staff numbers; names: staff number -> name."""

    managers: Callable[[str], Collection[str]]
    names: Mapping[str, str]

    def number(self, told: str, units: Iterable[str]) -> str | None:
        """The manager of all these units who is meant by a staff number or a name; None where none is, or several are."""
        able = set.intersection(*(set(self.managers(unit)) for unit in units))
        said = fold(told).upper()
        if said in able:
            return said
        meant = [number for number in able if said in (fold(self.names.get(number, "")).upper(), *_written(number))]
        return meant[0] if len(meant) == 1 else None


@dataclass
class Desk:
    """What is known while the rows of a batch are taken.

    closed: months that are shut; four_eyes: whether it takes two; shown: what the rule book said before.
    """

    book: Book
    registers: Mapping[str, Register]
    roster: Roster
    people: People
    as_of: date
    closed: Collection[str]
    four_eyes: bool
    shown: Shown
    changed: dict[str, Proposal] = field(default_factory=dict)
    refused: list[Refused] = field(default_factory=list)
    proposed: list[str] = field(default_factory=list)

    def keep(self, proposal: Proposal) -> None:
        """Note a proposal, or what became of it."""
        self.changed[proposal.number] = proposal
        self.book = self.book.with_changes([proposal])

    def known(self, row: Row) -> bool:
        """Whether the row was taken as a proposal before."""
        return any(proposal.fact == row.fact for proposal in self.book.proposals)

    def propose(self, row: Row, draft: Proposal, signed: str) -> None:
        """Take a change, signed by a manager of every unit that it concerns; one that waits already is none. Raises Doubt."""
        if self._rivals(draft):
            return
        draft = replace(draft, number=self._next_number(), by=self._signer(draft, signed), fact=row.fact)
        if not self.four_eyes:
            draft = replace(draft, state=APPROVED, decided_by=draft.by, decided_on=self.as_of, decided_in=row.fact)
        self.keep(draft)
        self.proposed.append(draft.number)

    def _next_number(self) -> str:
        head = f"P{self.as_of.year}-"
        taken = [int(p.number.removeprefix(head)) for p in self.book.proposals if p.number.startswith(head)]
        return f"{head}{max(taken, default=0) + 1:04d}"

    def _rivals(self, draft: Proposal) -> bool:
        """Whether the very same change waits already. Raises Doubt where another one of the same thing does."""
        mine = set(self.book.units_of(draft))
        for other in self.book.waiting:
            if (other.pack, other.name) == (draft.pack, draft.name) and mine & set(self.book.units_of(other)):
                if (other.value, other.since, other.units) == (draft.value, draft.since, draft.units):
                    return True
                header = CELL[draft.kind]
                message = f"{other.number}也要改这一项，还在等待批准。请先批准或驳回{other.number}，再提出新的改动。"
                raise Doubt(header, draft.after, f"{other.number}决定之后再提", message)
        return False

    def _signer(self, draft: Proposal, signed: str) -> str:
        header = CELL[draft.kind]
        if not signed:
            message = "不知道是谁提出的。请在工作表第1行“提出人工号”右边填写经理的工号或姓名，再放入收件夹。"
            raise Doubt(header, draft.after, "第1行有提出人工号", message)
        number = self.people.number(signed, self.book.units_of(draft))
        if number is None:
            where = "、".join(self.book.units_of(draft))
            message = (
                f"“{signed}”不是{where}的经理，这一行不起作用。请由每个有关门店的经理在第1行“提出人工号”右边签名。"
            )
            raise Doubt(header, draft.after, "经理的工号或姓名", message)
        return number

    def since(self, day: Any, header: str) -> date:
        """The day from which a change holds. Raises Doubt where none is given or its month is closed."""
        if day is None:
            raise Doubt(header, "", "日期，如 2026-12-01", f"没有填“{header}”。请填写从哪一天起按新的规则。")
        return self.open_day(day.date(), header)

    def open_day(self, found: date, header: str) -> date:
        """The day, if its month and all later ones are open, and its year is no slip of the pen. Raises Doubt."""
        if not EARLIEST <= found.year <= self.as_of.year + YEARS_AHEAD:
            message = f"“{header}”写的是{found.isoformat()}，年份像是写错了。请改正再放入收件夹。"
            raise Doubt(header, found.isoformat(), f"{EARLIEST}年至{self.as_of.year + YEARS_AHEAD}年", message)
        last = max(self.closed, default="")
        if f"{found:%Y-%m}" <= last:
            message = f"{last}和以前的月份已经结账，规则不能从{found.isoformat()}起改变。请填写{last}之后的日期。"
            raise Doubt(header, found.isoformat(), f"{last}之后的日期", message)
        return found


def _written(number: str) -> tuple[str, str]:
    """A staff number as it may be written: whole, or without its zeros in front."""
    said = fold(number).upper()
    return said, said.lstrip("0")


def reason(cells: Mapping[str, Any]) -> str:
    """The reason of a change. Raises Doubt where none is given."""
    if cells["理由"] is None:
        raise Doubt("理由", "", "改动的理由", "没有填“理由”。请写明为什么这样改。")
    return str(cells["理由"])


def named_units(told: str | None, known: Collection[str], header: str) -> tuple[str, ...]:
    """The units that a cell names; empty for an empty cell. Raises Doubt on a strange one."""
    by_name = {fold(name): name for name in known}
    names = [part.strip() for part in _UNITS.split(told or "") if part.strip()]
    for name in names:
        if fold(name) not in by_name:
            message = f"这里没有叫“{name}”的门店。请在“{header}”填写：{'、'.join(known)}；每个门店都算就留空。"
            raise Doubt(header, name, "、".join(known), message)
    return tuple(dict.fromkeys(by_name[fold(name)] for name in names))
