"""Gives every delivered workbook back: annotated beside its rows, or rejected with a page that says why."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from processor.annotate import Form as AnnotationForm
from processor.batch.asking import asked_table, headers_of, value_lines
from processor.batch.setup import Setup
from processor.batch.work import give_afresh, give_back
from processor.batch.workbooks import Sheet, Workbook
from processor.batch.workers import Task, Workers
from processor.catalogue.register import Register
from processor.decision import Decision
from processor.filenames import fitted, numbered, original_name, portable
from processor.intake import Reading
from processor.intake.memory import Memory
from processor.issue import Issue
from processor.ledger import Ledger
from processor.report.pages import asked_page, rejected_page
from processor.report.questions import HEADERS_SHEET, VALUES_SHEET, headers_form, values_form, write_asked
from processor.report.snapshot import RegisterReport, WorkbookReport
from processor.report.translate import translator
from processor.report.workbook import RegisterSheet, plan_of
from processor.settle.forms import Place, Refused, Told, not_taken

ANNOTATED, REJECTED, ASKED = "annotated", "rejected", "待对照"
DUPLICATE = "这份工作簿以前处理过，没有变化。"


@dataclass(frozen=True)
class _Faults:
    """What is wrong in one sheet, and the rows that count for nothing."""

    issues: Sequence[Issue]
    rows: frozenset[int]


@dataclass
class Returns:
    """The workbooks that one batch gives back. folder: where they are written; home: where they will lie.

    judged: fact id -> the lines that judge it. closed: months closed before; their lines are looked up by row.
    refused: (file, sheet) -> rows of forms that count for nothing; told: what became of the others.
    rejected_pages: delivered file -> its page, relative to the site's folder.
    """

    setup: Setup
    ledger: Ledger
    run: str
    as_of: date
    folder: Path
    home: Path
    judged: dict[int, list[Decision]]
    closed: frozenset[str]
    refused: Mapping[tuple[str, str], Sequence[Refused]]
    told: Mapping[Place, Told]
    tick: Callable[[str], None]
    memory: Memory
    workers: Workers
    names: set[str] = field(default_factory=set)
    rejected_pages: dict[str, str] = field(default_factory=dict)

    def give(self, workbook: Workbook) -> Callable[[], WorkbookReport]:
        """Have one workbook written; the answer waits for it and says what the batch says of it."""
        self.tick(workbook.claimed.file)
        if workbook.rejected is not None or workbook.reading is None:
            return partial(_itself, self._rejected(workbook))
        if workbook.reading.asked:
            return partial(_itself, self._asked(workbook))
        return self._annotated(workbook, workbook.reading)

    def _annotated(self, workbook: Workbook, delivered: Reading) -> Callable[[], WorkbookReport]:
        faults = [self._faults(workbook.claimed.file, sheet) for sheet in workbook.sheets]
        sheets = [
            self._register_sheet(workbook.claimed.file, sheet, own)
            for sheet, own in zip(workbook.sheets, faults, strict=True)
        ]
        file = Path(workbook.claimed.file)
        name = self._free(Path(ANNOTATED) / file.parent / original_name(file))
        heading = (
            ("工作簿", workbook.claimed.file),
            ("批次", self.run),
            ("处理日期", self.as_of.isoformat()),
        )
        locale, target = self.setup.site.locale, self.folder / name
        plan = plan_of(sheets, heading, translator(locale), *self._answers(workbook))
        if delivered.format == "xlsx":
            source = workbook.claimed.path
            task = self.workers.submit(give_back, source, target, plan, locale)
        else:
            cells = {grid.sheet: grid_cells(grid) for grid in delivered.raw_sheets()}
            for gone in (HEADERS_SHEET, VALUES_SHEET):
                cells.pop(gone, None)
            task = self.workers.submit(give_afresh, target, cells, plan)
        report = WorkbookReport(
            file=workbook.claimed.file,
            status=workbook.status,
            reason="".join([*self._gone(workbook), *workbook.notes]),
            registers=tuple(self._register(sheet, own) for sheet, own in zip(workbook.sheets, faults, strict=True)),
            annotated=self._path(name.as_posix()),
            issues=tuple(issue for own in faults for issue in own.issues) + delivered.issues,
            units=tuple(sorted({unit for sheet in workbook.sheets for unit in sheet.units if unit})),
            gone_keys=tuple(key for keys in workbook.gone.values() for key in keys),
            unit_of=_units_of_rows(workbook, faults),
            shared=any(self.setup.registers[sheet.reading.register].roster for sheet in workbook.sheets),
        )
        return partial(_written, task, report)

    def _answers(self, workbook: Workbook) -> tuple[tuple[AnnotationForm, ...], frozenset[str]]:
        """The sheet that asks about values, if any has to be asked about, and the sheets that were answered."""
        lines = value_lines(workbook.sheets, self.setup.registers, self.memory)
        if lines:
            return (values_form(lines),), frozenset({HEADERS_SHEET})
        return (), frozenset({HEADERS_SHEET, VALUES_SHEET})

    def _asked(self, workbook: Workbook) -> WorkbookReport:
        """Give a workbook back with questions about its headers; what could be read of it comes back annotated, too."""
        reading = workbook.reading
        if reading is None:
            raise ValueError(f"{workbook.claimed.file} was not read")
        read = self._annotated(workbook, reading)() if workbook.sheets else None
        file = Path(workbook.claimed.file)
        name = self._free(Path(ASKED) / file.parent / (file.name if not reading.grids else fitted(file.stem, ".xlsx")))
        tables = [asked_table(asked) for asked in reading.asked]
        titles = [register.title for register in self.setup.registers.values() if not register.form]
        form = headers_form(tables, titles, workbook.claimed.file)
        cells = {grid.sheet: grid_cells(grid) for grid in reading.grids}
        reason = write_asked(workbook.claimed.path, self.folder / name, form, cells)
        page = name.with_name(fitted(name.name, ".html"))
        self._asked_page(page, workbook, reading, name.name)
        self.ledger.meanings.ask(
            workbook.claimed.file, name.as_posix(), headers_of(reading.asked), self.as_of.isoformat()
        )
        self.rejected_pages[workbook.claimed.file] = self._path(page.as_posix())
        sheets = "”“".join(asked.proposal.sheet for asked in reading.asked)
        return WorkbookReport(
            file=workbook.claimed.file,
            status="asked",
            reason=f"工作表“{sheets}”的表头还不认识，请在待对照里填写“{HEADERS_SHEET}”后放回收件夹。{reason}",
            registers=read.registers if read else (),
            annotated=self._path(name.as_posix()),
            issues=read.issues if read else (),
            units=read.units if read else (),
        )

    def _asked_page(self, page: Path, workbook: Workbook, reading: Reading, kept: str) -> None:
        nearest = [
            (candidate.register.title, "、".join(candidate.found), "、".join(candidate.missing))
            for asked in reading.asked[:1]
            for candidate in asked.proposal.nearest
        ]
        asked_page(
            self.folder / page,
            file=workbook.claimed.file,
            nearest=nearest,
            as_of=self.as_of,
            kept=kept,
            locale=self.setup.site.locale,
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
            as_of=self.as_of,
            kept=target.name,
            locale=self.setup.site.locale,
        )
        self.rejected_pages[workbook.claimed.file] = self._path(page.as_posix())
        return WorkbookReport(workbook.claimed.file, "rejected", f"{rejection.reason}{rejection.mend}")

    def _free(self, name: Path, *, taken_at_home: bool = False) -> Path:
        """A name that no other workbook of the batch has taken; it contains the name that was asked for."""
        name = portable(name)
        number, candidate = 2, name
        while candidate.as_posix().casefold() in self.names or (taken_at_home and (self.home / candidate).exists()):
            candidate = numbered(name, number)
            number += 1
        self.names.add(candidate.as_posix().casefold())
        return candidate

    def _faults(self, file: str, sheet: Sheet) -> _Faults:
        """Everything that was found wrong in a sheet, from reading it to settling what it answers."""
        issues, rows = list(sheet.issues), set(sheet.strange)
        letters = sheet.reading.columns
        for said in self.refused.get((file, sheet.reading.sheet), ()):
            place = said.place
            letter = letters.get(said.header) or next(iter(letters.values()), "A")
            issues.append(
                Issue(file, place.sheet, place.row, letter, said.header, said.found, said.expected, said.message)
            )
            rows.add(place.row)
        pay = pay_columns(self.setup.registers[sheet.reading.register])
        return _Faults([_without_pay(issue, pay) for issue in issues], frozenset(rows))

    def _register_sheet(self, file: str, sheet: Sheet, faults: _Faults) -> RegisterSheet:
        reading, stored = sheet.reading, sheet.stored
        register = self.setup.registers[reading.register]
        rows = [int(row) for row in sheet.frame["_row"]]
        repeated = frozenset(row for row, kind in zip(rows, stored.kinds, strict=True) if kind == "repeated")
        row_of = {fact: row for fact, row in zip(stored.ids, rows, strict=True) if row not in repeated}
        by_row: dict[int, list[Decision]] = {}
        in_closed_months = self.ledger.decisions.of_facts(stored.ids, self.closed)
        for id, row in row_of.items():
            by_row.setdefault(row, []).extend(self.judged.get(id, []))
        for decision in in_closed_months:
            if decision.row is not None:
                by_row[row_of[decision.row]].append(decision)
        told = {row: self.told[place] for row in rows if (place := Place(file, reading.sheet, row)) in self.told}
        told |= {said.place.row: not_taken(said) for said in self.refused.get((file, reading.sheet), ())}
        return RegisterSheet(
            name=reading.sheet,
            title=register.title,
            header_row=reading.header_row,
            columns=reading.columns,
            mark_column=next((header for header in register.key if header in reading.columns), ""),
            rows=[row for row in rows if row not in faults.rows],
            unreadable=frozenset(reading.unreadable) | faults.rows,
            repeated=repeated,
            issues=faults.issues,
            remarks=sheet.remarks,
            decisions={row: lines for row, lines in by_row.items() if lines},
            form=self.setup.registers[reading.register].is_answered,
            answers={row: (said.status, said.result) for row, said in told.items()},
        )

    def _register(self, sheet: Sheet, faults: _Faults) -> RegisterReport:
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
            missing=len(sheet.missing),
            issues=len({issue.cell for issue in faults.issues}),
            missing_keys=tuple(sheet.missing),
            unreadable=len(set(reading.unreadable) | sheet.strange),
        )

    def _gone(self, workbook: Workbook) -> Iterator[str]:
        """What is said of sheets that the workbook no longer has."""
        for (register, sheet), keys in workbook.gone.items():
            title = self.setup.registers[register].title
            yield f"上次交来的工作表“{sheet}”（{title}，{len(keys)}行）这次没有，这些行仍然有效；要作废请逐行更正。"

    def _path(self, name: str) -> str:
        return self.setup.site.relative(self.home / name)


def _itself(report: WorkbookReport) -> WorkbookReport:
    return report


def _written(task: Task[str], report: WorkbookReport) -> WorkbookReport:
    """The report of a workbook once it is written, with why it could not be annotated."""
    reason = task.result() or (DUPLICATE if report.status == "duplicate" else "")
    return replace(report, reason=f"{reason}{report.reason}")


def by_fact(decisions: Iterable[Decision]) -> dict[int, list[Decision]]:
    """Lines by the fact that they judge."""
    found: dict[int, list[Decision]] = {}
    for decision in decisions:
        if decision.row is not None:
            found.setdefault(decision.row, []).append(decision)
    return found


def by_sheet(refused: Iterable[Refused]) -> dict[tuple[str, str], list[Refused]]:
    """Refused rows by file and sheet."""
    found: dict[tuple[str, str], list[Refused]] = {}
    for said in refused:
        found.setdefault((said.place.file, said.place.sheet), []).append(said)
    return found


def grid_cells(grid: Any) -> list[list[Any]]:
    """A sheet's cells at their true places, blank rows and columns before them included."""
    left = [None] * (grid.first_column - 1)
    return [[] for _ in range(grid.first_row - 1)] + [[*left, *row] for row in grid.rows]


def _units_of_rows(workbook: Workbook, faults: Sequence[_Faults]) -> dict[tuple[str, int], str]:
    """The units of the rows with which something is wrong."""
    found: dict[tuple[str, int], str] = {}
    for sheet, own in zip(workbook.sheets, faults, strict=True):
        wrong = {issue.row for issue in own.issues}
        if not wrong:
            continue
        rows = zip(sheet.frame["_row"], sheet.units, strict=True)
        found |= {(sheet.reading.sheet, int(row)): unit for row, unit in rows if unit and row in wrong}
    return found


def pay_columns(register: Register) -> frozenset[str]:
    """The headers under which the roster tells what an employee is paid."""
    return frozenset(column.header for column in register.columns if register.roster and column.type == "money")


def _without_pay(issue: Issue, pay: Collection[str]) -> Issue:
    """The issue without what stood in a cell about pay, which only HR may see."""
    if issue.header not in pay:
        return issue
    return replace(issue, found="", message=f"“{issue.header}”这一格读不出来，请改为{issue.expected}。")
