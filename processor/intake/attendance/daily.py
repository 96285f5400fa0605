"""One line an employee and day: DingTalk 每日统计, WeCom 日报, Feishu, punch clocks with 签到时间 and 签退时间."""

from __future__ import annotations

import re
from collections.abc import Sequence

from processor.intake.attendance.clock import due, folded
from processor.intake.attendance.day import judge
from processor.intake.attendance.export import Export, new_export
from processor.intake.attendance.reader import RowReader, read_days
from processor.intake.attendance.sheet import Sheet, cell
from processor.intake.attendance.words import EXCUSES, said

_SLOT = re.compile(r"\d+")


def daily(sheet: Sheet) -> Export:
    """The days of the sheet, each judged by what its results and punches say."""
    roles = sheet.roles
    day_at, shift_at = sheet.first_of("day", "time"), sheet.first_of("shift")
    ins, outs = roles.get("in_punch", []), roles.get("out_punch", [])
    overall = roles.get("result", [])
    results = overall or roles.get("in_result", []) or roles.get("out_result", [])
    told = bool(results)
    state_at = results[0] if results else None
    places = {"日期": day_at, "姓名": sheet.first_of("name"), "班次": shift_at, "状态": state_at}
    places |= {"应到时间": sheet.first_of("begins", "shift"), "应退时间": sheet.first_of("ends", "shift")}
    places |= {"上班打卡": sheet.first_of("in_punch"), "下班打卡": outs[-1] if outs else None}
    export = new_export(sheet, "daily", places)
    body = list(sheet.body())
    read_day = read_days(cell(row, day_at) for _, row in body)
    for number, row in body:
        if cell(row, day_at) is None:
            continue
        value, day = read_day(cell(row, day_at))
        reader = RowReader(sheet, number, row, day)
        in_slots = [reader.slot(at, result) for at, result in _pairs(sheet, ins, roles.get("in_result", []))]
        out_slots = [reader.slot(at, result) for at, result in _pairs(sheet, outs, roles.get("out_result", []))]
        whole = frozenset().union(*(reader.words(at) for at in overall)) if overall else frozenset()
        shift = folded(cell(row, shift_at))
        begins, ends = due(shift)
        begins = reader.time(sheet.first_of("begins"), begins)
        ends = reader.time(sheet.first_of("ends"), ends)
        if any(
            folded(cell(row, at)).lower() in ("true", "是", "1", "1.0", "旷工") for at in roles.get("absent_flag", [])
        ):
            whole |= {"absent"}
        planless = said(re.sub(r"\d{1,2}:\d{2}", "", shift)).meanings & EXCUSES
        if planless and not any(slot.said for slot in (*in_slots, *out_slots)) and not whole:
            whole = frozenset(planless)
        approved = any(cell(row, at) is not None for at in roles.get("approval", []))
        judged = judge(in_slots, out_slots, whole, begins, ends, told=told or bool(whole) or approved)
        if judged.state == "未打卡" and not shift and begins is None and ends is None:
            reader.doubt(state_at, "写的是缺卡，但没有班次，这一天没有计入")
        export.add(number, sheet.who(row), value, shift, reader.settled(judged))
        export.doubt(reader.doubts, number, day)
    return export


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
