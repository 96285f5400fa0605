"""Where a row may stand that nobody could read, so that nothing is missing there (G20)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import pandas as pd

from processor.rules.job import SINCE, Job


@dataclass(frozen=True)
class _May:
    """What one such row may tell of: an employee (None: of anybody), from day to day, or any day from `since` on."""

    who: str | None
    first: date | None
    last: date | None
    since: date


@dataclass(frozen=True)
class Doubts:
    """All such rows of a register that one clause asks about."""

    rows: tuple[_May, ...] = ()

    def cover(self, who: str | None, first: date, last: date) -> bool:
        """Whether one of them may be the employee's (None: the unit's) in this span of days."""
        return any(
            (row.who is None or who is None or row.who == who)
            and row.since <= last
            and (row.first is None or row.last is None or (row.first <= last and row.last >= first))
            for row in self.rows
        )


NONE = Doubts()


def doubts(job: Job, register: str, about: Sequence[str], day: str, until: str = "") -> Doubts:
    """The rows of a register that could not be read, by the first of the columns `about` that is filled and their days.

    until: the column in which the row's last day stands.
    """
    rows = job.illegible.get(register)
    return NONE if rows is None else doubts_of(rows, about, day, until)


def all_doubts(job: Job, register: str, about: Sequence[str], day: str) -> Doubts:
    """The same, and the rows of which a cell that the clause names could not be read."""
    whole, left_out = doubts(job, register, about, day), job.left_out.get(register)
    if left_out is None:
        return whole
    return Doubts((*whole.rows, *doubts_of(left_out.assign(**{SINCE: date.min}), about, day).rows))


def doubts_of(rows: pd.DataFrame, about: Sequence[str], day: str, until: str = "") -> Doubts:
    """The same of these rows of one register."""
    who = pd.Series(None, index=rows.index, dtype="object")
    for header in about:
        who = who.where(who.notna(), rows[header].astype("object"))
    first, last = _day(rows, day), _day(rows, until or day)
    first, last = first.fillna(last), last.fillna(first)
    spans = zip(who, first, last, rows[SINCE], strict=True)
    return Doubts(tuple(_May(_filled(no), _date(start), _date(end), since) for no, start, end, since in spans))


def _day(rows: pd.DataFrame, header: str) -> pd.Series:
    cells = rows[header]
    if not pd.api.types.is_datetime64_any_dtype(cells):
        cells = pd.to_datetime(cells + "-01")
    return cells.dt.normalize()


def _date(moment: pd.Timestamp) -> date | None:
    return None if pd.isna(moment) else moment.date()


def _filled(cell: object) -> str | None:
    return cell if isinstance(cell, str) else None
