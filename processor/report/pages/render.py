"""Turns a page's content into one self-contained HTML file. The only module that knows templates and escaping."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import cache, partial
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from processor.model import Text, say
from processor.packaged import packaged
from processor.report.pages import wording
from processor.report.pages.cards import NOT_KNOWN
from processor.report.pages.data import SCRIPT_WORDS
from processor.report.pages.page import Page
from processor.report.pages.rows import short_rows
from processor.report.pages.view import EVERYTHING, Badge, FileLink, Link, Money, Row, Table, Value
from processor.report.snapshot import Line
from processor.report.translate import Translator

TEMPLATES = packaged("templates/html")
_ONE_LINE = 14


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(
        css=_css,
        script=Markup(_without_indents("page.js")),
        person_script=Markup(_without_indents("person.js")),
        wording=wording,
        money_of=Money,
        is_number=_is_number,
        say=say,
    )
    environment.filters["css_string"] = css_string
    environment.filters["columns"] = columns
    environment.filters["in_month"] = in_month
    return environment


@cache
def _css(name: str) -> Markup:
    return Markup(_without_indents(name))


def _without_indents(name: str) -> str:
    """A file of the templates as it goes into every page: without what only its editor needs."""
    lines = (line.strip() for line in (TEMPLATES / name).read_text(encoding="utf-8").splitlines())
    return "\n".join(line for line in lines if line and not line.startswith("//"))


def columns(heights: Sequence[float]) -> tuple[str, str]:
    """Paths of the columns of a small line of months, in per cent of 22 units: the earlier ones and the last."""
    drawn = [f"M{place * 10 + 1} 23h8v-{round(height * 0.22 + 1, 1):g}h-8z" for place, height in enumerate(heights)]
    return "".join(drawn[:-1]), drawn[-1]


def in_month(lines: Iterable[Line], month: str) -> list[Line]:
    """The decisions of a month."""
    return [line for line in lines if line.decision.period == month]


def _is_number(value: Value) -> bool:
    bare = value.label if isinstance(value, Link) else value
    return isinstance(bare, (int, float, Money)) or bare == NOT_KNOWN


def plain_row(page: Page, table: Table, values: Sequence[Value]) -> Markup:
    """One `<tr>` of a table that does not hold decisions; its first cell is the row's header.

    A narrow screen names the cells by what `labels` says, those of a wide table by what each says itself. The closing tags
    that HTML leaves to its parser are left out.
    """
    head, *cells = values
    if table.kind == "wide":
        named = zip(table.headers[1:], cells, strict=True)
        others = "".join(f'<td data-h="{page.show(name)}">{page.show(value)}' for name, value in named)
    else:
        others = "".join(f"<td{_cell_class(value)}>{page.show(value)}" for value in cells)
    return Markup(f"<tr><th{_cell_class(head)}>{page.show(head)}{others}")


def labels(page: Page, table: Table) -> Markup:
    """The headers of a table as values of its style, from which a narrow screen names the cells of each card."""
    if table.kind == "wide":
        return Markup("")
    named = (page.show_plain(header).replace("\\", "").replace("'", "’") for header in table.headers[1:])
    return escape(";".join(f"--h{number}:'{name}'" for number, name in enumerate(named, 2)))


def keyed_rows(page: Page, table: Table) -> list[list[Any]]:
    """The rows of a table that the bar on top filters: month, person, clause, status, and the row's HTML."""
    return [
        [keys.month, keys.person, keys.clause, keys.status, plain_row(page, table, row)]
        for keys, row in zip(table.keys, table.rows, strict=True)
    ]


def rows_in(page: Page, month: str, table: Table) -> Markup:
    """The rows of a table that belong to a month, or to none."""
    if table.made is not None:
        return table.made
    keys = table.keys or [EVERYTHING] * len(table.rows)
    shown = [row for key, row in zip(keys, table.rows, strict=True) if key.month in (None, month)]
    return Markup("").join(plain_row(page, table, row) for row in shown)


def _cell_class(value: Value) -> str:
    return " class=n" if _is_number(value) else " class=w" if _is_short(value) else ""


def _is_short(value: Value) -> bool:
    """Whether a cell should stay on one line."""
    label = value.label if isinstance(value, (Link, FileLink)) else value
    text = label.template if isinstance(label, Text) and not label.args else label
    return isinstance(label, (date, Row, Badge)) or (isinstance(text, str) and len(text) <= _ONE_LINE)


def css_string(text: str) -> Markup:
    """A CSS string literal that is safe inside <style>, whatever the text."""
    return Markup('"' + "".join(c if c.isalnum() and c.isascii() else f"\\{ord(c):06x}" for c in text) + '"')


def script_words(say_it: Translator) -> Markup:
    """The words that the script needs, as JSON that is safe inside an HTML attribute."""
    words: Mapping[str, str] = {name: say_it(text) for name, text in SCRIPT_WORDS.items()}
    return Markup(escape(json.dumps(words, ensure_ascii=False)))


def render(template: str, page: Page, **context: Any) -> str:
    """The whole text of one page."""
    context |= {"page": page, "show": page.show, "words": script_words(page.say)}
    context |= {"short_rows": partial(short_rows, page)}
    context |= {"rows_in": partial(rows_in, page), "labels": partial(labels, page)}
    return _environment().get_template(template).render(**context)
