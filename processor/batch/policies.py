"""Which rules govern what: today's the open months, and each closed month those under which it was closed."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from typing import TypeVar

from processor.batch.amendments import KNOWN, new_amendments
from processor.batch.eras import Era, Span, eras_of, extended, under_figures_of, without_past
from processor.batch.roster import Concern
from processor.batch.setup import Setup
from processor.catalogue.dated import Dated
from processor.catalogue.kept import own_figures, restored
from processor.catalogue.pack import Pack
from processor.catalogue.parameter import dated
from processor.decision import Decision
from processor.engine.decide import check_bindings
from processor.errors import PolicyError
from processor.ledger import Ledger
from processor.ledger.rules import KeptPack, Rules
from processor.messages import tell

log = logging.getLogger(__name__)
POLICIES, ERAS = "policies", "eras"
T = TypeVar("T")


@dataclass(frozen=True)
class Regime:
    """Packs, their former versions and values of points under which a unit's months were closed, where today's are others."""

    packs: tuple[Pack, ...]
    eras: tuple[Era, ...]
    points: Mapping[str, Dated[int]]
    months: frozenset[str]


@dataclass(frozen=True)
class Closed:
    """The closed months of one unit. regimes: former rules; sealed: pack -> months that today's pack does not decide.

    lost: pack -> the months of these that nothing decides, since this program cannot read the rules of then.
    """

    months: frozenset[str] = frozenset()
    regimes: tuple[Regime, ...] = ()
    sealed: Mapping[str, frozenset[str]] = field(default_factory=dict)
    lost: Mapping[str, frozenset[str]] = field(default_factory=dict)


class Policies:
    """The rules of one batch beside those of the batch before and of closed months.

    before: unit -> pack -> its rules. eras: unit -> the former versions that still decide days of open months.
    lost: unit -> pack -> what those should decide that this program cannot read, or that no program kept: what stands of
    these days stays under newer rules, and what comes or is corrected is decided by today's.
    """

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
        self._spans = self._former_versions()
        self._today: dict[str, dict[str, list[Era]]] = {}
        self.lost: dict[str, dict[str, list[Span]]] = {}
        for unit, own in self._spans.items():
            for pack in (pack for pack in setup.units[unit] if pack.name in own):
                versions = self._versions(pack, own[pack.name])
                self._today.setdefault(unit, {})[pack.name] = eras_of(own[pack.name], versions)
                lost = [span for span in own[pack.name] if span.digest not in versions]
                if lost:
                    self.lost.setdefault(unit, {})[pack.name] = lost
        self.eras = {unit: [era for eras in packs.values() for era in eras] for unit, packs in self._today.items()}

    def _under_any_name(self, unit: str, by_unit: Mapping[str, Mapping[str, T]]) -> Mapping[str, T]:
        return next((by_unit[name] for name in self._names[unit] if name in by_unit), {})

    def _former_versions(self) -> dict[str, dict[str, list[Span]]]:
        """What former versions decide: what the batch before left, and what the newer packs of this one bring."""
        known: dict[str, dict[str, list[dict[str, str]]]] = self.ledger.runs.setting(ERAS) or {}
        told: Mapping[str, list[list[str]]] = self.ledger.runs.setting(KNOWN) or {}
        found: dict[str, dict[str, list[Span]]] = {}
        for unit, packs in self.setup.units.items():
            left = self._under_any_name(unit, known)
            for pack in packs:
                spans = [Span(**entry) for entry in left.get(pack.name, ())]
                digest = self.before[unit].get(pack.name, "").partition(" ")[0]
                if digest and digest != pack.digest:
                    spans = extended(spans, digest, new_amendments(pack, told))
                if spans:
                    found.setdefault(unit, {})[pack.name] = spans
        return found

    def _versions(self, today: Pack, spans: Sequence[Span]) -> dict[str, Pack]:
        """The former versions of a pack by digest, under the figures of today; one that cannot be read is left out."""
        versions = {}
        for digest, kept in self.ledger.rules.packs(span.digest for span in spans).items():
            try:
                versions[digest] = under_figures_of(kept, today, self.setup.registers)
                check_bindings([versions[digest]], self.setup.registers)
            except PolicyError as error:
                versions.pop(digest, None)
                log.warning(
                    tell(
                        "days before a change of pack {pack} stay as they are, and what comes of them follows the rules of today: {error}",
                        pack=kept.pack,
                        error=error,
                    )
                )
        return versions

    def is_former(self, line: Decision) -> bool:
        """Whether a line of an open month is a former version's, also where that cannot be read."""
        lost = self.lost.get(line.unit, {}).get(line.pack, ())
        return any(era.decides(line) for era in self.eras.get(line.unit, ())) or any(span.holds(line) for span in lost)

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
        runs = self.ledger.runs
        runs.keep_setting(POLICIES, self._now)
        if self._spans or runs.setting(ERAS):
            runs.keep_setting(ERAS, without_past(self._spans, *_open(self.ledger)))
        self.ledger.rules.keep_packs(_kept(pack) for pack in self.setup.packs)
        for month in [month for month, rules in self.ledger.rules.of_months().items() if rules is None]:
            self.keep_for(month)

    def keep_for(self, month: str) -> None:
        """Remember today's rules as those under which a month was closed."""
        former: dict[str, dict[str, list[dict[str, str]]]] = {}
        for unit, packs in self._today.items():
            for name, eras in packs.items():
                reaching = [asdict(span) for span in _of_month(eras, month)]
                if reaching:
                    former.setdefault(unit, {})[name] = reaching
        self.ledger.rules.keep_packs(_kept(era.pack) for eras in self.eras.values() for era in eras)
        self.ledger.rules.keep(month, replace(self.rules, former=former))

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
        lost: dict[str, set[str]] = {}
        former: dict[tuple, tuple[Rules, set[str]]] = {}
        for month, rules in sorted(known.items()):
            if rules is None:
                continue
            then = self._under_any_name(unit, rules.units)
            spans = {
                name: [Span(**entry) for entry in own] for name, own in self._under_any_name(unit, rules.former).items()
            }
            others = {
                name: digest
                for name, digest in then.items()
                if (digest, spans.get(name, [])) != (now.get(name), self._spans_now(unit, name, month))
                or rules.points != self.rules.points
            }
            for name in {*others, *(name for name in now if name not in then)}:
                sealed.setdefault(name, set()).add(month)
            readable = {
                name: digest
                for name, digest in others.items()
                if kept.keys() >= {digest, *(span.digest for span in spans.get(name, ()))}
            }
            for name in others.keys() - readable.keys():
                lost.setdefault(name, set()).add(month)
            if readable:
                own = tuple((name, digest, tuple(spans.get(name, ()))) for name, digest in sorted(readable.items()))
                former.setdefault((own, repr(rules.points)), (rules, set()))[1].add(month)
        return Closed(
            frozenset(known),
            tuple(
                Regime(
                    tuple(kept[digest] for _, digest, _ in own),
                    tuple(era for _, _, spans in own for era in eras_of(spans, kept)),
                    _points(rules),
                    frozenset(months),
                )
                for (own, _), (rules, months) in former.items()
            ),
            {name: frozenset(months) for name, months in sealed.items()},
            {name: frozenset(months) for name, months in lost.items()},
        )

    def _spans_now(self, unit: str, pack: str, month: str) -> list[Span]:
        """What former versions decide of a month as of today."""
        return _of_month(self._today.get(unit, {}).get(pack, []), month)

    def _restored(self, known: Mapping[str, Rules | None]) -> dict[str, Pack]:
        """Kept packs by digest. One that this program cannot decide by is left out."""
        own = {pack.digest: pack for packs in self.setup.units.values() for pack in packs}
        own |= {era.pack.digest: era.pack for eras in self.eras.values() for era in eras}
        digests = {digest for rules in known.values() if rules is not None for digest in _digests(rules)}
        found = {digest: own[digest] for digest in digests & own.keys()}
        for digest, kept in self.ledger.rules.packs(digests - own.keys()).items():
            try:
                pack = restored(kept.pack, kept.source, kept.own, self.setup.registers)
                check_bindings([pack], self.setup.registers)
                found[digest] = pack
            except PolicyError as error:
                log.warning(tell("closed months of pack {pack} stay as they are: {error}", pack=kept.pack, error=error))
        return found


def _kept(pack: Pack) -> KeptPack:
    return KeptPack(pack.digest, pack.name, pack.source, own_figures(pack))


def _of_month(eras: Sequence[Era], month: str) -> list[Span]:
    """What of the eras concerns a month, by the versions as they are under today's figures."""
    return sorted(
        Span(era.pack.digest, clause, first.isoformat(), end.isoformat())
        for era in eras
        for clause, (first, end) in era.days.items()
        if Span("", clause, first.isoformat(), end.isoformat()).reaches(month)
    )


def _digests(rules: Rules) -> set[str]:
    """Every version of a pack that governed a month."""
    units = {digest for packs in rules.units.values() for digest in packs.values()}
    return units | {entry["digest"] for packs in rules.former.values() for own in packs.values() for entry in own}


def lost_rules(setup: Setup, ledger: Ledger) -> list[tuple[str, str, frozenset[str]]]:
    """Unit, pack, and its closed months whose rules this program cannot decide by."""
    closed = Policies(setup, ledger, date.max).closed()
    return [(unit, pack, months) for unit, own in closed.items() for pack, months in sorted(own.lost.items())]


def lost_days(setup: Setup, ledger: Ledger) -> list[tuple[str, str, list[Span]]]:
    """Unit, pack, and the days of open months that a former version should decide which this program does not have."""
    kept = without_past(Policies(setup, ledger, date.max).lost, *_open(ledger))
    return [(unit, pack, spans) for unit, packs in kept.items() for pack, spans in sorted(packs.items())]


def _open(ledger: Ledger) -> tuple[frozenset[str], str]:
    """The closed months, and the first open one with a line."""
    closed = ledger.periods.closed()
    return closed, ledger.decisions.first_open(closed)


def former_packs(closed: Mapping[str, Closed]) -> list[Pack]:
    """Every pack under which months were closed and which today's has replaced."""
    regimes = [regime for own in closed.values() for regime in own.regimes]
    return [pack for each in regimes for pack in (*each.packs, *(era.pack for era in each.eras))]


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
