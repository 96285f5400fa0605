"""Writes everything that a batch says: tables, deduction sheets, forms, pages; workbooks go back through `returns`."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property, partial
from pathlib import Path
from typing import Any

from processor import notify
from processor.batch import quality
from processor.batch.asking import listed
from processor.batch.blanks import write_blanks
from processor.batch.handing_over import HandingOver
from processor.batch.inbox import Found
from processor.batch.judge import Judge
from processor.batch.kept_files import KeptFiles
from processor.batch.kept_parts import KeptParts
from processor.batch.lines import Lines
from processor.batch.news import news
from processor.batch.options import Options
from processor.batch.returns import Returns, by_fact, by_sheet
from processor.batch.setup import Setup
from processor.batch.shown import Shown
from processor.batch.stamps import stamped
from processor.batch.tasks import (
    asked_workbooks,
    closable_months,
    earlier_versions,
    open_appeals,
    open_proposals,
    unchecked_limits,
    undecided_months,
    undelivered_notices,
)
from processor.batch.workbooks import Workbook
from processor.batch.workers import Workers
from processor.decision import Decision
from processor.intake.memory import Memory
from processor.ledger import Ledger
from processor.report.decisions import decision_head, decision_rows, write_changes
from processor.report.deductions import write_month
from processor.report.export import load_profile, write_export
from processor.report.month_close import write_month_close
from processor.report.notices import Telling
from processor.report.pages import write_pages
from processor.report.pages.unchanged import digest, program
from processor.report.pending import write_pending
from processor.report.questions import write_remembered
from processor.report.reminders import reminders, write_reminders
from processor.report.snapshot import Change, Line, MonthCount, Reminder, Snapshot, WorkbookReport
from processor.rulebook.view import Amended, Rows
from processor.settle.forms import Refused, Told
from processor.settle.settlement import PaySheet, Settlement

HR, PAGES, REMEMBERED = "hr", "pages", "表头对照.xlsx"
DECISIONS, CHANGES, PENDING, REMINDERS = "decisions.csv", "changes.csv", "待确认事项.xlsx", "提醒清单.xlsx"
MONTH_CLOSE = "月结单.xlsx"
#: What the pages of the last batch are made of: path -> digests of the data and of the text.
MADE_OF = "pages"
#: The same of the parts of decisions.csv, in their order.
DECISIONS_OF = "decisions"
#: And of the deduction sheets, by their months.
SHEETS_OF = "sheets"
#: The pages of a unit with more than this part of all decisions are not worth handing to others, nor are those beside them.
MOST = 0.5


@dataclass
class Written:
    """What was written, for the result and the trend. stays: what need not be written below the outbox if it lies there."""

    workbooks: tuple[WorkbookReport, ...]
    decisions: int
    outputs: dict[str, Any]
    troubled: bool
    counts: dict[str, int]
    stays: frozenset[str]


@dataclass
class Outputs:
    """The writers of one batch: they read what stands and decide nothing.

    refused: rows of forms that count for nothing; told: what became of the others. number, run: of the batch. rule_book: its sheets as
    they are written. amended: what newer packs brought on this day. folder: where they write; home: where their files will lie.
    """

    setup: Setup
    ledger: Ledger
    judge: Judge
    settlement: Settlement
    refused: Sequence[Refused]
    told: Sequence[Told]
    rule_book: Mapping[str, Rows]
    amended: Sequence[Amended]
    number: int
    run: str
    options: Options
    folder: Path
    home: Path
    memory: Memory
    workers: Workers

    @cached_property
    def lines(self) -> Lines:
        """How decisions are told."""
        names = self.judge.names
        stamps = stamped(self.ledger, self.number, self.settlement.open_lines, names)
        return Lines(self.ledger, self.setup.registers, names, self.options.as_of.isoformat(), stamps)

    @cached_property
    def shown(self) -> tuple[Line, ...]:
        """The decisions of open months, bare."""
        return self.lines.bare(self.settlement.open_lines)

    def write(self, workbooks: Sequence[Workbook], waiting: Sequence[Found]) -> Written:
        """Write all outputs below `folder`."""
        shown = self.settlement.open_lines
        changes = self.lines.changes(self.judge.keeping.changes)
        self.options.stage("annotate")
        returns = Returns(
            self.setup,
            self.ledger,
            self.run,
            self.options.as_of,
            self.folder,
            self.home,
            by_fact(self.settlement.lines),
            self.settlement.closed,
            by_sheet(self.refused),
            {told.place: told for told in self.told},
            self.options.tick,
            self.memory,
            self.workers.among([workbook.claimed.path.stat().st_size for workbook in workbooks]),
        )
        unread = any(workbook.troubled for workbook in workbooks)
        reports = list(self._given_back(returns, workbooks))
        reports += [WorkbookReport(found.file, "waiting", found.waits) for found in waiting]
        reports.sort(key=lambda report: report.file)
        self.options.stage("tables and deduction sheets")
        self._decisions()
        write_changes(self.folder / CHANGES, changes)
        beside = partial(self.workers.submit, left=0.0)
        tables = [beside(write_pending, self.folder / PENDING, self.ledger.decisions.waiting())]
        standing, earlier = listed(self.ledger, self.setup.registers, self.memory)
        if standing or earlier:
            write_remembered(self.folder / REMEMBERED, standing, earlier)
        write_blanks(self.setup, self.ledger, self.memory, self.folder, self.home)
        owed = self._reminders()
        tables.append(beside(write_reminders, self.folder / REMINDERS, owed))
        sheets = self._deductions()
        stays = self._notices()
        counts: dict[str, int] = {}
        for d in shown:
            counts[d.effect] = counts.get(d.effect, 0) + 1
        for table in tables:
            table.result()
        rejected_pages = returns.rejected_pages
        del returns, tables, workbooks  # of which everything was told
        self.options.stage("pages")
        stays |= {f"{PAGES}/{page}" for page in self._pages(changes, reports, owed, rejected_pages)}
        troubled = (
            bool(self.refused or self.judge.undecided)
            or any(report.status in ("rejected", "asked") for report in reports)
            or unread
        )
        self._messages(reports, changes, owed)
        outputs = {
            "decisions": self._path(DECISIONS),
            "summary": self._path(f"{PAGES}/index.html"),
            "deductions": [self._path(f"{HR}/{name}") for name in sheets],
            "pending": self._path(PENDING),
        }
        return Written(tuple(reports), len(shown), outputs, troubled, counts, stays)

    def _given_back(self, returns: Returns, workbooks: Sequence[Workbook]) -> Iterator[WorkbookReport]:
        """What the batch says of each workbook; a few are in hand at once, and their rows are let go."""
        begun: deque[Callable[[], WorkbookReport]] = deque()
        for workbook in workbooks:
            begun.append(returns.give(workbook))
            workbook.let_go()
            if len(begun) > self.workers.count:
                yield begun.popleft()()
        for finished in begun:
            yield finished()

    def _decisions(self) -> None:
        """decisions.csv, of which a unit's month stays as it lies there where nothing of it changed."""
        parts: dict[str, list[Line]] = {}
        for line in self.shown:
            parts.setdefault(f"{line.decision.period} {line.decision.unit}", []).append(line)
        table = KeptParts(self.ledger.runs, DECISIONS_OF, self.home / DECISIONS)
        made_of = {
            key: digest([program(), [(line.decision.decision_id, line.stamp) for line in own]])
            for key, own in parts.items()
        }
        new = {key: own for key, own in parts.items() if not table.stands(key, made_of[key])}
        made = {
            key: decision_rows(self.lines.placed([line.decision for line in own])).encode() for key, own in new.items()
        }
        table.write(self.folder / DECISIONS, decision_head(), [(key, made_of[key], made.get(key)) for key in parts])

    def _messages(self, reports: Sequence[WorkbookReport], changes: Sequence[Change], owed: Sequence[Reminder]) -> None:
        """Keep what receivers are to hear of the batch."""
        site = self.setup.site
        if not site.addresses:
            return
        moved = self.judge.bench.before != self.options.as_of
        due = [reminder for reminder in owed if moved and reminder.tick is None]
        found = news(site, reports, changes, due, self.settlement.closing, self._path(PAGES))
        self.ledger.messages.put(self.run, notify.compose(site, self.run, self.options.as_of, found))

    def _path(self, name: str) -> str:
        return self.setup.site.relative(self.home / name)

    def _reminders(self) -> list[Reminder]:
        lines = self.ledger.decisions.reminders(self.settlement.closed)
        return reminders(lines, self.ledger.ticks.all(), self.judge.names, self.options.as_of)

    def _deductions(self) -> list[str]:
        folder = self.folder / HR
        folder.mkdir(exist_ok=True)
        kept, sheets = KeptFiles(self.ledger.runs, SHEETS_OF, self.home), self.settlement.sheets
        files = {sheet.period: [f"{HR}/{sheet.period}.xlsx", f"{HR}/{sheet.period}.csv"] for sheet in sheets}
        made_of = {period: digest([program(), self.ledger.periods.sheet(period)]) for period in files}
        new = [sheet for sheet in sheets if not kept.stand(sheet.period, files[sheet.period], made_of[sheet.period])]
        sizes = [len(sheet.lines) for sheet in new]
        done = self.workers.among(sizes).map(write_month, ((folder, sheet) for sheet in new), sizes)
        for sheet, _ in zip(new, done, strict=True):
            kept.note(sheet.period, files[sheet.period], made_of[sheet.period], self.folder)
        kept.remember()
        for sheet in sheets:
            self._exports(folder, sheet)
        return [Path(file).name for own in files.values() for file in own]

    def _exports(self, folder: Path, sheet: PaySheet) -> None:
        for name in self.setup.site.profiles:
            target = folder / name / f"{sheet.period}.csv"
            target.parent.mkdir(exist_ok=True)
            write_export(target, load_profile(name), sheet.lines, self.setup.site.name)

    def _notices(self) -> frozenset[str]:
        """What employees are handed; the notices that stay as they lie in the outbox."""
        site, settlement = self.setup.site, self.settlement
        wanted = {line.decision_id for _, notice in settlement.handed_over for line in notice.lines}
        shown = {line.decision.decision_id: line for line in self.shown if line.decision.decision_id in wanted}
        others = self.ledger.decisions.by_id(wanted - shown.keys())
        known = shown | {line.decision.decision_id: line for line in self.lines.bare(list(others.values()))}
        told = Telling(
            lines=known,
            causes=self._causes(line.decision for line in known.values()),
            clauses=self.setup.clauses,
            documents={clause: pack.document for pack in self.setup.packs for clause in pack.clauses},
            packs={clause: pack.name for pack in self.setup.packs for clause in pack.clauses},
            published=site.law.published,
            names=self.judge.roster.everybody,
            appeal_days=site.notice.appeal_days,
            site=site.name,
            law=site.law.region,
            nature=settlement.basis.nature,
            people=settlement.notices.people,
        )
        stay = HandingOver(self.ledger, settlement, self.lines, told).write(self.folder, self.home)
        write_month_close(self.folder / MONTH_CLOSE, settlement)
        return stay

    def _causes(self, lines: Iterable[Decision]) -> dict[str, Decision]:
        """The lines on which others hang, and those on which these hang in turn, by id."""
        found: dict[str, Decision] = {}
        wanted = {line.linked_to for line in lines if line.linked_to}
        while wanted:
            new = self.ledger.decisions.ever(wanted)
            found |= new
            wanted = {line.linked_to for line in new.values() if line.linked_to} - found.keys()
        return found

    # pages

    def _pages(
        self,
        changes: Sequence[Change],
        reports: Sequence[WorkbookReport],
        owed: Sequence[Reminder],
        rejected_pages: Mapping[str, str],
    ) -> frozenset[str]:
        site, closed, lines = self.setup.site, self.settlement.closed, self.shown
        shown = self._shown_days(lines)
        delivered, batches = quality.keep(self.ledger, reports, self.setup.units, self.options.as_of, closed)
        people = Shown(self.judge.roster, self.setup.registers, self.options.as_of)
        snapshot = Snapshot(
            site=site.name,
            locale=site.locale,
            run=self.run,
            as_of=self.options.as_of,
            units=self.setup.shown_units,
            clauses=self.setup.clauses,
            lines=tuple(people.line(line) for line in lines),
            changes=people.changes(changes),
            workbooks=tuple(reports),
            funds=tuple(self.settlement.funds),
            facts=cache(
                lambda register, unit: people.rows(
                    register, self.judge.reading.counting(register, self.ledger.facts.frame(register, unit, shown))
                )
            ),
            reminders=tuple(owed),
            names=self.judge.names,
            tasks=(
                *unchecked_limits(self.settlement),
                *open_appeals(self.ledger),
                *open_proposals(self.ledger),
                *undelivered_notices(self.settlement),
                *closable_months(self.settlement, self.options.as_of),
                *undecided_months(self.ledger, self.judge.bench.closed, self.judge.undecided),
                *earlier_versions(self.judge.bench.lost, [line.decision for line in lines], self.options.as_of),
                *asked_workbooks(self.ledger, self.setup.units, self._path),
            ),
            closed=self._closed_months(closed, people),
            delivered=delivered,
            quality=batches,
            rule_book=self.rule_book,
            amended=self.amended,
            in_full=partial(self._in_full, people, self._told(c.new.decision for c in changes if c.new is not None)),
            number=self.number,
        )
        base = self._path(PAGES)
        home = self.home / PAGES
        spread = self.workers.among(Counter(line.decision.unit for line in lines).values(), MOST).map
        before = self.ledger.runs.setting(MADE_OF) or {}
        known = {path: (data, text, dict(*pieces)) for path, (data, text, *pieces) in before.items()}
        made = write_pages(snapshot, self.folder / PAGES, base, rejected_pages, home=home, spread=spread, known=known)
        self.ledger.runs.keep_setting(MADE_OF, made)
        return frozenset(made)

    def _told(self, changed: Iterable[Decision]) -> dict[str, Decision]:
        """The decisions of which pages tell, by id: those that stand open, and those that the batch changed in closed months."""
        return {line.decision_id: line for line in (*changed, *self.settlement.open_lines)}

    def _in_full(self, people: Shown, known: Mapping[str, Decision], ids: Collection[str]) -> dict[str, Line]:
        """Decisions with their places and histories, as pages show people."""
        told = self.lines.of(known[id] for id in sorted(ids) if id in known)
        return {line.decision.decision_id: people.line(line) for line in told}

    def _closed_months(self, closed: frozenset[str], people: Shown) -> tuple[MonthCount, ...]:
        year_ago = f"{self.options.as_of.year - 1}-{self.options.as_of.month:02d}"
        recent = [period for period in closed if period > year_ago]
        return tuple(
            MonthCount(unit, period, people.number(who, name, date.fromisoformat(f"{period}-01")), *rest)
            for unit, period, who, name, *rest in self.ledger.decisions.counts(recent)
        )

    def _shown_days(self, lines: Sequence[Line]) -> list[tuple[date, date]]:
        if not lines:
            return [(self.options.as_of.replace(day=1), self.options.as_of)]
        first = min(line.decision.period for line in lines)
        return [(date.fromisoformat(f"{first}-01"), date.max)]
