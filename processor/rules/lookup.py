"""Cells of one register looked up by a key of another."""

from __future__ import annotations

import pandas as pd


def looked_up(keys: pd.Series, values: pd.Series) -> pd.Series:
    """The value of each key, aligned with `keys`; blank where `values` (unique index) does not know it.

    Keeps the dtype also where either side is empty, which `Series.map` does not.
    """
    return values.reindex(keys.to_numpy()).set_axis(keys.index)
