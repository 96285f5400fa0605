"""Which rows a binding is decided on again, and which of its standing lines that concerns."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cached_property
from typing import Protocol

from processor.catalogue.pack import Binding
from processor.decision import Decision
from processor.engine import touched
from processor.errors import PolicyError
from processor.ledger import Ledger
from processor.ledger.facts import Ranges, Touch

#: All rows are decided where those that must be are one in so many; of a few rows it is not even asked.
MOST, FEW = 2, 1_000


@dataclass(frozen=True)
class Rows:
    """Rows of a register: all (ranges None), or those in day ranges and, beside them, these facts."""

    ranges: Ranges
    ids: frozenset[int] = frozenset()

    @property
    def key(self) -> Hashable:
        return None if self.ranges is None else (tuple(self.ranges), self.ids)


class Selection(Protocol):
    """What is decided again of one binding in one unit."""

    def rows(self, register: str) -> Rows:
        """The rows to read."""

    def span(self) -> Ranges:
        """The days that are decided as a whole; None: all of them."""

    def earlier(self) -> list[Decision]:
        """The decisions of other bindings that it reads."""

    def standing(self) -> list[Decision]:
        """Its own lines as they stand."""

    def covers(self, line: Decision) -> bool:
        """Whether a line that was decided again belongs to this selection."""

    def of(self, lines: Sequence[Decision]) -> Selection:
        """What of it suffices to decide these of its lines."""


@dataclass(frozen=True)
class InWindows:
    """Whole windows of time; None stands for all of them."""

    ledger: Ledger
    unit: str
    binding: Binding
    windows: touched.Windows

    def rows(self, register: str) -> Rows:
        ranges = self._ranges(register)
        linked = (
            ranges is not None and touched.header(self.binding.reads[register]) and self.ledger.facts.holds(register)
        )
        return Rows(ranges, self._linked if linked else frozenset())

    def _ranges(self, register: str) -> Ranges:
        """The days of which all rows count."""
        span = self.binding.reads[register]
        return touched.ranges(self.binding, "window" if touched.header(span) else span, self.windows)

    @cached_property
    def _linked(self) -> frozenset[int]:
        """The rows that are told of in the windows, and those that belong to them by a link column."""
        reads, facts = self.binding.reads, self.ledger.facts
        inside = [facts.between([register], self.unit, self._ranges(register) or ()) for register in reads]
        return facts.links.follow(set().union(*inside), touched.headers(self.binding))

    def span(self) -> Ranges:
        return touched.ranges(self.binding, "window", self.windows)

    def earlier(self) -> list[Decision]:
        return self.ledger.decisions.of_clauses(self.unit, self.binding.after, self.span())

    def standing(self) -> list[Decision]:
        return self.ledger.decisions.of_windows(self.unit, self.binding.pack, self.binding.id, self.windows)

    def covers(self, line: Decision) -> bool:
        return self.windows is None or line.window in self.windows

    def of(self, lines: Sequence[Decision]) -> Selection:
        rows = {line.row for line in lines if line.row is not None}
        if not self.binding.by or len(rows) < len(lines):
            return replace(self, windows={line.window for line in lines})
        return joined(self.ledger, self.unit, self.binding, rows)


@dataclass(frozen=True)
class Joined:
    """Rows that belong together (`Binding.by`). facts: all versions of them. today: days that count as theirs too."""

    ledger: Ledger
    unit: str
    binding: Binding
    facts: frozenset[int]
    today: frozenset[date]

    def rows(self, register: str) -> Rows:
        span = self.binding.reads[register]
        if span == "ever":
            return Rows((), self.facts)
        days = set(self.today)
        if not span.startswith(touched.TODAY):
            days |= self._days
        return Rows(touched.merged(((day, day) for day in days), touched.reach(span)), self.facts)

    @cached_property
    def _days(self) -> set[date]:
        return self.ledger.facts.days(_followed(self.binding), self.unit, self.facts)

    def span(self) -> Ranges:
        return ()

    def earlier(self) -> list[Decision]:
        return self.ledger.decisions.of_clauses(self.unit, self.binding.after, None, self.facts)

    def standing(self) -> list[Decision]:
        return self.ledger.decisions.of_binding(self.unit, self.binding.pack, self.binding.id, self.facts)

    def covers(self, line: Decision) -> bool:
        if line.row is None:
            raise PolicyError("a line without a row cannot be found by its row", where=self.binding.id)
        return line.row in self.facts

    def of(self, lines: Sequence[Decision]) -> Selection:
        rows = {line.row for line in lines if line.row is not None}
        return joined(self.ledger, self.unit, self.binding, rows, self.today)


def joined(
    ledger: Ledger, unit: str, binding: Binding, rows: Collection[int], today: frozenset[date] = frozenset()
) -> Joined:
    """The rows that belong together with any of these, as the binding declares it."""
    return Joined(ledger, unit, binding, ledger.facts.links.follow(rows, binding.by), today)


@dataclass(frozen=True)
class Touched:
    """What a batch changed in one unit. rows: register -> touched rows.

    others: the same of all other units.
    before: the as-of day of the batch before, None for the first. since: the first day that a changed roster concerns.
    """

    ledger: Ledger
    unit: str
    rows: Mapping[str, Sequence[Touch]]
    before: date | None
    as_of: date
    since: date | None = None
    others: Mapping[str, Sequence[Touch]] = field(default_factory=dict)

    @property
    def _moved(self) -> bool:
        """Whether the as-of day is another than that of the batch before."""
        return self.before != self.as_of

    @cached_property
    def _days(self) -> dict[str, set[str | None]]:
        """Register -> the days of its touched rows."""
        return {register: {touch.day for touch in rows} for register, rows in self.rows.items()}

    @cached_property
    def _last(self) -> date:
        """The last day of which there may be something to decide."""
        return max(self.as_of + timedelta(touched.DUE_AFTER), self.ledger.facts.last_day(self.unit))

    def select(self, binding: Binding, lines: Iterable[Decision]) -> Selection | None:
        """What of the binding is to be decided again; None: nothing. lines: changed ones of its `after`."""
        changed = [line for line in lines if line.unit == self.unit]
        return self._joined(binding, changed) if binding.by else self._in_windows(binding, changed)

    def all(self, binding: Binding) -> Selection:
        """Everything."""
        return InWindows(self.ledger, self.unit, binding, None)

    def _in_windows(self, binding: Binding, changed: Sequence[Decision]) -> Selection | None:
        parts = [touched.by_rows(binding, register, days) for register, days in self._days.items()]
        parts += self._by_links(binding)
        parts += self._by_dates(binding)
        parts.append(touched.by_calendar(binding, self.before, self.as_of))
        if binding.due and self._moved:
            parts.append(self.ledger.decisions.open_windows(self.unit, binding.id))
        parts.append(touched.by_decisions(binding, [line.date for line in changed]))
        if self.since is not None:
            parts.append(touched.since(binding, self.since, self._last))
        windows = touched.united(parts)
        return None if windows == set() else InWindows(self.ledger, self.unit, binding, windows)

    def _passed(self, binding: Binding) -> list[tuple[date, date]]:
        """The days since the batch before, where a binding looks at nothing but those that rows name."""
        if self.before is None or not (binding.due and binding.dated and self._moved):
            return []
        return [touched.due_range(binding, self.before, self.as_of)]

    def _by_dates(self, binding: Binding) -> list[touched.Windows]:
        """Windows of rows that name one of these days."""
        passed, facts = self._passed(binding), self.ledger.facts
        if not passed:
            return []
        return self._of_days(binding, {name: facts.between([name], self.unit, passed) for name in binding.reads})

    def _by_links(self, binding: Binding) -> list[touched.Windows]:
        """Windows of the rows to which touched ones belong by a link column, however far they lie."""
        linked = [name for name, span in binding.reads.items() if touched.header(span)]
        facts = {touch.fact for name in linked for touch in self.rows.get(name, ()) if touch.fact is not None}
        ranges = [*self._passed(binding), *([(self.since, date.max)] if self.since is not None else ())]
        facts |= self.ledger.facts.between(linked, self.unit, ranges) if linked else set()
        if not facts:
            return []
        together = self.ledger.facts.links.follow(facts, touched.headers(binding))
        return self._of_days(binding, dict.fromkeys(binding.reads, together))

    def _of_days(self, binding: Binding, facts: Mapping[str, Collection[int]]) -> list[touched.Windows]:
        """Windows that the days of these facts reach, by register."""
        days = {name: self.ledger.facts.days([name], self.unit, own) for name, own in facts.items()}
        return [touched.by_rows(binding, name, {day.isoformat() for day in own}) for name, own in days.items()]

    def _joined(self, binding: Binding, changed: Sequence[Decision]) -> Selection | None:
        rows = _together(self.rows, self.others) if binding.across else self.rows
        roots = [self._roots(binding, name, rows[name]) for name in binding.reads if name in rows]
        roots.append(_judged(changed))
        if self.since is not None:
            spans = [span for span in binding.reads.values() if span != "ever" and not span.startswith(touched.TODAY)]
            first = self.since - max(map(touched.reach, spans), default=timedelta())
            roots.append(self.ledger.facts.between(_followed(binding), self.unit, [(first, date.max)]))
        if binding.due and self._moved:
            roots.append(self._due(binding))
        facts = touched.united(roots)
        if facts is None:
            return self.all(binding)
        if binding.due and (facts or self.since is not None or self._moved):
            facts |= self.ledger.decisions.open_facts(self.unit, binding.id)
        if not facts:
            return None
        if self._are_most(facts, binding):
            return self.all(binding)
        today = frozenset({self.before or self.as_of, self.as_of} if binding.due else ())
        return joined(self.ledger, self.unit, binding, facts, today)

    def _are_most(self, facts: Collection[int], binding: Binding) -> bool:
        """Whether these are so many of the rows that the binding follows that it may as well decide all of them."""
        most = MOST * len(facts)
        units = None if binding.across else self.unit
        return most > FEW and not self.ledger.facts.more_than(most, _followed(binding), units)

    def _roots(self, binding: Binding, register: str, rows: Sequence[Touch]) -> set[int] | None:
        """The facts that touched rows of a register reach: themselves and, of a span of days, the rows around them.

        What counts from today alone matters to what is still to be done, which is decided again in any case.
        """
        span = binding.reads[register]
        facts = {touch.fact for touch in rows if touch.fact is not None}
        if span == "ever" or span.startswith(touched.TODAY):
            return facts
        if None in self._days[register]:
            return None
        days = {date.fromisoformat(day) for day in self._days[register] if day is not None}
        around = touched.merged(((day, day) for day in days), touched.reach(span))
        return facts | self.ledger.facts.between(_followed(binding), self.unit, around)

    def _due(self, binding: Binding) -> set[int] | None:
        if self.before is None:
            return None
        days = touched.due_range(binding, self.before, self.as_of)
        return self.ledger.facts.between(_followed(binding), self.unit, [days])


def _together(rows: Mapping[str, Sequence[Touch]], others: Mapping[str, Sequence[Touch]]) -> dict[str, list[Touch]]:
    return {name: [*rows.get(name, ()), *others.get(name, ())] for name in {*rows, *others}}


def _followed(binding: Binding) -> Collection[str]:
    return [register for register, span in binding.reads.items() if span == "ever"]


def _judged(lines: Iterable[Decision]) -> set[int] | None:
    facts = {line.row for line in lines}
    return None if None in facts else {fact for fact in facts if fact is not None}
