"""Several tables on one sheet: headers that stand again further down, and tables side by side."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any

from processor.intake.grid import Grid
from processor.intake.headers import Match, match_headers

Readings = Sequence[Sequence[str]]
Judge = Callable[[Readings], Sequence[Match]]
_SHARE_OF_NAMES = 0.6
_TITLE_CELLS = 2


@dataclass(frozen=True)
class OtherTable:
    """A table that is not read: the place of its header's row and first column in the grid, its register's title, if it is one"""

    row: int
    column: int
    title: str


@dataclass(frozen=True)
class Block:
    """A stretch of the first table's rows under one header: places of rows, and of the header's columns."""

    match: Match
    rows: tuple[int, ...]


def looks_like_header(row: Sequence[Any], places: Sequence[int], names: Collection[str]) -> bool:
    """Whether most of what stands in a row, or in the table's columns at `places`, are headers of registers."""
    filled = [at for at, cell in enumerate(row) if cell is not None and cell != ""]
    known = {at for at in filled if isinstance(cell := row[at], str) and cell.strip().strip("*：:") in names}
    inside = known.intersection(places)
    return len(known) >= 2 and (len(known) >= _SHARE_OF_NAMES * len(filled) or 2 <= len(inside) >= len(places) / 2)


def blocks_of(
    grid: Grid, first: Match, rows: Sequence[int], headers: Sequence[int], judge: Judge
) -> tuple[list[Block], list[OtherTable]]:
    """The first table's rows by the header above them, and the other tables that stand among them.

    headers: places of rows below the first header that look like headers; judge: the registers that a header row fits.
    """
    blocks: list[Block] = []
    others: list[OtherTable] = []
    match: Match | None = first
    bounds = [*headers, len(grid.rows)]
    start = 0
    for number, bound in enumerate(bounds):
        inside = tuple(row for row in rows[start:] if row < bound)
        start += len(inside)
        following = None
        if number < len(headers):
            following = _header_at(grid, bound, first)
            inside = _without_titles(grid, inside, bound, first)
            if following is None:
                others.append(_other(grid, bound, judge))
        if match is not None and inside:
            blocks.append(Block(match, inside))
        match = following
    return blocks, others


def _header_at(grid: Grid, place: int, first: Match) -> Match | None:
    """The columns of a header that is the first one again, in whatever order; None for a header of something else."""
    match = match_headers(first.signature, _readings(grid.rows[place]))
    return match if not match.missing and len(match.columns) * 2 >= len(first.columns) else None


def _other(grid: Grid, place: int, judge: Judge) -> OtherTable:
    row = grid.rows[place]
    column = next(at for at, cell in enumerate(row) if cell is not None and cell != "")
    fitting = judge(_readings(row))
    return OtherTable(place, column, fitting[0].signature.register.title if fitting else "")


def _without_titles(grid: Grid, rows: tuple[int, ...], bound: int, first: Match) -> tuple[int, ...]:
    """The rows without those right above a header that are its title."""
    needed = [first.columns[h][0] for h in first.signature.needed if h in first.columns]
    last = len(rows)
    while last and rows[last - 1] == bound - 1:
        cells = grid.rows[rows[last - 1]]
        filled = [at for at, cell in enumerate(cells) if cell is not None and cell != ""]
        if len(filled) > _TITLE_CELLS or set(needed) <= set(filled):
            break
        last, bound = last - 1, bound - 1
    return rows[:last]


def _readings(row: Sequence[Any]) -> list[list[str]]:
    return [[cell.strip() if isinstance(cell, str) else ""] for cell in row]


def side_by_side(headers: Readings, judge: Judge) -> list[tuple[int, int, Match]]:
    """The tables that stand beside each other in a header row, parted by empty columns: (first, last column, what it is).

    Empty where one table or none stands there: a part that is no register by itself belongs to the one before it.
    """
    spans = _spans(headers)
    if len(spans) < 2:
        return []
    found = []
    for first, last in spans:
        fitting = judge([readings if first <= at <= last else [""] for at, readings in enumerate(headers)])
        if fitting:
            found.append((first, last, fitting[0]))
    return found if len(found) > 1 else []


def _spans(headers: Readings) -> list[tuple[int, int]]:
    """First and last column of each unbroken run of filled headers."""
    spans: list[tuple[int, int]] = []
    for at, readings in enumerate(headers):
        if not any(readings):
            continue
        if spans and spans[-1][1] == at - 1:
            spans[-1] = spans[-1][0], at
        else:
            spans.append((at, at))
    return spans
