"""The cells of each sheet of a file with their true places, whatever the format."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import Any

from python_calamine import CalamineSheet, CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

from processor.intake.guard import Limits, damaged, encrypted, too_wide
from processor.intake.rejection import WorkbookRejected

OddCells = Mapping[str, Mapping[tuple[int, int], str]]  # by sheet, (row, column) from 1 -> what is shown there
#: What is shown in the place of a formula that nobody calculated, and of a cell that was struck out.
UNCALCULATED, STRUCK = "#公式未计算", "#已划掉"
Merge = tuple[tuple[int, int], tuple[int, int]]


@dataclass(frozen=True)
class Grid:
    """One sheet: `rows[i][j]` stands in sheet row `first_row + i` and column `first_column + j`, both from 1.

    `merges` are ((top, left), (bottom, right)) from 1; formats that do not tell them have none. `hidden`: staff do not
    see the sheet.
    """

    sheet: str
    rows: Sequence[Sequence[Any]]
    first_row: int = 1
    first_column: int = 1
    merges: tuple[Merge, ...] = field(default=())
    hidden: bool = False

    @property
    def width(self) -> int:
        return max((len(row) for row in self.rows), default=0)

    @property
    def held(self) -> int:
        """How many cells take memory; rows that are the same list count once."""
        return sum(map(len, {id(row): row for row in self.rows}.values()))

    def filled_rows(self, count: int) -> list[int]:
        """The places of the first rows that hold anything, at most so many."""
        filled = (place for place, row in enumerate(self.rows) if any(cell not in ("", None) for cell in row))
        return list(islice(filled, count))


def letter_of(column: int) -> str:
    """Excel's letters of a column number from 1."""
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def parse(path: Path, odd_cells: OddCells, limits: Limits) -> tuple[Grid, ...]:
    """All worksheets as calamine reads them. Raises WorkbookRejected, also where the parser panics."""
    try:
        with CalamineWorkbook.from_path(path) as workbook:
            wanted = [sheet for sheet in workbook.sheets_metadata if sheet.typ == SheetTypeEnum.WorkSheet]
            if len(wanted) > limits.sheets:
                raise too_wide("工作表", len(wanted), limits.sheets)
            grids: list[Grid] = []
            held = 0
            for sheet in wanted:
                grid = _sheet_grid(workbook.get_sheet_by_name(sheet.name), odd_cells.get(sheet.name, {}), limits)
                grids.append(replace(grid, hidden=sheet.visible != SheetVisibleEnum.Visible))
                held += grid.held
                if held > limits.cells:
                    raise too_wide("单元格数", held, limits.cells)
            return tuple(grids)
    except PasswordError as error:
        raise encrypted() from error
    except WorkbookRejected:
        raise
    except Exception as error:
        raise damaged() from error
    except BaseException as error:
        if type(error).__name__ == "PanicException":  # pyo3's, which no module exports
            raise damaged() from error
        raise


def _sheet_grid(sheet: CalamineSheet, odd_cells: Mapping[tuple[int, int], str], limits: Limits) -> Grid:
    name = sheet.name.replace("\x00", "")  # which an .xls may hold, and no database
    if sheet.start is None:
        return Grid(name, ())
    for what, found, limit in (("行数", sheet.height, limits.rows), ("列数", sheet.width, limits.columns)):
        if found > limit:
            raise too_wide(f"工作表“{name}”的{what}", found, limit)
    merges = tuple(
        ((top + 1, left + 1), (bottom + 1, right + 1))
        for (top, left), (bottom, right) in sheet.merged_cell_ranges or ()
    )
    top, left = sheet.start
    rows = _with_odd_cells(sheet.to_python(), (top + 1, left + 1), odd_cells)
    blank = [""] * sheet.width
    shared = [blank if row == blank else row for row in rows]  # between two far corners there may be very many
    return Grid(name, shared, top + 1, left + 1, merges)


def _with_odd_cells(
    rows: list[list[Any]], first: tuple[int, int], odd_cells: Mapping[tuple[int, int], str]
) -> list[list[Any]]:
    """The rows, of which the first cell stands at `first`, with what is shown where the parser saw nothing or something else."""
    for (row, column), text in odd_cells.items():
        place, across = row - first[0], column - first[1]
        if 0 <= place < len(rows) and 0 <= across < len(rows[place]):
            cells = rows[place]
            if cells[across] == "" or text in (UNCALCULATED, STRUCK) or text.endswith("%"):
                cells[across] = text
    return rows
