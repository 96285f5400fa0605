"""Sheets of attendance exports as readings of the attendance register, each day told once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from operator import itemgetter

import numpy as np

from processor.catalogue.register import Register
from processor.intake.attendance.export import LAYOUTS, Export, Unusable
from processor.intake.attendance.layouts import read_export
from processor.intake.attendance.merge import Outcome, Told, told_once, with_days
from processor.intake.attendance.unite import ALONE
from processor.intake.convert import Circumstances
from processor.intake.grid import Grid
from processor.intake.recognise import Recognised, recognise
from processor.intake.rejection import WorkbookRejected
from processor.intake.sheet_reading import SheetReading, of_plans
from processor.intake.table import FaultsLeft, Place, build_table
from processor.issue import Issue

ATTENDANCE = "attendance"


def read_exports(
    grids: Sequence[Grid], registers: Mapping[str, Register], as_of: date | None, file: str, faults: FaultsLeft
) -> tuple[list[SheetReading], list[str], dict[str, Unusable]]:
    """Sheets of an attendance export with the days that no fuller one tells, those left without a day, those of no use."""
    readings: list[tuple[int, SheetReading, Export]] = []
    unusable: dict[str, Unusable] = {}
    for grid in grids:
        export = read_export(grid, file)
        if export is None or _is_another(grid, registers):
            continue
        if isinstance(export, Unusable):
            unusable[grid.sheet] = export
        else:
            read = replace(
                _read_export(grid.sheet, export, registers[ATTENDANCE], as_of, file, faults), hidden=grid.hidden
            )
            readings.append((LAYOUTS.index(export.layout), read, export))
    if not readings:
        unusable = {name: why for name, why in unusable.items() if not why.plan}
    readings.sort(key=itemgetter(0))
    sheets = [sheet for _, sheet, _ in readings]
    told = [Told(file, s.sheet, rank, s.frame, s.columns, export.doubted, s.hidden) for rank, s, export in readings]
    merged = {sheet.sheet: _merged(sheet, outcome) for sheet, outcome in zip(sheets, told_once(told), strict=True)}
    order = [grid.sheet for grid in grids if grid.sheet in merged]
    found = [reading for name in order if (reading := merged[name]) is not None]
    return found, [name for name in order if merged[name] is None], unusable


def _is_another(grid: Grid, registers: Mapping[str, Register]) -> bool:
    """Whether a sheet is a register other than attendance, whatever columns of a punch clock stand there too."""
    try:
        found = recognise(grid, registers)
    except WorkbookRejected:  # more than one register fits
        return False
    return isinstance(found, Recognised) and found.register.name != ATTENDANCE


def _merged(sheet: SheetReading, outcome: Outcome) -> SheetReading | None:
    """The sheet with the sound days that it alone tells; None where nothing is left to say of it."""
    frame = with_days(sheet.frame, outcome.days)
    kept = frame[np.array(outcome.counts, dtype=bool)].reset_index(drop=True)
    if not len(kept) and len(sheet.frame) and not sheet.issues and not outcome.issues:
        return None
    unreadable = tuple(sorted({*sheet.unreadable, *(issue.row for issue in outcome.issues)}))
    return replace(
        sheet,
        frame=kept,
        issues=sheet.issues + tuple(outcome.issues),
        unreadable=unreadable,
        remarks=sheet.remarks + tuple(outcome.remarks),
    )


def _read_export(
    sheet: str, export: Export, register: Register, as_of: date | None, file: str, faults: FaultsLeft
) -> SheetReading:
    lenient = replace(
        register, columns=tuple(replace(c, required=c.required and c.header != "工号") for c in register.columns)
    )
    table = build_table(lenient, export.columns, export.rows, Place(file, sheet), Circumstances(as_of=as_of), faults)
    choices = "、".join(register.column("状态").choices)
    doubts = tuple(
        Issue(
            file, sheet, doubt.row, doubt.letter, "考勤结果", doubt.found, choices,
            f"第{doubt.row}行{doubt.letter}列{doubt.why}。请核对这一天的考勤，改成{choices}之一，再放入收件夹。",
        )
        for doubt in export.doubts
    )  # fmt: skip
    unreadable = tuple(sorted({*table.unreadable, *(doubt.row for doubt in export.doubts)}))
    return SheetReading(
        sheet=sheet,
        register=register.name,
        header_row=export.header_row,
        columns=export.letters,
        frame=table.frame.astype({ALONE: table.frame["上班打卡"].dtype}),
        unreadable=unreadable,
        notes=(),
        issues=table.issues + doubts,
        needs_roster=True,
        remarks=of_plans(table.plans, register, export.letters),
        layout=export.layout,
    )


def of_no_use(sheet: str, why: Unusable, file: str) -> Issue:
    """What is said of a sheet that cannot be used."""
    return Issue(file, sheet, 1, "A", "", "", "", f"{why.reason}{why.mend}")
