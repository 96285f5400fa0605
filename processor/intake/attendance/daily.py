"""One line an employee and day: DingTalk 每日统计, WeCom 日报, Feishu, punch clocks with 签到时间 and 签退时间."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

from processor.intake.attendance.clock import due, folded, punches
from processor.intake.attendance.day import Judged, Slot, judge
from processor.intake.attendance.export import Export, new_export
from processor.intake.attendance.reader import RowReader, read_days
from processor.intake.attendance.sheet import Sheet, cell
from processor.intake.attendance.words import ABSENT, AWAY, EXCUSES, LEAVE, NORMAL, said

_SLOT = re.compile(r"\d+")
_TRUE = frozenset({"true", "是", "1", "1.0", "旷工"})
_BY_THE_CLOCK = ("迟到", "早退", "迟到早退")
_TOLD = ("in_punch", "out_punch", "in_result", "out_result", "result")


@dataclass
class _Period:
    """What one line says: a whole day, or the morning or afternoon of one."""

    number: int
    value: Any
    reader: RowReader
    shift: str
    ins: list[Slot]
    outs: list[Slot]
    said: frozenset[str]
    begins: int | None
    ends: int | None
    told: bool


def daily(sheet: Sheet) -> Export:
    """The days of the sheet, each judged by what its results and punches say."""
    roles = sheet.roles
    day_at, shift_at, outs = sheet.first_of("day", "time"), sheet.first_of("shift"), roles.get("out_punch", [])
    results = roles.get("result", []) or roles.get("in_result", []) or roles.get("out_result", [])
    state_at = results[0] if results else None
    places = {"日期": day_at, "姓名": sheet.first_of("name"), "班次": shift_at, "状态": state_at}
    places |= {"应到时间": sheet.first_of("begins", "shift"), "应退时间": sheet.first_of("ends", "shift")}
    places |= {"上班打卡": sheet.first_of("in_punch"), "下班打卡": outs[-1] if outs else None}
    export = new_export(sheet, "daily", places)
    body = list(sheet.body())
    read_day = read_days(cell(row, day_at) for _, row in body)
    periods: dict[tuple[str, str, Any], list[_Period]] = {}
    told_at = [at for role in _TOLD for at in roles.get(role, ())]
    for number, row in body:
        if cell(row, day_at) is None and all(cell(row, at) is None for at in told_at):
            continue
        value, day = read_day(cell(row, day_at))
        who = sheet.who(row)
        key = (folded(who["工号"]), who["姓名"], day or folded(value) or number)
        periods.setdefault(key, []).append(_period(sheet, number, row, value, day))
    for told in periods.values():
        for line in [_joined(told)] if _parts_of_a_day(told) else told:
            _add(export, line, state_at)
    return export


def _period(sheet: Sheet, number: int, row: Sequence[Any], value: Any, day: dt.date | None) -> _Period:
    """What a line of the sheet says."""
    roles = sheet.roles
    reader = RowReader(sheet, number, row, day)
    ins = [
        reader.slot(at, result) for at, result in _pairs(sheet, roles.get("in_punch", []), roles.get("in_result", []))
    ]
    outs = [
        reader.slot(at, result) for at, result in _pairs(sheet, roles.get("out_punch", []), roles.get("out_result", []))
    ]
    overall = roles.get("result", [])
    whole: frozenset[str] = frozenset().union(*(reader.words(at) for at in overall))
    shift = folded(cell(row, sheet.first_of("shift")))
    begins, ends = due(shift)
    begins = reader.time(sheet.first_of("begins"), begins)
    ends = reader.time(roles["ends"][-1] if "ends" in roles else None, ends)
    flagged = any(folded(cell(row, at)).lower() in _TRUE for at in roles.get("absent_flag", []))
    if flagged and not whole & EXCUSES:
        whole |= {ABSENT}
    planless = said(re.sub(r"\d{1,2}:\d{2}", "", shift)).meanings & EXCUSES
    if planless and not any(slot.said for slot in (*ins, *outs)) and not whole:
        whole = frozenset(planless)
    approved = any(cell(row, at) is not None for at in roles.get("approval", []))
    told = bool(overall or roles.get("in_result") or roles.get("out_result") or whole or approved)
    return _Period(number, value, reader, shift, ins, outs, whole, begins, ends, told)


def _parts_of_a_day(told: Sequence[_Period]) -> bool:
    """Whether lines of one employee and day are periods that follow each other, as many punch clocks list them."""
    spans = sorted((line.begins, line.ends) for line in told if line.begins is not None and line.ends is not None)
    apart = all(one[1] <= other[0] for one, other in pairwise(spans))
    return len(told) > 1 and len(spans) == len(told) and apart


def _joined(told: Sequence[_Period]) -> _Period:
    """Periods of one day as one line."""
    parts = sorted(told, key=lambda line: line.begins or 0)
    first = parts[0]
    for part in parts[1:]:
        first.reader.doubts += part.reader.doubts
    return replace(
        first,
        shift="、".join(dict.fromkeys(part.shift for part in parts if part.shift)),
        ins=[slot for part in parts for slot in part.ins],
        outs=[slot for part in parts for slot in part.outs],
        said=frozenset().union(*(part.said for part in parts)),
        ends=parts[-1].ends,
        told=any(part.told for part in parts),
    )


def _add(export: Export, line: _Period, state_at: int | None) -> None:
    reader = line.reader
    judged = judge(line.ins, line.outs, line.said, line.begins, line.ends, told=line.told)
    if judged.state == "未打卡" and not line.shift and line.begins is None and line.ends is None:
        reader.doubt(state_at, "写的是缺卡，但没有班次，这一天没有计入")
    if judged.state in ("未打卡", "旷工", *_BY_THE_CLOCK) and _approved(line, judged):
        reader.doubt(state_at, f"写的是{judged.state}，但同一天有审批单，这一天没有计入")
    if judged.state == "旷工" and len(line.ins) > 1 and any(slot.punch is not None for slot in (*line.ins, *line.outs)):
        reader.doubt(state_at, "写的是旷工，但这一天的另一段有打卡，这一天没有计入")
    export.add(line.number, reader.sheet.who(reader.row), line.value, line.shift, reader.settled(judged))
    export.doubt(reader.doubts, line.number, reader.day)


def _approved(line: _Period, judged: Judged) -> bool:
    """Whether a leave, an errand, or a punch handed in later was approved that covers what is held against the employee.

    That is a punch which is missing, or the time that he was late or left early. What does not say when it was may cover it.
    """
    sheet, row, day = line.reader.sheet, line.reader.row, line.reader.day
    if judged.state in _BY_THE_CLOCK:
        return any(_covers(line, judged, folded(cell(row, at))) for at in sheet.roles.get("approval", []))
    missing = [
        due
        for due, slots in ((line.begins, line.ins), (line.ends, line.outs))
        if not any(slot.punch is not None for slot in slots)
    ]
    for at in sheet.roles.get("approval", []):
        text = folded(cell(row, at))
        if not _allows(text):
            continue
        times, _ = punches(text, day)
        if not times or any(due is None or times[0] <= due <= times[-1] for due in missing):
            return True
    return False


def _allows(text: str) -> bool:
    return bool(said(text).meanings & {LEAVE, AWAY, NORMAL}) or "补卡" in text


def _covers(line: _Period, judged: Judged, text: str) -> bool:
    """Whether an approval reaches from the time due to the punch that was late, or from the early one to the end."""
    if not _allows(text):
        return False
    times, _ = punches(text, line.reader.day)
    if not times:
        return True
    first, last = times[0], times[-1]
    came = judged.came if "迟到" in judged.state else None
    left = judged.left if "早退" in judged.state else None
    late = came is not None and came <= last and (line.begins is None or first <= line.begins)
    early = left is not None and first <= left and (line.ends is None or line.ends <= last)
    return late or early


def _pairs(sheet: Sheet, punch_places: Sequence[int], result_places: Sequence[int]) -> list[tuple[int, int | None]]:
    """Each column of punches with the column of its result: of the same number, else the next one to the right."""
    heads = {head.place: head for head in sheet.heads}
    found = []
    for nth, at in enumerate(punch_places):
        slot = _slot_number(heads[at].group + heads[at].name)
        same = [r for r in result_places if _slot_number(heads[r].group + heads[r].name) == slot]
        found.append((at, same[0] if same else (result_places[nth] if nth < len(result_places) else None)))
    return found


def _slot_number(text: str) -> str:
    match = _SLOT.search(text)
    return match[0] if match else ""
