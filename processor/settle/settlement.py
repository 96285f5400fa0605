"""What stands at the end of a batch: lines, pay, funds; told by the report, which decides nothing more."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, partial

from processor.catalogue.pack import Pack
from processor.decision import Decision
from processor.ledger import Ledger
from processor.roster import Roster
from processor.settle import sheet
from processor.settle.closing import freeze
from processor.settle.funds import FundStatement, funds
from processor.settle.pay import Limit, Month, PayeesOf, months, payees
from processor.settle.sheet import Account, Entry

Replace = Callable[[Sequence[Decision], Sequence[Decision]], None]


@dataclass(frozen=True)
class PaySheet:
    """The deduction sheet of one month. versions: packs with their digests; run: the batch that last changed it."""

    period: str
    lines: Sequence[Entry]
    books: Sequence[Account]
    versions: str
    run: str


@dataclass(frozen=True)
class Settlement:
    """lines: of the months that were open when the batch began, sorted as decisions.csv is; sheets: of these months.

    closed: months that were closed before; closing: those that this batch closes.
    """

    lines: Sequence[Decision]
    sheets: Sequence[PaySheet]
    funds: Sequence[FundStatement]
    closed: frozenset[str]
    closing: frozenset[str]

    @property
    def open_lines(self) -> list[Decision]:
        """The lines of months that stay open."""
        return [line for line in self.lines if line.period not in self.closing]


@dataclass(frozen=True)
class Terms:
    """What the site says of pay, and when: limit: of deductions from a month's wage; number, run: of the batch."""

    units: Mapping[str, Sequence[Pack]]
    limit: Limit
    as_of: date
    number: int
    run: str

    @property
    def versions(self) -> str:
        """Every pack in use with its digest."""
        packs = {pack.name: pack for own in self.units.values() for pack in own}
        return "；".join(f"{pack.name} {pack.digest}" for pack in packs.values())


def settle(ledger: Ledger, terms: Terms, roster: Roster, replace: Replace, closing: Collection[str] = ()) -> Settlement:
    """Work out pay and what hangs on it, keep which batch changed which month's sheet, and freeze months.

    replace: writes lines in the place of others. closing: months to freeze.
    """
    closed = ledger.periods.closed()
    people = cache(partial(payees, roster, terms.as_of))
    lines = ledger.decisions.open_lines(closed)
    pay = months(
        lines,
        people,
        terms.limit,
        last=max([f"{terms.as_of:%Y-%m}", *closing]),
        closed=closed,
        carries=ledger.periods.carries(),
        written=ledger.periods.sheet_periods() | set(closing),
    )
    fund = funds(ledger, terms.units, pay, roster, terms.as_of, closed)
    replace(fund.standing, fund.lines)
    gone = {d.decision_id for d in fund.standing}
    lines = [*(d for d in lines if d.decision_id not in gone), *fund.lines]
    lines.sort(key=lambda d: (d.period, d.unit, d.clause, d.decision_id))
    sheets = _sheets(ledger, terms, pay, people)
    for month in pay:
        if month.period in closing:
            freeze(ledger, month, terms.number, terms.as_of)
    return Settlement(lines, sheets, fund.statements, closed, frozenset(closing))


def _sheets(ledger: Ledger, terms: Terms, pay: Sequence[Month], people: PayeesOf) -> list[PaySheet]:
    moved = {c.decision_id for month in pay for c in (*month.taken, *month.left_over, *month.stranded)}
    clause_of = {id: d.clause for id, d in ledger.decisions.ever(moved).items()}
    found = []
    for month in pay:
        lines = sheet.entries(month, people(month.period), clause_of)
        books = sheet.accounts(lines, month, people(month.period))
        digest = sheet.digest(lines, books, terms.versions)
        known = ledger.periods.sheet(month.period)
        run = known[0] if known is not None and known[1] == digest else terms.run
        ledger.periods.keep_sheet(month.period, run, digest)
        found.append(PaySheet(month.period, lines, books, terms.versions, run))
    return found
