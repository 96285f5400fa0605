"""The declarations of the registers, and what the loader refuses."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from processor.catalogue.register import Register
from processor.catalogue.register_reader import declaration, load_registers, register_of
from processor.errors import RegisterError
from processor.packaged import packaged

SOUND = """\
title: 试用表
key: [编号]
columns:
  编号: {type: id, required: true}
  门店: {type: text, optional: true}
  备注: {type: text, optional: true}
"""


def read(folder: Path) -> list[Register]:
    return [register_of(path, declaration(path)) for path in sorted(folder.glob("*.yaml"))]


def test_every_register_has_a_key_unit_and_remarks() -> None:
    registers = load_registers()
    assert sum(not register.form for register in registers.values()) == 51
    for register in registers.values():
        assert set(register.key) <= set(register.headers)
        assert {"门店", "备注"} <= set(register.headers)


def test_every_column_of_an_employee_is_declared_as_one() -> None:
    for register in load_registers().values():
        for column in register.columns:
            named = column.header.endswith("工号") and not register.form
            assert column.type in ("staff", "staff_list") or not named, column.header


def test_every_register_with_a_registration_number_can_do_without_it() -> None:
    facts = {name: register for name, register in load_registers().items() if not register.is_answered}
    without = {name for name, register in facts.items() if not register.otherwise}
    own = "attendance cashier duty lead_archive member_system probation roster stock stock_count surveys typing weekly_reports"
    named = "lost_orders meter_readings"
    assert without == {*own.split(), *named.split()}


def test_no_two_registers_share_a_title() -> None:
    titles = [register.title for register in load_registers().values()]
    assert len(titles) == len(set(titles))


@pytest.mark.parametrize(
    ("name", "date_column"),
    [("dispatch", "派单日期"), ("complaints", "受理时间"), ("member_system", None), ("weekly_reports", "周起始日")],
)
def test_date_column_is_the_first_date_or_moment(name: str, date_column: str | None) -> None:
    assert load_registers()[name].date_column == date_column


@pytest.mark.parametrize(
    ("old", "new", "where"),
    [
        ("type: id", "type: ident", "columns.编号.type"),
        ("type: id", "type: choice", "columns.编号.choices"),
        ("type: id", "type: id, width: 3", "columns.编号"),
        ("key: [编号]", "key: [单号]", "key"),
        ("key: [编号]", "key: []", "key"),
        ("  备注: {type: text, optional: true}\n", "", "columns"),
        ("门店: {type: text,", "门店: {type: text, synonyms: [编号],", "columns.门店.synonyms"),
        ("required: true", "required: true, synonyms: [1]", "columns.编号.synonyms"),
        ("columns:\n", "about: [编号]\ncolumns:\n", "about"),
        ("columns:\n", "answers: letters\ncolumns:\n", "answers"),
        ("columns:\n", "signed: 签字\ncolumns:\n", "signed"),
        ("columns:\n", "away: [编号, 日期]\ncolumns:\n", "away"),
        ("columns:\n", "answers: {verdict: 编号}\ncolumns:\n", "answers"),
        ("columns:\n", "columns:\n  今天: {type: date}\n", "columns.今天"),
        ("columns:\n", "otherwise: [[编号]]\ncolumns:\n", "otherwise"),
        ("columns:\n", "otherwise: [[日期]]\ncolumns:\n", "otherwise"),
    ],
)
def test_a_faulty_declaration_names_file_and_key(tmp_path: Path, old: str, new: str, where: str) -> None:
    (tmp_path / "trial.yaml").write_text(SOUND.replace(old, new), encoding="utf-8")
    with pytest.raises(RegisterError) as caught:
        read(tmp_path)
    assert caught.value.where == f"trial.yaml: {where}"


def test_broken_yaml_names_the_file(tmp_path: Path) -> None:
    (tmp_path / "trial.yaml").write_text("title: [", encoding="utf-8")
    with pytest.raises(RegisterError, match=r"trial\.yaml"):
        read(tmp_path)


def test_what_offices_usually_call_columns_speaks_of_columns_that_there_are() -> None:
    usual = yaml.safe_load(packaged("intake/usual_names.yaml").read_text(encoding="utf-8"))
    registers = load_registers()
    strange = [
        (name, header)
        for name, entry in usual.items()
        for header in entry.get("names", {})
        if name not in registers or header not in registers[name].headers
    ]
    assert strange == [] and all(set(entry) <= {"topics", "names"} for entry in usual.values())
