"""What the bindings of a unit read in a batch; what several of them read is looked up once."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from processor.batch.bench import Bench
from processor.batch.illegible import of_units
from processor.batch.selection import Rows, Selection
from processor.batch.workers import Shared
from processor.catalogue.pack import Binding
from processor.engine.decider import register_judged
from processor.engine.renamed import Renamed
from processor.engine.units import unknown_staff
from processor.ledger.facts import Ranges
from processor.roster import Roster


class Reading:
    """Frames of facts, months with rows and renumbered rows, kept until a unit is done."""

    def __init__(self, bench: Bench, roster: Roster) -> None:
        self.bench, self.roster = bench, roster
        self._frames: dict[str, dict[tuple, Shared[pd.DataFrame]]] = {}
        self._active: dict[str, dict[tuple | None, frozenset[str]]] = {}
        self._renamings: dict[str, tuple[Mapping[str, str], set[int]]] = {}

    def facts(self, unit: str, binding: Binding, selection: Selection) -> dict[str, Shared[pd.DataFrame]]:
        """Register -> the rows that a binding of the unit reads to decide what is selected."""
        facts, judged = self.bench.ledger.facts, register_judged(binding)
        if judged and not facts.holds(judged):
            return {name: Shared(facts.nothing(name)) for name in binding.reads}
        units = self._units(unit, binding)
        return {name: self._frame(unit, name, units, selection.rows(name)) for name in binding.reads}

    def illegible(self, unit: str, binding: Binding) -> dict[str, pd.DataFrame]:
        """Register -> the rows of what a binding of the unit reads that nobody could read."""
        return of_units(self.bench.illegible, self._units(unit, binding), binding.reads)

    def forget(self, unit: str) -> None:
        """Let go of what was looked up for a unit that is done."""
        self._frames.pop(unit, None)
        self._active.pop(unit, None)

    def months(self, unit: str, ranges: Ranges) -> frozenset[str]:
        """The months inside the ranges in which the unit has rows; None: of all days."""
        key = None if ranges is None else tuple(ranges)
        known = self._active.setdefault(unit, {})
        if key not in known:
            known[key] = self.bench.ledger.facts.months(unit, ranges)
        return known[key]

    def renamed(self, binding: Binding) -> Renamed:
        """The numbers that rows of the registers a binding reads had before."""
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

    def counting(self, register: str, frame: pd.DataFrame) -> pd.DataFrame:
        """The rows that count: those that name nobody whom the roster does not know."""
        strange = unknown_staff(frame, self.bench.registers[register].staff_columns, self.roster.numbers)
        if strange.empty:
            return frame
        return frame.drop(index=strange["index"].unique().tolist()).reset_index(drop=True)

    def _units(self, unit: str, binding: Binding) -> tuple[str, ...]:
        """The units whose rows a binding of the unit reads."""
        if not binding.across:
            return (unit,)
        return tuple(name for name, packs in self.bench.units.items() if any(p.name == binding.pack for p in packs))

    def _frame(self, unit: str, register: str, units: tuple[str, ...], rows: Rows) -> Shared[pd.DataFrame]:
        key, known = (register, units, rows.key), self._frames.setdefault(unit, {})
        if key not in known:
            own = units[0] if len(units) == 1 else None
            frame = self.bench.ledger.facts.frame(register, own, rows.ranges, rows.ids)
            if own is None:
                frame = frame[frame["门店"].isin(units)].reset_index(drop=True)
            known[key] = Shared(self.counting(register, frame))
        return known[key]
