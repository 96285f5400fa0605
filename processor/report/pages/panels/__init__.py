"""What each family's readers need above its list of decisions: tables and charts from facts and decisions."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from processor.report.pages.view import Part
from processor.report.snapshot import Line, Snapshot, Unit

Panel = Callable[[Snapshot, Unit, Sequence[Line]], Sequence[Part]]


def _plain(snapshot: Snapshot, unit: Unit, lines: Sequence[Line]) -> Sequence[Part]:
    return ()


PANELS: Mapping[str, Panel] = {"dispatch": _plain}
"""Family -> its panel, in the order of the sections on a unit's page."""
