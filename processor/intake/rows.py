"""Which rows below a header are data: not blank, no totals, no repeated headers, no notes at the foot."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from processor.intake.grid import Grid
from processor.intake.headers import fold_header

_SPACE = re.compile(r"\s+")
_TOTAL = re.compile(r"^.{0,12}(?:合计|小计|总计)(?:\(.*\))?(?:[::].{0,20})?$")
_PLAIN_TOTAL = re.compile(r"^(?:合计|小计|总计)[::]?$")
_FOOT_LABEL = re.compile(
    r"^(?:附?注|备注|说明|填表|填写|制表|制单|审核|复核|审批|批准|经办|统计|主管|负责人|部门负责人|店长|签字|签名|打印|日期|单位)"
    r"[^::]{0,8}(?:[::]|$)"
)
_SENTENCE = 15


@dataclass(frozen=True)
class BodyRows:
    """Places in the grid: `data` rows in order, and `notes`, the rows at the foot that are no data."""

    data: tuple[int, ...]
    notes: tuple[int, ...]


def body_rows(grid: Grid, header: int, columns: dict[str, int], width: int, needed: frozenset[str]) -> BodyRows:
    """Sort the rows below the header's last row, place `header`.

    `columns` gives the place of each recognised header in a row, `width` how many leading columns are staff's
    own, `needed` the headers of cells that every data row fills.
    """
    key_places = [columns[name] for name in sorted(needed) if name in columns]
    places = sorted(columns.values())
    data: list[int] = []
    for place, ordinary in enumerate(_ordinary(grid, header, key_places), start=header + 1):
        if ordinary or _may_be_data(grid.rows[place], places, width, columns):
            data.append(place)
    last = len(data)
    while last and _is_note(grid.rows[data[last - 1]][:width], key_places):
        last -= 1
    kept = tuple(place for place in data[:last] if not _all_blank(grid.rows[place], places))
    return BodyRows(kept, tuple(data[last:]))


def _ordinary(grid: Grid, header: int, key_places: Sequence[int]) -> list[bool]:
    """For each row below the header: are the needed cells all filled, with nothing like a total or a title?"""
    body = grid.rows[header + 1 :]
    ordinary = np.ones(len(body), dtype=bool)
    for at in key_places:
        title = grid.rows[header][at]
        cells = [row[at] if at < len(row) else None for row in body]
        sound = [
            cell is not None and cell != "" and not (isinstance(cell, str) and ("计" in cell or cell == title))
            for cell in cells
        ]
        ordinary &= np.array(sound, dtype=bool)
    return ordinary.tolist()


def _may_be_data(row: Sequence[Any], places: Sequence[int], width: int, columns: dict[str, int]) -> bool:
    if _all_blank(row, places):
        return _looks_like_note(row[:width])
    return not _is_total(row[:width]) and not _repeats_header(row, columns)


def _all_blank(row: Sequence[Any], places: Sequence[int]) -> bool:
    return all(at >= len(row) or _blank(row[at]) for at in places)


def _blank(cell: Any) -> bool:
    return cell is None or (isinstance(cell, str) and not cell.strip())


def _folded(cell: Any) -> str:
    return _SPACE.sub("", unicodedata.normalize("NFKC", str(cell)))


def _is_total(row: Sequence[Any]) -> bool:
    filled = [cell for cell in row if not _blank(cell)][:2]
    if not isinstance(filled[0], str):
        return len(filled) > 1 and isinstance(filled[1], str) and bool(_PLAIN_TOTAL.match(_folded(filled[1])))
    second = len(filled) > 1 and isinstance(filled[1], str) and _PLAIN_TOTAL.match(_folded(filled[1]))
    return bool(second or _TOTAL.match(_folded(filled[0])))


def _repeats_header(row: Sequence[Any], columns: dict[str, int]) -> bool:
    same = sum(
        1
        for header, at in columns.items()
        if at < len(row) and isinstance(row[at], str) and header.casefold() in fold_header(row[at]).names
    )
    return same >= 2 and same * 2 >= len(columns)


def _looks_like_note(row: Sequence[Any]) -> bool:
    filled = [cell for cell in row if not _blank(cell)]
    return bool(filled) and isinstance(filled[0], str) and bool(_FOOT_LABEL.match(_folded(filled[0])))


def _is_note(row: Sequence[Any], key_places: Sequence[int]) -> bool:
    """A foot row that cannot be data: needed cells are empty, and it is a label, a long sentence, or nothing."""
    filled = [cell for cell in row if not _blank(cell)]
    if all(at < len(row) and not _blank(row[at]) for at in key_places):
        return False
    if _looks_like_note(row):
        return True
    return len(filled) == 1 and isinstance(filled[0], str) and len(_folded(filled[0])) >= _SENTENCE
