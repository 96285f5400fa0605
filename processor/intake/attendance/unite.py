"""The parts of one day that several clocks, sheets or workbooks tell, each some of its punches, as one day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

#: Column beside those of the register: the day's only punch, where nothing tells whether it is an arrival or a leaving.
ALONE = "_alone"
#: Of a part of a day: that it lists punches as a clock notes them, so that there may be others before and after them.
LISTED = "_listed"
CAME, LEFT, BEGINS, ENDS, STATE = "上班打卡", "下班打卡", "应到时间", "应退时间", "状态"
UNCLOCKED = "未打卡"


def united(row: Mapping[str, Any], rival: Mapping[str, Any], *, listed: bool) -> dict[str, Any] | None:
    """The day that two rows tell of together, or None where one contradicts the other, or more than punches are at stake.

    Rows hold 状态, the times due, the punches, and ALONE as far as they tell them, times in one unit. listed: both come from
    lists of punches; where they tell nothing else these are like one list, and the first is the arrival, the last the
    leaving. Other rows only take what they lack. 未打卡 is dropped, and with it the times due, once both punches are known:
    what was missing stands in the other row.
    """
    both = (row, rival)
    states = {told[STATE] for told in both if told.get(STATE)}
    due = {header: {told[header] for told in both if told.get(header) is not None} for header in (BEGINS, ENDS)}
    if states - {"正常", UNCLOCKED} or any(len(times) > 1 for times in due.values()):
        return None
    came, left = ([told[header] for told in both if told.get(header) is not None] for header in (CAME, LEFT))
    listed &= not (states or due[BEGINS] or due[ENDS])
    if not listed and (len({*came}) > 1 or len({*left}) > 1):
        return None
    times = {header: next(iter(times)) for header, times in due.items() if times}
    punches = _ends(came, left, [told[ALONE] for told in both if told.get(ALONE) is not None], times)
    if punches is None:
        return None
    if UNCLOCKED not in states:
        return times | punches | ({STATE: "正常"} if states else {})
    if not {CAME, LEFT} <= punches.keys():
        return times | punches | {STATE: UNCLOCKED}
    whole = any(told.get(STATE) == UNCLOCKED and {CAME, LEFT} <= told.keys() for told in both)
    return None if whole else punches  # else a punch in the middle of the day is missing


def united_all(rows: Iterable[Mapping[str, Any]]) -> dict[str, Any] | None:
    """The day that all these rows, LISTED or not, tell of together; None where any of them contradicts the others."""
    first, *others = rows
    day: dict[str, Any] | None = dict(first)
    listed = LISTED in first
    for row in others:
        listed &= LISTED in row
        day = united(day, row, listed=listed) if day is not None else None
    return day


def _ends(came: list[Any], left: list[Any], alone: list[Any], due: Mapping[str, Any]) -> dict[str, Any] | None:
    """Arrival and leaving out of what is known to be one or the other, and punches of which nobody said what they are."""
    first, last = min(came, default=None), max(left, default=None)
    waiting = []
    for punch in sorted({*alone}):
        if BEGINS in due and ENDS in due:
            arrival = abs(punch - due[BEGINS]) <= abs(punch - due[ENDS])
        elif first is not None or last is not None:
            arrival = punch < first if first is not None else punch < last
        else:
            waiting.append(punch)
            continue
        if arrival:
            first = punch if first is None else min(first, punch)
        else:
            last = punch if last is None else max(last, punch)
    if len(waiting) > 1:
        first, last = waiting[0], waiting[-1]
    if first is not None and last is not None and first > last:
        return None
    found = {CAME: first, LEFT: last, ALONE: waiting[0] if len(waiting) == 1 else None}
    return {header: punch for header, punch in found.items() if punch is not None}
