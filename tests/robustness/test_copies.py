"""What sync clients and file managers call a copy is known as one; what staff call their own workbooks is not."""

from __future__ import annotations

import pytest

from processor.batch.copies import originals_of


@pytest.mark.parametrize(
    "name",
    [
        "投诉的副本", "投诉 2", "投诉 - 复制 (2)", "投诉【冲突】", "投诉(冲突副本)", "投诉 (来自张三的电脑)",
        "投诉-PC-0001", "投诉-HR-PC", "投诉-张三的电脑", "投诉-ZhangSan-MacBook-Pro", "投诉-DESKTOP-AB12CD3-2",
        "投诉_(1)", "投诉(副本1)", "投诉 （复件）", "投诉(重名2)", "【冲突】投诉", "投诉 (1) - 副本",
        "投诉.sync-conflict-20261102-101010-ABCDEFG", "投诉_PC-01_Nov-02-101010-2026_Conflict",
    ],
)  # fmt: skip
def test_a_copy_leads_to_its_original(name: str) -> None:
    assert "十月/投诉.xlsx" in originals_of(f"十月/{name}.xlsx")


@pytest.mark.parametrize("name", ["投诉-城东店", "投诉-10月", "投诉-更正", "投诉_2026", "十月投诉"])
def test_a_name_of_one_s_own_leads_nowhere(name: str) -> None:
    assert originals_of(f"{name}.xlsx") == ()
