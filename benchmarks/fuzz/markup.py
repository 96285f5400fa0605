"""Mutations of one XML part: of its tree, and of its text."""

from __future__ import annotations

import re
from copy import deepcopy
from random import Random

from lxml import etree

from benchmarks.fuzz import values

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_NAMESPACES = [
    _MAIN, "http://purl.oclc.org/ooxml/spreadsheetml/main", "", "urn:x", "http://www.w3.org/1999/xhtml",
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
]  # fmt: skip
_TAGS = [
    "c", "row", "v", "f", "is", "t", "r", "si", "sst", "sheet", "sheets", "sheetData", "mergeCell", "mergeCells", "xf",
    "cellXfs", "dxfs", "dxf", "numFmt", "font", "fills", "border", "comment", "text", "cols", "col", "dimension",
    "sheetViews", "conditionalFormatting", "dataValidations", "legacyDrawing", "extLst", "tableParts", "workbookPr",
    "definedName", "Relationship", "Override", "Default", "AlternateContent", "phoneticPr", "rPh", "sheetProtection",
]  # fmt: skip
_TOKENS = [
    b"<", b">", b"&", b'"', b"'", b"]]>", b"<!--", b"-->", b"<![CDATA[", b"<?x ?>", b"&#0;", b"&#x41;", b"&#xD800;",
    b"&a;", b"&lt;", b"<row>", b"</row>", b"<row/>", b"<c>", b"</c>", b"<c/>", b"<v/>", b"<x:c/>", b"</sheetData>",
    b"<sheetData/>", b"\x00", b"\xff\xfe", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xc0\x80", b"\r", b"\x0b",
    b' t="s"', b' t="d"', b' t="e"', b' r="A1"', b' r="XFD1048576"', b' s="99999"', b' s="-1"', b' xml:space="preserve"',
    b"<v>1e309</v>", b"<v>-1</v>", b"<v>NaN</v>", b"<v>99999</v>", b'<mergeCell ref="A1:XFD9"/>',
    b'<dimension ref="A1:XFD1048576"/>', b' date1904="1"', b'<f t="shared" si="0" ref="A1:B9">A1</f>',
    b'<f t="shared" si="0"/>', b'<f t="array" ref="A1:A9">A1</f>', b' number-columns-repeated="1000000"',
    b' table:number-rows-repeated="1048576"', b' table:number-columns-repeated="-1"',
]  # fmt: skip
_DTDS = [
    b'<!DOCTYPE a [<!ENTITY a "b">]>', b'<!DOCTYPE a SYSTEM "file:///etc/passwd">', b"<!DOCTYPE a>",
    b'<!DOCTYPE a [<!ENTITY a "bbbbbbbbbb"><!ENTITY c "&a;&a;&a;&a;&a;&a;"><!ENTITY d "&c;&c;&c;&c;&c;">]>',
    b'<!DOCTYPE a [<!ENTITY % a SYSTEM "http://127.0.0.1:9/"> %a;]>',
]  # fmt: skip
_DEPTHS = (10, 300, 3_000, 100_000)
_MANY = (2, 2, 3, 20, 500)


def mutated(part: bytes, chance: Random) -> bytes:
    """A part of an office package with one to six things wrong with it."""
    if chance.random() < 0.7:
        part = _by_tree(part, chance)
    return _by_text(part, chance) if chance.random() < 0.4 else part


def _by_tree(part: bytes, chance: Random) -> bytes:
    try:
        root = etree.fromstring(part, etree.XMLParser(huge_tree=True, resolve_entities=False))
    except etree.XMLSyntaxError:
        return _by_text(part, chance)
    elements = [element for element in root.iter() if isinstance(element.tag, str)]
    for _ in range(chance.choice((1, 1, 1, 2, 3, 6))):
        _change(chance.choice(elements), chance.choice(elements), chance)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)


def _change(element: etree._Element, other: etree._Element, chance: Random) -> None:
    parent = element.getparent()
    draw = chance.randrange(12)
    if draw <= 4 and element.attrib:
        key = chance.choice(list(element.attrib))
        element.set(key, values.legal(values.word(chance)))
    elif draw == 5 and element.attrib:
        del element.attrib[chance.choice(list(element.attrib))]
    elif draw == 6:
        element.text = values.legal(values.word(chance))
    elif draw == 7:
        element.tag = f"{{{chance.choice(_NAMESPACES)}}}{chance.choice(_TAGS)}".replace("{}", "")
    elif draw == 8:
        element.set(
            chance.choice(("r", "t", "s", "ref", "si", "id", "name", "count", "spans")),
            values.legal(values.word(chance)),
        )
    elif parent is None:
        element.tail = None
    elif draw == 9:
        parent.remove(element)
    elif draw == 10:
        for _ in range(chance.choice(_MANY)):
            parent.insert(chance.randrange(len(parent) + 1), deepcopy(element))
    elif other is not element and element not in other.iterancestors():
        other.insert(chance.randrange(len(other) + 1), element)


def _by_text(part: bytes, chance: Random) -> bytes:
    at = _boundary(part, chance)
    match chance.randrange(11):
        case 0 | 1 | 2:
            return part[:at] + chance.choice(_TOKENS) + part[at:]
        case 3:
            return part[:at]
        case 4:
            return re.sub(rb"(<\?xml[^>]*\?>)?", lambda found: found[0] + chance.choice(_DTDS), part, count=1)
        case 5:
            encoding = chance.choice(("utf-16", "utf-16-le", "gb18030", "latin-1", "utf-32", "utf-7", "utf-8-sig"))
            return part.decode("utf-8", "replace").encode(encoding, "replace")
        case 6:
            return part.replace(b"UTF-8", chance.choice((b"UTF-16", b"GBK", b"US-ASCII", b"x", b"IBM037")), 1)
        case 7:
            return re.sub(rb"<(/?)([a-z])", rb"<\1x:\2", part).replace(b"xmlns=", b"xmlns:x=", 1)
        case 8:
            depth = chance.choice(_DEPTHS)
            return part[:at] + b"<c>" * depth + b"</c>" * depth + part[at:]
        case 9:
            return part.replace(b'"', b"'")
        case _:
            old, new = chance.choice(_pairs(part))
            return part.replace(old, new)


def _boundary(part: bytes, chance: Random) -> int:
    """A place in the part, mostly before or after a tag."""
    at = chance.randrange(len(part) + 1)
    mark = chance.choice((b"<", b">", b"", b" ", b'"'))
    found = part.find(mark, at)
    return at if found < 0 else found + len(mark) * chance.randrange(2)


def _pairs(part: bytes) -> list[tuple[bytes, bytes]]:
    return [
        (b"><", b"> \n <"), (b"<v>", b"<v> "), (b' r="', b' r = "'), (b' r="', b' R="'), (b'r="A', b'r="XFD'),
        (b'r="', b'r="1'), (b"<row ", b'<row r="1048576" '), (b"<c ", b"<c\n"), (b"</v>", b"</v><v>1</v>"),
        (b' t="s"', b' t="str"'), (b' t="inlineStr"', b' t="s"'), (b's="', b's="99'), (b"<v>", b"<v>99"),
        (b"<t>", b'<t xml:space="preserve"> '), (b"<sheetData>", b""), (b"</sheetData>", b""), (b"rId", b"rid"),
        (b"main", b"niam"), (b'Id="rId1"', b'Id="rId2"'), (b"worksheets/", b"/xl/worksheets/"),
    ]  # fmt: skip
