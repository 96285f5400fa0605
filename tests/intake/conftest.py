"""Real workbooks made on the spot for the tests of reading."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from processor.catalogue.register import Register
from processor.catalogue.register_reader import load_registers
from processor.intake import Limits, Reading, read_workbook

Sheets = Mapping[str, list[list[Any]]]

DISPATCH = ["派单编号", "咨询编号", "派单日期", "设计师工号", "派单人工号", "派单方式", "是否拒单", "拒单理由"]


@pytest.fixture(scope="session")
def registers() -> Mapping[str, Register]:
    return load_registers()


@pytest.fixture
def save(tmp_path: Path) -> Callable[..., Path]:
    """Save rows as an .xlsx; `change` may still alter the workbook before it is saved."""

    def _save(sheets: Sheets, change: Callable[[Workbook], None] | None = None, name: str = "随便.xlsx") -> Path:
        workbook = Workbook()
        workbook.remove(workbook.active)
        for title, rows in sheets.items():
            sheet = workbook.create_sheet(title)
            for number, row in enumerate(rows, start=1):
                for column, value in enumerate(row, start=1):
                    if value is not None:
                        sheet.cell(number, column, value)
        if change:
            change(workbook)
        path = tmp_path / name
        workbook.save(path)
        return path

    return _save


@pytest.fixture
def read(registers: Mapping[str, Register]) -> Callable[..., Reading]:
    """Read a file as a batch would."""

    def _read(path: Path, limits: Limits | None = None) -> Reading:
        return read_workbook(path, registers, limits or Limits(), shown_as=path.name)

    return _read
