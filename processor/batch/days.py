"""The days to which rows belong, as the ledger keeps them."""

from __future__ import annotations

import pandas as pd

from processor.catalogue.register import Register


def day_texts(register: Register, frame: pd.DataFrame) -> list[str | None]:
    """The day of each row as ISO text, of a month its first; None where the row tells none."""
    column = register.date_column
    if column is not None:
        return [day if isinstance(day, str) else None for day in frame[column].dt.strftime("%Y-%m-%d")]
    month = next((c.header for c in register.columns if c.type == "month"), None)
    if month is not None:
        return [f"{text}-01" if isinstance(text, str) else None for text in frame[month]]
    return [None] * len(frame)
