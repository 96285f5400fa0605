"""CSV and workbook tables whose cells can never be taken for formulas."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

DANGEROUS = re.compile(r"[\s\u3000]*[=+\-@＝＋－＠]|[\t\r]")
HARMLESS = re.compile(r"[+-]?(?:\d+(?:\.\d+)?|(?:[ABC]\d+[、]?[+-]?)+|\d[\d -]*\d)$")
FORBIDDEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
EPOCH = (2000, 1, 1, 0, 0, 0)


def safe(value: Any) -> str:
    """A CSV cell's text: what a spreadsheet could run gets a leading apostrophe."""
    text = "" if value is None else str(value)
    return f"'{text}" if DANGEROUS.match(text) and not HARMLESS.match(text) else text


def write_csv(path: Path, header: Sequence[str], rows: Iterable[Sequence[Any]], *, newline: str = "\r\n") -> None:
    """UTF-8 with BOM, as Excel opens it."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, lineterminator=newline)
        writer.writerow(header)
        writer.writerows([safe(value) for value in row] for row in rows)


class Sheet:
    """One table of a fresh workbook: a header, typed cells, widths, drop-down lists."""

    def __init__(self, title: str, header: Sequence[str], rows: Iterable[Sequence[Any]], widths: Sequence[int] = ()) -> None:
        self.title, self.header, self.rows = title, list(header), rows
        self.widths = list(widths) or [14] * len(self.header)
        self.choices: dict[int, Sequence[str]] = {}

    def offer(self, column: str, choices: Sequence[str]) -> Sheet:
        """Give a column a drop-down list."""
        self.choices[self.header.index(column)] = choices
        return self


def write_workbook(path: Path, sheets: Sequence[Sheet]) -> None:
    """A workbook with the same bytes for the same content. Text is never a formula; Decimal is money."""
    book = Workbook(write_only=True)
    for sheet in sheets:
        _write_sheet(book, sheet)
    buffer = io.BytesIO()
    book.save(buffer)
    path.write_bytes(_with_fixed_times(buffer.getvalue()))


def _write_sheet(book: Workbook, sheet: Sheet) -> None:
    target = book.create_sheet(sheet.title)
    target.freeze_panes = "A2"
    for index, width in enumerate(sheet.widths, 1):
        target.column_dimensions[get_column_letter(index)].width = width
    for column, choices in sheet.choices.items():
        letter = get_column_letter(column + 1)
        rule = DataValidation(type="list", formula1=f'"{",".join(choices)}"', allow_blank=True)
        rule.add(f"{letter}2:{letter}10000")
        target.data_validations.append(rule)
    line = Side(style="thin", color="B7C3D0")
    styles = {
        "font": Font(bold=True),
        "fill": PatternFill("solid", start_color="DCE6F1"),
        "border": Border(bottom=line),
        "alignment": Alignment(vertical="center", wrap_text=True),
    }
    target.append([_cell(target, text, styles) for text in sheet.header])
    count = 1
    for row in sheet.rows:
        target.append([_cell(target, value, {}) for value in row])
        count += 1
    target.auto_filter.ref = f"A1:{get_column_letter(len(sheet.header))}{count}"


def _cell(sheet: Any, value: Any, styles: dict[str, Any]) -> Any:
    cell = WriteOnlyCell(sheet, value=FORBIDDEN.sub("", value) if isinstance(value, str) else value)
    if isinstance(value, str):
        cell.data_type = "s"
        cell.number_format = "@"
    elif isinstance(value, Decimal):
        cell.number_format = "0.00"
    for name, style in styles.items():
        setattr(cell, name, style)
    return cell


def _with_fixed_times(data: bytes) -> bytes:
    """The package with fixed zip times and without the moment of its making."""
    import zipfile

    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for info in source.infolist():
            content = source.read(info)
            if info.filename == "docProps/core.xml":
                content = re.sub(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", b"2000-01-01T00:00:00Z", content)
            fixed = zipfile.ZipInfo(info.filename, EPOCH)
            fixed.compress_type = zipfile.ZIP_DEFLATED
            fixed.external_attr = 0o600 << 16
            target.writestr(fixed, content)
    return out.getvalue()


def money(fen: int | None) -> Decimal | None:
    """Integer fen as a Decimal of yuan with two places."""
    return None if fen is None else Decimal(fen) / 100
