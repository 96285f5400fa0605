"""Columns of frames as plain Python values."""

from __future__ import annotations

from typing import Any

import pandas as pd


def plain_values(column: pd.Series, blank: Any = None) -> list[Any]:
    """The values of a column as Python objects, `blank` where it is blank."""
    values, blanks = column.array.astype("object"), column.array.isna()
    if blanks.any():
        values[blanks] = blank
    plain: list[Any] = values.tolist()
    return plain
