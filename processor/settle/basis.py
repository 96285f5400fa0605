"""On what ground money is taken: lines that the law of the region, or a rule book not yet published, does not bear."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP
from functools import cached_property

from processor.catalogue.law import Law
from processor.catalogue.nature import Natures, natures
from processor.catalogue.pack import Pack
from processor.decision import Decision
from processor.settle.pay import Bound
from processor.site import WageLimit

#: What an entry of the law says of fines holds for these, too, until a reviewed entry says otherwise.
LIKE_FINES = frozenset({"点数", "绩效"})


@dataclass(frozen=True)
class Limits:
    """What may be deducted from a month's wage: by the site's limit, and by the law's shares for some natures."""

    site: WageLimit
    law: Law | None = None

    def on(self, wage: int, day: date) -> Bound:
        """The most that may be deducted from a monthly wage (fen) as of a day."""
        shares = self.law.shares(day) if self.law is not None else {}
        parts = {n: int((share * wage).to_integral_value(ROUND_HALF_UP)) for n, share in shares.items()}
        return Bound(self.site.on(wage, day), parts)


@dataclass(frozen=True)
class Basis:
    """law: of the region, None where none is set. published: pack -> day on which its rule book was published.

    effects: id of an adjustment -> the effect of the line that it adjusts.
    """

    law: Law | None
    published: Mapping[str, date]
    packs: Mapping[str, Pack]
    effects: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def _natures(self) -> Natures:
        return natures(self.packs.values())

    def nature(self, line: Decision) -> str:
        """The nature of a line; of an adjustment, that of the line that it adjusts."""
        return self._natures.of(line.clause, self.effects.get(line.decision_id, line.effect))

    def judged_as(self, line: Decision) -> str:
        """The nature by which the law judges a line."""
        nature = self.nature(line)
        return "罚款" if nature in LIKE_FINES else nature

    def objection(self, line: Decision) -> str:
        """Why nothing may be deducted for a line, in Chinese; empty where something may."""
        if line.amount is None or line.amount >= 0:
            return ""
        day = self.published.get(line.pack)
        if day is not None and line.date < day:
            return f"规章于{day.isoformat()}公布，公布以前的事没有扣款依据"
        if self.law is None:
            return ""
        entry = self.law.forbidding(self.judged_as(line), line.date)
        return f"{self.law.region}不得{entry.what}（依据{entry.cited}）" if entry is not None else ""
