"""Times of day as the time that has passed since midnight."""

from __future__ import annotations

import datetime as dt
from typing import Final

import numpy as np
import pandas as pd

from processor.intake.dates import FIRST_SERIAL, clocks_from_texts
from processor.intake.raw import CLOCK, MOMENT, SPAN, AnySeries, RawColumn

TIMEDELTA: Final = "timedelta64[us]"
_TWO_DAYS = pd.Timedelta(days=2)
_EXCEL_DAY_ZERO = {1899: dt.datetime(1899, 12, 31), 1900: dt.datetime(1899, 12, 31), 1904: dt.datetime(1904, 1, 1)}


def times(raw: RawColumn) -> AnySeries:
    """timedelta64[us] since midnight; NaT where a cell is blank or no time.

    A time of the next day (次日01:05) counts from 24:00 on. A cell that carries a date as well gives its time of day;
    a bare day without a time is no time, nor is a plain 0 or 1, which may stand for anything.
    """
    result = pd.Series(np.full(len(raw), np.timedelta64("NaT", "us")), dtype=TIMEDELTA)
    for kind, passed in ((CLOCK, _of_clock), (SPAN, _of_span), (MOMENT, _of_moment)):
        places = np.flatnonzero(raw.where(kind))
        if len(places):
            found = pd.to_timedelta(pd.Series([passed(value) for value in raw.values[places]]))
            result.iloc[places] = found.astype(TIMEDELTA).to_numpy()
    numbers = raw.numbers()
    if len(numbers):
        day_part = (numbers % 1).where((numbers > FIRST_SERIAL) & (numbers % 1 > 0))
        fractions = numbers.where((numbers > 0) & (numbers < 1), day_part)
        result.loc[numbers.index] = pd.to_timedelta((fractions * 86_400).round(), unit="s").astype(TIMEDELTA)
    texts = raw.texts()
    if len(texts):
        result.loc[texts.index] = clocks_from_texts(texts)
    known: AnySeries = result.where((result >= pd.Timedelta(0)) & (result < _TWO_DAYS))
    return known.dt.round("s").astype(TIMEDELTA)


def _of_clock(value: dt.time) -> dt.timedelta:
    return dt.timedelta(hours=value.hour, minutes=value.minute, seconds=value.second, microseconds=value.microsecond)


def _of_span(value: dt.timedelta) -> dt.timedelta:
    return value


def _of_moment(value: dt.date) -> dt.timedelta | None:
    moment = value if isinstance(value, dt.datetime) else dt.datetime(value.year, value.month, value.day)
    if moment.year in _EXCEL_DAY_ZERO:
        passed = moment - _EXCEL_DAY_ZERO[moment.year]
        return passed if passed < dt.timedelta(days=1) or passed.seconds else None  # 1900-01-01 fills in for no date
    return _of_clock(moment.time()) if isinstance(value, dt.datetime) else None
