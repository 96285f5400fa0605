"""Turns views into one self-contained HTML file each. The only module that knows templates and escaping."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from functools import cache, partial
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from processor.model import Text, say
from processor.packaged import packaged
from processor.report.pages import wording
from processor.report.pages.charts import lay_out
from processor.report.pages.page import Page
from processor.report.pages.rows import decision_row
from processor.report.pages.view import Badge, FileLink, Link, Money, Row, Value
from processor.report.translate import Translator

TEMPLATES = packaged("templates/html")
# Runs before the first row: nothing is laid out until all rows are there and the script has put most of them away.
_EARLY = (
    'document.documentElement.classList.add("reading");'
    'addEventListener("DOMContentLoaded",()=>document.documentElement.classList.remove("reading"))'
)
_ONE_LINE = 14
_BIG = 1500


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
        style=Markup((TEMPLATES / "page.css").read_text(encoding="utf-8")),
        early=Markup(_EARLY),
        script=Markup((TEMPLATES / "page.js").read_text(encoding="utf-8")),
        lay_out=lay_out,
        wording=wording,
        money_of=Money,
        is_number=_is_number,
        say=say,
    )
    environment.filters["css_string"] = css_string
    return environment


def _is_number(value: Value) -> bool:
    return isinstance(value.label if isinstance(value, Link) else value, (int, float, Money))


def plain_row(page: Page, values: Sequence[Value]) -> Markup:
    """One `<tr>` of a table that does not hold decisions; its first cell is the row's header."""
    head, *cells = values
    others = "".join(f"<td{_cell_class(value)}>{page.show(value)}</td>" for value in cells)
    return Markup(f'<tr><th scope="row"{_cell_class(head)}>{page.show(head)}</th>{others}</tr>')


def _cell_class(value: Value) -> str:
    return ' class="n"' if _is_number(value) else ' class="w"' if _is_short(value) else ""


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
    return Markup(escape(json.dumps({name: say_it(text) for name, text in _SCRIPT_WORDS.items()}, ensure_ascii=False)))


_SCRIPT_WORDS: dict[str, Text] = {
    "search": say("搜索"),
    "filter": say("筛选"),
    "all": say("全部"),
    "copy": say("复制"),
    "copied": say("已复制"),
    "shown": say("显示 # 行，共 # 行"),
    "more": say("再显示 # 行"),
    "everything": say("全部显示"),
    "expand": say("展开全部依据"),
    "collapse": say("收起全部依据"),
    "sort": say("排序"),
    "none": say("没有符合条件的行"),
}


def render(template: str, page: Page, **context: Any) -> str:
    """The whole text of one page."""
    rows = sum(len(getattr(part, "rows", ())) for section in context.get("sections", ()) for part in section.parts)
    row = partial(decision_row, page)
    context |= {"is_big": rows > _BIG, "page": page, "show": page.show, "words": script_words(page.say)}
    context |= {"row": row, "plain_row": partial(plain_row, page)}
    return _environment().get_template(template).render(**context)
