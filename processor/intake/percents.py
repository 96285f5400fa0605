"""Number cells that a worksheet shows as percentages: 100% is stored as 1, which nobody reads who sees it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

from processor.intake.formulas import FORMULA, PLACED, TAG, Position, position_of

_BUILT_IN = frozenset({"9", "10"})
_QUOTED = re.compile(r'"[^"]*"|\\.')
_NUMBER = re.compile(
    PLACED
    + rb'(?=[^<>]*?\ss="([0-9]+)")(?![^<>]*?\st="(?!n"))[^<>]*>\s*(?:'
    + FORMULA
    + rb")?"
    + TAG
    + rb"v>([0-9.eE+-]+)<"
)


def percent_styles(styles: etree._Element) -> frozenset[bytes]:
    """The cell formats (values of `s`) that show a number as a percentage."""
    own = {
        str(form.get("numFmtId"))
        for form in styles.iterfind(".//{*}numFmts/{*}numFmt")
        if "%" in _QUOTED.sub("", str(form.get("formatCode")))
    }
    formats = styles.findall(".//{*}cellXfs/{*}xf")
    return frozenset(str(at).encode() for at, xf in enumerate(formats) if xf.get("numFmtId") in _BUILT_IN | own)


def percentages(data: bytes, styles: frozenset[bytes]) -> Iterator[tuple[Position, str]]:
    """Place and shown text of the percentages in a window of a worksheet part."""
    for match in _NUMBER.finditer(data):
        if match.group(3) in styles:
            try:
                yield position_of(match), f"{float(match.group(4)) * 100:.10g}%"
            except (ValueError, OverflowError):
                continue
