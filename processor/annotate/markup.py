"""XML as untrusted input: safe parsing, texts that a spreadsheet may hold, names without regard to the namespace."""

from __future__ import annotations

import re
from functools import lru_cache
from xml.sax.saxutils import escape

from lxml import etree

from .plan import CannotAnnotate

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
STRICT_MAIN = "http://purl.oclc.org/ooxml/spreadsheetml/main"
XML_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
DECLARATION = b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
MAX_TEXT = 32_767

# Without it the prefix, and so the bytes, would depend on what else this process has imported.
etree.register_namespace("r", "http://schemas.openxmlformats.org/officeDocument/2006/relationships")

_FORBIDDEN = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ESCAPED = re.compile(r"_(x[0-9A-Fa-f]{4}_)")
_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")


def parse(data: bytes, part: str, plain: bool = False) -> etree._Element:
    """Root of a part. Entities and DTDs are refused; with `plain`, comments and CDATA sections become plain text."""
    refuse_dtd(data[:4096], part)
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=True,
        strip_cdata=plain,
        remove_comments=plain,
        remove_pis=plain,
    )
    try:
        return etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise CannotAnnotate("工作簿的内容已损坏，无法安全写入。", f"{part}: {error}") from error


def refuse_dtd(start: bytes, part: str) -> None:
    """Refuse a part whose first bytes declare a document type: no spreadsheet program writes one."""
    if b"<!DOCTYPE" in start.replace(b"\0", b""):
        raise CannotAnnotate("工作簿里含有不安全的 XML 声明（DTD），为安全起见未作处理。", part)


def serialize(root: etree._Element) -> bytes:
    """The part's bytes in UTF-8, with what stands before and after the root."""
    return etree.tostring(root.getroottree(), xml_declaration=True, encoding="UTF-8", standalone=True)


def local(element: etree._Element) -> str:
    """Tag without its namespace; empty for comments and processing instructions."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def namespace(element: etree._Element) -> str:
    """Namespace of the element's tag."""
    return str(etree.QName(element).namespace or "")


def children(element: etree._Element, name: str) -> list[etree._Element]:
    """Direct children of that local name."""
    return [child for child in element if local(child) == name]


def child(element: etree._Element, name: str) -> etree._Element | None:
    """First direct child of that local name."""
    return next((found for found in element if local(found) == name), None)


def insert_ordered(parent: etree._Element, element: etree._Element, order: tuple[str, ...]) -> None:
    """Insert `element` where the schema's `order` of children wants it; a wrapper counts as what it wraps."""
    rank = order.index(local(element))
    for position, sibling in enumerate(parent):
        ranks = [order.index(local(part)) for part in sibling.iter() if local(part) in order]
        if ranks and ranks[0] > rank:
            parent.insert(position, element)
            return
    parent.append(element)


def clean(text: str) -> str:
    """Text as a cell may hold it: no forbidden characters, line feeds only, at most 32,767 UTF-16 units."""
    text = _FORBIDDEN.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    if len(text) > MAX_TEXT // 2:
        text = text.encode("utf-16-le")[: MAX_TEXT * 2].decode("utf-16-le", errors="ignore")
    return text


def encode(text: str) -> str:
    """`clean` text with a literal _x000D_ protected against being read as an escape."""
    text = clean(text)
    return _ESCAPED.sub(r"_x005F_\1", text) if "_x" in text else text


def decode(text: str) -> str:
    """Text of a part with its _x000D_ escapes resolved."""
    return _ESCAPE.sub(lambda match: chr(int(match[1], 16)), text)


@lru_cache(maxsize=4_096)
def text_element(text: str, prefix: str) -> bytes:
    """The element `t` that holds a text, as bytes."""
    value = encode(text)
    space = ' xml:space="preserve"' if value != value.strip() or "\n" in value or "  " in value else ""
    return f"<{prefix}t{space}>{escape(value)}</{prefix}t>".encode()
