"""The blank registers: complete, usable as they are, and the same bytes every time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from openpyxl import load_workbook

from processor.blank import blank, blank_at_hand, write_blanks
from processor.catalogue.register import EXAMPLE_SHEET
from processor.catalogue.register_reader import load_registers
from processor.errors import RegisterError
from processor.intake import Reading

TEMPLATES = Path(__file__).parents[2] / "templates" / "registers"
NAMES = sorted(name for name, register in load_registers().items() if not register.form)
SAMPLES = {
    "id": "007", "staff": "007", "staff_list": "007", "text": "某", "phone": "13900000001", "idno": "11010119900101100X", "month": "2026-10",
    "date": "2026-10-01",
    "datetime": "2026-10-01 09:05", "time": "09:05", "money": 12.5, "number": 1.5, "count": 2, "yesno": "是",
}  # fmt: skip


def test_the_templates_are_not_stale(tmp_path: Path) -> None:
    fresh = {path.name: path.read_bytes() for path in write_blanks([], tmp_path)}
    kept = {path.name: path.read_bytes() for path in TEMPLATES.iterdir()}
    assert fresh == kept, "run: python run.py blank --to templates/registers"


def test_a_register_that_the_site_changed_gets_a_blank_of_its_own() -> None:
    register = load_registers()["calls"]
    assert blank_at_hand(register) == blank(register)
    shorter = replace(register, columns=register.columns[:-1])
    assert blank_at_hand(shorter) == blank(shorter) != blank(register)


@pytest.mark.parametrize("name", NAMES)
def test_a_filled_blank_is_read_back_whole(tmp_path: Path, read: Callable[..., Reading], name: str) -> None:
    register = load_registers()[name]
    (path,) = write_blanks([name], tmp_path)
    workbook = load_workbook(path)
    sheet = workbook.worksheets[0]
    assert [cell.value for cell in sheet[1]] == list(register.headers)
    for number, column in enumerate(register.columns, start=1):
        sheet.cell(2, number, column.choices[0] if column.choices else SAMPLES[column.type])
    workbook.save(path)
    (reading,) = read(path).sheets
    assert (reading.register, reading.header_row, reading.issues, reading.unreadable) == (name, 1, (), ())
    assert reading.frame.drop(columns="_row").notna().all(axis=None)
    assert reading.frame["_row"].tolist() == [2]


def test_an_unfilled_blank_has_no_rows_and_its_example_is_not_data(read: Callable[..., Reading]) -> None:
    reading = read(TEMPLATES / "派单登记表.xlsx")
    assert len(reading.sheets[0].frame) == 0
    assert reading.ignored_sheets == (EXAMPLE_SHEET,)


def test_the_example_itself_would_be_readable(tmp_path: Path, read: Callable[..., Reading]) -> None:
    for path in write_blanks([], tmp_path):
        workbook = load_workbook(path)
        del workbook[workbook.sheetnames[0]]
        sheet = workbook[EXAMPLE_SHEET]
        sheet.delete_rows(3, 9)
        sheet.title = "表"
        workbook.save(path)
        (reading,) = read(path).sheets
        assert load_registers()[reading.register].title == path.stem and len(reading.frame) == 1 and not reading.issues


def test_lists_formats_and_unit_columns(tmp_path: Path) -> None:
    (path,) = write_blanks(["members"], tmp_path)
    sheet = load_workbook(path).worksheets[0]
    letters = {cell.value: cell.column_letter for cell in sheet[1]}
    rules = {str(rule.sqref).split(":")[0]: rule.formula1 for rule in sheet.data_validations.dataValidation}
    assert rules[f"{letters['性别']}2"] == '"男,女"'
    assert sheet.column_dimensions[letters["卡号"]].number_format == "@"
    assert sheet.column_dimensions[letters["申请日期"]].number_format == "yyyy-mm-dd"
    assert list(letters)[-1] == "备注" and "门店" in letters


def test_an_unknown_register_writes_nothing(tmp_path: Path) -> None:
    with pytest.raises(RegisterError, match="no register nonsense"):
        write_blanks(["dispatch", "nonsense"], tmp_path / "new")
    assert not (tmp_path / "new").exists()
