"""Derived columns: made of cells of the same row in one of a closed list of ways. Declared by a register or a clause."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import reduce
from typing import Any

import pandas as pd

from processor import holidays
from processor.catalogue.column import Column
from processor.catalogue.condition import Columns, Condition, condition_of, kind_of
from processor.catalogue.term import Term, term_of
from processor.messages import tell

Cells = list[pd.Series]
MOMENT = pd.Timedelta(microseconds=1)
_NUMBERS = frozenset({"money", "number", "count"})
_DAYS = frozenset({"date", "datetime"})
_MONTHS = frozenset({"date", "datetime", "month"})
_TEXTS = frozenset({"text", "id", "phone", "choice"})


@dataclass(frozen=True)
class Way:
    """How a column is made. takes: the types of the columns that it is made of, empty = any. count: how many, 0 = any
    number. gives: the type that comes of it, empty = that of the first column."""

    make: Callable[[Cells], pd.Series]
    takes: frozenset[str] = frozenset()
    count: int = 0
    gives: str = ""


@dataclass(frozen=True)
class Derived:
    """One such column: its way, the headers that it is made of, and for which rows; it is blank for the others.

    within: the term whose last day it is, from `of` on.
    """

    column: Column
    way: str
    of: tuple[str, ...]
    where: Condition
    within: Term | None = None

    @property
    def made_of(self) -> frozenset[str]:
        """The headers that it needs."""
        return frozenset(self.of) | self.where.headers

    def make(self, rows: pd.DataFrame) -> pd.Series:
        """The column for these rows."""
        made = WAYS[self.way].make([rows[header] for header in self.of])
        if self.within is not None:
            made = self.within.ends(made) - (MOMENT if self.within.by_day else pd.Timedelta(0))
        if self.column.type == "date":
            made = made.dt.normalize()
        if not self.where.comparisons:
            return made
        return made.where(self.where.holds(rows, pd.Series(pd.NaT, index=rows.index)))


def made(derived: Mapping[str, Derived], rows: pd.DataFrame, headers: Iterable[str]) -> pd.DataFrame:
    """The rows with those of these columns that can be made of what they have, and with what they are made of in turn."""
    wanted = needed(derived, headers)
    for header, column in derived.items():
        if header in wanted and header not in rows and column.made_of <= set(rows):
            rows = rows.assign(**{header: column.make(rows)})
    return rows


def needed(derived: Mapping[str, Derived], headers: Iterable[str]) -> frozenset[str]:
    """These headers and all that they are made of, from the derived ones down to the cells of the sheet."""
    found, waiting = set(), list(headers)
    while waiting:
        header = waiting.pop()
        if header not in found:
            found.add(header)
            waiting += derived[header].made_of if header in derived else ()
    return frozenset(found)


def derived_of(name: str, table: Any, known: Columns) -> Derived:
    """A derived column from its table, `{sum: [人工费, 配件费]}`, perhaps with where. Raises ValueError."""
    ways = sorted(set(table) - {"where", "within"}) if isinstance(table, Mapping) else []
    if len(ways) != 1 or ways[0] not in WAYS or ("within" in table) != (ways[0] == "since"):
        given = {"name": name, "ways": ", ".join(WAYS), "table": table}
        raise ValueError(tell("{name}: expected one of {ways}, perhaps with where; found {table!r}", **given))
    way = WAYS[ways[0]]
    told = table[ways[0]] if isinstance(table[ways[0]], (list, tuple)) else [table[ways[0]]]
    columns = [known.known(str(header)) for header in told]
    if not columns or (way.count and len(columns) != way.count):
        count = str(way.count or "one or more")
        raise ValueError(tell("{name}: {way} takes {count} columns", name=name, way=ways[0], count=count))
    strange = [column.header for column in columns if way.takes and column.type not in way.takes]
    kinds = {kind_of(column) for column in columns}
    if strange or (not way.gives and len(kinds) > 1):
        headers = "、".join(strange or [column.header for column in columns])
        raise ValueError(tell("{name}: {headers} cannot be taken by {way}", name=name, headers=headers, way=ways[0]))
    where = condition_of(table.get("where", {}), known)
    if where.asks_today or any(True for _ in where.figures()):
        raise ValueError(tell("{name}: where compares with values or columns only", name=name))
    first = columns[0]
    choices = first.choices if not way.gives else ()
    within = term_of(table["within"]) if "within" in table else None
    gives = "datetime" if within is not None and not within.by_day else way.gives or first.type
    units = {"%": 1} if ways[0] == "percent" else {}
    column = Column(name, gives, choices=choices, units=units)
    return Derived(column, ways[0], tuple(column.header for column in columns), where, within)


def weekday(days: pd.Series) -> pd.Series:
    """周一 to 周日."""
    return days.dt.day_of_week.map(dict(enumerate(("周一", "周二", "周三", "周四", "周五", "周六", "周日"))))


def without_blanks(texts: pd.Series) -> pd.Series:
    """Texts as they are compared, however they were spaced."""
    return texts.str.replace(r"\s+", "", regex=True)


def _added(cells: Cells) -> pd.Series:
    return reduce(lambda total, column: total + column.fillna(0), cells[1:], cells[0].fillna(0))


def _less(cells: Cells) -> pd.Series:
    return (cells[0] - cells[1]).round(6)


def _share(cells: Cells) -> pd.Series:
    part, whole = (pd.to_numeric(column).astype("float64") for column in cells)
    return (100 * part / whole).where(whole != 0, 100.0).round(1)


def _elapsed(seconds: int) -> Callable[[Cells], pd.Series]:
    return lambda cells: (cells[1] - cells[0]).dt.total_seconds() / seconds


def _days_apart(cells: Cells) -> pd.Series:
    return (cells[1].dt.normalize() - cells[0].dt.normalize()).dt.days.astype("Int64")


def _first(cells: Cells) -> pd.Series:
    return reduce(lambda found, column: found.fillna(column), cells)


def _later(cells: Cells) -> pd.Series:
    return reduce(lambda found, column: found.where(~(column > found), column).fillna(column), cells)


def _earlier(cells: Cells) -> pd.Series:
    return reduce(lambda found, column: found.where(~(column < found), column).fillna(column), cells)


def _first_of_month(cells: pd.Series) -> pd.Series:
    days = cells.dt.strftime("%Y-%m") if pd.api.types.is_datetime64_any_dtype(cells) else cells
    return pd.to_datetime(days + "-01").astype("datetime64[us]")


def _month_after(cells: Cells) -> pd.Series:
    return (_first_of_month(cells[0]) + pd.offsets.MonthBegin(1)).dt.strftime("%Y-%m")


def _quarter_after(cells: Cells) -> pd.Series:
    """The first day of the next quarter."""
    return (cells[0].dt.normalize() + pd.offsets.QuarterBegin(startingMonth=1)).astype("datetime64[us]")


def _holiday(cells: Cells) -> pd.Series:
    names = {day: holidays.holiday(day.date()) or None for day in cells[0].dropna().unique()}
    return cells[0].map(names)


def _clock(cells: Cells) -> pd.Series:
    """The time of day; blank where only the day is known."""
    clock = cells[0] - cells[0].dt.normalize()
    return clock.where(clock > pd.Timedelta(0))


#: What a derived column can be. A blank counts as nothing in `sum`; `later` and `earlier` pass over it.
WAYS: Mapping[str, Way] = {
    "sum": Way(_added, _NUMBERS),
    "less": Way(_less, _NUMBERS, 2),
    "apart": Way(lambda cells: _less(cells).abs(), _NUMBERS, 2),
    "percent": Way(_share, _NUMBERS, 2, "number"),
    "minutes": Way(_elapsed(60), _DAYS, 2, "number"),
    "hours": Way(_elapsed(3600), _DAYS, 2, "number"),
    "days": Way(_days_apart, _DAYS, 2, "count"),
    "first": Way(_first),
    "later": Way(_later, _DAYS),
    "earlier": Way(_earlier, _DAYS),
    "since": Way(lambda cells: cells[0], _DAYS, 1, "date"),  # the last day, or the last moment, of the term `within`
    "any": Way(lambda cells: pd.concat(cells, axis=1).notna().any(axis=1), gives="yesno"),
    "same": Way(lambda cells: without_blanks(cells[0]) == without_blanks(cells[1]), _TEXTS, 2, "yesno"),
    "weekday": Way(lambda cells: weekday(cells[0]), _DAYS, 1, "text"),
    "holiday": Way(_holiday, _DAYS, 1, "text"),
    "clock": Way(_clock, frozenset({"datetime"}), 1, "time"),
    "day_before": Way(lambda cells: cells[0] - pd.Timedelta(days=1), _DAYS, 1, "date"),
    "day_of_month": Way(lambda cells: cells[0].dt.day.astype("Int64"), _DAYS, 1, "count"),
    "month_of_year": Way(lambda cells: cells[0].dt.month.astype("Int64"), _DAYS, 1, "count"),
    "year_after": Way(lambda cells: (cells[0].dt.year + 1).astype("Int64"), _DAYS, 1, "count"),
    "month": Way(lambda cells: cells[0].dt.strftime("%Y-%m"), _DAYS, 1, "month"),
    "month_after": Way(_month_after, _MONTHS, 1, "month"),
    "month_start": Way(lambda cells: _first_of_month(cells[0]), _MONTHS, 1, "date"),
    "quarter_after": Way(_quarter_after, _DAYS, 1, "date"),
    "month_end": Way(lambda cells: _first_of_month(cells[0]) + pd.offsets.MonthEnd(0), _MONTHS, 1, "date"),
}
