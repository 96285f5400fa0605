"""The row and cell tags of a worksheet's XML, looked at all at once where they are written as most programs do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

_Numbers = np.ndarray[Any, np.dtype[Any]]

_ROW, _CELL = (int.from_bytes(tag, "little") for tag in (b'<row r="', b'<c r="'))
_BYTES_OF_CELL = (1 << 48) - 1
_QUOTE, _A, _Z = ord('"'), ord("A"), ord("Z")
_STRANGE, _PLAIN, _TAG, _INLINE, _FORMULA = range(5)
_PADDING = bytes(32)
_MOST_LETTERS = 3


def _kinds() -> _Numbers:
    """What a tag is by the two letters behind its `<`, as a number of 16 bits."""
    kinds = np.full(1 << 16, _STRANGE, dtype=np.uint8)
    plain = [name + behind for name in (b"v", b"t") for behind in (b">", b" ", b"/")]
    plain += [b"/" + bytes([letter]) for letter in range(256)]
    for names, kind in (
        (plain, _PLAIN),
        ((b"ro", b"c "), _TAG),
        ((b"is",), _INLINE),
        ((b"f>", b"f ", b"f/"), _FORMULA),
    ):
        kinds[[int.from_bytes(name, "little") for name in names]] = kind
    return kinds


_KINDS = _kinds()
_ENDS_NAME = np.isin(np.arange(256), list(b"> /"))


@dataclass(frozen=True)
class Tags:
    """The rows and cells of whole rows. rows: the numbers of the rows. columns: for each tag in its order the column (from 1) of a
    cell, 0 for a row. formulas: whether any cell has one.
    """

    rows: _Numbers
    columns: _Numbers
    formulas: bool

    @property
    def cells(self) -> int:
        """How many cells there are."""
        return len(self.columns) - len(self.rows)

    @property
    def last_column(self) -> int:
        return int(self.columns.max(initial=0))

    def ascend(self, behind: int) -> bool:
        """Whether the rows stand in their order behind the row of that number, and the cells of each row in theirs."""
        before, after = self.columns[:-1], self.columns[1:]
        rows = np.diff(self.rows, prepend=behind)
        return bool((rows > 0).all() and ((after > before) | (after == 0)).all())


def tags_of(piece: bytes) -> Tags | None:
    """The tags of a piece of a worksheet that begins at a row and ends behind one.

    None where one is written in another way than `<row r="5"` and `<c r="B5"`, a cell names another row than its own, or
    anything else stands there than values, formulas and plain texts.
    """
    data = piece + _PADDING
    starts = np.flatnonzero(np.frombuffer(piece, dtype=np.uint8) == ord("<"))
    kinds = _KINDS[_view(data, "<u2")[starts + 1]]
    if not kinds.all() or not _ENDS_NAME[_view(data, "u1")[starts[kinds == _INLINE] + 3]].all():
        return None
    tags = starts[kinds == _TAG]
    words = _view(data, "<u8")
    heads = words[tags]
    is_row = heads == _ROW
    if not len(tags) or not is_row[0] or not (is_row | (heads & _BYTES_OF_CELL == _CELL)).all():
        return None
    found = _numbers(words[tags[is_row] + 8])
    if found is None:
        return None
    numbers, digits, masks = found
    references, of_row = words[tags + 6], np.cumsum(is_row) - 1
    columns, letters = _columns(references)
    named = words[tags + 6 + letters] & masks[of_row] == digits[of_row]
    if not (is_row | ((letters > 0) & named)).all():
        return None
    return Tags(numbers, np.where(is_row, 0, columns), bool((kinds == _FORMULA).any()))


def _view(data: bytes, kind: str) -> _Numbers:
    """The number of that many bytes that begins at each byte."""
    size = np.dtype(kind).itemsize
    return np.ndarray((len(data) - size + 1,), kind, data, 0, (1,))


def _numbers(words: _Numbers) -> tuple[_Numbers, _Numbers, _Numbers] | None:
    """Of words that begin with digits and a quote: the numbers, those bytes, and the masks that cut them out; else None."""
    numbers, masks = np.zeros(len(words), dtype=np.int64), np.zeros(len(words), dtype=np.uint64)
    going = np.ones(len(words), dtype=bool)
    for place in range(8):
        byte = (words >> (8 * place) & 255).astype(np.int64)
        masks[going] |= np.uint64(255 << 8 * place)
        ends = going & (byte == _QUOTE)
        going &= ~ends
        if (place == 0 and ends.any()) or (going & ((byte < ord("0")) | (byte > ord("9")))).any():
            return None
        numbers = np.where(going, numbers * 10 + byte - ord("0"), numbers)
    return None if going.any() else (numbers, words & masks, masks)


def _columns(words: _Numbers) -> tuple[_Numbers, _Numbers]:
    """The columns that words begin with, and of how many letters; none where there are more than three."""
    letters = words.view(np.uint8).reshape(-1, 8) - np.uint8(_A)  # what stands before A wraps around to a large number
    columns, count = np.zeros(len(words), dtype=np.uint16), np.zeros(len(words), dtype=np.uint8)
    going = np.arange(len(words))
    for place in range(_MOST_LETTERS + 1):
        going = going[letters[going, place] <= _Z - _A]
        columns[going] = columns[going] * 26 + letters[going, place] + 1
        count[going] += 1
    return columns, np.where(count > _MOST_LETTERS, 0, count)
