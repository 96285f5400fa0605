"""Which rules govern what: today's the open months, and each closed month those under which it was closed."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from processor.batch.roster import Concern
from processor.batch.setup import Setup
from processor.catalogue.dated import Dated
from processor.catalogue.kept import own_figures, restored
from processor.catalogue.pack import Pack
from processor.catalogue.parameter import dated
from processor.engine.decide import check_bindings
from processor.errors import PolicyError
from processor.ledger import Ledger
from processor.ledger.rules import KeptPack, Rules

log = logging.getLogger(__name__)
POLICIES = "policies"


@dataclass(frozen=True)
class Regime:
    """Packs and values of points under which a unit's months were closed, where today's are others."""

    packs: tuple[Pack, ...]
    points: Mapping[str, Dated[int]]
    months: frozenset[str]


@dataclass(frozen=True)
class Closed:
    """The closed months of one unit. regimes: former rules; sealed: pack -> months that today's pack does not decide."""

    months: frozenset[str] = frozenset()
    regimes: tuple[Regime, ...] = ()
    sealed: Mapping[str, frozenset[str]] = field(default_factory=dict)


class Policies:
    """The rules of one batch beside those of the batch before and of closed months. before: unit -> pack -> its rules."""

    def __init__(self, setup: Setup, ledger: Ledger, as_of: date) -> None:
        self.setup, self.ledger = setup, ledger
        self.rules = rules_of(setup)
        points = repr(sorted((grade, sorted(values.items())) for grade, values in self.rules.points.items()))
        self._now = {
            unit: {pack.name: f"{pack.digest} {pack.figures_by(as_of)} {points}" for pack in packs}
            for unit, packs in setup.units.items()
        }
        self._names = {unit.name: (unit.name, *unit.formerly) for unit in setup.site.units}
        kept: dict[str, dict[str, str]] = ledger.runs.setting(POLICIES) or {}
        self.before = {unit: self._under_any_name(unit, kept) for unit in setup.units}

    def _under_any_name(self, unit: str, by_unit: Mapping[str, Mapping[str, str]]) -> Mapping[str, str]:
        return next((by_unit[name] for name in self._names[unit] if name in by_unit), {})

    def changed(self) -> dict[str, frozenset[str]]:
        """Unit -> packs whose rules or figures are new, others than in the batch before, or gone."""
        return {
            unit: frozenset(
                name for name in {*packs, *self.before[unit]} if packs.get(name) != self.before[unit].get(name)
            )
            for unit, packs in self._now.items()
        }

    def touched_wholly(self, concerns: Concern) -> frozenset[str]:
        """Units of which a changed roster concerns every day."""
        return frozenset(unit for unit in self._now if concerns.get(unit, date.max) is None)

    def keep(self) -> None:
        """Remember the rules of this batch; months of which nobody knows how they were closed stay under them, too."""
        self.ledger.runs.keep_setting(POLICIES, self._now)
        unknown = [month for month, rules in self.ledger.rules.of_months().items() if rules is None]
        if unknown:
            self.keep_for(unknown)

    def keep_for(self, months: Iterable[str]) -> None:
        """Remember today's rules as those under which months were closed."""
        packs = [pack for own in self.setup.units.values() for pack in own]
        kept = [KeptPack(pack.digest, pack.name, pack.source, own_figures(pack)) for pack in packs]
        self.ledger.rules.keep(months, self.rules, kept)

    def closed(self) -> dict[str, Closed]:
        """The closed months of each unit and the rules that hold for them."""
        known = self.ledger.rules.of_months()
        if not known:
            return {}
        kept = self._restored(known)
        return {unit: self._of_unit(unit, known, kept) for unit in self.setup.units}

    def _of_unit(self, unit: str, known: Mapping[str, Rules | None], kept: Mapping[str, Pack]) -> Closed:
        now = self.rules.units[unit]
        sealed: dict[str, set[str]] = {}
        former: dict[tuple, tuple[list[Pack], Rules, set[str]]] = {}
        for month, rules in sorted(known.items()):
            if rules is None:
                continue
            then = self._under_any_name(unit, rules.units)
            same_points = rules.points == self.rules.points
            others = {
                name: digest
                for name, digest in then.items()
                if digest in kept and not (same_points and now.get(name) == digest)
            }
            for name in {*others, *(name for name in now if name not in then)}:
                sealed.setdefault(name, set()).add(month)
            if others:
                key = (tuple(sorted(others.items())), repr(rules.points))
                packs = [kept[digest] for digest in others.values()]
                former.setdefault(key, (packs, rules, set()))[2].add(month)
        return Closed(
            frozenset(known),
            tuple(Regime(tuple(packs), _points(rules), frozenset(months)) for packs, rules, months in former.values()),
            {name: frozenset(months) for name, months in sealed.items()},
        )

    def _restored(self, known: Mapping[str, Rules | None]) -> dict[str, Pack]:
        """Kept packs by digest. One that this program cannot decide by is left out: today's takes its place."""
        own = {pack.digest: pack for packs in self.setup.units.values() for pack in packs}
        digests = {
            digest
            for rules in known.values()
            if rules is not None
            for packs in rules.units.values()
            for digest in packs.values()
        }
        found = {digest: own[digest] for digest in digests & own.keys()}
        for digest, kept in self.ledger.rules.packs(digests - own.keys()).items():
            try:
                pack = restored(kept.pack, kept.source, kept.own, self.setup.registers)
                check_bindings([pack], self.setup.registers)
                found[digest] = pack
            except PolicyError as error:
                log.warning("closed months of pack %s follow the rules of today: %s", kept.pack, error)
        return found


def former_packs(closed: Mapping[str, Closed]) -> list[Pack]:
    """Every pack under which months were closed and which today's has replaced."""
    return [pack for own in closed.values() for regime in own.regimes for pack in regime.packs]


def differing_figures(setup: Setup, ledger: Ledger) -> list[str]:
    """The site's undated figures that the last closed month had otherwise: they hold from the day after it."""
    known = ledger.rules.of_months()
    if not known:
        return []
    month = max(known)
    then = known[month]
    if then is None:
        return []
    now = rules_of(setup)
    first = date.min.isoformat()
    tables = {"points": (then.points, now.points), "wage_limit": (then.wage_limit, now.wage_limit)}
    found = [
        f"{table}.{key}"
        for table, (past, present) in tables.items()
        for key, values in present.items()
        if first in values and past.get(key) != values
    ]
    kept = ledger.rules.packs(digest for packs in then.units.values() for digest in packs.values())
    before = {pack.pack: pack.own["figures"] for pack in kept.values()}
    after = {pack.name: own_figures(pack)["figures"] for pack in setup.packs}
    found += [
        f"parameters.{name}.{key}"
        for name, values in setup.site.parameters.items()
        for key, value in values.items()
        if name in before and dated(value) is None and before[name].get(key) != after.get(name, {}).get(key)
    ]
    return found


def rules_of(setup: Setup) -> Rules:
    """The rules of the site as the ledger keeps them."""
    site = setup.site
    return Rules(
        units={unit: {pack.name: pack.digest for pack in packs} for unit, packs in setup.units.items()},
        points={grade: _by_day(value) for grade, value in site.points.items()},
        wage_limit={
            "share": {day: str(value) for day, value in _by_day(site.wage_limit.share).items()},
            "minimum_wage": {day: str(value) for day, value in _by_day(site.wage_limit.minimum_wage).items()},
        },
    )


def _by_day(figure: Dated) -> dict:
    return {day.isoformat(): value for day, value in figure.values.items()}


def _points(rules: Rules) -> dict[str, Dated[int]]:
    return {
        grade: Dated({date.fromisoformat(day): value for day, value in sorted(values.items())})
        for grade, values in rules.points.items()
    }
