"""On what ground money is taken: lines that the law of the region, or a rule book not yet published, does not bear."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP
from functools import cached_property

from processor.catalogue.law import Law
from processor.catalogue.nature import Natures, natures
from processor.catalogue.pack import Pack
from processor.decision import Decision
from processor.settle.pay import Limit

#: What an entry of the law says of fines holds for these, too, until a reviewed entry says otherwise.
LIKE_FINES = frozenset({"点数", "绩效"})


@dataclass(frozen=True)
class LawfulLimit:
    """The site's limit of deductions, where the law lets no more than a share of the wage be taken."""

    limit: Limit
    law: Law

    def on(self, wage: int, day: date) -> int:
        """The most that may be deducted from a monthly wage as of a day; fen."""
        most, share = self.limit.on(wage, day), self.law.share(day)
        return most if share is None else min(most, int((share * wage).to_integral_value(ROUND_HALF_UP)))


@dataclass(frozen=True)
class Basis:
    """law: of the region, None where none is set. published: pack -> day on which its rule book was published."""

    law: Law | None
    published: Mapping[str, date]
    packs: Mapping[str, Pack]

    @cached_property
    def _natures(self) -> Natures:
        return natures(self.packs.values())

    def nature(self, line: Decision) -> str:
        """The nature of a line; of an adjustment, that of what it adjusts."""
        return self._natures.of(line.clause, line.effect)

    def objection(self, line: Decision) -> str:
        """Why nothing may be deducted for a line, in Chinese; empty where something may."""
        if line.amount is None or line.amount >= 0:
            return ""
        day = self.published.get(line.pack)
        if day is not None and line.date < day:
            return f"规章于{day.isoformat()}公布，公布以前的事没有扣款依据"
        if self.law is None:
            return ""
        nature = self.nature(line)
        entry = self.law.forbidding("罚款" if nature in LIKE_FINES else nature, line.date)
        return f"{self.law.region}不得{entry.what}（依据{entry.cited}）" if entry is not None else ""
