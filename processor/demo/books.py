"""Writes deliveries as the workbooks that staff would hand in: titles, totals, colours, charts, and a hidden sheet."""

from __future__ import annotations

import csv
import random
import struct
import zlib
from datetime import date, datetime, time
from io import BytesIO
from pathlib import Path
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from processor.catalogue.register import Column
from processor.demo.deliveries import MANY_ROWS, Delivery, Table
from processor.demo.mess import Hand

MADE = datetime(2026, 9, 1, 8, 0)
LOGO_SIZE, LOGO_COLOUR, LOGO_LIGHT = 48, (31, 119, 110), (236, 200, 120)
DROP_DOWN_ROWS = 300
BLANK_EVERY = 17
NOTES = ("注：本表由填表人核对后交客服部存档。", "说明：电话请勿外传。")
COMMENT = "编号不要重复，漏号请在备注里说明。"
CSV_TITLE = "订单"


def write_delivery(delivery: Delivery, inbox: Path) -> Path:
    """Write one delivery below the inbox; the online shop's orders come as the CSV that its system exports."""
    target = inbox / f"{delivery.name}.xlsx"
    target.parent.mkdir(parents=True, exist_ok=True)
    if len(delivery.tables) == 1 and CSV_TITLE in delivery.name and len(delivery.tables[0].rows) > MANY_ROWS:
        return _write_csv(delivery.tables[0], target.with_suffix(".csv"))
    with xlsxwriter.Workbook(str(target)) as book:
        book.set_properties({"created": MADE, "title": delivery.name.rpartition("/")[2], "author": "示例"})
        pen = _Pen(book, random.Random(delivery.name), delivery)
        for table in delivery.tables:
            pen.sheet(table)
        pen.hidden()
    return target


def _write_csv(table: Table, target: Path) -> Path:
    hand = Hand(
        random.Random(target.name), {column.header: str for column in table.register.columns}, loses_zeros=False
    )
    with target.open("w", encoding="gb18030", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(column.header for column in table.register.columns)
        for row in table.rows:
            writer.writerow(hand.write(column, row.get(column.header)) for column in table.register.columns)
    return target


class _Pen:
    """Writes the sheets of one workbook."""

    def __init__(self, book: xlsxwriter.Workbook, chance: random.Random, delivery: Delivery) -> None:
        self.book, self.chance, self.delivery = book, chance, delivery
        shade = chance.choice(("#DDEBF7", "#E2EFDA", "#FFF2CC", "#EDEDED"))
        edge = {"border": 1, "border_color": "#BFBFBF"}
        self.title = self._format(bold=True, font_size=15, align="center", valign="vcenter")
        self.head = self._format(bold=True, bg_color=shade, align="center", valign="vcenter", text_wrap=True, **edge)
        self.total = self._format(bold=True, top=2)
        self.cells = {
            date: self._format(num_format="yyyy-mm-dd", **edge),
            datetime: self._format(num_format="yyyy-mm-dd hh:mm", **edge),
            time: self._format(num_format="hh:mm", **edge),
            float: self._format(num_format="#,##0.00", **edge),
        }
        self.plain = self._format(**edge)
        self.alarm = self._format(bg_color="#FCE4D6", font_color="#C00000")

    def _format(self, **properties: Any) -> Format:
        return self.book.add_format(properties)

    def sheet(self, table: Table) -> None:
        """One register: title rows, header of one or two rows, data with blank rows, total, note."""
        columns = [column for column in table.register.columns if _worth_a_column(column, table.rows)]
        hand = Hand.of(table.register, f"{self.delivery.name} {table.register.name}")
        sheet = self.book.add_worksheet(table.register.title[:31])
        top = self._titles(sheet, table, len(columns))
        first = self._header(sheet, top, columns, hand)
        last = self._rows(sheet, first, table, columns, hand)
        self._foot(sheet, first, last, columns, len(table.rows))
        self._aids(sheet, first, last, columns)
        if first - top == 1 and self.chance.random() < 0.4:
            sheet.write_comment(top, 0, COMMENT, {"author": "客服部"})
        if table.register.name in ("contracts", "cashier"):
            self._chart(sheet, table, first, last, columns)

    def _titles(self, sheet: Worksheet, table: Table, width: int) -> int:
        if self.chance.random() < 0.25:
            return 0
        year, month = self.delivery.month.split("-")
        text = f"{self.delivery.unit}{year}年{int(month)}月{table.register.title}"
        sheet.merge_range(0, 0, 0, max(width - 1, 1), text, self.title)
        sheet.set_row(0, 30)
        if self.chance.random() < 0.5:
            return 1
        sheet.write(1, 0, f"填报部门：{self.delivery.unit}        填报日期：{self.delivery.month}-28")
        return 2

    def _header(self, sheet: Worksheet, top: int, columns: list[Column], hand: Hand) -> int:
        two_rows = len(columns) >= 9 and self.chance.random() < 0.4
        begin, end = (len(columns) // 2, len(columns) - 2) if two_rows else (0, -1)
        for place, column in enumerate(columns):
            text = hand.header(column)
            if two_rows and not begin <= place <= end:
                sheet.merge_range(top, place, top + 1, place, text, self.head)
            else:
                sheet.write(top + two_rows, place, text, self.head)
        if two_rows:
            sheet.merge_range(top, begin, top, end, "办理情况", self.head)
        sheet.freeze_panes(top + 1 + two_rows, 1)
        return top + 1 + two_rows

    def _rows(self, sheet: Worksheet, first: int, table: Table, columns: list[Column], hand: Hand) -> int:
        place = first
        for number, row in enumerate(table.rows, 1):
            for at, column in enumerate(columns):
                self._cell(sheet, place, at, hand.write(column, row.get(column.header)))
            if number % BLANK_EVERY == 0 and self.chance.random() < 0.4:
                place += 1
            place += 1
        return place - 1

    def _cell(self, sheet: Worksheet, row: int, at: int, value: Any) -> None:
        if value is None:
            sheet.write_blank(row, at, None, self.plain)
        elif isinstance(value, (date, time)):
            sheet.write_datetime(row, at, value, self.cells[type(value)])
        elif isinstance(value, str):
            sheet.write_string(row, at, value, self.plain)
        else:
            sheet.write_number(row, at, value, self.cells.get(type(value), self.plain))

    def _foot(self, sheet: Worksheet, first: int, last: int, columns: list[Column], count: int) -> None:
        money = [at for at, column in enumerate(columns) if column.type == "money"]
        if money and count > 3:
            sheet.write(last + 1, 0, "合计", self.total)
            for at in money:
                letters = xlsxwriter.utility.xl_col_to_name(at)
                sheet.write_formula(last + 1, at, f"=SUM({letters}{first + 1}:{letters}{last + 1})", self.total)
        if self.chance.random() < 0.5:
            sheet.write(last + 3, 0, self.chance.choice(NOTES))

    def _aids(self, sheet: Worksheet, first: int, last: int, columns: list[Column]) -> None:
        for at, column in enumerate(columns):
            sheet.set_column(
                at, at, 12 if column.type in ("id", "staff", "count", "number", "yesno", "choice", "time") else 17
            )
            if column.choices:
                span = (first, at, first + DROP_DOWN_ROWS, at)
                sheet.data_validation(
                    *span, {"validate": "list", "source": list(column.choices), "error_type": "warning"}
                )
            if column.type == "money" and last > first:
                sheet.conditional_format(
                    first, at, last, at, {"type": "cell", "criteria": "<", "value": 0, "format": self.alarm}
                )

    def _chart(self, sheet: Worksheet, table: Table, first: int, last: int, columns: list[Column]) -> None:
        money = next(at for at, column in enumerate(columns) if column.type == "money")
        chart = self.book.add_chart({"type": "column"})
        chart.add_series({"name": columns[money].header, "values": [sheet.get_name(), first, money, last, money]})
        chart.set_title({"name": f"{table.register.title}：{columns[money].header}"})
        sheet.insert_chart(last + 5, 1, chart)
        sheet.insert_image(last + 5, len(columns) - 1, "logo.png", {"image_data": BytesIO(logo())})

    def hidden(self) -> None:
        """The sheet that someone hid years ago."""
        sheet = self.book.add_worksheet("参数")
        sheet.write_row(0, 0, ("名称", "内容"))
        sheet.write_row(1, 0, ("表样版本", "2024版"))
        sheet.hide()


def _worth_a_column(column: Column, rows: list[dict[str, Any]]) -> bool:
    return not column.optional or column.evidence or any(row.get(column.header) for row in rows)


def logo() -> bytes:
    """A small PNG: a disc on a square."""
    lines = b"".join(b"\0" + b"".join(bytes(_pixel(x, y)) for x in range(LOGO_SIZE)) for y in range(LOGO_SIZE))
    head = struct.pack(">IIBBBBB", LOGO_SIZE, LOGO_SIZE, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + _chunk(b"IDAT", zlib.compress(lines, 9)) + _chunk(b"IEND", b"")
    )


def _pixel(x: int, y: int) -> tuple[int, int, int]:
    half = LOGO_SIZE / 2
    return LOGO_LIGHT if (x - half) ** 2 + (y - half) ** 2 < (half * 0.7) ** 2 else LOGO_COLOUR


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
