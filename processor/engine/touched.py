"""Which windows a batch must decide anew: those that a changed row, the calendar or a changed decision can reach."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from processor.calendars import window_key, window_range
from processor.policy import Binding

#: Days before the earlier and after the later as-of day in which a window's outcome may still depend on the day.
DUE_BEFORE, DUE_AFTER = 100, 31

#: The windows to decide; None stands for all of them.
Windows = set[str] | None


def by_rows(binding: Binding, register: str, days: Iterable[str | None]) -> Windows:
    """Windows that rows of a register, dated so, can reach through this binding."""
    span = binding.reads.get(register)
    if span is None:
        return set()
    if binding.window == "ever":
        return {"ever"}
    if span == "ever":
        return None
    reach = timedelta(days=0 if span == "window" else int(span.removesuffix("d")))
    found: set[str] = set()
    for day in set(days):
        if day is None:
            return None
        found |= _windows(date.fromisoformat(day) - reach, date.fromisoformat(day) + reach, binding.window)
    return found


def by_calendar(binding: Binding, before: date | None, as_of: date) -> Windows:
    """Windows whose outcome changes because the as-of day moved from `before` to `as_of`."""
    if not binding.due:
        return set()
    if binding.window == "ever":
        return {"ever"}
    if before is None:
        return None
    first, last = sorted((before, as_of))
    return _windows(first - timedelta(days=DUE_BEFORE), last + timedelta(days=DUE_AFTER), binding.window)


def by_decisions(binding: Binding, days: Iterable[date]) -> Windows:
    """Windows that changed decisions of the binding's `after` clauses can reach."""
    return {window_key(day, binding.window) for day in days}


def united(parts: Iterable[Windows]) -> Windows:
    """All of the windows."""
    found: set[str] = set()
    for part in parts:
        if part is None:
            return None
        found |= part
    return found


def ranges(binding: Binding, span: str, windows: Windows) -> Sequence[tuple[date, date]] | None:
    """The day ranges of rows to load for these windows, merged where they touch; None: all rows."""
    if windows is None or span == "ever" or binding.window == "ever":
        return None
    reach = timedelta(days=0 if span == "window" else int(span.removesuffix("d")))
    merged: list[tuple[date, date]] = []
    for first, last in sorted(window_range(key, binding.window) for key in windows):
        first, last = first - reach, last + reach
        if merged and first <= merged[-1][1] + timedelta(days=1):
            merged[-1] = (merged[-1][0], max(last, merged[-1][1]))
        else:
            merged.append((first, last))
    return merged


def _windows(first: date, last: date, window: str) -> set[str]:
    found, day = set(), first
    while day <= last:
        key = window_key(day, window)
        found.add(key)
        day = window_range(key, window)[1] + timedelta(days=1)
    return found
