"""Cell references: column letters to numbers (A is 1) and back, ranges, sheet names in formulas."""

from __future__ import annotations

import re
from functools import lru_cache

MAX_COLUMNS = 16_384
MAX_ROWS = 1_048_576

_CELL = re.compile(r"\$?([A-Za-z]{1,3})\$?([1-9]\d{0,6})")
_WHOLE = re.compile(r"\$?([A-Za-z]{1,3})?\$?(\d{1,7})?")


@lru_cache(maxsize=MAX_COLUMNS * 2)
def column_number(letters: str) -> int:
    """Number of a column given by its letters; ValueError beyond XFD."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    if not 1 <= number <= MAX_COLUMNS:
        raise ValueError(f"{letters} is no column")
    return number


@lru_cache(maxsize=MAX_COLUMNS * 2)
def column_letters(number: int) -> str:
    """Letters of a column given by its number."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def split_ref(ref: str) -> tuple[int, int]:
    """(row, column) of a cell such as B5 or $B$5; ValueError if it is none."""
    match = _CELL.fullmatch(ref)
    if not match or int(match[2]) > MAX_ROWS:
        raise ValueError(f"{ref} is no cell")
    return int(match[2]), column_number(match[1])


def make_ref(row: int, column: int) -> str:
    """Reference such as B5."""
    return f"{column_letters(column)}{row}"


def split_range(text: str) -> tuple[int, int, int, int]:
    """(first row, first column, last row, last column) of A1:B2, A1, A:B or 1:2; ValueError if it is no range."""
    first, _, last = text.partition(":")
    ends = []
    for part, row, column in ((first, 1, 1), (last or first, MAX_ROWS, MAX_COLUMNS)):
        match = _WHOLE.fullmatch(part.strip())
        if not match or not (match[1] or match[2]):
            raise ValueError(f"{text} is no range")
        ends.append((int(match[2]) if match[2] else row, column_number(match[1]) if match[1] else column))
    (top, left), (bottom, right) = ends
    return min(top, bottom), min(left, right), max(top, bottom), max(left, right)


def quote_sheet(name: str) -> str:
    """Sheet name as it stands in a formula or a link: 'it''s'."""
    return "'" + name.replace("'", "''") + "'"
