"""What a rule is given: facts, roster and day of one unit. A rule is `rule(job, **args) -> list[Finding]`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pandas as pd

from processor.catalogue.parameter import Missing, Parameter

#: Column of every fact frame: headers of cells that were filled but could not be read, joined by `|`.
UNREAD = "_unread"

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


@dataclass(frozen=True)
class Job:
    """One binding to decide for one unit. Pure data: no file, no clock, no ledger.

    facts: register -> one row a fact: the register's columns in canonical types, 门店 always filled, `_ref` (int64, the
        fact's id), `_unread` (see UNREAD), sorted by first date column, then natural key, index 0..n-1. Registers without rows are empty frames.
    roster: the whole site's employees, indexed by 工号 (text), columns of the register roster and `_ref`.
    decisions: what the clauses in the binding's `after` decided, DECISION_COLUMNS, answers applied
        (amount Int64 fen, status as published).
    revoked: (clause, staff_no, subject) of what a manager revoked; such an occurrence does not count.
    deducted: fines as pay really bore them, for payroll bindings: `period`, `decision_id`, `staff_no`, `amount` (fen).
    titles: clause -> title in our own words. active_months: `YYYY-MM` in which the unit has at least one dated row.
    """

    unit: str
    as_of: date
    clauses: tuple[str, ...]
    facts: Mapping[str, pd.DataFrame]
    roster: pd.DataFrame
    titles: Mapping[str, str]
    applies_to: Mapping[str, Parameter] = field(default_factory=dict)
    decisions: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=list(DECISION_COLUMNS)))
    revoked: frozenset[tuple[str, str, str]] = frozenset()
    active_months: frozenset[str] = frozenset()
    _columns: dict[str, dict[str, Any]] = field(default_factory=dict, init=False, repr=False, compare=False)
    deducted: pd.DataFrame = field(default_factory=lambda: pd.DataFrame({"period": [], "amount": []}))

    @property
    def clause(self) -> str:
        """The binding's first (often only) clause."""
        return self.clauses[0]

    def staff(self) -> pd.DataFrame:
        """The unit's own employees to whom the clause applies, indexed by 工号."""
        own = self.roster[self.roster["门店"] == self.unit]
        return own[self.in_scope(own.index.to_series())]

    def in_scope(self, staff_no: pd.Series) -> pd.Series:
        """Which of these staff numbers the binding's `applies_to` covers, as an aligned boolean Series."""
        mask = pd.Series(True, index=staff_no.index)
        for column, parameter in self.applies_to.items():
            allowed = parameter.on(self.as_of)
            if isinstance(allowed, Missing):
                return pd.Series(False, index=staff_no.index)
            mask &= staff_no.map(self.roster[column]).isin(allowed)
        return mask

    def is_revoked(self, staff_no: str, subject: str, clause: str | None = None) -> bool:
        """Whether a manager took this occurrence back."""
        return (clause or self.clause, staff_no, subject) in self.revoked

    def roster_value(self, staff_no: str, column: str) -> Any:
        """One cell of the roster; None where employee or value is missing."""
        if column not in self._columns:
            self._columns[column] = {str(no): value for no, value in self.roster[column].dropna().items()}
        return self._columns[column].get(staff_no)

    def name_of(self, staff_no: str) -> str:
        """The employee's name for staff to read; the number where the roster has none."""
        return self.roster_value(staff_no, "姓名") or staff_no


def natural_key(frame: pd.DataFrame, headers: Sequence[str]) -> pd.Series:
    """The subject of each row: its key columns' texts joined by `|`; an empty part stays empty."""
    parts: list[pd.Series] = []
    for header in headers:
        values = frame[header]
        texts = values.dt.strftime("%Y-%m-%d") if pd.api.types.is_datetime64_any_dtype(values) else values.astype("str")
        parts.append(texts.where(values.notna(), ""))
    whole = parts[0]
    for part in parts[1:]:
        whole = whole + "|" + part
    return whole


def with_cells(rows: pd.DataFrame, needed: set[str]) -> pd.DataFrame:
    """The rows of which no needed cell (header) was unreadable."""
    if UNREAD not in rows:
        return rows
    whole = rows[UNREAD].map(lambda headers: not headers or needed.isdisjoint(headers.split("|")))
    return rows[whole.astype(bool)]


def records(frame: pd.DataFrame) -> Iterator[Any]:
    """The rows of a small selection (the hits) as dicts with None for blanks: `row["工号"]`, `row["_ref"]`."""
    for row in frame.to_dict("records"):
        yield {
            name: None if value is pd.NaT or value is pd.NA or value != value else value for name, value in row.items()
        }
