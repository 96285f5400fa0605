"""Dates, moments, and months out of the ways in which staff and Excel write them."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from processor.intake.raw import CLOCK, MOMENT, AnySeries, RawColumn, fold

DATETIME: Final = "datetime64[us]"
FIRST_YEAR, LAST_YEAR = 1900, 2100
FIRST_SERIAL, LAST_SERIAL = 3654, 73415  # 1910 to 2100: smaller numbers are no dates that anyone meant
_EPOCHS = {False: pd.Timestamp("1899-12-30"), True: pd.Timestamp("1904-01-01")}
_WEEKDAY = r"\s*\(?(?:星期|周)[一二三四五六日天]\)?"
_NEXT_DAY = "次日|第二天|翌日"
_AFTERNOON = ("下午", "傍晚", "晚上", "晚", "PM")
_HOURS = {
    "凌晨": (0, 6),
    "早上": (5, 11),
    "早晨": (5, 11),
    "中午": (11, 14),
    "晚上": (5, 11),
    "晚": (5, 11),
    "傍晚": (4, 8),
}
_CLOCK = (
    r"(?:(?P<half>上午|下午|早上|早晨|凌晨|中午|傍晚|晚上|晚|AM|PM)\s*)?(?P<hour>[0-9]{1,2})\s*[:时点]\s*(?P<minute>[0-9]{1,2}|半|整)?\s*分?"
    r"(?:\s*:?\s*(?P<second>[0-9]{1,2})(?:\.[0-9]+)?\s*秒?)?\s*(?P<half2>AM|PM)?"
)
_MOMENT = (
    r"^(?:(?P<year>[0-9]{4}|[0-9]{2}(?=\s*年))\s*[-/.年]\s*)?(?P<month>[0-9]{1,2})\s*[-/.月]\s*(?P<day>[0-9]{1,2})\s*[日号]?"
    rf"(?:{_WEEKDAY})?(?:(?:\s+|T|(?<=[日号)]))\s*{_CLOCK})?$"
)
_MONTH = r"^(?:(?P<year>[0-9]{4})\s*[-/.年]\s*)?(?P<month>[0-9]{1,2})\s*月?(?:份)?$"


def dates(raw: RawColumn, *, year: int | None = None, epoch_1904: bool = False) -> AnySeries:
    """Midnights as datetime64[us], NaT where a cell is blank or no date.

    `year` completes dates written without one (10月1日); without it they stay unread.
    """
    return moments(raw, year=year, epoch_1904=epoch_1904).dt.normalize()


def moments(raw: RawColumn, *, year: int | None = None, epoch_1904: bool = False) -> AnySeries:
    """Date with time of day as datetime64[us], to the second; NaT where a cell is blank or unreadable."""
    result = pd.Series(np.full(len(raw), np.datetime64("NaT", "us")), dtype=DATETIME)
    real = np.flatnonzero(raw.where(MOMENT))
    if len(real):
        result.iloc[real] = pd.to_datetime(pd.Series(raw.values[real]), errors="coerce").astype(DATETIME).dt.round("s")
    numbers = raw.numbers()
    if len(numbers):
        result.loc[numbers.index] = _from_numbers(numbers, epoch_1904)
    texts = raw.texts()
    if len(texts):
        result.loc[texts.index] = _from_texts(texts, year, epoch_1904)
    years = result.dt.year
    return result.where((years >= FIRST_YEAR) & (years < LAST_YEAR) & ~raw.where(CLOCK))


def months(raw: RawColumn, *, year: int | None = None, epoch_1904: bool = False) -> AnySeries:
    """Calendar months as YYYY-MM (str), NaN where a cell is blank or no month."""
    result = moments(raw, year=year, epoch_1904=epoch_1904).dt.strftime("%Y-%m").astype("str")
    numbers = raw.numbers()
    whole = numbers[(numbers >= FIRST_YEAR * 100) & (numbers < LAST_YEAR * 100) & (numbers % 1 == 0)].astype("int64")
    if len(whole):
        result.loc[whole.index] = _year_month(whole // 100, whole % 100)
    texts = raw.texts()
    if len(texts):
        texts = texts[result.loc[texts.index].isna()]
        result.loc[texts.index] = _months_from_texts(texts, year)
    return result


def _from_numbers(numbers: AnySeries, epoch_1904: bool) -> AnySeries:
    compact = numbers.where((numbers >= FIRST_YEAR * 10_000) & (numbers % 1 == 0) & (numbers < LAST_YEAR * 10_000))
    written = pd.to_datetime(compact.astype("Int64").astype("str"), format="%Y%m%d", errors="coerce").astype(DATETIME)
    return written.fillna(_from_serials(numbers, epoch_1904))


def _from_serials(numbers: AnySeries, epoch_1904: bool) -> AnySeries:
    serials = numbers.where((numbers >= FIRST_SERIAL) & (numbers < LAST_SERIAL))
    seconds = (serials * 86_400).round()
    return (_EPOCHS[epoch_1904] + pd.to_timedelta(seconds, unit="s")).astype(DATETIME)


def _from_texts(texts: AnySeries, year: int | None, epoch_1904: bool) -> AnySeries:
    folded = fold(texts)
    digits = pd.to_numeric(folded.where(folded.str.fullmatch(r"[0-9]{5}|[0-9]{8}")), errors="coerce").astype("float64")
    parts = folded.str.upper().str.extract(_MOMENT)
    numeric = parts.drop(columns=["half", "half2", "minute"]).apply(pd.to_numeric).astype("float64")
    written_year = numeric["year"].where(numeric["year"].isna() | (numeric["year"] >= 100), numeric["year"] + 2000)
    has_year = written_year.notna() | folded.str.contains("月", regex=False)
    full = pd.DataFrame({"year": written_year.fillna(year if year is not None else np.nan)})
    full = full.assign(month=numeric["month"], day=numeric["day"]).where(has_year, np.nan)
    day = pd.to_datetime(full, errors="coerce").astype(DATETIME)
    clock = clock_parts(parts)
    midnight = parts["hour"].isna()
    moment = day + clock.where(~midnight, pd.Timedelta(0))
    return moment.fillna(_from_numbers(digits, epoch_1904))


def clock_parts(parts: pd.DataFrame) -> AnySeries:
    """Timedelta from columns hour, minute, second, half, half2 of text; NaT where it is no time of day."""
    minute = pd.to_numeric(parts["minute"].replace({"半": "30", "整": "0"})).fillna(0).astype("float64")
    hour = pd.to_numeric(parts["hour"]).astype("float64")
    second = pd.to_numeric(parts["second"]).fillna(0).astype("float64")
    half = parts["half"].fillna(parts["half2"])
    noon_clash = half.notna() & ((hour > 12) | ((hour < 1) & (half != "凌晨")))
    hour = hour.where(~((half == "中午") & (hour < 3)), hour + 12)
    for name, (first, last) in _HOURS.items():  # 晚上12点 may be the beginning or the end of a day
        noon_clash |= (half == name) & ((hour < first) | (hour > last))
    hour = hour.where(~(half.isin(_AFTERNOON) & (hour < 12)), hour + 12)
    hour = hour.where(~(half.isin(["上午", "AM"]) & (hour == 12)), 0)
    seconds = hour * 3600 + minute * 60 + second
    sound = (minute < 60) & (second < 60) & (seconds <= 86_400) & ~noon_clash
    return pd.to_timedelta(seconds.where(sound), unit="s").astype("timedelta64[us]")


def clocks_from_texts(texts: AnySeries) -> AnySeries:
    """Times of day as timedelta64[us] from texts such as 9:05, 9点半, 下午3:05, 晚上6点, 0905, 次日01:05."""
    folded = fold(texts).str.upper().str.replace(r"^([0-9]{2})([0-9]{2})$", r"\1:\2", regex=True)
    later = folded.str.contains(rf"^(?:{_NEXT_DAY})", regex=True)
    bare = folded.str.replace(rf"^(?:{_NEXT_DAY})\s*", "", regex=True)
    times = clock_parts(bare.str.extract(rf"^{_CLOCK}$"))
    return times.where(~later, (times + pd.Timedelta(days=1)).where(times < pd.Timedelta(days=1)))


def _months_from_texts(texts: AnySeries, year: int | None) -> AnySeries:
    folded = fold(texts).str.replace(r"^([0-9]{4})([0-9]{2})$", r"\1-\2", regex=True)
    parts = folded.str.extract(_MONTH)
    named = parts["year"].notna() | folded.str.contains("月", regex=False)
    years = pd.to_numeric(parts["year"]).fillna(year if year is not None else np.nan).where(named)
    return _year_month(years, pd.to_numeric(parts["month"]))


def _year_month(years: AnySeries, months_: AnySeries) -> AnySeries:
    sound = (months_ >= 1) & (months_ <= 12) & (years >= FIRST_YEAR) & (years < LAST_YEAR)
    text = years.astype("Int64").astype("str") + "-" + months_.astype("Int64").astype("str").str.zfill(2)
    return text.where(sound)
