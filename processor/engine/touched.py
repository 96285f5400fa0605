"""What a batch must decide anew: what a changed row, the calendar or a changed decision can reach."""

from __future__ import annotations

from collections.abc import Iterable, Sequence, Set
from datetime import date, timedelta
from functools import lru_cache
from typing import TypeVar

from processor.calendars import window_key, window_range
from processor.catalogue.pack import Binding

#: Days before the earlier and after the later as-of day in which a window's outcome may still depend on the day.
DUE_BEFORE, DUE_AFTER = 100, 31

T = TypeVar("T")

#: Before a span that counts from the as-of day, whatever the day of the rows that are decided.
TODAY = "today "

#: Behind a span that goes back only: rows that come after a window are no matter to it.
BEFORE = " before"

#: In a span of which only rows count that say the same under a link column as a row that counts in the window.
BY = " by "

#: The windows to decide; None stands for all of them.
Windows = set[str] | None


def by_rows(binding: Binding, register: str, days: Set[str | None]) -> Windows:
    """Windows that rows of a register, dated so, can reach; a binding that reads none asks when the unit was active."""
    span = binding.reads.get(register) if binding.reads else "window"
    if span is None:
        return set()
    if binding.window == "ever":
        return {"ever"}
    if span == "ever":
        return None
    later = timedelta() if header(span) else reach(span)
    found: set[str] = set()
    for day in days:
        if day is None:
            return None
        found |= _windows(date.fromisoformat(day) - _ahead(span), date.fromisoformat(day) + later, binding.window)
    return found


def reach(span: str) -> timedelta:
    """How far on both sides of a window, a row or today a span of `Binding.reads` goes; `ever` has none."""
    days = span.removeprefix(TODAY).partition(" ")[0]
    return timedelta(days=0 if days == "window" else int(days.removesuffix("d")))


def _ahead(span: str) -> timedelta:
    """How far ahead of a window a span goes by the days of the rows alone."""
    return timedelta() if span.endswith(BEFORE) or header(span) else reach(span)


def header(span: str) -> str:
    """The link column by whose values a span's rows belong to those of a window; empty where all count."""
    return span.partition(BY)[2]


def headers(binding: Binding) -> list[str]:
    """All such columns of a binding."""
    return sorted({header(span) for span in binding.reads.values()} - {""})


def since(binding: Binding, first: date, last: date) -> Windows:
    """Windows that anything from a day on can reach by its day, up to the last day of which there are rows."""
    if binding.window == "ever":
        return {"ever"}
    spans = set(binding.reads.values())
    if "ever" in spans:
        return None
    ahead, around = (max(map(far, spans), default=timedelta()) for far in (_ahead, reach))
    return set(_windows(first - ahead, last + around, binding.window))


def by_calendar(binding: Binding, before: date | None, as_of: date) -> Windows:
    """Windows whose outcome changes because the as-of day moved from `before` to `as_of`."""
    if not binding.due or before == as_of:
        return set()
    if binding.window == "ever":
        return {"ever"}
    if before is None:
        return None
    return set(_windows(*due_range(binding, before, as_of), binding.window))


def due_range(binding: Binding, before: date, as_of: date) -> tuple[date, date]:
    """The days whose rows the move of the as-of day can concern."""
    first, last = sorted((before, as_of))
    if binding.dated:
        return first, last
    return first - timedelta(days=DUE_BEFORE), last + timedelta(days=DUE_AFTER)


def by_decisions(binding: Binding, days: Iterable[date]) -> Windows:
    """Windows that changed decisions of the binding's `after` clauses can reach."""
    return {window_key(day, binding.window) for day in days}


def united(parts: Iterable[set[T] | None]) -> set[T] | None:
    """All that the parts hold; None, which stands for everything, as soon as one part is None."""
    found: set[T] = set()
    for part in parts:
        if part is None:
            return None
        found |= part
    return found


def ranges(binding: Binding, span: str, windows: Windows) -> Sequence[tuple[date, date]] | None:
    """The day ranges of rows to load for these windows, merged where they touch; None: all rows."""
    if windows is None or span == "ever" or binding.window == "ever":
        return None
    around, later = reach(span), timedelta() if span.endswith(BEFORE) else None
    return merged((window_range(key, binding.window) for key in windows), around, later)


def merged(
    spans: Iterable[tuple[date, date]], around: timedelta, later: timedelta | None = None
) -> list[tuple[date, date]]:
    """The spans, longer by `around` on both sides, joined where they touch. later: at their ends, where that is another."""
    found: list[tuple[date, date]] = []
    for first, last in sorted(spans):
        first, last = first - around, last + (around if later is None else later)
        if found and first <= found[-1][1] + timedelta(days=1):
            found[-1] = (found[-1][0], max(last, found[-1][1]))
        else:
            found.append((first, last))
    return found


@lru_cache(maxsize=4096)
def _windows(first: date, last: date, window: str) -> frozenset[str]:
    found, day = set(), first
    while day <= last:
        key = window_key(day, window)
        found.add(key)
        day = window_range(key, window)[1] + timedelta(days=1)
    return frozenset(found)
