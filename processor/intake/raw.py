"""The distinct cells of one column as a file held them, sorted by what kind of value each is."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any, TypeAlias

import numpy as np
import pandas as pd

from processor.intake.grid import STRUCK, UNCALCULATED

BLANK, TEXT, NUMBER, MOMENT, CLOCK, SPAN, TRUTH, FAULT = range(8)


class _Kinds(dict[type, int]):
    """The kind of a cell by its type; whatever else there may be counts as its text."""

    def __missing__(self, kind: type) -> int:
        return TEXT


_KINDS = _Kinds(
    {
        type(None): BLANK,
        int: NUMBER,
        float: NUMBER,
        dt.date: MOMENT,
        dt.datetime: MOMENT,
        dt.time: CLOCK,
        dt.timedelta: SPAN,
        bool: TRUTH,
    }
)
_INVISIBLE = re.compile("[\x00\ufeff\u200b-\u200f\u202a-\u202e\u2060\ufe0f]")
_EMPTY = frozenset({""})
_FEW = 500  # cells by which a column is known that holds hardly any value twice
DASHES = frozenset({"", "/", "\\", "-", "--", "---", "----", "—", "——", "———", "————", "–", "―", "//", "~", "\\\\"})

_NO_VALUES = frozenset({"NULL", "null", "None", "NaN", "nan", "N/A", "n/a", "undefined", "#"})  # of programs
_SPOILT = re.compile(
    r"#{2,}|Err:[0-9]{3}|[+-]?[0-9](?:\.[0-9]+)?[Ee]\+[0-9]{2,}"
)  # too narrow a column, an error of LibreOffice, or digits that Excel dropped

_FAULTS = frozenset(
    {
        "#N/A",
        "#REF!",
        "#VALUE!",
        "#DIV/0!",
        "#NAME?",
        "#NUM!",
        "#NULL!",
        "#SPILL!",
        "#CALC!",
        "#GETTING_DATA",
        UNCALCULATED,
        STRUCK,
    }
)

Mask = np.ndarray[Any, np.dtype[np.bool_]]
Values = np.ndarray[Any, np.dtype[Any]]
AnySeries: TypeAlias = "pd.Series[Any]"


@dataclass(frozen=True)
class RawColumn:
    """The m distinct cells of a column of n (object array) with the kind of each (int8 array of m codes).

    Of a column whose first cells are all different, every cell counts as one of them.

    places: for each of the n cells, where among the m its value stands.
    """

    values: Values
    kinds: Values
    places: Values

    def where(self, kind: int) -> Mask:
        mask: Mask = self.kinds == kind
        return mask

    @property
    def filled(self) -> bool:
        """Whether any cell is not blank."""
        return bool(self.kinds.any())

    def at(self, kind: int) -> Values:
        """The places, among the distinct cells, of those of one kind."""
        return np.flatnonzero(self.kinds == kind)

    def numbers(self) -> Values:
        """The distinct cells as float64, NaN for what is no number."""
        numbers = np.full(len(self), np.nan)
        at = self.at(NUMBER)
        if len(at):
            numbers[at] = self.values[at].astype("float64")
        return numbers

    def __len__(self) -> int:
        return len(self.values)


def raw_column(cells: Sequence[Any], *, dash_is_blank: bool, blanks: frozenset[str] = frozenset()) -> RawColumn:
    """Trim the texts of a column and find each cell's kind; empty text is blank, as are `blanks`, an Excel error a fault.

    With `dash_is_blank` a lone dash or stroke, by which staff cross a cell out, is blank too, and a program's word for
    no value a fault.
    """
    types = set(map(type, cells))
    distinct, places = _distinct(cells, bool in types)
    values: Values = np.empty(len(distinct), dtype=object)
    values[:] = distinct
    kinds = _kinds(distinct, types)
    text = np.flatnonzero(kinds == TEXT)
    if len(text):
        trimmed = [str(cell).strip() for cell in values[text]]
        joined = "".join(trimmed)
        if ("\x00" in joined or not joined.isascii()) and _INVISIBLE.search(joined):
            trimmed = [visible(cell) for cell in trimmed]
        values[text] = trimmed
        nothing, faults = (DASHES | blanks, _FAULTS | _NO_VALUES) if dash_is_blank else (_EMPTY | blanks, _FAULTS)
        for kind, names in ((BLANK, nothing), (FAULT, faults)):
            if not names.isdisjoint(trimmed):
                kinds[text[[cell in names for cell in trimmed]]] = kind
        if "#" in joined or "+" in joined or "Err:" in joined:
            kinds[text[[_SPOILT.fullmatch(cell) is not None for cell in trimmed]]] = FAULT
    values[kinds == BLANK] = None
    return RawColumn(values, kinds, places)


def _kinds(cells: Sequence[Any], types: Collection[type]) -> Values:
    if len(types) == 1:
        return np.full(len(cells), _KINDS[next(iter(types))], dtype=np.int8)
    return np.fromiter(map(_KINDS.__getitem__, map(type, cells)), dtype=np.int8, count=len(cells))


def _distinct(cells: Sequence[Any], truths: bool) -> tuple[list[Any], Values]:
    """The distinct cells in the order in which they first stand, and for each cell its place among them."""
    if truths:  # True == 1 == 1.0, but they are different cells
        typed = [(type(cell), cell) for cell in cells]
        distinct, places = _distinct_keys(typed)
        return [cell for _, cell in distinct], places
    return _distinct_keys(cells)


def _distinct_keys(keys: Sequence[Any]) -> tuple[list[Any], Values]:
    if len(keys) > _FEW == len(set(keys[:_FEW])):  # to look for the few that are equal costs more than it saves
        return list(keys), np.arange(len(keys))
    place_of = dict.fromkeys(keys)
    if len(place_of) == len(keys):
        return list(keys), np.arange(len(keys))
    if len(place_of) == 1:
        return list(place_of), np.zeros(len(keys), dtype=np.intp)
    place_of = dict(zip(place_of, count(), strict=False))
    return list(place_of), np.fromiter(map(place_of.__getitem__, keys), dtype=np.intp, count=len(keys))


def visible(text: str) -> str:
    """A text without characters that nobody sees, trimmed."""
    return _INVISIBLE.sub("", text).strip()


def fold(text: str) -> str:
    """Full-width characters to plain ones (NFKC), true minus signs to hyphens, trimmed."""
    if text.isascii():
        return text.strip()
    return unicodedata.normalize("NFKC", text).replace("−", "-").strip()
