"""What is owed by the end of a window of the calendar: reminded of before, overdue from its last day on (G14)."""

from __future__ import annotations

from datetime import date

from processor.model import Text, say


def standing(as_of: date, last: date, remind_days: int, made_up: date | None = None) -> tuple[str, Text] | None:
    """Effect and words for something not done by `last`; None while there is more time than `remind_days`.

    made_up: the later day on which it was done after all; the overdue days end there.
    """
    left = (last - as_of).days
    if left > remind_days:
        return None
    if left > 0:
        return "remind", say("应在{last}前完成", last=last.isoformat())
    if left == 0:
        return "flag", say("应在{last}前完成，今天到期仍未完成", last=last.isoformat())
    days = ((made_up or as_of) - last).days
    return "flag", say("应在{last}前完成，没有完成，逾期{elapsed}天", last=last.isoformat(), elapsed=days)
