"""Gives exported attendance the staff numbers of the roster."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from processor.intake.reading import SheetReading
from processor.issue import Issue


def assign_staff_numbers(sheet: SheetReading, roster: pd.DataFrame, *, file: str) -> SheetReading:
    """Fill 工号 of an exported sheet from the roster (columns 工号, 姓名), by number, else by a name that is unique.

    A row that matches neither leaves the frame: it is unreadable, with an issue. Other sheets come back as they are.
    """
    if not sheet.needs_roster:
        return sheet
    frame = sheet.frame
    known = frame["工号"].isin(set(roster["工号"]))
    single = roster.drop_duplicates("姓名", keep=False).set_index("姓名")["工号"]
    numbers = frame["工号"].where(known, frame["姓名"].map(single)).astype("str")
    lost = numbers.isna()
    issues = tuple(
        _issue(sheet, file, int(row), str(name), int((roster["姓名"] == name).sum()))
        for row, name in frame.loc[lost, ["_row", "姓名"]].drop_duplicates().itertuples(index=False)
    )
    return replace(
        sheet,
        frame=frame.assign(工号=numbers)[~lost].reset_index(drop=True),
        unreadable=tuple(sorted({*sheet.unreadable, *map(int, frame.loc[lost, "_row"])})),
        issues=sheet.issues + issues,
        needs_roster=False,
    )


def _issue(sheet: SheetReading, file: str, row: int, name: str, namesakes: int) -> Issue:
    why = f"花名册里有{namesakes}个同名员工" if namesakes else "花名册里没有这个人"
    message = f"第{row}行“{name}”没有可用的工号，{why}，这一行没有计入。请在考勤系统或花名册里补上工号，再放入收件夹。"
    return Issue(file, sheet.sheet, row, sheet.columns["姓名"], "工号", name, "花名册里的工号或唯一的姓名", message)
