"""Writes everything that a batch says: tables, deduction sheets, forms, pages; workbooks go back through `returns`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, partial
from pathlib import Path
from typing import Any

from processor.batch.fund import Funds, funds
from processor.batch.inbox import Found
from processor.batch.judge import Judge
from processor.batch.options import Options
from processor.batch.receive import Workbook
from processor.batch.returns import Returns, by_fact
from processor.batch.setup import Setup
from processor.calendars import window_range
from processor.decision import Decision
from processor.engine.payroll import PayeesOf, months
from processor.ledger import Ledger
from processor.pay import Month, Payee
from processor.report import deductions
from processor.report.decisions import write_changes, write_decisions
from processor.report.export import load_profile, write_export
from processor.report.pages import write_pages
from processor.report.pending import write_pending
from processor.report.reminders import reminders, write_reminders
from processor.report.snapshot import Change, Line, Reminder, Snapshot, WorkbookReport
from processor.roster import Roster

HR, PAGES = "hr", "pages"
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

    def write(self, workbooks: Sequence[Workbook], waiting: Sequence[Found]) -> Written:
        """Write all outputs below `folder`."""
        closed = self.ledger.periods.closed()
        payees = cache(partial(_payees, self.judge.roster, self.options.as_of))
        decisions = self.ledger.decisions.open_lines(closed)
        pay = self._pay(decisions, payees, closed)
        fund = funds(self.ledger, self.setup.units, pay, self.judge.roster, self.options.as_of, closed)
        decisions = self._with_funds(decisions, fund)
        shown = [d for d in decisions if d.period != self.options.close]
        lines = self._lines(shown)
        changes = self._changes()
        self.options.stage("annotate")
        returns = Returns(
            self.setup,
            self.ledger,
            self.run,
            self.options.as_of,
            self.folder,
            self.home,
            by_fact(decisions),
            self.options.tick,
        )
        reports = [returns.give(workbook) for workbook in workbooks]
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
        self._pages(lines, changes, reports, fund, owed, returns.rejected_pages)
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

    def _pay(self, decisions: Sequence[Decision], payees: PayeesOf, closed: frozenset[str]) -> list[Month]:
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

    def _deductions(self, pay: Sequence[Month], payees: PayeesOf) -> list[str]:
        folder = self.folder / HR
        folder.mkdir(exist_ok=True)
        versions = "；".join(f"{pack.name} {pack.digest}" for pack in self.setup.packs)
        moved = {c.decision_id for month in pay for c in (*month.taken, *month.left_over, *month.stranded)}
        clause_of = {id: d.clause for id, d in self.ledger.decisions.ever(moved).items()}
        names = []
        for month in pay:
            lines = deductions.entries(month, payees(month.period), clause_of)
            books = deductions.accounts(lines, month, payees(month.period))
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

    # pages

    def _pages(
        self,
        lines: tuple[Line, ...],
        changes: Sequence[Change],
        reports: Sequence[WorkbookReport],
        fund: Funds,
        owed: Sequence[Reminder],
        rejected_pages: Mapping[str, str],
    ) -> None:
        site = self.setup.site
        shown = self._shown_days(lines)
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
            facts=cache(lambda register, unit: self.ledger.facts.frame(register, unit, shown)),
            reminders=tuple(owed),
        )
        base = self._path(PAGES)
        write_pages(snapshot, self.folder / PAGES, base, rejected_pages)

    def _shown_days(self, lines: Sequence[Line]) -> list[tuple[date, date]]:
        if not lines:
            return [(self.options.as_of.replace(day=1), self.options.as_of)]
        first = min(line.decision.period for line in lines)
        return [(date.fromisoformat(f"{first}-01"), date.max)]


def _answered(answer: Any, names: Mapping[str, str]) -> str:
    who = f"{names.get(answer.by, '')}（{answer.by}）"
    amount = f" {answer.amount / 100:.2f}元" if answer.verdict == "改为" and answer.amount is not None else ""
    return f"{answer.day.isoformat()} {who}{answer.verdict}{amount}"


def _payees(roster: Roster, as_of: date, period: str) -> dict[str, Payee]:
    """Staff number -> payee as of the last day of a month, or as of the as-of day before it (G18)."""
    staff = roster.on(min(window_range(period, "month")[1], as_of))
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
            staff.index,
            staff["姓名"],
            staff["门店"],
            staff["部门"],
            staff["月工资"].astype("object").where(staff["月工资"].notna(), None),
            staff["离职日期"],
            strict=True,
        )
    }
