"""Dates, moments, and months out of the ways in which staff and Excel write them."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from functools import cache
from typing import Final

import numpy as np
import pandas as pd

from processor.calendars import month_end
from processor.intake.raw import CLOCK, MOMENT, AnySeries, RawColumn, fold

DATETIME: Final = "datetime64[us]"
FIRST_YEAR, LAST_YEAR = 1901, 2100  # programs fill in 1900-01-01 or 9999-12-31 for no date
NEVER = pd.Timestamp("1970-01-01")  # and this, from which they count
FIRST_SERIAL, LAST_SERIAL = 3654, 73415  # 1910 to 2100: smaller numbers are no dates that anyone meant
_EPOCHS = {False: pd.Timestamp("1899-12-30"), True: pd.Timestamp("1904-01-01")}
_WEEKDAY = r"\s*\(?(?:星期|周)[一二三四五六日天]\)?"
_NAMED_DAY = rf"^([0-9]{{1,2}})\s*[日号](?:{_WEEKDAY})?$"
_DAY = rf"^([0-9]{{1,2}})\s*[日号]?(?:{_WEEKDAY})?$"
_OF_THE_DAY = r"\(?(?:上午|下午|早上|中午|晚上|全天)\)?"
_BEFORE = r"(?:之|以)?前"
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
    r"^(?:(?P<year>[0-9]{4}|[0-9]{2})\s*[-/.年]\s*)?(?P<month>[0-9]{1,2})\s*[-/.月]\s*(?P<day>[0-9]{1,2})\s*[日号]?"
    rf"(?:{_WEEKDAY})?(?:(?:\s+|T|(?<=[日号)]))\s*{_CLOCK}\s*(?P<zone>Z|[+-][0-9]{{2}}:?[0-9]{{2}})?)?$"
)
_ISO = r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?: (?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9])?)?"
_NEAR = 62  # days
_YEARS_OF_NOW = (20, 40)
_SHANGHAI = 8 * 60  # minutes before UTC
_MONTH = r"^(?:(?P<year>[0-9]{4})\s*[-/.年]\s*)?(?P<month>[0-9]{1,2})\s*月?(?:份)?$"


Span = tuple[dt.date, dt.date]


def dates(
    raw: RawColumn,
    *,
    span: Span | None = None,
    epoch_1904: bool = False,
    term: bool = False,
    bare_days: bool = True,
    numbered: bool = False,
    own_year: bool = False,
) -> AnySeries:
    """Midnights as datetime64[us], NaT where a cell is blank or no date.

    span: the days of which the sheet speaks; it completes dates written without a year (10月1日, 10.1), and days of the
    month (5日) where it is one month and `bare_days` may be meant. Where it is not known, the column's other dates tell; else they stay unread.
    term: the column holds last days, also written as 10月15日前. numbered: a bare 5 may be the 5th of that month.
    own_year: a date without its year stays unread.
    """
    tail = _OF_THE_DAY if not term else rf"(?:{_OF_THE_DAY}|{_BEFORE})"
    plain = _without_tails(raw, tail)
    if own_year:
        return moments(plain, epoch_1904=epoch_1904, complete=False).dt.normalize()
    result = moments(plain, span=span, epoch_1904=epoch_1904).dt.normalize()
    if bare_days and span is not None and _is_one_month(span):
        days = _days_of_month(plain, span, numbered).where(result.isna())
        result = result.fillna(days)
    return result


def _without_tails(raw: RawColumn, tail: str) -> RawColumn:
    """The column without words behind its dates that change nothing: 10月7日上午."""
    texts = raw.texts()
    if not len(texts):
        return raw
    folded = fold(texts)
    shorter = folded.str.replace(rf"(?<=[0-9日号)])\s*{tail}$", "", regex=True)
    changed = texts.index[(shorter != folded).to_numpy()]
    if not len(changed):
        return raw
    values = raw.values.copy()
    values[changed] = shorter.loc[changed].to_numpy()
    return replace(raw, values=values)


def _is_one_month(span: Span) -> bool:
    first, last = span
    return first.day == 1 and last == month_end(first)


def _days_of_month(raw: RawColumn, month: Span, numbered: bool) -> AnySeries:
    """The days that cells such as 5日, or 5 where they are `numbered`, name of a month; NaT for all others."""
    numbers = pd.Series(np.full(len(raw), np.nan))
    texts = raw.texts()
    if len(texts):
        told = fold(texts).str.extract(_DAY if numbered else _NAMED_DAY)[0]
        numbers.loc[texts.index] = pd.to_numeric(told).astype("float64")
    if numbered:
        whole = raw.numbers()
        numbers.loc[whole.index] = whole.where(whole % 1 == 0)
    numbers = numbers.where((numbers >= 1) & (numbers <= month[1].day))
    return (pd.Timestamp(month[0]) + pd.to_timedelta(numbers - 1, unit="D")).astype(DATETIME)


def moments(raw: RawColumn, *, span: Span | None = None, epoch_1904: bool = False, complete: bool = True) -> AnySeries:
    """Date with time of day as datetime64[us], to the second; NaT where a cell is blank or unreadable.

    complete: whether a date without a year gets that of `span` or of the column's other dates.
    """
    result = pd.Series(np.full(len(raw), np.datetime64("NaT", "us")), dtype=DATETIME)
    real = np.flatnonzero(raw.where(MOMENT))
    if len(real):
        result.iloc[real] = pd.to_datetime(pd.Series(raw.values[real]), errors="coerce").astype(DATETIME).dt.round("s")
    numbers = raw.numbers()
    if len(numbers):
        result.loc[numbers.index] = _from_numbers(numbers, epoch_1904)
    texts = raw.texts()
    if len(texts):
        result.loc[texts.index] = _in_full(texts)
        texts = texts[result.loc[texts.index].isna()]
    parts = _parts(texts) if len(texts) else _no_parts()
    if len(texts):
        result.loc[texts.index] = _from_texts(texts, parts, epoch_1904)
    years = result.dt.year
    told = (years >= FIRST_YEAR) & (years < LAST_YEAR) & (result.dt.normalize() != NEVER)
    result = result.where(told & ~raw.where(CLOCK))
    yearless = _yearless(numbers, parts) if complete and (len(numbers) or len(texts)) else {}
    around = (span or _known_days(result)) if yearless else None
    if around is not None:
        days = [completed(*written, around) for written in yearless.values()]
        clocks = clock_parts(parts).reindex(list(yearless)).fillna(pd.Timedelta(0))
        result.loc[list(yearless)] = (pd.to_datetime(pd.Series(days, index=list(yearless))) + clocks).astype(DATETIME)
    return result


def _yearless(numbers: AnySeries, parts: pd.DataFrame) -> dict[int, tuple[int, int]]:
    """Month and day of the cells that are dates without a year, by their place."""
    missing = parts[parts["year"].isna() & parts["month"].notna() & (parts["hour"].isna() | clock_parts(parts).notna())]
    found = {at: (int(m), int(d)) for at, m, d in zip(missing.index, missing["month"], missing["day"], strict=True)}
    for at, number in numbers[(numbers > 1) & (numbers < 13)].items():
        written = _month_and_day(number)
        if written is not None:
            found[at] = written
    return found


def completed(month: int, day: int, span: Span) -> dt.date | None:
    """The day of a date without a year, by the days of which its sheet speaks.

    It lies in their year, but in the neighbouring one where only so it is within two months of them: a register of
    January may begin in December.
    """
    first, last = span
    years = range(first.year - 1, last.year + 2)
    found = sorted((_distance(one, span), one) for year in years if (one := _date(year, month, day)) is not None)
    near = [one for distance, one in found if distance <= _NEAR]
    own = [one for _, one in found if one.year in (first.year, last.year)]
    return next(iter(near or own), None)


def _distance(day: dt.date, span: Span) -> int:
    return max((span[0] - day).days, (day - span[1]).days, 0)


def _date(year: int, month: int, day: int) -> dt.date | None:
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None


def _known_days(known: AnySeries) -> Span | None:
    """First and last of the dates that a column gives in full, where they lie within a year."""
    days = known.dropna()
    if days.empty or (days.max() - days.min()).days >= 366:
        return None
    return days.min().date(), days.max().date()


def _month_and_day(number: float) -> tuple[int, int] | None:
    """`11.6` typed as a number; None where a last zero may be lost (`11.1` may be 11.10)."""
    month, _, day = f"{number:.10g}".partition(".")
    if (len(day) == 1 and day in "123") or not 1 <= len(day) <= 2:
        return None
    return int(month), int(day)


def months(raw: RawColumn, *, span: Span | None = None, epoch_1904: bool = False) -> AnySeries:
    """Calendar months as YYYY-MM (str), NaN where a cell is blank or no month."""
    result = moments(raw, span=span, epoch_1904=epoch_1904).dt.strftime("%Y-%m").astype("str")
    numbers = raw.numbers()
    whole = numbers[(numbers >= FIRST_YEAR * 100) & (numbers < LAST_YEAR * 100) & (numbers % 1 == 0)].astype("int64")
    if len(whole):
        result.loc[whole.index] = _year_month(whole // 100, whole % 100)
    texts = raw.texts()
    if len(texts):
        texts = texts[result.loc[texts.index].isna()]
        year = span[1].year if span is not None and span[0].year == span[1].year else None
        result.loc[texts.index] = _months_from_texts(texts, year)
        if year is None and (only := _only_year(result)) is not None:
            texts = texts[result.loc[texts.index].isna()]
            result.loc[texts.index] = _months_from_texts(texts, only)
    return result


def _only_year(months_: AnySeries) -> int | None:
    """The year of all months that a column gives in full; None for none or several."""
    years = months_.dropna().str[:4].unique()
    return int(years[0]) if len(years) == 1 else None


def _from_numbers(numbers: AnySeries, epoch_1904: bool) -> AnySeries:
    compact = numbers.where((numbers >= FIRST_YEAR * 10_000) & (numbers % 1 == 0) & (numbers < LAST_YEAR * 10_000))
    written = pd.to_datetime(compact.astype("Int64").astype("str"), format="%Y%m%d", errors="coerce").astype(DATETIME)
    return written.fillna(_from_serials(numbers, epoch_1904))


def _from_serials(numbers: AnySeries, epoch_1904: bool) -> AnySeries:
    serials = numbers.where((numbers >= FIRST_SERIAL) & (numbers < LAST_SERIAL))
    seconds = (serials * 86_400).round()
    return (_EPOCHS[epoch_1904] + pd.to_timedelta(seconds, unit="s")).astype(DATETIME)


def _in_full(texts: AnySeries) -> AnySeries:
    """Moments of the texts written as programs do (2026-10-01, 2026-10-01 09:05:00), which most are; NaT for the others."""
    written = texts.where(texts.str.fullmatch(_ISO))
    return pd.to_datetime(written, format="ISO8601", errors="coerce").astype(DATETIME)


def _parts(texts: AnySeries) -> pd.DataFrame:
    return fold(texts).str.upper().str.extract(_MOMENT)


@cache
def _no_parts() -> pd.DataFrame:
    return _parts(pd.Series([], dtype="str"))


def _from_texts(texts: AnySeries, parts: pd.DataFrame, epoch_1904: bool) -> AnySeries:
    """Moments of the texts that are dates with a year, or serial numbers."""
    folded = fold(texts)
    digits = pd.to_numeric(folded.where(folded.str.fullmatch(r"[0-9]{5}|[0-9]{8}")), errors="coerce").astype("float64")
    numeric = parts[["year", "month", "day"]].apply(pd.to_numeric).astype("float64")
    short = numeric["year"] < 100
    backwards = (
        short & (numeric["year"] <= 12) & numeric["day"].between(*_YEARS_OF_NOW)
    )  # 11/6/26 may end with the year
    numeric["year"] = numeric["year"].where(~short, numeric["year"] + 2000).where(~backwards)
    day = pd.to_datetime(numeric, errors="coerce").astype(DATETIME)
    moment = day + clock_parts(parts).where(parts["hour"].notna(), pd.Timedelta(0))
    return (moment + _to_shanghai(parts["zone"])).fillna(_from_numbers(digits, epoch_1904))


def _to_shanghai(zones: AnySeries) -> AnySeries:
    """What a zone such as Z or +09:00 adds to become Shanghai's time; nothing where none is stated."""
    if not zones.notna().any():
        return pd.Series(np.zeros(len(zones), "timedelta64[us]"), index=zones.index)
    named = zones.replace("Z", "+00:00").str.replace(":", "", regex=False)
    minutes = pd.to_numeric(named.str[:3]) * 60 + pd.to_numeric(named.str[0] + named.str[3:])
    return pd.to_timedelta(_SHANGHAI - minutes.astype("float64").fillna(_SHANGHAI), unit="min").astype(
        "timedelta64[us]"
    )


def clock_parts(parts: pd.DataFrame) -> AnySeries:
    """Timedelta from columns hour, minute, second, half, half2 of text; NaT where it is no time of day."""
    if not parts["hour"].notna().any():
        return pd.Series(np.full(len(parts), np.timedelta64("NaT", "us")), index=parts.index)
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
    whole = _parts(texts)
    times = times.fillna(clock_parts(whole).where(whole["year"].notna() & whole["zone"].isna()))
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
