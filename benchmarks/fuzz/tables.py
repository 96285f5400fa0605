"""Registers whose headers are right and whose cells are not."""

from __future__ import annotations

import csv
import datetime as dt
import io
import zipfile
from collections.abc import Callable, Mapping
from random import Random
from typing import Any
from xml.sax.saxutils import escape, quoteattr

import openpyxl

from benchmarks.fuzz import attendance, values
from processor.catalogue.register import Register

_TITLES = [[], [], ["二〇二六年十月登记表"], ["2026年10月", None, "单位：万元"], [None, None, None]]
_MANIFEST = (
    '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"><manifest:file-entry '
    'manifest:full-path="/" manifest:media-type="application/vnd.oasis.opendocument.spreadsheet"/></manifest:manifest>'
)


def as_csv(registers: Mapping[str, Register], chance: Random) -> bytes:
    """A register or an attendance export as text."""
    rows = [["" if value is None else str(value) for value in row] for row in _rows(registers, chance)]
    stream = io.StringIO()
    writer = csv.writer(stream, delimiter=chance.choice(",,,\t;"), lineterminator=chance.choice(("\r\n", "\n")))
    writer.writerows(rows)
    return stream.getvalue().encode(
        chance.choice(("utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be")), "replace"
    )


def as_page(registers: Mapping[str, Register], chance: Random) -> bytes:
    """One register or two, or an export, as tables of a web page, with cells that span others."""
    tables = []
    for _ in range(chance.choice((1, 1, 1, 2, 3))):
        lines = ("".join(map(_html_cell(chance), row)) for row in _rows(registers, chance))
        tables.append(f"<table border=1>{''.join(f'<tr>{line}</tr>' for line in lines)}</table>")
    encoding = chance.choice(("utf-8", "gbk", "utf-16"))
    head = f'<meta http-equiv="Content-Type" content="text/html; charset={chance.choice((encoding, encoding, "x"))}">'
    page = f"<html><head>{head}</head><body>{'<p>导出'.join(tables)}</body></html>"
    return page.encode(encoding, "replace")


def _html_cell(chance: Random) -> Callable[[Any], str]:
    def cell(value: Any) -> str:
        span = ""
        if chance.random() < 0.01:
            span = f' {chance.choice(("rowspan", "colspan"))}="{chance.choice(("2", "3", "0", "-1", "99999", "x"))}"'
        return f"<td{span}>{'' if value is None else escape(str(value))}</td>"

    return cell


def as_xml_2003(registers: Mapping[str, Register], chance: Random) -> bytes:
    """A register or an export as XML Spreadsheet 2003, with cells that claim any type and any place."""
    lines = (
        f"<Row{_index(chance)}>{''.join(_xml_cell(value, chance) for value in row)}</Row>"
        for row in _rows(registers, chance)
    )
    space = "urn:schemas-microsoft-com:office:spreadsheet"
    table = (
        f"<Worksheet ss:Name={quoteattr(values.legal(values.word(chance)))}><Table>{''.join(lines)}</Table></Worksheet>"
    )
    encoding = chance.choice(("utf-8", "utf-8", "gb18030", "utf-16"))
    start = f'<?xml version="1.0" encoding="{encoding}"?><?mso-application progid="Excel.Sheet"?>'
    return f'{start}<Workbook xmlns="{space}" xmlns:ss="{space}">{table}</Workbook>'.encode(encoding, "replace")


def _xml_cell(value: Any, chance: Random) -> str:
    if value is None:
        return f"<Cell{_index(chance)}/>"
    kind = chance.choice(("Number", "DateTime", "Boolean", "Error", "x")) if chance.random() < 0.05 else "String"
    across = f' ss:MergeAcross="{chance.choice(("1", "2", "-1", "99999"))}"' if chance.random() < 0.01 else ""
    return f'<Cell{_index(chance)}{across}><Data ss:Type="{kind}">{escape(values.legal(str(value)))}</Data></Cell>'


def _index(chance: Random) -> str:
    return "" if chance.random() > 0.005 else f' ss:Index="{chance.choice(("1", "5", "300", "0", "-1", "99999999"))}"'


def as_workbook(registers: Mapping[str, Register], chance: Random) -> bytes:
    """One to three registers or exports, with merged cells now and then."""
    book = openpyxl.Workbook()
    for number in range(chance.choice((1, 1, 1, 2, 3))):
        sheet = book.create_sheet() if number else book.active
        rows = _rows(registers, chance)
        for at, row in enumerate(rows, chance.choice((1, 1, 1, 3, 5_000))):
            for across, value in enumerate(row, 1):
                _put(sheet, at, across, value)
        while chance.random() < 0.2:
            top, left = chance.randrange(1, 8), chance.randrange(1, 8)
            sheet.merge_cells(None, top, left, top + chance.randrange(4), left + chance.randrange(1, 4))
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def as_opendocument(registers: Mapping[str, Register], chance: Random) -> bytes:
    """A register whose cells claim any type, with repeated cells and rows."""
    rows = "".join(
        f"<table:table-row{_repeated('rows', chance)}>{''.join(_ods_cell(value, chance) for value in row)}</table:table-row>"
        for row in _rows(registers, chance)
    )
    content = (
        "<office:document-content "
        + " ".join(
            f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text")
        )
        + f"><office:body><office:spreadsheet><table:table table:name={quoteattr(values.legal(values.word(chance)))}>"
        f"{rows}</table:table></office:spreadsheet></office:body></office:document-content>"
    )
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as package:
        package.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        package.writestr("META-INF/manifest.xml", _MANIFEST)
        package.writestr("content.xml", content)
    return stream.getvalue()


def _ods_cell(value: Any, chance: Random) -> str:
    if value is None:
        return f"<table:table-cell{_repeated('columns', chance)}/>"
    text = values.legal(value.isoformat() if isinstance(value, (dt.date, dt.time)) else str(value))
    kind = "string"
    if chance.random() < 0.03:
        kind = chance.choice(("float", "date", "time", "boolean", "percentage", "currency", "string", "x"))
    stated = {"date": "date-value", "time": "time-value", "boolean": "boolean-value", "string": "string-value"}
    claim = f"office:{stated.get(kind, 'value')}={quoteattr(text)}" if kind != "string" or chance.random() < 0.1 else ""
    across = _repeated("columns", chance)
    return f'<table:table-cell office:value-type="{kind}" {claim}{across}><text:p>{escape(text)}</text:p></table:table-cell>'


def _repeated(what: str, chance: Random) -> str:
    if chance.random() > 0.003:
        return ""
    return (
        f' table:number-{what}-repeated="{chance.choice(("2", "3", "300", "1000000", *values.NUMBERS[:20])).strip()}"'
    )


def _put(sheet: Any, row: int, column: int, value: Any) -> None:
    cell = sheet.cell(row, column, values.legal(value) if isinstance(value, str) else value)
    if isinstance(value, str) and len(value) < 300 and not value.startswith("="):
        cell.data_type = "inlineStr" if len(value) % 2 else "s"


def _rows(registers: Mapping[str, Register], chance: Random) -> list[list[Any]]:
    if chance.random() < 0.2:
        return attendance.rows(chance)
    register = registers[chance.choice(sorted(registers))]
    headers = list(register.headers)
    if chance.random() < 0.2:
        headers = [header for header in headers if chance.random() < 0.9]
    if chance.random() < 0.2:
        chance.shuffle(headers)
    if chance.random() < 0.1:
        headers.insert(chance.randrange(len(headers) + 1), chance.choice([*headers, *values.WORDS, "金额（万元）"]))
    body = [_row(register, headers, chance) for _ in range(chance.choice((0, 1, 3, 8, 30)))]
    return [*([title] if (title := chance.choice(_TITLES)) else []), headers, *body]


def _row(register: Register, headers: list[str], chance: Random) -> list[Any]:
    """Mostly fit cells, so that the row is not lost for the first column's sake."""
    kinds = {column.header: column.type for column in register.columns}
    fit: dict[str, Any] = {
        **dict.fromkeys(("id", "staff", "staff_list"), f"K{chance.randrange(50)}"), "text": "文字",
        "date": dt.date(2026, 10, chance.randrange(1, 32)),
        "datetime": dt.datetime(2026, 10, 1, 9, 5), "time": dt.time(9, 5), "month": "2026-10", "money": 12.5,
        "number": 3.25, "count": 4, "yesno": "是", "phone": "13900000001", "idno": "11010519491231002X",
    }  # fmt: skip
    return [values.cell(chance) if chance.random() < 0.5 else fit.get(kinds.get(header, "text")) for header in headers]
