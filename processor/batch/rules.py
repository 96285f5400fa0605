"""The rule book's part of a batch: which rules hold, what managers changed, and the workbook that says so."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

from processor.batch.setup import Setup
from processor.batch.workers import Task, Workers
from processor.catalogue.pack import Pack
from processor.catalogue.parameter import Parameter
from processor.catalogue.proposal import APPROVED, CLAUSE
from processor.ledger import Ledger
from processor.report.rulebook import write_rule_book
from processor.rulebook.book import Book
from processor.rulebook.clauses import OwnPacks
from processor.rulebook.desk import Desk, People
from processor.rulebook.sheets import FILE, IMPACT, PROPOSALS
from processor.rulebook.shown import TO_FILL, Shown, remembered
from processor.rulebook.take import Taken, take
from processor.rulebook.view import Rows, ever_tried, ever_waiting, sheets_of
from processor.settle.authority import authority
from processor.settle.forms import Form

WRITTEN = "rule_book"  # the setting that holds the digest of the book as it was last written

SHOWN = "rule_book_rows"  # the setting that holds the marks of all rows that the book ever had


def book_of(setup: Setup, ledger: Ledger) -> Book:
    """The site's packs and every change of them that was proposed."""
    return Book(setup.units, OwnPacks(setup.catalogue.registers), tuple(ledger.proposals.all()))


def under(setup: Setup, book: Book) -> Setup:
    """The setup with the rules in force."""
    return replace(setup, units=book.in_force())


def take_rules(book: Book, setup: Setup, ledger: Ledger, forms: Sequence[Form], as_of: date) -> tuple[Book, Taken]:
    """Take what the batch's rule books say and keep it."""
    site = setup.site
    roster = ledger.versions.roster(as_of)
    people = People(authority(site).answering, roster.names)
    registers = setup.catalogue.registers
    shown = _shown(book, ledger, as_of) if any(form.register in TO_FILL for form in forms) else Shown()
    desk = Desk(book, registers, roster, people, as_of, ledger.periods.closed(), site.rules.four_eyes, shown)
    taken = take(desk, forms)
    ledger.proposals.keep(taken.changed)
    return desk.book, taken


def own_pack(setup: Setup, ledger: Ledger) -> Pack | None:
    """The pack of the site's own clauses that were approved, whatever units they are for; None without any."""
    book = book_of(setup, ledger)
    return book.own.of([p for p in book.proposals if p.kind == CLAUSE and p.state == APPROVED])


def _shown(book: Book, ledger: Ledger, as_of: date) -> Shown:
    """What the rule book says before the batch, and what it ever said."""
    waiting, tried = ever_waiting(book), ever_tried(book)
    shown = Shown(figures=_figures(book))
    ever = {sheet: frozenset(marks) for sheet, marks in (ledger.runs.setting(SHOWN) or {}).items()}
    ever[PROPOSALS] = frozenset(shown.marks(PROPOSALS, waiting))
    ever[IMPACT] = frozenset(shown.marks(IMPACT, tried))
    return replace(shown, rows={**sheets_of(book, as_of), PROPOSALS: waiting, IMPACT: tried}, ever=ever)


def _figures(book: Book) -> dict[tuple[str, str], Parameter]:
    packs = [pack for own in book.in_force().values() for pack in own]
    return {(pack.name, name): figure for pack in packs for name, figure in pack.parameters.items()}


def write_book(
    book: Book, sheets: Mapping[str, Rows], ledger: Ledger, folder: Path, home: Path, workers: Workers
) -> Task[None] | None:
    """Have 规则簿.xlsx written into `folder` if it says something else than the one at `home`."""
    digest = hashlib.sha256(json.dumps(sheets, ensure_ascii=False).encode()).hexdigest()
    if ledger.runs.setting(WRITTEN) != digest or not (home / FILE).exists():
        ledger.runs.keep_setting(WRITTEN, digest)
        before = ledger.runs.setting(SHOWN) or {}
        ledger.runs.keep_setting(SHOWN, remembered(Shown(figures=_figures(book)), sheets, before))
        return workers.submit(write_rule_book, folder / FILE, sheets, left=0.0)
    return None
