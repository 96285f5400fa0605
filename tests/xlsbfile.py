"""Minimal .xlsb workbooks: one sheet of texts, numbers and Excel errors, written record by record (MS-XLSB)."""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

ERRORS = {"#NULL!": 0, "#DIV/0!": 7, "#VALUE!": 15, "#REF!": 23, "#NAME?": 29, "#NUM!": 36, "#N/A": 42}
TYPES = """<?xml version="1.0" encoding="UTF-8"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
<Default Extension="bin" ContentType="application/vnd.ms-excel.sheet.binary.macroEnabled.main"/></Types>"""
RELATION = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/{}" Target="{}"/>'
    "</Relationships>"
)


def write_xlsb(path: Path, rows: Sequence[Sequence[Any]], sheet: str = "Sheet1", *, calculated: bool = True) -> None:
    """A workbook with one sheet; a text that names an Excel error becomes one, as the result of a formula.

    calculated: else such a formula has the value 0, and the workbook asks to be calculated when it is opened.
    """
    bundle = struct.pack("<II", 0, 1) + _text("rId1") + _text(sheet)
    settings = struct.pack("<IIIdIH", 191029, 1, 100, 0.001, 1, 0x0A | (not calculated))
    book = _record(131) + _record(143) + _record(156, bundle) + _record(144) + _record(157, settings) + _record(132)
    width = max(map(len, rows))
    body = _record(129) + _record(148, struct.pack("<IIII", 0, len(rows) - 1, 0, width - 1)) + _record(145)
    for number, row in enumerate(rows):
        body += _record(0, struct.pack("<I", number) + bytes(13))
        body += b"".join(_cell(column, value, calculated) for column, value in enumerate(row) if value is not None)
    body += _record(146) + _record(130)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("[Content_Types].xml", TYPES)
        package.writestr("_rels/.rels", RELATION.format("officeDocument", "xl/workbook.bin"))
        package.writestr("xl/workbook.bin", book)
        package.writestr("xl/_rels/workbook.bin.rels", RELATION.format("worksheet", "worksheets/sheet1.bin"))
        package.writestr("xl/worksheets/sheet1.bin", body)


def _cell(column: int, value: Any, calculated: bool) -> bytes:
    place = struct.pack("<II", column, 0)
    if value in ERRORS and not calculated:
        return _record(9, place + struct.pack("<dHII", 0, 0, 0, 0))
    if value in ERRORS:
        return _record(11, place + bytes([ERRORS[value]]) + struct.pack("<HII", 0, 0, 0))
    if isinstance(value, str):
        return _record(6, place + _text(value))
    return _record(5, place + struct.pack("<d", value))


def _text(text: str) -> bytes:
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")


def _record(kind: int, content: bytes = b"") -> bytes:
    head = bytes([kind]) if kind < 128 else bytes([kind & 0x7F | 0x80, kind >> 7])
    size, length = bytearray(), len(content)
    while length > 0x7F:
        size.append(length & 0x7F | 0x80)
        length >>= 7
    return head + bytes(size) + bytes([length]) + content
