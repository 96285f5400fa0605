"""Junk in a cell, whatever the register and column, charges nobody: it is marked, or it is as if the cell were blank."""

from __future__ import annotations

import csv
import datetime as dt
import io
from functools import cache
from typing import Any
from unittest.mock import patch

import pandas as pd
import pytest
from casework import decide_case, load_cases
from depth import DEPTH
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from processor.batch import cases as batch_cases
from processor.catalogue.register import Column, Register
from processor.catalogue.register_reader import load_registers
from processor.columns import UNREAD
from processor.intake import frame_from_csv
from processor.intake.convert import Circumstances, convert
from processor.intake.raw import raw_column
from processor.intake.table import CellColumn, Place, blanks, build_table

PLACEHOLDERS = ["#N/A", "#VALUE!", "#REF!", "#DIV/0!", "2.34567E+17", "########", "#公式未计算"]
JUNK = [*PLACEHOLDERS, "NULL", "None", "nan", "N/A", "undefined", "待定", "?", "？？", "外星", "约300", "300左右", "300+", "100%", "1%",
        "13月45日", "2026-02-30", "25:99", "24:01", "9999-12-31", "1900-01-01", "1899-12-30", "1970-01-01", "0001-01-01", "0000-00-00",
        "-", "--", "/", "无", "——", "同上", "〃", "见附件", "1、2", "3-5", "3~5", "未知", "不详", "TBD", "１２３ａ", "½", "1/2", "是/否", "√×",
        "*", "……", "=1+1", "0x10", "1.2.3", "1,00", "$100", "100元/200元", "5-", "--5", "inf", "Infinity", "٣", "५", "明天", "月底", "周一",
        "上午", "作废的", "合计", 1e18, dt.datetime(1900, 1, 1), dt.datetime(9999, 12, 31), dt.datetime(1899, 12, 30)]  # fmt: skip
SAID = {
    "yesno": {"无"},
    "choice": {"无"},
    "phone": {"2026-02-30"},
    "time": {dt.datetime(9999, 12, 31)},
}  # which say something there
NO_IDS = [
    *PLACEHOLDERS,
    "NULL",
    "?",
    "？？",
    "-",
    "/",
    "无",
    "——",
    "同上",
    "待定",
    "未知",
    "*",
    "……",
    1e18,
    dt.datetime(1900, 1, 1),
]
FREE = ("id", "text", "staff", "staff_list")  # any words are values there, placeholders of programs are not
Money = frozenset[tuple[str, ...]]


@cache
def places() -> list[tuple[int, str, str]]:
    """One case for each register and column that a case fills and that is no key: (number of the case, register, header)."""
    found: dict[tuple[str, str], int] = {}
    for number, (_, case) in enumerate(cases()):
        for name, text in case["registers"].items():
            for row in csv.DictReader(io.StringIO(text.strip())):
                for header, cell in row.items():
                    if cell and header and header.strip() not in load_registers()[name].key:
                        best = found.get((name, header.strip()))
                        if best is None or size(number) < size(best):
                            found[name, header.strip()] = number
    return [(number, name, header) for (name, header), number in sorted(found.items())]


@cache
def cases() -> list[Any]:
    return [entry for entry in load_cases("") if "registers" in entry[1] and "steps" not in entry[1]]


def size(number: int) -> int:
    return sum(map(len, cases()[number][1]["registers"].values()))


def frame_with(number: int, name: str, header: str, place: int, cell: str | None) -> pd.DataFrame:
    """The register of a case with another cell, as the batch would keep it."""
    case = cases()[number][1]
    register = load_registers()[name]
    rows = list(csv.DictReader(io.StringIO(case["registers"][name].strip())))
    rows[place][header] = cell
    columns = {
        h: CellColumn("A", [row.get(h) for row in rows]) for h in {**rows[0], header: ""} if h in register.headers
    }
    around = Circumstances(as_of=batch_cases.as_of_day(case))
    table = build_table(register, columns, range(2, len(rows) + 2), Place("", ""), around)
    unread: dict[int, list[str]] = {}
    for issue in table.issues:
        if issue.found:
            unread.setdefault(issue.row, []).append(issue.header)
    return table.frame.assign(**{UNREAD: ["|".join(unread.get(row, [])) for row in table.frame["_row"]]})


def filled(number: int, name: str, header: str) -> int:
    rows = csv.DictReader(io.StringIO(cases()[number][1]["registers"][name].strip()))
    return next(place for place, row in enumerate(rows) if row.get(header))


@cache
def charged(number: int, name: str, header: str, cell: str | None, row: int | None = None) -> Money:
    """What costs or brings money, with this in the column's cell of a row, or its first filled one; `=` leaves it as it is."""
    case, register = cases()[number][1], load_registers()[name]
    place = row if row is not None or cell == "=" else filled(number, name, header)
    frame = None if place is None or cell == "=" else frame_with(number, name, header, place, cell)

    def read(asked: Register, text: str) -> pd.DataFrame:
        return (
            frame if frame is not None and asked.name == register.name and "\n" in text else frame_from_csv(asked, text)
        )

    with patch.object(batch_cases, "frame_from_csv", read):  # which takes no cell that cannot be read
        lines = decide_case(case)
    return frozenset(
        (d.clause, d.effect, d.staff_no, d.subject, str(d.amount), d.points) for d in lines if d.amount or d.points
    )


def test_junk_is_read_as_nothing_in_any_column_of_any_register() -> None:
    """A cell of junk is blank, or marked as unread; no column takes a value from it but those whose words it is."""
    alike: dict[tuple[Any, ...], tuple[str, Column]] = {}
    for name, register in load_registers().items():
        for one in register.columns:
            says = one.header if one.type == "yesno" else ""
            alike[one.type, one.choices, tuple(one.words.items()), one.range, one.future, one.nothing, says] = name, one
    read = []
    for name, column in alike.values():
        junk = junk_of(column)
        raw = raw_column(junk, dash_is_blank=column.type != "text", blanks=blanks(column))
        values = convert(raw, column, Circumstances(as_of=dt.date(2026, 11, 2))).values
        read += [
            (name, column.header, cell, value) for cell, value in zip(junk, values, strict=True) if pd.notna(value)
        ]
    assert not read


def junk_of(column: Column) -> list[Any]:
    junk: list[Any] = {"text": PLACEHOLDERS, "staff_list": [], "id": NO_IDS, "staff": NO_IDS}.get(column.type, JUNK)
    return [cell for cell in junk if cell not in SAID.get(column.type, ())]


@settings(max_examples=12 * DEPTH, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_junk_charges_nobody(data: st.DataObject) -> None:
    number, name, header = data.draw(st.sampled_from(places()))
    free = load_registers()[name].column(header).type in FREE
    junk = data.draw(st.sampled_from(PLACEHOLDERS if free else JUNK))
    new = charged(number, name, header, junk) - charged(number, name, header, None) - charged(number, name, header, "=")
    assert not new, (cases()[number][0], name, header, junk)


@pytest.mark.parametrize("header", ["责任主管工号", "金额", "数量"])
def test_a_step_that_cannot_be_read_is_still_a_step(header: str) -> None:
    """The third time costs no fine; it does not become the second one because a cell of the second was spoilt."""
    number = next(n for n, (_, case) in enumerate(cases()) if case["name"].startswith("同一条再犯翻倍，别的规定另数"))
    assert charged(number, "discipline", header, "#N/A", row=1) < charged(number, "discipline", header, "=")
