"""Days that an attendance export of a later batch tells anew: what it may add to what is known, and what it may not take away."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import orjson
import pandas as pd

from processor.batch.rivals import Incoming, Known, keep_places, place_of
from processor.intake.attendance.export import LAYOUTS, LISTS
from processor.intake.attendance.merge import (
    OF_A_DAY,
    Day,
    accuses_otherwise,
    adds_nothing,
    clears,
    joined_remark,
    of_the_day,
    with_days,
)
from processor.intake.attendance.unite import ALONE, LISTED, united_all
from processor.issue import Issue
from processor.ledger.facts import Standing
from processor.ledger.rows import contents
from processor.model import Source

_PUNCHES = frozenset({"上班打卡", "下班打卡"})
_TIMES = frozenset(OF_A_DAY) - {"状态"} | {ALONE}
#: Key of a day -> workbook -> the part of the day that it told, times in seconds.
Parts = dict[str, dict[str, Day]]


def keep_known(incoming: Sequence[Incoming], known: Known, parts: Parts) -> Parts:
    """Take days out of exported attendance of which more is known than the export tells, or that it tells otherwise.

    Parts of a day that workbooks of other names told are united with it. A list of punches that comes after a daily
    report takes neither results nor schedule away. What a workbook of another name says against an employee whom the
    known row clears, and punches that would clear one whom it accuses, are issues, and what was known stands.
    Otherwise, and in a workbook of the same name, the later one corrects the earlier.

    parts: what workbooks of earlier batches told of days that one of them does not tell alone; the parts by now.
    """
    parts = dict(parts)
    for sheet in incoming:
        if sheet.reading.layout:
            _keep_known(sheet, known(sheet.register, sheet.keys), parts)
    return parts


def _keep_known(sheet: Incoming, standing: Mapping[str, Standing], parts: Parts) -> None:
    alone = _seconds(sheet.frame[ALONE])
    places = [i for i, key in enumerate(sheet.keys) if key in standing or i in alone or key in sheet.parts]
    own = contents(sheet.register, sheet.frame.iloc[places]) if places else []
    left_out, days, remarks = set(), {}, []
    for index, text in zip(places, own, strict=True):
        key, mine = sheet.keys[index], orjson.loads(text) | ({ALONE: alone[index]} if index in alone else {})
        told = {file: _in_seconds(day) for file, day in sheet.parts.get(key, {}).items()} or {
            sheet.file: of_the_day(mine) | ({LISTED: True} if sheet.reading.layout in LISTS else {})
        }
        earlier = {} if sheet.cautious else _earlier(parts.get(key, {}), standing.get(key), told)
        day = united_all([*earlier.values(), *told.values()]) if earlier else None
        if day is not None:
            parts[key] = earlier | told
            before = standing.get(key)
            theirs = of_the_day(orjson.loads(before.content)) if before is not None else {}
            if before is not None and {**day, ALONE: None} == {**theirs, ALONE: None}:
                left_out.add(index)
            elif before is not None and day != of_the_day(mine):
                days[index] = day
                where = place_of(before.source, sheet.source(index))
                letter = sheet.reading.columns.get("上班打卡", "A")
                remarks.append(joined_remark(sheet.source(index).row, letter, where, theirs, day))
            continue
        verdict = _verdict(sheet, mine, standing[key]) if key in standing else None
        if verdict is None:
            parts.pop(key, None)
            if len(told) > 1 or index in alone:
                parts[key] = told
            continue
        left_out.add(index)
        if verdict:
            sheet.issues.append(_issue(sheet, index, verdict, standing[key].source))
            sheet.disputed.add(sheet.source(index).row)
    sheet.frame = with_days(sheet.frame, {index: _as_times(day) for index, day in days.items()})
    sheet.reading = replace(sheet.reading, remarks=(*sheet.reading.remarks, *remarks))
    keep_places(sheet, [index for index in range(len(sheet.keys)) if index not in left_out])


def _earlier(parts: Mapping[str, Day], standing: Standing | None, told: Mapping[str, Day]) -> dict[str, Day]:
    """What other workbooks than those of this batch told of the day."""
    known = dict(parts)
    if standing is not None and standing.source.file not in known:
        day = of_the_day(orjson.loads(standing.content))
        known[standing.source.file] = day | ({LISTED: True} if day.keys() <= _PUNCHES else {})
    return {file: day for file, day in known.items() if file not in told}


def _verdict(sheet: Incoming, mine: Mapping[str, Any], standing: Standing) -> str | None:
    """None where the row counts, empty where it tells nothing more, else what is known otherwise."""
    theirs = orjson.loads(standing.content)
    elsewhere = standing.source.file != sheet.file
    told, more = (frozenset(OF_A_DAY) & cells.keys() for cells in (mine, theirs))
    state = f"考勤结果“{theirs['状态']}”" if "状态" in theirs else "打卡时间"
    if sheet.reading.layout in LAYOUTS[1:] and told < more and (elsewhere or not told - _PUNCHES):
        return state if clears(theirs, mine) else ""
    if not elsewhere or all(mine.get(header) == theirs.get(header) for header in OF_A_DAY):
        return None
    if adds_nothing(mine, theirs):
        return ""
    return state if accuses_otherwise(mine, theirs) else None


def _issue(sheet: Incoming, index: int, known: str, source: Source) -> Issue:
    own = sheet.source(index)
    letter = sheet.reading.columns.get("上班打卡", "A")
    message = (
        f"这一天与{place_of(source, own)}的{known}不符，仍以那里为准。请核对后改正其中一处，再放入收件夹；"
        f"如果以这份为准，请把它的文件名改成“{source.file}”。"
    )
    return Issue(own.file, own.sheet, own.row, letter, "上班打卡", "", "与先前一致的考勤", message)


def _seconds(times: pd.Series) -> dict[int, int]:
    """Place -> seconds of the cells that are filled."""
    return {at: int(time.total_seconds()) for at, time in enumerate(times) if pd.notna(time)}


def _in_seconds(day: Day) -> Day:
    return {h: int(value.total_seconds()) if h in _TIMES else value for h, value in day.items()}


def _as_times(day: Day) -> Day:
    return {h: pd.Timedelta(seconds=value) if h in _TIMES else value for h, value in day.items()}
