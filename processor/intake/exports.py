"""Attendance as DingTalk (钉钉) and WeCom (企业微信) export it, turned into rows of the attendance register.

Two shapes are known: one line an employee and day (每日统计, 日报), and one line an employee with a column for
each day in which all punches are packed (打卡时间). Neither always carries staff numbers, so that a row may come
without one until `assign_staff_numbers` has looked the name up in the roster.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from processor.intake.grid import Grid, letter_of
from processor.intake.table import CellColumn

_NAME, _NUMBER, _DAY, _SHIFT = ("姓名",), ("工号", "账号", "员工工号"), ("日期", "时间", "考勤日期"), ("班次",)
_MARKS = frozenset({"考勤组", "所属规则", "打卡规则", "UserId", "账号"})
_IN, _OUT = re.compile(r"上班\d*打卡时间|最早(?:打卡时间)?"), re.compile(r"下班\d*打卡时间|最晚(?:打卡时间)?")
_PACKED = re.compile(r"打卡时间(?:记录)?")
_RESULTS = re.compile(r"(?:上班|下班)\d*打卡结果|考勤结果|校准状态")
_PUNCH = re.compile(r"(次日)?\s*(\d{1,2}:\d{2})(?::\d{2})?")
_SHORT_DAY = re.compile(r"^(\d{2}-\d{1,2}-\d{1,2})(?!\d)")
_SPAN = re.compile(
    r"(20\d{2})[-/.年](\d{1,2})[-/.月](\d{1,2})日?\s*(?:至|到|-|~|—)+\s*(20\d{2})[-/.年](\d{1,2})[-/.月](\d{1,2})"
)
_DAY_HEADER = re.compile(r"^(\d{1,2})(?:日|号)?(?:\D.*)?$|^(?:\d{2,4}[-/.])?\d{1,2}[-/.](\d{1,2})(?:\D.*)?$")
_LEFT = re.compile(r"\((?:离职|已离职|停用)\)")
_COLUMNS = ("日期", "工号", "姓名", "班次", "应到时间", "应退时间", "上班打卡", "下班打卡", "状态")
_HEADER_WITHIN = 6
_LONGEST_SPAN = 62


@dataclass(frozen=True)
class ExportTable:
    """Cells of the attendance register's columns, one entry a row; `rows` are numbers of the sheet's own rows.

    `packed`: the sheet holds a column for each day, so that several rows share one of its rows.
    """

    header_row: int
    rows: tuple[int, ...]
    columns: Mapping[str, CellColumn]
    packed: bool


def read_export(grid: Grid) -> ExportTable | None:
    """The attendance rows of a DingTalk or WeCom sheet, or None for any other sheet."""
    for place in range(min(_HEADER_WITHIN, len(grid.rows) - 1)):
        for last in (place + 1, place):
            names = _header_names(grid, place, last)
            if _find(names, _NAME) is None or not _MARKS & set(names):
                continue
            if _find(names, _DAY) is not None and any(_IN.fullmatch(n) or _PACKED.fullmatch(n) for n in names):
                return _daily(grid, last, names)
            days = _day_columns(grid, place, names)
            if days:
                return _by_day_columns(grid, last, names, days)
    return None


def _folded(cell: Any) -> str:
    return unicodedata.normalize("NFKC", "" if cell is None else str(cell)).strip()


def _header_names(grid: Grid, first: int, last: int) -> list[str]:
    """One name a column, the lower row's where it has one; a title merged over the table is no header."""
    upper, lower = grid.rows[first], grid.rows[last]
    width = max(len(upper), len(lower))
    cells = [(row + [""] * (width - len(row))) for row in (list(upper), list(lower))]
    return [re.sub(r"\s+", "", _folded(below) or _folded(above)) for above, below in zip(*cells, strict=True)]


def _find(names: Sequence[str], wanted: Sequence[str]) -> int | None:
    return next((names.index(name) for name in wanted if name in names), None)


def _cell(row: Sequence[Any], at: int | None) -> Any:
    if at is None or at >= len(row):
        return None
    return None if _folded(row[at]) in ("--", "-", "") else row[at]


def _daily(grid: Grid, header: int, names: list[str]) -> ExportTable:
    arrivals = [at for at, name in enumerate(names) if _IN.fullmatch(name) or _PACKED.fullmatch(name)]
    leavings = [at for at, name in enumerate(names) if _OUT.fullmatch(name) or _PACKED.fullmatch(name)]
    results = [at for at, name in enumerate(names) if _RESULTS.fullmatch(name)]
    name, number, day, shift = (_find(names, wanted) for wanted in (_NAME, _NUMBER, _DAY, _SHIFT))
    collected = _Rows()
    for row_number, row in _body(grid, header):
        if _cell(row, name) is None or _cell(row, day) is None:
            continue
        came = [punch for at in arrivals for punch in punches(_cell(row, at))][:1]
        left = [punch for at in leavings for punch in punches(_cell(row, at))][-1:]
        shift_text = _folded(_cell(row, shift))
        due = punches(shift_text)
        who = {"工号": _cell(row, number), "姓名": _LEFT.sub("", _folded(_cell(row, name)))}
        plan = {"班次": shift_text, "应到时间": "".join(due[:1]), "应退时间": "".join(due[1:][-1:])}
        state = status([_folded(_cell(row, at)) for at in results], shift_text)
        collected.add(row_number, {"日期": _full_day(_cell(row, day)), **who, **plan, **_clocked(came, left, state)})
    places = {"日期": day, "工号": number, "姓名": name, "班次": shift, "应到时间": shift, "应退时间": shift}
    places |= {"上班打卡": arrivals[0], "下班打卡": leavings[-1] if leavings else None}
    return collected.table(grid, header, places, packed=False)


def _by_day_columns(grid: Grid, header: int, names: list[str], days: Mapping[int, date]) -> ExportTable:
    name, number = _find(names, _NAME), _find(names, _NUMBER)
    collected = _Rows()
    for row_number, row in _body(grid, header):
        who = {"工号": _cell(row, number), "姓名": _LEFT.sub("", _folded(_cell(row, name)))}
        for at, day in days.items():
            times = punches(_cell(row, at))
            if times and who["姓名"]:
                collected.add(row_number, {"日期": day, **who, **_clocked(times[:1], times[-1:], "")})
    first = min(days)
    places = {"工号": number, "姓名": name, "日期": first, "上班打卡": first, "下班打卡": first}
    return collected.table(grid, header, places, packed=True)


def _body(grid: Grid, header: int) -> Iterator[tuple[int, Sequence[Any]]]:
    return enumerate(grid.rows[header + 1 :], start=grid.first_row + header + 1)


def _clocked(came: list[str], left: list[str], state: str) -> dict[str, str]:
    """The punches of a day; one alone may be an arrival or a leaving, and is kept as neither."""
    if came == left:
        return {"状态": "未打卡" if came else state}
    return {"上班打卡": "".join(came), "下班打卡": "".join(left), "状态": state}


def punches(cell: Any) -> list[str]:
    """The times packed in a cell, in order, notes like (补卡) dropped; a time of the next day counts as 24:00."""
    if hasattr(cell, "strftime"):
        return [cell.strftime("%H:%M")]
    return ["24:00" if next_day else time for next_day, time in _PUNCH.findall(_folded(cell))]


def status(results: Sequence[str], shift: str) -> str:
    """The register's 状态 from the results of a day; empty where they do not tell."""
    text = "|".join(results)
    if "旷工" in text and "旷工迟到" not in text:
        return "旷工"
    if "迟到" in text or "早退" in text:
        return ("迟到" if "迟到" in text else "") + ("早退" if "早退" in text else "")
    for mark, state in (("缺卡", "未打卡"), ("未打卡", "未打卡"), ("请假", "请假"), ("正常", "正常"), ("补卡", "正常")):
        if mark in text:
            return state
    return "休息" if "休息" in text or "休息" in shift else ""


def _full_day(cell: Any) -> Any:
    """`26-05-01 星期五` with its century; everything else as it is."""
    return _SHORT_DAY.sub(r"20\1", _folded(cell)) if isinstance(cell, str) else cell


def _day_columns(grid: Grid, header: int, names: Sequence[str]) -> dict[int, date]:
    """Place -> day of the columns that stand for one day each, by the span of days in the title."""
    title = " ".join(_folded(cell) for row in grid.rows[:header] for cell in row)
    span = _SPAN.search(title)
    if span is None:
        return {}
    year, month, day, last_year, last_month, last_day = map(int, span.groups())
    try:
        first, last = date(year, month, day), date(last_year, last_month, last_day)
    except ValueError:
        return {}
    remaining = [first + timedelta(days=n) for n in range(min((last - first).days, _LONGEST_SPAN) + 1)]
    days: dict[int, date] = {}
    for at, name in enumerate(names):
        match = _DAY_HEADER.match(name)
        number = int(match.group(1) or match.group(2)) if match else 0
        following = next((index for index, day_ in enumerate(remaining) if day_.day == number), None)
        if following is not None:
            days[at] = remaining[following]
            remaining = remaining[following + 1 :]
    return days


class _Rows:
    """Collects attendance rows column by column."""

    def __init__(self) -> None:
        self.rows: list[int] = []
        self.cells: dict[str, list[Any]] = {header: [] for header in _COLUMNS}

    def add(self, row_number: int, values: Mapping[str, Any]) -> None:
        self.rows.append(row_number)
        for header, cells in self.cells.items():
            cells.append(values.get(header))

    def table(self, grid: Grid, header: int, places: Mapping[str, int | None], *, packed: bool) -> ExportTable:
        """The table; a column that the sheet lacks bears the letter of the employee's name."""
        columns = {}
        for title, cells in self.cells.items():
            at = places.get(title)
            letter = letter_of(grid.first_column + (at if at is not None else places["姓名"] or 0))
            columns[title] = CellColumn(letter, cells)
        return ExportTable(grid.first_row + header, tuple(self.rows), columns, packed)
