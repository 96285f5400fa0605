"""Decides a binding again on changed facts; rows by which nothing turned out differently are not judged a second time."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas as pd

from processor.catalogue.pack import Binding
from processor.decision import Decision
from processor.engine.changes import Change, applied
from processor.engine.narrowed import left_with
from processor.rules.job import cell

#: So few rows are sooner all judged again than looked through for those of which something turned out differently.
FEW = 500
Facts = Mapping[str, pd.DataFrame]
#: Decides a binding again on other facts, and without some of the decisions that it reads.
Again = Callable[[Facts, frozenset[str]], Sequence[Decision]]
#: The rows of these facts on which something follows, see `mechanics.basis`.
Basis = Callable[[Facts], pd.DataFrame | None]


def unknown(facts: Facts) -> None:
    """The basis of a binding of which nobody knows by which of a row's cells it decides."""


@dataclass(frozen=True)
class Trials:
    """What a binding decides once some of its facts are changed. lines: what it decides on the facts as they are."""

    binding: Binding
    lines: Sequence[Decision]
    facts: Facts
    again: Again
    basis: Basis = unknown

    def made(self, changes: Sequence[Change]) -> dict[str, Decision] | None:
        """What is decided with these changes, by id; None where a rule fails on what it would not be given in earnest.

        Whatever it fails with: to explain a decision must never cost the batch that made it.
        """
        try:
            return {line.decision_id: line for line in self._made(changes)}
        except Exception:
            return None

    def _made(self, changes: Sequence[Change]) -> Sequence[Decision]:
        facts = applied(self.facts, changes)
        gone = frozenset(change.gone for change in changes if change.gone)
        now = self._basis(facts) if self._before is not None and not gone else None
        if now is None or self._before is None:
            return self.again(facts, gone)
        same = {ref for ref, told in now.items() if self._before.get(ref) == told}
        lines = [line for line in self.lines if line.row in same]
        if len(same) < len(now):
            lines += self.again(left_with(self.binding, facts, now.keys() - same), gone)
        return lines

    @cached_property
    def _before(self) -> Mapping[int, Any] | None:
        """The basis of the facts as they are, where it is that of each of the lines."""
        found = self._basis(self.facts) if sum(map(len, self.facts.values())) > FEW else None
        return found if found is not None and all(line.row in found for line in self.lines) else None

    def _basis(self, facts: Facts) -> Mapping[int, Any] | None:
        """Row -> what the mechanic goes by there; None where it does not go by each row alone, or nobody knows."""
        frame = self.basis(facts) if all(map(len, facts.values())) else None
        if frame is None:
            return None
        columns = [map(cell, frame[header].array.astype("object")) for header in frame]
        return {told[0]: told for told in zip(*columns, strict=True)}
