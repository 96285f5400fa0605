"""The cells that an annotation writes: what they say, in which format, as bytes."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from .frame import line_count
from .layout import Layout
from .markup import text_element
from .plan import SheetPlan
from .refs import column_letters, split_ref
from .scan import Cell, style_of, with_style
from .styles import Styles

_TEXT_TYPE = re.compile(rb"""\st\s*=\s*["'](?:s|str|inlineStr)["']""")
_CUSTOM_FORMAT = re.compile(rb"""\scustomFormat\s*=\s*["'](?:1|true)["']""")
_ATTRIBUTES = re.compile(rb"""\s(?:t|cm|vm)\s*=\s*(?:"[^"]*"|'[^']*')""")
_ROW_NUMBER = b"\0"
_MAX_TEMPLATES = 4_096
_LINE_POINTS, _HIGHEST_ROW = 15, 405


class Cells:
    """The cells of one sheet's plan. `formats` gathers the formats that were written."""

    def __init__(
        self,
        plan: SheetPlan,
        layout: Layout,
        styles: Styles,
        column_styles: Sequence[tuple[int, int, int]],
        prefix: bytes,
        widths: Mapping[int, float],
    ) -> None:
        """widths: of the columns of results, in characters."""
        self.plan = plan
        self.layout = layout
        self.styles = styles
        self.formats: set[int] = set()
        self.marks: dict[int, dict[int, str]] = {}
        for ref, kind in plan.marks.items():
            row, column = split_ref(ref)
            self.marks.setdefault(row, {})[column] = kind
        self._column_styles = column_styles
        self._prefix = prefix
        self._widths = widths
        self._heights: dict[tuple[str, ...], int] = {}
        self._text_style = styles.text()
        self.wrapping = styles.wrapping() - {self._text_style}
        self._header_style = styles.heading() if layout.header_style is None else styles.original(layout.header_style)
        self._columns = list(layout.columns.values())
        self._templates: dict[tuple[str, ...], tuple[bytes, int, int]] = {}
        self._cell_templates: dict[tuple[int, str], bytes] = {}

    def texts(self, number: int) -> Mapping[int, tuple[str, int]]:
        """Text and format of each result cell of a row that has one, by column."""
        if number == self.plan.header_row:
            new = {title: column for title, column in self.layout.columns.items() if column not in self.layout.earlier}
            return {column: (title, self._header_style) for title, column in new.items()}
        texts = zip(self._columns, self.plan.rows.get(number, ()), strict=False)
        return {column: (text, self._text_style) for column, text in texts if text}

    def height(self, number: int) -> int:
        """The points that a row needs to show all lines of its results; 0 where one line is enough."""
        values = tuple(self.plan.rows.get(number, ()))
        if number == self.plan.header_row or not any(values):
            return 0
        if values not in self._heights:
            widths = (self._widths[column] for column in self._columns)
            lines = max(map(line_count, values, widths))
            height = min(lines * _LINE_POINTS, _HIGHEST_ROW) if lines > 1 else 0
            if len(self._heights) >= _MAX_TEMPLATES:
                return height
            self._heights[values] = height
        return self._heights[values]

    def appended(self, number: int) -> tuple[bytes, int, int]:
        """All result cells of a data row, how many they are, and the last one's column."""
        values = tuple(self.plan.rows.get(number, ()))
        template = self._templates.get(values)
        if template is None:
            texts = sorted(self.texts(number).items())
            cells = [self._cell_template(column, *text) for column, text in texts]
            template = b"".join(cells), len(cells), texts[-1][0] if texts else 0
            if len(self._templates) < _MAX_TEMPLATES:
                self._templates[values] = template
        return template[0].replace(_ROW_NUMBER, b"%d" % number), template[1], template[2]

    def new(self, row_tag: bytes, number: int, column: int, texts: Mapping[int, tuple[str, int]]) -> bytes:
        """A cell that the row did not have: a result, or a blank one that takes a mark."""
        mark = self.marks.get(number, {}).get(column)
        if column in texts:
            text, style = texts[column]
            return self._text_cell(b"%d" % number, column, text, self.styles.mark(style, mark) if mark else style)
        style = style_of(row_tag) if _CUSTOM_FORMAT.search(row_tag) else self._column_style(column)
        if mark:
            style = self.styles.mark(style, mark)
        self.formats.add(style)
        return b'<%bc r="%b%d" s="%d"/>' % (self._prefix, column_letters(column).encode(), number, style)

    def changed(self, tag: bytes, rest: bytes, number: int, cell: Cell, texts: Mapping[int, tuple[str, int]]) -> bytes:
        """An existing cell: restored, marked, filled with a result, or cleared of an earlier one."""
        before = style_of(tag)
        style = self.styles.original(before)
        mark = self.marks.get(number, {}).get(cell.column)
        if mark:
            style = self.styles.mark(style, mark)
        if cell.column in texts:
            text, ours = texts[cell.column]
            return self._text_cell(b"%d" % number, cell.column, text, style or ours)
        tag = self.restyled(tag, before, style)
        earlier = cell.column in self.layout.earlier and number > self.plan.header_row
        if earlier and _TEXT_TYPE.search(tag) and b"<" + self._prefix + b"f" not in rest:
            return _ATTRIBUTES.sub(b"", tag).removesuffix(b">").removesuffix(b"/").rstrip() + b"/>"
        return tag + rest

    def marked(self, tag: bytes, kind: str) -> bytes:
        """The start tag of a cell in its marked format."""
        before = style_of(tag)
        return self.restyled(tag, before, self.styles.mark(before, kind))

    def restyled(self, tag: bytes, before: int, style: int) -> bytes:
        """The start tag with another format if it differs."""
        if style == before:
            return tag
        self.formats.add(style)
        return with_style(tag, style)

    def _cell_template(self, column: int, text: str, style: int) -> bytes:
        """A result cell without its row's number, made once for each text of a column."""
        template = self._cell_templates.get((column, text))
        if template is None:
            template = self._text_cell(_ROW_NUMBER, column, text, style)
            if len(self._cell_templates) < _MAX_TEMPLATES:
                self._cell_templates[column, text] = template
        return template

    def _text_cell(self, number: bytes, column: int, text: str, style: int) -> bytes:
        self.formats.add(style)
        prefix = self._prefix
        return b'<%bc r="%b%b" s="%d" t="inlineStr"><%bis>%b</%bis></%bc>' % (
            prefix, column_letters(column).encode(), number, style, prefix, text_element(text, prefix.decode()),
            prefix, prefix,
        )  # fmt: skip

    def _column_style(self, column: int) -> int:
        return next((style for first, last, style in self._column_styles if first <= column <= last), 0)
