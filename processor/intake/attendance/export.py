"""Reads one sheet of an attendance export, whatever its layout."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from processor.intake.attendance.clock import due, folded, moment, punches
from processor.intake.attendance.day import Judged, Slot, judge
from processor.intake.attendance.sheet import Sheet, cell, find_sheet
from processor.intake.attendance.words import AWAY, EXCUSES, REST, UNCLOCKED, Said, said
from processor.intake.dates import moments
from processor.intake.grid import Grid
from processor.intake.raw import raw_column
from processor.intake.spans import day_columns, has_day_columns, names_day, span_of
from processor.intake.table import CellColumn

LAYOUTS = ("daily", "punches", "packed", "monthly")  # from the fullest to the one that tells least
COLUMNS = ("日期", "工号", "姓名", "班次", "应到时间", "应退时间", "上班打卡", "下班打卡", "状态")
_SHORT_DAY = re.compile(r"^(\d{2}-\d{1,2}-\d{1,2})(?!\d)")
_SLOT = re.compile(r"\d+")
_FULL_YEAR = re.compile(r"20\d{2}[-/.年]")
_ANY_DAYS = (dt.date(2000, 1, 1), dt.date(2000, 1, 1))
_SUMMARY = re.compile(
    r"(?:出勤|应出勤|实际出勤|休息|旷工|工作|缺勤|正常)天数|(?:迟到|早退|缺卡|旷工|上班缺卡|下班缺卡)次数|(?:迟到|早退)时长"
)


@dataclass(frozen=True)
class Doubt:
    """A cell whose word nobody knows, or that says too little: its day is not read."""

    row: int
    day: dt.date | None
    letter: str
    found: str
    why: str


@dataclass(frozen=True)
class Unusable:
    """A sheet that is known and cannot be used. `reason` and `mend` are Chinese sentences; a `summary` has no days."""

    reason: str
    mend: str
    summary: bool = False


@dataclass
class Export:
    """Rows of the attendance register, one entry a row in each of `cells`; `rows` are numbers of the sheet's own rows.

    letters: header -> letter of the column where it stands. doubts: results that could not be read; doubted: row and day
    of what they are about.
    """

    layout: str
    header_row: int
    letters: Mapping[str, str]
    rows: list[int] = field(default_factory=list)
    cells: dict[str, list[Any]] = field(default_factory=lambda: {header: [] for header in COLUMNS})
    doubts: list[Doubt] = field(default_factory=list)
    doubted: set[tuple[int, dt.date | None]] = field(default_factory=set)

    @property
    def columns(self) -> dict[str, CellColumn]:
        return {header: CellColumn(self.letters[header], self.cells[header]) for header in COLUMNS}

    def doubt(self, doubts: Sequence[Doubt], row: int, day: dt.date | None) -> None:
        """Note that the day of this row is in doubt, where it is."""
        if doubts:
            self.doubts.extend(doubts)
            self.doubted.add((row, day))

    def add(self, row: int, who: Mapping[str, Any], day: Any, shift: str, judged: Judged) -> None:
        values = {**who, "日期": day, "班次": shift or None, "状态": judged.state or None}
        values |= {"应到时间": _span(judged.begins), "应退时间": _span(judged.ends)}
        values |= {"上班打卡": _span(judged.came), "下班打卡": _span(judged.left)}
        self.rows.append(row)
        for header in COLUMNS:
            self.cells[header].append(values.get(header))


def read_export(grid: Grid, file: str) -> Export | Unusable | None:
    """The attendance rows of a sheet that an attendance system wrote, or None for any other sheet.

    `file` is the workbook's name, which may tell the year where the sheet does not.
    """
    sheet = find_sheet(grid)
    if sheet is None:
        return None
    roles = sheet.roles
    if "time" in roles and not {"punch", "in_punch", "out_punch"} & roles.keys() and _is_moment(sheet, roles["time"]):
        roles["punch"] = roles.pop("time")
    names = [head.name for head in sheet.heads]
    ends = "in_punch" in roles or "out_punch" in roles
    has_day = sheet.first_of("day", "time") is not None
    if sheet.marked and has_day and ends:
        return _daily(sheet)
    if sheet.marked and "punch" in roles and (has_day or _is_moment(sheet, roles["punch"])):
        return _punch_lines(sheet)
    layout = _layout_of_days(sheet) if has_day_columns(names) else ""
    if layout:
        return _packed(sheet, file, layout)
    if sheet.marked and sum(1 for name in names if _SUMMARY.match(name)) >= 2 and not has_day:
        return Unusable(
            f"工作表“{grid.sheet}”是考勤汇总，只有合计，没有每一天的情况，不能据此判定。",
            "请在考勤系统里导出“每日统计”（日报）或“打卡时间”，再放入收件夹。",
            summary=True,
        )
    return None


def _span(minutes: int | None) -> dt.timedelta | None:
    return None if minutes is None else dt.timedelta(minutes=minutes)


def _export(sheet: Sheet, layout: str, places: Mapping[str, int | None]) -> Export:
    letters = {header: sheet.letter(places.get(header)) for header in COLUMNS}
    letters["工号"] = sheet.letter(sheet.first_of("number", "clock_number", "name"))
    return Export(layout, sheet.grid.first_row + sheet.header, letters)


def _read_days(values: Iterable[Any]) -> Callable[[Any], tuple[Any, dt.date | None]]:
    """For the cells of a column: each as the register takes it (`26-05-01 星期五` with its century), and its day if any."""
    cells = list(dict.fromkeys(values))
    full = [_SHORT_DAY.sub(r"20\1", folded(cell)) if isinstance(cell, str) else cell for cell in cells]
    raw = raw_column(full, dash_is_blank=True)
    known = moments(raw).array.take(raw.places)
    days = [None if day is None or day != day else day.date() for day in known]
    return dict(zip(cells, zip(full, days, strict=True), strict=True)).__getitem__


def _daily(sheet: Sheet) -> Export:
    """One line an employee and day."""
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
    export = _export(sheet, "daily", places)
    body = list(sheet.body())
    read_day = _read_days(cell(row, day_at) for _, row in body)
    for number, row in body:
        if cell(row, day_at) is None:
            continue
        value, day = read_day(cell(row, day_at))
        reader = _Reader(sheet, number, row, day)
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


class _Reader:
    """Reads the cells of one row and keeps what it doubts."""

    def __init__(self, sheet: Sheet, number: int, row: Sequence[Any], day: dt.date | None) -> None:
        self.sheet, self.number, self.row, self.day = sheet, number, row, day
        self.doubts: list[Doubt] = []

    def words(self, at: int | None) -> frozenset[str]:
        """The meanings of a result; an unknown word is doubted."""
        value = cell(self.row, at)
        return frozenset() if value is None else self.heard(said(folded(value)), at, folded(value))

    def doubt(self, at: int | None, why: str) -> None:
        self.doubts.append(Doubt(self.number, self.day, self.sheet.letter(at), folded(cell(self.row, at))[:60], why))

    def heard(self, heard: Said, at: int | None, found: str) -> frozenset[str]:
        if heard.unknown:
            self.doubt(at, f"写的是“{found[:60]}”，看不懂，这一天没有计入")
        return heard.meanings

    def slot(self, at: int, result_at: int | None) -> Slot:
        """A punch and what is said of it, in its own cell or in that of its result."""
        times, rest = punches(cell(self.row, at), self.day)
        words = self.words(result_at)
        if rest and not times:
            words |= self.heard(said(rest), at, rest)
        return Slot(times[0] if times else None, words)

    def time(self, at: int | None, otherwise: int | None) -> int | None:
        times, _ = punches(cell(self.row, at), self.day)
        return times[0] if times else otherwise

    def settled(self, judged: Judged) -> Judged:
        """The judged day, without a result where a word of it is doubted."""
        return Judged("", judged.came, judged.left, None, None) if self.doubts else judged


def _is_moment(sheet: Sheet, places: Sequence[int]) -> bool:
    """Whether the first filled cell of these columns carries a day and a time."""
    for _, row in sheet.body():
        for at in places:
            value = cell(row, at)
            if value is not None:
                return (moment(value) or (None, 0))[1] != 0
    return False


@dataclass
class _Gathered:
    """What the lines of one employee and day say together."""

    row: int
    who: Mapping[str, Any]
    day: Any
    shift: str = ""
    due: dict[int | None, tuple[list[int], set[str]]] = field(default_factory=dict)
    doubted: bool = False


def _punch_lines(sheet: Sheet) -> Export:
    """One line a punch, or one line a day with its punches side by side: gathered to days."""
    roles = sheet.roles
    day_at, due_at, kind_at = sheet.first_of("day", "time"), sheet.first_of("due"), sheet.first_of("kind")
    shift_at, result_at = sheet.first_of("shift"), sheet.first_of("result")
    places = {"日期": sheet.first_of("day", "time", "punch"), "姓名": sheet.first_of("name"), "班次": shift_at}
    places |= {"上班打卡": roles["punch"][0], "下班打卡": roles["punch"][0], "状态": result_at}
    places |= {"应到时间": due_at, "应退时间": due_at}
    export = _export(sheet, "punches", places)
    days: dict[tuple[str, str, Any], _Gathered] = {}
    body = list(sheet.body())
    read_day = _read_days(cell(row, day_at) for _, row in body)
    for number, row in body:
        value, day = read_day(cell(row, day_at))
        first = next((c for at in roles["punch"] if (c := cell(row, at)) is not None), None)
        if day is None and (whole := moment(first)) is not None:
            value = day = whole[0]
        if cell(row, day_at) is None and day is None:
            continue
        who = sheet.who(row)
        reader = _Reader(sheet, number, row, day)
        times = [minutes for at in roles["punch"] for minutes in punches(cell(row, at), day)[0]]
        words = reader.words(result_at)
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


def _layout_of_days(sheet: Sheet) -> str:
    """`packed` where most cells of the day columns are times, `monthly` where they are results; else empty (a duty roster)."""
    places = [head.place for head in sheet.heads if not head.role and names_day(head.name)]
    cells = [value for _, row in sheet.body() for at in places if (value := cell(row, at)) is not None]
    if 2 * sum(_bare_times(value) for value in cells) > len(cells):
        return "packed"
    known = sum(not said(folded(value)).unknown for value in cells)
    return "monthly" if sheet.marked and 2 * known > len(cells) else ""


def _packed(sheet: Sheet, file: str, layout: str) -> Export | Unusable:
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
    export = _export(sheet, layout, {"姓名": sheet.first_of("name")})
    for number, row in sheet.body():
        for at, day in days.items():
            value = cell(row, at)
            if value is None:
                continue
            reader = _Reader(sheet, number, row, day)
            export.add(number, sheet.who(row), day, "", _packed_day(reader, at, timed=timed))
            export.doubt(reader.doubts, number, day)
    return export


def _bare_times(value: Any) -> bool:
    times, rest = punches(value)
    return bool(times) and not said(rest).meanings and not said(rest).unknown


def _packed_day(reader: _Reader, at: int, *, timed: bool) -> Judged:
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
