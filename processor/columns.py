"""Columns of frames: as plain Python values, and of which rows a cell of one could not be read."""

from __future__ import annotations

from typing import Any

import pandas as pd

#: Column of every frame of rows: headers of cells that were filled but could not be read, joined by `|`.
UNREAD = "_unread"


def plain_values(column: pd.Series, blank: Any = None) -> list[Any]:
    """The values of a column as Python objects, `blank` where it is blank."""
    values, blanks = column.array.astype("object"), column.array.isna()
    if blanks.any():
        values[blanks] = blank
    plain: list[Any] = values.tolist()
    return plain


def unread(rows: pd.DataFrame, header: str) -> pd.Series:
    """Of which rows the cell under a header was filled but could not be read, as a boolean Series."""
    found = [header in headers.split("|") for headers in rows[UNREAD]] if UNREAD in rows else [False] * len(rows)
    return pd.Series(found, index=rows.index, dtype=bool)
