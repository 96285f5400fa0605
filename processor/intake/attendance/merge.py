"""Sheets of one attendance export that tell the same day: the fullest holds, the others are compared with it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from processor.issue import Issue


@dataclass(frozen=True)
class Told:
    """What one sheet tells: `frame` has the columns of the attendance register and `_row`."""

    sheet: str
    frame: pd.DataFrame
    letters: Mapping[str, str]


def told_once(sheets: Sequence[Told], file: str) -> tuple[list[pd.DataFrame], list[list[Issue]]]:
    """For each sheet, from the fullest on: its rows that no fuller one tells, and issues where another contradicts it.

    Days are the same when employee (by number, else by name) and date are.
    """
    kept: list[pd.DataFrame] = []
    issues: list[list[Issue]] = [[] for _ in sheets]
    known: dict[tuple[str, pd.Timestamp], tuple[int, int]] = {}
    for nth, told in enumerate(sheets):
        new = []
        for at, keys in enumerate(_keys(told.frame)):
            found = next((known[key] for key in keys if key in known), None)
            new.append(found is None)
            if found is not None:
                other, place = found
                issues[other] += _contradiction(sheets[other], place, told, at, file)
        for at, keys in enumerate(_keys(told.frame)):
            for key in keys if new[at] else ():
                known.setdefault(key, (nth, at))
        kept.append(told.frame[pd.Series(new, index=told.frame.index, dtype=bool)].reset_index(drop=True))
    return kept, issues


def _keys(frame: pd.DataFrame) -> Iterator[list[tuple[str, pd.Timestamp]]]:
    for number, name, day in zip(frame["工号"], frame["姓名"], frame["日期"], strict=True):
        yield [(f"{kind}{text}", day) for kind, text in (("#", number), ("", name)) if isinstance(text, str)]


def _contradiction(told: Told, place: int, other: Told, at: int, file: str) -> list[Issue]:
    """An issue where the fuller sheet accuses and the other shows punches that would clear the employee."""
    row, rival = told.frame.iloc[place], other.frame.iloc[at]
    state = row["状态"] if isinstance(row["状态"], str) else ""
    came, left = rival["上班打卡"], rival["下班打卡"]
    clears = (
        (state in ("未打卡", "旷工") and pd.notna(came) and pd.notna(left))
        or ("迟到" in state and bool(came < row["上班打卡"]))
        or ("早退" in state and bool(left > row["下班打卡"]))
    )
    if not clears:
        return []
    message = (
        f"第{row['_row']}行{row['日期']:%Y-%m-%d}的考勤结果是“{state}”，但工作表“{other.sheet}”第{rival['_row']}行的打卡时间与此不符，"
        "这一天不按考勤结果判定。请核对后改正其中一处，再放入收件夹。"
    )
    wanted = f"与工作表“{other.sheet}”一致的考勤结果"
    return [Issue(file, told.sheet, int(row["_row"]), told.letters["状态"], "状态", state, wanted, message)]
