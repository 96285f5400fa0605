"""Lays all pages of a batch out and has them written."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from itertools import starmap
from pathlib import Path
from typing import Any

from processor.report.pages import today
from processor.report.pages.filing import SITE_PAGE, Filing, month_pages, months_of, shown_first
from processor.report.pages.measures import waits
from processor.report.pages.page import Writing
from processor.report.pages.places import safe_names
from processor.report.pages.rules import signed_by
from processor.report.pages.site import site_families, site_folds
from processor.report.pages.unchanged import Pages, digest, program
from processor.report.pages.unit import changes_of, families, unit_folds
from processor.report.pages.view import Content
from processor.report.snapshot import Snapshot, Unit

#: A month's page with more rows than this goes on at a further one.
ROWS_ON_A_PAGE = 2_500
#: Does a function with each of these arguments, wherever.
Spread = Callable[[Callable[..., Any], Iterable[tuple[Any, ...]]], Iterable[Any]]


def map_here(write: Callable[..., Any], each: Iterable[tuple[Any, ...]]) -> Iterable[Any]:
    """One after another in this process."""
    return starmap(write, each)


def write_pages(
    snapshot: Snapshot,
    folder: Path,
    link_base: str = "outbox/pages",
    rejected_pages: Mapping[str, str] | None = None,
    rows_on_a_page: int = ROWS_ON_A_PAGE,
    home: Path | None = None,
    spread: Spread = map_here,
    known: Pages | None = None,
) -> Pages:
    """Write `index.html`, `units/<unit>/index.html`, `units/<unit>/months/<month>.html` and
    `units/<unit>/people/<staff_no>/index.html` into `folder`.

    link_base: where the pages will lie, relative to the site's folder like the paths in `snapshot.workbooks`.
    rejected_pages: delivered file -> its page in the rejected folder, relative to the site's folder.
    A month with more rows than rows_on_a_page goes on at `<month>-2.html` and so on.
    home: where the pages of the batch before lie. A page that says the same but for the batch stays as it is there, to
    the byte: it names the batch that last changed it. spread: who writes the pages of each unit. known: what the batch
    before returned; the page of a unit of which no data changed is not even made then.
    """
    return Writer(snapshot, folder, link_base, rejected_pages or {}, rows_on_a_page, home, known or {}).write(spread)


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
        known: Pages,
    ) -> None:
        self.snapshot, self.rejected_pages, self.rows = snapshot, rejected_pages, rows
        self.tasks = today.tasks_of(snapshot, rejected_pages)
        self.unit_paths, people = _paths(snapshot)
        self.unsure = {unit.name: today.not_read(snapshot, self.tasks, unit.name) for unit in snapshot.units}
        self.lines = {
            unit.name: [line for line in snapshot.lines if line.decision.unit == unit.name] for unit in snapshot.units
        }
        self.contents = [self._unit(unit, people) for unit in snapshot.units]
        self.own_rows = {content.unit: dict(self._rows_of(content)) for content in self.contents}
        rows_at = {id: path for own in self.own_rows.values() for id, path in own.items()}
        signed = signed_by(snapshot.rule_book)
        packs = sorted({(pack.name, pack.digest) for unit in snapshot.units for pack in unit.packs})
        said = [snapshot.site, snapshot.locale, snapshot.as_of, link_base, rows, packs, signed, self.unit_paths]
        self.filing = Filing(
            snapshot=snapshot,
            writing=Writing(snapshot.locale, link_base, rows_at, people),
            folder=folder,
            home=home,
            rows=rows,
            tasks=self.tasks,
            unit_paths=self.unit_paths,
            unsure=self.unsure,
            signed=signed,
            base=digest([program(), *said, list(snapshot.clauses.values())]),
            known=known,
        )

    def write(self, spread: Spread) -> Pages:
        """Write them all; what the pages of units are made of."""
        waiting = [line for line in self.snapshot.lines if waits(line)]
        self.filing.write_site(self._site(), waiting)
        self.filing.write_rules()
        written: dict[str, tuple[str, str]] = {}
        for pages in spread(Filing.write_unit, ((self._filing_of(content), content) for content in self.contents)):
            written |= pages
        return written

    def _filing_of(self, content: Content) -> Filing:
        """What the pages of a unit are written with: nothing of other units but what its own lines hang on."""
        snapshot, writing, unit = self.snapshot, self.filing.writing, content.unit
        changes = changes_of(snapshot, unit)
        lines = [*content.lines, *(line for change in changes for line in (change.old, change.new) if line is not None)]
        linked = {line.decision.linked_to for line in lines} & writing.rows_at.keys()
        own = replace(
            snapshot,
            lines=(),
            changes=tuple(changes),
            workbooks=(),
            facts=_no_facts,
            reminders=(),
            tasks=(),
            closed=tuple(count for count in snapshot.closed if count.unit == unit),
            quality=(),
            rule_book={},
        )
        rows_at = self.own_rows[unit] | {id: writing.rows_at[id] for id in sorted(linked)}
        people = {key: path for key, path in writing.people.items() if key[0] == unit}
        below = content.path.removesuffix(SITE_PAGE)
        return replace(
            self.filing,
            snapshot=own,
            writing=replace(writing, rows_at=rows_at, people=people),
            known={path: made_of for path, made_of in self.filing.known.items() if path.startswith(below)},
            written={},
        )

    def _site(self) -> Content:
        snapshot = self.snapshot
        months = months_of(snapshot.lines, snapshot.as_of.isoformat()[:7])
        return Content(
            path=SITE_PAGE,
            heading=snapshot.site,
            crumbs=(),
            months=months,
            month=shown_first(months, snapshot.as_of.isoformat()[:7]),
            lines=snapshot.lines,
            families=site_families(snapshot),
            folds=site_folds(snapshot, self.rejected_pages),
            not_read=today.not_read(snapshot, self.tasks, ""),
        )

    def _unit(self, unit: Unit, people: Mapping[tuple[str, str], str]) -> Content:
        snapshot, lines = self.snapshot, self.lines[unit.name]
        months = months_of(lines, snapshot.as_of.isoformat()[:7])
        return Content(
            path=self.unit_paths[unit.name],
            heading=unit.name,
            crumbs=((snapshot.site, SITE_PAGE),),
            months=months,
            month=shown_first(months, snapshot.as_of.isoformat()[:7]),
            lines=tuple(lines),
            families=families(snapshot, unit, lines),
            folds=unit_folds(snapshot, unit, lines, people),
            not_read=self.unsure[unit.name],
            unit=unit.name,
            packs={pack.name: pack for pack in unit.packs},
        )

    def _rows_of(self, content: Content) -> list[tuple[str, str]]:
        """Where each decision stands for somebody without a script."""
        found = []
        for month in content.months:
            for path, shown in month_pages(content, month, self.rows):
                ids = (line.decision.decision_id for family in shown for line in family.lines)
                found += [(id, content.path if month == content.month else path) for id in ids]
        return found


def _no_facts(register: str, unit: str) -> Any:
    raise LookupError(f"the page of {unit} is laid out; rows of {register} are not looked up any more")


def _paths(snapshot: Snapshot) -> tuple[dict[str, str], dict[tuple[str, str], str]]:
    names = safe_names(unit.name for unit in snapshot.units)
    unit_paths = {unit: f"units/{name}/{SITE_PAGE}" for unit, name in names.items()}
    people: dict[tuple[str, str], str] = {}
    for unit, name in names.items():
        staff = {line.decision.staff_no for line in snapshot.lines if line.decision.unit == unit} - {""}
        own = safe_names(staff)
        people |= {(unit, number): f"units/{name}/people/{file}/{SITE_PAGE}" for number, file in own.items()}
    return unit_paths, people
