"""One sheet that is a register, as it was read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd

from processor.catalogue.register import Register
from processor.issue import Issue, Remark


@dataclass(frozen=True)
class SheetReading:
    """One sheet that is a register.

    header_row: number (from 1) of the last header row. columns: header -> letter of the column where it stands.
    frame: canonical table of the readable rows, every column of the register and `_row`.
    unreadable: numbers of the rows left out; notes: of the rows at the foot taken as remarks.
    remarks: of cells that count. held: rows like those of `frame` that cannot count yet, with `_pending`, header -> what
    stands in a column of choices that is none of them (a row of `frame` may be held too).
    illegible: rows like those of `frame` that were left out since a needed cell is empty or not understood, with `_pending`.
    titles: the texts above the header, in order. hidden: staff do not see the sheet.
    left_out: another register's table stands on it and was not read.
    needs_roster: exported attendance, whose 工号 `identify_staff` has yet to fill; layout: of such a sheet, see
    `processor.intake.attendance`.
    """

    sheet: str
    register: str
    header_row: int
    columns: Mapping[str, str]
    frame: pd.DataFrame
    unreadable: tuple[int, ...]
    notes: tuple[int, ...]
    issues: tuple[Issue, ...]
    needs_roster: bool = False
    remarks: tuple[Remark, ...] = ()
    titles: tuple[str, ...] = ()
    held: pd.DataFrame = field(default_factory=pd.DataFrame)
    hidden: bool = False
    layout: str = ""
    left_out: bool = False
    illegible: pd.DataFrame = field(default_factory=pd.DataFrame)


def of_plans(plans: Sequence[int], register: Register, letters: Mapping[str, str]) -> tuple[Remark, ...]:
    """What is said beside the first of the rows that tell nothing yet of a day which is not over."""
    if not plans:
        return ()
    told = "、".join(header for header in register.happens if header in letters)
    blank = f"{told}都还没有填，" if told else ""
    message = f"从这一行起有{len(plans)}行的日子还没有过完，{blank}先不作判定；到时填好，再放入收件夹。"
    return (Remark(plans[0], letters[str(register.date_column)], message),)
