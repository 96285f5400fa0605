"""Writes everything that a batch says: tables, deduction sheets, annotated and rejected workbooks, pages."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from processor.batch.fund import Funds, funds
from processor.batch.inbox import Found
from processor.batch.judge import Judge
from processor.batch.receive import Sheet, Workbook
from processor.batch.setup import Setup
from processor.decision import Decision
from processor.engine.payroll import months
from processor.filenames import fitted, numbered, original_name
from processor.ledger import Ledger
from processor.pay import Month, Payee
from processor.report import deductions
from processor.report.decisions import write_changes, write_decisions
from processor.report.export import load_profile, write_export
from processor.report.pages import rejected_page, write_pages
from processor.report.pending import write_pending
from processor.report.reminders import reminders, write_reminders
from processor.report.snapshot import Change, Line, RegisterReport, Reminder, Snapshot, WorkbookReport
from processor.report.translate import translator
from processor.report.workbook import RegisterSheet, write_annotated, write_fresh

if TYPE_CHECKING:
    from processor.batch.run import Options

ANNOTATED, REJECTED, HR, PAGES = "annotated", "rejected", "hr", "pages"
DECISIONS, CHANGES, PENDING, REMINDERS = "decisions.csv", "changes.csv", "待确认事项.xlsx", "提醒清单.xlsx"


@dataclass
class Written:
    """What was written, for the result, the journal and the closing of a month."""

    workbooks: tuple[WorkbookReport, ...]
    decisions: int
    outputs: dict[str, Any]
    troubled: bool
    counts: dict[str, int]
    pay: Sequence[Month]

    def month(self, period: str) -> Month:
        """The month's pay as it was just written."""
        return next((month for month in self.pay if month.period == period), Month(period, ()))


@dataclass
class Outputs:
    """The writers of one batch. folder: where they write; home: where their files will lie."""

    setup: Setup
    ledger: Ledger
    judge: Judge
    run: str
    options: Options
    folder: Path
    home: Path
    names: set[str] = field(default_factory=set)
    judged: dict[int, list[Decision]] = field(default_factory=dict)
    rejected_pages: dict[str, str] = field(default_factory=dict)

    def write(self, workbooks: Sequence[Workbook], waiting: Sequence[Found]) -> Written:
        """Write all outputs below `folder`."""
        closed = self.ledger.periods.closed()
        payees = _payees(self.judge.roster)
        decisions = self.ledger.decisions.open_lines(closed)
        pay = self._pay(decisions, payees, closed)
        fund = funds(self.ledger, self.setup.units, pay, self.judge.roster, self.options.as_of, closed)
        decisions = self._with_funds(decisions, fund)
        self.judged = _by_fact(decisions)
        shown = [d for d in decisions if d.period != self.options.close]
        lines = self._lines(shown)
        changes = self._changes()
        self.options.stage("annotate")
        reports = [self._workbook(workbook) for workbook in workbooks]
        reports += [WorkbookReport(found.file, "waiting", found.waits) for found in waiting]
        reports.sort(key=lambda report: report.file)
        self.options.stage("tables and deduction sheets")
        write_decisions(self.folder / DECISIONS, lines)
        write_changes(self.folder / CHANGES, changes)
        write_pending(self.folder / PENDING, self.ledger.decisions.waiting())
        owed = self._reminders(closed)
        write_reminders(self.folder / REMINDERS, owed)
        sheets = self._deductions(pay, payees)
        counts: dict[str, int] = {}
        for d in shown:
            counts[d.effect] = counts.get(d.effect, 0) + 1
        self.options.stage("pages")
        self._pages(lines, changes, reports, fund, owed)
        troubled = any(report.status == "rejected" for report in reports) or any(
            sheet.strange or sheet.reading.unreadable for workbook in workbooks for sheet in workbook.sheets
        )
        outputs = {
            "decisions": self._path(DECISIONS),
            "summary": self._path(f"{PAGES}/index.html"),
            "deductions": [self._path(f"{HR}/{name}") for name in sheets],
            "pending": self._path(PENDING),
        }
        return Written(tuple(reports), len(lines), outputs, troubled, counts, pay)

    def _path(self, name: str) -> str:
        return self.setup.site.relative(self.home / name)

    # lines

    def _lines(self, decisions: Iterable[Decision]) -> tuple[Line, ...]:
        chosen = list(decisions)
        refs = {ref for d in chosen for ref in d.evidence} | {d.row for d in chosen if d.row is not None}
        sources = self.ledger.facts.sources(refs)
        answers = self.ledger.decisions.last_words(d.decision_id for d in chosen)
        names = self.judge.names
        return tuple(
            Line(
                decision=d,
                source=sources.get(d.row) if d.row is not None else None,
                evidence=tuple(sources[ref] for ref in d.evidence if ref in sources),
                answered=_answered(answers[d.decision_id], names) if d.decision_id in answers else "",
            )
            for d in chosen
        )

    def _changes(self) -> list[Change]:
        pairs = list(self.judge.changes.lines.values())
        before = iter(self._lines(old for old, _ in pairs if old is not None))
        after = iter(self._lines(new for _, new in pairs if new is not None))
        return [
            Change(
                kind="added" if old is None else "withdrawn" if new is None else "changed",
                old=None if old is None else next(before),
                new=None if new is None else next(after),
            )
            for old, new in pairs
        ]

    def _reminders(self, closed: frozenset[str]) -> list[Reminder]:
        lines = self.ledger.decisions.reminders(closed)
        return reminders(lines, self.ledger.ticks.all(), self.judge.names, self.options.as_of)

    # pay

    def _pay(self, decisions: Sequence[Decision], payees: Mapping[str, Payee], closed: frozenset[str]) -> list[Month]:
        last = max(f"{self.options.as_of:%Y-%m}", self.options.close)
        return months(
            decisions,
            payees,
            self.setup.site.wage_limit,
            last=last,
            closed=closed,
            carries=self.ledger.periods.carries(),
            written=self.ledger.periods.sheet_periods() | ({self.options.close} if self.options.close else set()),
        )

    def _deductions(self, pay: Sequence[Month], payees: Mapping[str, Payee]) -> list[str]:
        folder = self.folder / HR
        folder.mkdir(exist_ok=True)
        versions = "；".join(f"{pack.name} {pack.digest}" for pack in self.setup.packs)
        moved = {c.decision_id for month in pay for c in (*month.taken, *month.left_over, *month.stranded)}
        clause_of = {id: d.clause for id, d in self.ledger.decisions.ever(moved).items()}
        names = []
        for month in pay:
            lines = deductions.entries(month, payees, clause_of)
            books = deductions.accounts(lines, month, payees)
            digest = deductions.digest(lines, books, versions)
            known = self.ledger.periods.sheet(month.period)
            run = known[0] if known is not None and known[1] == digest else self.run
            self.ledger.periods.keep_sheet(month.period, run, digest)
            deductions.write_month(folder, month.period, lines, books, versions, run)
            for name in self.setup.site.profiles:
                target = folder / name / f"{month.period}.csv"
                target.parent.mkdir(exist_ok=True)
                write_export(target, load_profile(name), lines, self.setup.site.name)
            names += [f"{month.period}.xlsx", f"{month.period}.csv"]
        return names

    def _with_funds(self, decisions: Sequence[Decision], fund: Funds) -> list[Decision]:
        self.judge.replace(fund.standing, fund.lines)
        gone = {d.decision_id for d in fund.standing}
        rest = [d for d in decisions if d.decision_id not in gone]
        return sorted([*rest, *fund.lines], key=lambda d: (d.period, d.unit, d.clause, d.decision_id))

    # workbooks

    def _workbook(self, workbook: Workbook) -> WorkbookReport:
        self.options.tick(workbook.claimed.file)
        if workbook.rejected is not None or workbook.reading is None:
            return self._rejected(workbook)
        sheets = [self._register_sheet(sheet) for sheet in workbook.sheets]
        file = Path(workbook.claimed.file)
        name = self._free(Path(ANNOTATED) / file.parent / original_name(file))
        heading = (
            ("工作簿", workbook.claimed.file),
            ("批次", self.run),
            ("处理日期", self.options.as_of.isoformat()),
        )
        say = translator(self.setup.site.locale)
        source = workbook.claimed.path
        reason = ""
        if workbook.reading.format == "xlsx":
            reason = write_annotated(source, self.folder / name, sheets, heading, say)
        else:
            cells = {grid.sheet: _cells(grid) for grid in workbook.reading.raw_sheets()}
            write_fresh(self.folder / name, cells, sheets, heading, say)
        return WorkbookReport(
            file=workbook.claimed.file,
            status=workbook.status,
            reason=reason or ("这份工作簿以前处理过，没有变化。" if workbook.status == "duplicate" else ""),
            registers=tuple(self._register(sheet) for sheet in workbook.sheets),
            annotated=self._path(name.as_posix()),
            issues=tuple(issue for sheet in workbook.sheets for issue in sheet.issues) + workbook.reading.issues,
            units=tuple(sorted({unit for sheet in workbook.sheets for unit in sheet.units if unit})),
        )

    def _rejected(self, workbook: Workbook) -> WorkbookReport:
        rejection = workbook.rejected
        if rejection is None:
            raise ValueError(f"{workbook.claimed.file} was not rejected")
        name = self._free(Path(REJECTED) / workbook.claimed.file, taken_at_home=True)
        page = self._free(name.with_name(fitted(name.name, ".html")), taken_at_home=True)
        target = self.folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(workbook.claimed.path, target)
        rejected_page(
            self.folder / page,
            file=workbook.claimed.file,
            reason=rejection.reason,
            mend=rejection.mend,
            nearest=rejection.nearest,
            as_of=self.options.as_of,
            kept=target.name,
            locale=self.setup.site.locale,
        )
        self.rejected_pages[workbook.claimed.file] = self._path(page.as_posix())
        return WorkbookReport(workbook.claimed.file, "rejected", f"{rejection.reason}{rejection.mend}")

    def _free(self, name: Path, *, taken_at_home: bool = False) -> Path:
        """A name that no other workbook of the batch has taken; it contains the name that was asked for."""
        number, candidate = 2, name
        while candidate.as_posix().casefold() in self.names or (taken_at_home and (self.home / candidate).exists()):
            candidate = numbered(name, number)
            number += 1
        self.names.add(candidate.as_posix().casefold())
        return candidate

    def _register_sheet(self, sheet: Sheet) -> RegisterSheet:
        reading, stored = sheet.reading, sheet.stored
        register = self.setup.registers[reading.register]
        rows = [int(row) for row in sheet.frame["_row"]]
        repeated = frozenset(row for row, kind in zip(rows, stored.kinds, strict=True) if kind == "repeated")
        row_of = {fact: row for fact, row in zip(stored.ids, rows, strict=True) if row not in repeated}
        by_row: dict[int, list[Decision]] = {}
        in_closed_months = self.ledger.decisions.of_facts(stored.ids, self.ledger.periods.closed())
        for id, row in row_of.items():
            by_row.setdefault(row, []).extend(self.judged.get(id, []))
        for decision in in_closed_months:
            if decision.row is not None:
                by_row[row_of[decision.row]].append(decision)
        return RegisterSheet(
            name=reading.sheet,
            title=register.title,
            header_row=reading.header_row,
            columns=reading.columns,
            mark_column=next((header for header in register.key if header in reading.columns), ""),
            rows=[row for row in rows if row not in sheet.strange],
            unreadable=frozenset(reading.unreadable) | frozenset(sheet.strange),
            repeated=repeated,
            issues=sheet.issues,
            decisions={row: lines for row, lines in by_row.items() if lines},
        )

    def _register(self, sheet: Sheet) -> RegisterReport:
        stored, reading = sheet.stored, sheet.reading
        unchanged = stored.count("unchanged") + stored.count("repeated")
        return RegisterReport(
            register=reading.register,
            title=self.setup.registers[reading.register].title,
            sheet=reading.sheet,
            rows=len(stored.kinds) + len(reading.unreadable),
            new=stored.count("new"),
            changed=stored.count("changed"),
            unchanged=unchanged,
            missing=len(stored.missing),
            issues=len({issue.cell for issue in sheet.issues}),
            missing_keys=tuple(stored.missing),
        )

    # pages

    def _pages(
        self,
        lines: tuple[Line, ...],
        changes: Sequence[Change],
        reports: Sequence[WorkbookReport],
        fund: Funds,
        owed: Sequence[Reminder],
    ) -> None:
        site = self.setup.site
        snapshot = Snapshot(
            site=site.name,
            locale=site.locale,
            run=self.run,
            as_of=self.options.as_of,
            units=self.setup.shown_units,
            clauses=self.setup.clauses,
            lines=lines,
            changes=tuple(changes),
            workbooks=tuple(reports),
            earlier_counts=self.ledger.runs.earlier_counts(),
            funds=fund.statements,
            facts=lambda register, unit: self.ledger.facts.frame(register, unit, self._shown_days(lines)),
            reminders=tuple(owed),
        )
        base = self._path(PAGES)
        write_pages(snapshot, self.folder / PAGES, base, self.rejected_pages)

    def _shown_days(self, lines: Sequence[Line]) -> Any:
        from datetime import date

        if not lines:
            return [(self.options.as_of.replace(day=1), self.options.as_of)]
        first = min(line.decision.period for line in lines)
        return [(date.fromisoformat(f"{first}-01"), date.max)]


def _by_fact(decisions: Iterable[Decision]) -> dict[int, list[Decision]]:
    found: dict[int, list[Decision]] = {}
    for decision in decisions:
        if decision.row is not None:
            found.setdefault(decision.row, []).append(decision)
    return found


def _answered(answer: Any, names: Mapping[str, str]) -> str:
    who = f"{names.get(answer.by, '')}（{answer.by}）"
    amount = f" {answer.amount / 100:.2f}元" if answer.verdict == "改为" and answer.amount is not None else ""
    return f"{answer.day.isoformat()} {who}{answer.verdict}{amount}"


def _payees(roster: Any) -> dict[str, Payee]:
    return {
        staff_no: Payee(
            staff_no=staff_no,
            name=name,
            unit=unit,
            department=department,
            wage=None if wage is None or wage != wage else int(wage),
            left=None if left != left else left.date(),
        )
        for staff_no, name, unit, department, wage, left in zip(
            roster.index,
            roster["姓名"],
            roster["门店"],
            roster["部门"],
            roster["月工资"].astype("object").where(roster["月工资"].notna(), None),
            roster["离职日期"],
            strict=True,
        )
    }


def _cells(grid: Any) -> list[list[Any]]:
    """A sheet's cells at their true places, blank rows and columns before them included."""
    left = [None] * (grid.first_column - 1)
    return [[] for _ in range(grid.first_row - 1)] + [[*left, *row] for row in grid.rows]
