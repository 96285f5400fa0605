"""Which rows of a sheet that nobody recognised are its header."""

from __future__ import annotations

from typing import Any

import pytest

from processor.intake.grid import Grid, Merge
from processor.intake.header_rows import header_of

GROUPED = [
    ["序号", "客户", None, "接待", None],
    [None, "大名", "号码", "日子", "同事"],
    [1, "客甲", "13900000001", "2026-10-20", "李红"],
]


def texts(rows: list[list[Any]], merges: tuple[Merge, ...] = ()) -> tuple[int, tuple[str, ...], tuple[str, ...]]:
    header = header_of(Grid("表", rows, merges=merges), frozenset(("大名", "小区", "同事")))
    assert header is not None
    return header.last, header.texts, header.names


@pytest.mark.parametrize("merges", [(), (((1, 2), (1, 3)), ((1, 4), (1, 5)), ((1, 1), (2, 1)))])
def test_groups_stand_before_what_they_head(merges: tuple[Merge, ...]) -> None:
    assert texts(GROUPED, merges) == (
        1,
        ("序号", "客户大名", "客户号码", "接待日子", "接待同事"),
        ("序号", "大名", "号码", "日子", "同事"),
    )


def test_a_row_of_data_below_an_empty_header_cell_is_no_second_row() -> None:
    rows = [["大名", "小区", None, "同事"], ["客甲", "花园", "电梯房", "李红"], ["客乙", "湖畔", "平房", "王芳"]]
    assert texts(rows)[0] == 0


def test_a_merge_beyond_the_cells_heads_nothing() -> None:
    assert texts([["大名", "小区", "同事"], ["客甲", "花园", "李红"]], (((1, 9), (1, 12)),))[0] == 0
