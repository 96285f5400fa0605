"""Lays all pages of a batch out and writes them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from markupsafe import Markup

from processor.model import say
from processor.report.pages import today
from processor.report.pages.cards import cards
from processor.report.pages.charts import draw
from processor.report.pages.data import as_script, page_data
from processor.report.pages.evidence import Glossary, glossary
from processor.report.pages.measures import tallies, waits
from processor.report.pages.page import Page, Writing
from processor.report.pages.person import person_folds
from processor.report.pages.places import numbered, safe_names
from processor.report.pages.render import keyed_rows, render
from processor.report.pages.rules import RULES_PAGE, rule_folds, signed_by
from processor.report.pages.site import UNIT_MARKS, site_families, site_folds, units_table
from processor.report.pages.unit import changes_of, families, unit_folds
from processor.report.pages.view import Content, Family, Fold, Table
from processor.report.snapshot import Line, MonthCount, Snapshot, Unit

SITE_PAGE = "index.html"
_BATCH = re.compile(r'<span data-batch="([0-9-]+)">')
#: A month's page with more rows than this goes on at a further one.
ROWS_ON_A_PAGE = 2_500


def write_pages(
    snapshot: Snapshot,
    folder: Path,
    link_base: str = "outbox/pages",
    rejected_pages: Mapping[str, str] | None = None,
    rows_on_a_page: int = ROWS_ON_A_PAGE,
    home: Path | None = None,
) -> None:
    """Write `index.html`, `units/<unit>/index.html`, `units/<unit>/months/<month>.html` and
    `units/<unit>/people/<staff_no>/index.html` into `folder`.

    link_base: where the pages will lie, relative to the site's folder like the paths in `snapshot.workbooks`.
    rejected_pages: delivered file -> its page in the rejected folder, relative to the site's folder.
    A month with more rows than rows_on_a_page goes on at `<month>-2.html` and so on.
    home: where the pages of the batch before lie. A page that says the same but for the batch stays as it is there, to
    the byte: it names the batch that last changed it.
    """
    Writer(snapshot, folder, link_base, rejected_pages or {}, rows_on_a_page, home).write()


class Writer:
    """The pages of one batch."""

    def __init__(
        self,
        snapshot: Snapshot,
        folder: Path,
        link_base: str,
        rejected_pages: Mapping[str, str],
        rows: int,
        home: Path | None,
    ) -> None:
        self.snapshot, self.folder, self.rejected_pages, self.rows = snapshot, folder, rejected_pages, rows
        self.home = home
        self.tasks = today.tasks_of(snapshot, rejected_pages)
        self.unit_paths, people = _paths(snapshot)
        self.signed = signed_by(snapshot.rule_book)
        self.unsure = {unit.name: today.not_read(snapshot, self.tasks, unit.name) for unit in snapshot.units}
        self.lines = {
            unit.name: [line for line in snapshot.lines if line.decision.unit == unit.name] for unit in snapshot.units
        }
        self.contents = [self._unit(unit, people) for unit in snapshot.units]
        rows_at = {id: path for content in self.contents for id, path in self._rows_of(content)}
        self.writing = Writing(snapshot.locale, link_base, rows_at, people)

    def write(self) -> None:
        """Write them all."""
        self._write(self._site(), self.snapshot.closed, [line for line in self.snapshot.lines if waits(line)])
        self._write_rules()
        for content in self.contents:
            closed = [count for count in self.snapshot.closed if count.unit == content.unit]
            self._write(content, closed, content.lines)
            for month in content.months:
                self._write_month(content, month)
        for (unit, staff_no), path in self.writing.people.items():
            self._write_person(self._person(unit, staff_no, path))

    # contents

    def _site(self) -> Content:
        snapshot = self.snapshot
        months = _months(snapshot.lines, snapshot.as_of.isoformat()[:7])
        folds: tuple[Fold, ...] = site_folds(snapshot, self.rejected_pages)
        return Content(
            path=SITE_PAGE,
            heading=snapshot.site,
            crumbs=(),
            months=months,
            month=_shown_first(months, snapshot.as_of.isoformat()[:7]),
            lines=snapshot.lines,
            families=site_families(snapshot),
            folds=folds,
            not_read=today.not_read(snapshot, self.tasks, ""),
        )

    def _unit(self, unit: Unit, people: Mapping[tuple[str, str], str]) -> Content:
        snapshot, lines = self.snapshot, self.lines[unit.name]
        months = _months(lines, snapshot.as_of.isoformat()[:7])
        return Content(
            path=self.unit_paths[unit.name],
            heading=unit.name,
            crumbs=((snapshot.site, SITE_PAGE),),
            months=months,
            month=_shown_first(months, snapshot.as_of.isoformat()[:7]),
            lines=tuple(lines),
            families=families(snapshot, unit, lines),
            folds=unit_folds(snapshot, unit, lines, people),
            not_read=self.unsure[unit.name],
            unit=unit.name,
            packs={pack.name: pack for pack in unit.packs},
        )

    def _person(self, unit: str, staff_no: str, path: str) -> Content:
        lines = tuple(line for line in self.lines[unit] if line.decision.staff_no == staff_no)
        name = next((line.decision.staff_name for line in lines if line.decision.staff_name), "")
        months = _months(lines, self.snapshot.as_of.isoformat()[:7])
        packs = next(each.packs for each in self.snapshot.units if each.name == unit)
        return Content(
            path=path,
            heading=f"{name} {staff_no}".strip(),
            crumbs=((self.snapshot.site, SITE_PAGE), (unit, self.unit_paths[unit])),
            months=months,
            month=_shown_first(months, self.snapshot.as_of.isoformat()[:7]),
            lines=lines,
            folds=person_folds(lines, self.snapshot.clauses),
            unit=unit,
            person=staff_no,
            packs={pack.name: pack for pack in packs},
        )

    def _rows_of(self, content: Content) -> list[tuple[str, str]]:
        """Where each decision stands for somebody without a script."""
        found = []
        for month in content.months:
            for path, shown in self._month_pages(content, month):
                ids = (line.decision.decision_id for family in shown for line in family.lines)
                found += [(id, content.path if month == content.month else path) for id in ids]
        return found

    def _month_pages(self, content: Content, month: str) -> list[tuple[str, tuple[Family, ...]]]:
        """The pages of one month with the families, or pieces of them, that stand on each."""
        pages: list[list[Family]] = [[]]
        room = self.rows
        for family in content.families:
            rest = tuple(line for line in family.lines if line.decision.period == month)
            tables = family.tables
            while True:
                pages[-1].append(replace(family, lines=rest[:room], tables=tables))
                room -= len(pages[-1][-1].lines)
                rest, tables = rest[len(pages[-1][-1].lines) :], ()
                if not rest:
                    break
                pages.append([])
                room = self.rows
        first = _month_path(content.path, month)
        return [(numbered(first, number), tuple(families)) for number, families in enumerate(pages, 1)]

    # files

    def _write(self, content: Content, closed: Sequence[MonthCount], listed: Sequence[Line]) -> None:
        page = Page(self.writing, content.path)
        found = tallies(content.lines, closed)
        changes = changes_of(self.snapshot, content.unit)
        if not content.unit:
            own = {line.decision.decision_id for line in listed}
            listed = [*listed, *(c.new for c in changes if c.new and c.new.decision.decision_id not in own)]
        terms = self._terms(content, listed)
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
            data_type=data_type,
            data=text,
            listed=listed,
        )

    def _write_rules(self) -> None:
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

    def _write_person(self, content: Content) -> None:
        page = Page(self.writing, content.path)
        page.own = frozenset(line.decision.decision_id for line in content.lines)
        closed = [c for c in self.snapshot.closed if c.unit == content.unit and c.staff_no == content.person]
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
        self._save(page, "person.html.j2", content, months=months, glossary=terms, statuses=statuses)

    def _terms(self, content: Content, listed: Sequence[Line]) -> Glossary:
        """What the decisions of a unit refer to, said on its page for all pages of its months."""
        gone = [change.old for change in changes_of(self.snapshot, content.unit) if change.old and not change.new]
        return glossary([*listed, *gone], self.snapshot.clauses, content.packs, self.signed)

    def _write_month(self, content: Content, month: str) -> None:
        pages, terms = self._month_pages(content, month), self._terms(content, content.lines)
        for number, (path, here) in enumerate(pages, 1):
            page = Page(self.writing, path)
            part = replace(content, path=path, month=month, families=here)
            found = tallies(content.lines, [c for c in self.snapshot.closed if c.unit == content.unit])
            self._save(
                page,
                "month.html.j2",
                part,
                cards=cards(page, found, month, content.not_read),
                glossary=terms,
                pages=[path for path, _ in pages],
                number=number,
                index=content.path,
                home=content.path,
            )

    def _save(self, page: Page, template: str, content: Content, home: str = "", **context: Any) -> None:
        """home: the path of the page to whose months this one belongs, where that is another."""
        text = render(
            template,
            page,
            content=content,
            heading=page.plain(content.heading),
            crumb=page.plain(self.snapshot.site) if content.crumbs else "",
            period_line=page.say(say("截至{day}", day=page.long_day(self.snapshot.as_of))),
            month_name=page.month,
            month_path_of=partial(_month_path, home or content.path),
            draw=lambda picture: draw(picture, content.month, page.show_plain),
            foot=self._foot(page, self.snapshot.run),
            as_of=self.snapshot.as_of,
            **context,
        )
        text = self._as_it_was(page, text)
        target = self.folder / page.path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8", newline="\n")

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


def _month_path(home: str, month: str) -> str:
    """Where the month of a unit lies in full, beside the unit's page."""
    return home.removesuffix(SITE_PAGE) + f"months/{month}.html"


def _tables(content: Content) -> Iterable[tuple[str, Table]]:
    """Every table of a page with its id."""
    parts: tuple[Family | Fold, ...] = (*content.families, *content.folds)
    for part in parts:
        for number, table in enumerate(part.tables, 1):
            yield f"{part.id}-{number}", table


def _months(lines: Iterable[Line], current: str) -> tuple[str, ...]:
    return tuple(sorted({line.decision.period for line in lines})) or (current,)


def _shown_first(months: Sequence[str], current: str) -> str:
    """The latest month that has begun."""
    return max((month for month in months if month <= current), default=months[0])


def _paths(snapshot: Snapshot) -> tuple[dict[str, str], dict[tuple[str, str], str]]:
    names = safe_names(unit.name for unit in snapshot.units)
    unit_paths = {unit: f"units/{name}/{SITE_PAGE}" for unit, name in names.items()}
    people: dict[tuple[str, str], str] = {}
    for unit, name in names.items():
        staff = {line.decision.staff_no for line in snapshot.lines if line.decision.unit == unit} - {""}
        own = safe_names(staff)
        people |= {(unit, number): f"units/{name}/people/{file}/{SITE_PAGE}" for number, file in own.items()}
    return unit_paths, people
