"""Decides anew what a batch touched and keeps what changed; everything else stays as the ledger has it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import pandas as pd

from processor.batch.selection import Rows, Selection, Touched
from processor.catalogue.naming import with_spoken
from processor.catalogue.pack import Binding, Pack
from processor.catalogue.register import Register
from processor.decision import Decision
from processor.engine.decide import decide, ordered
from processor.engine.renamed import Renamed
from processor.engine.units import unknown_staff
from processor.ledger import Ledger
from processor.ledger.facts import Ranges, Touch
from processor.model import Text
from processor.report.decisions import OWN
from processor.settle.apply import answered, followed


def says_the_same(old: Decision, new: Decision) -> bool:
    """Whether two versions of a line read the same in decisions.csv, but for the place of its row.

    One more day since something was due is nothing new.
    """
    return all(_said(old, name) == _said(new, name) for name in OWN)


def _said(line: Decision, name: str) -> Any:
    value = getattr(line, name)
    return value.at_rest() if isinstance(value, Text) else value


def _way(line: Decision | None) -> tuple[bool, str]:
    """What lines that hang on this one follow: whether it was revoked, and to whom a customer was awarded."""
    if line is None:
        return False, ""
    return line.status == "revoked", line.staff_no if line.effect == "attribute" else ""


@dataclass
class Changes:
    """What the batch did to lines: id -> (as it was before the batch, as it is now)."""

    lines: dict[str, tuple[Decision | None, Decision | None]] = field(default_factory=dict)

    def note(self, old: Decision | None, new: Decision | None) -> None:
        """A line changed; several changes of one batch count as one."""
        line = new or old
        if line is None:
            return
        known = line.decision_id
        before = self.lines[known][0] if known in self.lines else old
        if (before is None and new is None) or (before is not None and new is not None and says_the_same(before, new)):
            self.lines.pop(known, None)
        else:
            self.lines[known] = (before, new)


@dataclass(frozen=True)
class Bench:
    """All that judging needs beside the ledger. tick: called with a label after each binding."""

    ledger: Ledger
    registers: Mapping[str, Register]
    units: Mapping[str, Sequence[Pack]]
    point_values: Mapping[str, int]
    as_of: date
    before: date | None
    run: int
    tick: Callable[[str], None] = lambda label: None


class Judge:
    """One pass over the units; frames that several bindings read are loaded once."""

    def __init__(self, bench: Bench) -> None:
        self.bench = bench
        self.changes = Changes()
        self.roster = bench.ledger.roster.known(bench.as_of)
        self.names = self.roster.names
        self._frames: dict[tuple, pd.DataFrame] = {}
        self._renamings: dict[str, tuple[Mapping[str, str], set[int]]] = {}
        self._active: dict[tuple, frozenset[str]] = {}

    def judge(
        self, touches: Iterable[Touch], anew: Mapping[str, frozenset[str]], since: Mapping[str, date | None]
    ) -> None:
        """Decide what the touches reach. anew: unit -> packs to decide from the ground; since: from a day on."""
        by_unit: dict[str, dict[str, list[Touch]]] = {}
        for touch in touches:
            if touch.unit is not None:
                by_unit.setdefault(touch.unit, {}).setdefault(touch.register, []).append(touch)
        self.revoked = self.bench.ledger.decisions.revoked()
        for unit, packs in self.bench.units.items():
            reached = Touched(
                self.bench.ledger, unit, by_unit.get(unit, {}), self.bench.before, self.bench.as_of, since.get(unit)
            )
            self._unit(reached, packs, anew.get(unit, frozenset()))
            self._frames.clear()
            self._active.clear()

    def _unit(self, reached: Touched, packs: Sequence[Pack], anew: frozenset[str]) -> None:
        for pack, binding in ordered(packs):
            if binding.payroll:
                continue
            selection = reached.all(binding) if pack.name in anew else reached.select(binding, self._changed(binding))
            if selection is not None:
                self._binding(reached.unit, pack, binding, selection)
            self.bench.tick(f"{reached.unit} {pack.title}")
        self._follow_causes()

    def _changed(self, binding: Binding) -> list[Decision]:
        """Lines of this batch that the binding reads, as they were and as they are."""
        pairs = self.changes.lines.values() if binding.after else ()
        return [line for pair in pairs for line in pair if line is not None and line.clause in binding.after]

    def _binding(self, unit: str, pack: Pack, binding: Binding, selection: Selection) -> None:
        made = decide(
            pack,
            binding,
            unit=unit,
            as_of=self.bench.as_of,
            facts={register: self._frame(register, unit, selection.rows(register)) for register in binding.reads},
            roster=self.roster,
            earlier=selection.earlier() if binding.after else (),
            revoked=self.revoked,
            active_months=self._months(unit, selection.span()),
            point_values=self.bench.point_values,
            renamed=self._renamed(binding),
        )
        read = [self.bench.registers[name] for name in binding.reads if name in self.bench.registers]
        told = [
            replace(line, text=with_spoken(line.text, line.subject, read)) for line in made if selection.covers(line)
        ]
        self._keep(selection.standing(), told)

    def _renamed(self, binding: Binding) -> Renamed:
        kept: dict[str, str] = {}
        rows: set[int] = set()
        for register in binding.reads:
            if register not in self._renamings:
                names = self.bench.ledger.identities.renamed(register)
                refs = self.bench.ledger.facts.refs_of(register, list(names.values()))
                self._renamings[register] = (names, refs)
            names, refs = self._renamings[register]
            kept |= names
            rows |= refs
        return Renamed(kept, frozenset(rows))

    def _months(self, unit: str, ranges: Ranges) -> frozenset[str]:
        key = None if ranges is None else tuple(ranges)
        if (unit, key) not in self._active:
            self._active[unit, key] = self.bench.ledger.facts.months(unit, ranges)
        return self._active[unit, key]

    def _frame(self, register: str, unit: str, rows: Rows) -> pd.DataFrame:
        key = (register, unit, rows.key)
        if key not in self._frames:
            self._frames[key] = self.counting(
                register, self.bench.ledger.facts.frame(register, unit, rows.ranges, rows.ids)
            )
        return self._frames[key]

    def counting(self, register: str, frame: pd.DataFrame) -> pd.DataFrame:
        """The rows that count: those that name nobody whom the roster does not know."""
        strange = unknown_staff(frame, self.bench.registers[register].staff_columns, self.roster.numbers)
        return frame.drop(index=strange["index"].unique().tolist()).reset_index(drop=True)

    def _keep(self, old: Sequence[Decision], bases: Sequence[Decision]) -> None:
        """Apply answers, compare with what stands, and write what differs."""
        ledger = self.bench.ledger
        answers = ledger.decisions.answers([d.decision_id for d in bases]) if bases else {}
        new = answered(bases, answers, self.names)
        causes = ledger.decisions.by_id({d.linked_to for d in new if d.linked_to})
        new = followed(new, causes, self.names)
        before = {d.decision_id: d for d in old}
        after = {d.decision_id: d for d in new}
        base_of = {d.decision_id: d for d in bases}
        gone = [d for id, d in before.items() if id not in after]
        written = [(d, base_of[id]) for id, d in after.items() if before.get(id) != d]
        reads_otherwise = [
            before[d.decision_id]
            for d, _ in written
            if d.decision_id in before and not says_the_same(before[d.decision_id], d)
        ]
        if gone or written:
            ledger.decisions.write(written, gone, reads_otherwise, self.bench.run)
        for line in gone:
            self.changes.note(line, None)
        for line, _ in written:
            self.changes.note(before.get(line.decision_id), line)

    def _follow_causes(self) -> None:
        """Lines whose cause was revoked, restored or awarded in this batch follow it."""
        done: set[str] = set()
        while True:
            moved = {id for id, (old, new) in self.changes.lines.items() if id not in done and _way(old) != _way(new)}
            if not moved:
                return
            done |= moved
            ledger = self.bench.ledger
            hanging = ledger.decisions.linked_to(moved)
            bases = ledger.decisions.bases(d.decision_id for d in hanging)
            self._keep(hanging, [bases[d.decision_id] for d in hanging])

    def withdraw(self, unit: str, pack: str) -> None:
        """Take back every line of a pack that the unit no longer has."""
        lines = self.bench.ledger.decisions.of_pack(unit, pack)
        self._keep(lines, [])

    def replace(self, old: Sequence[Decision], new: Sequence[Decision]) -> None:
        """Write lines that no binding makes (adjustments, the fund's statements) in the place of others."""
        self._keep(old, new)


def touch_of(line: Decision, packs: Iterable[Pack]) -> list[Touch]:
    """The touch that has a line's window decided anew: its own row, on its day."""
    for pack in packs:
        for binding in pack.bindings:
            if pack.name == line.pack and binding.id == line.binding:
                day = line.date.isoformat()
                return [Touch(register, line.unit, day, line.row) for register in binding.reads or [line.pack]]
    return []
