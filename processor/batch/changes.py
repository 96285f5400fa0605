"""What a batch did to the lines that stood before it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from operator import attrgetter

from processor.decision import Decision
from processor.report.decisions import OWN

_STATED = attrgetter(*(name for name in OWN if name != "text"))


@dataclass
class Changes:
    """What the batch did to lines: id -> (as it was before the batch, as it is now); reasons: why one is gone."""

    lines: dict[str, tuple[Decision | None, Decision | None]] = field(default_factory=dict)
    reasons: dict[str, str] = field(default_factory=dict)

    def note(self, old: Decision | None, new: Decision | None, reason: str = "") -> None:
        """A line changed; several changes of one batch count as one. reason: why it is gone."""
        line = new or old
        if line is None:
            return
        known = line.decision_id
        before = self.lines[known][0] if known in self.lines else old
        if (before is None and new is None) or (before is not None and new is not None and says_the_same(before, new)):
            self.lines.pop(known, None)
        else:
            self.lines[known] = (before, new)
            self.reasons[known] = reason

    def hold(self, lines: Iterable[Decision]) -> None:
        """Keep lines that stand in the place of copies of them."""
        for line in lines:
            before, now = self.lines.get(line.decision_id, (None, None))
            if now == line:
                self.lines[line.decision_id] = (before, line)


def says_the_same(old: Decision, new: Decision) -> bool:
    """Whether two versions of a line read the same in decisions.csv, but for the place of its row.

    One more day since something was due is nothing new.
    """
    return _STATED(old) == _STATED(new) and (old.text == new.text or old.text.at_rest() == new.text.at_rest())
