"""Other values of one cell that may turn a decision: those on the other side of the clause's bounds, the nearest first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

import pandas as pd

from processor.calendars import window_key, window_range
from processor.catalogue.pack import Binding
from processor.catalogue.parameter import Missing
from processor.catalogue.provision import Provision
from processor.catalogue.register import Column, Register
from processor.decision import Decision

NONE, MINUTE, DAY = pd.Timedelta(0), pd.Timedelta(minutes=1), pd.Timedelta(days=1)
#: A day further off than this is no other day of the same thing (a birthday, say).
FAR = pd.Timedelta(days=400)
#: How many values of one cell are tried.
VALUES = 5
FILLED, A_MOBILE = "已填写", "13800138000"
NUMBERS = frozenset({"count", "number", "money"})
_SPANS = {"秒": pd.Timedelta(seconds=1), "分钟": MINUTE, "小时": pd.Timedelta(hours=1), "天": DAY, "日": DAY}


class Figures:
    """The figures of a binding's clause, each day looked up once."""

    def __init__(self, binding: Binding) -> None:
        self.provision = binding.provision
        self._all = (*binding.parameters(), *(self.provision.figures() if self.provision is not None else ()))
        self._known: dict[tuple[date, frozenset[str]], list[tuple[float, str]]] = {}

    def on(self, day: date, types: frozenset[str]) -> list[tuple[float, str]]:
        """Those of these types that are in force on a day, with their units."""
        if (day, types) not in self._known:
            self._known[day, types] = list(dict.fromkeys(self._found(day, types)))
        return self._known[day, types]

    def _found(self, day: date, types: frozenset[str]) -> Iterator[tuple[float, str]]:
        for figure in self._all:
            values = figure.on(day) if figure.type.split(":")[-1] in types else None
            several = values.values() if isinstance(values, dict) else values if isinstance(values, list) else [values]
            for value in several:
                if isinstance(value, (int, float)) and not isinstance(value, (bool, Missing)):
                    yield value, figure.unit.split("/")[0]


def other_values(
    line: Decision, figures: Figures, register: Register, row: Mapping[str, Any], column: Column
) -> Iterator[Any]:
    """At most VALUES other values of a cell, None = blank."""
    value = row[column.header]
    match column.type:
        case "yesno":
            yield from ([not value] if value is not None else [True, False])
        case "choice":
            yield from [choice for choice in column.choices if choice != value][:VALUES]
        case "count" | "number" | "money":
            yield from _figures(line, figures, register, row, column)
        case "date" | "datetime" | "time":
            yield from _moments(line, figures, register, row, column)
        case "staff" if line.effect == "attribute":
            yield None
        case "text" if value is None or column.header == line.column:
            yield FILLED if value is None else None
        case "id" if value is None:
            yield FILLED
        case "phone" if value is None:
            yield A_MOBILE


def term_end(line: Decision, provision: Provision, row: Mapping[str, Any]) -> pd.Timestamp | None:
    """The last moment at which what the clause asks for would have been in time; None where it sets no term."""
    if provision.within is None:
        return None
    start = row.get(provision.since or provision.date)
    if provision.mechanic == "owed":
        first, last = window_range(window_key(line.date, provision.window), provision.window)
        start = pd.Timestamp(last if provision.since else first)
    if not isinstance(start, pd.Timestamp):
        return None
    end = provision.within.ends(pd.Series([start])).iloc[0]
    return end - MINUTE if provision.within.by_day else end


def _figures(line: Decision, figures: Figures, register: Register, row: Mapping[str, Any], column: Column) -> list[Any]:
    """The clause's figures and their neighbours, by themselves and apart from the other figures of the row."""
    like = frozenset({"money"}) if column.type == "money" else frozenset({"count", "number"})
    values = [value for value, _ in figures.on(line.date, like)]
    bounds = {float(value) for value in values}
    if column.type != "money":
        bounds |= {one + other - 1 for one in values for other in values}
    for other in register.columns:
        beside = row.get(other.header)
        if other.type == column.type and other.header != column.header and beside is not None:
            bounds |= {beside, *(beside + value for value in values), *(beside - value for value in values)}
    now, (least, greatest) = row[column.header] or 0, column.range
    beyond = {bound + (1 if now <= bound else -1) for bound in bounds if bound == bound}
    found = {n for n in bounds | beyond if n >= (least or 0) and (greatest is None or n <= greatest) and n != now}
    nearest = sorted(found, key=lambda number: (abs(number - now), number))
    whole = int if column.type in ("count", "money") else float
    return [whole(number) for number in (*nearest[: VALUES - 1], least or 0)]


def _moments(
    line: Decision, figures: Figures, register: Register, row: Mapping[str, Any], column: Column
) -> Iterator[Any]:
    """The end of the clause's term, then what other cells say, by themselves and a span of the clause apart."""
    value, step = row[column.header], DAY if column.type == "date" else MINUTE
    provision = figures.provision
    if provision is not None and column.header == provision.measure and column.type != "time":
        end = term_end(line, provision, row)
        if end is not None:
            yield end.normalize() if column.type == "date" else end
    found: list[Any] = list(_beside(line, figures, register, row, column, step))
    if column.type != "time":
        about = value if value is not None else pd.Timestamp(line.date)
        found = [moment for moment in found if abs(moment - about) <= FAR]
    if value is not None:
        found.sort(key=lambda moment: abs(moment - value))
    yield from [moment for moment in dict.fromkeys(found) if moment != value][:VALUES]
    if value is not None:
        yield None
    elif column.type != "time":
        yield pd.Timestamp(line.date)


def _beside(
    line: Decision, figures: Figures, register: Register, row: Mapping[str, Any], column: Column, step: pd.Timedelta
) -> Iterator[pd.Timestamp | pd.Timedelta]:
    if line.due is not None and column.type != "time":
        due = pd.Timestamp(line.due)
        yield from (due,) if column.type == "date" else (due + DAY - MINUTE, due)
    times = [pd.Timedelta(seconds=value) for value, _ in figures.on(line.date, frozenset({"time"}))]
    if column.type == "time":
        yield from times
    if column.type == "datetime" and row[column.header] is not None:
        day = row[column.header].normalize()
        yield from (day + time + apart for time in times for apart in (NONE, -MINUTE, -DAY))
    spans = [
        value * _SPANS[unit]
        for value, unit in figures.on(line.date, frozenset({"count", "number"}))
        if unit in _SPANS and (_SPANS[unit] == DAY or column.type != "date")
    ]
    like = ("time",) if column.type == "time" else ("date", "datetime")
    for other in register.columns:
        moment = row.get(other.header)
        if other.type in like and other.header != column.header and moment is not None:
            moment = moment.normalize() if column.type == "date" else moment
            yield from (moment, moment - step)
            yield from (moment + step,) if column.type != "date" else ()
            if column.type == "datetime":
                yield from (moment.normalize() + span + DAY - MINUTE for span in spans if span >= DAY)
            for span in spans:
                yield from (moment + span, moment - span)
