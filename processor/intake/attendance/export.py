"""What is taken from one sheet of an attendance export, whatever its layout."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from processor.intake.attendance.day import Judged
from processor.intake.attendance.sheet import Sheet
from processor.intake.attendance.unite import ALONE
from processor.intake.table import CellColumn

LAYOUTS = ("daily", "punches", "packed", "monthly")  # from the fullest to the one that tells least
LISTS = ("punches", "packed")  # what clocks noted, so that several of them may tell parts of one day
COLUMNS = ("日期", "工号", "姓名", "班次", "应到时间", "应退时间", "上班打卡", "下班打卡", "状态")


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
    """A sheet that is known and cannot be used. `reason` and `mend` are Chinese sentences.

    summary: nothing of a day is lost with it; plan: it may be some other register where no export stands beside it.
    """

    reason: str
    mend: str
    summary: bool = False
    plan: bool = False


@dataclass
class Export:
    """Rows of the attendance register, one entry a row in each of `cells`; `rows` are numbers of the sheet's own rows.

    letters: header -> letter of the column where it stands. alone: of each row the punch of which nobody says what it is.
    doubts: results that could not be read; doubted: row and day of what they are about.
    """

    layout: str
    header_row: int
    letters: Mapping[str, str]
    rows: list[int] = field(default_factory=list)
    cells: dict[str, list[Any]] = field(default_factory=lambda: {header: [] for header in COLUMNS})
    alone: list[dt.timedelta | None] = field(default_factory=list)
    doubts: list[Doubt] = field(default_factory=list)
    doubted: set[tuple[int, dt.date | None]] = field(default_factory=set)

    @property
    def columns(self) -> dict[str, CellColumn]:
        told = {header: CellColumn(self.letters[header], self.cells[header]) for header in COLUMNS}
        return told | {ALONE: CellColumn(self.letters["上班打卡"], self.alone)}

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
        self.alone.append(_span(judged.alone))
        for header in COLUMNS:
            self.cells[header].append(values.get(header))


def _span(minutes: int | None) -> dt.timedelta | None:
    return None if minutes is None else dt.timedelta(minutes=minutes)


def new_export(sheet: Sheet, layout: str, places: Mapping[str, int | None]) -> Export:
    """An export without rows yet; `places`: header -> place of its column, the employee's where there is none."""
    letters = {header: sheet.letter(places.get(header)) for header in COLUMNS}
    letters["工号"] = sheet.letter(sheet.first_of("number", "clock_number", "name"))
    return Export(layout, sheet.grid.first_row + sheet.header, letters)
