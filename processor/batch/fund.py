"""The department fund: every fine that was in fact deducted goes in, what was spent goes out (OR-16)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from processor.decision import Decision
from processor.ledger import Ledger
from processor.pay import Month
from processor.policy import Binding, Pack
from processor.report.snapshot import FundStatement


@dataclass(frozen=True)
class Statement:
    """One unit's fund in one month, for its page and as a line of decisions.csv."""

    BINDING: ClassVar[str] = "fund"
    shown: FundStatement
    decision: Decision | None

    @property
    def unit(self) -> str:
        return self.shown.unit

    @property
    def period(self) -> str:
        return self.shown.period

    @property
    def closing(self) -> int:
        return self.shown.closing


def statements(
    ledger: Ledger, units: Mapping[str, Sequence[Pack]], pay: Sequence[Month], closed: Collection[str]
) -> list[Statement]:
    """No statement yet."""
    return []
