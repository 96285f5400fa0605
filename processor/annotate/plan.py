"""What is to be written into a workbook: result columns, notes, marks, and a summary sheet."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from processor.messages import tell

from .refs import MAX_ROWS, split_ref

MARKS = ("error", "warning", "judged")


class CannotAnnotate(Exception):
    """The workbook cannot be annotated without risk; nothing was written. `reason` is a Chinese sentence for staff."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(f"cannot annotate: {reason}" + (f" ({detail})" if detail else ""))
        self.reason = reason
        self.detail = detail


@dataclass(frozen=True)
class Link:
    """A cell of the summary sheet that jumps to `cell` (such as B5) of `sheet`."""

    text: str
    sheet: str
    cell: str


@dataclass(frozen=True)
class SheetPlan:
    """One block of result columns on one sheet.

    `header_row` and the keys of `rows` count from 1; each value of `rows` holds one text per column. The keys of
    `notes` and `marks` are cells such as B5; a mark is "error", "warning" or "judged".
    """

    name: str
    header_row: int
    columns: tuple[str, ...]
    rows: Mapping[int, Sequence[str]]
    notes: Mapping[str, str]
    marks: Mapping[str, str]


@dataclass(frozen=True)
class Summary:
    """The sheet that is added last: its title and its rows of texts and links."""

    title: str
    rows: Sequence[Sequence[str | Link]]


@dataclass(frozen=True)
class Form:
    """A sheet for staff to fill in: rows of texts, the numbers of heading rows, and drop-down lists by range (C4:C9).

    first: it is added before the other sheets, else behind them. One of that name is filled anew.
    """

    title: str
    rows: Sequence[Sequence[str]]
    headings: frozenset[int]
    lists: Mapping[str, Sequence[str]]
    first: bool = False


@dataclass(frozen=True)
class Plan:
    """All that `annotate` writes into one workbook. gone: the names of sheets that it takes out."""

    sheets: tuple[SheetPlan, ...]
    summary: Summary | None
    forms: tuple[Form, ...] = ()
    gone: frozenset[str] = frozenset()


def own_columns(headers: Sequence[str], titles: Sequence[str]) -> tuple[int, ...]:
    """Positions in `headers` of result columns that stem from an earlier annotation, in the order of `titles`.

    The last header that equals the first title is taken as the start of the block; the other titles are looked for
    right of it, in any order and with other columns between them. Without all of the titles the result is empty, so
    that a register's own column of the same name is never taken for a result.
    """
    found = find_block([header.strip() for header in headers], titles)
    return tuple(found[title] for title in titles) if len(found) == len(set(titles)) else ()


def find_block(headers: Sequence[str], titles: Sequence[str]) -> dict[str, int]:
    """Position of each of `titles` at or right of the last `titles[0]` in `headers`; empty without that one."""
    if not titles or titles[0] not in headers:
        return {}
    start = len(headers) - 1 - list(reversed(headers)).index(titles[0])
    found: dict[str, int] = {}
    for position in range(start, len(headers)):
        if headers[position] in titles:
            found.setdefault(headers[position], position)
    return found


def plan_from_json(data: Any) -> Plan:
    """Build a plan from the JSON object of the command `annotate`; ValueError names the key that is wrong."""
    root = _mapping(data, "plan", {"sheets", "summary"})
    sheets = tuple(_sheet(entry, f"sheets[{n}]") for n, entry in enumerate(_list(root.get("sheets", []), "sheets")))
    names = [sheet.name.casefold() for sheet in sheets]
    if len(set(names)) < len(names):
        raise ValueError(tell("plan key {where}: one sheet is named twice", where="sheets"))
    summary = root.get("summary")
    if summary is None:
        return Plan(sheets, None)
    fields = _mapping(summary, "summary", {"title", "rows"})
    rows = _list(fields.get("rows", []), "summary.rows")
    return Plan(
        sheets,
        Summary(
            _text(fields.get("title"), "summary.title"),
            [
                [_summary_value(value, f"summary.rows[{n}]") for value in _list(row, f"summary.rows[{n}]")]
                for n, row in enumerate(rows)
            ],
        ),
    )


def _sheet(data: Any, where: str) -> SheetPlan:
    fields = _mapping(data, where, {"sheet", "header_row", "columns", "rows", "notes", "marks"})
    columns = tuple(_text(title, f"{where}.columns") for title in _list(fields.get("columns", []), f"{where}.columns"))
    if len(set(columns)) < len(columns):
        raise ValueError(tell("plan key {where}: one title stands twice", where=f"{where}.columns"))
    header_row = fields.get("header_row", 1)
    if isinstance(header_row, bool) or not isinstance(header_row, int) or not 1 <= header_row <= MAX_ROWS:
        raise ValueError(
            tell("plan key {where}: {found!r} is no row number", where=f"{where}.header_row", found=header_row)
        )
    rows = {}
    for key, values in _mapping(fields.get("rows", {}), f"{where}.rows").items():
        place = f"{where}.rows.{key}"
        if not re.fullmatch(r"[1-9]\d{0,6}", str(key)) or int(key) > MAX_ROWS or int(key) == header_row:
            raise ValueError(tell("plan key {where}: {found!r} is no data row", where=place, found=key))
        texts = [_value(value, place) for value in _list(values, place)]
        if len(texts) > len(columns):
            raise ValueError(
                tell("plan key {where}: {n} values for {of} columns", where=place, n=len(texts), of=len(columns))
            )
        rows[int(key)] = texts
    notes = {
        _cell(key, f"{where}.notes"): _text(value, f"{where}.notes.{key}")
        for key, value in _mapping(fields.get("notes", {}), f"{where}.notes").items()
    }
    marks = {
        _cell(key, f"{where}.marks"): _text(value, f"{where}.marks.{key}")
        for key, value in _mapping(fields.get("marks", {}), f"{where}.marks").items()
    }
    for cell, mark in marks.items():
        if mark not in MARKS:
            raise ValueError(
                tell(
                    "plan key {where}: {found!r} is none of {known}",
                    where=f"{where}.marks.{cell}",
                    found=mark,
                    known=", ".join(MARKS),
                )
            )
    return SheetPlan(_text(fields.get("sheet"), f"{where}.sheet"), header_row, columns, rows, notes, marks)


def _mapping(data: Any, where: str, keys: set[str] | None = None) -> Mapping[str, Any]:
    if not isinstance(data, Mapping):
        raise ValueError(tell("plan key {where}: an object is expected", where=where))
    if keys is not None and (unknown := sorted(set(data) - keys)):
        raise ValueError(tell("plan key {where}: unknown key {found!r}", where=where, found=unknown[0]))
    return data


def _list(data: Any, where: str) -> Sequence[Any]:
    if not isinstance(data, (list, tuple)):
        raise ValueError(tell("plan key {where}: a list is expected", where=where))
    return data


def _text(data: Any, where: str) -> str:
    if not isinstance(data, str) or not data.strip():
        raise ValueError(tell("plan key {where}: a text is expected", where=where))
    return data


def _value(data: Any, where: str) -> str:
    if data is None:
        return ""
    if isinstance(data, bool) or not isinstance(data, (str, int, float)):
        raise ValueError(tell("plan key {where}: a text or a number is expected", where=where))
    return str(data)


def _summary_value(data: Any, where: str) -> str | Link:
    if not isinstance(data, Mapping):
        return _value(data, where)
    fields = _mapping(data, where, {"text", "sheet", "cell"})
    return Link(
        _text(fields.get("text"), f"{where}.text"),
        _text(fields.get("sheet"), f"{where}.sheet"),
        _cell(fields.get("cell"), f"{where}.cell"),
    )


def _cell(data: Any, where: str) -> str:
    try:
        split_ref(data)
    except (TypeError, ValueError):
        raise ValueError(tell("plan key {where}: {found!r} is no cell", where=where, found=data)) from None
    return str(data)
