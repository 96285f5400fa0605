"""What a page is made of, without a word of HTML: sections of tables, charts and decision lists, cut to pages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from processor.model import Text
from processor.report.snapshot import Line


@dataclass(frozen=True, slots=True)
class Money:
    """Signed fen."""

    fen: int


@dataclass(frozen=True, slots=True)
class Link:
    """Words that lead to a page of this site (`target` below the pages' folder) or to a place on one."""

    label: Any
    target: str
    anchor: str = ""


@dataclass(frozen=True, slots=True)
class FileLink:
    """A delivered or annotated workbook; `target` is relative to the site's folder."""

    label: Any
    target: str


@dataclass(frozen=True, slots=True)
class Row:
    """A link to a decision, wherever its row came to stand."""

    label: Any
    decision_id: str


@dataclass(frozen=True, slots=True)
class Badge:
    """A state in words; `kind` gives its colour and sign."""

    kind: str
    label: Text


# What a table cell may hold: Text is said in the site's language, str is what staff wrote and is masked.
Value = Text | str | int | float | date | Money | Link | FileLink | Row | Badge | None


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under headers. `start` of `total`: which rows of a cut table these are. kind `wide` = a calendar grid."""

    caption: Text
    headers: tuple[Value, ...]
    rows: tuple[tuple[Value, ...], ...]
    note: Text | None = None
    kind: str = "plain"
    start: int = 0
    total: int = 0


@dataclass(frozen=True, slots=True)
class Decisions:
    """Decision rows with all that they rest on."""

    caption: Text
    rows: tuple[Line, ...]
    note: Text | None = None
    start: int = 0
    total: int = 0

    @property
    def blank_columns(self) -> tuple[str, ...]:
        """Which of the columns amount, points and step have nothing to say here."""
        decisions = [line.decision for line in self.rows]
        filled = {
            "amount": any(decision.amount is not None for decision in decisions),
            "points": any(decision.points for decision in decisions),
            "step": any(decision.occurrence for decision in decisions),
        }
        return tuple(name for name, is_filled in filled.items() if not is_filled)


@dataclass(frozen=True, slots=True)
class Mark:
    """One bar or point: `value` is drawn and `shown` written; `over` = beyond the limit."""

    label: Value
    value: float
    over: bool = False


@dataclass(frozen=True, slots=True)
class Chart:
    """kind: bars, pareto, columns. limit: a line drawn across, in units of the values. table: the same figures."""

    kind: str
    caption: Text
    marks: tuple[Mark, ...]
    table: Table
    limit: float | None = None
    limit_label: Text | None = None


Part = Table | Decisions | Chart


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with its parts. `rest` = it began on an earlier page."""

    id: str
    title: Text
    parts: tuple[Part, ...]
    intro: Text | None = None
    rest: bool = False


@dataclass(frozen=True, slots=True)
class Figure:
    """One number of the overview and the rows behind it. waits: it asks for somebody."""

    label: Text
    value: Value
    detail: Text | None = None
    target: str = ""
    anchor: str = ""
    waits: bool = False


@dataclass
class _Page:
    room: int
    sections: list[Section] = field(default_factory=list)


def paginate(sections: Sequence[Section], limit: int) -> list[tuple[Section, ...]]:
    """The sections on pages of at most `limit` rows each; a table that does not fit goes on at the next page."""
    pages = [_Page(limit)]
    for section in sections:
        rest = section
        while True:
            here, rest_parts = _fit(rest.parts, pages[-1])
            if here or not rest_parts:
                pages[-1].sections.append(replace(rest, parts=here))
            if not rest_parts:
                break
            pages.append(_Page(limit))
            rest = replace(section, parts=rest_parts, rest=bool(here) or rest.rest)
    return [tuple(page.sections) for page in pages]


def _fit(parts: Sequence[Part], page: _Page) -> tuple[tuple[Part, ...], tuple[Part, ...]]:
    here: list[Part] = []
    for index, part in enumerate(parts):
        if isinstance(part, Chart) or len(part.rows) <= page.room:
            page.room -= 0 if isinstance(part, Chart) else len(part.rows)
            here.append(part)
            continue
        if page.room:
            here.append(_cut(part, 0, page.room))
        rest = _cut(part, page.room, len(part.rows))
        page.room = 0
        return tuple(here), (rest, *parts[index + 1 :])
    return tuple(here), ()


def _cut(part: Table | Decisions, first: int, last: int) -> Table | Decisions:
    start, total = part.start + first, part.total or len(part.rows)
    if isinstance(part, Table):
        return replace(part, rows=part.rows[first:last], start=start, total=total)
    return replace(part, rows=part.rows[first:last], start=start, total=total)
