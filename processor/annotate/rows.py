"""The second pass over a worksheet: result cells, marks and new rows go into the stream of rows."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence

from .cells import Cells
from .refs import column_letters
from .scan import Grammar, Row, SheetStream

_SPANS = re.compile(rb"""\sspans\s*=\s*["']\s*(\d+):(\d+)\s*["']""")
_HEIGHT = re.compile(rb"""\sht\s*=\s*["']\s*([0-9]+(?:\.[0-9]*)?)\s*["']""")
_STAFFS_HEIGHT = re.compile(rb"""\s(?:customHeight|hidden)\s*=\s*["']\s*(?:1|true)""")
_STYLES = re.compile(rb"""\ss\s*=\s*["']\s*(\d*)\s*["']""")
_ANY_SPANS = re.compile(rb"""\sspans\s*=\s*(?:"[^"]*"|'[^']*')""")


class RowPatcher:
    """Writes one sheet's results and marks into its rows.

    With `careful`, every row's cells are gone through one by one: results or marks of an earlier annotation may lie
    among them. `existing` are the numbers of the rows of a sheet whose rows are not in order, otherwise None; `split`
    those among them that are written in several pieces, with the columns of each piece.
    """

    def __init__(
        self,
        cells: Cells,
        grammar: Grammar,
        careful: bool,
        existing: frozenset[int] | None,
        split: Mapping[int, Sequence[frozenset[int]]],
    ) -> None:
        self._cells = cells
        self._grammar = grammar
        self._careful = careful
        self._existing = existing
        self._split = split
        self._cell_end = b"</" + grammar.prefix + b"c>"
        self._row_end = grammar.row_close + b">"
        plan = cells.plan
        self._wanted = {plan.header_row, *(number for number, texts in plan.rows.items() if any(texts)), *cells.marks}
        self.rows_added = 0
        self.cells_added = 0

    def blocks(self, stream: SheetStream) -> Iterator[bytes]:
        """The sheet's rows with the results in them."""
        if self._existing is None:
            return self._ordered(stream)
        return self._disordered(stream, self._existing)

    def _ordered(self, stream: SheetStream) -> Iterator[bytes]:
        waiting = sorted(self._wanted, reverse=True)
        previous = 0
        for block in stream.blocks():
            pieces: list[bytes] = []
            *rows, rest = block.split(self._row_end)
            for text in rows:
                tag = self._grammar.row.search(text)
                number = int(tag[1]) if tag and tag[1] else 0
                due = tag and waiting and waiting[-1] == number
                body = self._body(text, tag.end(), number) if tag and due else None
                if tag and body is not None:
                    waiting.pop()
                    previous = number
                    cells, count, last = self._cells.appended(number)
                    self.cells_added += count
                    start = self._heightened(_widened(tag[0], last), number, body)
                    pieces += (text[: tag.start()], start, body, cells, self._row_end)
                else:
                    previous = self._go_through(text + self._row_end, previous, waiting, pieces)
            if rest:
                previous = self._go_through(rest, previous, waiting, pieces)
            yield b"".join(pieces)
        yield b"".join([self._new_row(number) for number in reversed(waiting)])

    def _body(self, text: bytes, start: int, number: int) -> bytes | None:
        """The marked cells of a row if its results only have to be put behind them, otherwise None.

        `text` is the row without its end tag, `start` the end of its start tag.
        """
        simple = text.endswith(self._cell_end) and text.find(self._grammar.row_tag, start) < 0
        if self._careful or not simple or number == self._cells.plan.header_row:
            return None
        marks = self._cells.marks.get(number)
        return self._marked(text, Row(number, 0, start, len(text), len(text)), marks) if marks else text[start:]

    def _go_through(self, block: bytes, previous: int, waiting: list[int], pieces: list[bytes]) -> int:
        """Patch the rows of a block one by one, new rows between them; returns the last row's number."""
        position = 0
        for row in self._grammar.rows(block, previous):
            previous = row.number
            while waiting and waiting[-1] < previous:
                pieces += (block[position : row.start], self._new_row(waiting.pop()))
                position = row.start
            if waiting and waiting[-1] == previous:
                waiting.pop()
            elif not self._careful:
                continue
            pieces += (block[position : row.start], self._rewritten(block, row))
            position = row.end
        pieces.append(block[position:])
        return previous

    def _disordered(self, stream: SheetStream, existing: frozenset[int]) -> Iterator[bytes]:
        """Rows that are not in order: each is patched where it stands, new ones follow the last."""
        previous = 0
        pieces_seen: Counter[int] = Counter()
        for block in stream.blocks():
            pieces: list[bytes] = []
            position = 0
            for row in self._grammar.rows(block, previous):
                previous = row.number
                elsewhere = self._elsewhere(row.number, pieces_seen[row.number])
                pieces_seen[row.number] += 1
                pieces += (block[position : row.start], self._rewritten(block, row, elsewhere))
                position = row.end
            pieces.append(block[position:])
            yield b"".join(pieces)
        yield b"".join([self._new_row(number) for number in sorted(self._wanted - existing)])

    def _elsewhere(self, number: int, piece: int) -> frozenset[int]:
        """The columns that are no business of this piece of a row: those of other pieces, and new ones but in the last."""
        pieces = self._split.get(number, ())
        if not pieces:
            return frozenset()
        others = frozenset[int]().union(*pieces) - pieces[piece]
        new = {*self._cells.texts(number), *self._cells.marks.get(number, {})}.difference(*pieces)
        return others if piece == len(pieces) - 1 else others | new

    def _marked(self, block: bytes, row: Row, marks: Mapping[int, str]) -> bytes | None:
        """The row's cells with marks on those that have a reference; None if one is not found."""
        places = []
        for column, kind in marks.items():
            found = block.find(b' r="%b%d"' % (column_letters(column).encode(), row.number), row.body, row.close)
            start = block.rfind(b"<", row.body, max(found, row.body))
            tag = self._grammar.cell.match(block, start) if found >= 0 and start >= 0 else None
            if tag is None or tag.end() < found:
                return None
            places.append((start, tag.end(), kind))
        pieces: list[bytes] = []
        position = row.body
        for start, end, kind in sorted(places):
            pieces += (block[position:start], self._cells.marked(block[start:end], kind))
            position = end
        pieces.append(block[position : row.close])
        return b"".join(pieces)

    def _rewritten(self, block: bytes, row: Row, elsewhere: Collection[int] = ()) -> bytes:
        """A row whose cells are gone through one by one; columns `elsewhere` are left to other pieces of the row."""
        tag, texts = block[row.start : row.body], self._cells.texts(row.number)
        texts = {column: text for column, text in texts.items() if column not in elsewhere}
        wanted = sorted({*texts, *self._cells.marks.get(row.number, {})}.difference(elsewhere), reverse=True)
        last = wanted[0] if wanted else 0
        cells = list(self._grammar.cells(block, row))
        present = {cell.column for cell in cells}
        missing = [column for column in wanted if column not in present]
        self.cells_added += len(missing)
        pieces: list[bytes] = []
        position = row.body
        for cell in cells:
            pieces.append(block[position : cell.start])
            position = cell.end
            while missing and missing[-1] < cell.column:
                pieces.append(self._cells.new(tag, row.number, missing.pop(), texts))
            start_tag, rest = block[cell.start : cell.body], block[cell.body : cell.end]
            if cell.column in present:
                present.remove(cell.column)
                pieces.append(self._cells.changed(start_tag, rest, row.number, cell, texts))
            else:
                pieces += (start_tag, rest)
        pieces += [self._cells.new(tag, row.number, column, texts) for column in reversed(missing)]
        pieces.append(block[position : row.close])
        body = b"".join(pieces)
        if not body and row.body == row.end:
            return tag
        tag = _widened(tag, last)
        return (self._heightened(tag, row.number, body) if texts else tag) + body + self._closing(block, row)

    def _new_row(self, number: int) -> bytes:
        texts = self._cells.texts(number)
        wanted = sorted({*texts, *self._cells.marks.get(number, {})})
        if not wanted:
            return b""
        self.rows_added += 1
        self.cells_added += len(wanted)
        prefix = self._grammar.prefix
        cells = [self._cells.new(b"", number, column, texts) for column in wanted]
        tag = self._heightened(b'<%brow r="%d">' % (prefix, number), number, b"")
        return b"%b%b</%brow>" % (tag, b"".join(cells), prefix)

    def _heightened(self, tag: bytes, number: int, body: bytes) -> bytes:
        """A row's start tag with the height that its results need: not every program finds it out by itself.

        A height that staff set stays, and so does one left to the program where cells of staff's own are wrapped.
        """
        needed = self._cells.height(number)
        if not needed or _STAFFS_HEIGHT.search(tag):
            return tag
        height = _HEIGHT.search(tag)
        if height is None:
            wraps = any(int(style) in self._cells.wrapping for style in _STYLES.findall(body) if style)
            return tag if wraps else tag[:-1].rstrip() + b' ht="%d">' % needed
        if float(height[1]) >= needed:
            return tag
        return tag[: height.start()] + b' ht="%d"' % needed + tag[height.end() :]

    def _closing(self, block: bytes, row: Row) -> bytes:
        """The row's end tag, or one where it had none."""
        return block[row.close : row.end] or self._grammar.row_close + b">"


def _widened(tag: bytes, column: int) -> bytes:
    """A row's start tag as an open one whose spans, if it has any, reach to that column."""
    if tag.endswith(b"/>"):
        tag = tag[:-2].rstrip() + b">"
    if not column or b"spans" not in tag:
        return tag
    spans = _SPANS.search(tag)
    if spans:
        first, last = min(int(spans[1]), column), max(int(spans[2]), column)
        return tag[: spans.start()] + b' spans="%d:%d"' % (first, last) + tag[spans.end() :]
    return _ANY_SPANS.sub(b"", tag)
