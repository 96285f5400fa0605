"""How far the cells of a worksheet part reach, told from its XML without parsing it.

The parser lays a sheet out as a full rectangle, so that two cells in opposite corners can exhaust memory.
A loose look finds the farthest place that anything in the part could name; only where that is too far does an
exact look follow, which leaves out cells that hold a format and no value.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from processor.intake.guard import Limits, too_wide
from processor.sheet_tags import tags_of

_OVERLAP = 1 << 14
_TAG = rb"<(?:[A-Za-z0-9]+:)?"
_MAYBE_WIDE = re.compile(rb"""r\s*=\s*["']\s*[A-Za-z]{2,}[0-9]""")
_WIDE = re.compile(rb"""r\s*=\s*["']\s*([A-Za-z]{2,})[0-9]""")
_LOW = re.compile(rb"""r\s*=\s*["']\s*[A-Za-z]*([0-9]{6,})""")
_IN_SINGLE_QUOTES = re.compile(rb"=\s*'")
_PLACELESS = re.compile(_TAG + rb"""c(?![A-Za-z0-9:])(?![^<>]*\sr\s*=)[^<>]*(?<!/)>""")
_VALUED = re.compile(_TAG + rb"""c\b(?=[^<>]*?\sr\s*=\s*["']([A-Za-z]+)([0-9]+)["'])[^<>]*(?<!/)>(?!\s*</)""")
_ROW_OR_CELL = re.compile(_TAG + rb"(c|row)(?=[\s/>])")
_ROWS_UNSEEN, _COLUMNS_UNSEEN = 99_999, 26  # what the loose look takes for granted


@dataclass
class Extent:
    """Last row and column from 1. `placeless`: some cells do not say where they stand."""

    rows: int = _ROWS_UNSEEN
    columns: int = _COLUMNS_UNSEEN
    placeless: bool = False

    def look(self, data: bytes) -> bool:
        """Widen by whatever place a window of the part names, or could name where its tags are not as most programs write them.

        Returns whether there may be formulas in the window.
        """
        start, end = data.find(b"<row"), data.rfind(b"</row>")
        tags = tags_of(data[start:end]) if 0 <= start < end else None
        if tags is None:
            self._look_loosely(data)
            return True
        self.columns, self.rows = max(self.columns, tags.last_column), max(self.rows, int(tags.rows.max()))
        rests = (data[:start], data[end:])
        for rest in rests:
            self._look_loosely(rest)
        return tags.formulas or any(may_hold_formulas(rest) for rest in rests)

    def _look_loosely(self, data: bytes) -> None:
        if _MAYBE_WIDE.search(data):
            self.columns = max(self.columns, *map(column_number, set(_WIDE.findall(data))))
        self.rows = max(self.rows, *map(int, set(_LOW.findall(data))), 0)
        if not self.placeless and _may_be_placeless(data):
            self.placeless = _PLACELESS.search(data) is not None

    def fits(self, limits: Limits) -> bool:
        return (
            not self.placeless
            and self.columns <= max(limits.columns, _COLUMNS_UNSEEN)
            and self.rows <= max(limits.rows, _ROWS_UNSEEN)
            and self.rows * self.columns <= max(limits.cells, _ROWS_UNSEEN * _COLUMNS_UNSEEN)
        )


def windows(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The chunks, each with the end of the one before, so that no tag is torn apart in all of them."""
    tail = b""
    for chunk in chunks:
        data = tail + chunk
        yield data
        tail = data[-_OVERLAP:]


def check_exactly(chunks: Iterable[bytes], limits: Limits) -> None:
    """Raise WorkbookRejected where the cells that hold a value reach beyond the limits."""
    rows = columns = counted_rows = cells = 0
    for data in windows(chunks):
        places = {match.groups() for match in _VALUED.finditer(data)}
        columns = max(columns, *(column_number(letters) for letters, _ in places), 0)
        rows = max(rows, *(int(digits) for _, digits in places), 0)
        for tag in _ROW_OR_CELL.finditer(data) if _may_be_placeless(data) else ():
            if tag.group(1) == b"row":
                counted_rows, cells = counted_rows + 1, 0
                continue
            cells += 1
            columns = max(columns, cells) if _PLACELESS.match(data, tag.start()) else columns
    rows = max(rows, counted_rows)
    for what, found, limit in (
        ("列数", columns, limits.columns),
        ("行数", rows, limits.rows),
        ("单元格数", rows * columns, limits.cells),
    ):
        if found > limit:
            raise too_wide(what, found, limit)


def may_hold_formulas(data: bytes) -> bool:
    """Whether a piece of a part may hold the tag of a formula, with whatever prefix."""
    return b"<f" in data or (b":" in data and b":f" in data)


def _may_be_placeless(data: bytes) -> bool:
    """Whether any cell is written in another way than `<c r="…`; counting is several times faster than a pattern."""
    if data.count(b"<c") != data.count(b'<c r="') or b":c" in data:
        return True
    return b"'" in data and _IN_SINGLE_QUOTES.search(data) is not None


def column_number(letters: bytes) -> int:
    """The number from 1 of a column by its letters."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number
