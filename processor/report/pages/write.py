"""Lays all pages of a batch out and has them written."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain, groupby, starmap
from pathlib import Path
from typing import Any, TypeVar

from processor.report.pages import today
from processor.report.pages.filing import Filing
from processor.report.pages.measures import waits
from processor.report.pages.months import family_pages, months_of, shown_first
from processor.report.pages.page import Page, Writing
from processor.report.pages.pieces import Lacking
from processor.report.pages.places import SITE_PAGE, safe_names
from processor.report.pages.rules import RULES_PAGE, signed_by
from processor.report.pages.site import site_families, site_folds
from processor.report.pages.telling import Teller, Told
from processor.report.pages.unchanged import Before, MadeOf, Pages, digest, program
from processor.report.pages.unit import families, gone_of, unit_folds
from processor.report.pages.view import Content
from processor.report.snapshot import Change, Line, Snapshot, Unit

K = TypeVar("K")
V = TypeVar("V")

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
    before returned; a page of a unit of which no data changed is not even written then. Returns what the pages of this
    batch are made of, those that stay as they lie included.
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
        self.own_people = _parted(people, lambda key: key[0])
        self.own_known = _parted(known, _folder)
        self.unsure = {unit.name: today.not_read(snapshot, self.tasks, unit.name) for unit in snapshot.units}
        self.teller, self.page = Teller(snapshot.locale), Page(Writing(snapshot.locale, link_base, {}, {}), "")
        self.of_site = {change.line.decision.decision_id for change in snapshot.changes}
        self.of_site |= {line.decision.decision_id for line in snapshot.lines if waits(line)}
        self.contents = [self._unit(unit, people) for unit in snapshot.units]
        self.own_rows = {content.unit: dict(self._rows_of(content)) for content in self.contents}
        rows_at = {id: path for own in self.own_rows.values() for id, path in own.items()}
        signed = signed_by(snapshot.rule_book)
        packs = sorted({(pack.name, pack.digest) for unit in snapshot.units for pack in unit.packs})
        said = [snapshot.site, snapshot.locale, link_base, rows, packs, signed, self.unit_paths]
        self.filing = Filing(
            snapshot=snapshot,
            writing=Writing(snapshot.locale, link_base, rows_at, people),
            folder=folder,
            before=Before(home, known),
            rows=rows,
            tasks=self.tasks,
            unit_paths=self.unit_paths,
            unsure=self.unsure,
            signed=signed,
            base=digest([program(), *said, list(snapshot.clauses.values())]),
        )

    def write(self, spread: Spread) -> Pages:
        """Write them all; what they are made of. The site's page, which tells of all units, comes last."""
        told: dict[str, Told] = {}
        rules = (Filing.write_rules, self._filing_of_rules())
        contents, more = self.contents, [frozenset[str]()] * len(self.contents)
        of_rules, *found = spread(_written, chain([rules], self._tasks(contents, more, told)))
        written = {**of_rules}
        while contents:
            each = list(zip(contents, found, strict=True))
            written |= {path: made for _, some in each if not isinstance(some, Lacking) for path, made in some.items()}
            lacking = [(content, some.ids) for content, some in each if isinstance(some, Lacking)]
            contents, more = [content for content, _ in lacking], [ids for _, ids in lacking]
            found = list(spread(_written, self._tasks(contents, more, told)))
        self._write_site(told)
        return written | self.filing.written

    def _tasks(
        self, contents: Sequence[Content], more: Sequence[Collection[str]], told: dict[str, Told]
    ) -> Iterator[tuple[Any, ...]]:
        """The pages of units that are to be written, each with what is told of decisions of months in which one is told of
        otherwise than before, and of those that were withdrawn.

        more: which others are to be told of; told: where what the site's page tells of is kept.
        """
        for content, others in zip(contents, more, strict=True):
            months = {line.decision.period for line in content.lines if line.stamp == self.snapshot.number}
            listed = (
                line for line in content.lines if not line.bare or line.decision.period in months or _is(line, others)
            )
            own = self._tell(chain(listed, content.gone))
            told |= {id: own[id] for id in own.keys() & self.of_site}
            yield Filing.write_unit, self._filing_of(content, own), replace(content, told=own.keys())

    def _write_site(self, told: dict[str, Told]) -> None:
        site = self._site()
        waiting = [line for line in site.lines if waits(line)]
        self.filing = replace(self.filing, writing=replace(self.filing.writing, told=told))
        while (lacking := self.filing.write_site(site, waiting)) is not None:
            changed = (change.line for change in self.snapshot.changes)
            wanted = {line.decision.decision_id: line for line in chain(changed, site.lines) if _is(line, lacking.ids)}
            told |= self._tell(wanted.values())

    def _tell(self, lines: Iterable[Line]) -> dict[str, Told]:
        """Decisions in words, month by month: they are had in full only meanwhile."""
        told: dict[str, Told] = {}
        for _, own in groupby(sorted(lines, key=_month), _month):
            month = list(own)
            full = self.snapshot.in_full({line.decision.decision_id for line in month if line.bare})
            told |= self.teller.tell(full.get(line.decision.decision_id, line) for line in month)
        return told

    def _filing_of(self, content: Content, told: Mapping[str, Told]) -> Filing:
        """What the pages of a unit are written with: nothing of other units but what its own lines hang on."""
        snapshot, writing, before, unit = self.snapshot, self.filing.writing, self.filing.before, content.unit
        linked = {line.decision.linked_to for line in chain(content.lines, content.gone)} & writing.rows_at.keys()
        own = replace(
            _laid_out(snapshot),
            closed=tuple(count for count in snapshot.closed if count.unit == unit),
            delivered=tuple(book for book in snapshot.delivered if unit in book.units),
        )
        rows_at = self.own_rows[unit] | {id: writing.rows_at[id] for id in sorted(linked)}
        return replace(
            self.filing,
            snapshot=own,
            writing=replace(writing, rows_at=rows_at, people=self.own_people[unit], told=told),
            before=replace(before, known=self.own_known[_folder(content.path)]),
            tasks=[task for task in self.tasks if task.unit == unit],
            unit_paths={unit: content.path},
            unsure={},
            written={},
        )

    def _filing_of_rules(self) -> Filing:
        """What the page of the rules is written with."""
        snapshot, before = self.snapshot, self.filing.before
        return replace(
            self.filing,
            snapshot=replace(_laid_out(snapshot), units=_names(snapshot.units), rule_book=snapshot.rule_book),
            writing=replace(self.filing.writing, rows_at={}, people={}),
            before=replace(before, known={path: own for path, own in before.known.items() if path == RULES_PAGE}),
            tasks=(),
            unit_paths={},
            unsure={},
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
            changes=self._told_of(snapshot.changes),
            gone=tuple(gone_of(snapshot.changes)),
        )

    def _unit(self, unit: Unit, people: Mapping[tuple[str, str], str]) -> Content:
        snapshot, lines = self.snapshot, self.snapshot.lines_by_unit[unit.name]
        changes = snapshot.changes_by_unit[unit.name]
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
            figures={pack.name: pack.parameters for pack in unit.packs},
            changes=self._told_of(changes),
            gone=tuple(gone_of(changes)),
        )

    def _told_of(self, changes: Iterable[Change]) -> dict[str, tuple[str, str]]:
        return {change.line.decision.decision_id: self.page.change(change) for change in changes}

    def _rows_of(self, content: Content) -> list[tuple[str, str]]:
        """Where each decision stands for somebody without a script: with its month, as long as it stands."""
        return [
            (line.decision.decision_id, path)
            for month in content.months
            for path, shown in family_pages(content, month, self.rows)
            for family in shown
            for line in family.lines
        ]


def _written(write: Callable[..., dict[str, MadeOf] | Lacking], *given: Any) -> dict[str, MadeOf] | Lacking:
    """What came of writing some pages; a function, so that any process can be told to do it."""
    return write(*given)


def _month(line: Line) -> str:
    return line.decision.period


def _is(line: Line, ids: Collection[str]) -> bool:
    return line.decision.decision_id in ids


def _laid_out(snapshot: Snapshot) -> Snapshot:
    """What pages say beside what is laid out, of no unit in particular."""
    return replace(
        snapshot,
        units=(),
        lines=(),
        changes=(),
        workbooks=(),
        facts=_no_facts,
        in_full=_nothing,
        reminders=(),
        names={},
        tasks=(),
        closed=(),
        delivered=(),
        quality=(),
        rule_book={},
    )


def _names(units: Iterable[Unit]) -> tuple[Unit, ...]:
    return tuple(replace(unit, packs=()) for unit in units)


def _no_facts(register: str, unit: str) -> Any:
    raise LookupError(f"the page of {unit} is laid out; rows of {register} are not looked up any more")


def _nothing(ids: Collection[str]) -> Mapping[str, Line]:
    """Nothing can be looked up where pages are written."""
    return {}


def _parted(content: Mapping[K, V], whose: Callable[[K], str]) -> defaultdict[str, dict[K, V]]:
    """What of a mapping is whose."""
    found: defaultdict[str, dict[K, V]] = defaultdict(dict)
    for key, value in content.items():
        found[whose(key)][key] = value
    return found


def _folder(page: str) -> str:
    """The folder of the unit to which a page belongs; a page of the site stands for itself."""
    return "/".join(page.split("/", 2)[:2])


def _paths(snapshot: Snapshot) -> tuple[dict[str, str], dict[tuple[str, str], str]]:
    names = safe_names(unit.name for unit in snapshot.units)
    unit_paths = {unit: f"units/{name}/{SITE_PAGE}" for unit, name in names.items()}
    people: dict[tuple[str, str], str] = {}
    for unit, name in names.items():
        staff = {line.decision.staff_no for line in snapshot.lines_by_unit[unit]} - {""}
        own = safe_names(staff)
        people |= {(unit, number): f"units/{name}/people/{file}/{SITE_PAGE}" for number, file in own.items()}
    return unit_paths, people
