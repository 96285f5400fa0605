"""Sheets of one attendance export that tell the same day: the fullest holds, the others are compared with it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import pandas as pd

from processor.issue import Issue


@dataclass(frozen=True)
class Told:
    """What one sheet tells: `frame` has the columns of the attendance register and `_row`.

    doubted: row and day of what could not be read, so that it is not taken from another sheet either.
    """

    sheet: str
    frame: pd.DataFrame
    letters: Mapping[str, str]
    doubted: Collection[tuple[int, date | None]] = ()


def told_once(sheets: Sequence[Told], file: str) -> tuple[list[pd.DataFrame], list[list[Issue]]]:
    """For each sheet, from the fullest on: its sound rows that no fuller one tells, and issues where another contradicts it.

    Days are the same when employee (by number, else by name) and date are. A contradicted day is no longer sound.
    """
    kept: list[pd.DataFrame] = []
    issues: list[list[Issue]] = [[] for _ in sheets]
    contested: list[set[int]] = [set() for _ in sheets]
    known: dict[tuple[str, pd.Timestamp], tuple[int, int]] = {}
    for nth, told in enumerate(sheets):
        new = []
        for at, keys in enumerate(_keys(told.frame)):
            found = next((known[key] for key in keys if key in known), None)
            new.append(found is None)
            if found is not None:
                other, place = found
                if _clears(sheets[other].frame.iloc[place], told.frame.iloc[at]):
                    issues[other].append(_contradiction(sheets[other], place, told, at, file))
                    contested[other].add(place)
        for at, keys in enumerate(_keys(told.frame)):
            for key in keys if new[at] else ():
                known.setdefault(key, (nth, at))
        kept.append(told.frame[pd.Series(new, index=told.frame.index, dtype=bool)])
    return [_sound(*sheet) for sheet in zip(sheets, kept, contested, strict=True)], issues


def _sound(told: Told, frame: pd.DataFrame, contested: Collection[int]) -> pd.DataFrame:
    doubted = set(told.doubted)
    days = [(int(row), day.date()) for row, day in zip(frame["_row"], frame["日期"], strict=True)]
    sound = [
        at not in contested and key not in doubted and (key[0], None) not in doubted
        for at, key in zip(frame.index, days, strict=True)
    ]
    return frame[pd.Series(sound, index=frame.index, dtype=bool)].reset_index(drop=True)


def _keys(frame: pd.DataFrame) -> Iterator[list[tuple[str, pd.Timestamp]]]:
    for number, name, day in zip(frame["工号"], frame["姓名"], frame["日期"], strict=True):
        yield [(f"{kind}{text}", day) for kind, text in (("#", number), ("", name)) if isinstance(text, str)]


def _clears(row: pd.Series, rival: pd.Series) -> bool:
    """Whether the fuller sheet accuses and the other shows punches that would clear the employee."""
    state = row["状态"] if isinstance(row["状态"], str) else ""
    came, left = rival["上班打卡"], rival["下班打卡"]
    return (
        (state in ("未打卡", "旷工") and pd.notna(came) and pd.notna(left))
        or ("迟到" in state and bool(came < row["上班打卡"]))
        or ("早退" in state and bool(left > row["下班打卡"]))
    )


def _contradiction(told: Told, place: int, other: Told, at: int, file: str) -> Issue:
    row, rival = told.frame.iloc[place], other.frame.iloc[at]
    message = (
        f"第{row['_row']}行{row['日期']:%Y-%m-%d}的考勤结果是“{row['状态']}”，但工作表“{other.sheet}”第{rival['_row']}行的打卡时间与此不符，"
        "这一天没有计入。请核对后改正其中一处，再放入收件夹。"
    )
    wanted = f"与工作表“{other.sheet}”一致的考勤结果"
    return Issue(file, told.sheet, int(row["_row"]), told.letters["状态"], "考勤结果", row["状态"], wanted, message)
