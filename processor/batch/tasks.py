"""What waits for somebody and stands in no decision: appeals that nobody has judged."""

from __future__ import annotations

from collections import Counter

from processor.ledger import Ledger
from processor.model import say
from processor.report.snapshot import Task


def open_appeals(ledger: Ledger) -> list[Task]:
    """One task a unit with the appeals that have no 处理结果 yet."""
    appeals = ledger.facts.frame("appeals")
    waiting = appeals[appeals["处理结果"].isna() & appeals["决定编号"].notna()]
    lines = ledger.decisions.by_id(waiting["决定编号"])
    counts = Counter(lines[id].unit for id in waiting["决定编号"] if id in lines)
    text, who = say("申诉还没有处理"), say("经理")
    return [Task("appeal", unit, count, text, who, None, "waiting") for unit, count in sorted(counts.items())]
