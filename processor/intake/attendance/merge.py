"""Sheets of one attendance export that tell the same day: the fullest holds, the others are compared with it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from processor.issue import Issue


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

    Days are the same when employee (by number, else by name) and date are. Sheets of one layout are left to be compared
    like any two registers.
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
            for key in keys:
                known.setdefault(key, (nth, at))
    return outcomes


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
