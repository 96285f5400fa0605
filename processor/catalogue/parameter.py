"""Dated figures of a policy pack. Rules ask for the value on the day of the event, never for 'the' value."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, time
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from enum import Enum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

POINTS = re.compile(r"[ABC][1-9]\d?$")


class Missing(Enum):
    """Why a parameter has no figure on a day; both are outcomes that a rule must handle, neither is zero."""

    NOT_IN_FORCE = "not in force"
    NO_VALUE = "no value"


@dataclass(frozen=True)
class Parameter:
    """One figure: `values` maps the first day in force to the typed value, oldest first; empty = the source names none.

    Types: count, number (float), money (integer fen), points (`B1`), text, boolean, time (seconds since midnight),
    and `list:T` or `table:T` (text -> T) of these.
    """

    name: str
    clause: str
    title: str
    type: str
    unit: str
    values: Mapping[date, Any]
    overridden: bool = False

    def on(self, day: date) -> Any | Missing:
        """The value in force on `day`, or why there is none."""
        if not self.values:
            return Missing.NO_VALUE
        since = self.since(day)
        return Missing.NOT_IN_FORCE if since is None else self.values[since]

    def at(self, day: date) -> Any:
        """The value in force on `day`; the first one before that. For parameters that a pack must give a value.

        Raises LookupError where the parameter has no value at all: `check` names such a pack before any batch.
        """
        if not self.values:
            raise LookupError(f"parameter {self.name} has no value")
        return self.values[self.since(day) or next(iter(self.values))]

    def since(self, day: date) -> date | None:
        """The day from which the value in force on `day` holds."""
        starts = list(self.values)
        index = bisect_right(starts, day)
        return starts[index - 1] if index else None

    def column(self, days: pd.Series) -> pd.Series:
        """The value in force on each day of a datetime column, as an aligned Series; blank where there is none."""
        import pandas as pd

        if len(self.values) == 1 and not isinstance(next(iter(self.values.values())), (list, dict)):
            (start, value), *_ = self.values.items()
            return pd.Series(value, index=days.index).where(days >= pd.Timestamp(start))
        unique = {day: self.on(day.date()) for day in days.dropna().unique()}
        known = {day: value for day, value in unique.items() if not isinstance(value, Missing)}
        return days.map(known)

    def overriding(self, raw: Any) -> Parameter:
        """This parameter with a site's own value on every day. Raises ValueError on a wrong type."""
        first = next(iter(self.values), date.min)
        return replace(self, values={first: parse(self.type, raw)}, overridden=True)


def parse(kind: str, raw: Any) -> Any:
    """A YAML or TOML value as the typed value. Raises ValueError that says what is expected."""
    head, _, inner = kind.partition(":")
    if head == "list":
        if not isinstance(raw, list):
            raise ValueError(f"expected a list, found {raw!r}")
        return [parse(inner, item) for item in raw]
    if head == "table":
        if not isinstance(raw, dict):
            raise ValueError(f"expected a table, found {raw!r}")
        return {str(key): parse(inner, item) for key, item in raw.items()}
    try:
        return SCALARS[kind](raw)
    except (TypeError, ValueError, InvalidOperation) as error:
        raise ValueError(f"expected {kind}, found {raw!r}") from error


def _count(raw: Any) -> int:
    if isinstance(raw, bool) or int(raw) != Decimal(str(raw)) or int(raw) < 0:
        raise ValueError
    return int(raw)


def _number(raw: Any) -> float:
    if isinstance(raw, bool):
        raise ValueError
    return float(raw)


def fen(raw: Any) -> int:
    """Yuan (int, text or a TOML float) as integer fen, half-up."""
    if isinstance(raw, bool):
        raise ValueError
    return int((Decimal(str(raw)) * 100).quantize(Decimal(1), ROUND_HALF_UP))


def _points(raw: Any) -> str:
    if not isinstance(raw, str) or not POINTS.match(raw):
        raise ValueError
    return raw


def _text(raw: Any) -> str:
    if not isinstance(raw, str):
        raise ValueError
    return raw


def _boolean(raw: Any) -> bool:
    if not isinstance(raw, bool):
        raise ValueError
    return raw


def _time(raw: Any) -> int:
    if isinstance(raw, time):
        return raw.hour * 3600 + raw.minute * 60 + raw.second
    hours, minutes = (int(part) for part in str(raw).split(":"))
    if not (0 <= hours <= 24 and 0 <= minutes < 60):
        raise ValueError
    return hours * 3600 + minutes * 60


SCALARS = {
    "count": _count,
    "number": _number,
    "money": fen,
    "points": _points,
    "text": _text,
    "boolean": _boolean,
    "time": _time,
}


def shown(kind: str, value: Any) -> Any:
    """A typed value as a reader writes it: money in yuan, times as 18:30."""
    head, _, inner = kind.partition(":")
    if head == "list":
        return [shown(inner, item) for item in value]
    if head == "table":
        return {key: shown(inner, item) for key, item in value.items()}
    if kind == "money":
        return f"{value // 100}.{value % 100:02d}"
    if kind == "time":
        return f"{value // 3600:02d}:{value % 3600 // 60:02d}"
    return value
