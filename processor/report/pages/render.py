"""Turns views into one self-contained HTML file each. The only module that knows templates and escaping."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cache, lru_cache, partial
from pathlib import Path
from typing import Any

from babel.dates import format_date
from babel.numbers import format_currency
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from processor.model import Text, say
from processor.report.pages import wording
from processor.report.pages.charts import lay_out
from processor.report.pages.masking import mask
from processor.report.pages.places import link
from processor.report.pages.rows import Fixed, decision_row
from processor.report.pages.view import Badge, FileLink, Link, Money, Row, Value
from processor.report.translate import Translator, translator

TEMPLATES = Path(__file__).parents[3] / "templates" / "html"
# Runs before the first row: nothing is laid out until all rows are there and the script has put most of them away.
_EARLY = (
    'document.documentElement.classList.add("reading");'
    'addEventListener("DOMContentLoaded",()=>document.documentElement.classList.remove("reading"))'
)
_ONE_LINE = 14
_BIG = 1500
_LANGUAGES = {"zh": "zh_CN", "en": "en_GB"}


@dataclass(frozen=True)
class Writing:
    """What holds for all pages of a batch. rows_at: decision id -> page on which its row stands.

    fixed, said: parts of decision rows and plain words that were rendered already.
    link_base: the pages' folder relative to the site's folder; people: staff number and unit -> page.
    """

    locale: str
    link_base: str
    rows_at: Mapping[str, str]
    people: Mapping[tuple[str, str], str]
    fixed: dict[str, Fixed] = field(default_factory=dict)
    said: dict[str, Markup] = field(default_factory=dict)


class Page:
    """Says values on one page: escapes, masks, translates, and links relative to where the page lies."""

    def __init__(self, writing: Writing, path: str) -> None:
        self.writing, self.path = writing, path
        self.people: dict[tuple[str, str], Markup] = {}
        self.say: Translator = translator(writing.locale)
        self.language = _LANGUAGES.get(writing.locale, _LANGUAGES["zh"])

    def plain(self, text: Text | str) -> str:
        """Words for a heading: masked, in the site's language, not yet escaped."""
        return mask(self.say(text) if isinstance(text, Text) else text)

    def show(self, value: Value) -> Markup:
        """One value as HTML."""
        if isinstance(value, Text) and not value.args:
            if value.template not in self.writing.said:
                self.writing.said[value.template] = escape(self.plain(value))
            return self.writing.said[value.template]
        if isinstance(value, (str, Text)):
            return escape(self.plain(value))
        if value is None:
            return Markup("")
        if isinstance(value, Money):
            return escape(money(value.fen, self.language))
        if isinstance(value, date):
            return escape(value.isoformat())
        if isinstance(value, (int, float)):
            return escape(f"{value:,}" if isinstance(value, int) else f"{value:,.1f}")
        return self._show_link(value)

    def _show_link(self, value: Link | FileLink | Row | Badge) -> Markup:
        if isinstance(value, Badge):
            return Markup(f'<span class="st {escape(value.kind)}">{self.show(value.label)}</span>')
        if isinstance(value, Row):
            page = self.writing.rows_at.get(value.decision_id)
            href = link(page, self.path, row_anchor(value.decision_id)) if page else ""
        elif isinstance(value, FileLink):
            href = self.file(value.target)
        else:
            href = link(value.target, self.path, value.anchor)
        label = self.show(value.label)
        return Markup(f'<a href="{escape(href)}">{label}</a>') if href else label

    def to(self, target: str, anchor: str = "") -> str:
        """Relative link to another page."""
        return link(target, self.path, anchor)

    def file(self, target: str) -> str:
        """Relative link to a file named relative to the site's folder."""
        return link(target, f"{self.writing.link_base}/{self.path}")

    def person(self, unit: str, staff_no: str, name: str) -> Markup:
        """An employee, linked to the page of his decisions in the unit."""
        if (unit, staff_no) not in self.people:
            label = f"{name} {staff_no}".strip()
            page = self.writing.people.get((unit, staff_no))
            self.people[unit, staff_no] = self.show(Link(label, page) if page else label)
        return self.people[unit, staff_no]

    def long_day(self, day: date) -> str:
        """`2026年10月5日`, or as the site's language writes it."""
        return format_date(day, "long", locale=self.language)

    def month(self, period: str) -> str:
        """`2026年10月` of `2026-10`."""
        year, number = (int(part) for part in period.split("-"))
        pattern = "y年M月" if self.language == "zh_CN" else "MMMM y"
        return format_date(date(year, number, 1), pattern, locale=self.language)


def row_anchor(decision_id: str) -> str:
    """The id of a decision's row."""
    return f"d-{decision_id}"


@lru_cache(maxsize=4096)
def money(fen: int, language: str) -> str:
    """`¥1,234.50`, `-¥50.00`."""
    text = format_currency(Decimal(abs(fen)) / 100, "CNY", "¤#,##0.00", locale=language, currency_digits=False)
    return f"-{text}" if fen < 0 else text


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
