"""XML Spreadsheet 2003, which systems export as .xls or .xml."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from lxml import etree

from processor.intake.grid import UNCALCULATED, Grid, Merge
from processor.intake.guard import SAVE_ANEW, Limits, too_wide, unsafe
from processor.intake.rejection import WorkbookRejected

_SS = "{urn:schemas-microsoft-com:office:spreadsheet}"
_DECLARES = re.compile(rb"<!(?:DOCTYPE|ENTITY)|<\0!\0(?:D|E)|\0<\0!\0(?:D|E)")


def read_xml_2003(path: Path, _: Mapping[str, Any], limits: Limits) -> tuple[Grid, ...]:
    """All worksheets. Raises WorkbookRejected for a DTD, broken markup, or what lies beyond the limits."""
    data = path.read_bytes()
    if _DECLARES.search(data):
        raise unsafe()
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True)
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        reason = f"这是 XML 表格（2003 格式），但第{error.lineno or 1}行的标记不完整，读不出来。"
        raise WorkbookRejected("damaged", reason, SAVE_ANEW) from error
    sheets = root.findall(f"{_SS}Worksheet")
    if len(sheets) > limits.sheets:
        raise too_wide("工作表", len(sheets), limits.sheets)
    return tuple(_grid(sheet, number, limits) for number, sheet in enumerate(sheets, start=1))


def _grid(sheet: etree._Element, number: int, limits: Limits) -> Grid:
    rows: list[list[Any]] = []
    merges: list[Merge] = []
    cells = 0
    for at, row in _placed(sheet.iterfind(f"{_SS}Table/{_SS}Row"), "行数", limits.rows):
        rows += [[] for _ in range(at - len(rows))]
        for place, cell in _placed(row.iterfind(f"{_SS}Cell"), "列数", limits.columns):
            rows[-1] += [""] * (place - len(rows[-1]))
            rows[-1][place - 1] = _value(cell)
            across, down = _number(cell, "MergeAcross"), _number(cell, "MergeDown")
            if across or down:
                merges.append(((at, place), (at + down, place + across)))
        cells += len(rows[-1])
        if cells > limits.cells:
            raise too_wide("单元格数", cells, limits.cells)
    hidden = sheet.findtext("{*}WorksheetOptions/{*}Visible", "").startswith("SheetHidden")
    return Grid(sheet.get(f"{_SS}Name") or f"Sheet{number}", rows, merges=tuple(merges), hidden=hidden)


def _placed(elements: Iterator[etree._Element], what: str, limit: int) -> Iterator[tuple[int, etree._Element]]:
    """Each row or cell with its number from 1: where it says so, else behind the one before and what that reaches over."""
    last = 0
    for element in elements:
        last = max(_number(element, "Index"), last + 1)
        if last > limit:
            raise too_wide(what, last, limit)
        yield last, element
        last += _number(element, "MergeAcross") + _number(element, "Span")


def _number(element: etree._Element, name: str) -> int:
    text = (element.get(_SS + name) or "").strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0


def _value(cell: etree._Element) -> Any:
    data = cell.find(f"{_SS}Data")
    if data is None:
        return UNCALCULATED if cell.get(f"{_SS}Formula") else ""
    text = "".join(map(str, data.itertext()))
    kind = data.get(f"{_SS}Type")
    try:
        if kind == "Number":
            return float(text)
        if kind == "DateTime":
            return datetime.fromisoformat(text.strip())
    except ValueError:
        return text
    return text.strip() in ("1", "true") if kind == "Boolean" else text
