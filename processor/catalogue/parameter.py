"""Dated figures of a policy pack. Rules ask for the value on the day of the event, never for 'the' value."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, time
from decimal import ROUND_HALF_UP, Decimal
from enum import Enum
from math import isfinite
from typing import TYPE_CHECKING, Any

from processor.messages import tell

if TYPE_CHECKING:
    import pandas as pd

POINTS = re.compile(r"[ABC][1-9]\d?$")
DAY = re.compile(r"\d{4}-\d{1,2}-\d{1,2}")


class Missing(Enum):
    """Why a parameter has no figure on a day; both are outcomes that a rule must handle, neither is zero."""

    NOT_IN_FORCE = "not in force"
    NO_VALUE = "no value"


@dataclass(frozen=True)
class Parameter:
    """One figure: `values` maps the first day in force to the typed value, oldest first; empty = the source names none.

    Types: count, number (float), money (integer fen), points (`B1`), text, boolean, time (seconds since midnight),
    and `list:T` or `table:T` (text -> T) of these.
    origins: first day in force -> who set the value, for those that the pack did not set. before: why there is none
    before the first value. covers: `register.header` of the choices that a table must name, every one. formerly: the names
    that it had in earlier versions of its pack, by which sites and approved changes may still call it. range: the least
    and the greatest number that can be meant, as of a month or a day of one.
    """

    name: str
    clause: str
    title: str
    type: str
    unit: str
    values: Mapping[date, Any]
    origins: Mapping[date, str] = field(default_factory=dict)
    before: Missing = Missing.NOT_IN_FORCE
    covers: str = ""
    formerly: tuple[str, ...] = ()
    range: tuple[int, int] | None = None

    def typed(self, raw: Any) -> Any:
        """A YAML or TOML value as one of this figure. Raises ValueError that says what is expected."""
        return self.within(figure(self.type, raw))

    def within(self, value: Any) -> Any:
        """The typed value, where it is in range. Raises ValueError where a part of it is not."""
        if self.range is not None and any(not self.range[0] <= part <= self.range[1] for part in _parts(value)):
            raise ValueError(
                tell("{raw!r} is not from {low} to {high}", raw=value, low=self.range[0], high=self.range[1])
            )
        return value

    def on(self, day: date) -> Any | Missing:
        """The value in force on `day`, or why there is none."""
        if not self.values:
            return Missing.NO_VALUE
        since = self.since(day)
        return self.before if since is None else self.values[since]

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

    @classmethod
    def of(cls, raw: Any, *kinds: str) -> Parameter:
        """A figure of a clause: a parameter of the pack as it is, a literal as a nameless one that holds on every day.

        kinds: the types that fit, the first one for a literal. Raises ValueError where it is of none.
        """
        if isinstance(raw, Parameter):
            if raw.type not in kinds:
                raise ValueError(
                    tell("{name} is a {type}, expected {kinds}", name=raw.name, type=raw.type, kinds=" or ".join(kinds))
                )
            return raw
        return cls(name="", clause="", title="", type=kinds[0], unit="", values={date.min: figure(kinds[0], raw)})

    def overriding(self, raw: Any, origin: str) -> Parameter:
        """This parameter as a site sets it: one value for every day, or a table of first day in force -> value.

        Raises ValueError on a wrong type, and on a day that the calendar does not know.
        """
        days = dated(raw)
        if days is None:
            first = next(iter(self.values), date.min)
            return replace(self, values={first: self.typed(raw)}, origins={first: origin})
        return self.from_then_on({day: (self.typed(value), origin) for day, value in days.items()})

    def from_then_on(self, later: Mapping[date, tuple[Any, str]]) -> Parameter:
        """This parameter with other values, each with its origin, from their days on; before the first of them as it was."""
        if not later:
            return self
        first = min(later)
        values = {day: value for day, value in self.values.items() if day < first}
        values |= {day: value for day, (value, _) in sorted(later.items())}
        origins = {day: origin for day, origin in self.origins.items() if day < first}
        origins |= {day: origin for day, (_, origin) in sorted(later.items())}
        return replace(self, values=values, origins=origins, before=self.before if self.values else Missing.NO_VALUE)

    def origin(self, day: date) -> str:
        """Who set the value in force on `day`; empty for the pack itself."""
        since = self.since(day)
        return "" if since is None else self.origins.get(since, "")


def dated(raw: Any) -> dict[date, Any] | None:
    """A table of days as first day in force -> value; None for any other value. Raises ValueError where only some keys are days."""
    if not isinstance(raw, dict) or not any(DAY.fullmatch(str(key)) for key in raw):
        return None
    days = {}
    for key, value in raw.items():
        if not DAY.fullmatch(str(key)):
            raise ValueError(tell("{key!r} is no day among days", key=key))
        try:
            days[date(*(int(part) for part in str(key).split("-")))] = value
        except ValueError:
            raise ValueError(tell("{key!r} is no day of the calendar", key=key)) from None
    return dict(sorted(days.items()))


def figure(kind: str, raw: Any) -> Any:
    """A figure of a clause as the typed value; none is below zero. Raises ValueError that says what is expected."""
    value = parse(kind, raw)
    if any(isinstance(part, (int, float)) and part < 0 for part in _parts(value)):
        raise ValueError(tell("{raw!r} is below 0", raw=raw))
    return value


def _parts(value: Any) -> list[Any]:
    if isinstance(value, (list, dict)):
        return [part for item in (value.values() if isinstance(value, dict) else value) for part in _parts(item)]
    return [value]


def parse(kind: str, raw: Any) -> Any:
    """A YAML or TOML value as the typed value. Raises ValueError that says what is expected."""
    head, _, inner = kind.partition(":")
    if head == "list":
        if not isinstance(raw, list):
            raise ValueError(tell("expected a list, found {raw!r}", raw=raw))
        return [parse(inner, item) for item in raw]
    if head == "table":
        if not isinstance(raw, dict):
            raise ValueError(tell("expected a table, found {raw!r}", raw=raw))
        return {str(key): parse(inner, item) for key, item in raw.items()}
    if kind not in SCALARS:
        kinds = ", ".join(SCALARS)
        raise ValueError(
            tell("unknown type {kind!r}; one of {kinds}, or list: or table: of them", kind=kind, kinds=kinds)
        )
    try:
        return SCALARS[kind](raw)
    except (TypeError, ValueError, ArithmeticError) as error:
        raise ValueError(tell("expected {kind}, found {raw!r}", kind=kind, raw=raw)) from error


def _count(raw: Any) -> int:
    if isinstance(raw, bool) or int(raw) != Decimal(str(raw)) or int(raw) < 0:
        raise ValueError
    return int(raw)


def _number(raw: Any) -> float:
    if isinstance(raw, bool) or not isfinite(float(raw)):
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
