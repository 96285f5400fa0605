"""Conditions on a row: a closed list of comparisons, all of which must hold. No brackets, no or, no functions."""

from __future__ import annotations

import operator
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import reduce
from typing import Any, Protocol

import numpy as np
import pandas as pd

from processor.catalogue.column import Column
from processor.catalogue.parameter import Parameter, parse
from processor.messages import tell

#: Comparisons with a value: `is` one of, `not` filled and none of, `unless` blank or none of, `maybe` blank or one of,
#: and the bounds.
TESTS = ("is", "not", "unless", "maybe", "above", "from", "below", "upto")
ORDERED = {"above": operator.gt, "from": operator.ge, "below": operator.lt, "upto": operator.le}
#: Column of every frame that a condition is asked of, and that every register knows: the day of the batch.
TODAY = "今天"
_PARAMETER_TYPES = {"money": "money", "number": "number", "count": "count", "time": "time"}


class Columns(Protocol):
    """Who knows columns by their headers: a register."""

    def known(self, header: str) -> Column:
        """The column of this header. Raises ValueError where there is none."""


@dataclass(frozen=True)
class Comparison:
    """One cell compared: with values, with a dated figure, with another column, or whether it is filled.

    test: one of TESTS, or `filled`, `blank`. values: typed, for `is`, `not` and `unless` any number of them, else one.
    figure: the Parameter in force on the row's day instead. other: the header of the column compared with instead.
    today: instead, the day of the batch and so many days more (a Parameter, or a number below 0 for days before it).
    """

    column: Column
    test: str
    values: tuple[Any, ...] = ()
    figure: Parameter | None = None
    other: Column | None = None
    today: Parameter | int | None = None

    @property
    def headers(self) -> frozenset[str]:
        return frozenset({self.column.header} | ({self.other.header} if self.other else set()))

    def holds(self, rows: pd.DataFrame, days: pd.Series) -> pd.Series:
        """Which rows it holds for, as a boolean Series; a blank cell proves nothing (G20) unless it is named."""
        cells = rows[self.column.header]
        if self.test in ("filled", "blank"):
            return cells.notna() if self.test == "filled" else cells.isna()
        if self.test in ORDERED:
            bound = self._bound(rows, days)
            return ORDERED[self.test](*_alike(cells if self.today is None else cells.dt.normalize(), bound))
        among = self._among(rows, days)
        match self.test:
            case "is":
                return among
            case "unless":
                return ~among
            case "maybe":
                return among | cells.isna()
        known = cells.notna() if self.other is None else cells.notna() & rows[self.other.header].notna()
        return ~among & known

    def _among(self, rows: pd.DataFrame, days: pd.Series) -> pd.Series:
        cells = rows[self.column.header]
        if self.today is not None:
            return cells.dt.normalize() == self._bound(rows, days)
        if self.other is not None:
            return (cells == rows[self.other.header]).fillna(False).astype(bool)
        if self.figure is None:
            return cells.isin(list(self.values)).fillna(False).astype(bool)
        lists = self.figure.column(days.dt.normalize()).tolist()
        if all(isinstance(known, (list, dict)) for known in lists):
            found = np.zeros(len(cells), dtype=bool)
            for known in {id(known): known for known in lists}.values():
                found |= cells.isin(list(known)).to_numpy() & np.array([other is known for other in lists])
        else:
            found = np.array(
                [
                    value in known if isinstance(known, (list, dict)) else value == known
                    for value, known in zip(cells, lists, strict=True)
                ],
                dtype=bool,
            )
        return pd.Series(found, index=cells.index) & cells.notna()

    def _bound(self, rows: pd.DataFrame, days: pd.Series) -> pd.Series:
        if self.today is not None:
            more = self.today.column(rows[TODAY]).astype("int64") if isinstance(self.today, Parameter) else self.today
            return rows[TODAY] + pd.to_timedelta(more, unit="D")
        if self.other is not None:
            return rows[self.other.header]
        if self.figure is None:
            return pd.Series([self.values[0]] * len(rows), index=rows.index)
        bound = self.figure.column(days.dt.normalize())
        if self.column.type == "time":
            return pd.to_timedelta(bound.astype("float64"), unit="s")
        return bound


@dataclass(frozen=True)
class Condition:
    """Comparisons that must all hold; none = every row."""

    comparisons: tuple[Comparison, ...] = ()

    @property
    def asks_today(self) -> bool:
        """Whether it may hold on one day and not on the next."""
        return any(comparison.today is not None for comparison in self.comparisons)

    @property
    def headers(self) -> frozenset[str]:
        """The columns that it names."""
        return frozenset(header for comparison in self.comparisons for header in comparison.headers)

    @property
    def may_be_blank(self) -> Iterator[Column]:
        """The columns of which a blank cell lets it hold."""
        return (each.column for each in self.comparisons if each.test in ("blank", "unless", "maybe"))

    def figures(self) -> Iterator[Parameter]:
        """The figures that it uses."""
        for comparison in self.comparisons:
            if comparison.figure is not None:
                yield comparison.figure
            if isinstance(comparison.today, Parameter):
                yield comparison.today

    def holds(self, rows: pd.DataFrame, days: pd.Series) -> pd.Series:
        """Which rows all comparisons hold for. days: the day of each row, by which figures are looked up."""
        if not self.comparisons:
            return pd.Series(True, index=rows.index)
        return reduce(operator.and_, (comparison.holds(rows, days) for comparison in self.comparisons))


def condition_of(raw: Any, register: Columns) -> Condition:
    """A condition from its table in a pack: header -> value, list of values, or tests. Raises ValueError.

    `{是否返修: true, 类型: [安装, 维修], 人工费: {above: 0}, 到达时间: {above: {column: 承诺到达时间}}, 方案: {filled: false}}`.
    """
    if not isinstance(raw, Mapping):
        raise ValueError(tell("a condition is a table of columns, found {raw!r}", raw=raw))
    found: list[Comparison] = []
    for header, tests in raw.items():
        column = register.known(str(header))
        if not isinstance(tests, Mapping) or set(tests) == {"today"}:
            found.append(_comparison(register, column, "is", tests))
            continue
        for test, value in tests.items():
            if test == "filled":
                if not isinstance(value, bool):
                    raise ValueError(tell("{name} must be true or false", name=f"{column.header}: filled"))
                found.append(Comparison(column, "filled" if value else "blank"))
            elif test in TESTS:
                found.append(_comparison(register, column, str(test), value))
            else:
                raise ValueError(
                    tell(
                        "{header}: unknown comparison {test!r}; one of {tests}, filled",
                        header=header,
                        test=test,
                        tests=", ".join(TESTS),
                    )
                )
    return Condition(tuple(found))


def _comparison(register: Columns, column: Column, test: str, value: Any) -> Comparison:
    if test in ORDERED and column.type in ("text", "id", "staff", "phone", "idno", "choice", "yesno", "month"):
        raise ValueError(tell("{header} is no number, date or time and has no order", header=column.header))
    if isinstance(value, Parameter):
        return Comparison(column, test, figure=_fitting(column, value))
    if isinstance(value, Mapping) and set(value) == {"today"}:
        return Comparison(column, test, today=_days_from_today(column, value["today"]))
    if isinstance(value, Mapping):
        if set(value) != {"column"}:
            raise ValueError(
                tell(
                    "{header}: expected a value, {{column: header}} or {{today: days}} behind {test}, found {value!r}",
                    header=column.header,
                    test=test,
                    value=value,
                )
            )
        other = register.known(str(value["column"]))
        if kind_of(other) != kind_of(column):
            raise ValueError(tell("{header} and {other} cannot be compared", header=column.header, other=other.header))
        return Comparison(column, test, other=other)
    values = value if isinstance(value, (list, tuple)) else [value]
    if test in ORDERED and len(values) != 1:
        raise ValueError(tell("{header}: one value behind {test}", header=column.header, test=test))
    return Comparison(column, test, tuple(literal(column, item) for item in values))


def _days_from_today(column: Column, more: Any) -> Parameter | int:
    if column.type not in ("date", "datetime"):
        raise ValueError(tell("{header} is no date and cannot be compared with today", header=column.header))
    if isinstance(more, Parameter) or not isinstance(more, int) or isinstance(more, bool):
        return Parameter.of(more, "count")
    return more


def _fitting(column: Column, figure: Parameter) -> Parameter:
    kind = figure.type.rpartition(":")[2] if figure.type.startswith("list:") else figure.type
    wanted = _PARAMETER_TYPES.get(column.type, "text")
    if kind != wanted and not {kind, wanted} <= {"number", "count"}:
        raise ValueError(
            tell(
                "{header} cannot be compared with a {type} ({name})",
                header=column.header,
                type=figure.type,
                name=figure.name,
            )
        )
    return figure


def kind_of(column: Column) -> str:
    """What its cells can be compared with: cells of a column of the same kind."""
    return {"datetime": "date", "count": "number"}.get(column.type, column.type)


def literal(column: Column, value: Any) -> Any:
    """A value of a pack as the cells of the column hold it. Raises ValueError that says what is expected."""
    try:
        match column.type:
            case "yesno":
                if not isinstance(value, bool):
                    raise ValueError
                return value
            case "choice":
                if value not in column.choices:
                    raise ValueError
                return value
            case "money" | "number" | "count":
                return parse(column.type, value)
            case "time":
                return pd.Timedelta(seconds=parse("time", value))
            case "date" | "datetime":
                return pd.Timestamp(value if isinstance(value, date) else date.fromisoformat(str(value)))
            case _:
                return str(value)
    except (ValueError, TypeError, ArithmeticError) as error:
        choices = f", one of {'、'.join(column.choices)}" if column.choices else ""
        raise ValueError(
            tell(
                "{header} is a {type}{choices}; {value!r} is none",
                header=column.header,
                type=column.type,
                choices=choices,
                value=value,
            )
        ) from error


def _alike(left: pd.Series, right: pd.Series) -> tuple[pd.Series, pd.Series]:
    """Two columns of one kind ready to be compared, so that no comparison with a blank holds; dates and times of day on
    one scale, numbers as numbers.
    """
    if pd.api.types.is_numeric_dtype(left) or pd.api.types.is_numeric_dtype(right):
        return pd.to_numeric(left, errors="coerce").astype("float64"), pd.to_numeric(right, errors="coerce").astype(
            "float64"
        )
    return left, right.astype(left.dtype)
