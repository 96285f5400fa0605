"""The cards that punch clocks print (考勤卡表): employees side by side, below each a line a day with the day's punches.

| row | what stands there |
|---|---|
| title | 考 勤 卡 表, then the first and last day |
| who | labels 姓名, 工号 (or 考勤号 …) and 部门, each with its value to the right, once for every card |
| days | `01 四`, and in the columns right of it the punches of the day, up to where the next card begins |
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from processor.intake.attendance.clock import folded, punches
from processor.intake.attendance.day import Slot, judge
from processor.intake.attendance.export import COLUMNS, Export, Unusable
from processor.intake.attendance.reader import RowReader
from processor.intake.attendance.sheet import Head, Sheet
from processor.intake.attendance.words import UNCLOCKED, said
from processor.intake.grid import Grid, letter_of
from processor.intake.headers import without_result_columns
from processor.intake.spans import day_columns, names_day, span_of

_WITH_WEEKDAY = re.compile(r"[一二三四五六日天]\)?$")
_NAME = re.compile(r"姓名:?")
_NUMBER = re.compile(r"(?:工号|员工编号|人员编号|考勤号码?|登记号码?|编号):?")
_LABEL = re.compile(r"(?:姓名|工号|员工编号|人员编号|考勤号码?|登记号码?|编号|部门|日期|班次|职务|职位)(?::|$)")
_DATES = re.compile(r"\w{0,4}日期|日|星期")
_SUMMED = re.compile(r"时长|小时|分钟|工时|合计|次数|天数")
_LEAST_DAYS, _FIRST_ROWS, _HEADER_ROWS = 5, 60, 3


@dataclass(frozen=True)
class _Card:
    """Places in the grid: the days' rows, the column that names them, the column after the card's last, the row above all."""

    rows: range
    left: int
    right: int
    top: int


def cards(grid: Grid, file: str) -> Export | Unusable | None:
    """The days of a sheet of cards; None for any other sheet."""
    found = _cards_of(grid)
    if not found:
        return None
    owners = {card: _owner(grid, card) for card in found}
    if not any(name or number for name, number in owners.values()):
        return None
    first = min(card.rows.start for card in found)
    title = " ".join(folded(cell) for row in grid.rows[:first] for cell in row if folded(cell))
    span = span_of(f"{title} {grid.sheet}", file)
    if span is None:
        return Unusable(
            f"工作表“{grid.sheet}”是考勤卡表，但标题里看不出是哪年哪月。",
            "请在最上面写明考勤日期，如“考勤日期：2026-10-01 至 2026-10-31”，再放入收件夹。",
        )
    export = Export("packed", grid.first_row + first - 1, {h: letter_of(grid.first_column) for h in COLUMNS})
    for card, (name, number) in owners.items():
        days = day_columns(*span, [(at, _text(grid.rows[at], card.left), "") for at in card.rows])
        if days is None:
            return Unusable(
                f"工作表“{grid.sheet}”的考勤卡上，日期或星期和标题里的日期对不上。",
                "请重新导出，不要增删日期行，再放入收件夹。",
            )
        _add(export, grid, card, {"工号": number, "姓名": name}, days)
    return export if export.rows or export.doubts else None


def _cards_of(grid: Grid) -> list[_Card]:
    """Where the cards stand, from the top and from the left."""
    runs: list[tuple[int, range]] = []
    for at in sorted({at for row in grid.rows[:_FIRST_ROWS] for at in range(len(row)) if _is_day(row, at)}):
        start = None
        for place in range(len(grid.rows) + 1):
            if place < len(grid.rows) and _is_day(grid.rows[place], at):
                start = place if start is None else start
            elif start is not None:
                if place - start >= _LEAST_DAYS:
                    runs.append((at, range(start, place)))
                start = None
    found = []
    width = _own_width(grid, min((rows.start for _, rows in runs), default=0))
    for at, rows in sorted(runs, key=lambda run: (run[1].start, run[0])):
        right = min((other for other, beside in runs if other > at and beside.start == rows.start), default=width)
        top = max((above.stop for other, above in runs if other == at and above.stop <= rows.start), default=0)
        found.append(_Card(rows, at, right, top))
    return found


def _own_width(grid: Grid, first: int) -> int:
    """How many columns the cards take; right of them our own results may stand, headed in the row above the first day."""
    above = [folded(cell) for cell in grid.rows[first - 1]] if first else []
    own = without_result_columns(above)
    return own if own < len(above) else grid.width


def _is_day(row: Sequence[Any], at: int) -> bool:
    cell = row[at] if at < len(row) else None
    if not isinstance(cell, str) or len(cell) > 12 or not _WITH_WEEKDAY.search(cell):
        return False
    return names_day(_text(row, at))


def _text(row: Sequence[Any], at: int) -> str:
    return "".join(folded(row[at]).split()) if at < len(row) else ""


def _owner(grid: Grid, card: _Card) -> tuple[str, str | None]:
    """Name and number that stand above the days of a card."""
    name, number = "", None
    for row in grid.rows[card.top : card.rows.start]:
        texts = [_text(row, at) for at in range(card.left, min(card.right, len(row)))]
        if _heads_columns(texts):
            continue
        name = name or _beside(texts, _NAME)
        number = number or _beside(texts, _NUMBER) or None
    return name, number


def _heads_columns(texts: Sequence[str]) -> bool:
    """Whether these are the headers of columns, the days' one first: then none of them is the value of the one before."""
    following = next((text for text in texts[1:] if text), "")
    return bool(texts and _DATES.fullmatch(texts[0])) and not any(letter.isdigit() for letter in following)


def _beside(texts: Sequence[str], label: re.Pattern[str]) -> str:
    """The value of a label: in its own cell behind a colon, or in the next filled cell to the right that is no label."""
    for at, text in enumerate(texts):
        told = label.match(text)
        if told is None or not _LABEL.match(text):
            continue
        if text[told.end() :]:
            return text[told.end() :]
        following = next((other for other in texts[at + 1 :] if other), "")
        return "" if _LABEL.match(following) else following.removesuffix(".0")
    return ""


def _add(export: Export, grid: Grid, card: _Card, who: dict[str, Any], days: dict[int, date]) -> None:
    columns = list(_punch_columns(grid, card))
    sheet = Sheet(grid, 0, 0, (Head(card.left, "姓名"),))
    for place, day in days.items():
        row = grid.rows[place]
        reader = RowReader(sheet, grid.first_row + place, row, day)
        times: list[int] = []
        words: frozenset[str] = frozenset()
        for at in columns:
            text = folded(row[at]).strip("-—/ ") if at < len(row) else ""
            if not text:
                continue
            found, rest = punches(row[at], day)
            times += found
            words |= said(rest).meanings if found else reader.heard(said(rest), at, rest)
        if not times and not words and not reader.doubts:
            continue
        if not who["姓名"] and not who["工号"]:
            reader.doubt(card.left, "上面没有写姓名，这一天没有计入")
        words = frozenset() if times else words - {UNCLOCKED}
        ins, outs = ([Slot(min(times))], [Slot(max(times))]) if times else ([], [])
        export.add(reader.number, who, day, "", reader.settled(judge(ins, outs, words, None, None, told=bool(words))))
        export.doubt(reader.doubts, reader.number, day)


def _punch_columns(grid: Grid, card: _Card) -> Iterator[int]:
    """The columns of a card that are headed by nothing that is summed up."""
    above = grid.rows[max(card.rows.start - _HEADER_ROWS, card.top) : card.rows.start]
    for at in range(card.left + 1, card.right):
        if not any(_SUMMED.search(_text(row, at)) for row in above):
            yield at
