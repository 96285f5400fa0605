"""Tries waiting changes of the rules on the facts of the last months, unit by unit and as far as the batch has time."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace
from datetime import date

from processor.batch.setup import Setup
from processor.batch.trial import Trial, Units, impacts, reached, summary
from processor.batch.workers import Workers
from processor.calendars import window_key
from processor.catalogue.proposal import Impact, Proposal
from processor.ledger import Ledger
from processor.rulebook.book import Book

BEGUN = "backtests"  # the setting that holds which units were tried of changes that were not tried to the end


def unfinished(ledger: Ledger) -> bool:
    """Whether an earlier batch left changes for later ones to try."""
    return bool(ledger.runs.setting(BEGUN))


@dataclass
class Backtest:
    """as_of: the day of the batch; tick: called with a label after each binding. steps: how often units were tried so far.

    enough: asked after so many units as workers decide side by side; True leaves the rest to the batches to come.
    """

    setup: Setup
    ledger: Ledger
    as_of: date
    tick: Callable[[str], None]
    enough: Callable[[], bool]
    workers: Workers = field(default_factory=Workers)
    steps: int = 0

    def of(self, book: Book) -> Book:
        """The book with what each waiting change would have changed, as far as that is known by now; the ledger keeps it."""
        before: dict[str, list[str]] = self.ledger.runs.setting(BEGUN) or {}
        begun: dict[str, list[str]] = {}
        found: list[Proposal] = []
        for proposal in book.waiting:
            if proposal.tried:
                continue
            done = list(before.get(proposal.number, ()))
            if not begun:
                proposal = self._further(book, proposal, done)
                found.append(proposal)
            if not proposal.tried:
                begun[proposal.number] = done
        if begun != before:
            self.ledger.runs.keep_setting(BEGUN, begun)
        self.ledger.proposals.keep(found)
        return book.with_changes(found)

    def _further(self, book: Book, proposal: Proposal, done: list[str]) -> Proposal:
        """The change tried on the next units, which are added to those that are done; with its summary after the last."""
        first = months_before(self.as_of, self.setup.site.rules.backtest_months - 1)
        now, other = book.in_force(), book.tried(proposal, first)
        told = f"{proposal.number} "
        trial = Trial(self.setup, self.ledger, self.as_of, lambda label: self.tick(told + label), self.workers)
        left = [unit for unit in reached(now, other) if unit not in done]
        while left:
            if self.steps and self.enough():
                return proposal
            self.steps += 1
            units, left = left[: self.workers.count], left[self.workers.count :]
            proposal = replace(proposal, impacts=(*proposal.impacts, *self._impacts(trial, now, other, first, units)))
            done.extend(units)
        whole = sorted(proposal.impacts, key=lambda each: (each.period, each.unit, each.staff_no, each.clause))
        return replace(proposal, tried=summary(whole), impacts=tuple(whole))

    def _impacts(self, trial: Trial, now: Units, other: Units, first: date, units: Collection[str]) -> list[Impact]:
        changes = trial.compare(now, other, first, settled=True, units=units)
        return impacts(changes, window_key(first, "month"), window_key(self.as_of, "month"))


def months_before(day: date, months: int) -> date:
    """The first day of the month so many months before that of a day."""
    count = day.year * 12 + day.month - 1 - months
    return date(count // 12, count % 12 + 1, 1)
