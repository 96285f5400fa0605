"""Appeals: what employees object to decisions, as the register in force says it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from processor.catalogue.roles import appealing
from processor.columns import plain_values
from processor.ledger.facts import APPEALED, FactStore

NUMBER, DECISION, BY, DAY, REASON = "申诉编号", APPEALED, "申诉人工号", "申诉日期", "理由"


@dataclass(frozen=True, slots=True)
class Appeal:
    """One row of the register. verdict: empty while there is none. fact: the row. A cell that says nothing is empty."""

    number: str
    decision_id: str
    by: str
    day: date | None
    reason: str
    verdict: str
    fact: int


class AppealStore:
    """The appeals of one ledger transaction."""

    def __init__(self, facts: FactStore) -> None:
        self.facts = facts

    def of(self, decisions: Collection[str]) -> list[Appeal]:
        """The appeals against these decisions, in order of their days."""
        return [appeal for appeal in self.all() if appeal.decision_id in decisions]

    def all(self) -> list[Appeal]:
        """Every appeal that names a decision, in order of their days."""
        register = appealing(self.facts.registers)
        assert register.answers is not None
        frame = self.facts.frame(register.name)
        frame = frame if frame.empty else frame[frame[DECISION].notna()]
        if frame.empty:
            return []
        texts = frame[[NUMBER, DECISION, BY, REASON, register.answers.verdict]].astype("object").fillna("")
        days = [None if day is None else day.date() for day in plain_values(frame[DAY])]
        return [
            Appeal(number, decision, by, day, reason, verdict, int(ref))
            for (number, decision, by, reason, verdict), day, ref in zip(
                texts.itertuples(index=False), days, frame["_ref"], strict=True
            )
        ]
