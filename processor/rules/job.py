"""What a rule is given: facts, roster and day of one unit. A rule is `rule(job, **args) -> list[Finding]`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from processor.calendars import month_end
from processor.catalogue.parameter import Parameter
from processor.columns import unread
from processor.roster import LEFT, Roster

#: Column of frames of illegible rows: the first day (date) of which such a row may say something.
SINCE = "_since"

DECISION_COLUMNS = (
    "decision_id",
    "date",
    "clause",
    "effect",
    "staff_no",
    "subject",
    "amount",
    "points",
    "occurrence",
    "status",
    "part",
    "_ref",
)


Changed = Callable[[str], pd.DataFrame]
_NO_DECISIONS = pd.DataFrame(columns=list(DECISION_COLUMNS))
_NOTHING_DEDUCTED = pd.DataFrame({"period": [], "amount": []})
#: Columns of the roster, each with the values in it that leave an employee out.
Exempt = tuple[tuple[str, tuple[Any, ...]], ...]


@dataclass(frozen=True)
class Job:
    """One binding to decide for one unit. Pure data: no file, no clock, no ledger.

    facts: register -> one row a fact: the register's columns in canonical types, 门店 always filled, `_ref` (int64, the
        fact's id), `_unread` (see UNREAD), sorted by first date column, then natural key, index 0..n-1. Registers without rows are empty frames.
    roster: the whole site's employees, as they were on each day.
    decisions: what the clauses in the binding's `after` decided, DECISION_COLUMNS, answers applied
        (amount Int64 fen, status as published).
    revoked: (clause, staff_no, subject) of what a manager revoked; such an occurrence does not count.
    delivered: register -> headers of the columns that the site's sheets of it ever had.
    changed: all versions, in order of delivery, of the unit's rows of a register that were delivered with more than
        one content, with `_seen` (as-of day of the batch); empty without columns where there are none.
    deducted: fines as pay really bore them, for payroll bindings: `period`, `decision_id`, `staff_no`, `amount` (fen).
    left_out: register -> its rows of which a cell that the clause names could not be read, with UNREAD; only registers
        that have such rows. They prove nothing, and they are not missing either.
    illegible: register -> its rows that could not be read as a whole, with what of them could, and SINCE; only registers
        that have such rows. They are no facts; `rules.illegible` says where they may stand.
    titles: clause -> title in our own words. active_months: `YYYY-MM` in which the unit has at least one dated row.
    """

    unit: str
    as_of: date
    clauses: tuple[str, ...]
    facts: Mapping[str, pd.DataFrame]
    roster: Roster
    titles: Mapping[str, str]
    applies_to: Mapping[str, Parameter] = field(default_factory=dict)
    decisions: pd.DataFrame = field(default_factory=lambda: _NO_DECISIONS)
    revoked: frozenset[tuple[str, str, str]] = frozenset()
    active_months: frozenset[str] = frozenset()
    delivered: Mapping[str, frozenset[str]] = field(default_factory=dict)
    left_out: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    illegible: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    changed: Changed = lambda register: pd.DataFrame()
    deducted: pd.DataFrame = field(default_factory=lambda: _NOTHING_DEDUCTED)

    @property
    def clause(self) -> str:
        """The binding's first (often only) clause."""
        return self.clauses[0]

    def unread_rows(self, register: str) -> Iterator[Any]:
        """The register's rows of which a cell, or more, could not be read, as `records`; each with SINCE."""
        for rows in (known[register] for known in (self.left_out, self.illegible) if register in known):
            yield from ({SINCE: date.min, **row} for row in records(rows))

    def unread(self, register: str, header: str) -> set[Any]:
        """What stands in this column in those rows."""
        return {row[header] for row in self.unread_rows(register)} - {None}

    def staff(self, day: date) -> pd.DataFrame:
        """The unit's own employees to whom the clause applies, as of a day, indexed by 工号."""
        return self._staff(day).frame.copy(deep=False)

    def employed(self, day: date) -> tuple[str, ...]:
        """The staff numbers of those of them who are employed on the day, sorted; see `Staff.employed`."""
        return self._staff(day).employed(day)

    def employed_throughout(self, first: date, last: date, exempt: Mapping[str, Parameter]) -> tuple[str, ...]:
        """The staff numbers of those, as of the last day, who are employed on all of these days, sorted.

        exempt: columns of the roster and the values in them that leave an employee out.
        """
        values = tuple((header, tuple(parameter.at(last))) for header, parameter in exempt.items())
        return self._staff(last).employed_throughout(first, last, values)

    def _staff(self, day: date) -> Staff:
        allowed = [parameter.since(day) for parameter in self.applies_to.values()]
        key = (self.unit, self.roster.stretch(day), self.as_of, id(self.applies_to), *allowed)
        scope, known = self.roster.staff.get(key, (None, None))
        if known is None or scope is not self.applies_to:
            everyone = self.roster.on(day)
            own = everyone[everyone["门店"] == self.unit]
            known = Staff(own[self.in_scope(own["工号"], pd.Series(pd.Timestamp(day), index=own.index))])
            self.roster.staff[key] = self.applies_to, known
        return known

    def in_scope(self, staff_no: pd.Series, days: pd.Series) -> pd.Series:
        """Which of these staff numbers the binding's `applies_to` covers on their days, as an aligned boolean Series."""
        if not self.applies_to:
            return pd.Series(True, index=staff_no.index)
        places, covered = self.roster.places(staff_no, days), np.ones(len(staff_no), dtype=bool)
        moments = days.fillna(pd.Timestamp(self.as_of)).to_numpy(dtype="datetime64[us]")
        for column, allowed in self.applies_to.items():
            fits = np.zeros(len(staff_no), dtype=bool)
            for start, end in pairwise([*allowed.values, date.max]):
                held = (moments >= np.datetime64(start)) & (moments < np.datetime64(end))
                fits |= held & self.roster.fitting(column, allowed.values[start])[places]
            covered &= fits
        return pd.Series(covered, index=staff_no.index)

    def has_column(self, register: str, header: str) -> bool:
        """Whether the site keeps this column at all: a column that is absent is no evidence (G20)."""
        known = header in self.delivered.get(register, ())
        return known or bool(self.facts[register][header].notna().any())

    def is_revoked(self, staff_no: str, subject: str, clause: str | None = None) -> bool:
        """Whether a manager took this occurrence back."""
        return (clause or self.clause, staff_no, subject) in self.revoked

    def roster_column(self, staff_no: pd.Series, column: str, days: pd.Series) -> pd.Series:
        """What the roster says of each employee on each day, as an aligned Series; blank where it does not know him."""
        return self.roster.column(staff_no, column, days)

    def roster_value(self, staff_no: str, column: str, day: date) -> Any:
        """One cell of the roster as of a day; None where employee or value is missing."""
        return self.roster.value(staff_no, column, day)

    def monthly_value(self, staff_no: str, column: str, day: date) -> Any:
        """What holds for the whole month of a day (月工资, 全勤奖): as of its last day, before that of the as-of day."""
        return self.roster.value(staff_no, column, min(month_end(day), self.as_of))

    def roster_ref(self, staff_no: str, day: date) -> int:
        """The fact that says what a known employee was on a day."""
        return int(self.roster.value(staff_no, "_ref", day))

    def name_of(self, staff_no: str) -> str:
        """The employee's name for staff to read; the number where the roster has none."""
        return self.roster.value(staff_no, "姓名", self.as_of) or staff_no


@dataclass
class Staff:
    """Employees of a unit as they were in a stretch of time, and who of them was employed on a day."""

    frame: pd.DataFrame
    _employed: dict[tuple[Any, ...], tuple[str, ...]] = field(default_factory=dict)
    _exempt: dict[Exempt, np.ndarray[Any, Any]] = field(default_factory=dict)

    @cached_property
    def _spans(self) -> tuple[list[str], np.ndarray[Any, Any], np.ndarray[Any, Any]]:
        """The staff numbers in order, with their first and last days."""
        staff = self._in_order
        return list(staff.index), staff["入职日期"].to_numpy(), staff["离职日期"].to_numpy()

    @cached_property
    def _in_order(self) -> pd.DataFrame:
        """They in order of their numbers, without those whose last day could not be read: nobody knows until when (G20)."""
        return self.frame[~unread(self.frame, LEFT)].sort_index()

    def employed(self, day: date) -> tuple[str, ...]:
        """The staff numbers of those who are known to be employed on the day, first and last day included, sorted."""
        return self.employed_throughout(day, day, ())

    def employed_throughout(self, first: date, last: date, exempt: Exempt) -> tuple[str, ...]:
        """Those who are employed from one day to the other, both included, but those whom a column exempts."""
        known = (first, last, exempt)
        if known not in self._employed:
            numbers, hired, left = self._spans
            there = (hired <= np.datetime64(first)) & ~(left < np.datetime64(last))
            if exempt:
                there &= ~self._left_out(exempt)
            self._employed[known] = tuple(numbers[place] for place in np.flatnonzero(there))
        return self._employed[known]

    def _left_out(self, exempt: Exempt) -> np.ndarray[Any, Any]:
        """Of whom, in order, a column says one of the values that exempt him."""
        if exempt not in self._exempt:
            found = [self._in_order[header].isin(values).to_numpy() for header, values in exempt]
            self._exempt[exempt] = np.logical_or.reduce(found)
        return self._exempt[exempt]


def among(values: pd.Series, days: pd.Series, allowed: Parameter) -> pd.Series:
    """Which values stand in the list that was in force on their day."""
    if list(allowed.values) == [date.min]:
        return values.isin(allowed.values[date.min]) & days.notna()
    mask = pd.Series(False, index=values.index)
    for start, end in pairwise([*allowed.values, date.max]):
        held = (days >= pd.Timestamp(start)) & (days < pd.Timestamp(end))
        mask |= held & values.isin(allowed.values[start])
    return mask


def natural_key(frame: pd.DataFrame, headers: Sequence[str]) -> pd.Series:
    """The subject of each row: its key columns' texts joined by `|`; an empty part stays empty."""
    parts: list[pd.Series] = []
    for header in headers:
        values = frame[header]
        texts = values.dt.strftime("%Y-%m-%d") if values.dtype.kind == "M" else values.astype("str")
        parts.append(texts.where(values.notna(), "") if values.hasnans else texts)
    whole = parts[0]
    for part in parts[1:]:
        whole = whole + "|" + part
    return whole


def records(frame: pd.DataFrame) -> Iterator[Any]:
    """The rows of a small selection (the hits) as dicts with None for blanks: `row["工号"]`, `row["_ref"]`."""
    names = list(frame)
    for row in frame.to_numpy(dtype=object).tolist():
        yield dict(zip(names, map(cell, row), strict=True))


def cell(value: Any) -> Any:
    """A value of a frame as plain Python; None for blanks."""
    if isinstance(value, np.generic):
        value = value.item()
    if value is pd.NaT or value is pd.NA or (isinstance(value, float) and value != value):
        return None
    return value
