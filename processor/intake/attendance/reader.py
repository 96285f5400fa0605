"""Reads the cells of one row of an attendance export, and keeps what it doubts."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from processor.intake.attendance.clock import folded, punches
from processor.intake.attendance.day import Judged, Slot
from processor.intake.attendance.export import Doubt
from processor.intake.attendance.sheet import Sheet, cell
from processor.intake.attendance.words import Said, said
from processor.intake.dates import moments
from processor.intake.raw import raw_column

_SHORT_DAY = re.compile(r"^(\d{2}-\d{1,2}-\d{1,2})(?!\d)")


def read_days(values: Iterable[Any]) -> Callable[[Any], tuple[Any, dt.date | None]]:
    """For the cells of a column: each as the register takes it (`26-05-01 星期五` with its century), and its day if any."""
    cells = list(dict.fromkeys(values))
    full = [_SHORT_DAY.sub(r"20\1", folded(cell)) if isinstance(cell, str) else cell for cell in cells]
    raw = raw_column(full, dash_is_blank=True)
    known = moments(raw).take(raw.places)
    days = [None if day is None else day.date() for day in known.tolist()]
    return dict(zip(cells, zip(full, days, strict=True), strict=True)).__getitem__


class RowReader:
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
