"""The days to which rows belong, as the ledger keeps them."""

from __future__ import annotations

import numpy as np
import pandas as pd

from processor.catalogue.register import Register


def day_texts(register: Register, frame: pd.DataFrame) -> list[str | None]:
    """The day of each row as ISO text, of a month its first; None where the row tells none."""
    column = register.date_column
    if column is not None:
        return iso_days(frame[column])
    month = next((c.header for c in register.columns if c.type == "month"), None)
    if month is not None:
        return [f"{text}-01" if isinstance(text, str) else None for text in frame[month]]
    return [None] * len(frame)


def iso_days(moments: pd.Series) -> list[str | None]:
    """The day of each moment as ISO text, None where it is blank; each day is put into words once."""
    places, days = pd.factorize(moments.to_numpy().astype("datetime64[D]").astype("datetime64[s]"))
    texts: list[str | None] = np.datetime_as_string(days, unit="D").tolist()
    return np.array([*texts, None], dtype=object)[places].tolist()
