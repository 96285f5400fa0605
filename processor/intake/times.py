"""Times of day as the time that has passed since midnight."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from processor.catalogue.column import TIMEDELTA
from processor.intake.dates import FIRST_SERIAL, clock_from_text, to_the_second
from processor.intake.raw import CLOCK, MOMENT, NUMBER, SPAN, TEXT, RawColumn, Values

_NO_TIME, _TWO_DAYS = np.timedelta64(0, "D"), np.timedelta64(2, "D")
_EXCEL_DAY_ZERO = {1899: dt.datetime(1899, 12, 31), 1900: dt.datetime(1899, 12, 31), 1904: dt.datetime(1904, 1, 1)}


def times(raw: RawColumn) -> Values:
    """timedelta64[us] since midnight; NaT where a cell is blank or no time.

    A time of the next day (次日01:05) counts from 24:00 on. A cell that carries a date as well gives its time of day;
    a bare day without a time is no time, nor is a plain 0 or 1, which may stand for anything.
    """
    result = np.full(len(raw), np.timedelta64("NaT"), dtype=TIMEDELTA)
    readers: dict[int, Callable[[Any], dt.timedelta | None]] = {
        CLOCK: _of_clock,
        SPAN: _of_span,
        MOMENT: _of_moment,
        NUMBER: _of_number,
        TEXT: clock_from_text,
    }
    for kind, passed in readers.items():
        places = raw.at(kind)
        if len(places):
            result[places] = pd.array([passed(cell) for cell in raw.values[places]], dtype=TIMEDELTA)
    result[~((result >= _NO_TIME) & (result < _TWO_DAYS))] = np.timedelta64("NaT")
    return to_the_second(result)


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


def _of_number(value: float) -> dt.timedelta | None:
    number = float(value)
    fraction = number if 0 < number < 1 else number % 1 if FIRST_SERIAL < number < np.inf else 0
    return dt.timedelta(seconds=round(fraction * 86_400)) if fraction else None
