"""Runs the examples of an own clause: rows in, and what the clause makes of them compared with what was expected."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import pandas as pd

from processor.calendars import month_end, window_key, window_range
from processor.catalogue.pack import Binding, Pack
from processor.catalogue.register import Register
from processor.catalogue.roles import recording
from processor.decision import Decision
from processor.engine.decide import ordered
from processor.engine.decider import decide
from processor.intake import frame_from_csv
from processor.roster import Roster
from processor.rulebook.bounds import fold
from processor.rulebook.consequences import EXPECTED, NOTHING, expected, found
from processor.rulebook.doubt import Doubt
from processor.settle.forms import Refused, Row

_FIRST = (
    10**12
)  # the fact of the first row of an example: no fact of the ledger, such as a row of the roster, is that far
_FAR = timedelta(days=400)  # beyond any term: what is not done in an example stays undone


@dataclass(frozen=True)
class Bench:
    """What examples run on: the unit's packs with the clause, the registers, the site's roster, and the day of the batch."""

    packs: Sequence[Pack]
    registers: Mapping[str, Register]
    roster: Roster
    unit: str
    as_of: date


def failures(rows: Sequence[Row], clause: str, bench: Bench) -> list[Refused]:
    """What is wrong with the examples of a clause, on their rows; empty where all of them hold."""
    by_name: dict[str, list[Row]] = {}
    for row in rows:
        by_name.setdefault(row.cells["用例"], []).append(row)
    wrong: list[Refused] = []
    for own in by_name.values():
        if not any(row.cells["条款编号"] == clause for row in own):
            continue
        try:
            wrong += _Example(own, clause, bench).failures()
        except _At as at:
            wrong.append(at.doubt.at(at.row.place))
    return wrong


class _At(Exception):
    """A doubt about a row of an example."""

    def __init__(self, row: Row, header: str, wanted: str, message: str) -> None:
        super().__init__(message)
        self.row, self.doubt = row, Doubt(header, str(row.cells[header] or ""), wanted, message)


class _Example:
    """The rows of one example as facts of their registers."""

    def __init__(self, rows: Sequence[Row], clause: str, bench: Bench) -> None:
        self.rows, self.clause, self.bench = rows, clause, bench
        self.bindings = _needed(bench.packs, clause)
        provision = next(b for _, b in self.bindings if clause in b.clauses).provision
        self.own = provision.register if provision is not None else None
        self.about = provision.about if provision is not None else ()
        self.window = provision.window if provision is not None else ""
        self.far = provision is not None and provision.mechanic == "deadline"
        self.refs: dict[int, Row] = {}
        self.facts = self._facts()

    def failures(self) -> list[Refused]:
        """The rows whose expectation does not hold."""
        made = [line for line in self._decided() if line.clause == self.clause]
        judged: dict[int, list[Decision]] = {}
        for line in made:
            judged.setdefault(line.row if line.row in self.refs else -1, []).append(line)
        wrong = []
        for place, row in self.refs.items():
            told = row.cells["预期"]
            if told is None:
                continue
            lines = judged.get(place, [])
            if place < 0:
                lines = [line for line in judged.get(-1, []) if line.staff_no == (row.cells["工号"] or "")]
            try:
                wanted, really = expected(told), found(lines)
            except ValueError as error:
                message = f"看不懂“预期”里的“{error}”。可以写：{EXPECTED}，或{NOTHING}。"
                raise _At(row, "预期", EXPECTED, message) from None
            if wanted != really:
                message = f"用例“{row.cells['用例']}”没有通过：按条款算出来是“{'+'.join(really) or NOTHING}”，预期是“{told}”。"
                wrong.append(_At(row, "预期", "+".join(really) or NOTHING, message).doubt.at(row.place))
        return wrong

    def _facts(self) -> dict[str, pd.DataFrame]:
        filled: dict[str, list[tuple[int, dict[str, str]]]] = {}
        for number, row in enumerate(self.rows, _FIRST):
            if row.cells["工号"] is not None and row.cells["工号"] not in self.bench.roster:
                raise _At(
                    row, "工号", "花名册里的工号", f"花名册里没有工号“{row.cells['工号']}”。请填写花名册里的工号。"
                )
            if row.cells["内容"] is None:
                self.refs[-number] = row
                continue
            register = self._register(row)
            cells = self._cells(row, register, number - _FIRST + 1)
            filled.setdefault(register.name, []).append((number, cells))
            self.refs[number] = row
        return {name: self._frame(self.bench.registers[name], rows) for name, rows in filled.items()}

    def _register(self, row: Row) -> Register:
        told = row.cells["登记表"]
        if told is None:
            return self.own or recording(self.bench.registers)
        for register in self.bench.registers.values():
            if fold(told) in (fold(register.title), register.name):
                return register
        raise _At(row, "登记表", "登记表的名称", f"没有叫“{told}”的登记表。请填写登记表的名称。")

    def _cells(self, row: Row, register: Register, number: int) -> dict[str, str]:
        cells: dict[str, str] = {}
        for part in str(row.cells["内容"]).replace(";", "；").replace("\n", "；").split("；"):
            if not part.strip():
                continue
            part = part.replace("＝", "=")
            header, sign, value = (part if "=" in part else part.replace("：", "=", 1)).partition("=")
            column = next(
                (c for c in register.columns if fold(header) in {fold(c.header), *map(fold, c.synonyms)}), None
            )
            if not sign or column is None:
                message = (
                    f"看不懂“内容”里的“{part.strip()}”。请写成“列名=值”，列名照{register.title}的表头，几格用“；”分开。"
                )
                raise _At(row, "内容", "列名=值；列名=值", message)
            cells[column.header] = value.strip()
        staff = next(iter(self.about if register == self.own else register.about), None)
        if staff and row.cells["工号"] is not None:
            cells.setdefault(staff, str(row.cells["工号"]))
        if register.records:
            cells.setdefault(register.records, str(row.cells["条款编号"]))
        if register.column(register.key[0]).type == "id":
            cells.setdefault(register.key[0], f"例{number}")
        return cells

    def _frame(self, register: Register, rows: Sequence[tuple[int, Mapping[str, str]]]) -> pd.DataFrame:
        lenient = replace(register, columns=tuple(replace(c, required=False) for c in register.columns))
        headers = list(dict.fromkeys(header for _, cells in rows for header in cells))
        text = io.StringIO()
        writer = csv.writer(text)
        writer.writerow(headers)
        writer.writerows([cells.get(header, "") for header in headers] for _, cells in rows)
        try:
            frame = frame_from_csv(lenient, text.getvalue())
        except ValueError as error:
            row = self.refs[rows[0][0]]
            raise _At(row, "内容", "能读懂的格子", f"用例的内容读不出来：{error}") from None
        return frame.assign(门店=self.bench.unit, _ref=[number for number, _ in rows])

    def _as_of(self) -> date:
        days = [
            day.date()
            for name, frame in self.facts.items()
            if (header := self.bench.registers[name].date_column) is not None
            for day in frame[header].dropna()
        ]
        last = max(days, default=self.bench.as_of)
        if self.far:
            return last + _FAR
        return window_range(window_key(last, self.window), self.window)[1] if self.window else month_end(last)

    def _decided(self) -> list[Decision]:
        as_of = self._as_of()
        made: list[Decision] = []
        months = frozenset(
            day
            for name, frame in self.facts.items()
            if (header := self.bench.registers[name].date_column) is not None
            for day in frame[header].dropna().dt.strftime("%Y-%m")
        )
        for pack, binding in self.bindings:
            made += decide(
                pack,
                binding,
                unit=self.bench.unit,
                as_of=as_of,
                facts={name: self.facts.get(name, _empty(self.bench.registers[name])) for name in binding.reads},
                registers=self.bench.registers,
                roster=self.bench.roster,
                earlier=made,
                active_months=months,
            )
        return made


def _empty(register: Register) -> pd.DataFrame:
    frame = frame_from_csv(register, ",".join(register.headers))
    return frame.assign(门店=frame["门店"].astype("object"), _ref=range(0))


def _needed(packs: Sequence[Pack], clause: str) -> list[tuple[Pack, Binding]]:
    """The bindings of the clause and, before them, of the clauses whose decisions they read."""
    every = ordered(packs)
    wanted = {clause}
    while True:
        more = {after for _, b in every if wanted & set(b.clauses) for after in b.after} - wanted
        if not more:
            break
        wanted |= more
    return [(pack, binding) for pack, binding in every if wanted & set(binding.clauses)]


def both_sides(rows: Sequence[Row], clause: str) -> bool:
    """Whether at least one row of the clause's examples must find something, and one must not."""
    told = {
        fold(str(row.cells["预期"]))
        for row in rows
        if row.cells["条款编号"] == clause and row.cells["预期"] is not None
    }
    return NOTHING in told and bool(told - {NOTHING})


def kept(rows: Sequence[Row], headers: Sequence[str]) -> list[list[Any]]:
    """The rows as the rule book shows them again."""
    return [["" if row.cells[header] is None else str(row.cells[header]) for header in headers] for row in rows]
