"""The cells of an OpenDocument spreadsheet that hold an error, or a formula that was never calculated."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from processor.intake.grid import UNCALCULATED, OddCells
from processor.intake.guard import damaged

_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_CALC = "{urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0}"
_CELLS = (f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell")


def ods_errors(content: bytes) -> OddCells:
    """By sheet, (row, column) from 1 of each such cell of content.xml, and how it is shown."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=True)
    try:
        tables = etree.fromstring(content, parser).iter(f"{_TABLE}table")
    except etree.XMLSyntaxError as error:
        raise damaged() from error
    return {str(table.get(f"{_TABLE}name")): dict(_errors(table)) for table in tables}


def _errors(table: etree._Element) -> Iterator[tuple[tuple[int, int], str]]:
    row = 1
    for line in table.iter(f"{_TABLE}table-row"):
        column = 1
        for cell in line.iterchildren(*_CELLS):
            if cell.get(f"{_CALC}value-type") == "error":
                yield (row, column), "".join(map(str, cell.itertext(f"{_TEXT}p"))) or "#N/A"
            elif cell.get(f"{_TABLE}formula") and cell.get(f"{_OFFICE}value-type") is None and not len(cell):
                yield (row, column), UNCALCULATED
            column += _times(cell, "columns")
        row += _times(line, "rows")


def _times(element: etree._Element, what: str) -> int:
    """How often a row or cell stands there; once where that cannot be read."""
    times = element.get(f"{_TABLE}number-{what}-repeated", "1")
    return int(times) if times.isascii() and times.isdigit() and len(times) < 9 else 1
