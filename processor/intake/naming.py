"""Which register a workbook speaks of by what it is called: the names of file and sheet, and the titles on the sheet."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from difflib import SequenceMatcher
from pathlib import PurePosixPath
from unicodedata import normalize

from processor.catalogue.register import Register
from processor.intake.grid import Grid

LEAST_TOLD = 0.5  # a name that shares less of a register's title says nothing of it
_TITLE_ROWS, _TITLE_CELLS = 6, 2
_COMMON = re.compile(r"登记表|统计表|申请表|处理表|考核表|跟踪表|排班表|登记|统计|表格|表|单|导出|[\W\d_]+")
_ANYBODYS = frozenset(
    {"客户", "工作", "项目", "员工", "会员", "消防", "申请", "处理", "信息", "档案"}
)  # words of several titles
_LEAST_LETTERS = 2


def told_by_names(registers: Mapping[str, Register], file: str, grid: Grid) -> dict[str, float]:
    """For each register that the names speak of, how much of its title they hold, from `LEAST_TOLD` to 1."""
    names = [_plain(text) for text in (PurePosixPath(file).stem, grid.sheet, *_titles(grid))]
    found = {}
    for register in registers.values():
        told = 0.0 if register.form else max(_share(_plain(register.title), name) for name in names)
        if told >= LEAST_TOLD:
            found[register.name] = told
    return found


def _titles(grid: Grid) -> Iterable[str]:
    for row in grid.rows[:_TITLE_ROWS]:
        filled = [cell for cell in row if cell is not None and cell != ""]
        if len(filled) <= _TITLE_CELLS:
            yield from (cell for cell in filled if isinstance(cell, str))


def _plain(text: str) -> str:
    return _COMMON.sub("", normalize("NFKC", text))


def _share(title: str, name: str) -> float:
    """0 to 1: how much of a title's own letters stand together in a name."""
    if not title:
        return 0.0
    match = SequenceMatcher(None, title, name, autojunk=False).find_longest_match()
    common = title[match.a : match.a + match.size]
    told = len(common) >= min(_LEAST_LETTERS, len(title)) and (common == title or common not in _ANYBODYS)
    return len(common) / len(title) if told else 0.0
