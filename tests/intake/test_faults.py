"""How many faults a workbook may have before it is rejected as a whole."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from processor.intake import Limits, Reading, WorkbookRejected

from .conftest import DISPATCH

Read = Callable[..., Reading]
Save = Callable[..., Path]


def test_a_sheet_that_is_nothing_but_faults_is_rejected_as_a_whole(save: Save, read: Read) -> None:
    path = save({"表": [DISPATCH, *[[f"P{n}", "Q1", "不是日期", "D1", "R1", "正常", "否", None] for n in range(60)]]})
    assert len(read(path, Limits(faults=60)).sheets[0].issues) == 60
    with pytest.raises(WorkbookRejected, match="第2行“派单日期”") as caught:
        read(path, Limits(faults=59))
    assert caught.value.kind == "too_large"


def test_faults_count_over_all_sheets(save: Save, read: Read) -> None:
    bad = ["P1", "Q1", "不是日期", "D1", "R1", "正常", "否", None]
    path = save({name: [DISPATCH, bad] for name in "甲乙丙"})
    assert len(read(path, Limits(faults=3)).sheets) == 3
    with pytest.raises(WorkbookRejected, match="工作表“丙”"):
        read(path, Limits(faults=2))
