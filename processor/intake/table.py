"""A register's canonical table out of its sheet's cells, with the faults beside it."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from processor.catalogue.register import Column, Register
from processor.intake.convert import DTYPES, Circumstances, Converted, convert, expected
from processor.intake.raw import AnySeries, Mask, RawColumn, raw_column
from processor.intake.rejection import WorkbookRejected
from processor.intake.texts import shown
from processor.issue import Issue

_LONGEST_QUOTE = 60


@dataclass(frozen=True)
class CellColumn:
    """One column of the data area: its letter in the sheet, its cells, and the factor of its header's unit."""

    letter: str
    cells: Sequence[Any]
    scale: int = 1


@dataclass(frozen=True)
class Place:
    """Where a table stands, for the issues' sake."""

    file: str
    sheet: str


@dataclass
class FaultsLeft:
    """How many more cells of a workbook may be faulty before it is rejected as a whole."""

    left: int

    def take(self, count: int, sheet: str, header: str, row: int) -> None:
        """Count the faults of one column, the first of them in `row`. Raises WorkbookRejected beyond the limit."""
        self.left -= count
        if self.left < 0:
            raise WorkbookRejected(
                "too_large",
                f"工作表“{sheet}”里没有填写或读不出来的单元格太多，例如第{row}行“{header}”。",
                "请先改正这张表，或删去没有内容的多余的行，再放入收件夹。",
            )


@dataclass(frozen=True)
class Table:
    """`frame`: the readable rows, every column of the register and `_row`, the row number in the sheet.

    `unreadable`: numbers of the rows left out because a cell that must be filled is empty or not understood.
    """

    frame: pd.DataFrame
    unreadable: tuple[int, ...]
    issues: tuple[Issue, ...]


def build_table(
    register: Register,
    columns: Mapping[str, CellColumn],
    rows: Sequence[int],
    place: Place,
    circumstances: Circumstances,
    faults: FaultsLeft | None = None,
) -> Table:
    """Convert the cells of `columns` (by header; absent ones become all blank) that stand in the sheet's `rows`.

    Raises WorkbookRejected where more of them are faulty than `faults` allows; without it, any number may be.
    """
    index = pd.RangeIndex(len(rows))
    values: dict[str, AnySeries] = {}
    issues: list[Issue] = []
    lost: Mask = np.zeros(len(rows), dtype=bool)
    for column in register.columns:
        given = columns.get(column.header)
        if given is None:
            values[column.header] = pd.Series(index=index, dtype=DTYPES[column.type])
            continue
        raw = raw_column(given.cells, dash_is_blank=column.type != "text")
        converted = convert(raw, column, circumstances, given.scale)
        faulty: Mask = converted.unread
        if column.required:
            faulty = converted.values.isna().to_numpy()
            lost |= faulty
        at_fault = np.flatnonzero(faulty)
        if faults is not None and len(at_fault):
            faults.take(len(at_fault), place.sheet, column.header, rows[at_fault[0]])
        issues.extend(_issues(column, given.letter, raw, converted, at_fault, rows, place))
        values[column.header] = converted.values
    frame = pd.DataFrame(values, index=index)
    frame["_row"] = np.asarray(rows, dtype="int64")
    unreadable = tuple(int(row) for row in frame.loc[lost, "_row"])
    issues.sort(key=lambda issue: issue.row)
    return Table(frame.loc[~lost].reset_index(drop=True), unreadable, tuple(issues))


def frame_from_csv(register: Register, text: str) -> pd.DataFrame:
    """A register's canonical table from CSV text with a header line; `_row` counts from 2.

    Headers must be the register's own; columns left out are all blank.
    Raises ValueError for an unknown header, a cell that cannot be read, or a required one left empty.
    """
    header, *lines = [line for line in csv.reader(io.StringIO(text.strip())) if line]
    header = [name.strip() for name in header]
    strangers = set(header) - set(register.headers)
    if strangers:
        raise ValueError(f"{register.name}: unknown columns {sorted(strangers)}")
    padded = [line + [""] * (len(header) - len(line)) for line in lines]
    columns = {name: CellColumn("", [line[place] for line in padded]) for place, name in enumerate(header)}
    table = build_table(register, columns, range(2, len(lines) + 2), Place("csv", register.name), Circumstances())
    if table.issues:
        raise ValueError("\n".join(issue.message for issue in table.issues))
    return table.frame


def key_of(register: Register, frame: pd.DataFrame) -> AnySeries:
    """Natural keys (str): the key columns' texts joined by `|`; an empty part stays empty."""
    parts = [_key_part(frame[header], register.column(header).type) for header in register.key]
    joined = parts[0]
    for part in parts[1:]:
        joined = joined + "|" + part
    return joined.rename("key")


def _key_part(values: AnySeries, kind: str) -> AnySeries:
    form = {"date": "%Y-%m-%d", "datetime": "%Y-%m-%d %H:%M:%S"}.get(kind)
    texts = values.dt.strftime(form) if form else values
    return texts.astype("str").fillna("")


def _issues(
    column: Column,
    letter: str,
    raw: RawColumn,
    converted: Converted,
    places: np.ndarray[Any, np.dtype[np.intp]],
    rows: Sequence[int],
    place: Place,
) -> list[Issue]:
    wanted = expected(column)
    found_issues = []
    for position in places:
        row = rows[position]
        found = shown(raw.values[raw.places[position]])[:_LONGEST_QUOTE] if converted.unread[position] else ""
        stands = f"写的是“{found}”，读不出来" if found else "没有填写"
        effect = "这一行没有计入" if column.required else "这一格按空白处理"
        message = f"第{row}行“{column.header}”{stands}，{effect}。应填{wanted}，改好后把文件重新放入收件夹。"
        found_issues.append(Issue(place.file, place.sheet, row, letter, column.header, found, wanted, message))
    return found_issues
