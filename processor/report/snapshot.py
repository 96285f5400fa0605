"""All that the outputs of one batch say, already resolved: no writer asks the ledger or the clock."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

import pandas as pd

from processor.catalogue.pack import Clause, Pack
from processor.decision import Decision, Tick
from processor.issue import Issue
from processor.model import Source
from processor.settle.funds import FundStatement


@dataclass(frozen=True, slots=True)
class Line:
    """A decision and the places it rests on. answered: who answered it, when, and how, as one Chinese sentence."""

    decision: Decision
    source: Source | None
    evidence: tuple[Source, ...] = ()
    answered: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """What a batch did to a line. kind: added, changed, withdrawn."""

    kind: str
    old: Line | None
    new: Line | None


@dataclass(frozen=True, slots=True)
class RegisterReport:
    """One register sheet of a workbook, counted in rows; `issues` = marked cells; missing_keys: rows gone since (G10)."""

    register: str
    title: str
    sheet: str
    rows: int
    new: int
    changed: int
    unchanged: int
    missing: int
    issues: int
    missing_keys: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class WorkbookReport:
    """One delivered workbook. status: processed, rejected, duplicate, waiting. Paths are relative to the site's folder.

    gone_keys: rows of sheets that it held when it was last delivered and holds no longer.
    """

    file: str
    status: str
    reason: str
    registers: tuple[RegisterReport, ...] = ()
    annotated: str | None = None
    issues: tuple[Issue, ...] = ()
    units: tuple[str, ...] = ()
    gone_keys: tuple[str, ...] = ()


@dataclass(frozen=True)
class Unit:
    """One store or department and its rule books."""

    name: str
    packs: tuple[Pack, ...]


@dataclass(frozen=True, slots=True)
class Reminder:
    """Something to be done. day: by when, or the day of which it speaks. days_over: None where nothing is overdue.

    tick: how it was ticked off, None while it is open; ticked_by: the name behind the tick's staff number.
    """

    decision: Decision
    day: date
    days_over: int | None
    tick: Tick | None = None
    ticked_by: str = ""


@dataclass(frozen=True)
class Snapshot:
    """One batch as its outputs tell it.

    lines: every decision of the open periods, sorted by period, unit, clause, decision_id. earlier_counts: as_of of
    earlier batches -> counts by effect, oldest first (for the trend). facts: (register, unit) -> canonical frame of the
    open periods, for tables and charts. reminders: what is due or overdue, ticked off or not, by unit and day.
    """

    site: str
    locale: str
    run: str
    as_of: date
    units: tuple[Unit, ...]
    clauses: Mapping[str, Clause]
    lines: tuple[Line, ...]
    changes: tuple[Change, ...]
    workbooks: tuple[WorkbookReport, ...]
    earlier_counts: Mapping[str, Mapping[str, int]]
    funds: tuple[FundStatement, ...]
    facts: Callable[[str, str], pd.DataFrame]
    reminders: tuple[Reminder, ...] = ()
