"""Dates and moments out of the ways in which staff and Excel write them."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from processor.calendars import month_end
from processor.catalogue.column import DATETIME
from processor.intake.raw import MOMENT, NUMBER, TEXT, RawColumn, Values, fold

FIRST_YEAR, LAST_YEAR = 1901, 2100  # programs fill in 1900-01-01 or 9999-12-31 for no date
NEVER = np.datetime64("1970-01-01")  # and this, from which they count
FIRST_SERIAL, LAST_SERIAL = 3654, 73415  # 1910 to 2100: smaller numbers are no dates that anyone meant
_FIRST, _BEHIND_LAST = np.datetime64(f"{FIRST_YEAR}-01-01"), np.datetime64(f"{LAST_YEAR}-01-01")
_EPOCHS = {False: dt.datetime(1899, 12, 30), True: dt.datetime(1904, 1, 1)}
_WEEKDAY = r"\s*\(?(?:星期|周)[一二三四五六日天]\)?"
_NAMED_DAY = re.compile(rf"^([0-9]{{1,2}})\s*[日号](?:{_WEEKDAY})?$")
_DAY = re.compile(rf"^([0-9]{{1,2}})\s*[日号]?(?:{_WEEKDAY})?$")
_OF_THE_DAY = r"\(?(?:上午|下午|早上|中午|晚上|全天)\)?"
_BEFORE = r"(?:之|以)?前"
_TAIL, _TAIL_OF_TERM = (
    re.compile(rf"(?<=[0-9日号)])\s*(?:{tail})$") for tail in (_OF_THE_DAY, f"{_OF_THE_DAY}|{_BEFORE}")
)
_NEXT_DAY = re.compile(r"^(?:次日|第二天|翌日)\s*")
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
_MOMENT = re.compile(
    r"^(?:(?P<year>[0-9]{4}|[0-9]{2})\s*[-/.年]\s*)?(?P<month>[0-9]{1,2})\s*[-/.月]\s*(?P<day>[0-9]{1,2})\s*[日号]?"
    rf"(?:{_WEEKDAY})?(?:(?:\s+|T|(?<=[日号)]))\s*{_CLOCK}\s*(?P<zone>Z|[+-][0-9]{{2}}:?[0-9]{{2}})?)?$"
)
_ONLY_CLOCK = re.compile(rf"^{_CLOCK}$")
_FOUR_DIGITS = re.compile(r"^([0-9]{2})([0-9]{2})$")
_MINUTES = {"半": 30, "整": 0}
_ISO = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?: (?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9])?)?")
_DIGITS = re.compile(r"[0-9]{5}|[0-9]{8}")
_NEAR = 62  # days
_YEARS_OF_NOW = range(20, 41)
_SHANGHAI = 8 * 60  # minutes before UTC
_MIDNIGHT = dt.timedelta(0)
_A_DAY = dt.timedelta(days=1)


Span = tuple[dt.date, dt.date]


class Yearless(NamedTuple):
    """A date that was written without its year."""

    month: int
    day: int
    clock: dt.timedelta = _MIDNIGHT


def dates(
    raw: RawColumn,
    *,
    span: Span | None = None,
    epoch_1904: bool = False,
    term: bool = False,
    bare_days: bool = True,
    numbered: bool = False,
    own_year: bool = False,
) -> Values:
    """Midnights as datetime64[us], NaT where a cell is blank or no date.

    span: the days of which the sheet speaks; it completes dates written without a year (10月1日, 10.1), and days of the
    month (5日) where it is one month and `bare_days` may be meant. Where it is not known, the column's other dates tell; else they stay unread.
    term: the column holds last days, also written as 10月15日前. numbered: a bare 5 may be the 5th of that month.
    own_year: a date without its year stays unread.
    """
    plain = _without_tails(raw, _TAIL_OF_TERM if term else _TAIL)
    if own_year:
        return midnights(moments(plain, epoch_1904=epoch_1904, complete=False))
    result = midnights(moments(plain, span=span, epoch_1904=epoch_1904))
    if bare_days and span is not None and _is_one_month(span):
        for at in np.flatnonzero(np.isnat(result)):
            day = _day_of_month(plain.values[at], plain.kinds[at], numbered)
            if 1 <= day <= span[1].day:
                result[at] = np.datetime64(span[0].replace(day=int(day)))
    return result


def midnights(moments_: Values) -> Values:
    """The days of moments, as datetime64[us]."""
    return moments_.astype("datetime64[D]").astype(DATETIME)


def _without_tails(raw: RawColumn, tail: re.Pattern[str]) -> RawColumn:
    """The column without words behind its dates that change nothing: 10月7日上午."""
    values = raw.values
    for at in raw.at(TEXT):
        folded = fold(raw.values[at])
        shorter = tail.sub("", folded)
        if shorter != folded:
            values = values.copy() if values is raw.values else values
            values[at] = shorter
    return replace(raw, values=values)


def _is_one_month(span: Span) -> bool:
    first, last = span
    return first.day == 1 and last == month_end(first)


def _day_of_month(cell: object, kind: int, numbered: bool) -> float:
    """The day that a cell such as 5日, or 5 where they are `numbered`, names of a month; 0 for any other."""
    if kind == TEXT:
        told = (_DAY if numbered else _NAMED_DAY).search(fold(str(cell)))
        return int(told[1]) if told else 0
    if numbered and kind == NUMBER:
        number = float(cell)  # type: ignore[arg-type]
        return number if number % 1 == 0 else 0
    return 0


def moments(raw: RawColumn, *, span: Span | None = None, epoch_1904: bool = False, complete: bool = True) -> Values:
    """Date with time of day as datetime64[us], to the second; NaT where a cell is blank or unreadable.

    complete: whether a date without a year gets that of `span` or of the column's other dates.
    """
    result = np.full(len(raw), np.datetime64("NaT"), dtype=DATETIME)
    real = raw.at(MOMENT)
    if len(real):
        result[real] = to_the_second(as_moments(raw.values[real]))
    yearless: dict[int, Yearless] = {}
    for kind, read in ((NUMBER, _of_number), (TEXT, _of_text)):
        places = raw.at(kind)
        told = [read(cell, epoch_1904) for cell in raw.values[places]]
        yearless |= {int(at): one for at, one in zip(places, told, strict=True) if isinstance(one, Yearless)}
        if len(places):
            result[places] = as_moments(None if isinstance(one, Yearless) else one for one in told)
    sound = (result >= _FIRST) & (result < _BEHIND_LAST) & (result.astype("datetime64[D]") != NEVER)
    result[~sound] = np.datetime64("NaT")
    around = (span or _known_days(result)) if complete and yearless else None
    if around is not None:
        for at, (month, day, clock) in yearless.items():
            meant = completed(month, day, around)
            if meant is not None:
                result[at] = np.datetime64(dt.datetime.combine(meant, dt.time()) + clock)
    return result


def as_moments(known: Iterable[Any]) -> Values:
    """Moments, or days, as datetime64[us]; None becomes NaT."""
    return np.asarray(pd.array(list(known), dtype=DATETIME))  # numpy itself takes twenty times as long for many


def to_the_second(values: Values) -> Values:
    """Moments or spans of time (64 bits, of microseconds), rounded to the second; a half to the even one."""
    seconds, rest = np.divmod(values.view("int64"), 1_000_000)
    rounded = (seconds + ((rest > 500_000) | ((rest == 500_000) & (seconds % 2 == 1)))) * 1_000_000
    return np.where(np.isnat(values), values, rounded.view(values.dtype))


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


def _known_days(known: Values) -> Span | None:
    """First and last of the dates that a column gives in full, where they lie within a year."""
    days = known[~np.isnat(known)]
    if not len(days):
        return None
    first, last = days.min().item(), days.max().item()
    return None if (last - first).days >= 366 else (first.date(), last.date())


def _of_number(cell: float, epoch_1904: bool) -> dt.datetime | Yearless | None:
    """What a number says: 20261001, a serial date, or `11.6` without its year."""
    number = float(cell)
    if not 1 < number < 13:
        return _in_digits(number, epoch_1904)
    written = _month_and_day(number)
    return None if written is None else Yearless(*written)


def _month_and_day(number: float) -> tuple[int, int] | None:
    """`11.6` typed as a number; None where a last zero may be lost (`11.1` may be 11.10)."""
    month, _, day = f"{number:.10g}".partition(".")
    if (len(day) == 1 and day in "123") or not 1 <= len(day) <= 2:
        return None
    return int(month), int(day)


def _in_digits(number: float, epoch_1904: bool) -> dt.datetime | None:
    """The moment of 20261001 or of a serial date."""
    if FIRST_YEAR * 10_000 <= number < LAST_YEAR * 10_000 and number % 1 == 0:
        whole = int(number)
        day = _date(whole // 10_000, whole // 100 % 100, whole % 100)
        return None if day is None else dt.datetime.combine(day, dt.time())
    if FIRST_SERIAL <= number < LAST_SERIAL:
        return _EPOCHS[epoch_1904] + dt.timedelta(seconds=round(number * 86_400))
    return None


def _of_text(text: str, epoch_1904: bool) -> dt.datetime | Yearless | None:
    """What a text says, first of all as programs write it (2026-10-01, 2026-10-01 09:05:00), which most do."""
    if _ISO.fullmatch(text):
        try:
            return dt.datetime.fromisoformat(text)
        except ValueError:
            pass
    folded = fold(text)
    if _DIGITS.fullmatch(folded):
        return _in_digits(float(folded), epoch_1904)
    found = _MOMENT.search(folded.upper())
    return None if found is None else _of_parts(found)


def _of_parts(found: re.Match[str]) -> dt.datetime | Yearless | None:
    """The moment of a match of `_MOMENT`; one that names its zone in Shanghai's time."""
    clock = _MIDNIGHT if found["hour"] is None else clock_of(found)
    if clock is None:
        return None
    month, day = int(found["month"]), int(found["day"])
    if found["year"] is None:
        return Yearless(month, day, clock)
    year = int(found["year"])
    if year <= 12 and day in _YEARS_OF_NOW:
        return None  # 11/6/26 may end with the year
    known = _date(year if year >= 100 else year + 2000, month, day)
    if known is None or not dt.MINYEAR < known.year < dt.MAXYEAR:
        return None
    return dt.datetime.combine(known, dt.time()) + clock + _to_shanghai(found["zone"])


def _to_shanghai(zone: str | None) -> dt.timedelta:
    """What a zone such as Z or +09:00 adds to become Shanghai's time; nothing where none is stated."""
    if zone is None:
        return _MIDNIGHT
    named = zone.replace("Z", "+00:00").replace(":", "")
    return dt.timedelta(minutes=_SHANGHAI - int(named[:3]) * 60 - int(named[0] + named[3:]))


def clock_of(found: re.Match[str]) -> dt.timedelta | None:
    """The time since midnight of a match with the groups of `_CLOCK`; None where it is no time of day."""
    hour, told, second = int(found["hour"]), found["minute"] or "整", int(found["second"] or 0)
    minute = _MINUTES[told] if told in _MINUTES else int(told)
    half = found["half"] or found["half2"]
    if half is not None and (hour > 12 or (hour < 1 and half != "凌晨")):
        return None
    if half == "中午" and hour < 3:
        hour += 12
    first, last = _HOURS.get(half or "", (0, 99))
    if not first <= hour <= last:  # 晚上12点 may be the beginning or the end of a day
        return None
    if half in _AFTERNOON and hour < 12:
        hour += 12
    if half in ("上午", "AM") and hour == 12:
        hour = 0
    passed = dt.timedelta(hours=hour, minutes=minute, seconds=second)
    return passed if minute < 60 and second < 60 and passed <= _A_DAY else None


def clock_from_text(text: str) -> dt.timedelta | None:
    """The time of day that a text such as 9:05, 9点半, 下午3:05, 晚上6点, 0905, 次日01:05 says."""
    folded = fold(text).upper()
    bare = _NEXT_DAY.sub("", _FOUR_DIGITS.sub(r"\1:\2", folded))
    found = _ONLY_CLOCK.search(bare)
    time = clock_of(found) if found else None
    if time is None:
        whole = _MOMENT.search(folded)
        dated = whole is not None and whole["hour"] is not None and whole["year"] is not None and whole["zone"] is None
        time = clock_of(whole) if whole is not None and dated else None
    if time is None or not _NEXT_DAY.match(folded):
        return time
    return time + _A_DAY if time < _A_DAY else None
