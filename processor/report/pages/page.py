"""One page while it is written: how it says values, and where its links lead."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any

from babel.dates import format_date
from babel.numbers import format_currency
from markupsafe import Markup, escape

from processor.model import Text, say
from processor.report.pages import wording
from processor.report.pages.masking import mask
from processor.report.pages.places import link
from processor.report.pages.telling import Told
from processor.report.pages.view import Badge, FileLink, Link, Money, Row, Value
from processor.report.snapshot import Change, Line
from processor.report.translate import Translator, translator

_LANGUAGES = {"zh": "zh_CN", "en": "en_GB"}


@dataclass(frozen=True)
class Writing:
    """What holds for all pages of a batch. rows_at: decision id -> page on which its row stands without a script.

    told: what is told of decisions, by their ids. said: plain words that were rendered already.
    link_base: the pages' folder relative to the site's folder; people: staff number and unit -> page.
    """

    locale: str
    link_base: str
    rows_at: Mapping[str, str]
    people: Mapping[tuple[str, str], str]
    told: Mapping[str, Told] = field(default_factory=dict)
    said: dict[str, Markup] = field(default_factory=dict)

    def __reduce__(self) -> tuple[Any, ...]:
        return Writing, (self.locale, self.link_base, self.rows_at, self.people, self.told)


class Page:
    """Says values on one page: escapes, masks, translates, and links relative to where the page lies.

    own: ids of decisions to whose rows on this very page links lead, wherever else they stand.
    """

    def __init__(self, writing: Writing, path: str) -> None:
        self.writing, self.path = writing, path
        self.people: dict[tuple[str, str], Markup] = {}
        self.badges: dict[str, Markup] = {}
        self.steps: dict[int, str] = {}
        self.amounts: dict[int, Markup] = {}
        self.referred: dict[tuple[tuple[str, ...], int], list[str]] = {}
        self.own: frozenset[str] = frozenset()
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

    def show_plain(self, value: Value) -> str:
        """One value as text without markup."""
        return self.show(value).unescape()

    def _show_link(self, value: Link | FileLink | Row | Badge) -> Markup:
        if isinstance(value, Badge):
            return Markup(f'<span class="st {escape(value.kind)}">{self.show(value.label)}</span>')
        if isinstance(value, Row):
            return self.decision_link(value.decision_id, value.label)
        elif isinstance(value, FileLink):
            href = self.file(value.target)
        else:
            href = link(value.target, self.path, value.anchor)
        label = self.show(value.label)
        return Markup(f'<a href="{escape(href)}">{label}</a>') if href else label

    def decision_link(self, decision_id: str, label: Value = None) -> Markup:
        """A link to the decision's row; its bare id where it stands on no page."""
        said = self.show(label or decision_id)
        if decision_id in self.own:
            return Markup(f'<a href="#{escape(row_anchor(decision_id))}">{said}</a>')
        page = self.writing.rows_at.get(decision_id)
        if not page:
            return said
        return Markup(f'<a href="{escape(link(page, self.path, row_anchor(decision_id)))}">{said}</a>')

    def to(self, target: str, anchor: str = "") -> str:
        """Relative link to another page."""
        return link(target, self.path, anchor)

    def file(self, target: str) -> str:
        """Relative link to a file named relative to the site's folder; to its folder where the name tells a number."""
        while mask(target) != target:
            target = posixpath.dirname(target) or "."
        return link(target, f"{self.writing.link_base}/{self.path}")

    def person(self, unit: str, staff_no: str, name: str) -> Markup:
        """An employee, linked to the page of his decisions in the unit."""
        if (unit, staff_no) not in self.people:
            label = f"{name} {staff_no}".strip()
            page = self.writing.people.get((unit, staff_no))
            self.people[unit, staff_no] = self.show(Link(label, page) if page else label)
        return self.people[unit, staff_no]

    def badge(self, status: str) -> Markup:
        """A decision's status."""
        if status not in self.badges:
            self.badges[status] = self.show(wording.status_badge(status))
        return self.badges[status]

    def step(self, number: int) -> str:
        """For which time it is, behind a dot."""
        if number not in self.steps:
            self.steps[number] = f" · {self.show(say('第{n}次', n=number))}"
        return self.steps[number]

    def amount(self, fen: int) -> Markup:
        """An amount of money."""
        if fen not in self.amounts:
            self.amounts[fen] = self.show(Money(fen))
        return self.amounts[fen]

    def told(self, line: Line) -> Told:
        """What is told of a decision of the page."""
        known = self.writing.told.get(line.decision.decision_id)
        if known is None:
            raise ValueError(f"{line.decision.decision_id} was not put into words")
        return known

    def change(self, change: Change) -> tuple[str, str]:
        """What the last batch did to a decision, and what that said before."""
        if change.old is None:
            return change.kind, ""
        d = change.old.decision
        state = self.plain(wording.status_badge(d.status).label)
        said = f"{state} {self.amount(d.amount)}" if d.amount is not None else f"{state} {d.points}".strip()
        return change.kind, said

    def long_day(self, day: date) -> str:
        """`2026年10月5日`, or as the site's language writes it."""
        return written_date(day, "long", self.language)

    def month_name(self, period: str) -> str:
        """`9月` of `2026-09`."""
        pattern = "M月" if self.language == "zh_CN" else "MMM"
        return written_date(date.fromisoformat(f"{period}-01"), pattern, self.language)

    def month(self, period: str) -> str:
        """`2026年10月` of `2026-10`."""
        year, number = (int(part) for part in period.split("-"))
        pattern = "y年M月" if self.language == "zh_CN" else "MMMM y"
        return written_date(date(year, number, 1), pattern, self.language)


def row_anchor(decision_id: str) -> str:
    """The id of a decision's row."""
    return f"d-{decision_id}"


@lru_cache(maxsize=4096)
def written_date(day: date, pattern: str, language: str) -> str:
    """A day in a pattern of the language."""
    return format_date(day, pattern, locale=language)


@lru_cache(maxsize=4096)
def money(fen: int, language: str) -> str:
    """`¥1,234.50`, `-¥50.00`."""
    text = format_currency(Decimal(abs(fen)) / 100, "CNY", "¤#,##0.00", locale=language, currency_digits=False)
    return f"-{text}" if fen < 0 else text
