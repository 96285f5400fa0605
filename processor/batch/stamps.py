"""Since which batch the same is told of each decision, so that outputs know what of them stays as it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from processor.decision import Decision
from processor.ledger import Ledger

#: Decision id -> the batch since which the same is told of it; staff number -> what its holder was called then.
STAMPS, CALLED = "stamps", "called"


def stamped(ledger: Ledger, number: int, lines: Sequence[Decision], names: Mapping[str, str]) -> dict[str, int]:
    """Decision id -> number of the batch since which outputs tell the same of it.

    number: of this batch; lines: all that outputs show; names: of everybody, by staff number.
    """
    known: Mapping[str, int] = ledger.runs.setting(STAMPS) or {}
    before: Mapping[str, str] = ledger.runs.setting(CALLED) or {}
    renamed = {who for who in {*before, *names} if before.get(who) != names.get(who)}
    if not renamed.isdisjoint(ledger.decisions.answerers()) or any(a.by in renamed for a in ledger.appeals.all()):
        known = {}  # histories say who answered and who appealed
    stamps = {line.decision_id: known.get(line.decision_id, number) for line in lines}
    for line in lines:
        if ledger.stirred.tells_otherwise(line) or not renamed.isdisjoint(line.subject.split("|")):
            stamps[line.decision_id] = number
    ledger.runs.keep_setting(STAMPS, stamps)
    ledger.runs.keep_setting(CALLED, dict(names))
    return stamps
