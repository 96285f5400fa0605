"""What holds for any file: it is read or rejected in Chinese, and comes back annotated or with a reason in Chinese."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pandas as pd

from processor.annotate.refs import split_ref
from processor.batch.returns import grid_cells
from processor.catalogue.register import Register
from processor.intake import Limits, Reading, SheetReading, WorkbookRejected, read_workbook
from processor.report.translate import translator
from processor.report.workbook import SUMMARY, RegisterSheet, plan_of, write_annotated, write_fresh

_CHINESE = re.compile("[\u4e00-\u9fff]")
_UNFIT = re.compile("[\x00\ud800-\udfff]")  # what no database and no UTF-8 file takes
_AS_OF = date(2026, 10, 31)
_HEADING = (("工作簿", "试.xlsx"), ("批次", "1"))


class Broken(AssertionError):
    """The promise does not hold."""


def keep_promise(path: Path, target: Path, registers: Mapping[str, Register], limits: Limits) -> str:
    """Read a file and give it back under `target`; how it ended. Raises Broken, or whatever reader or writer raised."""
    try:
        reading = read_workbook(path, registers, limits, shown_as=path.name, as_of=_AS_OF)
    except WorkbookRejected as rejected:
        _told(rejected.reason)
        _told(rejected.mend)
        return f"rejected {rejected.kind}"
    _check_reading(reading)
    sheets = [_register_sheet(sheet, registers[sheet.register]) for sheet in reading.sheets]
    say = translator("zh")
    plan = plan_of(sheets, _HEADING, say)
    if reading.format != "xlsx":
        cells = {grid.sheet: grid_cells(grid) for grid in reading.raw_sheets()}
        write_fresh(target, cells, plan)
        _sound(target)
        return f"read {reading.format}, written afresh"
    reason = write_annotated(path, target, plan, say)
    if reason:
        _told(reason)
        if target.read_bytes() != path.read_bytes():
            raise Broken("a refused workbook was changed")
        if sheets:
            _sound(next(target.parent.glob(f"处理结果 {target.stem[:20]}*")))
        return f"read xlsx, not annotated: {reason}"
    _check_written(reading, target, registers, limits)
    return "read xlsx, annotated"


def _told(text: str) -> None:
    if not _CHINESE.search(text) or _UNFIT.search(text):
        raise Broken(f"this is no sentence for staff: {text!r}")


def _check_reading(reading: Reading) -> None:
    for issue in reading.issues + tuple(issue for sheet in reading.sheets for issue in sheet.issues):
        _told(issue.message)
        split_ref(issue.cell)
    for sheet in reading.sheets:
        for header, values in sheet.frame.items():
            if values.dtype == "str" and values.str.contains(_UNFIT.pattern, regex=True).any():
                raise Broken(f"{header} holds what cannot be stored")
        if not sheet.frame["_row"].is_unique and not sheet.needs_roster:
            raise Broken("a row was read twice")


def _register_sheet(sheet: SheetReading, register: Register) -> RegisterSheet:
    return RegisterSheet(
        name=sheet.sheet,
        title=register.title,
        header_row=sheet.header_row,
        columns=sheet.columns,
        mark_column=next((header for header in register.key if header in sheet.columns), ""),
        rows=[int(row) for row in sheet.frame["_row"]],
        unreadable=frozenset(sheet.unreadable),
        repeated=frozenset(),
        issues=sheet.issues,
    )


def _sound(target: Path) -> None:
    with zipfile.ZipFile(target) as package:
        if package.testzip() is not None:
            raise Broken("the written workbook is damaged")


def _check_written(reading: Reading, target: Path, registers: Mapping[str, Register], limits: Limits) -> None:
    """The annotated workbook is a sound zip and reads as before."""
    try:
        again = read_workbook(target, registers, limits, shown_as=target.name, as_of=_AS_OF)
    except WorkbookRejected as rejected:
        raise Broken(f"the annotated workbook is rejected: {rejected.reason}") from rejected
    before = {sheet.sheet: sheet for sheet in reading.sheets}
    after = {sheet.sheet: sheet for sheet in again.sheets if sheet.sheet != SUMMARY}
    if before.keys() != after.keys():
        raise Broken(f"sheets {sorted(before)} became {sorted(after)}")
    for name, sheet in before.items():
        if sheet.register != after[name].register or sheet.unreadable != after[name].unreadable:
            raise Broken(f"sheet {name} reads as another")
        try:
            pd.testing.assert_frame_equal(sheet.frame, after[name].frame)
        except AssertionError as error:
            raise Broken(f"sheet {name} holds other values: {error}") from error
