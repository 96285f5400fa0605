"""The list of punches that a clock writes to a memory stick: text without a header (attlog.dat), or with one that is shifted.

| file | a line |
|---|---|
| `*_attlog.dat` | number of the employee, day and time, then two codes or more (device, state, verification, work), between tabs, commas or spaces |
| `GLG_*.txt`, `AGL_*.txt` | below `No Mchn EnNo Name Mode IOMd DateTime`: the same in another order, with tabs that come twice in the header |

The number is the one under which the clock knows the employee; it counts where the roster knows it, too.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import islice
from typing import Any

from processor.intake.attendance.clock import folded
from processor.intake.grid import Grid

_HEADERS = ("考勤号码", "日期时间", "机器号", "状态代码", "验证代码", "工作代码")
_SHIFTED = {"No": "序号", "Mchn": "机器号", "EnNo": "考勤号码", "Name": "姓名", "DateTime": "日期时间"}
_WHO = re.compile(r"[A-Za-z]{0,4}\d{1,12}")
_MOMENT = re.compile(r"20\d{2}[-/]\d{1,2}[-/]\d{1,2}\s+\d{1,2}:\d{2}(?::\d{2})?")
_CODE = re.compile(r"-?\d{0,4}")
_SPACED = re.compile(rf"({_WHO.pattern})\s+({_MOMENT.pattern})((?:\s+-?\d{{1,4}}){{2,7}})")
_LEAST_CODES, _SAMPLE, _MOSTLY = 2, 200, 0.9


def with_header(grid: Grid) -> Grid:
    """The grid of a text file, with the header that a clock's list lacks; any other grid as it is."""
    if not grid.rows:
        return grid
    sample = [_is_punch(row) for row in islice(filter(any, grid.rows), _SAMPLE)]
    if sample and sample[0] and sum(sample) >= _MOSTLY * len(sample):
        width = max(grid.width, len(_HEADERS))
        header = [*_HEADERS, *(f"代码{number}" for number in range(len(_HEADERS) + 1, width + 1))]
        return replace(grid, rows=[header[: grid.width], *(_told(row) for row in grid.rows)])
    names = [name for cell in grid.rows[0] if (name := folded(cell))]
    if {"EnNo", "DateTime"} <= set(names):
        return replace(grid, rows=[[_SHIFTED.get(name, name) for name in names], *map(_closed, grid.rows[1:])])
    return grid


def between_spaces(lines: Sequence[str]) -> bool:
    """Whether the lines are punches whose parts stand between spaces."""
    found = [_SPACED.fullmatch(line.strip()) is not None for line in lines if line.strip()]
    return bool(found) and found[0] and sum(found) >= _MOSTLY * len(found)


def punch_of(line: str) -> list[str]:
    """The cells of a punch whose parts stand between spaces; any other line as one cell."""
    found = _SPACED.fullmatch(line.strip())
    return [found[1], found[2], *found[3].split()] if found else [line.strip()]


def _told(row: Sequence[Any]) -> Sequence[Any]:
    """The row; one that is no punch as the punch of nobody known, so that it is told of."""
    text = " ".join(filter(None, map(folded, row)))
    return row if not text or _is_punch(row) else [text, text]


def _is_punch(row: Sequence[Any]) -> bool:
    who, moment, *codes = [folded(cell) for cell in row] if len(row) > 1 else ("", "")
    told = bool(_WHO.fullmatch(who) and _MOMENT.fullmatch(moment))
    return told and len(codes) >= _LEAST_CODES and all(map(_CODE.fullmatch, codes))


def _closed(row: Sequence[Any]) -> list[Any]:
    """A row without the cells between two tabs."""
    return [cell for cell in row if folded(cell)]
