"""The times that stand in the cells of an attendance export, as minutes since the midnight on which the day began."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from typing import Any

from processor.intake.raw import visible

DAY = 24 * 60
_FIRST_SERIAL = 3654
_EPOCH = dt.datetime(1899, 12, 30)
_NEXT = r"次日|第二天|翌日|隔天"
_PUNCH = re.compile(
    r"(?:(?P<year>20\d{2}|\d{2}(?=-))[-/.年](?P<month>\d{1,2})[-/.月](?P<dom>\d{1,2})日?[\sT]*(?:星期[一二三四五六日天]\s*)?)?"
    rf"(?P<next>{_NEXT})?\s*(?P<half>上午|下午|凌晨|早上|中午|傍晚|晚上|AM|PM)?\s*"
    rf"(?P<hour>\d{{1,2}}):(?P<minute>\d{{2}})(?::\d{{2}}(?:\.\d+)?)?\s*(?P<half2>AM|PM)?(?P<after>\s*\((?:{_NEXT})\))?",
    re.IGNORECASE,
)  # fmt: skip
_AFTERNOON = frozenset({"下午", "傍晚", "晚上", "PM"})


def folded(cell: Any) -> str:
    """A cell's text with full-width signs folded, without what nobody sees, trimmed; empty for a blank one."""
    return visible(unicodedata.normalize("NFKC", "" if cell is None else str(cell)))


def punches(cell: Any, day: dt.date | None = None) -> tuple[list[int], str]:
    """The times of a cell in the order in which they stand, and what other text stands there.

    A time of the next day, by a word or by its date where `day` is known, counts from 24:00 on. A time two days off is
    none. Seconds are dropped.
    """
    if isinstance(cell, dt.datetime):
        return _of_moment(cell, day), ""
    if isinstance(cell, dt.time):
        return [cell.hour * 60 + cell.minute], ""
    if isinstance(cell, dt.timedelta):
        passed = int(cell.total_seconds() // 60)
        return ([passed] if 0 <= passed < 2 * DAY else []), ""
    if isinstance(cell, float) and not isinstance(cell, bool):
        return _of_number(cell, day), ""
    text = folded(cell).replace("：", ":")
    found = []
    for match in _PUNCH.finditer(text):
        minutes = _minutes(match, day)
        if minutes is not None:
            found.append(minutes)
    rest = _PUNCH.sub(" ", text).strip(" \n\t;,、-/")
    return found, rest


def moment(cell: Any) -> tuple[dt.date, int] | None:
    """The day and the minutes of a cell that holds one whole moment, as a punch clock writes it; else None."""
    if isinstance(cell, float) and _FIRST_SERIAL < cell < 100_000:
        cell = _EPOCH + dt.timedelta(seconds=round(cell * 86_400))
    if isinstance(cell, dt.datetime):
        return (cell.date(), cell.hour * 60 + cell.minute) if cell.year > 1900 else None
    match = _PUNCH.search(folded(cell))
    day = _day(match) if match else None
    if match is None or day is None:
        return None
    minutes = _minutes(match, day)
    return None if minutes is None else (day, minutes)


def due(text: str) -> tuple[int | None, int | None]:
    """When a shift such as `A 09:00-12:00 13:00-18:00` or `18:00-次日02:00` begins and ends; None where it says no time."""
    times, _ = punches(text)
    return (times[0] if times else None), (times[-1] if len(times) > 1 else None)


def _of_moment(cell: dt.datetime, day: dt.date | None) -> list[int]:
    minutes = cell.hour * 60 + cell.minute
    if cell.year <= 1900:
        return [minutes] if (cell.hour, cell.minute, cell.second) != (0, 0, 0) else []
    return _shifted(minutes, cell.date(), day)


def _of_number(cell: float, day: dt.date | None) -> list[int]:
    if 0 < cell < 2 and not cell.is_integer():
        return [round(cell * DAY)]
    return (
        _of_moment(_EPOCH + dt.timedelta(seconds=round(cell * 86_400)), day) if _FIRST_SERIAL < cell < 100_000 else []
    )


def _day(match: re.Match[str]) -> dt.date | None:
    if not match["month"]:
        return None
    year = int(match["year"])
    try:
        return dt.date(year if year > 99 else 2000 + year, int(match["month"]), int(match["dom"]))
    except ValueError:
        return None


def _minutes(match: re.Match[str], day: dt.date | None) -> int | None:
    hour, minute = int(match["hour"]), int(match["minute"])
    half = (match["half"] or match["half2"] or "").upper()
    if half in _AFTERNOON and hour < 12:
        hour += 12
    elif half in ("AM", "凌晨", "上午", "早上") and hour == 12:
        hour = 0
    if hour > 24 or minute > 59 or (hour == 24 and minute):
        return None
    minutes = hour * 60 + minute
    if match["next"] or match["after"]:
        return minutes + DAY if minutes < DAY else None
    own = _day(match)
    if own is None or day is None:
        return minutes
    shifted = _shifted(minutes, own, day)
    return shifted[0] if shifted else None


def _shifted(minutes: int, own: dt.date, day: dt.date | None) -> list[int]:
    later = (own - day).days if day is not None else 0
    return [minutes + later * DAY] if later in (0, 1) else []
