"""Decisions as reports tell them: with the rows that they rest on, what was answered, and what they said before."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType

from processor.batch.changes import Changes
from processor.catalogue.register import Register
from processor.decision import Decision
from processor.ledger import Ledger
from processor.model import Source
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
        self._sources: dict[int, Source] = {}

    def bare(self, decisions: Sequence[Decision]) -> tuple[Line, ...]:
        """The lines of these decisions without what has to be looked up for each of them."""
        return self._bare(decisions, {})

    def placed(self, decisions: Sequence[Decision]) -> tuple[Line, ...]:
        """Bare lines with the places of the rows that they judge."""
        return self._bare(decisions, self._places(_rows(decisions)))

    def _bare(self, decisions: Sequence[Decision], sources: Mapping[int, Source]) -> tuple[Line, ...]:
        registers = self._registers(decisions)
        return tuple(
            Line(
                decision=d,
                source=sources.get(d.row) if d.row is not None else None,
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
        """The lines of these decisions in full, in their order."""
        chosen = list(decisions)
        if not chosen:
            return ()
        sources = self._places({ref for d in chosen for ref in d.evidence} | _rows(chosen))
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
        """What a batch did to lines, unit by unit, of each in the order in which it was decided; those that are gone in full."""
        pairs = sorted(made.lines.values(), key=lambda pair: max(line.unit for line in pair if line is not None))
        now = iter(self.placed([new for _, new in pairs if new is not None]))
        gone = {old.decision_id: old for old, new in pairs if old is not None and new is None}
        in_full = {line.decision.decision_id: line for line in self.of(gone.values())}
        placed = self.placed([old for old, _ in pairs if old is not None])
        before = iter(in_full.get(line.decision.decision_id, line) for line in placed)
        return [
            Change(
                kind="added" if old is None else "withdrawn" if new is None else "changed",
                old=None if old is None else next(before),
                new=None if new is None else next(now),
                reason=made.reasons[old.decision_id] if old is not None and new is None else "",
            )
            for old, new in pairs
        ]

    def _places(self, refs: set[int]) -> Mapping[int, Source]:
        """Where rows were delivered, each looked up once."""
        self._sources |= self.ledger.places.sources(refs - self._sources.keys())
        return self._sources


def _rows(decisions: Iterable[Decision]) -> set[int]:
    """The rows that decisions judge."""
    return {d.row for d in decisions if d.row is not None}
