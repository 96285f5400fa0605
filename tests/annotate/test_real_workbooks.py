"""Real workbooks lose nothing: each is annotated and compared with what it was, or refused with a reason."""

from __future__ import annotations

from pathlib import Path

import pytest

from processor.annotate import CannotAnnotate, Link, Plan, SheetPlan, Summary, annotate

from .comparison import Book, losses, number_of

FOLDER = Path(__file__).resolve().parents[3] / "shared" / "workbooks"
FILES = sorted(path for path in FOLDER.glob("*.xls[xm]")) if FOLDER.is_dir() else []
TITLES = ("处理状态", "处理结果", "金额")
REFUSED = {"poi__hello-world-signed.xlsx": "签名"}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_real_workbook_loses_nothing(path: Path, tmp_path: Path) -> None:
    target = tmp_path / path.name
    try:
        book = Book(path)
    except Exception:
        with pytest.raises(CannotAnnotate):
            annotate(path, target, Plan((SheetPlan("Sheet1", 1, TITLES, {}, {}, {}),), None))
        assert not list(tmp_path.iterdir())
        return
    sheet, part = next((name, part) for name, part in book.sheets() if Book.name(book.root(part)) == "worksheet")
    marks = {"A1": "error", "B2": "judged", "C7000": "warning"}
    rows = {2: ["已判定", "=1+1\n第二行", "-50.00"], 3: ["正常", "x_x000D_y", ""], 5000: ["无法读取", "", ""]}
    summary = Summary("处理汇总", [["项目", "数"], [Link("第 2 行", sheet, "A2"), "3"]])
    plan = Plan((SheetPlan(sheet, 1, TITLES, rows, {"A1": "首格有误", "B4": "另一条"}, marks),), summary)
    try:
        annotate(path, target, plan)
    except CannotAnnotate as error:
        assert path.name in REFUSED and REFUSED[path.name] in error.reason, error
        assert not list(tmp_path.iterdir())
        return
    after = Book(target)
    cells = after.cells(part)
    header = {text: place[1] for place, (_, kind, text, _, _) in cells.items() if place[0] == 1 for text in [text]}
    columns = [next(c for t, c in header.items() if f">{title}<" in t) for title in TITLES]
    assert columns == list(range(columns[0], columns[0] + 3))
    assert columns[0] > max((place[1] for place, cell in book.cells(part).items() if any(cell[:3:2])), default=0)
    assert "=1+1\n第二行" in cells[2, columns[1]][2] and not cells[2, columns[1]][0]
    assert "x_x005F_x000D_y" in cells[3, columns[1]][2]
    assert losses(path, target, sheet, {(1, 1), (2, 2), (7000, 3)}, set(columns)) == []
    threaded = {element.get("ref") for found in book.targets(part, "threadedComment") for element in book.root(found)}
    notes = after.notes(part)
    for ref, text in {"A1": "首格有误", "B4": "另一条"}.items():
        assert (ref in threaded) or text in "".join(notes[ref][1])
    assert after.sheets()[-1][0].startswith("处理汇总")
    assert number_of("XFD") >= columns[-1]
