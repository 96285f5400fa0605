"""Writes pages that are laid out: one file each, complete or not at all, and only the data that the pages say."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

from markupsafe import Markup

from processor.filenames import write_whole
from processor.model import Text, say
from processor.report.pages import today
from processor.report.pages.cards import cards
from processor.report.pages.charts import draw
from processor.report.pages.data import as_script, page_data
from processor.report.pages.evidence import Glossary, glossary
from processor.report.pages.measures import Tally, tallies
from processor.report.pages.page import Page, Writing
from processor.report.pages.person import person_folds
from processor.report.pages.places import numbered
from processor.report.pages.render import keyed_rows, render
from processor.report.pages.rules import RULES_PAGE, rule_folds
from processor.report.pages.site import UNIT_MARKS, units_table
from processor.report.pages.unchanged import Pages, digest, text_of
from processor.report.pages.unit import changes_of
from processor.report.pages.view import Content, Family, Fold, Table
from processor.report.snapshot import Line, MonthCount, Snapshot, Task

SITE_PAGE = "index.html"
_BATCH = re.compile(r'<span data-batch="([0-9-]+)">')


@dataclass(frozen=True)
class Filing:
    """What the writing of pages needs beside their contents; plain data, so that any process can write them.

    folder: where they are written; home: where the pages of the batch before lie. rows: most rows of a month on a page.
    unsure: unit -> what of it could not be read; signed: who approved each figure. base: the digest of what all units
    share; known: the pages of the batch before; written: those of this one.
    """

    snapshot: Snapshot
    writing: Writing
    folder: Path
    home: Path | None
    rows: int
    tasks: Sequence[Task]
    unit_paths: Mapping[str, str]
    unsure: Mapping[str, Text | None]
    signed: Mapping[Any, Any]
    base: str = ""
    known: Pages = field(default_factory=dict)
    written: dict[str, tuple[str, str]] = field(default_factory=dict)

    def write_unit(self, content: Content) -> dict[str, tuple[str, str]]:
        """The pages of a unit: its own, its months, its people. Those are only made anew of which the data changed.

        Returns the digests of all of them.
        """
        unit, people = content.unit, self.writing.people
        closed = [count for count in self.snapshot.closed if count.unit == unit]
        found, terms = tallies(content.lines, closed), self._terms(content, content.lines)
        said = {line.decision.decision_id: self._said(line) for line in content.lines}
        families = [replace(family, lines=()) for family in content.families]
        bare = replace(content, lines=(), families=(), packs={})
        shared = digest([self.base, bare, families, list(people.items()), list(self.writing.rows_at.items()), found])
        changes, tasks = changes_of(self.snapshot, unit), [task for task in self.tasks if task.unit == unit]
        ids = [[line.decision.decision_id for line in family.lines] for family in content.families]
        changed = [[c.kind, c.reason, *(line and self._said(line) for line in (c.old, c.new))] for c in changes]
        made_of = digest([shared, list(said.values()), ids, changed, tasks])
        if not self._spared(content.path, made_of):
            self._write_page(content, content.lines, found, terms, made_of)
        numbers = [list(terms.figures), terms.readings]
        for month in content.months:
            self._write_month(content, month, found, terms, (digest([shared, numbers]), said))
        own: dict[str, list[Line]] = {}
        for line in content.lines:
            own.setdefault(line.decision.staff_no, []).append(line)
        for (of, staff_no), path in people.items():
            lines = tuple(own.get(staff_no, ())) if of == unit else ()
            counts = [count for count in closed if count.staff_no == staff_no]
            made_of = digest(
                [self.base, path, content.path, [said[line.decision.decision_id] for line in lines], counts]
            )
            if of == unit and not self._spared(path, made_of):
                self._write_person(self._person(content, staff_no, path, lines), counts, made_of)
        return self.written

    def _said(self, line: Line) -> str:
        """The digest of a decision and of where the one stands on which it hangs."""
        return digest([line, self.writing.rows_at.get(line.decision.linked_to)])

    def _spared(self, path: str, made_of: str) -> bool:
        """Whether the page of the batch before is made of the same and can stay; then it is put in its place."""
        text = text_of(self.home / path, self.known.get(path), made_of) if self.home is not None else None
        if text is None:
            return False
        self.written[path] = self.known[path]
        write_whole(self.folder / path, text)
        return True

    def _person(self, unit: Content, staff_no: str, path: str, lines: tuple[Line, ...]) -> Content:
        """The contents of the page of an employee of a unit. lines: his own, in the order of the unit's."""
        name = next((line.decision.staff_name for line in lines if line.decision.staff_name), "")
        month = self.snapshot.as_of.isoformat()[:7]
        months = months_of(lines, month)
        return Content(
            path=path,
            heading=f"{name} {staff_no}".strip(),
            crumbs=((self.snapshot.site, SITE_PAGE), (unit.unit, unit.path)),
            months=months,
            month=shown_first(months, month),
            lines=lines,
            folds=person_folds(lines, self.snapshot.clauses),
            unit=unit.unit,
            person=staff_no,
            packs=unit.packs,
        )

    def write_site(self, content: Content, waiting: Sequence[Line]) -> None:
        """The page of the whole site, which lists what waits and what the batch changed."""
        own = {line.decision.decision_id for line in waiting}
        new = [change.new for change in self.snapshot.changes if change.new is not None]
        listed = [*waiting, *(line for line in new if line.decision.decision_id not in own)]
        found = tallies(content.lines, self.snapshot.closed)
        self._write_page(content, listed, found, self._terms(content, listed))

    def _write_page(
        self, content: Content, listed: Sequence[Line], found: Sequence[Tally], terms: Glossary, made_of: str = ""
    ) -> None:
        page = Page(self.writing, content.path)
        changes = changes_of(self.snapshot, content.unit)
        data = page_data(page, content, self.snapshot, found, terms, listed, changes)
        data["tables"] = {id: keyed_rows(page, table) for id, table in _tables(content) if table.keys}
        todos = today.listed(self.snapshot, self.tasks, page, content.unit, self.unit_paths)
        if not content.unit:
            content = replace(
                content, units=units_table(self.snapshot, self.unsure, self.unit_paths, found, content.month)
            )
            data["unit_marks"] = list(UNIT_MARKS)
            data["unsure"] = [page.plain(unit) for unit, missing in self.unsure.items() if missing]
        data_type, text = as_script(data)
        self._save(
            page,
            "page.html.j2",
            content,
            cards=cards(page, found, content.month, content.not_read),
            todos=todos,
            glossary=terms if content.unit else Glossary((), {}, ()),
            made_of=made_of,
            data_type=data_type,
            data=text,
            listed=listed,
        )

    def write_rules(self) -> None:
        snapshot = self.snapshot
        month = snapshot.as_of.isoformat()[:7]
        content = Content(
            path=RULES_PAGE,
            heading=say("规则"),
            crumbs=((snapshot.site, SITE_PAGE),),
            months=(month,),
            month=month,
            lines=(),
            folds=rule_folds(snapshot.rule_book, [unit.name for unit in snapshot.units]),
        )
        self._save(Page(self.writing, content.path), "rules.html.j2", content)

    def _write_person(self, content: Content, closed: Sequence[MonthCount], made_of: str) -> None:
        page = Page(self.writing, content.path)
        page.own = frozenset(line.decision.decision_id for line in content.lines)
        found = tallies(content.lines, closed)
        newest = sorted(content.lines, key=lambda line: line.decision.date, reverse=True)
        months = [
            {
                "name": month,
                "cards": [card for card in cards(page, found, month, None) if card.says_something],
                "lines": [line for line in newest if line.decision.period == month],
            }
            for month in reversed(content.months)
        ]
        terms = glossary(content.lines, self.snapshot.clauses, content.packs, self.signed)
        statuses = sorted({line.decision.status for line in content.lines})
        self._save(page, "person.html.j2", content, made_of=made_of, months=months, glossary=terms, statuses=statuses)

    def _terms(self, content: Content, listed: Sequence[Line]) -> Glossary:
        """What the decisions of a unit refer to, said on its page for all pages of its months."""
        gone = [change.old for change in changes_of(self.snapshot, content.unit) if change.old and not change.new]
        return glossary([*listed, *gone], self.snapshot.clauses, content.packs, self.signed)

    def _write_month(
        self,
        content: Content,
        month: str,
        found: Sequence[Tally],
        terms: Glossary,
        said: tuple[str, Mapping[str, str]],
    ) -> None:
        """said: the digest of what all months share, and those of the decisions."""
        pages = month_pages(content, month, self.rows)
        shared, lines = said
        for number, (path, here) in enumerate(pages, 1):
            listed = [[family.id, [lines[line.decision.decision_id] for line in family.lines]] for family in here]
            made_of = digest([shared, month, [path for path, _ in pages], number, listed])
            if self._spared(path, made_of):
                continue
            page = Page(self.writing, path)
            part = replace(content, path=path, month=month, families=here)
            self._save(
                page,
                "month.html.j2",
                part,
                made_of=made_of,
                cards=cards(page, found, month, content.not_read),
                glossary=terms,
                pages=[path for path, _ in pages],
                number=number,
                index=content.path,
                home=content.path,
            )

    def _save(
        self, page: Page, template: str, content: Content, home: str = "", made_of: str = "", **context: Any
    ) -> None:
        """home: the path of the page to whose months this one belongs, where that is another. made_of: the digest of its
        data, where it is known.
        """
        text = render(
            template,
            page,
            content=content,
            heading=page.plain(content.heading),
            crumb=page.plain(self.snapshot.site) if content.crumbs else "",
            period_line=page.say(say("截至{day}", day=page.long_day(self.snapshot.as_of))),
            month_name=page.month,
            month_path_of=partial(month_path, home or content.path),
            draw=lambda picture: draw(picture, content.month, page.show_plain),
            foot=self._foot(page, self.snapshot.run),
            as_of=self.snapshot.as_of,
            **context,
        )
        text = self._as_it_was(page, text)
        write_whole(self.folder / page.path, text)
        if made_of:
            self.written[page.path] = made_of, digest(text)

    def _foot(self, page: Page, run: str) -> str:
        """What a page says of the batch that wrote it."""
        said = page.show(say("批次{run}，截至{day}", run=run, day=self.snapshot.as_of.isoformat()))
        return Markup('<span data-batch="{run}">{said}</span>').format(run=run, said=said)

    def _as_it_was(self, page: Page, text: str) -> str:
        """The page of an earlier batch where it says the same, else the text."""
        try:
            before = (self.home / page.path).read_text(encoding="utf-8") if self.home else ""
        except (OSError, UnicodeDecodeError):
            return text
        run = _BATCH.search(before)
        same = run is not None and text.replace(self._foot(page, self.snapshot.run), self._foot(page, run[1])) == before
        return before if same else text


def month_path(home: str, month: str) -> str:
    """Where the month of a unit lies in full, beside the unit's page."""
    return home.removesuffix(SITE_PAGE) + f"months/{month}.html"


def month_pages(content: Content, month: str, room: int) -> list[tuple[str, tuple[Family, ...]]]:
    """The pages of one month with the families, or pieces of them, that stand on each. room: most rows on a page."""
    pages: list[list[Family]] = [[]]
    left = room
    for family in content.families:
        rest = tuple(line for line in family.lines if line.decision.period == month)
        tables = family.tables
        while True:
            pages[-1].append(replace(family, lines=rest[:left], tables=tables))
            left -= len(pages[-1][-1].lines)
            rest, tables = rest[len(pages[-1][-1].lines) :], ()
            if not rest:
                break
            pages.append([])
            left = room
    first = month_path(content.path, month)
    return [(numbered(first, number), tuple(families)) for number, families in enumerate(pages, 1)]


def months_of(lines: Iterable[Line], current: str) -> tuple[str, ...]:
    """The months of these lines, oldest first; the current one where there are none."""
    return tuple(sorted({line.decision.period for line in lines})) or (current,)


def shown_first(months: Sequence[str], current: str) -> str:
    """The latest month that has begun."""
    return max((month for month in months if month <= current), default=months[0])


def _tables(content: Content) -> Iterable[tuple[str, Table]]:
    """Every table of a page with its id."""
    parts: tuple[Family | Fold, ...] = (*content.families, *content.folds)
    for part in parts:
        for number, table in enumerate(part.tables, 1):
            yield f"{part.id}-{number}", table
