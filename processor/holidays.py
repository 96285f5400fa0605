"""Days off of China's named public holidays and adjusted working days, as the State Council announced them (G17).

The years that the library knows are `known_years()`. In another year nothing is guessed: no day is a named holiday and
working days are Monday to Friday; `check` and the site page say so.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache

import chinese_calendar

NAMES = {
    "New Year's Day": "元旦",
    "Spring Festival": "春节",
    "Tomb-sweeping Day": "清明节",
    "Labour Day": "劳动节",
    "Dragon Boat Festival": "端午节",
    "Mid-autumn Festival": "中秋节",
    "National Day": "国庆节",
    "Anti-Fascist 70th Day": "抗战胜利纪念日",
}


@cache
def known_years() -> range:
    """The years for which announced days off are known."""
    years = sorted({day.year for day in chinese_calendar.holidays})
    return range(years[0], years[-1] + 1)


def is_known(day: date) -> bool:
    """Whether the announcement for this day's year is known."""
    return day.year in known_years()


@cache
def holiday(day: date) -> str:
    """The Chinese name of the public holiday to which this day off belongs; empty on any other day."""
    if not is_known(day):
        return ""
    off, name = chinese_calendar.get_holiday_detail(day)
    return NAMES.get(name, name) if off and name else ""


@cache
def is_workday(day: date) -> bool:
    """Whether offices work on this day, make-up days included."""
    return chinese_calendar.is_workday(day) if is_known(day) else day.weekday() < 5


def add_workdays(day: date, count: int) -> date:
    """The count-th working day after a day."""
    while count > 0:
        day += timedelta(days=1)
        count -= is_workday(day)
    return day
