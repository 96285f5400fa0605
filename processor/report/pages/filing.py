"""Writes pages that are laid out: one file each, complete or not at all, and only what says something else than before."""

from __future__ import annotations

import gc
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, partial
from pathlib import Path
from typing import Any

import orjson

from processor.filenames import write_whole
from processor.model import Text, say
from processor.report.pages import today
from processor.report.pages.cards import cards, sums
from processor.report.pages.charts import draw
from processor.report.pages.data import packed, page_data
from processor.report.pages.evidence import Glossary, glossary
from processor.report.pages.footing import Footing
from processor.report.pages.measures import Tally, tallies
from processor.report.pages.months import family_pages, month_path, months_of, of_month, shown_first
from processor.report.pages.page import Page, Writing
from processor.report.pages.person import person_folds
from processor.report.pages.pieces import (
    Lacking,
    Piece,
    Plan,
    Standing,
    body_of,
    by_month,
    identity,
    make,
    script_of,
)
from processor.report.pages.places import SITE_PAGE
from processor.report.pages.render import keyed_rows, render
from processor.report.pages.rows import folded_row, full_row
from processor.report.pages.rules import RULES_PAGE, rule_folds
from processor.report.pages.site import UNIT_MARKS, units_table
from processor.report.pages.unchanged import Before, MadeOf, digest
from processor.report.pages.view import Content, Family, Fold, Table
from processor.report.snapshot import Line, MonthCount, Snapshot, Task

#: The table of a unit's page that its script counts by itself.
COUNTED = "money-1"


@dataclass(frozen=True)
class Filing:
    """What the writing of pages needs beside their contents; plain data, so that any process can write them.

    folder: where they are written; before: the pages of the batch before. rows: most rows of a month on a page.
    unsure: unit -> what of it could not be read; signed: who approved each figure. base: the digest of what all pages
    share, but for the day; written: what those of this batch are made of.
    """

    snapshot: Snapshot
    writing: Writing
    folder: Path
    before: Before
    rows: int
    tasks: Sequence[Task]
    unit_paths: Mapping[str, str]
    unsure: Mapping[str, Text | None]
    signed: Mapping[Any, Any]
    base: str = ""
    written: dict[str, MadeOf] = field(default_factory=dict)

    def write_unit(self, content: Content) -> dict[str, MadeOf] | Lacking:
        """The pages of a unit: its own, its months, its people; only those of which the data changed are made.

        Returns what all of them are made of, or what is to be told before.
        """
        closed = [count for count in self.snapshot.closed if count.unit == content.unit]
        found, terms = tallies(content.lines, closed), self._terms(content, content.lines)
        plans = [
            self._unit_plan(content, found, terms),
            *(plan for month in content.months for plan in self._month_plans(content, month, found, terms)),
            *self._people_plans(content, closed),
        ]
        lacking = make(plans, self.before, self.writing.told)
        if lacking is not None:
            return lacking
        return {plan.path: self.written.get(plan.path) or self.before.known[plan.path] for plan in plans}

    def write_site(self, content: Content, waiting: Sequence[Line]) -> Lacking | None:
        """The page of the whole site, which lists what waits and what the batch changed; or what is to be told before."""
        own = {line.decision.decision_id for line in waiting}
        new = [change.new for change in self.snapshot.changes if change.new is not None]
        new = [line for line in new if line.decision.decision_id not in own]
        found = tallies(content.lines, self.snapshot.closed)
        terms = self._terms(content, [*waiting, *new])
        content = replace(content, units=units_table(self.snapshot, self.unsure, self.unit_paths, found, content.month))
        pieces = partial(by_month, self.base, waiting, terms.number)
        made_of = self.snapshot.run  # it is made by every batch
        write = partial(self._write_page, content, waiting, new, found, terms, made_of)
        beside = [*new, *content.gone]
        return make([Plan(content.path, made_of, pieces, write, beside)], self.before, self.writing.told)

    # what pages are made of

    def _unit_plan(self, content: Content, found: Sequence[Tally], terms: Glossary) -> Plan:
        people = self.writing.people
        tasks = [task for task in self.tasks if task.unit == content.unit]
        rows = [[(*identity(line), self._place(line)) for line in family.lines] for family in content.families]
        said = [_without_lines(content), rows, list(people.items()), found, tasks]
        made_of = digest([self.base, self.snapshot.as_of, said])
        write = partial(self._write_page, content, content.lines, (), found, terms, made_of)
        pieces = partial(by_month, self.base, content.lines, terms.number)
        return Plan(content.path, made_of, pieces, write, content.gone)

    def _month_plans(self, content: Content, month: str, found: Sequence[Tally], terms: Glossary) -> list[Plan]:
        """The pages of one month of a unit."""
        pages = family_pages(content, month, self.rows)
        paths = [path for path, _ in pages]
        figures = sums(Page(self.writing, paths[0]), found, month, content.not_read)
        plans = []
        for number, (path, families) in enumerate(pages, 1):
            part = of_month(replace(content, path=path, families=families), month)
            pieces = self._month_pieces(content.unit, families, terms)
            made_of = digest([self.base, _without_lines(part), [p.made_of for p in pieces], figures, paths, number])
            shown = {"cards": figures, "glossary": terms, "pages": paths, "number": number}
            write = partial(self._write_month, content.path, part, made_of, shown)
            plans.append(Plan(path, made_of, partial(list, pieces), write))
        return plans

    def _month_pieces(self, unit: str, families: Sequence[Family], terms: Glossary) -> list[Piece]:
        """The rows of each family that has some on a page of a month, named by their places."""
        people = self.writing.people

        def told(line: Line) -> Any:
            person = people.get((unit, line.decision.staff_no), "")
            return *identity(line), terms.number(line), self._place(line), person

        return [
            Piece(str(place), digest([self.base, [told(line) for line in family.lines]]), family.lines)
            for place, family in enumerate(families)
            if family.lines
        ]

    def _people_plans(self, content: Content, closed: Sequence[MonthCount]) -> list[Plan]:
        own: dict[str, list[Line]] = {}
        for line in content.lines:
            own.setdefault(line.decision.staff_no, []).append(line)
        counted: dict[str, list[MonthCount]] = {}
        for count in closed:
            counted.setdefault(count.staff_no, []).append(count)
        return [
            self._person_plan(content, staff_no, path, tuple(own.get(staff_no, ())), counted.get(staff_no, []))
            for (of, staff_no), path in self.writing.people.items()
            if of == content.unit
        ]

    def _person_plan(
        self, unit: Content, staff_no: str, path: str, lines: tuple[Line, ...], closed: Sequence[MonthCount]
    ) -> Plan:
        """The page of an employee of a unit. lines: his own, in the order of the unit's."""
        content = self._person(unit, staff_no, path, lines)
        terms = cache(lambda: glossary(lines, self.snapshot.clauses, unit.figures, self.signed))
        ids = frozenset(line.decision.decision_id for line in lines)
        place = partial(self._place, own=ids)
        told = [(*identity(line), place(line)) for line in lines]
        made_of = digest([self.base, path, unit.path, content.months, content.month, told, closed])

        def pieces() -> list[Piece]:
            newest = sorted(lines, key=lambda line: line.decision.date, reverse=True)
            return by_month(self.base, newest, lambda line: (terms().number(line), place(line)))

        return Plan(path, made_of, pieces, partial(self._write_person, content, ids, closed, terms, made_of))

    def _place(self, line: Line, own: frozenset[str] = frozenset()) -> str:
        """Where the row stands to which a row is linked. own: the decisions of the very page."""
        linked = line.decision.linked_to
        return "" if not linked else "#" if linked in own else self.writing.rows_at.get(linked, "")

    def _person(self, unit: Content, staff_no: str, path: str, lines: tuple[Line, ...]) -> Content:
        """The contents of the page of an employee of a unit, but for what he may appeal."""
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
            unit=unit.unit,
            person=staff_no,
            figures=unit.figures,
        )

    def _terms(self, content: Content, listed: Sequence[Line]) -> Glossary:
        """What the decisions of a unit refer to, said on its page for all pages of its months."""
        return glossary([*listed, *content.gone], self.snapshot.clauses, content.figures, self.signed)

    # pages

    def _write_page(
        self,
        content: Content,
        listed: Sequence[Line],
        beside: Sequence[Line],
        found: Sequence[Tally],
        terms: Glossary,
        made_of: str,
        pieces: list[Piece],
        standing: Standing,
    ) -> None:
        """listed: what the page lists; beside: of that, what stands in no piece."""
        page = Page(self.writing, content.path)
        data = page_data(page, content, self.snapshot, found, terms, listed, [*beside, *content.gone])
        data["tables"] = {id: keyed_rows(page, table) for id, table in _tables(content) if table.keys and id != COUNTED}
        todos = today.listed(self.snapshot, self.tasks, page, content.unit, self.unit_paths)
        if not content.unit:
            data["unit_marks"] = list(UNIT_MARKS)
            data["unsure"] = [page.plain(unit) for unit, missing in self.unsure.items() if missing]
        data_type, text = packed(orjson.dumps(data))
        self._save(
            page,
            "page.html.j2",
            content,
            cards=cards(page, found, content.month, content.not_read),
            todos=todos,
            glossary=terms if content.unit else Glossary((), {}, ()),
            made_of=made_of,
            pieces=pieces,
            rows=[standing.get(p.name) or script_of(page, p, terms) for p in pieces],
            data_type=data_type,
            data=text,
            listed=listed,
        )

    def write_rules(self) -> dict[str, MadeOf]:
        """The page of the rules in force; what it is made of."""
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
        made_of = digest([self.base, snapshot.as_of, _without_lines(content)])

        def write(pieces: list[Piece], standing: Standing) -> None:
            self._save(Page(self.writing, content.path), "rules.html.j2", content, made_of=made_of)

        make([Plan(content.path, made_of, list, write)], self.before, {})
        return {content.path: self.written.get(content.path) or self.before.known[content.path]}

    def _write_person(
        self,
        content: Content,
        own: frozenset[str],
        closed: Sequence[MonthCount],
        told: Callable[[], Glossary],
        made_of: str,
        pieces: list[Piece],
        standing: Standing,
    ) -> None:
        page = Page(self.writing, content.path)
        page.own = own
        found, terms = tallies(content.lines, closed), told()
        rows = {p.name: standing.get(p.name) or body_of(folded_row, page, p, terms) for p in pieces}
        months = [
            {
                "name": month,
                "cards": [card for card in sums(page, found, month, None) if card.says_something],
                "rows": rows[month],
            }
            for month in reversed(content.months)
        ]
        statuses = sorted({line.decision.status for line in content.lines})
        content = replace(content, folds=person_folds(page, content.lines, self.snapshot.clauses))
        self._save(
            page,
            "person.html.j2",
            content,
            made_of=made_of,
            pieces=pieces,
            daily=False,
            months=months,
            glossary=terms,
            statuses=statuses,
        )

    def _write_month(
        self,
        index: str,
        content: Content,
        made_of: str,
        shown: Mapping[str, Any],
        pieces: list[Piece],
        standing: Standing,
    ) -> None:
        """index: the page of the unit; shown: what the page says beside the content."""
        page, terms = Page(self.writing, content.path), shown["glossary"]
        rows = {
            content.families[int(p.name)].id: standing.get(p.name) or body_of(full_row, page, p, terms) for p in pieces
        }
        self._save(
            page,
            "month.html.j2",
            content,
            made_of=made_of,
            pieces=pieces,
            daily=False,
            home=index,
            index=index,
            rows=rows,
            **shown,
        )

    def _save(
        self,
        page: Page,
        template: str,
        content: Content,
        *,
        home: str = "",
        made_of: str = "",
        pieces: Sequence[Piece] = (),
        daily: bool = True,
        **context: Any,
    ) -> None:
        """home: the path of the page to whose months this one belongs, where that is another. made_of: the digest of its
        data, where it is known. daily: whether the page speaks as of the day of the batch, else of that which changed it.
        """
        footing = Footing(page, self.snapshot.run, self.snapshot.as_of)
        text = render(
            template,
            page,
            content=content,
            heading=page.plain(content.heading),
            crumb=page.plain(self.snapshot.site) if content.crumbs else "",
            period_line=footing.period,
            month_name=page.month,
            month_path_of=partial(month_path, home or content.path),
            draw=lambda picture: draw(picture, content.month, page.show_plain),
            foot=footing.foot,
            as_of=self.snapshot.as_of,
            **context,
        )
        text = footing.as_it_was(text, self.before.home, daily=daily)
        write_whole(self.folder / page.path, text)
        gc.collect(0)  # templates leave cycles behind that hold all that the page says
        if made_of:
            self.written[page.path] = made_of, digest(text), {piece.name: piece.made_of for piece in pieces}


def _without_lines(content: Content) -> Content:
    """What a page says beside its decisions; the figures are among what all pages share."""
    families = tuple(replace(family, lines=()) for family in content.families)
    return replace(content, lines=(), families=families, figures={}, told=())


def _tables(content: Content) -> list[tuple[str, Table]]:
    """Every table of a page with its id."""
    parts: tuple[Family | Fold, ...] = (*content.families, *content.folds)
    return [(f"{part.id}-{number}", table) for part in parts for number, table in enumerate(part.tables, 1)]
