"""One employee's day as an export tells it, and what of it the attendance register may hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from processor.intake.attendance.words import (
    ABSENT,
    AWAY,
    EARLY,
    EXCUSES,
    LATE,
    LEAVE,
    NORMAL,
    REST,
    UNCLOCKED,
    UNPLANNED,
)

_BREACHES = frozenset({LATE, EARLY, UNCLOCKED, ABSENT})


@dataclass(frozen=True)
class Slot:
    """One punch that was due: its minutes, None where there is none, and what is said of it."""

    punch: int | None = None
    said: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Judged:
    """状态 (empty where the source does not tell), punches and the times at which they were due, in minutes.

    A time due is left out where a missing punch there proves nothing. alone: the day's only punch, where nothing tells
    whether it is an arrival or a leaving.
    """

    state: str
    came: int | None
    left: int | None
    begins: int | None
    ends: int | None
    alone: int | None = None


def judge(
    ins: Sequence[Slot],
    outs: Sequence[Slot],
    overall: frozenset[str],
    begins: int | None,
    ends: int | None,
    *,
    told: bool,
) -> Judged:
    """What a day's slots and its overall result amount to.

    told: the sheet has columns for results, so that no punch is missing of which they do not say so. Without them the
    times alone speak: one missing punch of two that were due, a late one, an early one; a day without any punch says nothing.
    """
    first, last = ins[0] if ins else Slot(), _last(outs)
    came = next((slot.punch for slot in ins if slot.punch is not None), None)
    left = next((slot.punch for slot in reversed(outs) if slot.punch is not None), None)
    alone = None
    if came == left == 0:
        came = left = None  # as systems write that there is none
    elif came is not None and came == left:
        punch = came
        came, left = _lone(punch, begins, ends, overall | first.said | last.said)
        alone = punch if came is None and left is None else None
    each = frozenset().union(*(slot.said for slot in (*ins, *outs)))
    known = overall & (_BREACHES | EXCUSES | {NORMAL}) or each & (_BREACHES | EXCUSES | {NORMAL})
    day = Judged("", came, left, begins, ends, alone)
    if not told:
        return _by_times_alone(day, ins, outs)
    state = _state(known, punched=came is not None or left is not None)
    excused = known & EXCUSES if not each else frozenset()
    missed = [slot.punch is None and punch is not None for slot, punch in ((first, came), (last, left))]
    between = state == "未打卡" and len(ins) > 1 and None not in (came, left) and not any(missed)
    day = replace(
        day,
        state=state,
        begins=None if between or missed[0] or excused or _excused(first, came, state, known, LATE) else begins,
        ends=None if between or missed[1] or excused or _excused(last, left, state, known, EARLY) else ends,
    )
    if known and not state:
        return replace(day, begins=None, ends=None)
    return day


def _by_times_alone(day: Judged, ins: Sequence[Slot], outs: Sequence[Slot]) -> Judged:
    """A day of which nothing but its times is known. Where one period of several has no punch, nobody says why."""
    if day.came is None and day.left is None:
        return replace(day, begins=None, ends=None)
    began = len(ins) < 2 or ins[0].punch is not None
    ended = len(outs) < 2 or outs[-1].punch is not None
    return replace(day, begins=day.begins if began else None, ends=day.ends if ended else None)


def _last(outs: Sequence[Slot]) -> Slot:
    used = [slot for slot in outs if slot.punch is not None or slot.said]
    return used[-1] if used else Slot()


def _lone(punch: int, begins: int | None, ends: int | None, said: frozenset[str]) -> tuple[int | None, int | None]:
    """A single punch as arrival or leaving, by what is said or due; as neither where nothing tells."""
    if LATE in said and EARLY not in said:
        return punch, None
    if EARLY in said and LATE not in said:
        return None, punch
    if begins is None or ends is None:
        return None, None
    ends = ends if ends > begins else ends + 24 * 60
    return (punch, None) if abs(punch - begins) <= abs(punch - ends) else (None, punch)


def _state(known: frozenset[str], *, punched: bool) -> str:
    if known & {LATE, EARLY}:
        return ("迟到" if LATE in known else "") + ("早退" if EARLY in known else "")
    if ABSENT in known:
        return "旷工"
    if UNCLOCKED in known:
        return "未打卡"
    if known & {NORMAL, AWAY}:
        return "正常"
    if punched or UNPLANNED in known:
        return ""
    if LEAVE in known:
        return "请假"
    return "休息" if REST in known else ""


def _excused(slot: Slot, punch: int | None, state: str, known: frozenset[str], breach: str) -> bool:
    """Whether nothing is due at this end: it is excused, or its punch is missing or sound and the breach is elsewhere."""
    if slot.said & EXCUSES:
        return True
    if punch is None:
        return state != "未打卡" or (bool(slot.said) and UNCLOCKED not in slot.said)
    return breach in known and bool(slot.said) and breach not in slot.said
