"""CSV and workbook tables whose cells can never be taken for formulas."""

from __future__ import annotations

import csv
import hashlib
import io
import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from itertools import chain, islice
from pathlib import Path
from typing import Any, TextIO

import xlsxwriter

DANGEROUS = re.compile(r"[\s\u200b\ufeff]*[=+\-@＝＋－＠]|[\t\r]")
NUMBER = r"[+-]?\d+(?:\.\d+)?"
POINTS = r"[+-][ABC]\d+(?:、[+-][ABC]\d+)*"
PHONE = r"\+(?=(?:\D*\d){7})\d[\d -]*\d"
HARMLESS = re.compile(f"{NUMBER}|{POINTS}|{PHONE}")
FORBIDDEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
BOM = "\ufeff"
CREATED = datetime(2000, 1, 1)
CELL_LIMIT = 32_767
WRAPPED_WIDTH = 40
A4 = 9
#: Types of which no value could be run.
_SAFE = frozenset({int, date, type(None)})
#: A sheet of so many rows or more is written to disk as it goes, with temporary files: a small one would spend its time on them.
IN_MEMORY = 2_000
#: How many small workbooks are remembered as they were made, and how many bytes a small one has.
KEPT, KEPT_SIZE = 32, 100_000
_MADE: dict[bytes, bytes] = {}
#: In characters: what is wider is printed across the page.
UPRIGHT_WIDTH = 90


def safe(value: Any) -> str:
    """A CSV cell's text: what a spreadsheet could run gets a leading apostrophe."""
    text = "" if value is None else str(value)
    if text[:1].isalnum():
        return text
    return f"'{text}" if DANGEROUS.match(text) and not HARMLESS.fullmatch(text) else text


def write_csv(path: Path, header: Sequence[str], rows: Iterable[Sequence[Any]], *, newline: str = "\r\n") -> None:
    """UTF-8 with BOM, as Excel opens it."""
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(BOM)
        csv.writer(file, lineterminator=newline).writerow(header)
        _write_rows(file, rows, newline)


def csv_text(rows: Iterable[Sequence[Any]]) -> str:
    """Rows of a CSV file."""
    text = io.StringIO(newline="")
    _write_rows(text, rows, "\r\n")
    return text.getvalue()


def _write_rows(file: TextIO, rows: Iterable[Sequence[Any]], newline: str) -> None:
    writer = csv.writer(file, lineterminator=newline)
    writer.writerows([value if type(value) in _SAFE else safe(value) for value in row] for row in rows)


class Sheet:
    """One table of a fresh workbook: a header, typed cells, widths, drop-down lists.

    above: rows of texts before the header. spare: blank rows behind the last for staff to fill, formatted as text.
    """

    def __init__(
        self,
        title: str,
        header: Sequence[str],
        rows: Iterable[Sequence[Any]],
        widths: Sequence[int] = (),
        above: Sequence[Sequence[str]] = (),
        spare: int = 0,
    ) -> None:
        self.title, self.header, self.rows, self.above, self.spare = title, list(header), rows, above, spare
        self.widths = list(widths) or [14] * len(self.header)
        self.choices: dict[int, Sequence[str]] = {}

    def offer(self, column: str, choices: Sequence[str]) -> Sheet:
        """Give a column a drop-down list."""
        self.choices[self.header.index(column)] = choices
        return self


def write_workbook(path: Path, sheets: Sequence[Sheet]) -> None:
    """A workbook with the same bytes for the same content. Text is never a formula; Decimal is money.

    Small ones are remembered as they were made: many say the same in batch after batch.
    """
    rows = [iter(sheet.rows) for sheet in sheets]
    begun = [[list(row) for row in islice(own, IN_MEMORY)] for own in rows]
    if any(len(own) == IN_MEMORY for own in begun):
        _write(str(path), sheets, map(chain, begun, rows), "constant_memory")
        return
    told = repr([(vars(sheet) | {"rows": own}) for sheet, own in zip(sheets, begun, strict=True)])
    key = hashlib.sha256(told.encode()).digest()
    made = _MADE.pop(key, None)
    if made is None:
        stream = io.BytesIO()
        _write(stream, sheets, begun, "in_memory")
        made = stream.getvalue()
    path.write_bytes(made)
    if len(made) <= KEPT_SIZE:
        _MADE[key] = made
        if len(_MADE) > KEPT:
            del _MADE[next(iter(_MADE))]


def _write(
    target: str | io.BytesIO, sheets: Iterable[Sheet], rows: Iterable[Iterable[Sequence[Any]]], way: str
) -> None:
    options = {way: True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(target, options) as book:
        book.set_properties({"created": CREATED})
        head = book.add_format(
            {"bold": True, "bg_color": "#DCE6F1", "bottom": 1, "text_wrap": True, "valign": "vcenter"}
        )
        label = book.add_format({"bold": True})
        text = book.add_format({"num_format": "@", "valign": "top"})
        wide = book.add_format({"num_format": "@", "valign": "top", "text_wrap": True})
        amount = book.add_format({"num_format": "0.00", "valign": "top"})
        for sheet, own in zip(sheets, rows, strict=True):
            table = book.add_worksheet(sheet.title)
            top = len(sheet.above)
            table.freeze_panes(top + 1, 0)
            table.set_paper(A4)
            table.fit_to_pages(1, 0)
            table.repeat_rows(top)
            if sum(sheet.widths) > UPRIGHT_WIDTH:
                table.set_landscape()
            for column, width in enumerate(sheet.widths):
                table.set_column(column, column, width, text if sheet.spare else None)
            for place, texts in enumerate(sheet.above):
                for column, title in enumerate(texts):
                    table.write_string(place, column, title, label)
            for column, title in enumerate(sheet.header):
                table.write_string(top, column, title, head)
            count = top
            for count, row in enumerate(own, top + 1):
                for column, value in enumerate(row):
                    if isinstance(value, Decimal):
                        table.write_number(count, column, float(value), amount)
                    elif isinstance(value, int):
                        table.write_number(count, column, value)
                    elif value:
                        style = wide if _wraps(value, sheet.widths[column]) else text
                        table.write_string(count, column, FORBIDDEN.sub("", value)[:CELL_LIMIT], style)
            last = max(count, top + 1) + sheet.spare
            for column, choices in sheet.choices.items():
                table.data_validation(top + 1, column, last, column, {"validate": "list", "source": list(choices)})
            table.autofilter(top, 0, max(count, top + 1), len(sheet.header) - 1)


def _wraps(value: str, width: int) -> bool:
    """Whether a cell breaks its lines: where the column is made for sentences, or does not hold the text. width: in letters."""
    if width >= WRAPPED_WIDTH or 2 * len(value) <= width:
        return width >= WRAPPED_WIDTH
    return sum(1 if letter < "\u2e80" else 2 for letter in value) > width


def money(fen: int | None) -> Decimal | None:
    """Integer fen as a Decimal of yuan with two places."""
    return None if fen is None else Decimal(fen) / 100
