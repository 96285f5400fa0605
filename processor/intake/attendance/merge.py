"""Sheets of one attendance export that tell the same day: the fullest holds, the others are compared with it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from processor.issue import Issue

OF_A_DAY = ("状态", "应到时间", "应退时间", "上班打卡", "下班打卡")
_ACCUSING, _CLEARING = frozenset({"未打卡", "旷工", "迟到", "早退", "迟到早退"}), frozenset({"正常", "请假", "休息"})


@dataclass(frozen=True)
class Told:
    """What one sheet tells: `frame` has the columns of the attendance register and `_row`.

    rank: of its layout, 0 for the fullest. doubted: row and day of what could not be read, so that it is not taken from
    another sheet either.
    """

    file: str
    sheet: str
    rank: int
    frame: pd.DataFrame
    letters: Mapping[str, str]
    doubted: Collection[tuple[int, date | None]] = ()


@dataclass
class Outcome:
    """Of one sheet: for each row whether it counts, and an issue for each row that a sheet of another layout contradicts."""

    counts: list[bool]
    issues: list[Issue]


def told_once(sheets: Sequence[Told]) -> list[Outcome]:
    """What counts of each sheet: the sound days that no fuller layout tells, and that no other contradicts.

    Days are the same when employee (by number, else by name) and date are. Of sheets of one layout the row that tells
    more of a day counts; what they tell otherwise is left to be compared like any two registers.
    """
    outcomes = [Outcome(_sound(told), []) for told in sheets]
    known: dict[tuple[str, pd.Timestamp], tuple[int, int]] = {}
    for nth in sorted(range(len(sheets)), key=lambda at: sheets[at].rank):
        told = sheets[nth]
        for at, keys in enumerate(_keys(told.frame)):
            other, place = next((known[key] for key in keys if key in known), (nth, at))
            if sheets[other].rank < told.rank:
                outcomes[nth].counts[at] = False
                if outcomes[other].counts[place] and clears(
                    _told(sheets[other].frame.iloc[place]), _told(told.frame.iloc[at])
                ):
                    outcomes[other].issues.append(_contradiction(sheets[other], place, told, at))
                    outcomes[other].counts[place] = False
            elif other != nth:
                _keep_fuller(sheets, outcomes, (other, place), (nth, at))
            for key in keys:
                known.setdefault(key, (nth, at))
    return outcomes


def _keep_fuller(
    sheets: Sequence[Told], outcomes: Sequence[Outcome], known: tuple[int, int], other: tuple[int, int]
) -> None:
    """Leave out the one of two rows of one layout that tells nothing which the other does not tell, too."""
    theirs, mine = (_told(sheets[nth].frame.iloc[at]) for nth, at in (known, other))
    alike = of_the_day(mine) == of_the_day(theirs)
    if alike and sheets[known[0]].file != sheets[other[0]].file:
        return  # a repeated row, and said to be one
    for poorer, less, more in ((other, mine, theirs), (known, theirs, mine)):
        if adds_nothing(less, more):
            outcomes[poorer[0]].counts[poorer[1]] = False
            return


def of_the_day(row: Mapping[str, Any]) -> dict[str, Any]:
    """What a row tells of its day, beside whose and which day it is."""
    return {header: row[header] for header in OF_A_DAY if row.get(header) is not None}


def adds_nothing(row: Mapping[str, Any], rival: Mapping[str, Any]) -> bool:
    """Whether all that one row tells of a day stands in the other, too: the same, or punches between the other's."""
    told, more = of_the_day(row), of_the_day(rival)
    if told.items() <= more.items():
        return True
    came, left = told.pop("上班打卡", None), told.pop("下班打卡", None)
    first, last = more.get("上班打卡"), more.get("下班打卡")
    if told or first is None or last is None or clears(more, row):
        return False
    return all(punch is None or bool(first <= punch <= last) for punch in (came, left))


def accuses_otherwise(row: Mapping[str, Any], rival: Mapping[str, Any]) -> bool:
    """Whether one row of a day speaks against an employee whom the other clears, by its result or by its punches."""
    state, other = row.get("状态") or "", rival.get("状态") or ""
    came, left, first, last = row.get("上班打卡"), row.get("下班打卡"), rival.get("上班打卡"), rival.get("下班打卡")
    if clears(row, rival):
        return True
    if state in _ACCUSING and other in _CLEARING:
        return (first is None) == (last is None)  # a day of one punch was not over when it was told
    fewer = (first is not None and (came is None or bool(came > first))) or (
        last is not None and (left is None or bool(left < last))
    )
    return not state and other not in _ACCUSING and fewer


def _sound(told: Told) -> list[bool]:
    doubted = set(told.doubted)
    days = [(int(row), day.date()) for row, day in zip(told.frame["_row"], told.frame["日期"], strict=True)]
    return [key not in doubted and (key[0], None) not in doubted for key in days]


def _keys(frame: pd.DataFrame) -> Iterator[list[tuple[str, pd.Timestamp]]]:
    for number, name, day in zip(frame["工号"], frame["姓名"], frame["日期"], strict=True):
        yield [(f"{kind}{text}", day) for kind, text in (("#", number), ("", name)) if isinstance(text, str)]


def clears(row: Mapping[str, Any], rival: Mapping[str, Any]) -> bool:
    """Whether one telling of a day accuses and the other shows punches that would clear the employee.

    Both have 状态, 上班打卡 and 下班打卡 where they tell them, times in one unit; what they do not tell is None or absent.
    """
    state = row.get("状态") or ""
    came, left = rival.get("上班打卡"), rival.get("下班打卡")
    if state in ("未打卡", "旷工"):
        return came is not None and left is not None
    earlier = came is not None and row.get("上班打卡") is not None and bool(came < row["上班打卡"])
    later = left is not None and row.get("下班打卡") is not None and bool(left > row["下班打卡"])
    return ("迟到" in state and earlier) or ("早退" in state and later)


def _told(row: pd.Series) -> dict[str, Any]:
    return {header: value for header, value in row.items() if isinstance(header, str) and pd.notna(value)}


def _contradiction(told: Told, place: int, other: Told, at: int) -> Issue:
    row, rival = told.frame.iloc[place], other.frame.iloc[at]
    where = f"工作表“{other.sheet}”" if other.file == told.file else f"“{other.file}”的工作表“{other.sheet}”"
    message = (
        f"第{row['_row']}行{row['日期']:%Y-%m-%d}的考勤结果是“{row['状态']}”，但{where}第{rival['_row']}行的打卡时间与此不符，"
        "这一天没有计入。请核对后改正其中一处，再放入收件夹。"
    )
    wanted = f"与{where}一致的考勤结果"
    return Issue(
        told.file, told.sheet, int(row["_row"]), told.letters["状态"], "考勤结果", row["状态"], wanted, message
    )
