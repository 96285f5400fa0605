"""The forms that staff fill in and drop back, and what becomes of their rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from processor.catalogue.answering import Answering
from processor.model import Text, say
from processor.rules.job import records

EFFECTIVE, REFUSED, WAITING = "已生效", "未采纳", "待确认"


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


@dataclass(frozen=True, slots=True)
class Told:
    """What became of a row. status: 已生效, 未采纳 or 待确认; result: the words beside it."""

    place: Place
    status: str
    result: Text | str = ""


@dataclass(frozen=True)
class Row:
    """One row of a form: its cells by header, its fact, and whether this batch brought it (new or changed).

    unread: header -> what stands in a cell that could not be read.
    """

    place: Place
    fact: int
    fresh: bool
    cells: Mapping[str, Any]
    unread: Mapping[str, str]

    def refused(self, header: str, message: str, expected: str = "") -> Refused:
        """The row refused for the cell under `header`; message: the Chinese reason with its mend."""
        found = self.unread.get(header) or self.cells.get(header)
        return Refused(self.place, header, "" if found is None else str(found), expected, message)


@dataclass(frozen=True)
class Form:
    """One delivered sheet of a form register. kinds, facts: row by row what became of it in the ledger.

    faulty: rows that could not be placed and say nothing. unread: (row, header) -> what could not be read.
    titles: the texts above the header. answers: by which columns its rows answer decisions.
    """

    register: str
    file: str
    sheet: str
    frame: pd.DataFrame
    kinds: Sequence[str]
    facts: Sequence[int]
    faulty: frozenset[int]
    unread: Mapping[tuple[int, str], str] = field(default_factory=dict)
    titles: tuple[str, ...] = ()
    answers: Answering | None = None

    def rows(self) -> Iterator[Row]:
        """Rows that may say something: repeated and faulty ones left out."""
        unread: dict[int, dict[str, str]] = {}
        for (number, header), found in self.unread.items():
            unread.setdefault(number, {})[header] = found
        for cells, kind, fact in zip(records(self.frame), self.kinds, self.facts, strict=True):
            number = int(cells["_row"])
            if kind != "repeated" and number not in self.faulty:
                place = Place(self.file, self.sheet, number)
                yield Row(place, fact, kind in ("new", "changed"), cells, unread.get(number, {}))


def not_taken(refused: Refused) -> Told:
    """A refused row as its sheet tells it."""
    return Told(refused.place, REFUSED, say("未采纳：{why}", why=refused.message))
