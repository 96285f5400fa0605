"""Which single changes to try for a decision, the likeliest first: the other side of a bound, a row less, a row more."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import islice
from typing import Any

import pandas as pd

from processor.calendars import window_key, window_range
from processor.catalogue.pack import Binding
from processor.catalogue.provision import Provision
from processor.catalogue.register import Column, Register
from processor.decision import Decision
from processor.engine.bounds import A_MOBILE, FILLED, NUMBERS, Figures, other_values, term_end
from processor.engine.changes import (
    Change,
    FactRows,
    absent,
    added_row,
    other_value,
    undecided,
)
from processor.model import say
from processor.rules.declared import Columns

#: Of those whom a line passed over, how many are tried with a row less; of the rows that counted, how many are taken away.
RIVALS, ROWS = 2, 4
#: How many cells are tried of a row without which the line would stand as it does.
CELLS = 4
_ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True)
class Proposing:
    """What changes are proposed from. read: the columns that the binding reads, for no other cell can change anything."""

    binding: Binding
    rows: FactRows
    registers: Mapping[str, Register]
    read: Columns

    @cached_property
    def _figures(self) -> Figures:
        return Figures(self.binding)

    def without_its_row(self, line: Decision) -> Change | None:
        """The judged row taken away; None where the line has none."""
        found = self.rows.row(line.row)
        return None if found is None else absent(self.registers[found[0]], found[1])

    def changes(self, line: Decision, row_matters: bool) -> Iterator[Change]:
        """What to try for a line, the likeliest first. row_matters: whether it would be gone without its judged row."""
        if line.linked_to:
            yield undecided(line.linked_to)
        yield from self._others_turn(line)
        judged = self.rows.row(line.row)
        others = [known for known in self.rows.known(reversed(line.evidence)) if known[1] != line.row]
        less = (absent(self.registers[register], row) for register, row in self._rows(others[:ROWS]))
        if (line.occurrence or 0) > 1:
            yield from less
        if judged is None:
            yield from self._rowless(line, others)
        else:
            counted = [(judged[0], judged[1]["_ref"]), *others]
            yield from self._places(line, counted)
            if row_matters:
                yield from self._cells(line, *judged, among_many=bool(others) and line.effect == "classify")
            else:
                if line.effect != "classify":
                    yield from islice(less, 1)
                    yield from self._odd_ones(line, counted)
                yield from islice(self._cells(line, *judged, among_many=bool(others)), CELLS)
        yield from less

    def _others_turn(self, line: Decision) -> Iterator[Change]:
        """Where somebody's turn was decided: a row less of those who were passed over, a row more of the chosen one."""
        if line.effect not in ("assign", "attribute", "queue"):
            return
        passed = [candidate for candidate in line.candidates if not candidate.chosen]
        if line.effect == "assign" and passed:
            own = self.rows.last_of(line.staff_no, self.registers)
            yield from (self._one_more(line, *found) for found in islice(own, 1) if found[1]["_ref"] != line.row)
        for candidate in passed[:RIVALS]:
            for register, row in self.rows.last_of(candidate.staff_no, self.registers):
                if row["_ref"] != line.row:
                    yield absent(self.registers[register], row)

    def _one_more(self, line: Decision, register: str, row: Mapping[str, Any]) -> Change:
        """The chosen one has got another like his last one, on the line's day."""
        declared = self.registers[register]
        cells = {column.header: row.get(column.header) for column in declared.columns if column.header in row}
        cells |= {h: FILLED for h in cells if declared.column(h).type == "id"}
        if declared.date_column:
            cells[declared.date_column] = pd.Timestamp(line.date)
        return added_row(declared, cells, say("{name}手上多一单", name=line.staff_name or line.staff_no))

    def _cells(self, line: Decision, register: str, row: Mapping[str, Any], among_many: bool) -> Iterator[Change]:
        declared, seen = self.registers[register], self.read.get(register, frozenset())
        for header in self._headers(line, declared):
            if header in seen and header in row:
                column = declared.column(header)
                for value in dict.fromkeys(other_values(line, self._figures, declared, row, column)):
                    if value != row[header] and not (value is None and column.required):
                        yield other_value(declared, row, header, value, among_many)

    def _headers(self, line: Decision, register: Register) -> list[str]:
        """The judged cell first, then what the clause names, then the other columns; the row's own day comes last."""
        key = register.name, line.column, line.effect == "attribute"
        if key not in self._ordered:
            self._ordered[key] = self._in_order(line, register)
        return self._ordered[key]

    @cached_property
    def _ordered(self) -> dict[tuple[str, str, bool], list[str]]:
        """The headers of `_headers` that are known: lines of one clause have the same."""
        return {}

    def _in_order(self, line: Decision, register: Register) -> list[str]:
        named = self._named(line)
        kept = {*register.key, *register.about, "门店", "备注", "姓名"}
        more = [
            column.header
            for column in register.columns
            if column.header not in kept and (column.type != "staff" or line.effect == "attribute")
        ]
        wanted = [header for name in (*named, *more) for header in sorted(register.cells([name]))]
        cells = [
            header for header in dict.fromkeys(wanted) if header in register.headers and header not in register.key
        ]
        return sorted(cells, key=lambda header: header == register.date_column and header not in named)

    def _named(self, line: Decision) -> list[str]:
        provision = self.binding.provision
        if provision is None:
            return [line.column]
        compared = [c.column.header for condition in provision.conditions for c in condition.comparisons]
        timed = [header for fault in provision.faults for header in (fault.measure, *fault.parts)]
        named = [line.column, provision.measure, *provision.parts, *timed, *compared]
        if provision.register is None:
            return named
        return [cell for header in named for cell in sorted(provision.register.cells([header]))]

    def _rows(self, known: Sequence[tuple[str, int]]) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """Register and cells of these rows."""
        return ((register, self._row(ref)) for register, ref in known)

    def _row(self, ref: int) -> Mapping[str, Any]:
        """The cells of a row that the binding reads."""
        found = self.rows.row(ref)
        assert found is not None
        return found[1]

    def _alike(self, known: Sequence[tuple[str, int]]) -> tuple[Register, list[int]]:
        """The register of the first of these rows, and the rows that are of it."""
        register = self.registers[known[0][0]]
        return register, [ref for name, ref in known if name == register.name]

    def _places(self, line: Decision, known: Sequence[tuple[str, int]]) -> Iterator[Change]:
        """Where employees were ranked: so much more or less in a row as parts the one from those beside him."""
        if not line.candidates:
            return
        register, refs = self._alike(known)
        about = next((header for header in register.about if self.rows.has(register.name, header)), "")
        people = self.rows.cells(register.name, about, refs) if about else []
        if line.staff_no not in people:
            return
        own = self._row(refs[people.index(line.staff_no)])
        seen = self.read[register.name]
        numeric = [column.header for column in register.columns if column.type in NUMBERS and column.header in seen]
        for header in [line.column] if line.column in numeric else numeric:
            sums = dict.fromkeys(people, 0)
            for who, value in zip(people, self.rows.cells(register.name, header, refs), strict=True):
                sums[who] += value or 0
            gaps = sorted(total - sums[line.staff_no] for who, total in sums.items() if who != line.staff_no)
            below, above = [gap - 1 for gap in gaps if gap <= 0][-1:], [gap + 1 for gap in gaps if gap >= 0]
            for change in dict.fromkeys((*below, *above[:1], *above[-1:])):
                value = (own[header] or 0) + change
                if value >= 0:
                    yield other_value(register, own, header, value, among_many=True)

    def _odd_ones(self, line: Decision, known: Sequence[tuple[str, int]]) -> Iterator[Change]:
        """Of many rows that were added up, the cells in which few differ from most: not done, done wrongly, done last."""
        register, refs = self._alike(known)
        for column in register.columns if len(refs) > 1 else ():
            if column.header not in self.read[register.name] or not self.rows.has(register.name, column.header):
                continue
            odd = _odd_one(self.rows.cells(register.name, column.header, refs), column)
            if odd is not None:
                row = self._row(refs[odd])
                values = other_values(line, self._figures, register, row, column)
                for value in islice((value for value in values if value is not None), 2):
                    yield other_value(register, row, column.header, value, among_many=True)

    def _rowless(self, line: Decision, others: Sequence[tuple[str, int]]) -> Iterator[Change]:
        """Where no row was judged: what came late, what else counted, or the row that is missing."""
        if self.binding.provision is not None and self.binding.provision.mechanic == "owed":
            for register, row in self._rows(others[:1]):
                yield from islice(self._cells(line, register, row, among_many=True), CELLS)
            yield self._owed_row(line, self.binding.provision)
            return
        yield from self._places(line, others) if others else ()
        for register, row in self._rows(others[:1]):
            yield absent(self.registers[register], row)
            yield from islice(self._cells(line, register, row, among_many=True), CELLS)
        if line.effect != "classify":
            for name in self.read:
                yield from self._missing_row(line, self.registers[name])

    def _owed_row(self, line: Decision, provision: Provision) -> Change:
        """The row that the clause asks for, handed in on the last moment in time."""
        assert provision.register is not None
        register, key = provision.register, window_key(line.date, provision.window)
        first, end = window_range(key, provision.window)[0], term_end(line, provision, {})
        row: dict[str, Any] = dict.fromkeys(provision.about[:1], line.staff_no)
        filled = {c.column.header for c in provision.where.comparisons if c.test == "filled"}
        dates = register.cells({provision.date} - {""})
        others = register.cells({provision.measure, *filled} - {""}) - dates
        for header in sorted(dates):
            row[header] = _day_in(register.column(header), first)
        for header in sorted(others):
            column = register.column(header)
            if column.type in ("date", "datetime", "month"):
                row[header] = _day_in(column, first) if end is None or column.type == "month" else end
            elif header in filled and column.type in ("text", "id"):
                row[header] = FILLED
        for comparison in provision.where.comparisons:
            if comparison.test == "is" and comparison.values:
                row[comparison.column.header] = comparison.values[0]
        return added_row(register, row, None, told={provision.measure} if end is not None else frozenset())

    def _missing_row(self, line: Decision, register: Register) -> Iterator[Change]:
        """A row with which nothing is wrong, on the line's day or on the first one of what it is about."""
        if register.roster:
            return
        read = self.read[register.name]
        first = _ISO_DAY.search(line.subject)
        days = [line.date, date.fromisoformat(first[0]) if first else line.date]
        for day in dict.fromkeys(days):
            cells = {h: _good(register.column(h), line, day) for h in sorted(read) if h in register.headers}
            named = {
                h for h, value in cells.items() if register.column(h).type == "choice" and str(value) in line.subject
            }
            yield added_row(register, cells, None, told=named)


def _odd_one(values: Sequence[Any], column: Column) -> int | None:
    """The place of the first value that at most a quarter share, in a column of choices or days; of days else the last one's."""
    if column.type in ("yesno", "choice"):
        alike = Counter(values)
        return next((place for place, value in enumerate(values) if 4 * alike[value] <= len(values)), None)
    if column.type not in ("date", "datetime"):
        return None
    days = [value for value in values if value is not None]
    if len(days) < len(values) and 4 * (len(values) - len(days)) <= len(values):
        return values.index(None)
    return values.index(max(days)) if days else None


def _day_in(column: Column, day: date) -> Any:
    return f"{day:%Y-%m}" if column.type == "month" else pd.Timestamp(day)


def _good(column: Column, line: Decision, day: date) -> Any:
    """What a row with which nothing is wrong says in a column."""
    match column.type:
        case "staff":
            return line.staff_no or None
        case "date" | "datetime" | "month":
            return _day_in(column, day)
        case "yesno":
            return True
        case "choice":
            said = f"{line.subject} {line.text}"
            return max((choice for choice in column.choices if choice in said), key=len, default=column.choices[0])
        case "count" | "number" | "money":
            return column.range[1] if column.range[1] is not None else 100
        case "phone":
            return A_MOBILE
        case "text" | "id" | "idno":
            return FILLED
    return None
