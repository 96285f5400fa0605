"""Calendar months out of the ways in which staff and Excel write them."""

from __future__ import annotations

import re
from collections.abc import Iterable

import numpy as np

from processor.intake.dates import FIRST_YEAR, LAST_YEAR, Span, moments
from processor.intake.raw import NUMBER, TEXT, RawColumn, Values, fold

_MONTH = re.compile(r"^(?:(?P<year>[0-9]{4})\s*[-/.年]\s*)?(?P<month>[0-9]{1,2})\s*月?(?:份)?$")
_SIX_DIGITS = re.compile(r"^([0-9]{4})([0-9]{2})$")


def months(raw: RawColumn, *, span: Span | None = None, epoch_1904: bool = False) -> Values:
    """Calendar months as YYYY-MM (str in an object array), None where a cell is blank or no month."""
    known = moments(raw, span=span, epoch_1904=epoch_1904)
    result: Values = np.array([None if day is None else f"{day:%Y-%m}" for day in known.tolist()], dtype=object)
    for at in raw.at(NUMBER):
        number = float(raw.values[at])
        if FIRST_YEAR * 100 <= number < LAST_YEAR * 100 and number % 1 == 0:
            result[at] = _year_month(int(number) // 100, int(number) % 100)
    texts = [at for at in raw.at(TEXT) if result[at] is None]
    year = span[1].year if span is not None and span[0].year == span[1].year else None
    _read_months(raw, texts, result, year)
    if year is None and (only := _only_year(result)) is not None:
        _read_months(raw, [at for at in texts if result[at] is None], result, only)
    return result


def _read_months(raw: RawColumn, places: Iterable[int], result: Values, year: int | None) -> None:
    for at in places:
        result[at] = _month_from_text(raw.values[at], year)


def _only_year(months_: Values) -> int | None:
    """The year of all months that a column gives in full; None for none or several."""
    years = {month[:4] for month in months_ if month is not None}
    return int(years.pop()) if len(years) == 1 else None


def _month_from_text(text: str, year: int | None) -> str | None:
    folded = _SIX_DIGITS.sub(r"\1-\2", fold(text))
    found = _MONTH.search(folded)
    if found is None or (found["year"] is None and "月" not in folded):
        return None
    told = int(found["year"]) if found["year"] else year
    return None if told is None else _year_month(told, int(found["month"]))


def _year_month(year: int, month: int) -> str | None:
    return f"{year}-{month:02d}" if 1 <= month <= 12 and FIRST_YEAR <= year < LAST_YEAR else None
