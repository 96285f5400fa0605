"""Keeps what a batch decided: what differs from what stands is written, and what became of each line is noted."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Sequence

from processor.batch.bench import Bench
from processor.batch.changes import Changes, says_the_same
from processor.batch.work import Turns
from processor.batch.workers import Task
from processor.decision import Decision
from processor.roster import Roster
from processor.settle.apply import answered, followed


def leads(line: Decision | None) -> tuple[bool, str]:
    """What lines that hang on this one follow: whether it was revoked, and to whom a customer was awarded."""
    if line is None:
        return False, ""
    return line.status == "revoked", line.staff_no if line.effect == "attribute" else ""


class Keeping:
    """The way of lines into the ledger. changes: what became of each."""

    def __init__(self, bench: Bench, roster: Roster) -> None:
        self.bench, self.roster = bench, roster
        self.changes = Changes()
        self._leading: dict[str, str] = {}
        self._turning: deque[tuple[frozenset[str], Task[Turns]]] = deque()

    def keep(
        self, old: Sequence[Decision], bases: Sequence[Decision], reason: str = "", *, writes: bool = True
    ) -> list[Decision]:
        """Apply answers, compare with what stands, and write what differs; the lines as made that were written.

        reason: why lines are gone. writes: False where it is enough to note what differs.
        """
        ledger = self.bench.ledger
        answers = ledger.decisions.answers([d.decision_id for d in bases]) if bases else {}
        new = answered(bases, answers, self.roster.name)
        causes = ledger.decisions.by_id({d.linked_to for d in new if d.linked_to})
        new = followed(new, causes, self.roster.name)
        before = {d.decision_id: d for d in old}
        after = {d.decision_id: d for d in new}
        base_of = {d.decision_id: d for d in bases}
        gone = [d for id, d in before.items() if id not in after]
        written = [(d, base_of[id]) for id, d in after.items() if before.get(id) != d]
        if writes and (gone or written):
            changed = [(before[d.decision_id], d) for d, _ in written if d.decision_id in before]
            said_before = [was for was, now in changed if self.bench.keeps and not says_the_same(was, now)]
            ledger.decisions.write(written, gone, said_before, self.bench.run, reason)
            self._drop_turns({line.decision_id for line in gone})
        for line in gone:
            self.note(line, None, reason)
        for line, _ in written:
            self.note(before.get(line.decision_id), line)
        return [base for _, base in written]

    def note(self, old: Decision | None, new: Decision | None, reason: str = "") -> None:
        """A line is another one now, none, or new. reason: why it is gone."""
        self.changes.note(old, new, reason)
        if leads(old) != leads(new):
            self._leading |= {line.decision_id: line.unit for line in (old, new) if line is not None}

    def follow_causes(self, of: str | None = None) -> None:
        """Lines follow the causes that were revoked, restored or awarded since this was last asked. of: those of a unit.

        What is still being decided of other units may yet come out otherwise.
        """
        decisions = self.bench.ledger.decisions
        moved = [id for id, unit in self._leading.items() if of in (None, unit)]
        later = {id: unit for id, unit in self._leading.items() if of not in (None, unit)}
        while moved:
            self._leading = {}
            hanging = decisions.linked_to(moved)
            bases = decisions.bases(d.decision_id for d in hanging)
            self.keep(hanging, [bases[d.decision_id] for d in hanging])
            moved = list(self._leading)
        self._leading = later

    def answer(self, lines: Sequence[Decision]) -> None:
        """Apply answers to lines as they stand."""
        bases = self.bench.ledger.decisions.bases(line.decision_id for line in lines)
        self.keep(lines, list(bases.values()))
        self.follow_causes()

    def withdraw(self, lines: Sequence[Decision], reason: str) -> None:
        """Take lines back that no rule makes any more."""
        self.keep(lines, [], reason)

    def replace(self, old: Sequence[Decision], new: Sequence[Decision]) -> None:
        """Write lines that no binding makes (adjustments, the fund's statements) in the place of others."""
        self.keep(old, new)

    def wait_for(self, lines: Sequence[Decision], turns: Task[Turns], ahead: int) -> None:
        """Keep what would have changed these lines once it is known. ahead: how many may be looked into meanwhile."""
        self._turning.append((frozenset(line.decision_id for line in lines), turns))
        self.keep_turns(ahead)

    def keep_turns(self, ahead: int = 0) -> None:
        """Keep what would have changed lines, but for the last ones that are still looked into."""
        while len(self._turning) > ahead:
            self.bench.ledger.turns.keep(self._turning.popleft()[1].result())

    def _drop_turns(self, gone: Collection[str]) -> None:
        """Forget what would have changed lines that are gone."""
        if any(not lines.isdisjoint(gone) for lines, _ in self._turning):
            self.keep_turns()
        self.bench.ledger.turns.drop(gone)
