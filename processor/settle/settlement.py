"""What stands at the end of a batch: lines, notices, pay, funds, closed months; the report tells it and decides nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache, cached_property, partial

from processor.calendars import window_range
from processor.catalogue.law import Law
from processor.catalogue.pack import Pack
from processor.decision import Decision
from processor.ledger import Ledger
from processor.ledger.notices import Notice
from processor.ledger.periods import Carry, Closing
from processor.roster import Roster
from processor.settle import sheet
from processor.settle.adjustments import adjusted_effects, first_open
from processor.settle.authority import Authority
from processor.settle.basis import Basis
from processor.settle.closing import Closed, Request, Situation, freeze, judge
from processor.settle.funds import FundStatement, funds
from processor.settle.notices import Group, Notices, Waiting, issue, open_appeals
from processor.settle.pay import About, Bound, Limit, Month, PayeesOf, Person, months, owed_ids, payees
from processor.settle.sheet import Account, Entry
from processor.site import NoticeRule

Replace = Callable[[Sequence[Decision], Sequence[Decision]], None]
UNSET = "未设置地区，未核对扣款依据"


@dataclass(frozen=True)
class PaySheet:
    """The deduction sheet of one month. held: lines that it does not take, with the reason.

    versions: packs with their digests; run: the batch that last changed it; remarks: names and values for 控制.
    left: what the wages of the month could not bear; bounds: the most that may be deducted of each employee, where known.
    stranded: the decisions of which no later month can deduct the rest.
    """

    period: str
    lines: Sequence[Entry]
    books: Sequence[Account]
    held: Sequence[tuple[Entry, str]]
    versions: str
    run: str
    remarks: Sequence[tuple[str, str]] = ()
    left: Sequence[Carry] = ()
    bounds: Mapping[Person, Bound] = field(default_factory=dict)
    stranded: frozenset[str] = frozenset()

    @cached_property
    def unchecked(self) -> frozenset[Person]:
        """Those whose wage is not known."""
        return frozenset(line.person for line in self.lines if line.remark == sheet.UNCHECKED)


@dataclass(frozen=True)
class Settlement:
    """lines: of the months that were open when the batch began, sorted as decisions.csv is; sheets: of these months.

    closed: months that were closed before; closing: those that this batch closes; in_the_way: open month -> what speaks
    against closing it. withheld: decision id -> why nothing is deducted for it (yet); baseless: those of which
    nothing ever is. about: whose each line that pays is, and of which nature the law judges it.
    """

    lines: Sequence[Decision]
    sheets: Sequence[PaySheet]
    funds: Sequence[FundStatement]
    notices: Notices
    closed: frozenset[str]
    closing: frozenset[str]
    in_the_way: Mapping[str, Sequence[str]]
    withheld: Mapping[str, str]
    baseless: frozenset[str]
    basis: Basis
    about: Mapping[str, About]
    outcome: Closed = field(default_factory=Closed)

    @property
    def listed(self) -> list[Notice]:
        """The notices of open months, and those of closed ones of which something is still to be taken or told."""
        live = {group for group, notice in self.notices.latest().items() if self._concerns(notice)}
        return [notice for notice in self.notices.standing if self.notices.group(notice) in live]

    @property
    def handed_over(self) -> list[tuple[str, Notice]]:
        """What employees are told last, each with the month in whose folder it lies.

        What is still to be told of a closed month lies with the month that takes it, until somebody receives it.
        """
        gone = self.closed | self.closing
        return [
            (first_open(notice.period, gone), notice)
            for notice in self.notices.latest().values()
            if notice.period not in gone or (self._concerns(notice) and notice.notice_id not in self.notices.receipts)
        ]

    def _concerns(self, notice: Notice) -> bool:
        if notice.period not in self.closed | self.closing:
            return True
        held = any(line.decision_id in self.withheld.keys() - self.baseless for line in notice.lines)
        return held or (bool(notice.corrects) and notice.notice_id not in self.notices.receipts)

    @property
    def open_lines(self) -> list[Decision]:
        """The lines of months that stay open."""
        return [line for line in self.lines if line.period not in self.closing]


@dataclass(frozen=True)
class Terms:
    """What the site says of pay, notices and law, and when: limit: of deductions from a month's wage; number, run: of
    the batch. unread: what workbooks still wait, in sentences.
    """

    units: Mapping[str, Sequence[Pack]]
    limit: Limit
    notice: NoticeRule
    law: Law | None
    published: Mapping[str, date]
    authority: Authority
    as_of: date
    number: int
    run: str
    unread: Sequence[str] = ()

    @property
    def packs(self) -> dict[str, Pack]:
        """Every pack in use, by name."""
        return {pack.name: pack for own in self.units.values() for pack in own}

    @property
    def versions(self) -> str:
        """Every pack in use with its digest."""
        return "；".join(f"{pack.name} {pack.digest}" for pack in self.packs.values())


def settle(
    ledger: Ledger, terms: Terms, roster: Roster, replace_lines: Replace, requests: Sequence[Request] = ()
) -> Settlement:
    """Issue notices, work out pay and what hangs on it, close the months that may be closed, keep who changed which sheet.

    replace_lines: writes lines in the place of others. Raises NotClosed where the command asks for what cannot be.
    """
    closed = ledger.periods.closed()
    people = cache(partial(payees, roster, terms.as_of))
    lines = ledger.decisions.open_lines(closed)
    held = [line for line in ledger.decisions.by_id(ledger.periods.held()).values() if line.period in closed]
    paid = [line for line in [*lines, *held] if line.paid]
    notices, appeals = _notices(ledger, terms, paid, held, closed, roster)
    waiting = Waiting(terms.notice, notices, frozenset(appeals), terms.as_of)
    carries = ledger.periods.carries()
    known = [*paid, *ledger.decisions.ever(owed_ids(carries, closed)).values()]
    basis = Basis(terms.law, terms.published, terms.packs, adjusted_effects(ledger, known))
    about = {
        line.decision_id: About(
            (line.staff_no, roster.holder(line.staff_no, line.date, line.staff_name)),
            basis.judged_as(line),
            line.clause,
        )
        for line in known
    }
    due = [
        line if line.period not in closed else replace(line, period=first_open(line.period, closed)) for line in paid
    ]
    objections = {line.decision_id: why for line in paid if (why := basis.objection(line))}
    reasons = {line.decision_id: objections.get(line.decision_id) or waiting.reason(line) for line in paid}
    withheld = {id: reason for id, reason in reasons.items() if reason}
    wanted = {request.period for request in requests if request.period <= f"{terms.as_of:%Y-%m}"}
    pay = months(
        [line for line in due if line.decision_id not in withheld],
        about,
        people,
        terms.limit,
        last=max([f"{terms.as_of:%Y-%m}", *wanted]),
        closed=closed,
        carries=carries,
        written=ledger.periods.sheet_periods() | wanted | {line.period for line in due},
    )
    fund = funds(ledger, terms.units, pay, roster, terms.as_of, closed)
    replace_lines(fund.standing, fund.lines)
    ledger.turns.keep(fund.turns)
    gone = {d.decision_id for d in fund.standing}
    lines = [*(d for d in lines if d.decision_id not in gone), *fund.lines]
    lines.sort(key=lambda d: (d.period, d.unit, d.clause, d.decision_id))
    situation = Situation([*lines, *held], notices, appeals, terms.notice.required, terms.unread, terms.as_of)
    outcome = judge(requests, situation, terms.authority, closed)
    by_notice = withheld.keys() - objections.keys()
    for month in pay:
        if month.period in outcome.closings:
            freeze(ledger, month, outcome.closings[month.period], by_notice, terms.number, terms.as_of)
    kept_out = [(line, withheld[line.decision_id]) for line in due if line.decision_id in withheld]
    sheets = _sheets(ledger, terms, pay, kept_out, about, people, outcome.closings)
    now = closed | outcome.closings.keys()
    still_open = sorted(({month.period for month in pay} | situation.months) - now)
    in_the_way = {period: situation.in_the_way(period, now) for period in still_open}
    return Settlement(
        lines=lines,
        sheets=sheets,
        funds=fund.statements,
        notices=notices,
        closed=closed,
        closing=frozenset(outcome.closings),
        in_the_way=in_the_way,
        withheld=withheld,
        baseless=frozenset(objections),
        basis=basis,
        about=about,
        outcome=outcome,
    )


def _notices(
    ledger: Ledger,
    terms: Terms,
    paid: Sequence[Decision],
    held: Sequence[Decision],
    closed: frozenset[str],
    roster: Roster,
) -> tuple[Notices, dict[str, str]]:
    """The notices of the open months, and of closed ones those of which something is still to be taken; the open appeals."""
    beside = [line for period in {d.period for d in held} for line in ledger.decisions.of_period(period) if line.paid]
    told = {line.decision_id: line for line in [*paid, *beside]}
    periods = {line.period for line in told.values()} | {p for p in ledger.notices.periods() if p not in closed}
    late = {
        (line.period, line.unit, (line.staff_no, roster.holder(line.staff_no, line.date, line.staff_name)))
        for line in held
    }

    def kept(group: Group) -> bool:
        return group[0] not in closed or group in late

    return issue(ledger, told.values(), periods, terms.as_of, roster.holder, kept), open_appeals(ledger, told)


def _sheets(
    ledger: Ledger,
    terms: Terms,
    pay: Sequence[Month],
    kept_out: Sequence[tuple[Decision, str]],
    about: Mapping[str, About],
    people: PayeesOf,
    closings: Mapping[str, Closing],
) -> list[PaySheet]:
    found = []
    for month in pay:
        staff = people(month.period)
        lines = sheet.entries(month, staff, about)
        books = sheet.accounts(lines, month, staff, about)
        out = [(line, reason) for line, reason in kept_out if line.period == month.period]
        held_month = Month(month.period, tuple(line for line, _ in out), unchecked=month.unchecked)
        reason_of = {line.decision_id: reason for line, reason in out}
        held = [(entry, reason_of[entry.decision_id]) for entry in sheet.entries(held_month, staff, about)]
        remarks = list(_remarks(terms, closings.get(month.period)))
        digest = sheet.digest(lines, books, held, terms.versions, remarks)
        known = ledger.periods.sheet(month.period)
        run = known[0] if known is not None and known[1] == digest else terms.run
        ledger.periods.keep_sheet(month.period, run, digest)
        left = (*month.left_over, *month.stranded)
        last = min(window_range(month.period, "month")[1], terms.as_of)
        bounds = {who: terms.limit.on(payee.wage, last) for who, payee in staff.items() if payee.wage is not None}
        stranded = frozenset(carry.decision_id for carry in (*month.stranded, *month.refused))
        found.append(PaySheet(month.period, lines, books, held, terms.versions, run, remarks, left, bounds, stranded))
    return found


def _remarks(terms: Terms, closing: Closing | None) -> Iterable[tuple[str, str]]:
    if terms.law is None:
        yield "扣款依据", UNSET
    else:
        yield "扣款依据", f"已按{terms.law.region}核对，供参考，不构成法律意见"
    if closing is not None:
        if closing.by:
            yield "关账人", closing.by
        if closing.note:
            yield "关账说明", closing.note
        for matter in closing.in_the_way:
            yield "关账时未尽事项", matter
