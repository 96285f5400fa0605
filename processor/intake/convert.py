"""From a column's cells to its canonical values, by the type that the register declares."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from processor.catalogue.register import Column
from processor.intake import dates, numbers, texts, times
from processor.intake.raw import BLANK, AnySeries, Mask, RawColumn

DTYPES: Mapping[str, Any] = {
    **dict.fromkeys(("id", "staff", "staff_list", "text", "phone", "idno", "choice", "month"), "str"),
    **dict.fromkeys(("date", "datetime"), dates.DATETIME),
    "time": times.TIMEDELTA,
    "money": "Int64",
    "number": "float64",
    "count": "Int64",
    "yesno": "boolean",
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

    year: the year of the sheet's title, for dates written without one; None where no title names one.
    epoch_1904: the workbook counts its serial dates from 1904.
    """

    year: int | None = None
    epoch_1904: bool = False


@dataclass(frozen=True)
class Converted:
    """n canonical values (blank where nothing readable stood) and which cells were filled but not understood."""

    values: AnySeries
    unread: Mask


def convert(raw: RawColumn, column: Column, circumstances: Circumstances, scale: int = 1) -> Converted:
    """Convert one whole column, each distinct cell once; `scale` is the factor of the unit named in its header.

    Never raises for data.
    """
    distinct = _CONVERTERS[column.type](raw, column, circumstances, scale).astype(DTYPES[column.type])
    unread: Mask = ~raw.where(BLANK) & distinct.isna().to_numpy()
    return Converted(pd.Series(distinct.array.take(raw.places)), unread[raw.places])


def header_scale(column: Column, unit: str) -> int:
    """The factor by which a unit in the header multiplies plain numbers below it; 1 where it is not known."""
    units = numbers.MONEY_UNITS if column.type == "money" else column.units
    return units.get(unit, 1)


def expected(column: Column) -> str:
    """In Chinese, what a cell of this column should hold."""
    return "、".join(column.choices) + " 之一" if column.type == "choice" else EXPECTED[column.type]


_Converter = Callable[[RawColumn, Column, Circumstances, int], AnySeries]
_CONVERTERS: Mapping[str, _Converter] = {
    "id": lambda raw, column, around, scale: texts.ids(raw),
    "staff": lambda raw, column, around, scale: texts.ids(raw),
    "staff_list": lambda raw, column, around, scale: texts.plain_texts(raw),
    "text": lambda raw, column, around, scale: texts.plain_texts(raw),
    "phone": lambda raw, column, around, scale: texts.phones(raw),
    "idno": lambda raw, column, around, scale: texts.identity_numbers(raw),
    "yesno": lambda raw, column, around, scale: texts.yes_no(raw),
    "choice": lambda raw, column, around, scale: texts.choices(raw, column.choices),
    "date": lambda raw, column, around, scale: dates.dates(raw, year=around.year, epoch_1904=around.epoch_1904),
    "datetime": lambda raw, column, around, scale: dates.moments(raw, year=around.year, epoch_1904=around.epoch_1904),
    "month": lambda raw, column, around, scale: dates.months(raw, year=around.year, epoch_1904=around.epoch_1904),
    "time": lambda raw, column, around, scale: times.times(raw),
    "money": lambda raw, column, around, scale: numbers.money(raw, scale=scale),
    "number": lambda raw, column, around, scale: numbers.numbers(raw, units=column.units, scale=scale),
    "count": lambda raw, column, around, scale: numbers.counts(raw, units=column.units, scale=scale),
}
