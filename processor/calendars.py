"""Weeks, months, quarters and China's working days, all in Asia/Shanghai."""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache

import pandas as pd


@lru_cache(maxsize=20_000)
def window_key(day: date, window: str) -> str:
    """The window that holds a day: the day itself, `2026-10-05` (the Monday) for a week, `2026-10`, `2026-Q4`, `2026-H2`, `2026`, `ever`."""
    match window:
        case "day":
            return day.isoformat()
        case "week":
            return (day - timedelta(days=day.weekday())).isoformat()
        case "month":
            return f"{day:%Y-%m}"
        case "quarter":
            return f"{day.year}-Q{(day.month + 2) // 3}"
        case "half":
            return f"{day.year}-H{(day.month + 5) // 6}"
        case "year":
            return str(day.year)
        case "ever":
            return "ever"
    raise ValueError(f"unknown window {window}")


@lru_cache(maxsize=20_000)
def window_range(key: str, window: str) -> tuple[date, date]:
    """First and last day of a window named by `window_key`."""
    match window:
        case "day":
            return date.fromisoformat(key), date.fromisoformat(key)
        case "week":
            first = date.fromisoformat(key)
            return first, first + timedelta(days=6)
        case "month":
            return _months(int(key[:4]), int(key[5:7]), 1)
        case "quarter":
            return _months(int(key[:4]), 3 * int(key[6]) - 2, 3)
        case "half":
            return _months(int(key[:4]), 6 * int(key[6]) - 5, 6)
        case "year":
            return _months(int(key[:4]), 1, 12)
        case "ever":
            return date.min, date.max
    raise ValueError(f"unknown window {window}")


def _months(year: int, month: int, count: int) -> tuple[date, date]:
    first = date(year, month, 1)
    end_month = month + count - 1
    after = date(year + end_month // 12, end_month % 12 + 1, 1)
    return first, after - timedelta(days=1)


def month_end(day: date) -> date:
    """The last day of the day's month."""
    return window_range(window_key(day, "month"), "month")[1]


def week_start(days: pd.Series) -> pd.Series:
    """The Monday of each day of a datetime column, at midnight."""
    floor = days.dt.normalize()
    return floor - pd.to_timedelta(floor.dt.day_of_week, unit="D")


def month_of(days: pd.Series) -> pd.Series:
    """`YYYY-MM` of each day of a datetime column; blank where the day is blank."""
    codes, found = pd.factorize(days.to_numpy().astype("datetime64[M]"))
    names = pd.Series(found).dt.strftime("%Y-%m").array
    return pd.Series(names.take(codes, allow_fill=True), index=days.index, name=days.name)


def each_day(spans: pd.DataFrame, first: str, last: str) -> pd.DataFrame:
    """One row a day, both ends included: the columns of `spans` and `day`. A span that ends before it begins has none."""
    lengths = ((spans[last] - spans[first]).dt.days + 1).clip(lower=0)
    days = spans.loc[spans.index.repeat(lengths)].reset_index(drop=True)
    offsets = days.groupby(spans.index.repeat(lengths)).cumcount()
    return days.assign(day=days[first] + pd.to_timedelta(offsets, unit="D"))


def windows(first: date, last: date, window: str) -> list[tuple[str, date, date]]:
    """Key, first and last day of every window that holds a day from `first` to `last`, in order of time."""
    found = []
    while first <= last:
        key = window_key(first, window)
        start, end = window_range(key, window)
        found.append((key, start, end))
        first = end + timedelta(days=1)
    return found
