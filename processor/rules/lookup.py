"""Cells of one register looked up by a key of another."""

from __future__ import annotations

import pandas as pd

from processor.catalogue.parameter import Parameter


def looked_up(keys: pd.Series, values: pd.Series) -> pd.Series:
    """The value of each key, aligned with `keys`; blank where `values` (unique index) does not know it.

    Keeps the dtype also where either side is empty, which `Series.map` does not.
    """
    return values.reindex(keys.to_numpy()).set_axis(keys.index)


def listed(values: pd.Series, days: pd.Series, words: Parameter) -> pd.Series:
    """Which values stand in the list that `words` had on their day, as an aligned boolean Series."""
    lists = words.column(days.dt.normalize())
    found = [isinstance(known, list) and value in known for value, known in zip(values, lists, strict=True)]
    return pd.Series(found, index=values.index, dtype=bool)
