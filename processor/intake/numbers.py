"""Amounts, measures, and counts."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from processor.intake.numerals import ONES, plain
from processor.intake.raw import CLOCK, AnySeries, RawColumn, fold
from processor.intake.texts import EXACT_NUMBERS

MONEY_UNITS: Mapping[str, int] = {
    "元": 1, "元整": 1, "元/月": 1, "圆": 1, "块": 1, "RMB": 1, "CNY": 1,
    "百元": 100, "千": 1000, "千元": 1000, "K": 1000, "万": 10_000, "万元": 10_000, "W": 10_000, "亿": 10**8, "亿元": 10**8,
}  # fmt: skip
_LARGEST = 1e11  # yuan: beyond it a float no longer holds a fen
_CURRENCY = r"^([+-]?)(?:¥|RMB|CNY|人民币)"
_FIGURE = r"^(?P<figure>[+-]?(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]+)?|[+-]?\.[0-9]+)(?P<unit>.*)$"


def money(raw: RawColumn, *, scale: int = 1) -> AnySeries:
    """Fen as Int64, half a fen away from zero; NA where a cell is blank or no amount.

    `scale` is the header's unit in yuan (10,000 for 万元); a unit in the cell itself goes before it.
    """
    yuan = _figures(raw, MONEY_UNITS, scale)
    yuan = yuan.where(yuan.abs() < _LARGEST)
    fen: AnySeries = np.sign(yuan) * np.floor((yuan.abs() * 100).round(4) + 0.5)
    return fen.astype("Int64")


def numbers(raw: RawColumn, *, units: Mapping[str, int], scale: int = 1) -> AnySeries:
    """float64, NaN where a cell is blank or no number; `units` are those that a cell may carry."""
    figures = _figures(raw, units, scale)
    return figures.where(figures.abs() < EXACT_NUMBERS)


def counts(raw: RawColumn, *, units: Mapping[str, int], scale: int = 1) -> AnySeries:
    """Whole numbers from 0 as Int64, NA where a cell is blank or no such number."""
    figures = _figures(raw, units, scale)
    return figures.where((figures >= 0) & (figures % 1 == 0) & (figures < 2**53)).astype("Int64")


def _figures(raw: RawColumn, units: Mapping[str, int], scale: int) -> AnySeries:
    result = pd.Series(np.full(len(raw), np.nan))
    plain = raw.numbers()
    result.loc[plain.index] = plain.where(np.isfinite(plain)) * scale
    texts = raw.texts()
    if len(texts):
        result.loc[texts.index] = _from_texts(texts, units, scale)
    return result.fillna(_durations(raw)) if "秒" in units else result


def _durations(raw: RawColumn) -> AnySeries:
    """Seconds of cells such as 00:01:20; NaN for all others, and for a time of whole minutes, which may be 0:15 typed for 15 seconds."""
    seconds = pd.Series(np.full(len(raw), np.nan))
    texts = raw.texts()
    if len(texts):
        parts = fold(texts).str.extract(r"^([0-9]{1,2}):([0-5][0-9]):([0-5][0-9])$").astype("float64")
        seconds.loc[texts.index] = parts[0] * 3600 + parts[1] * 60 + parts[2]
    for place in np.flatnonzero(raw.where(CLOCK)):
        time = raw.values[place]
        if time.second:
            seconds.iloc[int(place)] = float(time.hour * 3600 + time.minute * 60 + time.second)
    return seconds


def _from_texts(texts: AnySeries, units: Mapping[str, int], scale: int) -> AnySeries:
    folded = fold(texts).str.replace(r"\s+", "", regex=True).str.upper()
    folded = folded.map(lambda text: plain(text, _folded(units)), na_action="ignore").astype("str")
    if units is MONEY_UNITS:
        folded = folded.str.replace(_CURRENCY, r"\1", regex=True)
    parts = folded.str.extract(_FIGURE)
    factors = {ONES: 1, "": scale, **{unit.upper(): factor for unit, factor in _folded(units).items()}}
    figures = pd.to_numeric(parts["figure"].str.replace(",", "", regex=False)).astype("float64")
    return figures * parts["unit"].map(factors).astype("float64")


def _folded(units: Mapping[str, int]) -> dict[str, int]:
    names = fold(pd.Series(list(units), dtype="str"))
    return dict(zip(names, units.values(), strict=True))
