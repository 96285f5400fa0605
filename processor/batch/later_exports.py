"""Days that an attendance export of a later batch tells anew: what it may add to what is known, and what it may not take away."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from processor.batch.rivals import Incoming, Known, keep_places, place_of
from processor.intake.attendance.export import LAYOUTS
from processor.intake.attendance.merge import OF_A_DAY, accuses_otherwise, adds_nothing, clears
from processor.issue import Issue
from processor.ledger.facts import Standing
from processor.ledger.rows import contents
from processor.model import Source

_PUNCHES = frozenset({"上班打卡", "下班打卡"})


def keep_known(incoming: Sequence[Incoming], known: Known) -> None:
    """Take days out of exported attendance of which more is known than the export tells, or that it tells otherwise.

    A list of punches that comes after a daily report takes neither results nor schedule away. What a workbook of another
    name says against an employee whom the known row clears, and punches that would clear one whom it accuses, are
    issues, and what was known stands. Otherwise, and in a workbook of the same name, the later one corrects the earlier.
    """
    for sheet in incoming:
        if not sheet.reading.layout:
            continue
        standing = known(sheet.register, sheet.keys)
        places = [index for index, key in enumerate(sheet.keys) if key in standing]
        own = contents(sheet.register, sheet.frame.iloc[places]) if places else []
        left_out = set()
        for index, text in zip(places, own, strict=True):
            verdict = _verdict(sheet, index, orjson.loads(text), standing[sheet.keys[index]])
            if verdict is None:
                continue
            left_out.add(index)
            if verdict:
                sheet.issues.append(_issue(sheet, index, verdict, standing[sheet.keys[index]].source))
                sheet.disputed.add(sheet.source(index).row)
        keep_places(sheet, [index for index in range(len(sheet.keys)) if index not in left_out])


def _verdict(sheet: Incoming, index: int, mine: Mapping[str, Any], standing: Standing) -> str | None:
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
