"""What the other cells of a row and the other columns of a sheet say about a cell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from processor.catalogue.column import DTYPES
from processor.catalogue.register import Register
from processor.intake.convert import Circumstances, Converted, convert
from processor.intake.dates import dates
from processor.intake.raw import AnySeries, Mask, RawColumn

_DATED = ("date", "datetime", "month")


@dataclass(frozen=True)
class CellColumn:
    """One column of the data area: its letter in the sheet, its cells, and the factor of its header's unit."""

    letter: str
    cells: Sequence[Any]
    scale: int = 1


ReadColumn = tuple[CellColumn, RawColumn, Converted]


def complete_years(
    register: Register,
    read: dict[str, ReadColumn],
    values: dict[str, AnySeries],
    circumstances: Circumstances,
) -> Circumstances:
    """Complete dates without a year by the dates of the other columns, where no title tells and these lie within a year.

    Where these do not, the file's name tells, or of an answer the last year; never of a day that is to come.
    """
    headers = [c.header for c in register.columns if c.type in _DATED and not c.own_year and c.header in read]
    if circumstances.span is not None or not any(read[header][2].unread.any() for header in headers):
        return circumstances
    days = [values[header] for header in headers if register.column(header).type != "month"]
    known = pd.concat(days).dropna() if days else pd.Series([], dtype=DTYPES["date"])
    span = circumstances.by_file
    if not known.empty and known.max() - known.min() <= pd.Timedelta(days=366):
        span = known.min().date(), known.max().date()
    elif register.is_answered:
        headers = [header for header in headers if not register.column(header).future]
    if span is None:
        return circumstances
    around = replace(circumstances, span=span)
    for header in headers:
        given, raw, converted = read[header]
        if converted.unread.any():
            again = convert(raw, register.column(header), around, given.scale)
            values[header] = again.values
            read[header] = given, raw, again
    return around


def reckon_from_the_day(register: Register, read: dict[str, ReadColumn], values: dict[str, AnySeries]) -> None:
    """Count the times whose cells carry a date from the midnight of the row's own day; one of a third day is unread."""
    day = register.date_column
    if day is None or day not in read:
        return
    for column in register.columns:
        if column.type != "time" or column.header not in read:
            continue
        cells, raw, converted = read[column.header]
        carried = dates(raw)
        if np.isnat(carried).all():
            continue
        own: AnySeries = pd.Series(carried.take(raw.places))
        later = (own - values[day].dt.normalize()).dt.days
        strange = own.notna() & ~later.isin([0, 1])
        times = (converted.values + pd.to_timedelta(later.where(later == 1, 0), unit="D")).where(~strange)
        unread: Mask = converted.unread | (strange & converted.values.notna()).to_numpy()
        values[column.header] = times.astype(DTYPES["time"])
        read[column.header] = cells, raw, Converted(values[column.header], unread)


def doubt_midnights(register: Register, read: dict[str, ReadColumn], values: dict[str, AnySeries]) -> None:
    """Take no 00:00 for a time where no other time of its kind stands in the row: so programs write that there is none.

    Of one kind are the times that tell what happened, and of the other those at which it was due.
    """
    times = [column.header for column in register.columns if column.type == "time" and column.header in read]
    for kind in ([h for h in times if h in register.happens], [h for h in times if h not in register.happens]):
        if not register.happens or not kind:
            continue
        frame = pd.DataFrame({header: values[header] for header in kind})
        alone = ((frame == pd.Timedelta(0)) | frame.isna()).all(axis=1)
        for header in kind:
            doubted = alone & frame[header].notna()
            if doubted.any():
                cells, raw, converted = read[header]
                values[header] = values[header].mask(doubted)
                read[header] = cells, raw, Converted(values[header], converted.unread | doubted.to_numpy())
