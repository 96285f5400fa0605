"""Terms: within how long something must be done, counted in time, days, working days, or to an hour of a later day."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from processor import holidays
from processor.catalogue.parameter import Parameter
from processor.messages import tell
from processor.model import Text, say

UNITS = {
    "seconds": "秒",
    "minutes": "分钟",
    "hours": "小时",
    "days": "天",
    "workdays": "个工作日",
    "months": "个月",
    "days_before": "天前",
}
SECONDS = {"seconds": 1, "minutes": 60, "hours": 3600}
DAY = pd.Timedelta(days=1)


@dataclass(frozen=True)
class Term:
    """So many of a unit of UNITS after a moment, or before its day; with `until`, to that time of the day so many days later.

    A term in days ends with its last day, which still counts (G21); one in hours, minutes or seconds with the moment.
    """

    unit: str
    count: Parameter
    until: Parameter | None = None

    def figures(self) -> Iterator[Parameter]:
        """The figures that it uses."""
        yield self.count
        if self.until is not None:
            yield self.until

    @property
    def by_day(self) -> bool:
        """Whether it ends with a whole day."""
        return self.unit not in SECONDS and self.until is None

    def ends(self, starts: pd.Series) -> pd.Series:
        """The last moment in time after each start: the end of a day is midnight of the next. Blank where the start is."""
        counts = pd.to_numeric(self.count.column(starts.dt.normalize()), errors="coerce").astype("float64")
        if self.unit in SECONDS:
            return starts + pd.to_timedelta(counts * SECONDS[self.unit], unit="s")
        days = starts.dt.normalize()
        counts = -counts if self.unit == "days_before" else counts
        add = _ADD.get(self.unit)
        last = days + pd.to_timedelta(counts, unit="D") if add is None else _counted(days, counts, add)
        if self.until is None:
            return last + DAY
        seconds = pd.to_numeric(self.until.column(days), errors="coerce").astype("float64")
        return last + pd.to_timedelta(seconds, unit="s")

    def words(self, day: date) -> Text:
        """`3个工作日`, `次日12:00` as staff say it on a day."""
        count = self.count.at(day)
        if self.until is None:
            return say("{count}{unit}", count=f"{count:g}", unit=say(UNITS[self.unit]))
        seconds = self.until.at(day)
        clock = f"{seconds // 3600:02d}:{seconds % 3600 // 60:02d}"
        if self.unit == "days" and count in (0, 1):
            return say("当日{clock}", clock=clock) if count == 0 else say("次日{clock}", clock=clock)
        return say("{count}{unit}后{clock}", count=f"{count:g}", unit=say(UNITS[self.unit]), clock=clock)


def _counted(days: pd.Series, counts: pd.Series, add: Callable[[date, int], Any]) -> pd.Series:
    """The day so many working days or months after each; of several alike it is counted once."""
    known = {
        (day, count): pd.Timestamp(add(day.date(), int(count)))
        for day, count in set(zip(days.dropna(), counts[days.notna()], strict=True))
        if count == count
    }
    found = [known.get((day, count), pd.NaT) for day, count in zip(days, counts, strict=True)]
    return pd.Series(found, index=days.index, dtype=days.dtype)


_ADD: Mapping[str, Callable[[date, int], Any]] = {
    "workdays": holidays.add_workdays,
    "months": lambda day, count: pd.Timestamp(day) + pd.DateOffset(months=count),
}


def term_of(raw: Any) -> Term:
    """A term from its table in a pack, `{workdays: $n}` or `{days: 1, until: 12:00}`. Raises ValueError."""
    if not isinstance(raw, Mapping) or len(set(raw) & set(UNITS)) != 1 or set(raw) - set(UNITS) - {"until"}:
        raise ValueError(
            tell(
                "expected one of {units} with its number, perhaps with until, found {raw!r}",
                units=", ".join(UNITS),
                raw=raw,
            )
        )
    unit = next(iter(set(raw) & set(UNITS)))
    if "until" in raw and unit not in ("days", "workdays"):
        raise ValueError("until goes with days or workdays")
    until = Parameter.of(raw["until"], "time") if "until" in raw else None
    return Term(unit, Parameter.of(raw[unit], "number", "count"), until)
