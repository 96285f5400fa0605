"""A fault in what staff delivered: recorded with its position, never raised."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Issue:
    """One cell that could not be read or needs a look.

    `row` is the sheet's own row number and `column_letter` its column as Excel shows it;
    `message` is the whole Chinese sentence with the mend that staff see.
    """

    file: str
    sheet: str
    row: int
    column_letter: str
    header: str
    found: str
    expected: str
    message: str

    @property
    def cell(self) -> str:
        return f"{self.column_letter}{self.row}"


@dataclass(frozen=True)
class Remark:
    """Something about a cell that counts all the same.

    warning: the cell is marked, not only noted; told: the message stands in 处理结果, too.
    """

    row: int
    column_letter: str
    message: str
    warning: bool = False
    told: bool = False

    @property
    def cell(self) -> str:
        return f"{self.column_letter}{self.row}"
