"""Which register a sheet is: by its headers only, and never two at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from processor.catalogue.register import Column, Register
from processor.catalogue.register_reader import load_registers
from processor.intake import WorkbookRejected
from processor.intake.evidence import evidence_of
from processor.intake.grid import Grid
from processor.intake.headers import Signature, fold_header, without_result_columns
from processor.intake.recognise import Nearest, Recognised, recognise, title_days

from .conftest import DISPATCH

NAMES = sorted(load_registers())


def recognised(registers: Mapping[str, Register], *rows: list[Any], **more: Any) -> Recognised:
    found = recognise(Grid("Sheet1", rows, **more), registers)
    assert isinstance(found, Recognised)
    return found


@pytest.mark.parametrize("name", NAMES)
def test_each_register_by_its_own_headers(registers: Mapping[str, Register], name: str) -> None:
    found = recognised(registers, list(registers[name].headers))
    assert found.register.name == name
    assert list(found.match.columns) == list(registers[name].headers)


@pytest.mark.parametrize("name", NAMES)
def test_each_register_by_the_headers_that_must_be_there(registers: Mapping[str, Register], name: str) -> None:
    needed = Signature.of(registers[name]).needed
    assert recognised(registers, [h for h in registers[name].headers if h in needed]).register.name == name


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("which", [0, -1])
def test_each_register_by_synonyms_in_messy_headers(registers: Mapping[str, Register], name: str, which: int) -> None:
    columns = registers[name].columns
    headers = [f"* {c.synonyms[which] if c.synonyms else c.header}\n（元） " for c in columns]
    found = recognised(registers, ["表", None, None], [], headers[::-1])
    assert found.register.name == name
    assert set(found.match.columns) == set(registers[name].headers)


@pytest.mark.parametrize("name", NAMES)
def test_without_one_needed_header_a_sheet_is_only_near(registers: Mapping[str, Register], name: str) -> None:
    register = registers[name]
    replaced = {register.number, *(column.names for column in register.columns)}
    needed = [h for h in register.headers if h in Signature.of(register).needed - replaced]
    if len(needed) < 2:
        pytest.skip("one header is all that it needs")
    found = recognise(Grid("Sheet1", [[h for h in register.headers if h != needed[0]]]), registers)
    if isinstance(found, Recognised):
        assert found.register.name != name
    else:
        assert found is not None and found.missing


@pytest.mark.parametrize(
    ("text", "name", "unit"),
    [("联系\n电话", "联系电话", ""), (" 联 系 电 话 ", "联系电话", ""), ("*工号：", "工号", ""),
     ("合同金额（万元）", "合同金额", "万元"),
     ("合同金额(单位:元)", "合同金额", "元"), ("金额/元", "金额", "元"), ("原ＳＩＭ号", "原sim号", ""),
     ("房屋面积【㎡】", "房屋面积", "M2")],
)  # fmt: skip
def test_headers_are_folded(text: str, name: str, unit: str) -> None:
    folded = fold_header(text)
    assert folded.names[-1] == name
    assert folded.unit == unit


def test_ten_title_rows_are_skipped_and_a_dozen_are_not(registers: Mapping[str, Register]) -> None:
    titles = [[f"标题{n}"] for n in range(10)]
    assert recognised(registers, *titles, DISPATCH).header_rows == (10, 10)
    found = recognise(Grid("Sheet1", [["再一行"], ["又一行"], *titles, DISPATCH]), registers)
    assert not isinstance(found, Recognised)


def test_a_header_of_two_rows_joins_parent_and_child(registers: Mapping[str, Register]) -> None:
    parent = ["传递单号", "填写日期", "业务员工号", "市场部经理签字", None, "店面经理签字", None]
    child = [None, None, None, "工号", "日期", "工号", "日期"]
    merges = (((1, 4), (1, 5)), ((1, 6), (1, 7)), ((1, 1), (2, 1)))
    for given in (merges, ()):
        found = recognised(registers, parent, child, merges=given)
        assert found.register.name == "transfer_slips"
        assert found.header_rows == (0, 1)
        assert [found.match.columns[h][0] for h in ("市场部经理签字日期", "店面经理签字工号", "店面经理签字日期")] == [
            4,
            5,
            6,
        ]


def test_a_group_row_above_plain_headers_does_not_hide_them(registers: Mapping[str, Register]) -> None:
    group = ["基本信息", None, None, "处理", None, None, None, None]
    found = recognised(registers, group, DISPATCH, merges=(((1, 1), (1, 3)), ((1, 4), (1, 8))))
    assert (found.register.name, found.header_rows) == ("dispatch", (1, 1))


def test_own_spelling_goes_before_a_synonym(registers: Mapping[str, Register]) -> None:
    found = recognised(registers, ["设计师", *DISPATCH])
    assert found.match.columns["设计师工号"][0] == 1 + DISPATCH.index("设计师工号")
    assert not found.match.doubled


def test_another_table_that_shares_a_key_is_no_register(registers: Mapping[str, Register]) -> None:
    deductions = ["期间", "工号", "姓名", "门店", "部门", "项目编码", "金额", "点数", "条款编号", "决定编号"]
    assert not isinstance(recognise(Grid("明细", [deductions]), registers), Recognised)
    assert recognised(registers, ["决定编号", "决定", "确认人工号"]).register.name == "confirmations"


def test_result_columns_are_not_staffs_own() -> None:
    headers = ["登记编号", "金额", "点数", "处理状态", "处理结果", "金额", "点数", "依据条款"]
    assert without_result_columns(headers) == 3
    assert without_result_columns(["申诉编号", "处理结果"]) == 2


def test_two_registers_that_fit_equally_are_named_both() -> None:
    columns = (Column("单号", "id", required=True), Column("日期", "date", required=True))
    twins = {name: Register(name, title, ("单号",), columns) for name, title in (("a", "甲表"), ("b", "乙表"))}
    with pytest.raises(WorkbookRejected) as caught:
        recognise(Grid("Sheet1", [["单号", "日期"]]), twins)
    assert caught.value.kind == "ambiguous"
    assert "甲表" in caught.value.reason and "乙表" in caught.value.reason


def test_the_nearest_register_tells_what_is_missing(registers: Mapping[str, Register]) -> None:
    found = recognise(Grid("Sheet1", [[h for h in DISPATCH if h != "咨询编号"]]), registers)
    assert isinstance(found, Nearest)
    assert (found.title, found.missing) == ("派单登记表", ("咨询编号",))


@pytest.mark.parametrize(
    ("titles", "sheet", "days"),
    [(["2026年10月派单登记表"], "Sheet1", "2026-10-01 2026-10-31"), (["城东店 2026-10"], "Sheet1", "2026-10-01 2026-10-31"),
     (["派单登记表"], "2026年", "2026-01-01 2026-12-31"), (["2025年12月26日至2026年1月25日"], "Sheet1", "2025-12-26 2026-01-25"),
     (["2026年12月至2027年1月"], "Sheet1", None), (["派单登记表"], "Sheet1", None), (["单号20261"], "Sheet1", None)],
)  # fmt: skip
def test_the_days_of_which_the_title_speaks(titles: list[str], sheet: str, days: str | None) -> None:
    found = title_days(Grid(sheet, [[title] for title in titles]), len(titles))
    assert (None if found is None else " ".join(day.isoformat() for day in found)) == days


@pytest.mark.parametrize(
    "cell",
    ["13900000001", "139 0000 0001", "139-0000-0001", "139 00 00 00 01", "(0571) 8765 4321", "110105 19491231 002X"],
)
def test_samples_hide_phones_and_identity_numbers_however_they_are_grouped(cell: str) -> None:
    (sample,) = evidence_of([cell], ()).samples
    assert "***" in sample and cell[-6:] not in sample


@pytest.mark.parametrize("cell", ["2026-10-05 09:30:00", "12345.67", "10月8日 9:30"])
def test_samples_show_what_is_no_number_of_a_person(cell: str) -> None:
    assert evidence_of([cell], ()).samples == (cell,)
