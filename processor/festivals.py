"""Named days of the solar and the lunar calendar, and the solar terms, between two days."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from datetime import date

import chinese_calendar
from lunardate import LunarDate

from processor.errors import PolicyError
from processor.messages import tell

SPEC = re.compile(r"(?P<lunar>农历)?(?P<month>\d{1,2})-(?P<day>\d{1,2})$")


def named_days(specs: Mapping[str, str], first: date, last: date) -> list[tuple[date, str]]:
    """The days from first to last on which a name falls, by day, then name.

    specs: name -> `10-01`, or `农历08-15` by the lunar calendar. A day that a year does not have is left out.
    Raises PolicyError for a spec of another form.
    """
    found = []
    for name, spec in specs.items():
        match = SPEC.match(spec.strip())
        if not match:
            raise PolicyError(
                tell("{spec!r} is no day of the year", spec=spec), where=name, mend="write 10-01, or 农历08-15 (lunar)"
            )
        of_year = _lunar if match["lunar"] else _solar
        days = of_year(int(match["month"]), int(match["day"]), range(first.year - 1, last.year + 1))
        found += [(day, name) for day in days if first <= day <= last]
    return sorted(found)


def solar_terms(names: Collection[str], first: date, last: date) -> list[tuple[date, str]]:
    """The days from first to last that begin one of these of the 24 solar terms (`立春`), by day."""
    return [(day, name) for day, name in chinese_calendar.get_solar_terms(first, last) if name in names]


def _solar(month: int, day: int, years: range) -> Iterator[date]:
    for year in years:
        try:
            yield date(year, month, day)
        except ValueError:
            continue


def _lunar(month: int, day: int, years: range) -> Iterator[date]:
    for year in years:
        try:
            yield LunarDate(year, month, day).to_solar_date()
        except ValueError:
            continue
