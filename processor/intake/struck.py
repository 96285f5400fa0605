"""Cells that a worksheet shows crossed out: what stands in them holds no longer, or is done with; nobody knows which."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

from processor.intake.formulas import PLACED, TAG, Position, position_of
from processor.intake.grid import STRUCK

_FILLED = re.compile(PLACED + rb'(?=[^<>]*?\ss="([0-9]+)")[^<>]*(?<!/)>\s*' + TAG + rb"(?:v|is|f)\b")


def struck_styles(styles: etree._Element) -> frozenset[bytes]:
    """The cell formats (values of `s`) whose font is crossed out."""
    fonts = styles.findall(".//{*}fonts/{*}font")
    crossed = {str(at) for at, font in enumerate(fonts) if _is_on(font.find("{*}strike"))}
    formats = styles.findall(".//{*}cellXfs/{*}xf") if crossed else []
    return frozenset(str(at).encode() for at, xf in enumerate(formats) if xf.get("fontId") in crossed)


def _is_on(flag: etree._Element | None) -> bool:
    return flag is not None and flag.get("val", "1") not in ("0", "false")


def struck(data: bytes, styles: frozenset[bytes]) -> Iterator[tuple[Position, str]]:
    """Place and mark of the crossed out cells in a window of a worksheet part."""
    for match in _FILLED.finditer(data):
        if match.group(3) in styles:
            yield position_of(match), STRUCK
