"""The rows of decisions on a page as pieces that stay while nothing of them changes, and what such a page is made by."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

from markupsafe import Markup

from processor.report.pages.data import packed
from processor.report.pages.evidence import Glossary
from processor.report.pages.page import Page
from processor.report.pages.telling import Told, json_of
from processor.report.pages.unchanged import PIECE, Before, digest
from processor.report.snapshot import Line


@dataclass(frozen=True)
class Piece:
    """The rows of some decisions on a page. made_of: digest of their data."""

    name: str
    made_of: str
    lines: Sequence[Line]


#: The pieces of a page that stand as they did, by name, as elements.
Standing = Mapping[str, Markup]


@dataclass(frozen=True)
class Plan:
    """A page that may have to be made. made_of: digest of all its data.

    pieces: its rows, asked for where the page is made; write: makes it of its pieces, of which some stand as they did.
    beside: what else it tells of.
    """

    path: str
    made_of: str
    pieces: Callable[[], list[Piece]]
    write: Callable[[list[Piece], Standing], None]
    beside: Sequence[Line] = ()


@dataclass(frozen=True)
class Lacking:
    """The decisions that have to be put into words before pages can be made."""

    ids: frozenset[str]


def make(plans: Iterable[Plan], before: Before, told: Mapping[str, Told]) -> Lacking | None:
    """Make the pages that say something else than before; nothing at all where something of theirs was not told."""
    new: list[tuple[Plan, list[Piece], Standing]] = []
    lacking: set[str] = set()
    for plan in plans:
        if before.stands(plan.path, plan.made_of):
            continue
        pieces = plan.pieces()
        standing: Standing = before.pieces(plan.path, {piece.name: piece.made_of for piece in pieces})
        made = [piece for piece in pieces if piece.name not in standing]
        needed = chain(plan.beside, *(piece.lines for piece in made))
        lacking.update(line.decision.decision_id for line in needed if line.decision.decision_id not in told)
        new.append((plan, pieces, standing))
    if lacking:
        return Lacking(frozenset(lacking))
    for plan, pieces, standing in new:
        plan.write(pieces, standing)
    return None


def by_month(base: str, lines: Iterable[Line], told: Callable[[Line], Any]) -> list[Piece]:
    """Lines as a piece a month, oldest first. told: what a row depends on beside its decision and the base."""
    months: dict[str, list[Line]] = {}
    for line in lines:
        months.setdefault(line.decision.period, []).append(line)
    return [
        Piece(month, digest([base, month, [(*identity(line), told(line)) for line in own]]), own)
        for month, own in sorted(months.items())
    ]


def identity(line: Line) -> tuple[str, int]:
    """Which line it is, and which telling of it."""
    return line.decision.decision_id, line.stamp


def script_of(page: Page, piece: Piece, terms: Glossary) -> Markup:
    """The rows of a piece as values for the page's script."""
    rows = b",".join(json_of(page.told(line), terms.number(line)) for line in piece.lines)
    data_type, text = packed(b"[%b]" % rows)
    return Markup(f'<script class="rows" {PIECE}="{piece.name}" type="{data_type}">{text}</script>')


def body_of(row: Callable[[Page, Line, int], str], page: Page, piece: Piece, terms: Glossary) -> Markup:
    """The rows of a piece as the body of a table, each made by `row`."""
    rows = "".join(row(page, line, terms.number(line)) for line in piece.lines)
    return Markup(f'<tbody {PIECE}="{piece.name}">{rows}</tbody>')
