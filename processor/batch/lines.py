"""Decisions as reports tell them: with the rows that they rest on, what was answered, and what they said before."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from processor.batch.changes import Changes
from processor.catalogue.register import Register
from processor.decision import Decision
from processor.ledger import Ledger
from processor.report.history import answered, histories
from processor.report.snapshot import Change, Line
from processor.report.things import Things


class Lines:
    """Looks up what belongs to decisions. names: of everybody, by staff number."""

    def __init__(self, ledger: Ledger, registers: Mapping[str, Register], names: Mapping[str, str]) -> None:
        self.ledger, self.names = ledger, names
        self.things = Things(registers, names)

    def of(self, decisions: Iterable[Decision]) -> tuple[Line, ...]:
        """The lines of these decisions, in their order."""
        chosen = list(decisions)
        refs = {ref for d in chosen for ref in d.evidence} | {d.row for d in chosen if d.row is not None}
        sources = self.ledger.places.sources(refs)
        answers = self.ledger.decisions.last_words(d.decision_id for d in chosen)
        registers = self.ledger.places.registers_of(d.row for d in chosen if d.row is not None and "|" in d.subject)
        told = histories(self.ledger, chosen, self.names)
        turns = self.ledger.turns.of(d.decision_id for d in chosen)
        return tuple(
            Line(
                decision=d,
                source=sources.get(d.row) if d.row is not None else None,
                evidence=tuple(sources[ref] for ref in d.evidence if ref in sources),
                answered=answered(answers[d.decision_id], self.names) if d.decision_id in answers else "",
                thing=self.things.name(d, registers.get(d.row or 0, "")),
                history=told.get(d.decision_id, ()),
                otherwise=turns.get(d.decision_id, ()),
            )
            for d in chosen
        )

    def changes(self, made: Changes, shown: Sequence[Line]) -> list[Change]:
        """What a batch did to lines. shown: those that it shows, most of which are what became of one."""
        pairs = list(made.lines.values())
        known = {line.decision.decision_id: line for line in shown}
        same = {
            new.decision_id: known[new.decision_id]
            for _, new in pairs
            if new is not None and new.decision_id in known and known[new.decision_id].decision == new
        }
        others = iter(self.of(new for _, new in pairs if new is not None and new.decision_id not in same))
        before = iter(self.of(old for old, _ in pairs if old is not None))
        return [
            Change(
                kind="added" if old is None else "withdrawn" if new is None else "changed",
                old=None if old is None else next(before),
                new=None if new is None else same.get(new.decision_id) or next(others),
                reason=made.reasons[old.decision_id] if old is not None and new is None else "",
            )
            for old, new in pairs
        ]
