"""The sheets in which staff answer what their headers and values mean, as they come back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from processor.catalogue.register import Register
from processor.intake.grid import Grid
from processor.intake.memory import UNUSED, Answer, Memory, header_key
from processor.intake.propose import Proposal
from processor.intake.recognise import Nearest, Recognised, recognise

HEADERS_SHEET, VALUES_SHEET = "表头对照", "取值对照"
FILLED_BY, ORIGIN = "填写人", "文件"
ASKED_HEAD = ("工作表", "登记表", "表头", "样例", "建议", "把握", "含义")
LISTED_HEAD = ("登记表", "表头", "含义", "填写人", "文件", "日期")
VALUES_HEAD = ("登记表", "列", "值", "行数", "建议", "取为")
LISTED_VALUES_HEAD = ("登记表", "列", "值", "取为", "填写人", "文件", "日期")
_FIRST_ROWS = 6


@dataclass(frozen=True)
class SheetAnswer:
    """What was said of one sheet: the register's name, and each header's meaning as it was filled in."""

    register: str
    meanings: Mapping[str, str]


@dataclass(frozen=True)
class Filled:
    """What a workbook answers. origin: the asked workbook's file, where the sheet says so; listed: lines of the list."""

    sheets: Mapping[str, SheetAnswer] = field(default_factory=dict)
    answers: tuple[Answer, ...] = ()
    by: str = ""
    origin: str = ""
    is_list: bool = False


@dataclass(frozen=True)
class AskedSheet:
    """A sheet that is asked about. note: what was wrong with the last answer; filled: header -> meaning said then."""

    proposal: Proposal
    note: str = ""
    filled: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Learned:
    """What reading a workbook taught: answers, and header rows (register, folded headers) that were read with them."""

    answers: tuple[Answer, ...] = ()
    rows: tuple[tuple[str, frozenset[str]], ...] = ()

    def __bool__(self) -> bool:
        return bool(self.answers or self.rows)

    def __add__(self, other: Learned) -> Learned:
        return Learned(self.answers + other.answers, self.rows + other.rows)


def read_answers(grids: Sequence[Grid], registers: Mapping[str, Register]) -> Filled:
    """What the sheets 表头对照 and 取值对照 of a workbook say; nothing where it has none."""
    by_title = {register.title: name for name, register in registers.items()}
    filled = Filled()
    for grid in grids:
        if grid.sheet == HEADERS_SHEET:
            by, origin = _beside(grid, FILLED_BY), _beside(grid, ORIGIN)
            filled = replace(filled, by=by or filled.by, origin=origin)
            if lines := list(_lines(grid, ASKED_HEAD)):
                filled = replace(filled, sheets=_by_sheet(lines, by_title))
            elif lines := list(_lines(grid, LISTED_HEAD)):
                found = [_answer(line, by_title, "", line["含义"], filled.by) for line in lines]
                filled = replace(filled, answers=(*filled.answers, *filter(None, found)), is_list=True)
        elif grid.sheet == VALUES_SHEET:
            by = _beside(grid, FILLED_BY) or filled.by
            listed = bool(list(_lines(grid, LISTED_VALUES_HEAD)))
            head = LISTED_VALUES_HEAD if listed else VALUES_HEAD
            found = [
                _answer({**line, "表头": line["列"]}, by_title, line["值"], line["取为"], by)
                for line in _lines(grid, head)
                if listed or line["取为"]
            ]
            filled = replace(filled, answers=(*filled.answers, *filter(None, found)), is_list=filled.is_list or listed)
    return filled


def as_answered(
    grid: Grid, said: SheetAnswer, register: Register, memory: Memory
) -> tuple[Recognised | None, Learned, str]:
    """A sheet read as somebody said, what is to be remembered of it, and what is wrong with the answer."""
    learned, note = said_alone(said, register)
    if note:
        return None, Learned(), note
    meanings = _meanings(said)
    if all(meaning == UNUSED for meaning in meanings.values()):
        return None, learned, ""
    found = recognise(grid, {register.name: register}, memory.plus(register.name, meanings, frozenset(meanings)))
    if isinstance(found, Recognised):
        return found, learned, ""
    missing = "、".join(found.missing) if isinstance(found, Nearest) else "、".join(register.key)
    return None, Learned(), f"还没有哪个表头表示“{missing}”，缺了它这张表读不了，请为它选择含义，或在表里补上这一列。"


def said_alone(said: SheetAnswer, register: Register) -> tuple[Learned, str]:
    """What is to be remembered of an answer, whatever its sheet holds, and what is wrong with it."""
    meanings = _meanings(said)
    strange = [meaning for meaning in meanings.values() if meaning not in (*register.headers, UNUSED)]
    if strange:
        return Learned(), f"“{register.title}”里没有“{'”“'.join(dict.fromkeys(strange))}”，请从列表里选择含义。"
    twice = [meaning for meaning in register.headers if list(meanings.values()).count(meaning) > 1]
    if twice:
        return Learned(), f"“{'”“'.join(twice)}”对应了不止一个表头，请只留一个，其余选“{UNUSED}”。"
    answers = tuple(Answer(register.name, header, "", meaning or UNUSED) for header, meaning in said.meanings.items())
    return Learned(answers, ((register.name, frozenset(meanings)),)), ""


def _meanings(said: SheetAnswer) -> dict[str, str]:
    return {header_key(header): meaning or UNUSED for header, meaning in said.meanings.items()}


def _answer(line: Mapping[str, str], by_title: Mapping[str, str], value: str, meaning: str, by: str) -> Answer | None:
    register = by_title.get(line["登记表"])
    if register is None or not line["表头"]:
        return None
    return Answer(register, line["表头"], value, meaning, by)


def _by_sheet(lines: Sequence[Mapping[str, str]], by_title: Mapping[str, str]) -> dict[str, SheetAnswer]:
    sheets: dict[str, list[Mapping[str, str]]] = {}
    for line in lines:
        if line["表头"] and line["工作表"]:
            sheets.setdefault(line["工作表"], []).append(line)
    found = {}
    for sheet, own in sheets.items():
        titles = [line["登记表"] for line in own if line["登记表"] in by_title]
        if titles:
            usual = max(titles, key=titles.count)
            changed = next((title for title in titles if title != usual), usual)
            found[sheet] = SheetAnswer(by_title[changed], {line["表头"]: line["含义"] for line in own})
    return found


def _lines(grid: Grid, head: Sequence[str]) -> Iterator[dict[str, str]]:
    """The lines below the row that holds all of these headers, as header -> text."""
    rows = [[_text(cell) for cell in row] for row in grid.rows]
    for number, row in enumerate(rows[:_FIRST_ROWS]):
        if set(head) <= set(row):
            places = {name: row.index(name) for name in head}
            for line in rows[number + 1 :]:
                found = {name: line[at] if at < len(line) else "" for name, at in places.items()}
                if any(found.values()):
                    yield found
            return


def _beside(grid: Grid, label: str) -> str:
    for row in grid.rows[:2]:
        texts = [_text(cell) for cell in row]
        if label in texts[:-1]:
            return texts[texts.index(label) + 1]
    return ""


def _text(cell: Any) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return "" if cell is None else str(cell).strip()
