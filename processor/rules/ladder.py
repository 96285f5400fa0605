"""Occurrences in the order of events: the first, second, third of an employee (G4), and thresholds reached (G14)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from processor.calendars import window_key
from processor.model import Text, say
from processor.rules.job import Job, records


@dataclass(frozen=True)
class Step:
    """A row and its place in its ladder. evidence: refs of this row and of every earlier one that counted."""

    row: dict[str, Any]
    day: date
    number: int
    evidence: tuple[int, ...]
    steps: tuple[Text, ...]


def climb(
    job: Job,
    rows: pd.DataFrame,
    *,
    clause: str,
    staff: str,
    day: str,
    subject: str,
    window: str,
    group: Sequence[str] = (),
    unread: pd.DataFrame | None = None,
) -> Iterator[Step]:
    """Number the rows (one row is one step) per employee, window and `group` columns, by day, then subject.

    staff, day, subject: names of the columns. A revoked row gets the number that it would have had and does not count.
    unread: rows that took place although not all of their cells could be read; each takes its step and is not told.
    """
    counted: dict[tuple[Any, ...], list[tuple[int, Text]]] = {}
    silent: frozenset[int] = frozenset()
    if unread is not None and len(unread):
        silent = frozenset(unread["_ref"])
        rows = pd.concat([rows, unread[[header for header in rows if header in unread]]], ignore_index=True)
    for row in records(rows.sort_values([day, subject], kind="stable") if len(rows) > 1 else rows):
        when = row[day].date()
        ladder = (
            row[staff],
            window_key(when, window),
            *(row[name] for name in group),
        )
        earlier = counted.setdefault(ladder, [])
        number = len(earlier) + 1
        here = say("第{n}次：{day}（{subject}）", n=number, day=when.isoformat(), subject=row[subject])
        if row["_ref"] not in silent:
            yield Step(
                row=row,
                day=when,
                number=number,
                evidence=(*(ref for ref, _ in earlier), row["_ref"]),
                steps=(*(text for _, text in earlier), here),
            )
        if not job.is_revoked(row[staff], row[subject], clause):
            earlier.append((row["_ref"], here))


@dataclass(frozen=True)
class Reached:
    """The row with which a running sum reached its limit. evidence: refs of it and of all before it that counted."""

    row: dict[str, Any]
    day: date
    total: int
    evidence: tuple[int, ...]


def reach(rows: pd.DataFrame, *, by: Sequence[str], weight: str, limit: pd.Series) -> Iterator[Reached]:
    """For each group of `by`, in order of 日期, the row whose running sum of `weight` is first at or above its `limit`.

    limit: aligned with rows; a blank limit is never reached. Rows without weight do not count.
    """
    counted = rows[rows[weight] > 0].sort_values(["日期", "_ref"], kind="stable")
    running = counted.groupby(list(by))[weight].cumsum()
    hits = counted.assign(running=running)[(running >= limit.reindex(counted.index)).fillna(False).astype(bool)]
    if hits.empty:
        return
    days: dict[tuple[Any, ...], list[tuple[Any, int]]] = {}
    keys = zip(*(counted[name] for name in by), strict=True)
    for key, day, ref in zip(keys, counted["日期"], counted["_ref"], strict=True):
        days.setdefault(key, []).append((day, ref))
    for row in records(hits.drop_duplicates(list(by))):
        own = days[tuple(row[name] for name in by)]
        upto = tuple(ref for day, ref in own if day <= row["日期"])
        yield Reached(row, row["日期"].date(), int(row["running"]), upto)
