"""One line a punch, or one line a day with its punches side by side: gathered to days."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from processor.intake.attendance.clock import due, folded, moment, punches
from processor.intake.attendance.day import Judged, Slot, judge
from processor.intake.attendance.export import Export, new_export
from processor.intake.attendance.reader import RowReader, read_days
from processor.intake.attendance.sheet import Sheet, cell
from processor.intake.attendance.words import AWAY, UNCLOCKED, said

_SAMPLE = 20


def is_moment(sheet: Sheet, places: Sequence[int]) -> bool:
    """Whether one of the first filled cells of these columns carries a day and a time."""
    filled = (value for _, row in sheet.body() for at in places if (value := cell(row, at)) is not None)
    return any((moment(value) or (None, 0))[1] != 0 for value in islice(filled, _SAMPLE))


@dataclass
class _Gathered:
    """What the lines of one employee and day say together."""

    row: int
    who: Mapping[str, Any]
    day: Any
    shift: str = ""
    due: dict[int | None, tuple[list[int], set[str]]] = field(default_factory=dict)
    doubted: bool = False


def punch_lines(sheet: Sheet) -> Export:
    """The days of the punches that the sheet lists."""
    roles = sheet.roles
    day_at, due_at, kind_at = sheet.first_of("day", "time"), sheet.first_of("due"), sheet.first_of("kind")
    shift_at, result_at = sheet.first_of("shift"), sheet.first_of("result")
    places = {"日期": sheet.first_of("day", "time", "punch"), "姓名": sheet.first_of("name"), "班次": shift_at}
    places |= {"上班打卡": roles["punch"][0], "下班打卡": roles["punch"][0], "状态": result_at}
    places |= {"应到时间": due_at, "应退时间": due_at}
    export = new_export(sheet, "punches", places)
    days: dict[tuple[str, str, Any], _Gathered] = {}
    body = list(sheet.body())
    read_day = read_days(cell(row, day_at) for _, row in body)
    for number, row in body:
        value, day = read_day(cell(row, day_at))
        first = next((c for at in roles["punch"] if (c := cell(row, at)) is not None), None)
        if day is None and (whole := moment(first)) is not None:
            value = day = whole[0]
        who = sheet.who(row)
        reader = RowReader(sheet, number, row, day)
        if cell(row, day_at) is None and day is None:
            if first is not None:
                reader.doubt(roles["punch"][0], f"写的是“{folded(first)[:60]}”，读不出哪一天，没有计入")
                export.doubt(reader.doubts, number, None)
            continue
        times: list[int] = []
        words = reader.words(result_at)
        for at in roles["punch"]:
            found, rest = punches(cell(row, at), day)
            times += found
            if rest and not found:
                words |= reader.heard(said(rest), at, rest)
        if AWAY in said(folded(cell(row, kind_at))).meanings:
            times, words = [], words | {AWAY}
        planned, _ = punches(cell(row, due_at), day)
        key = (folded(who["工号"]), who["姓名"], day or folded(value))
        told = days.setdefault(key, _Gathered(number, who, day or value))
        told.shift = told.shift or folded(cell(row, shift_at))
        if UNCLOCKED in words and not planned and not told.shift:
            reader.doubt(result_at, "写的是缺卡，但没有应打卡的时间，这一天没有计入")
        told.doubted |= bool(reader.doubts)
        export.doubt(reader.doubts, told.row, day)
        held = told.due.setdefault(planned[0] if planned else None, ([], set()))
        held[0].extend(times)
        held[1].update(words)
    for told in days.values():
        export.add(told.row, told.who, told.day, told.shift, _gathered(told, told_results=result_at is not None))
    return export


def _gathered(told: _Gathered, *, told_results: bool) -> Judged:
    planned = sorted(due for due in told.due if due is not None)
    begins, ends = (planned[0], planned[-1]) if len(planned) > 1 else due(told.shift)
    everything = sorted(minutes for times, _ in told.due.values() for minutes in times)
    if told.doubted:
        came, left = (everything[0], everything[-1]) if len(everything) > 1 else (None, None)
        return Judged("", came, left, None, None)
    if len(planned) > 1 and None not in told.due:
        slots = [
            Slot(_pick(times, last=n == len(planned) - 1), frozenset(words))
            for n, (times, words) in enumerate(told.due[d] for d in planned)
        ]
        return judge(slots[:1], slots[1:], frozenset(), begins, ends, told=True)
    words = frozenset().union(*(words for _, words in told.due.values()))
    ins, outs = [Slot(everything[0])] if everything else [], [Slot(everything[-1])] if everything else []
    if words or told_results:
        return judge(ins, outs, words, begins, ends, told=True)
    alone = len(set(everything)) < 2
    return judge(ins, outs, words, None if alone else begins, None if alone else ends, told=False)


def _pick(times: Sequence[int], *, last: bool) -> int | None:
    return None if not times else max(times) if last else min(times)
