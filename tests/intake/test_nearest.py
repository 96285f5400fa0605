"""The register that a workbook comes nearest to: by headers, by the names of file, sheet and title, or by nothing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from processor.intake import Reading, WorkbookRejected

Read = Callable[..., Reading]
Save = Callable[..., Path]
STRANGE = ["甲列", "乙列", "丙列", "丁列"]


def nearest(read: Read, path: Path) -> WorkbookRejected:
    with pytest.raises(WorkbookRejected) as caught:
        read(path)
    assert caught.value.kind == "unknown"
    return caught.value


@pytest.mark.parametrize(
    ("file", "sheet", "titles", "expected"),
    [
        ("城东店10月奖惩登记.xlsx", "Sheet1", [], "奖惩登记表"),
        ("10月.xlsx", "派单登记", [], "派单登记表"),
        ("10月.xlsx", "Sheet1", [["客户投诉处理表（2026年10月）"]], "客户投诉处理表"),
        ("消防设备.xlsx", "Sheet1", [], "消防设备台账"),
        ("新建工作簿.xlsx", "Sheet1", [["城东店"]], None),
        ("汇总表.xlsx", "数据", [["统计表"]], None),
        ("10月登记表.xlsx", "登记表", [], None),
    ],
)
def test_names_tell_where_headers_do_not(
    save: Save, read: Read, file: str, sheet: str, titles: list[list[str]], expected: str | None
) -> None:
    path = save({sheet: [*titles, STRANGE, ["1", "2", "3", "4"]]}, name=file)
    rejected = nearest(read, path)
    assert rejected.nearest == expected
    assert ("最接近的是" in rejected.reason) == (expected is not None)
