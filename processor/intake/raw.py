"""One column of cells as a file held them, sorted by what kind of value each is."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import pandas as pd

BLANK, TEXT, NUMBER, MOMENT, CLOCK, SPAN, TRUTH, FAULT = range(8)
_KINDS: dict[type, int] = {
    type(None): BLANK,
    str: TEXT,
    int: NUMBER,
    float: NUMBER,
    dt.date: MOMENT,
    dt.datetime: MOMENT,
    dt.time: CLOCK,
    dt.timedelta: SPAN,
    bool: TRUTH,
}
_INVISIBLE = re.compile("[\ufeff\u200b-\u200f\u202a-\u202e\u2060\ufe0f]")
_NOTHING = frozenset({"/", "\\", "-", "--", "---", "—", "——", "–", "―"})

UNCALCULATED = "#公式未计算"
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
    }
)

Mask = np.ndarray[Any, np.dtype[np.bool_]]
Values = np.ndarray[Any, np.dtype[Any]]
AnySeries: TypeAlias = "pd.Series[Any]"


@dataclass(frozen=True)
class RawColumn:
    """Cells of one column (object array of n values) with the kind of each (int8 array of n codes)."""

    values: Values
    kinds: Values

    def where(self, kind: int) -> Mask:
        mask: Mask = self.kinds == kind
        return mask

    def texts(self) -> AnySeries:
        """The text cells, indexed by their position in the column."""
        places = np.flatnonzero(self.kinds == TEXT)
        return pd.Series(self.values[places], index=places, dtype="str")

    def numbers(self) -> AnySeries:
        """The number cells, indexed by their position in the column."""
        places = np.flatnonzero(self.kinds == NUMBER)
        return pd.Series(self.values[places].astype("float64"), index=places)

    def __len__(self) -> int:
        return len(self.values)


def raw_column(cells: Sequence[Any], *, dash_is_blank: bool) -> RawColumn:
    """Trim the texts of a column and find each cell's kind; empty text is blank, an Excel error a fault.

    With `dash_is_blank` a lone dash or stroke, by which staff cross a cell out, is blank too.
    """
    values: Values = np.empty(len(cells), dtype=object)
    values[:] = cells
    kinds = np.fromiter((_KINDS.get(type(cell), TEXT) for cell in cells), dtype=np.int8, count=len(cells))
    text = np.flatnonzero(kinds == TEXT)
    if len(text):
        trimmed = [str(cell).strip() for cell in values[text]]
        if _INVISIBLE.search("".join(trimmed)):
            trimmed = [_INVISIBLE.sub("", cell).strip() for cell in trimmed]
        empty = [not cell or (dash_is_blank and cell in _NOTHING) for cell in trimmed]
        values[text] = trimmed
        kinds[text[empty]] = BLANK
        kinds[text[[cell[:1] == "#" and cell in _FAULTS for cell in trimmed]]] = FAULT
    values[kinds == BLANK] = None
    return RawColumn(values, kinds)


def by_unique(texts: AnySeries, convert: Callable[[AnySeries], AnySeries]) -> AnySeries:
    """Apply `convert` to the distinct texts only and spread its result over all of them."""
    codes, distinct = pd.factorize(texts)
    result = convert(pd.Series(distinct, dtype="str")).take(codes)
    result.index = texts.index
    return result


def fold(texts: AnySeries) -> AnySeries:
    """Full-width characters to plain ones (NFKC), true minus signs to hyphens, trimmed."""
    return texts.str.normalize("NFKC").str.replace("−", "-", regex=False).str.strip()
