"""The report that punch clocks print: for each employee a line with number and name, below it a column of punches a day.

| row | what stands there |
|---|---|
| days | 1 2 3 … 31, once above all employees or again for each |
| who | `工号：` K001 `姓名：` 员工甲 `部门：` …, labels and values in one cell or side by side |
| punches | one row or several, in each day's column the day's punches, with or without breaks between them |
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
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

_LABEL = re.compile(
    r"(工\s*号|员工编号|人员编号|考勤号码?|登记号码?|编\s*号|姓\s*名|部\s*门|职\s*位|岗\s*位|班\s*次|制表时间|考勤日期|考勤时间)\s*:\s*"
)
_NUMBERS = frozenset({"工号", "员工编号", "人员编号", "考勤号", "考勤号码", "登记号", "登记号码", "编号"})
_WEEKDAY = re.compile(r"^(?:星期|周)?[一二三四五六日天]$")
_LEAST_DAYS = 5
_TITLE_ROWS = 10


def person_blocks(grid: Grid, file: str) -> Export | Unusable | None:
    """The days of a report with one block an employee; None for any other sheet."""
    rows = grid.rows
    first = next((place for place, row in enumerate(rows[:_TITLE_ROWS]) if _days_of(row)), None)
    if first is None:
        return None
    blocks = {place: who for place, row in enumerate(rows) if (who := _who(row))}
    if not blocks:
        return None
    title = " ".join(folded(cell) for row in rows[: max(first, min(blocks))] for cell in row if folded(cell))
    span = span_of(f"{title} {grid.sheet}", file)
    if span is None:
        return Unusable(
            f"工作表“{grid.sheet}”每人一段、一天一列，但标题里看不出是哪年哪月。",
            "请在表头上方写明考勤日期，如“考勤日期：2026-10-01 至 2026-10-31”，再放入收件夹。",
        )
    numbered = [(place, *who) for place, who in blocks.items()]
    ends = [*(place for place, *_ in numbered[1:]), len(rows)]
    export = Export("packed", grid.first_row + first, {header: letter_of(grid.first_column) for header in COLUMNS})
    columns = days = _days_of(rows[first])
    for (start, number, name), end in zip(numbered, ends, strict=True):
        body = range(start + 1, end)
        columns = next((found for place in body if (found := _days_of(rows[place]))), columns or days)
        weekdays = next((named for place in body if (named := _weekdays_of(rows[place]))), {})
        placed = day_columns(*span, [(at, text, weekdays.get(at, "")) for at, text in columns])
        if placed is None:
            return Unusable(
                f"工作表“{grid.sheet}”里各列的日期或星期和标题里的日期对不上。",
                "请重新导出，不要增删日期列，再放入收件夹。",
            )
        lines = [(place, row) for place in body if not _days_of(row := rows[place]) and not _weekdays_of(row)]
        _add_block(export, grid, lines, {"工号": number, "姓名": name}, placed)
    return export if export.rows or export.doubts else None


def _days_of(row: Sequence[Any]) -> list[tuple[int, str]]:
    """Place and text of the cells of a row that numbers the days of a month; empty for any other row."""
    texts = [_day_text(cell) for cell in row]
    filled = [(at, text) for at, text in enumerate(texts[: without_result_columns(texts)]) if text]
    if len(filled) < _LEAST_DAYS or not all(names_day(text) for _, text in filled):
        return []
    return filled


def _weekdays_of(row: Sequence[Any]) -> dict[int, str]:
    """Place and text of the cells of a row that names nothing but weekdays; empty for any other row."""
    filled = {at: _day_text(cell) for at, cell in enumerate(row) if folded(cell)}
    return filled if len(filled) >= _LEAST_DAYS and all(map(_WEEKDAY.match, filled.values())) else {}


def _day_text(cell: Any) -> str:
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else "".join(folded(cell).split())


def _who(row: Sequence[Any]) -> tuple[str | None, str] | None:
    """Number and name of the employee whose block a row begins."""
    if not any(isinstance(cell, str) and "姓" in cell for cell in row):
        return None
    told: dict[str, str] = {}
    waiting = ""
    for cell in row:
        text = _day_text(cell)
        parts = _LABEL.split(folded(cell)) if text else []
        if len(parts) > 1:
            for label, value in zip(parts[1::2], parts[2::2], strict=True):
                waiting = "".join(label.split())
                if value.strip():
                    told[waiting], waiting = value.strip(), ""
        elif text and waiting:
            told[waiting], waiting = text, ""
    number = next((told[label] for label in told if label in _NUMBERS), None)
    return (number, told["姓名"]) if "姓名" in told and (number or len(told) > 1) else None


def _add_block(
    export: Export,
    grid: Grid,
    lines: Sequence[tuple[int, Sequence[Any]]],
    who: Mapping[str, Any],
    days: Mapping[int, date],
) -> None:
    for at, day in days.items():
        cells = list(_cells(lines, at))
        if not cells:
            continue
        place, row = cells[0]
        reader = RowReader(_bare(grid), grid.first_row + place, row, day)
        times: list[int] = []
        words: frozenset[str] = frozenset()
        for _, line in cells:
            found, rest = punches(line[at], day)
            times += found
            heard = said(rest)
            words |= heard.meanings if found else reader.heard(heard, at, rest)
        words = frozenset() if times else words - {UNCLOCKED}
        ins, outs = ([Slot(min(times))], [Slot(max(times))]) if times else ([], [])
        export.add(reader.number, who, day, "", reader.settled(judge(ins, outs, words, None, None, told=bool(words))))
        export.doubt(reader.doubts, reader.number, day)


def _cells(lines: Sequence[tuple[int, Sequence[Any]]], at: int) -> Iterator[tuple[int, Sequence[Any]]]:
    return ((place, row) for place, row in lines if at < len(row) and folded(row[at]).strip("-—/ "))


def _bare(grid: Grid) -> Sheet:
    return Sheet(grid, 0, 0, (Head(0, "姓名"),))
