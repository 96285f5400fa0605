"""Windows of the calendar that are over, and the findings about a whole window of an employee or of the unit (G14)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property, partial
from typing import Any

import pandas as pd

from processor.calendars import window_key, window_range
from processor.catalogue.provision import Provision
from processor.mechanics.consequence import Hit, follow
from processor.mechanics.limit import window_words
from processor.mechanics.rows import DAY, SUBJECT, WHO, doubted, left_out, said
from processor.model import Candidate, Finding, Text, say
from processor.rules.illegible import Doubts
from processor.rules.job import Job


@dataclass(frozen=True)
class Window:
    """One window with its rows."""

    key: str
    first: date
    last: date
    rows: pd.DataFrame

    @cached_property
    def refs(self) -> tuple[int, ...]:
        return tuple(self.rows["_ref"].tolist())


class Times:
    """How often it came to something for each employee, window after window (G4); what was revoked does not count."""

    def __init__(self, job: Job, provision: Provision) -> None:
        self.job, self.counts = job, provision.is_ladder
        self._earlier: dict[tuple[str, Any], list[tuple[tuple[int, ...], Text]]] = {}

    def hit(self, row: dict[str, Any], day: date, refs: tuple[int, ...]) -> Hit:
        """A window's finding with its place in the ladder, None without one; row: as `whole` makes it."""
        who, subject = row[WHO], row[SUBJECT]
        if not self.counts or not who:
            return Hit(row, day, None, refs)
        earlier = self._earlier.setdefault((who, self.job.roster.holder(who, day)), [])
        number = len(earlier) + 1
        here = say("第{n}次：{day}（{subject}）", n=number, day=day.isoformat(), subject=subject)
        counted = tuple(ref for before, _ in earlier for ref in before)
        steps = (*(text for _, text in earlier), here)
        if not self.job.is_revoked(who, subject):
            earlier.append((refs, here))
        return Hit(row, day, number, (*counted, *refs), steps)


@dataclass(frozen=True)
class Unclear:
    """Whose windows of time hold something that may have counted. windows: employee (empty: the unit) and window's key."""

    windows: frozenset[tuple[str, str]] = frozenset()
    doubts: tuple[Doubts, ...] = ()

    def at(self, who: str, window: Window) -> bool:
        """Whether that is so for an employee, empty for the unit, in a window."""
        return (who, window.key) in self.windows or any(
            each.cover(who or None, window.first, window.last) for each in self.doubts
        )

    def within(self, window: Window) -> bool:
        """Whether that is so for anybody in a window."""
        return any(key == window.key for _, key in self.windows) or self.at("", window)


NOWHERE = Unclear()


def unclear(
    job: Job, provision: Provision, windows_of: Callable[[pd.DataFrame], pd.DataFrame] | None = None
) -> Unclear:
    """Where a row may have counted, had all of its cells been read, or had anybody been able to read it at all (G20).

    windows_of: gives the rows, each for every window for which it counts, their `_window`; the one of their day if None.
    """
    rows, illegible = left_out(job, provision), doubted(job, provision)
    if rows is None:
        return Unclear(doubts=(illegible,))
    rows = (windows_of or partial(_by_day, provision))(rows)
    whose = rows[WHO] if provision.about else [""] * len(rows)
    return Unclear(frozenset(zip(whose, rows["_window"], strict=True)), (illegible,))


def _by_day(provision: Provision, rows: pd.DataFrame) -> pd.DataFrame:
    return rows.assign(_window=[window_key(day.date(), provision.window) for day in rows[DAY]])


def over(job: Job, rows: pd.DataFrame, window: str) -> Iterator[Window]:
    """Each window that has a row and whose last day has come, in order of time."""
    keys = {day: window_key(day.date(), window) for day in rows[DAY].unique()}
    for key, group in rows.groupby(rows[DAY].map(keys).astype("str")):
        first, last = window_range(str(key), window)
        if last <= job.as_of:
            yield Window(str(key), first, last, group)


def whole(
    job: Job,
    provision: Provision,
    window: Window,
    who: str,
    own: pd.DataFrame,
    default: str,
    *,
    times: Times | None = None,
    subject: str = "",
    values: Mapping[str, str] | None = None,
    candidates: tuple[Candidate, ...] = (),
    evidence: tuple[int, ...] = (),
    **words: Any,
) -> list[Finding]:
    """What follows for an employee (or, with no `who`, the unit) from a whole window, dated on its last day.

    own: the rows that count for him, the last one is judged. times: counts over the windows. subject: where it is not `who|window`. values: what all
    of them say in some columns.
    """
    row: dict[str, Any] = (
        {str(name): None for name in own}
        | dict(values or {})
        | {
            WHO: who or None,
            DAY: pd.Timestamp(window.last),
            SUBJECT: subject or f"{who or job.unit}|{window.key}",
            "_ref": own["_ref"].iloc[-1],
        }
    )
    refs = evidence or tuple(map(int, own["_ref"].tolist()))
    hit = (times or Times(job, provision)).hit(row, window.last, refs)
    given = {"周期": window_words(window.key, provision.window), "第几次": hit.number or 1, **words}
    what = said(job, provision, row, default, **given)
    readings = () if provision.window == "day" else ("G14",)
    made = follow(job, provision, hit, what, cell=provision.measure or provision.date, readings=readings)
    if not candidates:
        return made
    return [replace(finding, candidates=candidates) for finding in made]
