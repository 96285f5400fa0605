"""A worksheet's XML as bytes: its frame, its rows in blocks, and the cells of a row."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

from lxml import etree

from .markup import parse, serialize
from .plan import CannotAnnotate
from .refs import column_number

_SHEET_DATA = re.compile(rb"<((?:[\w.-]+:)?)sheetData(?=[\s/>])[^>]*>")
_CELL_REF = re.compile(rb"""\sr\s*=\s*["']\s*\$?([A-Za-z]+)\$?\d""")
_STYLE = re.compile(rb"""\ss\s*=\s*["']\s*(\d*)\s*["']""")
_SLASH = ord("/")
_UTF8 = re.compile(rb"""encoding\s*=\s*["'](?i:utf-8|utf8|us-ascii|ascii)["']""")


class Row(NamedTuple):
    """A row's place in its block: the start tag ends at `body`, the cells end at `close`, the row at `end`."""

    number: int
    start: int
    body: int
    close: int
    end: int


class Cell(NamedTuple):
    """A cell's place in its row, and its column from 1."""

    column: int
    start: int
    body: int
    end: int


class Grammar:
    """The patterns for one namespace prefix, such as `x:` or none."""

    def __init__(self, prefix: bytes) -> None:
        p = re.escape(prefix)
        self.prefix = prefix
        self.row = re.compile(rb"<" + p + rb"""row(?:\s(?:[^>]*?\s)??r\s*=\s*["']\s*([0-9]+)[^>]*|\s[^>]*|/)?>""")
        self.row_close = b"</" + prefix + b"row"
        self.data_close = b"</" + prefix + b"sheetData"
        self.cell = re.compile(rb"<" + p + rb"c(?=[\s/>])([^>]*)>")
        self.cell_close = re.compile(rb"</" + p + rb"c\s*>")
        self.columns = re.compile(rb"<" + p + rb"c\s(?:[^>]*?\s)??r=\"([A-Z]+)[0-9]+\"")
        self.row_numbers = re.compile(rb"<" + p + rb"row\s(?:[^>]*?\s)??r=\"([0-9]+)\"")
        self.cell_tag = b"<" + prefix + b"c"
        self.row_tag = b"<" + prefix + b"row"

    def rows(self, block: bytes, previous: int) -> Iterator[Row]:
        """Rows of a block in their order; one without a number follows the `previous`."""
        position = 0
        while match := self.row.search(block, position):
            number = match[1]
            previous = int(number) if number else previous + 1
            start, body = match.span()
            if block[body - 2] == _SLASH:
                position = close = body
            else:
                close = block.find(self.row_close, body)
                position = block.find(b">", close) + 1
                if close < 0 or not position:
                    raise CannotAnnotate("工作表的内容已损坏，无法安全写入。", "a row is not closed")
            yield Row(previous, start, body, close, position)

    def cells(self, block: bytes, row: Row) -> Iterator[Cell]:
        """Cells of a row in their order; one without a reference follows the one before."""
        position, column = row.body, 0
        while match := self.cell.search(block, position, row.close):
            found = _CELL_REF.search(match[1])
            column = _column(found[1]) if found else column + 1
            position = match.end()
            if not match[1].endswith(b"/"):
                closing = self.cell_close.search(block, position, row.close)
                if not closing:
                    raise CannotAnnotate("工作表的内容已损坏，无法安全写入。", "a cell is not closed")
                position = closing.end()
            yield Cell(column, match.start(), match.end(), position)


@lru_cache(maxsize=32_768)
def _column(letters: bytes) -> int:
    return column_number(letters.decode())


class SheetStream:
    """A worksheet part read once, front to back: `head`, then the `blocks` of whole rows, then `tail`."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._chunks = iter(chunks)
        self._buffer = b""
        self.tail = b""
        while not (match := _SHEET_DATA.search(self._buffer)):
            chunk = next(self._chunks, None)
            if chunk is None:
                raise CannotAnnotate("工作表缺少数据部分，可能已损坏。", "no sheetData")
            self._buffer += chunk
        self.head = self._buffer[: match.end()]
        self._empty = self.head.endswith(b"/>")
        self._buffer = self._buffer[match.end() :]
        self.grammar = grammar(match[1])

    def blocks(self) -> Iterator[bytes]:
        """Pieces of sheetData that end between two rows; afterwards `tail` starts with the end tag of sheetData."""
        if self._empty:
            self.head = self.head[:-2].rstrip() + b">"
            self.tail = self.grammar.data_close + b">" + self._buffer + b"".join(self._chunks)
            return
        close, row_close, searched = self.grammar.data_close, self.grammar.row_close, 0
        while (end := self._buffer.find(close, searched)) < 0:
            cut = self._buffer.rfind(row_close)
            cut = self._buffer.find(b">", cut) + 1 if cut >= 0 else max(self._buffer.rfind(self.grammar.row_tag), 0)
            if cut:
                yield self._buffer[:cut]
            searched = max(len(self._buffer) - cut - len(close), 0)
            chunk = next(self._chunks, None)
            if chunk is None:
                raise CannotAnnotate("工作表的内容不完整，可能已损坏。", "sheetData is not closed")
            self._buffer = self._buffer[cut:] + chunk
        yield self._buffer[:end]
        self.tail = self._buffer[end:] + b"".join(self._chunks)


@lru_cache(maxsize=16)
def grammar(prefix: bytes) -> Grammar:
    """The patterns for a prefix, compiled once."""
    return Grammar(prefix)


def is_plain(head: bytes) -> bool:
    """Whether a part's first bytes promise UTF-8."""
    start = head[:200]
    declared = b"encoding" in start.partition(b"?>")[0]
    return not start.startswith((b"\xff\xfe", b"\xfe\xff")) and b"\0" not in start and (
        not declared or bool(_UTF8.search(start))
    )  # fmt: skip


def normalize(data: bytes, part: str) -> bytes:
    """The part in UTF-8, its comments dropped and its CDATA sections turned into text; its content stays the same."""
    root: etree._Element = parse(data, part, plain=True)
    return serialize(root)


def style_of(tag: bytes) -> int:
    """Format index in a start tag of a cell or row; 0 where it has none."""
    found = _STYLE.search(tag)
    return int(found[1] or 0) if found else 0


def with_style(tag: bytes, style: int) -> bytes:
    """The start tag with another format index."""
    attribute = b' s="%d"' % style
    if _STYLE.search(tag):
        return _STYLE.sub(attribute, tag, count=1)
    end = len(tag) - (2 if tag.endswith(b"/>") else 1)
    return tag[:end].rstrip() + attribute + tag[end:]
