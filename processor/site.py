"""A site: its folders, schedule, units and their packs, managers, points, wage limit, exports and limits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

from processor.catalogue.dated import Dated

#: Of what a message can tell.
NEWS = ("problems", "pending", "reminders", "published")


@dataclass(frozen=True)
class WageLimit:
    """How much of a month's wage deductions may take: a share of it, and never so much that less than the minimum is left.

    share: fraction of the monthly wage. minimum_wage: fen, 0 = none. Before the first day of either it does not limit.
    """

    share: Dated[Decimal]
    minimum_wage: Dated[int]

    def on(self, wage: int, day: date) -> int:
        """The most that may be deducted from a monthly wage as of a day; fen, never below 0."""
        share = self.share.on(day)
        most = wage if share is None else int((share * wage).to_integral_value(ROUND_HALF_UP))
        return max(0, min(most, wage - (self.minimum_wage.on(day) or 0)))


NO_LIMIT = WageLimit(Dated.always(Decimal(1)), Dated.always(0))


@dataclass(frozen=True)
class UnitSetting:
    """A store or department and the names of its packs.

    off: clauses of theirs that are not applied. managers: staff numbers of who answers for it. formerly: names that it
    had before, the oldest first. until: its last day; rows of later days are issues. answers: the folder, as a path below
    the inbox, from which alone answers about it count; empty: from anywhere. notify: addresses that hear of it.
    """

    name: str
    packs: tuple[str, ...]
    off: tuple[str, ...] = ()
    managers: tuple[str, ...] = ()
    formerly: tuple[str, ...] = ()
    until: date | None = None
    answers: str = ""
    notify: tuple[str, ...] = ()


@dataclass(frozen=True)
class RuleSetting:
    """How rules are changed. backtest_months: months of facts on which a change is tried. four_eyes: whether it takes two."""

    backtest_months: int
    four_eyes: bool


@dataclass(frozen=True)
class NotifySetting:
    """Who hears of batches by message, and of what. urls: Apprise's addresses, which may name variables as `${NAME}`."""

    urls: tuple[str, ...] = ()
    on: tuple[str, ...] = NEWS


@dataclass(frozen=True)
class NoticeRule:
    """Whether a deduction waits for its notice, and how many days the employee then has to appeal."""

    required: bool = False
    appeal_days: int = 5


@dataclass(frozen=True)
class LawSetting:
    """Whose law holds (empty: not set), and since when each pack's rule book is published."""

    region: str = ""
    published: Mapping[str, date] = field(default_factory=dict)


@dataclass(frozen=True)
class Site:
    """One site as its site.toml states it; folders are absolute. source: the bytes of the file.

    workers: how many processes share the work, or the address of a cluster's scheduler; None: one a core.
    """

    file: Path
    source: bytes
    name: str
    inbox: Path
    outbox: Path
    archive: Path
    ledger: str
    settle_seconds: float
    locale: str
    schedule: tuple[str, ...]
    poll_minutes: float
    units: tuple[UnitSetting, ...]
    managers: frozenset[str]
    payroll: frozenset[str]
    notice: NoticeRule
    law: LawSetting
    notify: NotifySetting
    points: Mapping[str, Dated[int]]
    wage_limit: WageLimit
    profiles: tuple[str, ...]
    parameters: Mapping[str, Mapping[str, Any]]
    limits: Mapping[str, int]
    rules: RuleSetting
    workers: int | str | None = None

    @property
    def folder(self) -> Path:
        """The folder of site.toml; paths in outputs are relative to it."""
        return self.file.parent

    @property
    def addresses(self) -> tuple[str, ...]:
        """Every address that hears of batches."""
        return tuple(dict.fromkeys([*self.notify.urls, *(url for unit in self.units for url in unit.notify)]))

    def relative(self, path: Path) -> str:
        """A path as outputs show it: relative to the site's folder, with forward slashes."""
        import os

        return Path(os.path.relpath(path, self.folder)).as_posix()
