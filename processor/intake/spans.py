"""The days that titles speak of, and which of them each column of a packed export stands for."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import pairwise

from processor.calendars import month_end

LONGEST = 62
_DATE = r"(?:(?P<y{n}>20\d{{2}})\s*[-/.年]?\s*)?(?P<m{n}>\d{{1,2}})\s*[-/.月]\s*(?P<d{n}>\d{{1,2}})日?"
_SPAN = re.compile(
    rf"(?<!\d){_DATE.format(n=1)}(?:\s+\d{{1,2}}:\d{{2}}(?::\d{{2}})?)?\s*(?:至|到|[-~～—–]+)\s*{_DATE.format(n=2)}(?!\d)"
)
_COMPACT = re.compile(r"(?<!\d)(20\d{2})(\d{2})(\d{2})\s*(?:至|到|[-~～—–_]+)\s*(20\d{2})(\d{2})(\d{2})(?!\d)")
_FULL_DATE = re.compile(r"(?<!\d)(20\d{2})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})(?!\d)")
_MONTH = re.compile(r"(?<!\d)(20\d{2})\s*(?:年\s*|[-/.])(\d{1,2})(?!\d)\s*月?(?!\s*[-/.]\s*\d)")
_YEAR = re.compile(r"(?<!\d)(20\d{2})\s*(?:年|[-/.]\s*\d{1,2}(?!\d))")
_ALONE = re.compile(r"(?<!\d)(20\d{2})(?!\d)")
_NAMED_MONTH = re.compile(r"(?<!\d)(1[0-2]|[1-9]|十[一二]?|[一二三四五六七八九])月")
_MONTH_NAMES = {
    name: number
    for number, name in enumerate(["一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二"], start=1)
}
_WEEKDAYS = "一二三四五六日"
_FULL_HEAD = re.compile(r"^(20\d{2})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:\D.*)?$")
_HEAD = re.compile(
    r"^(?:(?:(?:20)?\d{2}[-/.年])?(?P<month>\d{1,2})[-/.月](?P<dated>\d{1,2})|(?P<day>\d{1,2}))?[日号]?"
    r"\(?(?:星期|周)?(?P<weekday>[一二三四五六日天])?\)?$"
)


def span_of(title: str, file: str) -> tuple[date, date] | None:
    """First and last day that the texts above a table speak of; a year that they lack comes from another date there.

    The file's name counts where the title says nothing. None where nothing tells the year.
    """
    return (
        _span(title, title + " " + _spaced(file))
        or _span(_spaced(file), _spaced(file))
        or _month(title)
        or _month(file)
    )


def title_span(text: str) -> tuple[date, date] | None:
    """First and last day that a register's title speaks of: a span, a month, or a year; None for none or several."""
    return _span(text, text) or _month(text) or _year(text)


def span_by_file(sheet: str, file: str, today: date) -> tuple[date, date] | None:
    """What a workbook's name says where neither title nor sheet tell the year: 2026年奖惩登记.xlsx, with sheets 9月 and 10月.

    A name that speaks of no day of the year up to `today` is an old one and tells nothing.
    """
    year = _year(_spaced(file)) or _bare_year(file)
    named = {_MONTH_NAMES.get(name) or int(name) for name in _NAMED_MONTH.findall(sheet)}
    found = _month(_spaced(file)) or year
    if year is not None and len(named) == 1:
        first = date(year[0].year, named.pop(), 1)
        found = first, month_end(first)
    if found is None or found[0] > today or found[1] < today - timedelta(days=366):
        return None
    return found


def names_month(text: str) -> bool:
    """Whether a text names a month."""
    return bool(_NAMED_MONTH.search(text))


def _bare_year(file: str) -> tuple[date, date] | None:
    years = {int(year) for year in _ALONE.findall(file)}
    return (date(min(years), 1, 1), date(min(years), 12, 31)) if len(years) == 1 else None


def day_columns(first: date, last: date, heads: Sequence[tuple[int, str, str]]) -> dict[int, date] | None:
    """Place -> day of the columns that stand for the days of a span, one beside the other.

    heads: (place, text, text above) of every column. A column may be headed by the number, the date, the weekday or
    the name of a holiday, so that only its place tells; but whatever numbers and weekdays there are must be right.
    None where they are not.
    """
    dated = {place: _full(text) for place, text, _ in heads if _full(text) is not None}
    if dated:
        return {place: day for place, day in dated.items() if day is not None}
    if (dated_alike := _within(first, last, heads)) is not None:
        return dated_alike
    length = min((last - first).days + 1, LONGEST)
    texts = {place: (text, above) for place, text, above in heads}
    numbered = [place for place, (text, _) in texts.items() if names_day(text)]
    for start in _starts(first, length, numbered, texts):
        if all(_agrees(texts.get(start + n), first + timedelta(days=n)) for n in range(length)):
            return {start + n: first + timedelta(days=n) for n in range(length) if start + n in texts}
    return None


def _within(first: date, last: date, heads: Sequence[tuple[int, str, str]]) -> dict[int, date] | None:
    """The days of columns that all give month and day, each in the year that puts it into the span; None for any other."""
    found = [(place, _HEAD.match(text), above) for place, text, above in heads if names_day(text)]
    days: dict[int, date] = {}
    for place, match, above in found:
        if match is None or not match["month"]:
            return None
        inside = (_date(year, int(match["month"]), int(match["dated"])) for year in range(first.year, last.year + 1))
        day = next((day for day in inside if day is not None and first <= day <= last), None)
        if day is None or not _agrees((match.string, above), day):
            return None
        days[place] = day
    return days or None


def _full(header: str) -> date | None:
    """The day of a header that gives it with its year."""
    found = _FULL_HEAD.match(header)
    return _date(*map(int, found.groups())) if found else None


def names_day(header: str) -> bool:
    """Whether a header is the number of a day or a date, with or without its weekday."""
    found = _HEAD.match(header)
    return bool(found and (found["day"] or found["dated"]))


def has_day_columns(names: Sequence[str]) -> bool:
    """Whether at least two neighbouring headers are numbers of days, or dates."""
    return any(one and other for one, other in pairwise(map(names_day, names)))


def _starts(first: date, length: int, numbered: Sequence[int], texts: dict[int, tuple[str, str]]) -> Iterator[int]:
    """Where the first day's column may stand: each place that puts the first numbered column on a day of its number."""
    for n in range(length):
        day = first + timedelta(days=n)
        for place in numbered[:1]:
            found = _HEAD.match(texts[place][0])
            if found and int(found["day"] or found["dated"]) == day.day:
                yield place - n


def _agrees(texts: tuple[str, str] | None, day: date) -> bool:
    if texts is None:
        return False
    found = _HEAD.match(texts[0])
    above = _HEAD.match(texts[1])
    for match in (found, above if above and not above["month"] else None):
        if match is None:
            continue
        number, month, weekday = match["day"] or match["dated"], match["month"], match["weekday"]
        if (number and int(number) != day.day) or (month and int(month) != day.month):
            return False
        if weekday and _WEEKDAYS.index(weekday.replace("天", "日")) != day.weekday():
            return False
    return True


def _spaced(file: str) -> str:
    return file.replace("_", " ")


def _span(text: str, more: str) -> tuple[date, date] | None:
    compact = _COMPACT.search(text)
    if compact:
        y1, m1, d1, y2, m2, d2 = map(int, compact.groups())
        return _ordered(_date(y1, m1, d1), _date(y2, m2, d2))
    found = _SPAN.search(text)
    if found is None:
        return None
    months = int(found["m1"]), int(found["m2"])
    days = int(found["d1"]), int(found["d2"])
    first_year, last_year = (int(year) if year else None for year in (found["y1"], found["y2"]))
    if first_year is None and last_year is None:
        reported = [_date(*map(int, match)) for match in _FULL_DATE.findall(more)]
        known = max((day for day in reported if day), default=None)
        if known is None:
            return None
        end = _date(known.year, months[1], days[1])
        last_year = known.year if end is not None and end <= known else known.year - 1
    turns = months[1] < months[0]  # the year turns within the span
    if last_year is None:
        last_year = (first_year or 0) + turns
    return _ordered(_date(first_year or last_year - turns, months[0], days[0]), _date(last_year, months[1], days[1]))


def _month(text: str) -> tuple[date, date] | None:
    months = {(int(year), int(month)) for year, month in _MONTH.findall(text) if 1 <= int(month) <= 12}
    if len(months) != 1:
        return None
    year, month = months.pop()
    first = date(year, month, 1)
    return first, month_end(first)


def _year(text: str) -> tuple[date, date] | None:
    years = {int(year) for year in _YEAR.findall(text)}
    return (date(min(years), 1, 1), date(min(years), 12, 31)) if len(years) == 1 else None


def _ordered(first: date | None, last: date | None) -> tuple[date, date] | None:
    return (first, last) if first is not None and last is not None and first <= last else None


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
