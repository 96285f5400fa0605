"""Puts staff numbers where staff wrote names."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import pandas as pd

from processor.catalogue.register import Register
from processor.intake.people import NAME_JOINTS, Doubt, Found, People
from processor.intake.sheet_reading import SheetReading
from processor.issue import Issue, Remark

KNOWN_ONLY = "花名册里的工号或姓名"


@dataclass(frozen=True)
class Rows:
    """What is known of a sheet's rows before their people are: aligned with its frame, None where it cannot be told."""

    days: Sequence[str | None]
    units: Sequence[str | None]


def identify_staff(
    sheet: SheetReading,
    register: Register,
    people: People,
    rows: Rows,
    *,
    file: str,
    loose: frozenset[str] = frozenset(),
) -> SheetReading:
    """Every cell of an employee as a staff number, by number or by name.

    A row with a cell that means nobody in the roster, or several, leaves the frame with an issue and is `held` until
    the roster knows better; in the roster itself, and in `loose` columns, only the cell is left. A plain number that
    the roster does not know stays as it is: the row is known by it.
    """
    work = _Work(sheet, people, rows, file)
    if sheet.needs_roster:
        work.forget_unknown_numbers("工号")
    for column in register.columns:
        if column.type == "staff" and not (register.roster and column.header in register.key):
            work.one(column.header, drops=not register.roster and column.header not in loose)
        elif column.type == "staff_list":
            work.several(column.header)
    for column in register.columns:
        if column.names:
            work.names(column.header, column.names)
    return work.done()


@dataclass
class _Work:
    """One sheet in hand; `lost` are the places of rows that must wait."""

    sheet: SheetReading
    people: People
    rows: Rows
    file: str
    frame: pd.DataFrame = field(init=False)
    lost: set[int] = field(default_factory=set)
    issues: dict[tuple[int, str, str], Issue] = field(default_factory=dict)
    remarks: list[Remark] = field(default_factory=list)
    _known: dict[Hashable, Found | Doubt | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.frame = self.sheet.frame
        self._sheet_rows: list[int] = self.frame["_row"].tolist()

    def forget_unknown_numbers(self, header: str) -> None:
        """Numbers of another system than the roster's say nothing; the name beside them does."""
        cells = self.frame[header]
        known = cells.map(self.people.number, na_action="ignore").astype(cells.dtype)
        self.frame = self.frame.assign(**{header: known})
        self.sheet = replace(self.sheet, frame=self.frame)

    def one(self, header: str, *, drops: bool) -> None:
        """The number of the one employee whom each cell of a column means."""
        values = self.frame[header]
        strange = values.notna() & ~values.isin(self.people.numbers)
        if not strange.any():
            return
        plain = {cell: self.people.number(cell) for cell in values[strange].unique()}
        values = values.where(~values.isin([cell for cell, number in plain.items() if number]), values.map(plain))
        self.frame = self.frame.assign(**{header: values.astype(self.frame[header].dtype)})
        strange &= ~values.isin(self.people.numbers)
        changed: dict[int, str | None] = {}
        for place in strange.to_numpy().nonzero()[0].tolist():
            cell = str(values.iat[place])
            meant = self._read(cell, place)
            if isinstance(meant, Found):
                changed[place] = meant.number
                if meant.by_name:
                    self._remark(place, header, meant)
            elif meant is not None:
                self._doubt(place, header, meant, drops=drops)
                changed[place] = cell if drops else None
        self._set(header, changed)

    def several(self, header: str) -> None:
        """The numbers of the employees in each cell of a column of lists, joined as they were."""
        changed: dict[int, str | None] = {}
        for place, cell in enumerate(self.frame[header].tolist()):
            if not isinstance(cell, str):
                continue
            text = cell
            for part in filter(None, NAME_JOINTS.split(cell)):
                meant = self._read(part, place)
                if isinstance(meant, Found):
                    text = text.replace(part, meant.number, 1)
                    if meant.by_name:
                        self._remark(place, header, meant)
                elif meant is not None:
                    self._doubt(place, header, meant, drops=True)
            changed[place] = text
        self._set(header, changed)

    def names(self, header: str, of: str) -> None:
        """A name fills an empty number beside it, and must not be that of somebody else."""
        names, numbers = self.frame[header], self.frame[of]
        filled = (names.notna() & (numbers.isna() | numbers.isin(self.people.numbers))).to_numpy()
        changed: dict[int, str | None] = {}
        for place in filled.nonzero()[0].tolist():
            name, number = str(names.iat[place]), numbers.iat[place]
            if not isinstance(number, str):
                meant = self._read(name, place)
                if isinstance(meant, Found):
                    changed[place] = meant.number
                    self._remark(place, header, meant)
                else:
                    self._doubt(
                        place, header, meant or Doubt(f"花名册里没有工号“{name}”，这一行不作判定。"), drops=True
                    )
            elif not self.people.bears(number, name, self._day(place)):
                self._other_name(place, header, name, number)
        self._set(of, changed)

    def _other_name(self, place: int, header: str, name: str, number: str) -> None:
        owner = self.people.introduce(number)
        if self.people.called(name):
            message = f"工号{number}是{owner}，不是“{name}”，这一行不作判定。请改正工号或姓名。"
            self._doubt(place, header, Doubt(message), drops=True)
        elif letter := self.sheet.columns.get(header):
            message = f"花名册里没有“{name}”，按工号认定为{owner}。"
            self.remarks.append(Remark(self._row(place), letter, message, warning=True))

    def _day(self, place: int) -> date | None:
        day = self.rows.days[place]
        return date.fromisoformat(day) if day else None

    def _read(self, cell: str, place: int) -> Found | Doubt | None:
        day, unit = self.rows.days[place], self.rows.units[place]
        key = (cell, day, unit)
        if key not in self._known:
            self._known[key] = self.people.read(cell, self._day(place), unit)
        return self._known[key]

    def _remark(self, place: int, header: str, meant: Found) -> None:
        letter = self.sheet.columns.get(header)
        if letter and not self.sheet.needs_roster:
            self.remarks.append(Remark(self._row(place), letter, f"按姓名认定为{meant.number}"))

    def _doubt(self, place: int, header: str, doubt: Doubt, *, drops: bool) -> None:
        row, found = self._row(place), str(self.frame[header].iat[place])
        letter = self.sheet.columns.get(header) or next(iter(self.sheet.columns.values()), "A")
        issue = Issue(self.file, self.sheet.sheet, row, letter, header, found, KNOWN_ONLY, doubt.message)
        self.issues[row, header, doubt.message] = issue
        if drops:
            self.lost.add(place)

    def _row(self, place: int) -> int:
        return self._sheet_rows[place]

    def _set(self, header: str, changed: dict[int, str | None]) -> None:
        if changed:
            values: list[Any] = self.frame[header].tolist()
            for place, value in changed.items():
                values[place] = value
            column = pd.Series(values, index=self.frame.index, dtype=self.frame[header].dtype)
            self.frame = self.frame.assign(**{header: column})

    def _nameless(self) -> None:
        for place in self.frame["工号"].isna().to_numpy().nonzero()[0].tolist():
            if place not in self.lost:
                self._doubt(place, "工号", Doubt("这一行没有工号，也没有姓名，没有计入。"), drops=True)

    def done(self) -> SheetReading:
        """The sheet with numbers in the place of names."""
        sheet = self.sheet
        if not (self.lost or self.issues or self.remarks or sheet.needs_roster or self.frame is not sheet.frame):
            return sheet
        if sheet.needs_roster:
            self._nameless()
        gone = sorted(self.lost)
        waiting = sheet.frame.iloc[gone]
        if len(waiting) and "_pending" not in waiting:
            waiting = waiting.assign(_pending=pd.Series([{} for _ in gone], index=waiting.index, dtype="object"))
        rows = set(waiting["_row"].astype(int))
        return replace(
            sheet,
            frame=self.frame.drop(index=self.frame.index[gone]).reset_index(drop=True),
            unreadable=tuple(sorted({*sheet.unreadable, *rows})),
            issues=sheet.issues + tuple(self.issues.values()),
            remarks=sheet.remarks + tuple(remark for remark in self.remarks if remark.row not in rows),
            held=pd.concat([sheet.held, waiting]) if len(waiting) else sheet.held,
            needs_roster=False,
        )
