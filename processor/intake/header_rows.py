"""The header of a sheet that nobody recognised: which row looks most like one, alone or below a row of groups."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from processor.intake.grid import Grid
from processor.intake.headers import fold_header, without_result_columns

_ROWS = 11
_LEAST_TEXTS = 2
_LONGEST = 24


@dataclass(frozen=True)
class Header:
    """The header's rows as places in the grid, and for each filled column its place and texts.

    texts: as they are asked about and remembered, with the group in front; names: what they are compared by, without
    the group where they tell without it.
    """

    first: int
    last: int
    places: tuple[int, ...]
    texts: tuple[str, ...]
    names: tuple[str, ...]


def header_row(grid: Grid, known: Collection[str]) -> int | None:
    """The place of the row among the first that looks most like a header: many different short texts, above all `known` ones,
    which are folded.
    """
    best, found = 0.0, None
    for place in grid.filled_rows(_ROWS):
        texts = {
            cell.strip() for cell in grid.rows[place] if isinstance(cell, str) and 0 < len(cell.strip()) <= _LONGEST
        }
        wordy = [text for text in texts if not any(sign.isdigit() for sign in text[:1])]
        if len(wordy) < _LEAST_TEXTS:
            continue
        hits = sum(not set(fold_header(text).names).isdisjoint(known) for text in wordy)
        score = len(wordy) + 2 * hits
        if score > best * 1.15:
            best, found = score, place
    return found


def header_of(grid: Grid, known: Collection[str]) -> Header | None:
    """The header, of one row or of two with groups above; None where no row looks like one."""
    place = header_row(grid, known)
    if place is None:
        return None
    for first in (place, place - 1):
        groups = _groups(grid, first) if first >= 0 else None
        if groups is not None:
            return _double(grid, first, groups)
    texts = _texts(grid.rows[place])
    own = texts[: without_result_columns(texts)]
    places = tuple(at for at, text in enumerate(own) if text)
    headers = tuple(own[at] for at in places)
    return Header(place, place, places, headers, headers)


def _texts(row: Sequence[Any]) -> list[str]:
    return ["" if cell is None else str(cell).strip() for cell in row]


def _groups(grid: Grid, place: int) -> list[str] | None:
    """The group above each column of the row below `place`; None where that row is no second row of a header.

    A column with a text below has a group above it, over two columns or more; all others have none below.
    """
    if place + 1 >= len(grid.rows):
        return None
    above, below = _texts(grid.rows[place]), _texts(grid.rows[place + 1])
    width = max(len(above), len(below))
    above, below = (texts + [""] * (width - len(texts)) for texts in (above, below))
    sub = [at for at, text in enumerate(below) if text]
    if len(sub) < _LEAST_TEXTS or any(below[at][:1].isdigit() or len(below[at]) > _LONGEST for at in sub):
        return None
    if not all(isinstance(cell, str) for cell in grid.rows[place + 1] if cell not in ("", None)):
        return None
    groups = [""] * width
    row, shift = grid.first_row + place, grid.first_column
    spans = [(left - shift, right - shift) for (top, left), (_, right) in grid.merges if top == row and right > left]
    if not spans and all(above[at] or not below[at] for at in range(width)):
        return None
    for left, right in spans or _runs(above, below):
        if 0 <= left < width:
            groups[left : right + 1] = [above[left]] * (min(right, width - 1) - left + 1)
    return groups if all(groups[at] for at in sub) and any(above[at] and not below[at] for at in range(width)) else None


def _runs(above: Sequence[str], below: Sequence[str]) -> list[tuple[int, int]]:
    """Where no merges are told: each text above with the blank cells right of it that have texts below."""
    runs = []
    for at, text in enumerate(above):
        end = at
        while text and end + 1 < len(above) and not above[end + 1] and below[end + 1]:
            end += 1
        if end > at and below[at]:
            runs.append((at, end))
    return runs


def _double(grid: Grid, first: int, groups: Sequence[str]) -> Header:
    above, below = _texts(grid.rows[first]), _texts(grid.rows[first + 1])
    width = len(groups)
    above, below = (texts + [""] * (width - len(texts)) for texts in (above, below))
    texts = [groups[at] + below[at] if below[at] else above[at] for at in range(width)]
    plain = [below[at] or above[at] for at in range(width)]
    places = tuple(at for at in range(without_result_columns(plain)) if texts[at])
    names = tuple(plain[at] if plain.count(plain[at]) == 1 else texts[at] for at in places)
    return Header(first, first + 1, places, tuple(texts[at] for at in places), names)
