"""Whole files with the mess that staff leave in them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from openpyxl import Workbook

from processor.catalogue.register_reader import load_registers
from processor.intake import Limits, Reading, WorkbookRejected, frame_from_csv, key_of

from .conftest import DISPATCH

Read = Callable[..., Reading]
Save = Callable[..., Path]
ROW = ["P1", "Q1", "2026-10-01", "D1", "R1", "正常", "否", None]


def row(number: str, **changes: Any) -> list[Any]:
    values = dict(zip(DISPATCH, ROW, strict=True)) | {"派单编号": number} | changes
    return list(values.values())


def test_title_rows_blank_rows_totals_and_notes_are_no_rows(save: Save, read: Read) -> None:
    rows = [
        ["2026年10月派单登记表"], [], DISPATCH, row("P1"), [], row("P2", 派单日期="10月2日"), ["小计", None, None, 2],
        row("P3"), ["合 计", None, None, 3], [None, "总计：", None, 3], [],
        ["注：本表由客户经理每日填写，次日交客服部。"], ["制表人：王芳", None, "审核人：", "李强"],
    ]  # fmt: skip
    sheet = read(save({"任意": rows})).sheets[0]
    assert sheet.frame["派单编号"].tolist() == ["P1", "P2", "P3"]
    assert sheet.frame["_row"].tolist() == [4, 6, 8]
    assert sheet.frame["派单日期"].dt.strftime("%m-%d").tolist() == ["10-01", "10-02", "10-01"]
    assert sheet.header_row == 3
    assert sheet.notes == (12, 13)
    assert sheet.unreadable == () and sheet.issues == ()


def test_rows_and_letters_are_the_sheets_own(save: Save, read: Read) -> None:
    shift = [None, None]
    rows = [
        [],
        [],
        [],
        [*shift, *DISPATCH],
        [*shift, *row("P1", 派单日期="不详")],
        [*shift, *row("P2", 派单方式="随便")],
    ]
    sheet = read(save({"表": rows})).sheets[0]
    assert sheet.columns["派单编号"] == "C" and sheet.header_row == 4
    assert sheet.unreadable == (5,) and sheet.frame["_row"].tolist() == [6]
    lost, marked = sheet.issues
    assert (lost.cell, lost.header, lost.found) == ("E5", "派单日期", "不详")
    assert (marked.cell, marked.found, marked.expected) == ("H6", "随便", "正常、指定、强制、私自 之一")
    assert "没有计入" in lost.message and "按空白处理" in marked.message
    assert sheet.frame["派单方式"].isna().all()


def test_an_empty_needed_cell_makes_the_row_unreadable(save: Save, read: Read) -> None:
    sheet = read(save({"表": [DISPATCH, row("P1", 咨询编号=None), row("P2")]})).sheets[0]
    assert sheet.unreadable == (2,)
    assert [(issue.cell, issue.found) for issue in sheet.issues] == [("B2", "")]
    assert "没有填写" in sheet.issues[0].message


def test_a_row_at_the_foot_with_an_id_is_data_and_not_dropped(save: Save, read: Read) -> None:
    sheet = read(save({"表": [DISPATCH, row("P1"), ["P2"]]})).sheets[0]
    assert sheet.unreadable == (3,) and sheet.notes == ()


def test_prefilled_serial_numbers_are_no_rows(save: Save, read: Read) -> None:
    rows = [["序号", *DISPATCH], [1, *row("P1")], [2], [3], [4, *row("P2")], [5]]
    assert read(save({"表": rows})).sheets[0].frame["_row"].tolist() == [2, 5]


def test_repeated_headers_of_printed_pages_are_no_rows(save: Save, read: Read) -> None:
    sheet = read(save({"表": [DISPATCH, row("P1"), DISPATCH, row("P2")]})).sheets[0]
    assert sheet.frame["_row"].tolist() == [2, 4] and not sheet.issues


def test_several_registers_hidden_sheets_and_strangers(save: Save, read: Read) -> None:
    def hide(workbook: Workbook) -> None:
        workbook["藏"].sheet_state = "hidden"
        workbook["深藏"].sheet_state = "veryHidden"

    typing = [["工号", "测试日期", "每分钟字数"], ["Z1", dt.date(2026, 10, 1), 80]]
    sheets = {"甲": [DISPATCH, row("P1")], "藏": typing, "深藏": [DISPATCH, row("P2")], "闲谈": [["你好"]], "空": []}
    reading = read(save(sheets, hide))
    assert [(sheet.sheet, sheet.register) for sheet in reading.sheets] == [
        ("甲", "dispatch"), ("藏", "typing"), ("深藏", "dispatch"),
    ]  # fmt: skip
    assert reading.ignored_sheets == ("闲谈", "空")


def test_our_own_sheets_and_result_columns_are_never_data(save: Save, read: Read) -> None:
    results = ["处理状态", "处理结果", "金额", "点数", "依据条款"]
    discipline = ["登记编号", "日期", "工号", "条款编号", "金额", "登记人工号"]
    rows = [[*discipline, *results], ["J1", "2026-10-01", "Z1", "OR-1", 30, "Z9", "已判定", "罚款", -30, None, "OR-1"]]
    sheets = {"表": rows, "处理汇总": [DISPATCH, row("P8")], "示例": [DISPATCH, row("P9")]}
    reading = read(save(sheets))
    assert [sheet.register for sheet in reading.sheets] == ["discipline"]
    assert reading.sheets[0].frame["金额"].tolist() == [3000]
    assert reading.sheets[0].columns["金额"] == "E"
    assert reading.ignored_sheets == ("处理汇总", "示例")


def test_missing_and_doubled_columns_are_reported(save: Save, read: Read) -> None:
    headers = [*DISPATCH[:3], "设计师编号", "设计师"]
    sheet = read(save({"表": [headers, ["P1", "Q1", "2026-10-01", "D1", "王五"]]})).sheets[0]
    assert sheet.frame["设计师工号"].tolist() == ["D1"]
    missing, doubled = sheet.issues
    assert "派单方式" in missing.message and missing.row == 1
    assert doubled.cell == "E1" and "只读了D列" in doubled.message


def test_a_near_miss_beside_a_good_sheet_is_asked_about(save: Save, read: Read) -> None:
    reading = read(save({"好": [DISPATCH, row("P1")], "差": [[h for h in DISPATCH if h != "咨询编号"], ["P2"]]}))
    assert [(sheet.proposal.sheet, sheet.proposal.register.name) for sheet in reading.asked] == [("差", "dispatch")]


def test_a_workbook_without_a_needed_column_is_asked_about(save: Save, read: Read) -> None:
    (asked,) = read(save({"表": [[h for h in DISPATCH if h != "咨询编号"], ["P1"]]})).asked
    nearest = asked.proposal.nearest[0]
    assert (nearest.register.title, nearest.missing) == ("派单登记表", ("咨询编号",))


def test_a_cell_merged_downwards_counts_for_all_its_rows(save: Save, read: Read) -> None:
    path = save(
        {"表": [DISPATCH, row("P1"), row("P2", 派单日期=None), row("P3")]}, lambda b: b["表"].merge_cells("C2:C3")
    )
    sheet = read(path).sheets[0]
    assert sheet.unreadable == ()
    assert sheet.frame["派单日期"].nunique() == 1


def test_serial_dates_of_a_1904_workbook(save: Save, read: Read) -> None:
    from openpyxl.utils.datetime import CALENDAR_MAC_1904

    def mac(workbook: Workbook) -> None:
        workbook.epoch = CALENDAR_MAC_1904

    sheet = read(save({"表": [DISPATCH, row("P1", 派单日期=44834)]}, mac)).sheets[0]
    assert sheet.frame["派单日期"].tolist() == [pd.Timestamp("2026-10-01")]


def test_errors_and_uncalculated_formulas_are_marked_not_blank(save: Save, read: Read) -> None:
    rows = [DISPATCH, row("P1", 设计师工号="#N/A", 拒单理由="=A1&B1"), row("P2")]
    sheet = read(save({"表": rows})).sheets[0]
    assert {(issue.cell, issue.found) for issue in sheet.issues} == {("D2", "#N/A"), ("H2", "#公式未计算")}
    assert sheet.frame["_row"].tolist() == [2, 3]


def test_units_in_headers_scale_amounts(save: Save, read: Read) -> None:
    headers = ["合同编号", "签订日期", "客户姓名", "合同类型", "合同金额\n（万元）", "设计师工号"]
    sheet = read(save({"表": [headers, ["H1", "2026-10-01", "甲", "施工", 3.5, "D1"]]})).sheets[0]
    assert sheet.frame["合同金额"].tolist() == [3_500_000]
    plain = [header.split("\n")[0] for header in headers]
    rows = [["合同登记 2026年", None, "单位：万元"], plain, ["H1", "2026-10-01", "甲", "施工", 3.5, "D1"]]
    assert read(save({"表": rows})).sheets[0].frame["合同金额"].tolist() == [3_500_000]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_csv_in_the_encodings_of_the_office(tmp_path: Path, read: Read, encoding: str) -> None:
    path = tmp_path / "派单.csv"
    text = (
        "派单登记表 2026年10月\r\n\r\n"
        + ",".join(DISPATCH)
        + '\r\n001,Q1,10月3日,D1,R1,正常,是,"忙\n碌"\r\n002,Q2,10月4日\r\n'
    )
    path.write_bytes(text.encode(encoding))
    reading = read(path)
    sheet = reading.sheets[0]
    assert reading.format == "csv" and sheet.header_row == 3
    assert sheet.frame["派单编号"].tolist() == ["001", "002"]
    assert sheet.frame["拒单理由"].tolist()[0] == "忙\n碌"
    assert sheet.frame["派单日期"].dt.day.tolist() == [3, 4]
    assert reading.raw_sheets()[0].rows[3][0] == "001"


def test_a_tab_separated_csv(tmp_path: Path, read: Read) -> None:
    path = tmp_path / "x.csv"
    path.write_text("\t".join(DISPATCH) + "\n" + "\t".join(cell or "" for cell in ROW), encoding="utf-8")
    assert read(path).sheets[0].frame["派单编号"].tolist() == ["P1"]


def test_blank_register_columns_exist_even_where_the_sheet_lacks_them(save: Save, read: Read) -> None:
    register = load_registers()["dispatch"]
    frame = read(save({"表": [DISPATCH[:3], ROW[:3]]})).sheets[0].frame
    assert list(frame.columns) == [*register.headers, "_row"]
    assert frame["门店"].isna().all() and str(frame["门店"].dtype) == "str"
    assert str(frame["是否拒单"].dtype) == "boolean"


def test_limits_of_rows_and_columns_count_used_cells_only(save: Save, read: Read) -> None:
    path = save({"表": [DISPATCH, *[row(f"P{n}") for n in range(5)]]})
    assert len(read(path, Limits(rows=6)).sheets[0].frame) == 5
    for limits in (Limits(rows=5), Limits(columns=7), Limits(sheets=0)):
        with pytest.raises(WorkbookRejected) as caught:
            read(path, limits)
        assert caught.value.kind == "too_large"


def test_natural_keys() -> None:
    registers = load_registers()
    attendance = frame_from_csv(registers["attendance"], "日期,工号\n2026-10-01,Z1")
    assert key_of(registers["attendance"], attendance).tolist() == ["Z1|2026-10-01"]
    weekly = frame_from_csv(
        registers["weekly_reports"], "周起始日,工号,报告类型,提交时间\n2026-10-05,Z1,周报,2026-10-05 9:00"
    )
    assert key_of(registers["weekly_reports"], weekly).tolist() == ["Z1|2026-10-05|周报|"]
    materials = frame_from_csv(
        registers["material_requests"], "联络单号,行号,现场,业务部,申请日期,数量\nL1,2,甲,乙,2026-10-01,3"
    )
    assert key_of(registers["material_requests"], materials).tolist() == ["L1|2"]
    empty = frame_from_csv(registers["dispatch"], "派单编号,咨询编号,派单日期\n")
    assert key_of(registers["dispatch"], empty).tolist() == []


@pytest.mark.parametrize(
    "text", ["派单编号,不明\nP1,x", "派单编号,咨询编号,派单日期\nP1,Q1,不详", "派单编号,咨询编号\nP1,"]
)
def test_frame_from_csv_refuses_what_it_cannot_read(text: str) -> None:
    with pytest.raises(ValueError, match=r"unknown columns|读不出来|没有填写"):
        frame_from_csv(load_registers()["dispatch"], text)


def test_a_time_that_carries_its_date_counts_from_the_day_of_the_row(save: Save, read: Read) -> None:
    head = ["日期", "工号", "应到时间", "应退时间", "上班打卡", "下班打卡", "状态"]
    came = ["2026-10-12 08:52", dt.datetime(2026, 10, 12, 8, 52), "8:52", "2026-10-12 08:52"]
    left = ["2026-10-13 01:05", dt.datetime(2026, 10, 13, 1, 5), "次日01:05", "2026-10-20 01:05"]
    rows = [[dt.date(2026, 10, 12), f"K{n}", "9:00", "18:00", came[n], left[n], None] for n in range(4)]
    sheet = read(save({"表": [head, *rows]})).sheets[0]
    assert sheet.frame["上班打卡"].tolist() == [pd.Timedelta(hours=8, minutes=52)] * 4
    assert sheet.frame["下班打卡"].tolist()[:3] == [pd.Timedelta(hours=25, minutes=5)] * 3
    assert [issue.cell for issue in sheet.issues if issue.row > 1] == ["F5"]


def test_a_midnight_alone_is_no_time_and_a_real_one_is(save: Save, read: Read) -> None:
    head = ["日期", "工号", "姓名", "班次", "应到时间", "应退时间", "上班打卡", "下班打卡", "状态"]
    rows = [
        ["2026-10-12", "K1", None, "A", "09:00", "18:00", "00:00", "00:00", None],
        ["2026-10-13", "K1", None, "A", "00:00", "00:00:00", "08:52", "18:05", None],
        ["2026-10-14", "K1", None, "中", "16:00", "00:00", "15:55", "00:00", None],
    ]
    (sheet,) = read(save({"考勤": [head, *rows]})).sheets
    assert [issue.cell for issue in sheet.issues] == ["G2", "H2", "E3", "F3"]
    assert sheet.frame["下班打卡"].isna().tolist() == [True, False, False]
    assert sheet.frame["应退时间"].isna().tolist() == [False, True, False]


def test_a_date_without_a_year_is_completed_by_the_other_columns(save: Save, read: Read) -> None:
    head = [
        "投诉编号",
        "受理时间",
        "受理人工号",
        "客户姓名",
        "联系电话",
        "投诉级别",
        "责任人工号",
        "承诺答复时间",
        "办结时间",
    ]
    row = ["C1", "2026-12-30 09:05", "K1", "王", "13900000001", "一般", "K2", "1月2日 下午3点半", "12月30日 晚上6点"]
    (sheet,) = read(save({"投诉": [head, row]})).sheets
    assert [str(sheet.frame[header][0]) for header in head[-2:]] == ["2027-01-02 15:30:00", "2026-12-30 18:00:00"]
    row[1] = "12.30"
    reading = read(save({"投诉": [head, row]}))
    assert {issue.cell for issue in reading.sheets[0].issues if issue.found} == {
        "B2",
        "H2",
        "I2",
    }  # nothing tells a year
