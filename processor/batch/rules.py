"""The rule book's part of a batch: which rules hold, what managers changed, and the workbook that says so."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

from processor.batch.setup import Setup
from processor.ledger import Ledger
from processor.report.rulebook import write_rule_book
from processor.rulebook.book import Book
from processor.rulebook.clauses import OwnPacks
from processor.rulebook.desk import Desk, People
from processor.rulebook.sheets import FILE
from processor.rulebook.take import Taken, take
from processor.rulebook.view import Rows
from processor.settle.authority import authority
from processor.settle.forms import Form

WRITTEN = "rule_book"  # the setting that holds the digest of the book as it was last written


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
    desk = Desk(book, registers, roster, people, as_of, ledger.periods.closed(), site.rules.four_eyes)
    taken = take(desk, forms)
    ledger.proposals.keep(taken.changed)
    return desk.book, taken


def write_book(sheets: Mapping[str, Rows], ledger: Ledger, folder: Path, home: Path) -> Path:
    """Write 规则簿.xlsx into `folder` if it says something else than the one at `home`; where it lies."""
    digest = hashlib.sha256(json.dumps(sheets, ensure_ascii=False).encode()).hexdigest()
    if ledger.runs.setting(WRITTEN) != digest or not (home / FILE).exists():
        write_rule_book(folder / FILE, sheets)
        ledger.runs.keep_setting(WRITTEN, digest)
    return home / FILE
