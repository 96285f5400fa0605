"""Reads one delivered file: guard, cells, register of each sheet, canonical tables."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pandas as pd

from processor.catalogue.register import EXAMPLE_SHEET, Column, Register
from processor.intake.blocks import Block, OtherTable, blocks_of
from processor.intake.convert import Circumstances, header_scale
from processor.intake.exports import ATTENDANCE, of_no_use, read_exports
from processor.intake.files import read_grids
from processor.intake.grid import Grid, letter_of
from processor.intake.guard import Limits
from processor.intake.headers import without_result_columns
from processor.intake.kinds import FileFormat, sniff
from processor.intake.memory import Memory
from processor.intake.naming import told_by_names
from processor.intake.propose import NOWHERE, Local, propose
from processor.intake.questions import (
    HEADERS_SHEET,
    VALUES_SHEET,
    AskedSheet,
    Filled,
    Learned,
    as_answered,
    read_answers,
    said_alone,
)
from processor.intake.recognise import NO_MEMORY, Nearest, Recognised, fitting, header_rows, nearest_of, recognise
from processor.intake.rejection import WorkbookRejected
from processor.intake.rows import body_rows
from processor.intake.sheet_reading import SheetReading, of_plans
from processor.intake.spans import names_month, span_by_file, title_span
from processor.intake.table import CellColumn, FaultsLeft, Place, build_table, joined
from processor.intake.texts import shown
from processor.issue import Issue

SUMMARY_SHEET = "处理汇总"
PATCHED_SUFFIXES = (".xlsx", ".xlsm")
_OUR_SHEET = re.compile(rf"^(?:{SUMMARY_SHEET}|{EXAMPLE_SHEET}|{HEADERS_SHEET}|{VALUES_SHEET})\s*(?:\(\d+\))?$")
_NEAR_MISS = 0.75
SAME_YEAR = 330  # days: titles that lie closer tell the year of a date by its month
ANSWERED_WITHIN = timedelta(days=364)
_LEAST_NEAR = 0.4  # a register that is less near than this is not worth naming


@dataclass(frozen=True)
class Reading:
    """One delivered file. `issues` are faults of sheets as a whole.

    `format` is what the content is, whatever the name. `grids`: all cells as they were, kept for what cannot be
    annotated in place, that is all but an .xlsx or .xlsm that is what its name says. asked: sheets of which somebody has
    to say what their headers mean; learned: what the workbook's own answers say; filled: those answers as they stand.
    """

    file: str
    format: FileFormat
    sheets: tuple[SheetReading, ...]
    ignored_sheets: tuple[str, ...]
    issues: tuple[Issue, ...]
    grids: tuple[Grid, ...]
    asked: tuple[AskedSheet, ...] = ()
    learned: Learned = field(default_factory=Learned)
    filled: Filled = field(default_factory=Filled)

    def raw_sheets(self) -> tuple[Grid, ...]:
        """Every sheet's cells with their places, for writing the file afresh."""
        return self.grids


def read_workbook(
    path: Path,
    registers: Mapping[str, Register],
    limits: Limits,
    *,
    shown_as: str,
    as_of: date | None = None,
    memory: Memory = NO_MEMORY,
    local: Local = NOWHERE,
    filled: Filled | None = None,
) -> Reading:
    """Read the registers in a file; `shown_as` is its name in issues. Raises WorkbookRejected.

    as_of: the day of the batch: an event of a later day is not read. memory: what the site said of its own headers and
    values; local: what else is known of it, by which a question is asked well. filled: answers in the place of
    the workbook's own.
    """
    file_format = sniff(path, limits)
    grids, epoch_1904 = read_grids(path, file_format, limits)
    sheets: list[SheetReading] = []
    ignored: list[str] = []
    near: list[tuple[Grid, Nearest]] = []
    asked: list[AskedSheet] = []
    filled = read_answers(grids, registers) if filled is None else filled
    questions = _Questions(registers, memory, local, filled)
    faults = FaultsLeft(limits.faults)
    own = [grid for grid in grids if not _OUR_SHEET.match(grid.sheet)]
    exported, told_elsewhere, unusable = read_exports(own, registers, as_of, shown_as, faults)
    sheets.extend(exported)
    ignored.extend(told_elsewhere)
    done = {sheet.sheet for sheet in exported} | set(told_elsewhere)
    for grid in grids:
        if grid.sheet in done:
            continue
        found: Recognised | Nearest | None = None
        if not _OUR_SHEET.match(grid.sheet) and grid.sheet not in unusable:
            found, asked_sheet = questions.sheet(grid)
            if asked_sheet is not None:
                asked.append(asked_sheet)
        if isinstance(found, Recognised):
            known = memory.applied(found.register)
            sheets.append(_read_sheet(grid, found, known, epoch_1904, as_of, shown_as, faults))
            continue
        ignored.append(grid.sheet)
        if found is not None and (not asked or asked[-1].proposal.sheet != grid.sheet):
            near.append((grid, found))
    questions.learn_of_absent({grid.sheet for grid in grids})
    if any(registers[sheet.register].form for sheet in sheets):
        asked.clear()  # what stands beside a form of the product's own is the product's own
    settled = bool(sheets or asked or filled.is_list or filled.sheets)
    if not settled and unusable:
        first = next(iter(unusable.values()))
        raise WorkbookRejected("unknown", first.reason, first.mend, registers[ATTENDANCE].title)
    if not settled:
        raise _unknown(grids, near, registers, shown_as)
    issues = tuple(_near_miss(grid, nearest, shown_as) for grid, nearest in near if nearest.fit >= _NEAR_MISS)
    issues += tuple(
        of_no_use(sheet, why, shown_as) for sheet, why in unusable.items() if not (why.summary and exported)
    )
    patchable = file_format == "xlsx" and path.suffix.lower() in PATCHED_SUFFIXES
    kept = () if patchable else grids
    learned = questions.learned + Learned(filled.answers)
    return Reading(shown_as, file_format, tuple(sheets), tuple(ignored), issues, kept, tuple(asked), learned, filled)


@dataclass
class _Questions:
    """What is known of the headers of a workbook's sheets, and what has to be asked."""

    registers: Mapping[str, Register]
    memory: Memory
    local: Local
    filled: Filled
    learned: Learned = field(default_factory=Learned)

    def learn_of_absent(self, present: Collection[str]) -> None:
        """Learn what was said of sheets that stand in another workbook, where the questions could only be asked beside it."""
        for name, said in self.filled.sheets.items():
            if name not in present:
                learned, note = said_alone(said, self.registers[said.register])
                if note:
                    raise WorkbookRejected("unknown", note, f"请改正“{HEADERS_SHEET}”，再放入收件夹。")
                self.learned += learned

    def sheet(self, grid: Grid) -> tuple[Recognised | Nearest | None, AskedSheet | None]:
        """The sheet as it can be read, or what is to be asked about it."""
        said = self.filled.sheets.get(grid.sheet)
        if said is not None:
            register = self.registers[said.register]
            answered, learned, note = as_answered(grid, said, register, self.memory)
            self.learned += learned
            if answered is not None or not note:
                return answered, None
            proposal = propose(grid, self.registers, self.local, said.register)
            return None, AskedSheet(proposal, note, said.meanings) if proposal else None
        if self.memory.rows and any(self.memory.knows_unused(headers) for _, headers in header_rows(grid)):
            return None, None
        try:
            found = recognise(grid, self.registers, self.memory)
        except WorkbookRejected:  # two registers fit equally well: somebody has to say
            proposal = propose(grid, self.registers, self.local)
            if proposal is None:
                raise
            return None, AskedSheet(proposal)
        if isinstance(found, Recognised):
            return found, None
        proposal = propose(grid, self.registers, self.local)
        return found, AskedSheet(proposal) if proposal else None


def _read_sheet(
    grid: Grid,
    found: Recognised,
    register: Register,
    epoch_1904: bool,
    as_of: date | None,
    file: str,
    faults: FaultsLeft,
) -> SheetReading:
    match, last_header = found.match, found.header_rows[1]
    header_texts = ["" if cell is None else str(cell) for cell in grid.rows[last_header]]
    columns = {header: at for header, (at, _, _) in match.columns.items()}
    width = min([without_result_columns(header_texts), *(other.column for other in found.beside)])
    body = body_rows(grid, last_header, match, width, found.signatures.spellings)
    blocks, below = blocks_of(grid, match, body.data, body.headers, lambda row: fitting(row, found.signatures))
    place = Place(file, grid.sheet)
    titles = _titles(grid, found.header_rows[0])
    by_file = _days_told(register, " ".join((*titles, grid.sheet)), file, as_of)
    between = _told_between(grid, last_header, [row for block in blocks for row in block.rows])
    days = found.title_days if _fit(found.title_days, between) else None
    around = Circumstances(days, epoch_1904, as_of, by_file, not any(map(names_month, between)))
    tables = []
    for block in blocks or [Block(match, ())]:
        rows = [grid.first_row + row for row in block.rows]
        cells = _columns(grid, block, register, found.title_unit)
        tables.append(build_table(register, cells, rows, place, around, faults))
    table = joined(tables)
    others = (*found.beside, *below)
    header_row = grid.first_row + last_header
    letters = {header: letter_of(grid.first_column + at) for header, at in columns.items()}
    return SheetReading(
        sheet=grid.sheet,
        register=register.name,
        header_row=header_row,
        columns=letters,
        frame=_without_lonely(table.frame, register, columns),
        unreadable=table.unreadable,
        notes=tuple(grid.first_row + note for note in body.notes),
        issues=_header_issues(found, grid, place, header_row)
        + tuple(_left_out(other, grid, place) for other in others)
        + table.issues,
        remarks=of_plans(table.plans, register, letters),
        held=table.held,
        illegible=table.illegible,
        titles=titles,
        hidden=grid.hidden,
        left_out=any(other.title for other in others),
    )


def _told_between(grid: Grid, header: int, data: Sequence[int]) -> list[str]:
    """The texts of the rows below the header that are no data: 十月份, above the rows of the next month."""
    between = set(range(header + 1, max(data, default=header))).difference(data)
    return [cell for place in sorted(between) for cell in grid.rows[place] if isinstance(cell, str)]


def _fit(days: tuple[date, date] | None, between: Sequence[str]) -> bool:
    """Whether no text between the rows speaks of the same days of another year than the title."""
    spans = [span for span in map(title_span, between) if span is not None]
    return days is None or all(abs((span[0] - days[0]).days) < SAME_YEAR for span in spans)


def _days_told(register: Register, titles: str, file: str, as_of: date | None) -> tuple[date, date] | None:
    """The days of which a sheet speaks where neither title nor dates tell the year: those of its file's name, of an answer the last year."""
    if as_of is None:
        return None
    return (as_of - ANSWERED_WITHIN, as_of) if register.is_answered else span_by_file(titles, file, as_of)


def _without_lonely(frame: pd.DataFrame, register: Register, present: Mapping[str, Any]) -> pd.DataFrame:
    """The frame without what says nothing since the column beside it is not there (G20)."""
    lonely = [c.header for c in register.columns if c.beside and c.header in present and c.beside not in present]
    return frame.assign(**{header: pd.Series(index=frame.index, dtype=frame[header].dtype) for header in lonely})


def _titles(grid: Grid, before: int) -> tuple[str, ...]:
    """The texts of the rows above a header, left to right."""
    return tuple(shown(cell) for row in grid.rows[:before] for cell in row if cell not in ("", None))


def _columns(grid: Grid, block: Block, register: Register, title_unit: str) -> dict[str, CellColumn]:
    cells = _cells(grid, block.rows, {header: at for header, (at, _, _) in block.match.columns.items()})
    return {
        header: CellColumn(
            letter_of(grid.first_column + at), cells[header], _scale(register.column(header), unit, title_unit)
        )
        for header, (at, unit, _) in block.match.columns.items()
    }


def _left_out(other: OtherTable, grid: Grid, place: Place) -> Issue:
    row, letter = grid.first_row + other.row, letter_of(grid.first_column + other.column)
    what = f"另一张表（{other.title}）" if other.title else "另一张表"
    message = f"{letter}{row}起是{what}，没有读取，只读了最前面的一张。请把它放到单独的工作表，再放入收件夹。"
    return Issue(place.file, place.sheet, row, letter, "", "", "一张工作表只放一张登记表", message)


def _scale(column: Column, header_unit: str, title_unit: str) -> int:
    stated = header_unit or (title_unit if column.type == "money" else "")
    return header_scale(column, stated)


def _cells(grid: Grid, data: tuple[int, ...], places: Mapping[str, int]) -> dict[str, list[Any]]:
    """The cells of each column in the data rows; a cell merged downwards counts for every row that it covers."""
    rows = [grid.rows[place] for place in data]
    whole = list(zip(*rows, strict=False))  # the columns that every row has
    cells = {
        header: list(whole[at]) if at < len(whole) else [row[at] if at < len(row) else None for row in rows]
        for header, at in places.items()
    }
    position = {grid.first_row + place: index for index, place in enumerate(data)}
    header_at = {grid.first_column + at: header for header, at in places.items()}
    last_row = grid.first_row + len(grid.rows) - 1
    free = len(rows) * len(cells)  # merges that overlap, which no program writes, must not cost more than this
    for (top, left), (bottom, _) in grid.merges:
        covered = range(top + 1, min(bottom, last_row) + 1)
        if not covered or top not in position or left not in header_at:
            continue
        free -= len(covered)
        if free < 0:
            break
        column = cells[header_at[left]]
        for row in covered:
            if row in position:
                column[position[row]] = column[position[top]]
    return cells


def _header_issues(found: Recognised, grid: Grid, place: Place, row: int) -> tuple[Issue, ...]:
    issues = []
    first = letter_of(grid.first_column + min(at for at, _, _ in found.match.columns.values()))
    if found.match.absent:
        names = "、".join(found.match.absent)
        message = f"表头缺少列“{names}”，缺的列不作判定的依据。请按空白登记表补上这些列，再放入收件夹。"
        issues.append(Issue(place.file, place.sheet, row, first, names, "", f"列：{names}", message))
    for header, at in found.match.doubled:
        letter = letter_of(grid.first_column + at)
        kept = letter_of(grid.first_column + found.match.columns[header][0])
        message = f"{letter}列和{kept}列都是“{header}”，只读了{kept}列。请改掉其中一列的表头，再放入收件夹。"
        issues.append(Issue(place.file, place.sheet, row, letter, header, header, "每个表头只出现一次", message))
    return tuple(issues)


def _near_miss(grid: Grid, nearest: Nearest, file: str) -> Issue:
    names = "、".join(nearest.missing)
    message = f"工作表“{grid.sheet}”像是“{nearest.title}”，但缺少列“{names}”，没有读取。请补上这些列，再放入收件夹。"
    row, letter = grid.first_row, letter_of(grid.first_column)
    return Issue(file, grid.sheet, row, letter, names, "", f"列：{names}", message)


def _unknown(
    grids: Sequence[Grid], near: Sequence[tuple[Grid, Nearest]], registers: Mapping[str, Register], file: str
) -> WorkbookRejected:
    """The rejection of a workbook without any register: with the nearest by headers and names, or none in doubt."""
    if not any(grid.rows for grid in grids):
        return WorkbookRejected("empty", "工作簿里没有任何内容。", "请填好登记表后再放入收件夹。")
    candidates = [(nearest.fit, nearest) for _, nearest in near]
    for grid in grids:
        for name, told in told_by_names(registers, file, grid).items():
            nearest = nearest_of(grid, registers[name])
            candidates.append((nearest.fit + told, nearest))
    candidates.sort(key=lambda entry: -entry[0])
    if not candidates or candidates[0][0] < _LEAST_NEAR or _undecided(candidates):
        return WorkbookRejected(
            "unknown", "没有找到任何一张登记表的表头。", "请用系统提供的空白登记表填写，再放入收件夹。"
        )
    best = candidates[0][1]
    names = "、".join(best.missing)
    return WorkbookRejected(
        "unknown",
        f"没有一张工作表是已知的登记表；最接近的是“{best.title}”，缺少列：{names}。",
        f"请在表头补上“{names}”，或改用“{best.title}”的空白登记表，再放入收件夹。",
        best.title,
    )


def _undecided(candidates: Sequence[tuple[float, Nearest]]) -> bool:
    """Whether two registers are equally near."""
    best, title = candidates[0][0], candidates[0][1].title
    return any(worth == best and other.title != title for worth, other in candidates[1:])
