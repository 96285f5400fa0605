"""Decisions as reports tell them: with the rows that they rest on, what was answered, and what they said before."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType

from processor.batch.changes import Changes
from processor.catalogue.register import Register
from processor.decision import Decision
from processor.ledger import Ledger
from processor.report.history import answered, histories
from processor.report.snapshot import Change, Line
from processor.report.things import Things


class Lines:
    """Looks up what belongs to decisions. names: of everybody, by staff number; today: the day of the batch; stamps: see
    `Line.stamp`.
    """

    def __init__(
        self,
        ledger: Ledger,
        registers: Mapping[str, Register],
        names: Mapping[str, str],
        today: str,
        stamps: Mapping[str, int] = MappingProxyType({}),
    ) -> None:
        self.ledger, self.names, self.today, self.stamps = ledger, names, today, stamps
        self.things = Things(registers, names)
        self._told: dict[str, Line] = {}

    def bare(self, decisions: Sequence[Decision]) -> tuple[Line, ...]:
        """The lines of these decisions without what has to be looked up for each of them."""
        registers = self._registers(decisions)
        return tuple(
            Line(
                decision=d,
                source=None,
                thing=self.things.name(d, registers.get(d.row or 0, "")),
                stamp=self.stamps.get(d.decision_id, 0),
                bare=True,
            )
            for d in decisions
        )

    def _registers(self, decisions: Iterable[Decision]) -> dict[int, str]:
        """The registers of judged rows with composite keys."""
        return self.ledger.places.registers_of(d.row for d in decisions if d.row is not None and "|" in d.subject)

    def of(self, decisions: Iterable[Decision]) -> tuple[Line, ...]:
        """The lines of these decisions, in their order; what was looked up once is not looked up again."""
        wanted = list(decisions)
        told = {d.decision_id: self._told.get(d.decision_id) for d in wanted}
        new = [d for d in wanted if (known := told[d.decision_id]) is None or known.decision != d]
        made = {line.decision.decision_id: line for line in self._looked_up(new)} if new else {}
        self._told |= made
        return tuple(made.get(d.decision_id) or self._told[d.decision_id] for d in wanted)

    def _looked_up(self, chosen: Sequence[Decision]) -> tuple[Line, ...]:
        refs = {ref for d in chosen for ref in d.evidence} | {d.row for d in chosen if d.row is not None}
        sources = self.ledger.places.sources(refs)
        answers = self.ledger.decisions.last_words(d.decision_id for d in chosen)
        registers = self._registers(chosen)
        told = histories(self.ledger, chosen, self.names, self.today)
        turns = self.ledger.turns.of(d.decision_id for d in chosen)
        return tuple(
            Line(
                decision=d,
                source=sources.get(d.row) if d.row is not None else None,
                evidence=tuple(filter(None, map(sources.get, d.evidence))),
                answered=answered(answers[d.decision_id], self.names) if d.decision_id in answers else "",
                thing=self.things.name(d, registers.get(d.row or 0, "")),
                history=told.get(d.decision_id, ()),
                otherwise=turns.get(d.decision_id, ()),
                stamp=self.stamps.get(d.decision_id, 0),
            )
            for d in chosen
        )

    def changes(self, made: Changes) -> list[Change]:
        """What a batch did to lines, unit by unit, of each in the order in which it was decided."""
        pairs = sorted(made.lines.values(), key=lambda pair: max(line.unit for line in pair if line is not None))
        now = iter(self.of(new for _, new in pairs if new is not None))
        before = iter(self.of(old for old, _ in pairs if old is not None))
        return [
            Change(
                kind="added" if old is None else "withdrawn" if new is None else "changed",
                old=None if old is None else next(before),
                new=None if new is None else next(now),
                reason=made.reasons[old.decision_id] if old is not None and new is None else "",
            )
            for old, new in pairs
        ]
