"""From a column's cells to its canonical values, by the type that the register declares."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd

from processor.catalogue.column import DTYPES, Column
from processor.intake import dates, months, numbers, texts, times
from processor.intake.grid import UNCALCULATED
from processor.intake.raw import BLANK, AnySeries, Mask, RawColumn, Values, raw_column

_SLACK = timedelta(days=2)  # a batch may run shortly before midnight, or for the day before
_SOON = timedelta(days=62)  # what need not be filled may be filled beforehand
_SOME_YEARS = tuple((date(year, 1, 1), date(year, 12, 31)) for year in (2000, 2004))  # leap years

_BLANK_OF: Mapping[str, Values] = {
    kind: np.array([None], dtype="float64" if dtype == "Int64" else object if dtype in ("str", "boolean") else dtype)
    for kind, dtype in DTYPES.items()
}
EXPECTED: Mapping[str, str] = {
    "id": "编号（文本，不是日期，不超过15位的数字）",
    "staff": "工号或姓名",
    "staff_list": "工号或姓名，几个人用“、”分开",
    "text": "文字",
    "phone": "电话号码，如 13900000001 或 010-12345678",
    "idno": "18位身份证号码",
    "date": "日期，如 2026-10-01",
    "datetime": "日期和时间，如 2026-10-01 09:05",
    "time": "时间，如 09:05",
    "month": "月份，如 2026-10",
    "money": "金额，如 1234.50",
    "number": "数字，如 12.5",
    "count": "不小于0的整数",
    "yesno": "是 或 否",
}


@dataclass(frozen=True)
class Circumstances:
    """What the sheet around a column says about its cells.

    span: the days of which the sheet's title speaks, for dates written without a year; None where no title tells.
    epoch_1904: the workbook counts its serial dates from 1904.
    as_of: the day of the batch, after which nothing can have happened; None where that is not checked.
    one_month: no row between the others names a month: what stands below it may be of another one than the title's.
    by_file: the days of which the file's name speaks, where neither title nor other dates tell the year.
    """

    span: tuple[date, date] | None = None
    epoch_1904: bool = False
    as_of: date | None = None
    by_file: tuple[date, date] | None = None
    one_month: bool = True


@dataclass(frozen=True)
class Converted:
    """n canonical values (blank where nothing readable stood) and which cells were filled but not understood."""

    values: AnySeries
    unread: Mask


def convert(raw: RawColumn, column: Column, circumstances: Circumstances, scale: int = 1) -> Converted:
    """Convert one whole column, each distinct cell once; `scale` is the factor of the unit named in its header.

    Never raises for data.
    """
    if not raw.filled:
        return Converted(nothing(column.type, len(raw.places)), np.zeros(len(raw.places), dtype=bool))
    distinct = _within(_read(raw, column, circumstances, scale), column, circumstances)
    unread: Mask = ~raw.where(BLANK) & pd.isna(distinct)
    return Converted(pd.Series(_typed(column.type, distinct).take(raw.places)), unread[raw.places])


def nothing(kind: str, count: int) -> AnySeries:
    """So many blanks in the canonical type of a kind of column."""
    return pd.Series(_typed(kind, _BLANK_OF[kind].repeat(count)))


def _typed(kind: str, values: Values) -> Any:
    """Values as a converter gives them, as an array of the canonical type."""
    dtype = DTYPES[kind]
    if dtype == "Int64":
        blank = np.isnan(values)
        return pd.arrays.IntegerArray(np.where(blank, 0, values).astype("int64"), blank)
    return pd.array(values, dtype=dtype) if values.dtype == object else values


def _read(raw: RawColumn, column: Column, circumstances: Circumstances, scale: int) -> Values:
    return _CONVERTERS[column.type](raw, column, circumstances, scale)


def _within(values: Values, column: Column, circumstances: Circumstances) -> Values:
    """The values that may be meant: within the column's range, and no event of days that have not come yet."""
    low, high = column.range
    factor = 100 if column.type == "money" else 1
    if low is not None:
        values = np.where(values >= low * factor, values, np.nan)
    if high is not None:
        values = np.where(values <= high * factor, values, np.nan)
    if column.type in ("date", "datetime") and circumstances.as_of is not None and not column.future:
        day = np.datetime64(circumstances.as_of + (_SLACK if column.required else _SOON))
        values = np.where(values < day, values, np.datetime64("NaT"))
    return values


def why_unread(cells: Sequence[object], column: Column, circumstances: Circumstances, scale: int = 1) -> list[str]:
    """In Chinese, why each of these filled cells could not be read, as the end of a sentence."""
    raw = raw_column(cells, dash_is_blank=True)
    reasons = np.full(len(raw), "读不出来", dtype=object)
    if column.range != (None, None):
        reasons[~pd.isna(_read(raw, column, circumstances, scale))] = "超出了应有的范围"
    if column.type == "month":
        reasons[_as_days(raw, column, circumstances, scale)[1]] = "没有写年份，标题里也没有"
    if column.type in ("date", "datetime"):
        known, yearless = _as_days(raw, column, circumstances, scale)
        reasons[yearless] = "没有写年份，标题里也没有"
        for at in np.flatnonzero(~np.isnat(known)):
            reasons[at] = f"是{known[at].item():%Y-%m-%d}，还没有到这一天"
    reasons[[value == UNCALCULATED for value in raw.values]] = "是还没有计算的公式，请用 Excel 或 WPS 打开并保存一次"
    return list(reasons[raw.places])


def _as_days(raw: RawColumn, column: Column, circumstances: Circumstances, scale: int) -> tuple[Values, Mask]:
    """The cells that are dates, each by itself, and which would be one if their year were known."""
    if circumstances.span is not None:
        return _read(raw, column, circumstances, scale), np.zeros(len(raw), dtype=bool)
    one, other = (_read(raw, column, replace(circumstances, span=year), scale) for year in _SOME_YEARS)
    yearless: Mask = ~pd.isna(one) & (one != other)
    known = one.copy()
    known[yearless] = None
    return known, yearless


def header_scale(column: Column, unit: str) -> int:
    """The factor by which a unit in the header multiplies plain numbers below it; 1 where it is not known."""
    units = numbers.MONEY_UNITS if column.type == "money" else column.units
    return units.get(unit, 1)


def expected(column: Column) -> str:
    """In Chinese, what a cell of this column should hold."""
    if column.type == "choice":
        return "、".join(column.choices) + " 之一"
    low, high = column.range
    bounds = {
        (False, False): "",
        (True, False): f"，不小于{low}",
        (False, True): f"，不大于{high}",
        (True, True): f"，{low}到{high}",
    }
    kind = "整数" if column.type == "count" and low is not None else EXPECTED[column.type]
    return kind + bounds[low is not None, high is not None]


#: Gives float64, datetime64[us] or timedelta64[us], or texts or truth values in an object array; blank is NaN, NaT or None.
_Converter = Callable[[RawColumn, Column, Circumstances, int], Values]
_CONVERTERS: Mapping[str, _Converter] = {
    "id": lambda raw, column, around, scale: texts.ids(raw),
    "staff": lambda raw, column, around, scale: texts.ids(raw),
    "staff_list": lambda raw, column, around, scale: texts.plain_texts(raw),
    "text": lambda raw, column, around, scale: texts.exact_texts(raw),
    "phone": lambda raw, column, around, scale: texts.phones(raw),
    "idno": lambda raw, column, around, scale: texts.identity_numbers(raw),
    "yesno": lambda raw, column, around, scale: texts.yes_no(raw, column.header),
    "choice": lambda raw, column, around, scale: texts.choices(raw, column.choices, column.words),
    "date": lambda raw, column, around, scale: dates.dates(
        raw,
        span=around.span,
        epoch_1904=around.epoch_1904,
        term=column.future,
        bare_days=around.one_month,
        numbered=column.required,
        own_year=column.own_year,
    ),
    "datetime": lambda raw, column, around, scale: dates.moments(raw, span=around.span, epoch_1904=around.epoch_1904),
    "month": lambda raw, column, around, scale: months.months(raw, span=around.span, epoch_1904=around.epoch_1904),
    "time": lambda raw, column, around, scale: times.times(raw),
    "money": lambda raw, column, around, scale: numbers.money(raw, scale=scale),
    "number": lambda raw, column, around, scale: numbers.numbers(raw, units=column.units, scale=scale),
    "count": lambda raw, column, around, scale: numbers.counts(raw, units=column.units, scale=scale),
}
