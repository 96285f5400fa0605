"""What a transaction wrote that decisions are told by: of which lines outputs may say something else than before."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from processor.decision import Decision


@dataclass
class Stirred:
    """lines: ids of decisions that were written, or of which an answer, an appeal, a notice, or what would have turned it
    was; rows: facts that stand at another place of their sheet now.
    """

    lines: set[str] = field(default_factory=set)
    rows: set[int] = field(default_factory=set)

    def tells_otherwise(self, line: Decision) -> bool:
        """Whether something may be told of a line that was not told of it before."""
        return line.decision_id in self.lines or line.row in self.rows or not self.rows.isdisjoint(line.evidence)

    def stir(self, lines: Iterable[str]) -> None:
        """Something was written of these decisions."""
        self.lines.update(lines)
