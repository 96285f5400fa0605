"""The first pass over a worksheet: which columns it uses, what its header row says, whether its rows are in order."""

from __future__ import annotations

import re
from array import array
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from lxml import etree

from processor.sheet_tags import tags_of

from .markup import decode, parse
from .package import Package
from .refs import column_number
from .scan import Grammar, SheetStream, grammar, style_of

_ITEM = re.compile(rb"<(?:[\w.-]+:)?si(?:\s[^>]*)?/>|</(?:[\w.-]+:)?si\s*>")
_TYPE = re.compile(rb"""\st\s*=\s*["'](\w+)["']""")


@dataclass
class Survey:
    """What a worksheet holds; columns count from 1, `header` maps columns to (format, text) of the header row.

    `rows` counts the rows, `cells` those that name their place; `numbers` are the rows in their order; `plain` says
    that neither comments nor CDATA sections stand in the part.
    """

    columns: set[int] = field(default_factory=set)
    last_row: int = 0
    ordered: bool = True
    plain: bool = True
    rows: int = 0
    cells: int = 0
    numbers: array[int] = field(default_factory=lambda: array("I"))
    header: dict[int, tuple[int, str]] = field(default_factory=dict)
    grammar: Grammar = field(default_factory=lambda: grammar(b""))
    head: bytes = b""
    tail: bytes = b""


def survey(chunks: Iterable[bytes], header_row: int, shared: Callable[[set[int]], dict[int, str]]) -> Survey:
    """Read a worksheet once; `shared` gives the shared strings of some indexes."""
    stream = SheetStream(chunks)
    result = Survey(grammar=stream.grammar)
    header: list[tuple[int, bytes]] = []
    for block in stream.blocks():
        result.plain = result.plain and is_plain_markup(block)
        _survey_block(stream.grammar, block, result, header_row, header)
    result.head, result.tail = stream.head, stream.tail
    result.plain = result.plain and is_plain_markup(result.head.partition(b"?>")[2]) and is_plain_markup(result.tail)
    result.header = _header_texts(header, stream.grammar, shared)
    return result


def is_plain_markup(block: bytes) -> bool:
    """Whether neither comments, CDATA sections nor processing instructions stand in a piece of XML."""
    return not (b"!" in block and b"<!" in block) and not (b"?" in block and b"<?" in block)


def split_rows(chunks: Iterable[bytes], numbers: Iterable[int]) -> dict[int, list[frozenset[int]]]:
    """The rows that are written in several pieces: the columns of each piece, in their order."""
    counts = Counter(numbers)
    found: dict[int, list[frozenset[int]]] = {number: [] for number, times in counts.items() if times > 1}
    previous = 0
    stream = SheetStream(chunks)
    for block in stream.blocks() if found else ():
        for row in stream.grammar.rows(block, previous):
            previous = row.number
            if row.number in found:
                found[row.number].append(frozenset(cell.column for cell in stream.grammar.cells(block, row)))
    return found


def filled_columns(chunks: Iterable[bytes]) -> set[int]:
    """Columns of a worksheet that hold more than formatted blank cells; reads it once, cell by cell."""
    stream = SheetStream(chunks)
    found: set[int] = set()
    for block in stream.blocks():
        for row in stream.grammar.rows(block, 0):
            found.update(cell.column for cell in stream.grammar.cells(block, row) if cell.end > cell.body)
    return found


def _survey_block(
    grammar: Grammar, block: bytes, result: Survey, header_row: int, header: list[tuple[int, bytes]]
) -> None:
    """Add a block's columns and rows to the result, all at once where every tag has its place."""
    numbers, columns = _places(grammar, block, result)
    if columns is not None:
        result.columns |= columns
        for row in grammar.rows(block, 0) if header_row in numbers else ():
            if row.number == header_row:
                header += [(cell.column, block[cell.start : cell.end]) for cell in grammar.cells(block, row)]
    else:
        numbers = _survey_rows(grammar, block, result, header_row, header)
    if numbers:
        if numbers[0] <= result.last_row or any(a >= b for a, b in pairwise(numbers)):
            result.ordered = False
        result.last_row = max(result.last_row, numbers[-1])
        result.numbers.extend(numbers)


def _places(grammar: Grammar, block: bytes, result: Survey) -> tuple[list[int], set[int] | None]:
    """The rows and the columns of a block, which are counted; no columns where a tag does not say its place."""
    tags = None if grammar.prefix else tags_of(block)
    if tags is not None:
        result.rows += len(tags.rows)
        result.cells += tags.cells
        return tags.rows.tolist(), set(np.unique(tags.columns).tolist()) - {0}
    numbers = [int(number) for number in grammar.row_numbers.findall(block)]
    cells = grammar.columns.findall(block)
    rows = block.count(grammar.row_tag)
    result.rows += rows
    result.cells += len(cells)
    complete = len(numbers) == rows and len(cells) == block.count(grammar.cell_tag)
    return numbers, {column_number(letters.decode()) for letters in set(cells)} if complete else None


def _survey_rows(
    grammar: Grammar, block: bytes, result: Survey, header_row: int, header: list[tuple[int, bytes]]
) -> list[int]:
    """Add a block's columns to the result row by row; returns the rows' numbers."""
    numbers = []
    for row in grammar.rows(block, result.last_row):
        numbers.append(row.number)
        for cell in grammar.cells(block, row):
            result.columns.add(cell.column)
            if row.number == header_row:
                header.append((cell.column, block[cell.start : cell.end]))
    return numbers


def _header_texts(
    cells: list[tuple[int, bytes]], grammar: Grammar, shared: Callable[[set[int]], dict[int, str]]
) -> dict[int, tuple[int, str]]:
    """Format and text of each header cell; cells that hold no text have an empty one."""
    texts: dict[int, tuple[int, str]] = {}
    indexes: dict[int, int] = {}
    for column, raw in cells:
        tag = raw[: raw.index(b">") + 1]
        element = parse(_rooted(raw, grammar.prefix), "header cell", plain=True)
        value = "".join(text_of(element)).strip()
        kind = _TYPE.search(tag)
        if kind and kind[1] == b"s" and value.isdecimal():
            indexes[column] = int(value)
            value = ""
        texts[column] = (style_of(tag), value)
    found = shared(set(indexes.values())) if indexes else {}
    for column, index in indexes.items():
        texts[column] = (texts[column][0], found.get(index, "").strip())
    return texts


def _rooted(raw: bytes, prefix: bytes) -> bytes:
    """A cell's XML with its prefixes declared, so that it can be parsed by itself."""
    prefixes = set(re.findall(rb"[<\s/]([A-Za-z_][\w.-]*):", raw)) - {b"xml", b"xmlns"} | {prefix.rstrip(b":")} - {b""}
    return b"<cell " + b" ".join(b'xmlns:%s="p"' % name for name in prefixes) + b">" + raw + b"</cell>"


def text_of(element: etree._Element) -> Iterator[str]:
    """Pieces of text below an element: of `t` outside phonetic runs, and of `v`."""
    for node in element.iter():
        if not isinstance(node.tag, str) or node.tag.rpartition("}")[2] not in ("t", "v"):
            continue
        if not any(isinstance(up.tag, str) and up.tag.rpartition("}")[2] == "rPh" for up in node.iterancestors()):
            yield decode(node.text or "")


def shared_strings(package: Package, part: str, indexes: set[int]) -> dict[int, str]:
    """Shared strings of those indexes, read only as far as the last of them."""
    found: dict[int, str] = {}
    count, rest, last = 0, b"", max(indexes, default=-1)
    for chunk in package.chunks(part):
        block, start = rest + chunk, 0
        for match in _ITEM.finditer(block):
            if count in indexes:
                found[count] = _item_text(block[start : match.end()])
            count, start = count + 1, match.end()
            if count > last:
                return found
        rest = block[start:]
    return found


def _item_text(raw: bytes) -> str:
    start = re.search(rb"<((?:[\w.-]+:)?)si(?=[\s/>])", raw)
    if not start:
        return ""
    item = raw[start.start() :]
    return "".join(text_of(parse(_rooted(item, start[1]), "shared strings", plain=True)))
