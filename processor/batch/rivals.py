"""Rows that bear one key and say different things: set aside and shown, so that none of them wins by chance."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import Any

import orjson
import pandas as pd

from processor.batch.copies import originals_of
from processor.catalogue.register import Register
from processor.intake import SheetReading
from processor.intake.attendance.export import LAYOUTS
from processor.intake.attendance.merge import Day, Told, told_once, with_days
from processor.issue import Issue
from processor.ledger.facts import Standing
from processor.ledger.rows import contents
from processor.model import Source

SENTENCE = "与{places}编号相同而内容不同，请改正其中一行"
_SHOWN_PLACES, _SHOWN_COLUMNS = 3, 4
_UNSPOKEN = frozenset({"money", "idno"})  # pay and numbers of persons are not repeated in a sentence

Known = Callable[[Register, Sequence[str]], Mapping[str, Standing]]


@dataclass
class Incoming:
    """The readable rows of one sheet on their way into the ledger; keys, units: aligned with the frame.

    cautious: a hidden sheet, a copy of a workbook, or one that waited for an answer: its rows count, but never against what is known from elsewhere.
    disputed: numbers of the rows set aside. held: rows that cannot count yet (one of the frame may be held, too), with
    held_keys, None where nothing tells the key. aside: what the rows set aside say, by key. parts: of a day that several
    workbooks of exported attendance tell, by key, what each of them tells.
    """

    file: str
    reading: SheetReading
    register: Register
    frame: pd.DataFrame
    keys: list[str]
    units: list[str | None]
    issues: list[Issue]
    strange: set[int]
    cautious: bool = False
    disputed: set[int] = field(default_factory=set)
    held: pd.DataFrame = field(default_factory=pd.DataFrame)
    held_keys: list[str | None] = field(default_factory=list)
    aside: dict[str, Standing] = field(default_factory=dict)
    parts: dict[str, dict[str, Day]] = field(default_factory=dict)

    def source(self, index: int) -> Source:
        """Where a row of the frame stands."""
        return Source(self.file, self.reading.sheet, int(self.frame["_row"].iloc[index]))


@dataclass(frozen=True)
class _Statement:
    """What one row says under its key: the whole of it, or of an answer only the answer; None where it says nothing."""

    key: str
    source: Source
    cells: Mapping[str, Any]
    said: Any


def set_aside(incoming: Sequence[Incoming], known: Known) -> None:
    """Take rows out of their frames that another row of the batch contradicts, or cautious ones that a known row does."""
    by_register: dict[str, list[Incoming]] = {}
    for sheet in incoming:
        by_register.setdefault(sheet.register.name, []).append(sheet)
    for sheets in by_register.values():
        repeated = _repeated(sheets)
        own = [_statements(sheet, repeated) for sheet in sheets]
        waiting = [_waiting(sheet, repeated) for sheet in sheets]
        by_key: dict[str, list[_Statement]] = {}
        for statement in (*chain.from_iterable(found.values() for found in own), *chain.from_iterable(waiting)):
            by_key.setdefault(statement.key, []).append(statement)
        for sheet, held in zip(sheets, waiting, strict=True):
            for mine in held:
                if others := _others(mine, by_key[mine.key]):
                    sheet.issues.append(_issue(sheet, mine, others))
                    sheet.disputed.add(mine.source.row)
        for sheet, statements in zip(sheets, own, strict=True):
            _dispute(sheet, {index: (mine, _others(mine, by_key[mine.key])) for index, mine in statements.items()})
            if sheet.cautious:
                _dispute(sheet, _against_known(sheet, known))


def join_exports(incoming: Sequence[Incoming]) -> None:
    """Unite the parts of a day; take rows out that a fuller export of the batch tells, and those that two contradict."""
    sheets = [sheet for sheet in incoming if sheet.reading.layout]
    told = [
        Told(s.file, s.reading.sheet, LAYOUTS.index(s.reading.layout), s.frame, s.reading.columns, quiet=s.cautious)
        for s in sheets
    ]
    for sheet, outcome in zip(sheets, told_once(told), strict=True):
        sheet.issues += outcome.issues
        sheet.frame = with_days(sheet.frame, outcome.days)
        sheet.parts = {sheet.keys[place]: parts for place, parts in outcome.parts.items()}
        sheet.reading = replace(sheet.reading, remarks=(*sheet.reading.remarks, *outcome.remarks))
        sheet.disputed |= {issue.row for issue in outcome.issues}
        keep_places(sheet, [index for index, counts in enumerate(outcome.counts) if counts])


def keep_places(sheet: Incoming, places: Sequence[int]) -> None:
    """Leave only these places of the frame in."""
    if len(places) < len(sheet.keys):
        sheet.frame = sheet.frame.iloc[list(places)].reset_index(drop=True)
        sheet.keys = [sheet.keys[index] for index in places]
        sheet.units = [sheet.units[index] for index in places]


def _repeated(sheets: Iterable[Incoming]) -> set[str]:
    """Keys that stand in more than one row."""
    seen: set[str] = set()
    twice: set[str] = set()
    for sheet in sheets:
        for key in (*sheet.keys, *(key for _, key in _held_alone(sheet))):
            (twice if key in seen else seen).add(key)
    return twice


def _held_alone(sheet: Incoming) -> list[tuple[int, str]]:
    """Place among the held rows and key of those that do not count, and whose key is known."""
    counted = set(sheet.frame["_row"]) if len(sheet.held) else set()
    rows = sheet.held["_row"].tolist() if len(sheet.held) else []
    told = zip(rows, sheet.held_keys, strict=True)
    return [(place, key) for place, (row, key) in enumerate(told) if key is not None and row not in counted]


def _waiting(sheet: Incoming, keys: Collection[str]) -> list[_Statement]:
    """What the held rows with these keys say. One with an unknown cell says something else than any row that counts."""
    places = [(place, key) for place, key in _held_alone(sheet) if key in keys]
    if not places:
        return []
    held = sheet.held.iloc[[place for place, _ in places]]
    found = []
    for (_, key), row, text in zip(places, held["_row"], contents(sheet.register, held), strict=True):
        source = Source(sheet.file, sheet.reading.sheet, int(row))
        found.append(_Statement(key, source, orjson.loads(text), ("held", text)))
    return found


def _statements(sheet: Incoming, keys: Collection[str]) -> dict[int, _Statement]:
    """By place in the frame, what the rows with these keys say; rows that say nothing are left out."""
    places = [index for index, key in enumerate(sheet.keys) if key in keys] if keys else []
    texts = contents(sheet.register, sheet.frame.iloc[places]) if places else []
    found = {
        index: _statement(sheet.register, sheet.keys[index], sheet.source(index), text)
        for index, text in zip(places, texts, strict=True)
    }
    return {index: statement for index, statement in found.items() if statement.said is not None}


def _statement(register: Register, key: str, source: Source, content: str) -> _Statement:
    cells = orjson.loads(content)
    if not register.is_answered:
        return _Statement(key, source, cells, content)
    answers = [c.header for c in register.columns if c.type in ("choice", "yesno", "money") and not c.required]
    given = tuple(cells.get(header) for header in answers)
    return _Statement(key, source, cells, given if given and given[0] is not None else None)


def _others(mine: _Statement, statements: Iterable[_Statement]) -> list[_Statement]:
    return [other for other in statements if other.said != mine.said]


def _against_known(sheet: Incoming, known: Known) -> dict[int, tuple[_Statement, list[_Statement]]]:
    """By place in a cautious sheet, the row and what is known otherwise from elsewhere."""
    standing = known(sheet.register, sheet.keys)
    found = {}
    for index, mine in _statements(sheet, standing.keys()).items():
        other = standing[mine.key]
        theirs = _statement(sheet.register, mine.key, other.source, other.content)
        elsewhere = (other.source.file, other.source.sheet) != (sheet.file, sheet.reading.sheet)
        found[index] = mine, _others(mine, [theirs]) if elsewhere and theirs.said is not None else []
    return found


def _dispute(sheet: Incoming, disputes: Mapping[int, tuple[_Statement, Sequence[_Statement]]]) -> None:
    """Set aside the rows that others contradict, each with an issue that names them."""
    places = {index for index, (_, others) in disputes.items() if others}
    if not places:
        return
    rows = sorted(places)
    for index, content in zip(rows, contents(sheet.register, sheet.frame.iloc[rows]), strict=True):
        sheet.aside[sheet.keys[index]] = Standing(content, sheet.source(index))
        sheet.issues.append(_issue(sheet, *disputes[index]))
        sheet.disputed.add(sheet.source(index).row)
    keep_places(sheet, [index for index in range(len(sheet.keys)) if index not in places])


def _issue(sheet: Incoming, mine: _Statement, others: Sequence[_Statement]) -> Issue:
    own = mine.source
    places = "、".join(place_of(other.source, own) for other in others[:_SHOWN_PLACES])
    header = next((name for name in sheet.register.key if name in sheet.reading.columns), sheet.register.key[0])
    letter = sheet.reading.columns.get(header) or next(iter(sheet.reading.columns.values()), "A")
    message = f"{SENTENCE.format(places=places)}\n{_difference(sheet.register, mine, others[0])}"
    original = next((o.source.file for o in others if o.source.file in originals_of(own.file)), None)
    if original is not None:
        message += f"\n如果以这份为准，请把它的文件名改成“{original}”，再单独放入收件夹。"
    return Issue(own.file, own.sheet, own.row, letter, header, mine.key, "一个编号只有一种内容", message)


def place_of(source: Source, beside: Source) -> str:
    if source.file != beside.file:
        return f"“{source.file}”工作表“{source.sheet}”第{source.row}行"
    return f"第{source.row}行" if source.sheet == beside.sheet else f"工作表“{source.sheet}”第{source.row}行"


def _difference(register: Register, mine: _Statement, other: _Statement) -> str:
    """The columns in which two rows differ, with the values where both stand in one workbook."""
    headers = [h for h in register.headers if mine.cells.get(h) != other.cells.get(h)]
    told = []
    for header in headers[:_SHOWN_COLUMNS]:
        values = [_shown(statement.cells.get(header), register.column(header).type) for statement in (mine, other)]
        silent = register.column(header).type in _UNSPOKEN or mine.source.file != other.source.file
        told.append(f"“{header}”" if silent else f"“{header}”（{values[0]}；{values[1]}）")
    more = "等" if len(headers) > _SHOWN_COLUMNS else ""
    return f"不同的列：{'、'.join(told)}{more}。"


def _shown(value: Any, kind: str) -> str:
    """A kept value as staff wrote it."""
    if value is None:
        return "空白"
    if kind == "time":
        return f"{value // 3600:02d}:{value // 60 % 60:02d}"
    return ("是" if value else "否") if isinstance(value, bool) else str(value)
