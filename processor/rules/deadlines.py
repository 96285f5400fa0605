"""What is owed by the end of a window of the calendar: reminded of before, overdue from its last day on (G14)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from processor.catalogue.parameter import Parameter
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


@dataclass(frozen=True)
class Missed:
    """A window in which nothing was done. words: how it stands; due: its last day, as long as nothing made up for it."""

    key: str
    first: date
    last: date
    effect: str
    words: Text
    due: date | None


def missed(
    as_of: date,
    done: Sequence[date],
    owed: Iterable[tuple[str, date, date]],
    remind_days: Parameter,
    *,
    late_ends_it: bool = False,
) -> Iterator[Missed]:
    """The windows owed (key, first and last day) of which no day stands in `done`, once they are reminded of or over.

    What is done later does not undo the miss. late_ends_it: whether it ends the overdue days.
    """
    for key, first, last in owed:
        if any(first <= day <= last for day in done):
            continue
        made_up = min((day for day in done if day > last), default=None)
        state = standing(as_of, last, remind_days.at(last), made_up if late_ends_it else None)
        if state is not None:
            yield Missed(key, first, last, *state, due=None if made_up else last)
