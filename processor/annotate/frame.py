"""What surrounds the rows of a worksheet: the used range, column widths, the reference to the notes' shapes."""

from __future__ import annotations

import copy
import re
import unicodedata
from collections.abc import Iterable, Mapping
from math import ceil

from lxml import etree

from .markup import child, children, insert_ordered, namespace, parse, serialize
from .refs import make_ref, split_range

ORDER = (
    "sheetPr", "dimension", "sheetViews", "sheetFormatPr", "cols", "sheetData", "sheetCalcPr", "sheetProtection",
    "protectedRanges", "scenarios", "autoFilter", "sortState", "dataConsolidate", "customSheetViews", "mergeCells",
    "phoneticPr", "conditionalFormatting", "dataValidations", "hyperlinks", "printOptions", "pageMargins", "pageSetup",
    "headerFooter", "rowBreaks", "colBreaks", "customProperties", "cellWatches", "ignoredErrors", "smartTags",
    "drawing", "legacyDrawing", "legacyDrawingHF", "drawingHF", "picture", "oleObjects", "controls", "webPublishItems",
    "tableParts", "extLst",
)  # fmt: skip
_NARROW, _WIDE, _PADDING = 9.0, 48.0, 2.0
_EMPTY_DATA = re.compile(rb"<((?:[\w.-]+:)?)sheetData(?=[\s/>])([^>]*?)\s*/>")


def read_frame(head: bytes, tail: bytes, part: str) -> etree._Element:
    """Root of a worksheet without its rows."""
    return parse(head + tail, part)


def write_frame(root: etree._Element) -> tuple[bytes, bytes]:
    """The bytes before the rows and those behind them."""
    data = serialize(root)
    match = _EMPTY_DATA.search(data)
    if match is None:
        raise ValueError("the frame of a sheet holds no empty sheetData")
    tag = match[1] + b"sheetData"
    return data[: match.start()] + b"<" + tag + match[2] + b">", b"</" + tag + b">" + data[match.end() :]


def extend_dimension(root: etree._Element, last_row: int, last_column: int) -> None:
    """Widen the used range to that row and column."""
    dimension = child(root, "dimension")
    if dimension is None or last_row < 1 or last_column < 1:
        return
    try:
        top, left, bottom, right = split_range(dimension.get("ref") or "")
    except ValueError:
        return
    end = make_ref(max(bottom, last_row), max(right, last_column))
    dimension.set("ref", f"{make_ref(top, left)}:{end}")


def set_widths(root: etree._Element, widths: Mapping[int, float], kept: frozenset[int]) -> None:
    """Give columns a width and make them visible; those in `kept` keep the width that they have.

    A definition that covers several columns is split, what it says of the others stays.
    """
    cols = child(root, "cols")
    if cols is None:
        cols = etree.Element(f"{{{namespace(root)}}}cols")
        insert_ordered(root, cols, ORDER)
    present: set[int] = set()
    for element in children(cols, "col"):
        first, last = _bounds(element)
        inside = sorted(column for column in widths if first <= column <= last)
        if not inside:
            continue
        pieces = []
        for column in inside:
            if first < column:
                pieces.append(_piece(element, first, column - 1))
            pieces.append(_visible(_piece(element, column, column), None if column in kept else widths[column]))
            first = column + 1
        if first <= last:
            pieces.append(_piece(element, first, last))
        position = cols.index(element)
        cols[position : position + 1] = pieces
        present.update(inside)
    for column in sorted(set(widths) - present - kept):
        added = _visible(etree.Element(f"{{{namespace(cols)}}}col", min=str(column), max=str(column)), widths[column])
        following = [found for found in children(cols, "col") if _bounds(found)[0] > column]
        cols.insert(cols.index(following[0]) if following else len(cols), added)
    if not len(cols):
        root.remove(cols)


def column_styles(root: etree._Element) -> list[tuple[int, int, int]]:
    """(first column, last column, format) of each column definition."""
    cols = child(root, "cols")
    found = []
    for element in children(cols, "col") if cols is not None else ():
        style = element.get("style") or "0"
        found.append((*_bounds(element), int(style) if style.isdecimal() else 0))
    return found


def add_legacy_drawing(root: etree._Element, relationship: str, relationship_namespace: str) -> None:
    """Point the sheet to the part with its notes' shapes."""
    element = child(root, "legacyDrawing")
    if element is None:
        element = etree.Element(f"{{{namespace(root)}}}legacyDrawing")
        insert_ordered(root, element, ORDER)
    element.set(f"{{{relationship_namespace}}}id", relationship)


def column_widths(root: etree._Element, columns: Iterable[int]) -> dict[int, float]:
    """The widths of these columns as they stand."""
    frame_default = child(root, "sheetFormatPr")
    default = _width(frame_default, "defaultColWidth")
    found = dict.fromkeys(columns, default)
    cols = child(root, "cols")
    for element in children(cols, "col") if cols is not None else ():
        first, last = _bounds(element)
        found |= {column: _width(element, "width") for column in found if first <= column <= last}
    return found


def _width(element: etree._Element | None, name: str) -> float:
    try:
        return max(float((element.get(name) if element is not None else None) or _NARROW), 1.0)
    except ValueError:
        return _NARROW


def line_count(text: str, width: float) -> int:
    """How many lines a wrapped text takes in a column of that width; Chinese characters count double."""
    room = max(width - _PADDING, 2.0)
    return sum(max(ceil(_letters(line) / room), 1) for line in text.split("\n"))


class _Widths(dict[str, int]):
    """Letter -> how many columns it takes, looked up once for each that occurs."""

    def __missing__(self, letter: str) -> int:
        self[letter] = 2 if unicodedata.east_asian_width(letter) in "WF" else 1
        return self[letter]


_WIDTHS = _Widths()


def _letters(line: str) -> int:
    return sum(map(_WIDTHS.__getitem__, line))


def text_width(texts: Iterable[str]) -> float:
    """Width in characters that shows a column's texts, within bounds; Chinese characters count double."""
    longest = 0
    for text in texts:
        for line in text.split("\n"):
            longest = max(longest, _letters(line))
    return min(max(longest + _PADDING, _NARROW), _WIDE)


def _bounds(element: etree._Element) -> tuple[int, int]:
    try:
        return int(element.get("min") or 0), int(element.get("max") or 0)
    except ValueError:
        return 0, 0


def _piece(element: etree._Element, first: int, last: int) -> etree._Element:
    piece = copy.deepcopy(element)
    piece.set("min", str(first))
    piece.set("max", str(last))
    return piece


def _visible(element: etree._Element, width: float | None) -> etree._Element:
    """Take what hides a column from its definition, and set its width if one is given."""
    for name in ("hidden", "collapsed", "outlineLevel"):
        if name in element.attrib:
            del element.attrib[name]
    if width is not None:
        element.set("width", f"{width:g}")
        element.set("customWidth", "1")
    return element
