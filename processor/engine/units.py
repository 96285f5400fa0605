"""Whose row it is: the unit that a row belongs to, and staff numbers that the roster does not know."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import pandas as pd

from processor.columns import plain_values
from processor.roster import Roster

_NONE = pd.DataFrame(columns=["index", "header", "found"])


def resolve_units(
    frame: pd.DataFrame, about: Sequence[str], roster: Roster, days: pd.Series, units: Collection[str]
) -> pd.Series:
    """The unit of each row, blank where it cannot be told.

    A filled 门店 counts; else the unit on the row's day of the employee whom it is about (the first of the columns
    `about` that is filled), never of whoever wrote it down (G19); else the site's only unit; else the unit that all
    other rows of the same sheet agree on (a sheet is kept by one department).
    """
    found = pd.Series(plain_values(frame["门店"]), index=frame.index, dtype="object")
    for column in about:
        homes = roster.column(frame[column], "门店", days).astype("object")
        found = found.where(found.notna(), homes)
    if found.isna().any():
        told = set(found.dropna().unique())
        if len(units) == 1:
            found = found.fillna(next(iter(units)))
        elif len(told) == 1:
            found = found.fillna(told.pop())
    return found


def unknown_staff(frame: pd.DataFrame, staff_columns: Sequence[str], known: Collection[str]) -> pd.DataFrame:
    """One row a cell with a staff number that is not in `known`: columns `index` (of the frame), `header`, `found`."""
    if frame.empty:
        return _NONE
    cells = []
    for column in staff_columns:
        values = frame[column].array
        strangers = [number for number in values.unique() if number not in known and not pd.isna(number)]
        if strangers:
            strange = values.isin(strangers)
            cells.append(pd.DataFrame({"index": frame.index[strange], "header": column, "found": values[strange]}))
    return pd.concat(cells, ignore_index=True) if cells else _NONE
