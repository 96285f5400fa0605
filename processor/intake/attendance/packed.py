"""One line an employee with a column for each day: DingTalk 打卡时间 and 月度汇总, WeCom 打卡时间记录 and 月报."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from processor.intake.attendance.clock import folded, punches
from processor.intake.attendance.day import Judged, Slot, judge
from processor.intake.attendance.export import Export, Unusable, new_export
from processor.intake.attendance.reader import RowReader
from processor.intake.attendance.sheet import Sheet, cell
from processor.intake.attendance.words import REST, UNCLOCKED, said
from processor.intake.spans import day_columns, names_day, span_of

_FULL_YEAR = re.compile(r"20\d{2}[-/.年]")
_DUTY_ROSTER = re.compile(r"^(?!.*(?:打卡|刷卡|签到|考勤记录)).*(?:排班|班表|值班)", re.DOTALL)
_BY_HAND = re.compile(r"^(?!.*排班).*(?:考勤|出勤)", re.DOTALL)
_ANY_DAYS = (dt.date(2000, 1, 1), dt.date(2000, 1, 1))


def is_duty_roster(sheet: Sheet) -> bool:
    """Whether the sheet calls itself a plan of shifts."""
    return bool(_DUTY_ROSTER.match(sheet.title))


def layout_of_days(sheet: Sheet) -> str:
    """`packed` where most cells of the day columns are times, `monthly` where they are results; else empty (shifts that are planned)."""
    places = [head.place for head in sheet.heads if not head.role and names_day(head.name)]
    cells = [value for _, row in sheet.body() for at in places if (value := cell(row, at)) is not None]
    if 2 * sum(_bare_times(value) for value in cells) > len(cells):
        return "packed"
    known = sum(not said(folded(value)).unknown for value in cells)
    called = sheet.marked or bool(_BY_HAND.search(sheet.title))
    return "monthly" if called and 2 * known > len(cells) else ""


def packed(sheet: Sheet, file: str, layout: str) -> Export | Unusable:
    """One line an employee, one column a day."""
    name = sheet.grid.sheet
    span = span_of(sheet.title, file)
    days = day_columns(*(span or _ANY_DAYS), _heads_of(sheet))
    if span is None and not all(_FULL_YEAR.match(head.name) for head in sheet.heads if days and head.place in days):
        days = None
    if span is None and days is None:
        return Unusable(
            f"工作表“{name}”一天一列，但标题里看不出是哪年哪月。",
            "请在表头上方写明统计日期，如“统计日期：2026-10-01 至 2026-10-31”，再放入收件夹。",
        )
    if days is None:
        return Unusable(
            f"工作表“{name}”一天一列，但各列的日期或星期和标题里的日期对不上。",
            "请重新导出，不要增删日期列，再放入收件夹。",
        )
    timed = layout == "packed"
    export = new_export(sheet, layout, {"姓名": sheet.first_of("name")})
    for number, row in sheet.body():
        for at, day in days.items():
            value = cell(row, at)
            if value is None:
                continue
            reader = RowReader(sheet, number, row, day)
            export.add(number, sheet.who(row), day, "", _packed_day(reader, at, timed=timed))
            export.doubt(reader.doubts, number, day)
    return export


def _bare_times(value: Any) -> bool:
    times, rest = punches(value)
    return bool(times) and not said(rest).meanings and not said(rest).unknown


def _packed_day(reader: RowReader, at: int, *, timed: bool) -> Judged:
    value = cell(reader.row, at)
    times, rest = punches(value, reader.day) if timed else ([], folded(value))
    words = reader.words(at) if not timed else said(rest).meanings if times else reader.heard(said(rest), at, rest)
    if UNCLOCKED in words:
        if not timed:
            reader.doubt(at, "只写了缺卡，没有班次和打卡时间，这一天没有计入")
        words -= {UNCLOCKED}
    if REST in words and times:
        words = frozenset()
    ins, outs = [Slot(min(times))] if times else [], [Slot(max(times))] if times else []
    return reader.settled(judge(ins, outs, words, None, None, told=bool(words)))


def _heads_of(sheet: Sheet) -> list[tuple[int, str, str]]:
    """Place, text and the text of the other header row of each column that may stand for a day."""
    rows = sheet.grid.rows
    first = ["".join(folded(c).split()) for c in rows[sheet.first]]
    heads = []
    for head in sheet.heads:
        if not head.role:
            above = first[head.place] if sheet.first != sheet.header and head.place < len(first) else ""
            heads.append((head.place, head.name, "" if above == head.name else above))
    return heads
