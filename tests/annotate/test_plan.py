"""The plan of the command `annotate`, and the command itself."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from processor.annotate import Link, main_annotate, plan_from_json

from .books import SHEET, parts, write

GOOD: dict[str, Any] = {
    "sheets": [
        {
            "sheet": SHEET, "header_row": 1, "columns": ["处理状态", "金额"], "rows": {"2": ["正常", -5]},
            "notes": {"A2": "说明"}, "marks": {"A2": "error"},
        }
    ],
    "summary": {"title": "处理汇总", "rows": [["项目", 1], [{"text": "行", "sheet": SHEET, "cell": "A2"}]]},
}  # fmt: skip


def test_a_good_plan() -> None:
    found = plan_from_json(GOOD)
    assert found.sheets[0].rows == {2: ["正常", "-5"]}
    assert found.summary is not None and found.summary.rows[1][0] == Link("行", SHEET, "A2")


@pytest.mark.parametrize(
    ("change", "key"),
    [
        ({"sheets": {}}, "sheets"),
        ({"sheet": []}, "sheet"),
        ({"sheets": [{**GOOD["sheets"][0], "rows": {"x": []}}]}, "rows.x"),
        ({"sheets": [{**GOOD["sheets"][0], "rows": {"1": ["a"]}}]}, "rows.1"),
        ({"sheets": [{**GOOD["sheets"][0], "rows": {"2": ["a", "b", "c"]}}]}, "rows.2"),
        ({"sheets": [{**GOOD["sheets"][0], "marks": {"A2": "red"}}]}, "marks.A2"),
        ({"sheets": [{**GOOD["sheets"][0], "notes": {"2A": "x"}}]}, "notes"),
        ({"sheets": [{**GOOD["sheets"][0], "header_row": 0}]}, "header_row"),
        ({"sheets": [{**GOOD["sheets"][0], "columns": ["a", "a"]}]}, "columns"),
        ({"sheets": [GOOD["sheets"][0], GOOD["sheets"][0]]}, "sheets"),
        ({"summary": {"rows": []}}, "summary.title"),
        ({"summary": {"title": "x", "rows": [[{"text": "a"}]]}}, "summary.rows"),
    ],
)
def test_a_bad_plan_names_the_key(change: dict[str, Any], key: str) -> None:
    with pytest.raises(ValueError, match=key):
        plan_from_json({**GOOD, **change})


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source, target, wanted = write(tmp_path / "in.xlsx", parts()), tmp_path / "out.xlsx", tmp_path / "plan.json"
    wanted.write_text(json.dumps(GOOD), encoding="utf-8")
    assert main_annotate(source, target, wanted) == 0
    assert openpyxl.load_workbook(target)[SHEET]["D2"].value == "-5"
    target.unlink()
    wanted.write_text("{", encoding="utf-8")
    assert main_annotate(source, target, wanted) == 1
    assert "plan" in capsys.readouterr().err
    wanted.write_text(json.dumps({"sheets": [{**GOOD["sheets"][0], "sheet": "无"}]}), encoding="utf-8")
    assert main_annotate(source, target, wanted) == 1
    assert "没有名为“无”的工作表" in capsys.readouterr().err and not target.exists()
