"""The site's schedule: which entries there are, and when a batch was last due. All times are Shanghai's."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

ZONE = "Asia/Shanghai"
SHANGHAI = ZoneInfo(ZONE)
ENTRY = re.compile(
    r"(daily|monday|tuesday|wednesday|thursday|friday|saturday|sunday) ((?:[01][0-9]|2[0-3]):[0-5][0-9])"
)
EXPECTED = "'daily HH:MM' or a weekday like 'monday 08:00'"


def today() -> date:
    """The day in Shanghai."""
    return datetime.now(SHANGHAI).date()


def is_entry(text: str) -> bool:
    """Whether a text is an entry of the schedule, such as `monday 08:00` or `daily 18:00`."""
    return ENTRY.fullmatch(text) is not None


def last_due(entries: Iterable[str]) -> datetime | None:
    """The latest moment, up to now, at which one of the entries called for a batch; None without entries.

    Told by the clock alone, so a machine that was off and a clock that was set are the same to it.
    """
    from schedule import Scheduler

    moments = []
    for entry in entries:
        found = ENTRY.fullmatch(entry)
        if found is None:
            raise ValueError(f"{entry!r} is not {EXPECTED}")
        day, time = found.groups()
        every = Scheduler().every()
        job = (every.day if day == "daily" else getattr(every, day)).at(time, ZONE).do(last_due)
        moments.append(job.next_run.astimezone(SHANGHAI) - timedelta(**{job.unit: job.interval}))
    return max(moments, default=None)
