"""Which rows below a header are data: not blank, no totals, no repeated headers, no notes at the foot."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from processor.intake.blocks import looks_like_header
from processor.intake.grid import Grid
from processor.intake.headers import Match

_SPACE = re.compile(r"\s+")
_TOTAL = re.compile(r"^.{0,12}(?:合计|小计|总计)(?:\(.*\))?(?:[::].{0,20})?$")
_PLAIN_TOTAL = re.compile(r"^(?:合计|小计|总计)[::]?$")
_SUMMARY = (
    r"(?:共计|累计|汇总|总数|总和|(?:总|合计|小计)(?:金?额|价|数?量|[人笔件次]数)|平均.{0,2}|[人日月]均|均值|计数|最大值|最小值|求和|"
    r"(?:sub|grand)?\s*total|sum|average)"
)
_SUM_OF_ROWS = re.compile(
    rf"^.{{0,20}}{_SUMMARY}(?:\(.*\))?(?:[::].{{0,20}})?$|^共\d+[条行笔人次个].{{0,6}}$", re.IGNORECASE
)
_MAYBE_SUMMARY = re.compile("[计汇总均共求]|[Tt]otal|[Aa]verage|最[大小]值")
_FOOT_LABEL = re.compile(
    r"^(?:附?注|备注|说明|填表|填写|制表|制单|审核|复核|审批|批准|经办|统计|主管|负责人|部门负责人|店长|签字|签名|打印|日期|单位)"
    r"[^::]{0,8}(?:[::]|$)"
)
_REMARK = re.compile(r"^(?:附?注|备注|说明|注意)[^::]{0,8}[::].")
_BELOW_A_HEADER = re.compile(r"^(?:\(.{1,8}\)|[A-Za-z][A-Za-z_.#/-]*)$")
_SENTENCE = 15
_SUMMED = frozenset({"money", "number", "count"})


@dataclass(frozen=True)
class BodyRows:
    """Places in the grid: `data` rows in order, `notes`, the rows at the foot that are no data, and further `headers`."""

    data: tuple[int, ...]
    notes: tuple[int, ...]
    headers: tuple[int, ...]


def body_rows(grid: Grid, header: int, match: Match, width: int, names: Collection[str]) -> BodyRows:
    """Sort the rows below the header's last row, place `header`.

    `match` says which columns are whose, `width` how many leading columns are staff's own, `names` are the headers
    of all registers.
    """
    columns = {name: at for name, (at, _, _) in match.columns.items()}
    needed = [name for name in sorted(match.signature.needed) if name in columns]
    key_places = [columns[name] for name in needed]
    telling = [columns[name] for name in needed if match.signature.register.column(name).type not in _SUMMED]
    places = sorted(columns.values())
    data: list[int] = []
    headers: list[int] = []
    remarks: set[int] = set()
    banners = _banners(grid, places)
    explained = header + 1 if _explains(grid, header + 1, places) else None
    for place, ordinary in enumerate(_ordinary(grid, header, key_places, names), start=header + 1):
        row = grid.rows[place]
        if place in banners or place == explained:
            continue
        if ordinary:
            data.append(place)
        elif looks_like_header(row[:width], places, names):
            headers.append(place)
        elif _may_be_data(row, places, width, telling):
            data.append(place)
            if _stands_alone(row[:width]):
                remarks.add(place)
    last = len(data)
    while last and _is_note(grid.rows[data[last - 1]][:width], key_places):
        last -= 1
    kept = tuple(place for place in data[:last] if place not in remarks and not _all_blank(grid.rows[place], places))
    return BodyRows(kept, tuple(data[last:]), tuple(headers))


def _ordinary(grid: Grid, header: int, key_places: Sequence[int], names: Collection[str]) -> list[bool]:
    """For each row below the header: are the needed cells all filled, with nothing like a total or a title?"""
    body = grid.rows[header + 1 :]
    ordinary = np.ones(len(body), dtype=bool)
    for at in key_places:
        cells = [row[at] if at < len(row) else None for row in body]
        sound = [
            cell is not None
            and cell != ""
            and not (isinstance(cell, str) and (cell in names or (not cell.isascii() and "计" in cell)))
            for cell in cells
        ]
        ordinary &= np.array(sound, dtype=bool)
    return ordinary.tolist()


def _banners(grid: Grid, places: Sequence[int]) -> set[int]:
    """Places of the rows of which one cell is merged over all of the table's columns: titles of a section, remarks."""
    first, last = grid.first_column + places[0], grid.first_column + places[-1]
    across = [top for (top, left), (bottom, right) in grid.merges if top == bottom and left <= first and last <= right]
    return {top - grid.first_row for top in across} if last > first else set()


def _explains(grid: Grid, place: int, places: Sequence[int]) -> bool:
    """Whether a row says nothing but what its header says in other words: units in brackets, the names of a system's fields."""
    row = grid.rows[place] if place < len(grid.rows) else ()
    filled = [cell for at in places if at < len(row) and not _blank(cell := row[at])]
    return len(filled) > 1 and all(isinstance(c, str) and _BELOW_A_HEADER.match(_folded(c)) for c in filled)


def _may_be_data(row: Sequence[Any], places: Sequence[int], width: int, telling: Sequence[int]) -> bool:
    if _all_blank(row, places):
        return _looks_like_note(row[:width])
    return not _is_total(row[:width], telling)


def _all_blank(row: Sequence[Any], places: Sequence[int]) -> bool:
    return all(at >= len(row) or _blank(row[at]) for at in places)


def _blank(cell: Any) -> bool:
    return cell is None or (isinstance(cell, str) and not cell.strip())


def _folded(cell: Any) -> str:
    return _SPACE.sub("", unicodedata.normalize("NFKC", str(cell)))


def _is_total(row: Sequence[Any], telling: Sequence[int]) -> bool:
    """Whether a row sums up others: by its first word, or its second where a number stands first.

    Words that may also stand in a row of its own right count only where all other cells that tell what a row is,
    at the places `telling`, are empty.
    """
    filled = [at for at, cell in enumerate(row) if not _blank(cell)][:2]
    for number, at in enumerate(filled):
        if not isinstance(row[at], str):
            continue
        text = _folded(row[at])
        if (_PLAIN_TOTAL if number else _TOTAL).match(text):
            return True
        if _MAYBE_SUMMARY.search(text) and _SUM_OF_ROWS.match(text):
            numbered = {filled[0]} if number and not isinstance(row[filled[0]], str) else set()
            return all(_blank(row[other]) for other in {*telling} - {at} - numbered if other < len(row))
    return False


def _looks_like_note(row: Sequence[Any]) -> bool:
    filled = [cell for cell in row if not _blank(cell)]
    return bool(filled) and isinstance(filled[0], str) and bool(_FOOT_LABEL.match(_folded(filled[0])))


def _stands_alone(row: Sequence[Any]) -> bool:
    """Whether a row between others holds one remark and nothing else: `说明：以上均已核对`."""
    filled = [cell for cell in row if not _blank(cell)]
    return len(filled) == 1 and isinstance(filled[0], str) and bool(_REMARK.match(_folded(filled[0])))


def _is_note(row: Sequence[Any], key_places: Sequence[int]) -> bool:
    """A foot row that cannot be data: needed cells are empty, and it is a label, a long sentence, or nothing."""
    filled = [cell for cell in row if not _blank(cell)]
    if all(at < len(row) and not _blank(row[at]) for at in key_places):
        return False
    if _looks_like_note(row):
        return True
    return len(filled) == 1 and isinstance(filled[0], str) and len(_folded(filled[0])) >= _SENTENCE
