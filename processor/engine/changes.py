"""Single changes that could have turned a decision: another value in one cell, a row that is not there, a row that is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from processor.calendars import window_key, window_range
from processor.catalogue.derived import cells_of
from processor.catalogue.pack import Binding
from processor.catalogue.parameter import Missing
from processor.catalogue.provision import Provision
from processor.catalogue.register import Column, Register
from processor.decision import Decision
from processor.model import Text, say, yuan
from processor.rules.declared import Columns
from processor.rules.job import UNREAD

FILLED = "已填写"
_A_MOBILE = "13800138000"
MINUTE = pd.Timedelta(minutes=1)
RIVALS = 2  # of those whom a line passed over, how many are tried with a row less
_NUMBERS = frozenset({"count", "number", "money"})
_TEXTS = frozenset({"text", "id", "phone", "idno"})


@dataclass(frozen=True)
class Change:
    """One change of the facts. ref: the row; header: its cell, empty where the whole row goes; added: a row that comes.

    says: the change in words, to be followed by what it would have led to.
    """

    register: str
    says: Text
    ref: int | None = None
    header: str = ""
    value: Any = None
    added: Mapping[str, Any] = field(default_factory=dict)


class FactRows:
    """The rows of the facts that a binding reads, by their ids."""

    def __init__(self, facts: Mapping[str, pd.DataFrame]) -> None:
        self._facts = facts
        self._places: dict[int, tuple[str, int]] = {}
        for register, frame in facts.items():
            for place, ref in enumerate(frame["_ref"].tolist() if "_ref" in frame else ()):
                self._places.setdefault(ref, (register, place))

    def row(self, ref: int | None) -> tuple[str, dict[str, Any]] | None:
        """Register and cells of a row, None for blanks; None where the binding does not read it."""
        if ref is None or ref not in self._places:
            return None
        register, place = self._places[ref]
        cells = self._facts[register].iloc[place].to_dict()
        return register, {str(name): None if pd.isna(value) else value for name, value in cells.items()}

    def last_of(self, staff_no: str, registers: Mapping[str, Register]) -> Iterator[tuple[str, dict[str, Any]]]:
        """The last row of each register that is about an employee."""
        for name, frame in self._facts.items():
            about = [header for header in registers[name].about if header in frame]
            if about and "_ref" in frame:
                own = frame.loc[frame[about[0]] == staff_no, "_ref"]
                found = self.row(int(own.iloc[-1])) if len(own) else None
                if found is not None:
                    yield found


def changes_of(
    line: Decision, binding: Binding, rows: FactRows, registers: Mapping[str, Register], read: Columns
) -> Iterator[Change]:
    """What to try for a line, the likeliest first: one row less of those whom it passed over, cells of the judged row,
    then the other rows that counted.

    A later step of a ladder first asks for the earlier ones. read: the columns that the binding reads, for no other
    cell can change anything.
    """
    found = rows.row(line.row)
    others = (rows.row(ref) for ref in reversed(line.evidence) if ref != line.row)
    gone = (_absent(*other, registers[other[0]]) for other in others if other is not None)
    for candidate in [candidate for candidate in line.candidates if not candidate.chosen][:RIVALS]:
        for register, row in rows.last_of(candidate.staff_no, registers):
            if row["_ref"] != line.row:
                yield _absent(register, row, registers[register])
    if (line.occurrence or 0) > 1:
        yield from gone
    if found is not None:
        register, row = found
        seen = read.get(register, frozenset())
        for header in _headers(line, binding.provision, registers[register], row):
            if header in seen:
                yield from _cells(line, binding, registers[register], row, header)
    elif binding.provision is not None and binding.provision.mechanic == "owed":
        yield _owed_row(line, binding.provision)
    yield from gone


def without_its_row(line: Decision, rows: FactRows, registers: Mapping[str, Register]) -> Change | None:
    """The judged row taken away; None where the line has none."""
    found = rows.row(line.row)
    return None if found is None else _absent(*found, registers[found[0]])


def applied(facts: Mapping[str, pd.DataFrame], changes: Sequence[Change]) -> dict[str, pd.DataFrame]:
    """The facts with these changes, all made at once; the given frames stay as they are."""
    made = dict(facts)
    for register in {change.register for change in changes}:
        own = [change for change in changes if change.register == register]
        frame = made[register]
        for header in {change.header for change in own if change.header}:
            values = {change.ref: change.value for change in own if change.header == header}
            cells = frame[header].astype("object")
            new = [values.get(ref, cell) for ref, cell in zip(frame["_ref"], cells, strict=True)]
            frame = frame.assign(
                **{header: pd.Series(new, index=frame.index, dtype="object").astype(frame[header].dtype)}
            )
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
    more = more.assign(**{str(name): 0 for name in whole})
    return (more.assign(**{UNREAD: ""}) if UNREAD in frame else more).astype(frame.dtypes.to_dict())


def _headers(line: Decision, provision: Provision | None, register: Register, row: Mapping[str, Any]) -> list[str]:
    """The judged cell first, then what the clause names, then the other columns that can be anything."""
    named = [line.column]
    if provision is not None:
        named += [
            provision.measure,
            *provision.parts,
            *(c.column.header for condition in provision.conditions for c in condition.comparisons),
        ]
    kept = {*register.key, *register.about, "门店", "备注", "姓名"}
    others = [column.header for column in register.columns if column.header not in kept and column.type != "staff"]
    return [
        header
        for named_header in dict.fromkeys((*named, *others))
        for header in sorted(cells_of(register, frozenset({named_header})))
        if header in row and header in register.headers and header not in register.key
    ]


def _cells(
    line: Decision, binding: Binding, register: Register, row: Mapping[str, Any], header: str
) -> Iterator[Change]:
    column, value = register.column(header), row[header]
    for other in dict.fromkeys(_others(line, binding, register, row, column)):
        if other != value and not (other is None and column.required):
            yield Change(register.name, _cell_words(column, value, other), int(row["_ref"]), header, other)


def _others(
    line: Decision, binding: Binding, register: Register, row: Mapping[str, Any], column: Column
) -> Iterator[Any]:
    """Other values of a cell, those near to a bound first."""
    value = row[column.header]
    if column.type == "yesno":
        yield from ([not value] if value is not None else [True, False])
    elif column.type == "choice":
        yield from (choice for choice in column.choices if choice != value)
    elif column.type in _NUMBERS:
        yield from sorted(_near_figures(line, binding, column), key=lambda number: abs(number - (value or 0)))[:4]
    elif column.type in ("date", "datetime", "time"):
        yield from _moments(line, binding, register, row, column)
    elif column.type in _TEXTS:
        filled = _A_MOBILE if column.type == "phone" else FILLED
        yield filled if value is None else None


def _near_figures(line: Decision, binding: Binding, column: Column) -> set[Any]:
    """The figures of the clause and their neighbours on both sides, as values of the column."""
    found: set[Any] = {0}
    provision = binding.provision
    own = [*provision.figures()] if provision is not None else []
    for figure in (*binding.parameters(), *own):
        values = figure.on(line.date)
        for value in values.values() if isinstance(values, dict) else [values]:
            if isinstance(value, (int, float)) and not isinstance(value, (bool, Missing)):
                found |= {value, value - 1, value + 1}
    whole = column.type in ("count", "money")
    return {int(number) if whole else float(number) for number in found if number >= 0}


def _moments(
    line: Decision, binding: Binding, register: Register, row: Mapping[str, Any], column: Column
) -> Iterator[Any]:
    """The end of the clause's term, then what other cells of the row say, then a day or a minute apart from it."""
    step = MINUTE if column.type != "date" else pd.Timedelta(days=1)
    provision = binding.provision
    if provision is not None and provision.within is not None and column.header == provision.measure:
        start = row.get(provision.since or provision.date)
        if start is not None:
            end = provision.within.ends(pd.Series([start])).iloc[0]
            last = end - step if provision.within.by_day or column.type == "date" else end
            yield last.normalize() if column.type == "date" else last
    like = ("time",) if column.type == "time" else ("date", "datetime")
    for other in register.columns:
        moment = row.get(other.header)
        if other.type in like and other.header != column.header and moment is not None:
            yield from (
                (moment, moment - step, moment + step)
                if column.type != "date"
                else (
                    moment.normalize(),
                    moment.normalize() - step,
                )
            )
    if line.due is not None and column.type != "time":
        yield pd.Timestamp(line.due)
    if row[column.header] is None and column.type != "time":
        yield pd.Timestamp(line.date)
    elif row[column.header] is not None:
        yield None


def _cell_words(column: Column, old: Any, new: Any) -> Text:
    if old is None and column.type in _TEXTS:
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


def _absent(register: str, row: Mapping[str, Any], declared: Register) -> Change:
    day = row.get(declared.date_column or "")
    number = row.get(declared.key[0])
    named = f"{number}" if len(declared.key) == 1 and number is not None else declared.title
    when = f"{day:%Y-%m-%d} " if day is not None else ""
    return Change(register, say("没有{when}{named}这一行", when=when, named=named), int(row["_ref"]))


def _owed_row(line: Decision, provision: Provision) -> Change:
    assert provision.register is not None
    register, first = provision.register, window_range(window_key(line.date, provision.window), provision.window)[0]
    row: dict[str, Any] = dict.fromkeys(provision.about[:1], line.staff_no)
    filled = {c.column.header for c in provision.where.comparisons if c.test == "filled"}
    for header in sorted(cells_of(register, frozenset({provision.date, provision.measure, *filled} - {""}))):
        kind = register.column(header).type
        if kind in ("date", "datetime", "month"):
            row[header] = f"{first:%Y-%m}" if kind == "month" else pd.Timestamp(first)
        elif header in filled and kind in _TEXTS:
            row[header] = FILLED
    for comparison in provision.where.comparisons:
        if comparison.test == "is" and comparison.values:
            row[comparison.column.header] = comparison.values[0]
    says = say("{day}交了{title}一行", day=first.isoformat(), title=register.title)
    return Change(register.name, says, added=row)
