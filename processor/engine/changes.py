"""Single changes of what a binding decides on: another value in one cell, a row or decision that is not there, a row that is."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import pandas as pd

from processor.catalogue.register import Column, Register
from processor.columns import UNREAD
from processor.model import Text, say, yuan
from processor.rules.job import cell

_WRITTEN = frozenset({"text", "id", "phone", "idno"})


@dataclass(frozen=True)
class Change:
    """One change. ref: the row; header: its cell, empty where the whole row goes; added: a row that comes.

    says: the change in words, to be followed by what it would have led to; says_where: whether they name the row.
    gone: the id of a decision that is not made.
    """

    says: Text
    register: str = ""
    ref: int | None = None
    header: str = ""
    value: Any = None
    added: Mapping[str, Any] = field(default_factory=dict)
    gone: str = ""
    says_where: bool = True

    @property
    def place(self) -> tuple[int | None, str] | None:
        """The cell, or the register of a row that comes; None where a row goes. One change of a place is enough."""
        if self.added:
            return None, self.register
        return (self.ref, self.header) if self.header else None


#: Rows that are looked at one by one as fast as together.
FEW = 8


class FactRows:
    """The rows of the facts that a binding reads, by their ids."""

    def __init__(self, facts: Mapping[str, pd.DataFrame]) -> None:
        self._facts = facts
        self._columns: dict[str, list[tuple[str, Any]]] = {}
        self._rows: dict[int, tuple[str, dict[str, Any]]] = {}

    @cached_property
    def _places(self) -> dict[int, tuple[str, int]]:
        found: dict[int, tuple[str, int]] = {}
        for register, frame in self._facts.items():
            for place, ref in enumerate(frame["_ref"].tolist() if "_ref" in frame else ()):
                found.setdefault(ref, (register, place))
        return found

    def row(self, ref: int | None) -> tuple[str, dict[str, Any]] | None:
        """Register and cells of a row, None for blanks; None where the binding does not read it."""
        if ref is None or ref not in self._places:
            return None
        if ref not in self._rows:
            register, place = self._places[ref]
            if register not in self._columns:
                frame = self._facts[register]
                self._columns[register] = [(str(header), frame[header].array) for header in frame]
            self._rows[ref] = register, {header: cell(cells[place]) for header, cells in self._columns[register]}
        return self._rows[ref]

    def look_up(self, refs: Iterable[int | None]) -> None:
        """Have many rows at hand: taken together they cost a fraction of what they cost one by one."""
        wanted: dict[str, list[int]] = {}
        for register, ref in self.known(dict.fromkeys(refs)):
            wanted.setdefault(register, []).append(ref)
        for register, own in wanted.items():
            if len(own) < FEW:
                continue
            headers = [str(header) for header in self._facts[register]]
            columns = [self.cells(register, header, own) for header in headers]
            for ref, row in zip(own, zip(*columns, strict=True), strict=True):
                self._rows[ref] = register, dict(zip(headers, row, strict=True))

    def known(self, refs: Iterable[int | None]) -> list[tuple[str, int]]:
        """Register and id of those of these rows that the binding reads."""
        return [(self._places[ref][0], ref) for ref in refs if ref is not None and ref in self._places]

    def cells(self, register: str, header: str, refs: Iterable[int]) -> list[Any]:
        """What rows of a register say in a column, None for blanks."""
        places = [self._places[ref][1] for ref in refs]
        return [cell(value) for value in self._facts[register][header].array.take(places).astype(object)]

    def has(self, register: str, header: str) -> bool:
        """Whether the rows of a register come with a column."""
        return header in self._facts[register]

    def last_of(self, staff_no: str, registers: Mapping[str, Register]) -> Iterator[tuple[str, dict[str, Any]]]:
        """The last row of each register that is about an employee."""
        for name, frame in self._facts.items():
            about = [header for header in registers[name].about if header in frame]
            if about and "_ref" in frame:
                own = frame.loc[frame[about[0]] == staff_no, "_ref"]
                found = self.row(int(own.iloc[-1])) if len(own) else None
                if found is not None:
                    yield found


def applied(facts: Mapping[str, pd.DataFrame], changes: Sequence[Change]) -> dict[str, pd.DataFrame]:
    """The facts with these changes, all made at once; the given frames stay as they are."""
    made = dict(facts)
    for register in {change.register for change in changes} - {""}:
        own = [change for change in changes if change.register == register]
        frame = made[register]
        for header in {change.header for change in own if change.header}:
            values = {change.ref: change.value for change in own if change.header == header}
            told = {place: values[ref] for place, ref in enumerate(frame["_ref"].tolist()) if ref in values}
            cells = frame[header].array.copy()
            cells[list(told)] = pd.Series(list(told.values()), dtype="object").astype(cells.dtype).array
            frame = frame.assign(**{header: cells})
        gone = {change.ref for change in own if change.ref is not None and not change.header}
        if gone:
            frame = frame[~frame["_ref"].isin(gone)].reset_index(drop=True)
        rows = [change.added for change in own if change.added]
        if rows:
            frame = pd.concat([frame, _added(rows, frame)], ignore_index=True)
        made[register] = frame
    return made


def _added(rows: Sequence[Mapping[str, Any]], frame: pd.DataFrame) -> pd.DataFrame:
    """Further rows of a register, blank but for what they state; nothing in them is unreadable."""
    more = pd.DataFrame(rows).reindex(columns=frame.columns).assign(_ref=range(-len(rows), 0))
    whole = [name for name, kind in frame.dtypes.items() if kind.kind in "iu" and name != "_ref"]
    more = more.assign(**{str(name): more[name].fillna(0) for name in whole})
    return (more.assign(**{UNREAD: ""}) if UNREAD in frame else more).astype(frame.dtypes.to_dict())


def other_value(register: Register, row: Mapping[str, Any], header: str, value: Any, among_many: bool) -> Change:
    """Another value in a cell. among_many: whether it must be said which row is meant."""
    words = _cell_words(register.column(header), row[header], value)
    if among_many:
        words = say("{row}的{change}", row=_row_words(register, row), change=words)
    return Change(words, register.name, int(row["_ref"]), header, value, says_where=among_many)


def absent(register: Register, row: Mapping[str, Any]) -> Change:
    """The row is not there."""
    day = row.get(register.date_column or "")
    if _number(register, row) and day is not None:
        words = say("没有{day} {number}这一行", day=f"{day:%Y-%m-%d}", number=_number(register, row))
    else:
        words = say("没有{row}", row=_row_words(register, row))
    return Change(words, register.name, int(row["_ref"]))


def undecided(cause: str) -> Change:
    """The decision on which a line hangs is not made. cause: its id."""
    return Change(say("撤销它所依据的那一条（{clause}）", clause=cause.rpartition("-")[0]), gone=cause)


def added_row(
    register: Register, cells: Mapping[str, Any], words: Text | None, told: Collection[str] = frozenset()
) -> Change:
    """A further row. words: said instead of register and day; told: headers of further cells that are said."""
    if words is None:
        own = register.date_column or ""
        day = _shown(register.column(own), cells[own]) if cells.get(own) is not None else ""
        also = "，".join(
            f"{h} {_shown(register.column(h), cells[h])}" for h in sorted(told) if cells.get(h) is not None
        )
        words = say("{title}里有{day}的一行", title=register.title, day=day) if day else None
        words = words or say("{title}里有这样的一行", title=register.title)
        words = say("{row}（{cells}）", row=words, cells=also) if also else words
    return Change(words, register.name, added=cells)


def _number(register: Register, row: Mapping[str, Any]) -> str:
    """The number by which staff know a row; empty where its key is composed of several cells."""
    return str(row.get(register.key[0]) or "") if len(register.key) == 1 else ""


def _row_words(register: Register, row: Mapping[str, Any]) -> Text:
    """Which row is meant, in words: by its number, its spoken key, or its register and day."""
    if _number(register, row):
        return say("{number}这一行", number=_number(register, row))
    if register.says and all(row.get(header) is not None for header in register.key):
        return say("{key}", key=register.says.format_map({h: _shown(register.column(h), row[h]) for h in register.key}))
    day, who = row.get(register.date_column or ""), next((row[h] for h in register.about if row.get(h)), "")
    given = {"title": register.title, "day": f"{day:%Y-%m-%d}" if hasattr(day, "strftime") else day, "who": who}
    if day is not None and who:
        return say("{title}里{who}{day}的一行", **given)
    return say("{title}里{day}的一行", **given) if day is not None else say("{title}里的一行", **given)


def _cell_words(column: Column, old: Any, new: Any) -> Text:
    if old is None and column.type in _WRITTEN:
        return say("填写了{header}", header=column.header)
    if new is None:
        return say("没有{header}（现 {old}）", header=column.header, old=_shown(column, old))
    if old is None:
        return say("{header} {new}（现在空着）", header=column.header, new=_shown(column, new))
    return say("{header} {new}（现 {old}）", header=column.header, new=_shown(column, new), old=_shown(column, old))


def _shown(column: Column, value: Any) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    match column.type:
        case "money":
            return f"{yuan(int(value))}元"
        case "date":
            return f"{value:%Y-%m-%d}"
        case "datetime":
            return f"{value:%Y-%m-%d %H:%M}"
        case "time":
            minutes = int(value.total_seconds()) // 60
            return f"{minutes // 60:02d}:{minutes % 60:02d}"
        case "count" | "number":
            return f"{value:g}"
    return str(value)
