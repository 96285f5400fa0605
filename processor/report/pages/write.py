"""Lays all pages of a batch out and writes them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from processor.model import Text, say
from processor.report.pages.evidence import glossary, lines_on
from processor.report.pages.page import Page, Writing
from processor.report.pages.person import person_sections
from processor.report.pages.places import numbered, safe_names
from processor.report.pages.render import render
from processor.report.pages.site import site_figures, site_sections
from processor.report.pages.unit import unit_figures, unit_sections
from processor.report.pages.view import Figure, Section, paginate
from processor.report.snapshot import Line, Snapshot, Unit

SITE_PAGE = "index.html"
ROWS_ON_A_PAGE = 10_000


@dataclass(frozen=True)
class _Plan:
    """A page yet to be written: its path, its heading, and its sections cut to `pages`."""

    path: str
    heading: str
    crumbs: tuple[tuple[str, str], ...]
    figures: tuple[Figure, ...]
    pages: list[tuple[Section, ...]]
    packs: Mapping[str, Any]

    def paths(self) -> list[str]:
        return [numbered(self.path, number) for number in range(1, len(self.pages) + 1)]


def write_pages(
    snapshot: Snapshot,
    folder: Path,
    link_base: str = "outbox/pages",
    rejected_pages: Mapping[str, str] | None = None,
    rows_on_a_page: int = ROWS_ON_A_PAGE,
) -> None:
    """Write `index.html`, `units/<unit>/index.html` and `units/<unit>/people/<staff_no>.html` into `folder`.

    link_base: where the pages will lie, relative to the site's folder like the paths in `snapshot.workbooks`.
    rejected_pages: delivered file -> its page in the rejected folder, relative to the site's folder.
    What exceeds rows_on_a_page goes on at `index-2.html` and so on.
    """
    unit_paths, people = _paths(snapshot)
    units = [_plan_unit(snapshot, unit, unit_paths, people, link_base, rows_on_a_page) for unit in snapshot.units]
    site = _Plan(
        path=SITE_PAGE,
        heading=snapshot.site,
        crumbs=(),
        figures=site_figures(snapshot),
        pages=paginate(site_sections(snapshot, unit_paths, rejected_pages or {}), rows_on_a_page),
        packs={},
    )
    of_person: dict[tuple[str, str], list[Line]] = {}
    for line in snapshot.lines:
        of_person.setdefault((line.decision.unit, line.decision.staff_no), []).append(line)
    persons = [
        _plan_person(snapshot, unit, staff_no, tuple(of_person[unit, staff_no]), path, unit_paths, rows_on_a_page)
        for (unit, staff_no), path in people.items()
    ]
    rows_at = {id: path for plan in units for id, path in _rows_of(plan)}
    writing = Writing(snapshot.locale, link_base, rows_at, people)
    periods = sorted({line.decision.period for line in snapshot.lines})
    for plan in (site, *units, *persons):
        _write(plan, writing, snapshot, periods, folder)


def _paths(snapshot: Snapshot) -> tuple[dict[str, str], dict[tuple[str, str], str]]:
    names = safe_names(unit.name for unit in snapshot.units)
    unit_paths = {unit: f"units/{name}/{SITE_PAGE}" for unit, name in names.items()}
    people: dict[tuple[str, str], str] = {}
    for unit, name in names.items():
        staff = {line.decision.staff_no for line in snapshot.lines if line.decision.unit == unit} - {""}
        people |= {(unit, number): f"units/{name}/people/{file}.html" for number, file in safe_names(staff).items()}
    return unit_paths, people


def _plan_unit(
    snapshot: Snapshot,
    unit: Unit,
    unit_paths: Mapping[str, str],
    people: Mapping[tuple[str, str], str],
    link_base: str,
    limit: int,
) -> _Plan:
    lines = tuple(line for line in snapshot.lines if line.decision.unit == unit.name)
    return _Plan(
        path=unit_paths[unit.name],
        heading=unit.name,
        crumbs=((snapshot.site, SITE_PAGE),),
        figures=unit_figures(snapshot, lines, unit_paths[unit.name]),
        pages=paginate(unit_sections(snapshot, unit, lines, people), limit),
        packs={pack.name: pack for pack in unit.packs},
    )


def _plan_person(
    snapshot: Snapshot,
    unit: str,
    staff_no: str,
    lines: tuple[Line, ...],
    path: str,
    unit_paths: Mapping[str, str],
    limit: int,
) -> _Plan:
    name = next((line.decision.staff_name for line in lines if line.decision.staff_name), "")
    packs = next(each.packs for each in snapshot.units if each.name == unit)
    return _Plan(
        path=path,
        heading=f"{name} {staff_no}".strip(),
        crumbs=((snapshot.site, SITE_PAGE), (unit, unit_paths[unit])),
        figures=unit_figures(snapshot, lines, path),
        pages=paginate(person_sections(lines), limit),
        packs={pack.name: pack for pack in packs},
    )


def _rows_of(plan: _Plan) -> list[tuple[str, str]]:
    return [
        (line.decision.decision_id, path)
        for path, sections in zip(plan.paths(), plan.pages, strict=True)
        for line in lines_on(sections)
    ]


@dataclass(frozen=True)
class _Entry:
    title: Text
    page: str
    anchor: str


def _contents(plan: _Plan) -> list[_Entry]:
    return [
        _Entry(section.title, path, section.id)
        for path, sections in zip(plan.paths(), plan.pages, strict=True)
        for section in sections
        if not section.rest
    ]


def _write(plan: _Plan, writing: Writing, snapshot: Snapshot, periods: Sequence[str], folder: Path) -> None:
    paths, contents = plan.paths(), _contents(plan)
    for number, (path, sections) in enumerate(zip(paths, plan.pages, strict=True), 1):
        page = Page(writing, path)
        text = render(
            "unit.html.j2",
            page,
            heading=page.plain(plan.heading),
            crumb=page.plain(snapshot.site) if plan.crumbs else "",
            period_line=_period_line(page, periods, snapshot.as_of),
            crumbs=plan.crumbs,
            contents=contents,
            figures=plan.figures,
            sections=sections,
            glossary=glossary(sections, snapshot.clauses, plan.packs),
            pages=paths,
            number=number,
            run=snapshot.run,
            as_of=snapshot.as_of,
        )
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8", newline="\n")


def _period_line(page: Page, periods: Sequence[str], as_of: date) -> str:
    periods = periods or [as_of.isoformat()[:7]]
    day = page.long_day(as_of)
    if len(periods) == 1:
        return page.say(say("{month}，截至{day}", month=page.month(periods[0]), day=day))
    first, last = page.month(periods[0]), page.month(periods[-1])
    return page.say(say("{first}至{last}，截至{day}", first=first, last=last, day=day))
