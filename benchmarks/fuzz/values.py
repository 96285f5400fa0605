"""Values that have no business where they are put."""

from __future__ import annotations

import datetime as dt
import re
from random import Random
from typing import Any

NUMBERS = [
    "0", "-0", "-1", "1", "60", "0.1", "1e309", "-1e309", "1e-320", "NaN", "INF", "1e15", "9007199254740993", "2958465",
    "2958466", "1048576", "1048577", "16384", "16385", "65536", "2147483647", "2147483648", "4294967295", "4294967296",
    "18446744073709551616", "9" * 40, "0x10", "1,000", "١٢", "１２", "1_000", "+1", " 1 ", "--1", "1e", "",
]  # fmt: skip
REFS = [
    "A0", "A1", "1A", "A", "1", "", "a1", "$A$1", "XFD1048576", "XFD1", "A1048576", "XFE1", "A1048577", "ZZZZZZ1",
    "A99999999999", "A1:A1", "A1:XFD1048576", "B9:A1", "A:A", "1:1", "Sheet1!A1", "'表'!A1", "#REF!", "R1C1", "A-1",
    "A1 B2", "AA1", "C3:D4",
]  # fmt: skip
WORDS = [
    "s", "n", "d", "e", "b", "str", "inlineStr", "shared", "array", "dataTable", "true", "false", "hidden",
    "veryHidden", "rId1", "rId2", "rId9999", "General", "yyyy-mm-dd", "[h]:mm", "@", "preserve", "External", "Internal",
    "../../../etc/passwd", "/xl/worksheets/sheet1.xml", "sheet1.xml", "worksheets/sheet2.xml", "http://127.0.0.1:9/",
    "file:///etc/passwd", "utf-16", "处理状态", "处理结果", "处理汇总", "Sheet1", "_xlnm.Print_Area", "A" * 300, "名" * 40,
]  # fmt: skip
TEXTS = [
    "=1+1", "@SUM(A1)", "a\x00b", "\x00", "<script>", "&", "]]>", "_x0000_", "_x000D_", "_x005F_x0041_", "\u202e倒写", "\ufeff", "\u200b",
    "\ud7ff\ue000", "\ufffe", "😀", "e\u0301" * 20, "\t", "\r\n", "\u2028", "''", '"', "'", "/", "--", "#N/A", "#REF!",
    "是", "否", "√", "×", "2026-10-01", "2026年2月30日", "10月1日", "26-05-01 星期五", "二〇二六年十月", "25:61", "24:00",
    "9点半", "次日01:00", "08:38、18:00", "99999年1月1日", "1.5万", "￥1,234.5元", "-0.005", "13900000001", "＋86 139",
    "0010", "'0010", "1" * 16, "11010519491231002X", "K1、K2", "名" * 3000, "\u3000", "(离职)", "合计", "小计",
]  # fmt: skip


def word(chance: Random) -> str:
    """A text of any of the kinds above, or a short mix of two."""
    kind = chance.choice((NUMBERS, NUMBERS, REFS, WORDS, TEXTS))
    text = chance.choice(kind)
    return text + chance.choice(chance.choice((NUMBERS, TEXTS))) if chance.random() < 0.05 else text


def cell(chance: Random) -> Any:
    """A cell of any type that a workbook can hold."""
    draw = chance.random()
    if draw < 0.45:
        return chance.choice(TEXTS)
    if draw < 0.6:
        return chance.choice(NUMBERS)
    if draw < 0.8:
        return chance.choice(
            [0, -1, 1.5, 1e15, 1e300, -1e300, 5e-324, 0.999999999, 46300, 46300.25, 2958465.99999, 3654]
        )
    if draw < 0.9:
        moments = [dt.datetime(1900, 1, 1), dt.datetime(9999, 12, 31, 23, 59, 59), dt.datetime(2026, 10, 1, 8, 5)]
        return chance.choice([*moments, dt.date(1904, 1, 1), dt.time(0), dt.time(23, 59, 59), dt.timedelta(days=40)])
    return chance.choice([True, False, None])


def legal(text: str) -> str:
    """Without what XML cannot hold, which no library writes; the mutations of text bring that in."""
    return re.sub("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "", text)
