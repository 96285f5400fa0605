"""What must be known of an .xlsx or .ods package before it is parsed: its extent, and cells that hold no value.

The parser lays each sheet out as a full rectangle, so that two cells in opposite corners can exhaust
memory; and it reads an Excel error or a formula that was never calculated as an empty cell.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
from dataclasses import dataclass, field
from pathlib import Path

from lxml import etree

from processor.intake.guard import Limits, damaged, odd_encoding, read_part, too_wide
from processor.intake.raw import UNCALCULATED
from processor.intake.rejection import WorkbookRejected

_OVERLAP = 1 << 14
_CELL = rb'<(?:[A-Za-z0-9]+:)?c\b(?=[^<>]*?\sr="%s")[^<>]*(?<!/)>\s*<(?!/)'
_WIDE = re.compile(_CELL % rb"([A-Z]{2,})[0-9]+")
_LOW = re.compile(_CELL % rb"[A-Z]+([0-9]{6,})")
_ANY = re.compile(_CELL % rb"([A-Z]+)([0-9]+)")
_PLACELESS = re.compile(rb'<(?:[A-Za-z0-9]+:)?c(?![A-Za-z0-9:])(?![^<>]*\sr=")[^<>]*(?<!/)>\s*<(?!/)')
_ERROR = re.compile(
    rb'<(?:[A-Za-z0-9]+:)?c\b(?=[^<>]*?\sr="([A-Z]+)([0-9]+)")(?=[^<>]*?\st="e")[^<>]*>(?:(?!</(?:[A-Za-z0-9]+:)?c>).)*?'
    rb"<(?:[A-Za-z0-9]+:)?v>([^<]*)<",
    re.DOTALL,
)
_UNCALCULATED = re.compile(
    rb'<(?:[A-Za-z0-9]+:)?c\b(?=[^<>]*?\sr="([A-Z]+)([0-9]+)")(?![^<>]*?\st="str")[^<>]*>\s*'
    rb"<(?:[A-Za-z0-9]+:)?f\b[^<>]*(?:/>|>[^<]*</(?:[A-Za-z0-9]+:)?f>)\s*"
    rb"(?:<(?:[A-Za-z0-9]+:)?v\s*(?:/>|>\s*</(?:[A-Za-z0-9]+:)?v>)\s*)?</(?:[A-Za-z0-9]+:)?c>"
)
# Cheap looks (a literal first) that tell whether the costly pattern beside them can find anything at all.
_MAYBE_WIDE = re.compile(rb'r="[A-Z]{2,}[0-9]')
_MAYBE_LOW = re.compile(rb'r="[A-Z]+[0-9]{6}')
_MAYBE_PLACELESS = re.compile(rb"<c(?:>|\s+[^r\s])")
_MAYBE_PREFIXED = re.compile(rb":c[\s>]")
_ROWS_HIGH, _COLUMNS_HIGH = 99_999, 26
_REPEATED = re.compile(rb'<table:table-(row|cell)\b[^<>]*number-(?:rows|columns)-repeated="([0-9]+)"[^<>]*>')


@dataclass(frozen=True)
class PackageFacts:
    """`epoch_1904`: serial dates count from 1904. `odd_cells`: by sheet, (row, column) from 1 to the shown error."""

    epoch_1904: bool = False
    odd_cells: dict[str, dict[tuple[int, int], str]] = field(default_factory=dict)


def inspect_xlsx(path: Path, limits: Limits) -> PackageFacts:
    """Check the extent of every sheet part. Raises WorkbookRejected beyond the limits or for a DTD."""
    with zipfile.ZipFile(path) as package:
        names = {name.replace("\\", "/").lower(): name for name in package.namelist()}
        for key, name in names.items():
            if key.endswith((".xml", ".rels")) and not key.startswith("xl/worksheets/sheet"):
                _refuse_dtd(package, name, limits)
        epoch_1904, sheets = _workbook(package, names, limits)
        if len(sheets) > limits.sheets:
            raise too_wide("工作表", len(sheets), limits.sheets)
        odd = {title: _scan_sheet(package, names[part], limits) for title, part in sheets.items() if part in names}
    return PackageFacts(epoch_1904, odd)


def inspect_ods(path: Path, limits: Limits) -> None:
    """Refuse a spreadsheet whose filled cells are repeated beyond the limits, or that has a DTD."""
    with zipfile.ZipFile(path) as package:
        content = b"".join(read_part(package, "content.xml", limits))
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        raise _unsafe()
    sheets = content.count(b"<table:table ")
    if sheets > limits.sheets:
        raise too_wide("工作表", sheets, limits.sheets)
    for match in _REPEATED.finditer(content):
        kind, times = match.group(1), int(match.group(2))
        limit = limits.rows if kind == b"row" else limits.columns
        end = content.find(b"</table:table-row>", match.end()) if kind == b"row" else match.end()
        if times > limit and b"value-type=" in content[match.start() : end]:
            raise too_wide("行数" if kind == b"row" else "列数", times, limit)


def _unsafe() -> WorkbookRejected:
    return WorkbookRejected(
        "unsafe",
        "文件内部含有不允许的定义（DTD 或实体），不是正常保存的工作簿。",
        "请用 Excel 或 WPS 打开原文件，另存为 .xlsx，再放入收件夹。",
    )


def _refuse_dtd(package: zipfile.ZipFile, name: str, limits: Limits) -> None:
    tail = b""
    for chunk in read_part(package, name, limits):
        _check_prolog(tail + chunk)
        tail = chunk[-16:]


def _check_prolog(data: bytes) -> None:
    wide = "<!DOCTYPE".encode("utf-16-le")
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data or wide in data or wide[1:] + b"\x00" in data:
        raise _unsafe()
    if data.startswith((b"\xff\xfe", b"\xfe\xff", b"<\x00", b"\x00<")):
        raise odd_encoding()


def _workbook(package: zipfile.ZipFile, names: dict[str, str], limits: Limits) -> tuple[bool, dict[str, str]]:
    """Epoch flag, and the part (lower case) of each sheet by the sheet's name."""
    part = "xl/workbook.xml" if "xl/workbook.xml" in names else next(n for n in names if n.endswith("workbook.xml"))
    folder, base = posixpath.split(part)
    book = _parse(package, names[part], limits)
    targets: dict[str, str] = {}
    rels = names.get(f"{folder}/_rels/{base}.rels")
    for rel in _parse(package, rels, limits) if rels else ():
        target = (rel.get("Target") or "").replace("\\", "/")
        whole = target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))
        targets[rel.get("Id") or ""] = whole.lower()
    sheets = {}
    for sheet in book.iterfind(".//{*}sheet"):
        identity = next((value for key, value in sheet.attrib.items() if str(key).endswith("}id")), "")
        sheets[str(sheet.get("name"))] = targets.get(str(identity), "")
    properties = book.find(".//{*}workbookPr")
    flag = properties.get("date1904", "0") if properties is not None else "0"
    return flag in ("1", "true"), sheets


def _parse(package: zipfile.ZipFile, name: str, limits: Limits) -> etree._Element:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        return etree.fromstring(b"".join(read_part(package, name, limits)), parser)
    except etree.XMLSyntaxError as error:
        raise damaged() from error


def _scan_sheet(package: zipfile.ZipFile, name: str, limits: Limits) -> dict[tuple[int, int], str]:
    odd: dict[tuple[int, int], str] = {}
    rows, columns, placeless, tail = _ROWS_HIGH, _COLUMNS_HIGH, 0, b""
    for chunk in read_part(package, name, limits):
        data = tail + chunk
        _check_prolog(data)
        if _MAYBE_WIDE.search(data):
            columns = max(columns, *map(_column_number, {m.group(1) for m in _WIDE.finditer(data)}), 0)
        if _MAYBE_LOW.search(data):
            rows = max(rows, *(int(m.group(1)) for m in _LOW.finditer(data)), 0)
        if _MAYBE_PLACELESS.search(data) or _MAYBE_PREFIXED.search(data):
            placeless += len(_PLACELESS.findall(data))
        if b't="e"' in data:
            odd |= {_position(m): m.group(3).decode("utf-8", "replace") for m in _ERROR.finditer(data)}
        if b"<f" in data or b":f" in data:
            odd |= {_position(m): UNCALCULATED for m in _UNCALCULATED.finditer(data)}
        tail = data[-_OVERLAP:]
    if rows * columns > limits.cells:
        rows, columns = _exact_extent(package, name, limits)
    columns, rows = max(columns, min(placeless, 16_384)), max(rows, min(placeless, 1_048_576))
    if columns > max(limits.columns, _COLUMNS_HIGH):
        raise too_wide("列数", columns, limits.columns)
    if rows > max(limits.rows, _ROWS_HIGH):
        raise too_wide("行数", rows, limits.rows)
    if rows * columns > limits.cells:
        raise too_wide("单元格数", rows * columns, limits.cells)
    return odd


def _exact_extent(package: zipfile.ZipFile, name: str, limits: Limits) -> tuple[int, int]:
    rows = columns = 0
    tail = b""
    for chunk in read_part(package, name, limits):
        data = tail + chunk
        places = {(m.group(1), m.group(2)) for m in _ANY.finditer(data)}
        columns = max(columns, *map(_column_number, {letters for letters, _ in places}), 0)
        rows = max(rows, *(int(digits) for _, digits in places), 0)
        tail = data[-_OVERLAP:]
    return rows, columns


def _position(match: re.Match[bytes]) -> tuple[int, int]:
    return int(match.group(2)), _column_number(match.group(1))


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number
