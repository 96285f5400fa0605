"""All that the outputs of one batch say, already resolved: no writer asks the ledger or the clock."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from operator import attrgetter
from pathlib import PurePosixPath
from typing import Any, TypeVar

import pandas as pd

from processor.catalogue.pack import Clause, Pack
from processor.decision import Decision, Tick
from processor.issue import Issue
from processor.model import Source, Text
from processor.rulebook.view import Amended
from processor.settle.funds import FundStatement


@dataclass(frozen=True, slots=True)
class Line:
    """A decision and the places it rests on. thing: what was judged, in words, where its key is composed of several.

    otherwise: changes that each alone would have turned it, verified by judging again. answered: who answered it, when,
    and how, as one Chinese sentence; history: what it said before, what was answered
    and appealed, each as one sentence, oldest first. stamp: the batch since which the same is told of it; bare: without
    its places, history and otherwise, which `Snapshot.in_full` looks up.
    """

    decision: Decision
    source: Source | None
    evidence: tuple[Source, ...] = ()
    answered: str = ""
    thing: str = ""
    otherwise: tuple[Text, ...] = ()
    history: tuple[str, ...] = ()
    stamp: int = 0
    bare: bool = False


#: What bare lines tell, column by column.
Columns = list[tuple[Any, ...]]
#: The fields of a decision that pages list and count by; the others are blank where lines were columns.
_LISTED = (
    "decision_id",
    "period",
    "date",
    "unit",
    "pack",
    "clause",
    "family",
    "effect",
    "staff_no",
    "staff_name",
    "amount",
    "points",
    "occurrence",
    "status",
    "reading",
    "linked_to",
    "parameters",
)
_BLANK: dict[str, Any] = {"subject": "", "row": None, "column": "", "part": "", "binding": "", "window": ""}
_listed_values = attrgetter(*(f"decision.{name}" for name in _LISTED), "thing", "stamp")
_NO_WORDS = Text("")


def in_columns(lines: Sequence[Line], told: Collection[str]) -> Columns:
    """Lines as columns of plain values. told: the ids of those of which the sentence is not needed."""
    texts = tuple(_NO_WORDS if line.decision.decision_id in told else line.decision.text for line in lines)
    return [*zip(*map(_listed_values, lines), strict=True), texts]


def of_columns(columns: Columns) -> tuple[Line, ...]:
    """The lines, bare."""
    found = []
    for *values, thing, stamp, text in zip(*columns, strict=True):
        listed: dict[str, Any] = dict(zip(_LISTED, values, strict=True))
        found.append(Line(Decision(**listed, **_BLANK, text=text), None, thing=thing, stamp=stamp, bare=True))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Change:
    """What a batch did to a line. kind: added, changed, withdrawn. reason: why it was withdrawn, in Chinese."""

    kind: str
    old: Line | None
    new: Line | None
    reason: str = ""

    @property
    def line(self) -> Line:
        """The line as it is now, or as it was before it was withdrawn."""
        line = self.new or self.old
        if line is None:
            raise ValueError("a change without a line")
        return line


@dataclass(frozen=True, slots=True)
class RegisterReport:
    """One register sheet of a workbook, counted in rows; `issues` = marked cells; missing_keys: rows gone since (G10).

    unreadable: rows that count for nothing, because a cell could not be read or the row could not be placed.
    """

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
    unreadable: int = 0


@dataclass(frozen=True, slots=True)
class WorkbookReport:
    """One delivered workbook. status: processed, rejected, duplicate, waiting. Paths are relative to the site's folder.

    gone_keys: rows of sheets that it held when it was last delivered and holds no longer. unit_of: (sheet, row) -> unit.
    shared: it holds the roster, whose rows may be of any unit.
    """

    file: str
    status: str
    reason: str
    registers: tuple[RegisterReport, ...] = ()
    annotated: str | None = None
    issues: tuple[Issue, ...] = ()
    units: tuple[str, ...] = ()
    gone_keys: tuple[str, ...] = ()
    unit_of: Mapping[tuple[str, int], str] = field(default_factory=dict)
    shared: bool = False

    def of_unit(self, unit: str) -> WorkbookReport:
        """What of the workbook concerns one unit; what cannot be told of a workbook of several units is left out."""
        if self.units == (unit,) and not self.shared:
            return self
        return replace(
            self,
            issues=tuple(issue for issue in self.issues if self.unit_of.get((issue.sheet, issue.row)) == unit),
            registers=tuple(replace(register, missing_keys=()) for register in self.registers),
            gone_keys=(),
        )


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


#: What a task may be about, the most urgent first.
TASK_KINDS = (
    "sealed",
    "unread",
    "rejected",
    "asked",
    "cells",
    "unchecked",
    "disputed",
    "waiting",
    "proposal",
    "appeal",
    "notice",
    "closable",
    "overdue",
)


def unit_of_file(file: str, units: Collection[str]) -> str:
    """The unit whose folder of the inbox a workbook came from, empty where it lay in none."""
    return next((part for part in PurePosixPath(file).parts if part in units), "")


@dataclass(frozen=True, slots=True)
class Task:
    """Something that somebody has to do. kind: one of TASK_KINDS; unit: empty where it concerns the whole site.

    number: how many of it there are; text: what is to be done, without the number; who: who has to act; until: the last
    day, None where none is set. section: the id of the part of the unit's (or the site's) page that tells more; file: a
    workbook or page to open instead, relative to the site's folder.
    """

    kind: str
    unit: str
    number: int
    text: Text
    who: Text
    until: date | None = None
    section: str = ""
    file: str = ""


@dataclass(frozen=True, slots=True)
class Delivered:
    """One register in one workbook as it was last delivered. rows = counted + unreadable; day: as-of day of its batch.

    faults: column -> (cells at fault, some of the words found there).
    """

    file: str
    register: str
    units: tuple[str, ...]
    day: date
    rows: int
    unreadable: int
    faults: Mapping[str, tuple[int, tuple[str, ...]]]


@dataclass(frozen=True, slots=True)
class BatchQuality:
    """How many rows a batch was given, and how many of them could not be read; by unit."""

    day: date
    rows: Mapping[str, int]
    unreadable: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class MonthCount:
    """Lines of a closed month that are alike: how many, and their sum in fen. sign: of their points, or empty."""

    unit: str
    period: str
    staff_no: str
    clause: str
    effect: str
    status: str
    sign: str
    count: int
    fen: int


T = TypeVar("T")


def _by_unit(told: Iterable[T], line_of: Callable[[T], Line]) -> defaultdict[str, list[T]]:
    found: defaultdict[str, list[T]] = defaultdict(list)
    for one in told:
        found[line_of(one).decision.unit].append(one)
    return found


@dataclass(frozen=True)
class Snapshot:
    """One batch as its outputs tell it. number: of the batch, as `Line.stamp` has it.

    lines: every decision of the open periods, sorted by period, unit, clause, decision_id, mostly bare; in_full: those
    of some ids in full, lines of `changes` in closed periods too. facts: (register, unit) ->
    canonical frame of the rows of the open periods that counted, for tables and pictures. reminders: what is due or
    overdue, ticked off or not, by unit and day. names: staff number -> name of everybody whom the roster knows.
    tasks: what somebody has to do and the lines do not tell by themselves. closed: the closed ones of the last twelve
    months, counted. rule_book: sheet of the rule book -> its
    rows. amended: what newer packs brought. delivered: every register as it was last delivered; quality: the last batches that were given rows,
    oldest first.
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
    funds: tuple[FundStatement, ...]
    facts: Callable[[str, str], pd.DataFrame]
    reminders: tuple[Reminder, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)
    tasks: tuple[Task, ...] = ()
    closed: tuple[MonthCount, ...] = ()
    delivered: tuple[Delivered, ...] = ()
    quality: tuple[BatchQuality, ...] = ()
    rule_book: Mapping[str, Sequence[Sequence[str]]] = field(default_factory=dict)
    amended: Sequence[Amended] = ()
    in_full: Callable[[Collection[str]], Mapping[str, Line]] = lambda ids: {}
    number: int = 0

    @cached_property
    def lines_by_unit(self) -> defaultdict[str, list[Line]]:
        """The lines of each unit, in their order; none of a unit without lines."""
        return _by_unit(self.lines, lambda line: line)

    @cached_property
    def changes_by_unit(self) -> defaultdict[str, list[Change]]:
        """What the batch changed in each unit."""
        return _by_unit(self.changes, lambda change: change.line)

    @cached_property
    def staff_names(self) -> Mapping[str, str]:
        """Staff number -> name: from the roster, and from the decisions for those whom it no longer lists."""
        named = {line.decision.staff_no: line.decision.staff_name for line in self.lines if line.decision.staff_name}
        return named | dict(self.names)
