"""The second pass over a worksheet: result cells, marks and new rows go into the stream of rows."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from .layout import Layout
from .markup import text_element
from .plan import SheetPlan
from .refs import column_letters, split_ref
from .scan import Cell, Grammar, Row, SheetStream, style_of, with_style
from .styles import Styles

_SPANS = re.compile(rb"""\sspans\s*=\s*["']\s*(\d+):(\d+)\s*["']""")
_ANY_SPANS = re.compile(rb"""\sspans\s*=\s*(?:"[^"]*"|'[^']*')""")
_TEXT_TYPE = re.compile(rb"""\st\s*=\s*["'](?:s|str|inlineStr)["']""")
_CUSTOM_FORMAT = re.compile(rb"""\scustomFormat\s*=\s*["'](?:1|true)["']""")
_ATTRIBUTES = re.compile(rb"""\s(?:t|cm|vm)\s*=\s*(?:"[^"]*"|'[^']*')""")


@dataclass
class Added:
    """How many rows and cells a sheet has gained."""

    rows: int = 0
    cells: int = 0


class RowPatcher:
    """Writes one sheet's results and marks into its rows."""

    def __init__(
        self,
        plan: SheetPlan,
        layout: Layout,
        styles: Styles,
        column_styles: Sequence[tuple[int, int, int]],
        last_column: int,
        existing: frozenset[int] | None,
    ) -> None:
        self._plan = plan
        self._layout = layout
        self._styles = styles
        self._column_styles = column_styles
        self._existing = existing
        self._text_style = styles.text()
        header_style = styles.heading() if layout.header_style is None else styles.original(layout.header_style)
        self._header_style = header_style
        self._marks: dict[int, dict[int, str]] = {}
        for ref, kind in plan.marks.items():
            row, column = split_ref(ref)
            self._marks.setdefault(row, {})[column] = kind
        self._columns = list(layout.columns.values())
        self._sorted = self._columns == sorted(self._columns)
        self._careful = bool(layout.earlier) or bool(styles.marked) or last_column >= layout.first_new
        self._pending = sorted(
            {plan.header_row, *(number for number, texts in plan.rows.items() if any(texts)), *self._marks}
        )
        self.added = Added()
        self.formats: set[int] = set()

    def blocks(self, stream: SheetStream) -> Iterator[bytes]:
        """The sheet's rows with the results in them."""
        grammar, previous, waiting = stream.grammar, 0, 0
        done: set[int] = set()
        for block in stream.blocks():
            pieces, position = [], 0
            for row in grammar.rows(block, previous):
                previous = row.number
                while waiting < len(self._pending) and self._pending[waiting] < row.number:
                    number = self._pending[waiting]
                    waiting += 1
                    if number not in done and self._existing is None:
                        pieces.append(block[position : row.start])
                        position = row.start
                        pieces.append(self._new_row(grammar, number))
                        done.add(number)
                if row.number in done and self._existing is not None:
                    continue
                planned = row.number in self._plan.rows or row.number in self._marks
                if planned or self._careful or row.number == self._plan.header_row:
                    pieces.append(block[position : row.start])
                    pieces.append(self._patched(grammar, block, row))
                    position = row.end
                if waiting < len(self._pending) and self._pending[waiting] == row.number:
                    waiting += 1
                if self._existing is not None:
                    done.add(row.number)
            pieces.append(block[position:])
            yield b"".join(pieces)
        if self._existing is None:
            yield b"".join(self._new_row(grammar, number) for number in self._pending[waiting:])
        else:
            yield b"".join(self._new_row(grammar, number) for number in self._pending if number not in self._existing)

    def _texts(self, number: int) -> Mapping[int, tuple[str, int]]:
        """Text and format of each result cell of a row that has one."""
        if number == self._plan.header_row:
            earlier = self._layout.earlier
            return {
                column: (title, self._header_style)
                for title, column in self._layout.columns.items()
                if column not in earlier
            }
        texts = self._plan.rows.get(number, ())
        return {
            column: (text, self._text_style) for column, text in zip(self._columns, texts, strict=False) if text
        }  # fmt: skip

    def _cell(self, grammar: Grammar, number: int, column: int, text: str, style: int) -> bytes:
        prefix = grammar.prefix
        self.formats.add(style)
        return b'<%bc r="%b%d" s="%d" t="inlineStr"><%bis>%b</%bis></%bc>' % (
            prefix, column_letters(column).encode(), number, style, prefix, text_element(text, prefix.decode()),
            prefix, prefix,
        )  # fmt: skip

    def _patched(self, grammar: Grammar, block: bytes, row: Row) -> bytes:
        """A row with its results and marks."""
        texts = self._texts(row.number)
        marks = self._marks.get(row.number, {})
        if self._careful or marks:
            return self._rewritten(grammar, block, row, texts, marks)
        tag = block[row.start : row.body]
        if not texts:
            return block[row.start : row.end]
        body = block[row.body : row.close]
        if body and not body.endswith(b"</" + grammar.prefix + b"c>"):
            return self._rewritten(grammar, block, row, texts, marks)
        ordered = texts.items() if self._sorted else sorted(texts.items())
        cells = b"".join(
            self._cell(grammar, row.number, column, text, style) for column, (text, style) in ordered
        )
        self.added.cells += len(texts)
        return _widened(tag, max(texts)) + body + cells + _closing(grammar, block, row)

    def _rewritten(
        self, grammar: Grammar, block: bytes, row: Row, texts: Mapping[int, tuple[str, int]], marks: Mapping[int, str]
    ) -> bytes:
        """A row whose cells are gone through one by one."""
        tag = block[row.start : row.body]
        wanted = sorted({*texts, *marks})
        pieces, position, seen = [], row.body, 0
        handled: set[int] = set()
        for cell in grammar.cells(block, row):
            pieces.append(block[position : cell.start])
            position = cell.end
            while seen < len(wanted) and wanted[seen] < cell.column:
                if wanted[seen] not in handled:
                    pieces.append(self._new_cell(grammar, tag, row.number, wanted[seen], texts, marks))
                    handled.add(wanted[seen])
                seen += 1
            if cell.column in handled:
                pieces.append(block[cell.start : cell.end])
                continue
            handled.add(cell.column)
            pieces.append(self._changed(grammar, block, row.number, cell, texts, marks))
        for column in wanted:
            if column not in handled:
                pieces.append(self._new_cell(grammar, tag, row.number, column, texts, marks))
        pieces.append(block[position : row.close])
        body = b"".join(pieces)
        if wanted:
            tag = _widened(tag, wanted[-1])
        if not body and row.body == row.end:
            return block[row.start : row.end]
        return tag + body + _closing(grammar, block, row)

    def _changed(
        self,
        grammar: Grammar,
        block: bytes,
        number: int,
        cell: Cell,
        texts: Mapping[int, tuple[str, int]],
        marks: Mapping[int, str],
    ) -> bytes:
        """An existing cell: restored, marked, filled with a result, or cleared of an earlier one."""
        tag, rest = block[cell.start : cell.body], block[cell.body : cell.end]
        before = style_of(tag)
        style = self._styles.original(before)
        if cell.column in marks:
            style = self._styles.mark(style, marks[cell.column])
        if cell.column in texts:
            text, ours = texts[cell.column]
            return self._cell(grammar, number, cell.column, text, style or ours)
        if style != before:
            self.formats.add(style)
            tag = with_style(tag, style)
        if cell.column in self._layout.earlier and number > self._plan.header_row and _holds_text(tag, rest, grammar):
            tag = _ATTRIBUTES.sub(b"", tag)
            return tag[:-1].rstrip() + b"/>" if not tag.endswith(b"/>") else tag
        return tag + rest

    def _new_cell(
        self,
        grammar: Grammar,
        row_tag: bytes,
        number: int,
        column: int,
        texts: Mapping[int, tuple[str, int]],
        marks: Mapping[int, str],
    ) -> bytes:
        self.added.cells += 1
        if column in texts:
            text, style = texts[column]
            if column in marks:
                style = self._styles.mark(style, marks[column])
            return self._cell(grammar, number, column, text, style)
        style = style_of(row_tag) if _CUSTOM_FORMAT.search(row_tag) else self._column_style(column)
        style = self._styles.mark(style, marks[column])
        self.formats.add(style)
        return b'<%bc r="%b%d" s="%d"/>' % (grammar.prefix, column_letters(column).encode(), number, style)

    def _column_style(self, column: int) -> int:
        return next((style for first, last, style in self._column_styles if first <= column <= last), 0)

    def _new_row(self, grammar: Grammar, number: int) -> bytes:
        texts, marks = self._texts(number), self._marks.get(number, {})
        wanted = sorted({*texts, *marks})
        if not wanted:
            return b""
        self.added.rows += 1
        cells = [self._new_cell(grammar, b"<row>", number, column, texts, marks) for column in wanted]
        return b'<%brow r="%d">%b</%brow>' % (grammar.prefix, number, b"".join(cells), grammar.prefix)


def _holds_text(tag: bytes, rest: bytes, grammar: Grammar) -> bool:
    return bool(_TEXT_TYPE.search(tag)) and b"<" + grammar.prefix + b"f" not in rest


def _closing(grammar: Grammar, block: bytes, row: Row) -> bytes:
    """The row's end tag, or one where it had none."""
    return block[row.close : row.end] or grammar.row_close + b">"


def _widened(tag: bytes, column: int) -> bytes:
    """A row's start tag as an open one whose spans reach to that column."""
    if tag.endswith(b"/>"):
        tag = tag[:-2].rstrip() + b">"
    spans = _SPANS.search(tag)
    if spans:
        first, last = min(int(spans[1]), column), max(int(spans[2]), column)
        return _SPANS.sub(b' spans="%d:%d"' % (first, last), tag, count=1)
    return _ANY_SPANS.sub(b"", tag)
