"""The forms that staff fill in and drop back, and what the steps say of their rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from processor.rules.job import records

#: The registers that answer what the product asked.
FORMS = frozenset({"confirmations", "appeals", "reminders"})


@dataclass(frozen=True, slots=True)
class Place:
    """A row of a delivered sheet, as Excel counts it."""

    file: str
    sheet: str
    row: int


@dataclass(frozen=True, slots=True)
class Refused:
    """A row that counts for nothing: which cell is at fault, what it holds, what belongs there, and the Chinese mend."""

    place: Place
    header: str
    found: str
    expected: str
    message: str


@dataclass(frozen=True)
class Row:
    """One row of a form: its cells by header, its fact, and whether this batch brought it (new or changed)."""

    place: Place
    fact: int
    fresh: bool
    cells: Mapping[str, Any]


@dataclass(frozen=True)
class Form:
    """One delivered sheet of a form register. kinds, facts: row by row what became of it in the ledger.

    faulty: rows that could not be placed and say nothing.
    """

    register: str
    file: str
    sheet: str
    frame: pd.DataFrame
    kinds: Sequence[str]
    facts: Sequence[int]
    faulty: frozenset[int]

    def rows(self) -> Iterator[Row]:
        """Rows that may say something: repeated and faulty ones left out."""
        for cells, kind, fact in zip(records(self.frame), self.kinds, self.facts, strict=True):
            number = int(cells["_row"])
            if kind != "repeated" and number not in self.faulty:
                yield Row(Place(self.file, self.sheet, number), fact, kind in ("new", "changed"), cells)
