"""A register's canonical table out of its sheet's cells, with the faults beside it."""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from processor.catalogue.register import Column, Register
from processor.columns import plain_values
from processor.intake.convert import Circumstances, Converted, convert, expected, nothing, why_unread
from processor.intake.dates import dates
from processor.intake.grid import STRUCK
from processor.intake.neighbours import CellColumn, ReadColumn, complete_years, doubt_midnights, reckon_from_the_day
from processor.intake.raw import BLANK, DASHES, AnySeries, Mask, RawColumn, raw_column
from processor.intake.rejection import WorkbookRejected
from processor.intake.texts import shown
from processor.issue import Issue
from processor.model import yuan

_LONGEST_QUOTE = 60
_NONE = frozenset({"无", "暂无", "(无)", "（无）"})


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
    `held`: rows, left out or not, that an answer about a value could complete, with `_pending` (header -> cell).
    `illegible`: the other rows that were left out, likewise.
    `plans`: numbers of the rows that speak of a day which is not over, and tell nothing of it yet.
    """

    frame: pd.DataFrame
    unreadable: tuple[int, ...]
    issues: tuple[Issue, ...]
    held: pd.DataFrame
    illegible: pd.DataFrame
    plans: tuple[int, ...] = ()


def joined(tables: Sequence[Table]) -> Table:
    """The rows of several stretches of one table, in their order."""
    if len(tables) == 1:
        return tables[0]
    return Table(
        pd.concat([table.frame for table in tables], ignore_index=True),
        tuple(row for table in tables for row in table.unreadable),
        tuple(issue for table in tables for issue in table.issues),
        pd.concat([table.held for table in tables]),
        pd.concat([table.illegible for table in tables]),
        tuple(row for table in tables for row in table.plans),
    )


def build_table(
    register: Register,
    columns: Mapping[str, CellColumn],
    rows: Sequence[int],
    place: Place,
    circumstances: Circumstances,
    faults: FaultsLeft | None = None,
) -> Table:
    """Convert the cells of `columns` (by header; absent ones become all blank) that stand in the sheet's `rows`.

    Columns that the register does not have are kept beside the others as they are.
    Raises WorkbookRejected where more of them are faulty than `faults` allows; without it, any number may be.
    """
    columns, rows, plans = _without_plans(register, columns, rows, circumstances)
    index = pd.RangeIndex(len(rows))
    values: dict[str, AnySeries] = {}
    read: dict[str, ReadColumn] = {}
    for column in register.columns:
        given = columns.get(column.header)
        if given is None:
            values[column.header] = nothing(column.type, len(rows))
            continue
        raw = raw_column(given.cells, dash_is_blank=column.type != "text", blanks=blanks(column))
        converted = convert(raw, column, circumstances, given.scale)
        read[column.header] = (given, raw, converted)
        values[column.header] = converted.values
    around = complete_years(register, read, values, circumstances)
    reckon_from_the_day(register, read, values)
    doubt_midnights(register, read, values)
    frame = pd.DataFrame({header: column.array for header, column in values.items()}, index=index)
    frame["_row"] = np.asarray(rows, dtype="int64")
    for header in columns.keys() - set(register.headers):
        frame[header] = pd.Series(list(columns[header].cells), index=index)
    issues: list[Issue] = []
    lost: Mask = np.zeros(len(rows), dtype=bool)
    hopeless: Mask = np.zeros(len(rows), dtype=bool)
    pending: dict[int, dict[str, str]] = {}
    for column in register.columns:
        if column.header not in read:
            continue
        cells, raw, converted = read[column.header]
        faulty: Mask = converted.unread
        if column.required:
            faulty = values[column.header].isna().to_numpy()
            if faulty.any():
                faulty = faulty & ~_excused(register, column, frame, converted.unread)
            lost |= faulty
            hopeless |= faulty & ~(converted.unread & (column.type == "choice"))
        at_fault = np.flatnonzero(faulty)
        if faults is not None and len(at_fault):
            faults.take(len(at_fault), place.sheet, column.header, rows[at_fault[0]])
        issues.extend(_issues(column, cells, raw, converted, at_fault, rows, place, around))
        if column.type == "choice":
            for position in np.flatnonzero(converted.unread):
                pending.setdefault(int(position), {})[column.header] = shown(raw.values[raw.places[position]])
    issues += _unidentified(register, columns, frame, lost, place)
    unreadable = tuple(int(row) for row in frame.loc[lost, "_row"])
    issues = sorted(_struck_once(issues, set(unreadable)), key=lambda issue: issue.row)
    waiting = [position for position in sorted(pending) if not hopeless[position]]
    if not waiting and not unreadable:
        none = unanswerable(frame.iloc[:0])
        return Table(frame, (), tuple(issues), none, none, plans)
    unknown = pd.Series([pending[position] for position in waiting], index=waiting, dtype="object")
    held = frame.iloc[waiting].assign(_pending=unknown)
    others = lost.copy()
    others[waiting] = False
    illegible = unanswerable(frame.loc[others])
    return Table(frame.loc[~lost].reset_index(drop=True), unreadable, tuple(issues), held, illegible, plans)


def unanswerable(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows as ones that wait for no answer about a value: what stands under `_pending` is under no header."""
    waits = pd.Series([{"*": "*"}] * len(rows), index=rows.index, dtype="object")
    return rows.assign(_pending=waits)


def _struck_once(issues: Sequence[Issue], unreadable: Collection[int]) -> Iterator[Issue]:
    """The issues, of a row that is crossed out as a whole only the first that says so."""
    said: set[int] = set()
    for issue in issues:
        if issue.found == STRUCK and issue.row in unreadable:
            if issue.row in said:
                continue
            said.add(issue.row)
        yield issue


def _without_plans(
    register: Register, columns: Mapping[str, CellColumn], rows: Sequence[int], circumstances: Circumstances
) -> tuple[Mapping[str, CellColumn], Sequence[int], tuple[int, ...]]:
    """The cells and rows without those of a day that is not over in which nothing happened yet, and the numbers of these."""
    day = register.date_column
    if not register.happens or circumstances.as_of is None or day is None or day not in columns:
        return columns, rows, ()
    told = np.zeros(len(rows), dtype=bool)
    for header in register.happens:
        if header in columns:
            raw = raw_column(columns[header].cells, dash_is_blank=True)
            told |= ~raw.where(BLANK)[raw.places]
    raw = raw_column(columns[day].cells, dash_is_blank=True)
    days = dates(
        raw,
        span=circumstances.span,
        epoch_1904=circumstances.epoch_1904,
        bare_days=circumstances.one_month,
        numbered=register.column(day).required,
    )
    coming = (days >= np.datetime64(circumstances.as_of))[raw.places]
    plans: list[int] = np.flatnonzero(coming & ~told).tolist()
    if not plans:
        return columns, rows, ()
    kept: list[int] = np.flatnonzero(told | ~coming).tolist()
    left = {header: replace(given, cells=[given.cells[at] for at in kept]) for header, given in columns.items()}
    return left, [rows[at] for at in kept], tuple(rows[at] for at in plans)


def _excused(register: Register, column: Column, frame: pd.DataFrame, unread: Mask) -> Mask:
    """Where a needed cell may be empty: a name stands beside it, or the row is known without its number."""
    stands: Mask = np.zeros(len(frame), dtype=bool)
    name = register.named_by(column.header)
    if name is not None:
        stands |= frame[name].notna().to_numpy()
    if column.header == register.number:
        for group in register.otherwise:
            stands |= np.logical_and.reduce([_told(register, header, frame) for header in _telling(register, group)])
    return stands & ~unread


def _telling(register: Register, group: Sequence[str]) -> list[str]:
    """The columns of a list that must be filled: all but those of the key that may be blank beside a number, too."""
    return [header for header in group if header not in register.key or register.column(header).required]


def _told(register: Register, header: str, frame: pd.DataFrame) -> Mask:
    name = register.named_by(header)
    filled = frame[header].notna() if name is None else frame[header].notna() | frame[name].notna()
    return np.asarray(filled, dtype=bool)


def _unidentified(
    register: Register, columns: Mapping[str, CellColumn], frame: pd.DataFrame, lost: Mask, place: Place
) -> list[Issue]:
    """Rows without what an absent column would say; they are added to `lost`."""
    issues = []
    for column in register.columns:
        replaceable = column.header == register.number or register.named_by(column.header)
        if not column.required or not replaceable or column.header in columns:
            continue
        excused = _excused(register, column, frame, np.zeros(len(frame), dtype=bool))
        letter = next((given.letter for given in columns.values()), "A")
        for row in frame.loc[~excused & ~lost, "_row"].tolist():
            message = f"第{row}行看不出“{column.header}”，这一行没有计入。请补上“{column.header}”，再放入收件夹。"
            issues.append(Issue(place.file, place.sheet, row, letter, column.header, "", expected(column), message))
        lost |= ~excused
    return issues


def blanks(column: Column) -> frozenset[str]:
    """The words that say that there is nothing, where they are no answer or choice; in a text that must be filled none are."""
    if column.type == "text":
        return frozenset(column.nothing) if column.required else DASHES.union(column.nothing)
    return frozenset() if column.type == "yesno" else _NONE.difference(column.choices).union(column.nothing)


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
    keys = parts[0] if len(parts) == 1 else ["|".join(told) for told in zip(*parts, strict=True)]
    return pd.Series(keys, index=frame.index, dtype="str", name="key")


def identities(register: Register, frame: pd.DataFrame) -> list[list[tuple[str, ...]]]:
    """For each row the values of each list of `otherwise` that is all filled, best first."""
    found: list[list[tuple[str, ...]]] = [[] for _ in range(len(frame))]
    for group in register.otherwise:
        filled = frame[_telling(register, group)].notna().all(axis=1).to_numpy()
        parts = [_key_part(frame[header], register.column(header).type) for header in group]
        texts = list(zip(*parts, strict=True))
        for place in np.flatnonzero(filled).tolist():
            found[place].append(texts[place])
    return found


def with_identities(register: Register, frame: pd.DataFrame) -> pd.DataFrame:
    """The frame with what else a row is known by in the place of a registration number that is empty."""
    number = register.number
    if number is None or not frame[number].isna().any():
        return frame
    nameless = frame[number].isna().to_numpy()
    numbers = frame[number].astype("object").to_numpy(copy=True)
    rest = len(register.key) - 1
    for place, known_by in zip(np.flatnonzero(nameless), identities(register, frame[nameless]), strict=True):
        numbers[place] = "|".join(known_by[0][: len(known_by[0]) - rest])
    return frame.assign(**{number: pd.Series(numbers, index=frame.index, dtype=frame[number].dtype)})


def _key_part(values: AnySeries, kind: str) -> list[str]:
    """What each cell says in a key, empty where it is blank."""
    form = {"date": "%Y-%m-%d", "datetime": "%Y-%m-%d %H:%M:%S"}.get(kind)
    texts = values.dt.strftime(form) if form else values.map(yuan, na_action="ignore") if kind == "money" else values
    return plain_values(texts if texts.dtype == "str" else texts.astype("str"), blank="")


def _issues(
    column: Column,
    given: CellColumn,
    raw: RawColumn,
    converted: Converted,
    places: np.ndarray[Any, np.dtype[np.intp]],
    rows: Sequence[int],
    place: Place,
    circumstances: Circumstances,
) -> list[Issue]:
    if not len(places):
        return []
    wanted = expected(column)
    found_issues = []
    cells = [raw.values[raw.places[position]] for position in places]
    reasons = why_unread(cells, column, circumstances, given.scale)
    for position, cell, reason in zip(places, cells, reasons, strict=True):
        row = rows[position]
        found = shown(cell)[:_LONGEST_QUOTE] if converted.unread[position] else ""
        stands = f"写的是“{found}”，{reason}" if found else "没有填写"
        effect = "这一行没有计入" if column.required else "这一格按空白处理"
        message = f"第{row}行“{column.header}”{stands}，{effect}。应填{wanted}，改好后把文件重新放入收件夹。"
        if cell == STRUCK:
            mend = "有效的请去掉删除线，作废的请删去，再放入收件夹。"
            message = f"第{row}行“{column.header}”划掉了，看不出是作废还是已经办完，{effect}。{mend}"
        found_issues.append(Issue(place.file, place.sheet, row, given.letter, column.header, found, wanted, message))
    return found_issues
