"""Amounts, measures, and counts."""

from __future__ import annotations

import re
from collections.abc import Mapping

import numpy as np

from processor.intake.numerals import ONES, plain
from processor.intake.raw import CLOCK, TEXT, RawColumn, Values, fold
from processor.intake.texts import EXACT_NUMBERS

MONEY_UNITS: Mapping[str, int] = {
    "元": 1, "元整": 1, "元/月": 1, "圆": 1, "块": 1, "RMB": 1, "CNY": 1,
    "百元": 100, "千": 1000, "千元": 1000, "K": 1000, "万": 10_000, "万元": 10_000, "W": 10_000, "亿": 10**8, "亿元": 10**8,
}  # fmt: skip
_LARGEST = 1e11  # yuan: beyond it a float no longer holds a fen
_CURRENCY = re.compile(r"^([+-]?)(?:¥|RMB|CNY|人民币)")
_FIGURE = re.compile(r"^(?P<figure>[+-]?(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]+)?|[+-]?\.[0-9]+)(?P<unit>.*)$")
_BLANKS = re.compile(r"\s+")
_CLOCK = re.compile(r"^([0-9]{1,2}):([0-5][0-9]):([0-5][0-9])$")


def money(raw: RawColumn, *, scale: int = 1) -> Values:
    """Fen as whole float64, half a fen away from zero; NaN where a cell is blank or no amount.

    `scale` is the header's unit in yuan (10,000 for 万元); a unit in the cell itself goes before it.
    """
    yuan = _figures(raw, MONEY_UNITS, scale)
    yuan = np.where(np.abs(yuan) < _LARGEST, yuan, np.nan)
    return np.sign(yuan) * np.floor((np.abs(yuan) * 100).round(4) + 0.5)


def numbers(raw: RawColumn, *, units: Mapping[str, int], scale: int = 1) -> Values:
    """float64, NaN where a cell is blank or no number; `units` are those that a cell may carry."""
    figures = _figures(raw, units, scale)
    return np.where(np.abs(figures) < EXACT_NUMBERS, figures, np.nan)


def counts(raw: RawColumn, *, units: Mapping[str, int], scale: int = 1) -> Values:
    """Whole numbers from 0 as float64, NaN where a cell is blank or no such number."""
    figures = _figures(raw, units, scale)
    return np.where((figures >= 0) & (figures < 2**53) & (figures == np.floor(figures)), figures, np.nan)


def _figures(raw: RawColumn, units: Mapping[str, int], scale: int) -> Values:
    result = raw.numbers()
    result = np.where(np.isfinite(result), result, np.nan) * scale
    folded = {fold(unit): factor for unit, factor in units.items()}
    factors = {ONES: 1, "": scale, **{unit.upper(): factor for unit, factor in folded.items()}}
    for at in raw.at(TEXT):
        figure = _figure(raw.values[at], folded, factors, currency=units is MONEY_UNITS)
        result[at] = _seconds(raw.values[at]) if np.isnan(figure) and "秒" in units else figure
    for at in raw.at(CLOCK) if "秒" in units else ():
        time = raw.values[at]
        if time.second:
            result[at] = time.hour * 3600 + time.minute * 60 + time.second
    return result


def _seconds(text: str) -> float:
    """The seconds of a text such as 00:01:20; NaN for any other, and for a time of whole minutes, which may be 0:15 typed for 15 seconds."""
    found = _CLOCK.search(fold(text))
    return float("nan") if found is None else int(found[1]) * 3600 + int(found[2]) * 60 + int(found[3])


def _figure(text: str, units: Mapping[str, int], factors: Mapping[str, int], *, currency: bool) -> float:
    """The number that a text says, by units that are folded and the factors of what may stand behind a figure."""
    written = plain(_BLANKS.sub("", fold(text)).upper(), units)
    found = _FIGURE.search(_CURRENCY.sub(r"\1", written) if currency else written)
    if found is None or found["unit"] not in factors:
        return float("nan")
    return float(found["figure"].replace(",", "")) * factors[found["unit"]] + 0.0  # (0) is 0, not -0
