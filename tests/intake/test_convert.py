"""Canonical values: what each type reads, and what it refuses, at its bounds."""

from __future__ import annotations

import datetime as dt
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from processor.catalogue.register import Column, Register
from processor.intake.convert import Circumstances, Converted, convert
from processor.intake.raw import raw_column
from processor.intake.table import CellColumn, Place, build_table
from processor.intake.texts import restore_leading_zeros

UNREAD = object()
YEAR = (dt.date(2026, 1, 1), dt.date(2026, 12, 31))


def converted(kind: str, cells: list[Any], span: Any = None, epoch_1904: bool = False, **more: Any) -> Converted:
    scale = more.pop("scale", 1)
    raw = raw_column(cells, dash_is_blank=kind != "text")
    return convert(raw, Column("列", kind, **more), Circumstances(span, epoch_1904), scale)


def check(result: Converted, wanted: Any) -> None:
    value, unread = result.values.iloc[0], bool(result.unread[0])
    assert unread == (wanted is UNREAD)
    if wanted is UNREAD or wanted is None:
        assert pd.isna(value)
    else:
        assert value == wanted


OCTOBER_1 = pd.Timestamp("2026-10-01")


@pytest.mark.parametrize(
    "cell",
    [
        "2026-10-1", "2026/10/01", "2026.10.1", "2026年10月1日", "2026 年 10 月 1 日", "20261001",
        "２０２６－１０－０１",
        20261001.0, 46296.0, "46296", 46296.75, "10月1日", "10月1号", "10.1", "10-1", "10/01", "26年10月1日", "26/10/1",
        "2026-09-30T16:00:00.000Z", "2026-10-01T08:00:00+08:00", " 2026-10-01 ",
        "2026-10-01 星期四",
        "2026年10月1日（周四）", "2026-10-01 23:59:59", "\u200e2026-10-01\ufeff", dt.date(2026, 10, 1),
        dt.datetime(2026, 10, 1, 18, 30),
    ],
)  # fmt: skip
def test_ways_to_write_a_date(cell: object) -> None:
    check(converted("date", [cell], span=YEAR), OCTOBER_1)


@pytest.mark.parametrize(
    "cell",
    ["2026-02-29", "2026-13-01", "十月一日", "2026-10", "11/6/26", "1900-01-01", "1899-12-30", "9999-12-31", 10.1, 11.35,
         "2026-10-0112:00", "99991231", "18991231",
     "#N/A", 3.0, 3653.0, 1e300, float("inf"), True, dt.time(9, 0), dt.timedelta(hours=3), "٢٠٢٦-١٠-٠١"],
)  # fmt: skip
def test_what_is_no_date_is_not_guessed(cell: object) -> None:
    check(converted("date", [cell], span=YEAR), UNREAD)


@pytest.mark.parametrize("cell", [None, "", "  ", "\u3000", "/", "-", "——", "\u200b"])
def test_blank_and_crossed_out_cells_are_no_fault(cell: object) -> None:
    check(converted("date", [cell]), None)


def test_a_date_without_year_needs_the_year_of_the_title() -> None:
    check(converted("date", ["2月29日"], span=(dt.date(2028, 1, 1), dt.date(2028, 12, 31))), pd.Timestamp("2028-02-29"))
    check(converted("date", ["2月29日"], span=YEAR), UNREAD)
    check(converted("date", ["10月1日"]), UNREAD)


def test_serials_of_both_date_systems() -> None:
    check(converted("date", [44834.0], epoch_1904=True), OCTOBER_1)
    check(converted("date", [3654.0]), pd.Timestamp("1910-01-01"))


@pytest.mark.parametrize(
    ("cell", "clock"),
    [("2026-10-01 9:05", "09:05:00"), ("2026/10/1 9:05:07", "09:05:07"), ("2026-10-01T09：05", "09:05:00"),
     ("2026年10月1日9时5分", "09:05:00"), ("2026年10月1日下午3点", "15:00:00"), ("10月1日 9点半", "09:30:00"),
     (46296.37847222, "09:05:00"), ("2026-10-01", "00:00:00"), ("2026-10-01 上午12:10", "00:10:00")],
)  # fmt: skip
def test_moments(cell: object, clock: str) -> None:
    check(converted("datetime", [cell], span=YEAR), pd.Timestamp(f"2026-10-01 {clock}"))


@pytest.mark.parametrize("cell", ["2026-10-01 25:00", "2026-10-01 9:60", "2026-10-01 下午13:00", "9:05"])
def test_what_is_no_moment(cell: object) -> None:
    check(converted("datetime", [cell], span=YEAR), UNREAD)


@pytest.mark.parametrize(
    ("cell", "minutes"),
    [("9:05", 545), ("9：05", 545), ("0905", 545), ("9点05分", 545), ("9点半", 570), ("下午3:05", 905),
     ("3:05 PM", 905),
     ("0:00", 0), ("24:00", 1440), (0.5, 720), (46296.5, 720), (dt.time(9, 5), 545),
     (dt.timedelta(days=1), 1440), (dt.timedelta(hours=25), 1500), ("次日01:05", 1505), ("第二天 1:05", 1505),
     ("上午9点半", 570), ("晚上6点", 1080), ("中午12点", 720), ("凌晨0点30分", 30), ("早上8点", 480), (dt.datetime(2026, 10, 1, 9, 5), 545)],
)  # fmt: skip
def test_times_of_day(cell: object, minutes: int) -> None:
    check(converted("time", [cell]), pd.Timedelta(minutes=minutes))


@pytest.mark.parametrize(
    "cell",
    [
        "24:01",
        "12:60",
        "9",
        "2460",
        0.0,
        1.0,
        1.5,
        905.0,
        -0.1,
        dt.timedelta(hours=48),
        dt.date(2026, 10, 1),
        dt.date(1900, 1, 1),
        dt.datetime(1899, 12, 30),
        "次日24:00",
        "晚上12点",
        "晚上1点",
        "早上12点",
    ],
)
def test_what_is_no_time_of_day(cell: object) -> None:
    check(converted("time", [cell]), UNREAD)


@pytest.mark.parametrize(
    "cell",
    [
        "2026-10",
        "2026年10月",
        "2026/10",
        "2026.10",
        "202610",
        202610.0,
        "10月",
        "2026年10月份",
        46296.0,
        dt.date(2026, 10, 31),
    ],
)
def test_months(cell: object) -> None:
    check(converted("month", [cell], span=YEAR), "2026-10")


@pytest.mark.parametrize("cell", ["2026-13", "2026-00", 2026.1, "10", 202613.0, "本月"])
def test_what_is_no_month(cell: object) -> None:
    check(converted("month", [cell], span=YEAR), UNREAD)


@pytest.mark.parametrize(
    ("cell", "fen"),
    [("1,234.50元", 123450),
     ("5W", 5_000_000), ("3.5w", 3_500_000), ("50k", 5_000_000),
     ("￥1234", 123400), ("￥ 1,234", 123400), ("３万", 3_000_000), ("1.5万元", 1_500_000),
     ("30,000", 3_000_000), ("1，234", 123400), ("-50", -5000), ("－50元", -5000), ("¥-50", -5000), (".5", 50),
     ("0", 0),
     (1.005, 101), ("1.005", 101), ("1.0049", 100), (-0.005, -1), (29999.994999, 2_999_999), (49999.99, 4_999_999),
     (29999.995, 3_000_000), ("2.99995万", 2_999_950), (99_999_999_999.99, 9_999_999_999_999)],
)  # fmt: skip
def test_amounts(cell: object, fen: int) -> None:
    check(converted("money", [cell]), fen)


@pytest.mark.parametrize(
    "cell",
    [
        "1,23",
        "1,2345",
        "二三",
        "万二",
        "约300",
        "300左右",
        "300多",
        "300-500",
        "300+",
        "2.34567E+17",
        "100%",
        "约3万",
        "1e5",
        "100美元",
        "$5",
        "--5",
        "",
        1e11,
        True,
        dt.date(2026, 1, 1),
        "#REF!",
    ],
)
def test_what_is_no_amount(cell: object) -> None:
    check(converted("money", [cell]), UNREAD if cell else None)


def test_the_header_unit_scales_plain_figures_only() -> None:
    result = converted("money", ["3", 3.5, "3万", "30000元"], scale=10_000)
    assert result.values.tolist() == [3_000_000, 3_500_000, 3_000_000, 3_000_000]


def test_counts_are_whole_and_not_negative() -> None:
    result = converted("count", ["3次", 3.0, "1,000", 0, "三", 3.5, -1, "-1", "三三"], units={"次": 1})
    assert result.values.dropna().tolist() == [3, 3, 1000, 0, 3]
    assert result.unread.tolist() == [False] * 5 + [True] * 4


def test_numbers_take_only_the_units_of_their_column() -> None:
    result = converted("number", ["90", "90秒", "1.5分钟", "2小时", "3天"], units={"秒": 1, "分钟": 60, "小时": 3600})
    assert result.values.dropna().tolist() == [90, 90, 90, 7200]
    assert result.unread.tolist() == [False] * 4 + [True]


@pytest.mark.parametrize(
    ("cells", "wanted"),
    [
        (["是", "√", "✔️", "y", "对", "1", 1.0, True, "TRUE"], True),
        (["否", "×", "✗", "N", "错", "0", 0.0, False], False),
    ],
)
def test_yes_and_no(cells: list[object], wanted: bool) -> None:
    assert converted("yesno", cells).values.tolist() == [wanted] * len(cells)


@pytest.mark.parametrize("cell", ["2", 2.0, "满意", "?", "一般"])
def test_neither_yes_nor_no(cell: object) -> None:
    check(converted("yesno", [cell]), UNREAD)


@pytest.mark.parametrize(
    ("cell", "digits"),
    [("139 0000 0001", "13900000001"), ("139-0000-0001", "13900000001"), ("+86 13900000001", "13900000001"),
     ("0086-13900000001", "13900000001"), ("８６１３９００００００１", UNREAD), (13900000001.0, "13900000001"),
     ("010-12345678", "01012345678"), ("（0755）8888 6666", "075588886666"), ("400-800-1234", "4008001234"),
     ("1390000000", UNREAD), ("139000000012", UNREAD), ("12900000001", UNREAD), ("无", UNREAD)],
)  # fmt: skip
def test_phones(cell: object, digits: object) -> None:
    check(converted("phone", [cell]), digits)


@pytest.mark.parametrize(
    ("cell", "number"),
    [("11010119900101100X", "11010119900101100X"), ("11010119900101100x", "11010119900101100X"),
     ("110101 19900101 100Ｘ", "11010119900101100X"), ("110101199001011001", UNREAD), ("110101199013011000", UNREAD),
     ("1101011990010110", UNREAD), (1.10101199001011e17, UNREAD)],
)  # fmt: skip
def test_identity_numbers(cell: object, number: object) -> None:
    check(converted("idno", [cell]), number)


@pytest.mark.parametrize(
    ("cell", "text"),
    [("００１", "001"), (" A01 ", "A01"), ("'007", "007"), (7.0, "7"), (123456789012345.0, "123456789012345"),
     ("/", None),
     (1e15, UNREAD), (dt.date(2026, 1, 3), UNREAD), (True, UNREAD), ("#N/A", UNREAD)],
)  # fmt: skip
def test_ids(cell: object, text: object) -> None:
    check(converted("id", [cell]), text)


def test_texts_stay_as_written() -> None:
    result = converted("text", [" 多\n行 ", "（全角）", 12.5, 3.0, dt.date(2026, 10, 1), "-", "无"])
    assert result.values.tolist() == ["多\n行", "（全角）", "12.5", "3", "2026-10-01", "-", "无"]


def test_choices_fold_width_and_know_yes_and_no() -> None:
    result = converted("choice", ["４折卡", " 4折卡 ", "5折"], choices=("4折卡", "5折卡"))
    assert result.values.dropna().tolist() == ["4折卡", "4折卡"]
    assert result.unread.tolist() == [False, False, True]
    assert converted("choice", ["√", "代签", "×"], choices=("是", "否", "代签")).values.tolist() == ["是", "代签", "否"]


def test_leading_zeros_come_back_only_where_one_known_id_fits() -> None:
    ids = pd.Series(["1", "2", "A", "7", None, "0001", "9"], dtype="str")
    restored = restore_leading_zeros(ids, ["0001", "02", "002", "A", "7", "007"])
    assert restored.tolist()[:4] == ["0001", "2", "A", "7"]
    assert pd.isna(restored[4])
    assert restored.tolist()[5:] == ["0001", "9"]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.dates(dt.date(1950, 1, 1), dt.date(2099, 12, 31)), min_size=1, max_size=20))
def test_every_date_survives_each_way_of_writing_it(days: list[dt.date]) -> None:
    assume(dt.date(1970, 1, 1) not in days)  # which programs fill in for no date
    wanted = [pd.Timestamp(day) for day in days]
    for form in ("{0:%Y-%m-%d}", "{0.year}/{0.month}/{0.day}", "{0.year}年{0.month}月{0.day}日", "{0:%Y%m%d}"):
        assert converted("date", [form.format(day) for day in days]).values.tolist() == wanted
    serials = [float((day - dt.date(1899, 12, 30)).days) for day in days]
    assert converted("date", serials).values.tolist() == wanted


@settings(max_examples=100, deadline=None)
@given(st.decimals(Decimal("-9999999"), Decimal("9999999"), places=4))
def test_amounts_round_half_up_as_decimals_do(amount: Decimal) -> None:
    fen = int((amount * 100).quantize(Decimal(1), ROUND_HALF_UP))
    result = converted("money", [f"{amount:,}", str(amount) + "元", float(amount)])
    assert result.values.tolist() == [fen] * 3


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text() | st.floats() | st.booleans() | st.datetimes() | st.times() | st.none(), max_size=8))
def test_no_cell_whatever_makes_a_conversion_fail(cells: list[object]) -> None:
    kinds = (
        *("id", "staff", "staff_list", "text", "date", "datetime", "month"),
        *("time", "money", "number", "count", "phone", "idno", "yesno"),
    )
    for kind in kinds:
        result = converted(kind, cells, span=YEAR)
        assert len(result.values) == len(result.unread) == len(cells)


@pytest.mark.parametrize(
    ("cell", "fen"),
    [("一万二", 1_200_000), ("一万二千元", 1_200_000), ("两万五", 2_500_000), ("三千五", 350_000), ("一百二", 12_000), ("1万2", 1_200_000),
     ("三百零五元", 30_500), ("五百", 50_000), ("(100.00)", -10_000), ("（1,234.50）", -123_450)],
)  # fmt: skip
def test_amounts_as_people_say_them(cell: str, fen: int) -> None:
    check(converted("money", [cell]), fen)


@pytest.mark.parametrize(
    ("cell", "seconds"),
    [
        ("1小时20分", 4800),
        ("1分20秒", 80),
        ("2分钟", 120),
        ("半小时", UNREAD),
        ("20分1小时", UNREAD),
        ("1小时20", UNREAD),
    ],
)
def test_several_units_in_a_row(cell: str, seconds: Any) -> None:
    units = {"秒": 1, "分": 60, "分钟": 60, "小时": 3600}
    check(converted("number", [cell], units=units), seconds)


@pytest.mark.parametrize(
    ("cell", "days"),
    [("半天", 0.5), ("一天半", 1.5), ("1天半", 1.5), ("两天", 2), ("3日", 3), ("十二天", 12), ("大半天", UNREAD)],
)
def test_days_in_words(cell: str, days: Any) -> None:
    check(converted("number", [cell], units={"天": 1, "日": 1}), days)


@pytest.mark.parametrize(
    ("header", "cell", "wanted"),
    [("客户是否满意", "满意", True), ("客户是否满意", "不满意", False), ("客户是否满意", "一般", UNREAD), ("是否量房", "未量房", False),
     ("是否量房", "已量房", True), ("因服务或技术不满", "不满", True), ("因服务或技术不满", "不满意", UNREAD), ("双方身份证复印件", "无", False),
     ("申请人签字", "已签字", True), ("是否记录", "没有", False)],
)  # fmt: skip
def test_yes_and_no_in_the_words_of_the_header(header: str, cell: str, wanted: Any) -> None:
    result = convert(raw_column([cell], dash_is_blank=True), Column(header, "yesno"), Circumstances())
    check(result, wanted)


@pytest.mark.parametrize(
    ("cell", "span", "wanted"),
    [("12月29日", ("2026-01-01", "2026-01-31"), "2025-12-29"), ("1月5日", ("2026-01-01", "2026-01-31"), "2026-01-05"),
     ("1月3日", ("2026-12-01", "2026-12-31"), "2027-01-03"), ("12月29日", ("2025-12-26", "2026-01-25"), "2025-12-29"),
     ("12月29日", ("2026-01-01", "2026-12-31"), "2026-12-29"), ("3月5日", ("2026-10-01", "2026-10-31"), "2026-03-05"),
     (11.6, ("2026-11-01", "2026-11-30"), "2026-11-06"), (11.16, ("2026-11-01", "2026-11-30"), "2026-11-16")],
)  # fmt: skip
def test_the_year_that_a_date_leaves_out(cell: Any, span: tuple[str, str], wanted: str) -> None:
    check(converted("date", [cell], span=tuple(map(dt.date.fromisoformat, span))), pd.Timestamp(wanted))


def test_the_year_comes_from_the_other_dates_of_the_column_or_not_at_all() -> None:
    assert converted("date", ["2026-11-02", "11月6日"]).values.iloc[1] == pd.Timestamp("2026-11-06")
    assert converted("date", ["2025-01-02", "2026-11-02", "11月6日"]).unread.tolist() == [False, False, True]
    assert converted("date", ["11月6日"]).unread.tolist() == [True]


def test_what_lies_outside_the_range_or_has_not_come_yet_is_no_value() -> None:
    marks = convert(
        raw_column([0, 1, 5, 6], dash_is_blank=True), Column("满意度", "count", range=(1, 5)), Circumstances()
    )
    assert marks.unread.tolist() == [True, False, False, True]
    days = raw_column(["2026-10-31", "2026-11-01", "2026-11-02"], dash_is_blank=True)
    around = Circumstances(as_of=dt.date(2026, 10, 31))
    assert convert(days, Column("日期", "date", required=True), around).unread.tolist() == [False, False, True]
    assert not convert(days, Column("限期", "date", future=True), around).unread.any()


@pytest.mark.parametrize("cell", ["#N/A", "NULL", "########", "2.34567E+17", "#公式未计算"])
@pytest.mark.parametrize("kind", ["id", "phone", "idno", "date", "time", "money", "number", "count", "yesno"])
def test_a_placeholder_is_a_value_of_no_type(kind: str, cell: str) -> None:
    check(converted(kind, [cell]), UNREAD)


@pytest.mark.parametrize(
    ("column", "cell", "empty"),
    [
        (Column("问题", "text", nothing=("无",)), " 无", True),
        (Column("问题", "text", nothing=("无",)), "——", True),
        (Column("问题", "text", nothing=("无",)), "墙面开裂", False),
        (Column("问题", "text"), "无", False),
        (Column("问题", "text", required=True), "/", False),
        (Column("问题", "date", nothing=("在职",)), "在职", True),
    ],
)
def test_a_word_for_nothing_is_empty_where_the_register_says_so(column: Column, cell: str, empty: bool) -> None:
    register = Register("r", "r", ("号",), (Column("号", "id", required=True), column))
    columns = {"号": CellColumn("A", ["1"]), "问题": CellColumn("B", [cell])}
    table = build_table(register, columns, [2], Place("f", "s"), Circumstances())
    assert table.frame["问题"].isna().tolist() == [empty]


OCTOBER = (dt.date(2026, 10, 1), dt.date(2026, 10, 31))


@pytest.mark.parametrize(
    ("cell", "more", "wanted"),
    [
        ("5日", {}, "2026-10-05"),
        ("５号（周一）", {}, "2026-10-05"),
        ("32日", {}, None),
        (5, {"required": True}, "2026-10-05"),
        (5, {}, None),
        ("5", {"required": True}, "2026-10-05"),
        ("10月15日前", {"future": True}, "2026-10-15"),
        ("2026-10-15之前", {"future": True}, "2026-10-15"),
        ("10月15日前", {}, None),
        ("10月7日 上午", {}, "2026-10-07"),
        ("2026-10-07 下午3点", {}, "2026-10-07"),
        ("10月7日", {"own_year": True}, None),
        ("1990-10-07", {"own_year": True}, "1990-10-07"),
    ],
)
def test_a_day_as_it_is_said_in_a_sheet_of_one_month(cell: Any, more: dict[str, Any], wanted: str | None) -> None:
    check(converted("date", [cell], span=OCTOBER, **more), pd.Timestamp(wanted) if wanted else UNREAD)


def test_a_day_of_the_month_needs_one_month_and_no_moment_is_half_a_day() -> None:
    check(converted("date", ["5日"], span=YEAR), UNREAD)
    check(converted("datetime", ["10月7日 上午"], span=OCTOBER), UNREAD)


def test_the_year_of_a_month_comes_from_the_column() -> None:
    assert converted("month", ["2026-09", "10月"]).values.tolist() == ["2026-09", "2026-10"]
    assert converted("month", ["2025-12", "2026-01", "10月"]).unread.tolist() == [False, False, True]


@pytest.mark.parametrize(
    ("cell", "fen"),
    [
        ("捌万元整", 8_000_000),
        ("壹万贰仟叁佰肆拾伍元陆角柒分", 1_234_567),
        ("伍佰零陆圆整", 50_600),
        ("叁拾元零伍分", 3005),
        ("元整", UNREAD),
        ("1,234.50-", -123_450),
        ("1234-", UNREAD),
    ],
)
def test_amounts_as_contracts_write_them(cell: str, fen: Any) -> None:
    check(converted("money", [cell]), fen)


@pytest.mark.parametrize(
    ("cell", "seconds"),
    [("00:00:35", 35.0), ("1:01:05", 3665.0), (dt.time(0, 1, 20), 80.0), (dt.time(0, 15), UNREAD), ("0:15", UNREAD)],
)
def test_a_duration_by_the_clock(cell: object, seconds: Any) -> None:
    check(converted("number", [cell], units={"秒": 1, "分": 60}), seconds)
    check(converted("number", [cell], units={"天": 1}), UNREAD)


@pytest.mark.parametrize(
    ("header", "cell", "wanted"),
    [
        ("是否插旗", "已插", True),
        ("是否插旗", "未插", False),
        ("是否开票", "未开", False),
        ("是否插旗", "未必", UNREAD),
    ],
)
def test_yes_and_no_by_the_first_sign_of_the_header(header: str, cell: str, wanted: Any) -> None:
    raw = raw_column([cell], dash_is_blank=True)
    check(convert(raw, Column(header, "yesno"), Circumstances(None, False)), wanted)


def test_a_choice_by_another_spelling() -> None:
    column = {"choices": ("迟到", "其他"), "words": {"严重迟到": "迟到"}}
    for cell, wanted in (("其它", "其他"), ("迟到5分钟", "迟到"), ("严重迟到(40分钟)", "迟到"), ("5分钟", UNREAD)):
        check(converted("choice", [cell], **column), wanted)
