"""Former versions of packs that go on deciding the days before a newer version takes effect (`changes … since`)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from processor.calendars import window_range
from processor.catalogue.pack import Amendment, Binding, Pack
from processor.catalogue.pack_reader import read_pack
from processor.catalogue.register import Register
from processor.decision import Decision
from processor.engine.decide import ordered
from processor.ledger.rules import KeptPack


@dataclass(frozen=True, order=True)
class Span:
    """Of which days a version of a pack decides a clause: from `first` on, no longer on `end`; as the ledger keeps it."""

    digest: str
    clause: str
    first: str
    end: str

    def reaches(self, month: str) -> bool:
        """Whether one of its days lies in a month."""
        first, last = window_range(month, "month")
        return self.first <= last.isoformat() and self.end > first.isoformat()

    def holds(self, line: Decision) -> bool:
        """Whether a line of the pack is about one of these days."""
        return line.clause == self.clause and self.first <= line.date.isoformat() < self.end


#: Unit -> pack -> what its former versions still decide.
Spans = Mapping[str, Mapping[str, Sequence[Span]]]


@dataclass(frozen=True)
class Era:
    """A former version of a pack with what it still decides: clause -> days, as first one and first one no longer."""

    pack: Pack
    days: Mapping[str, tuple[date, date]]

    def decides(self, line: Decision) -> bool:
        """Whether a line is this version's."""
        if line.pack != self.pack.name or line.clause not in self.days:
            return False
        first, end = self.days[line.clause]
        return first <= line.date < end

    def concerns(self, binding: Binding) -> bool:
        """Whether a binding of this version still decides anything."""
        return any(clause in self.days for clause in binding.clauses)


@dataclass(frozen=True)
class Share:
    """Which lines of a binding a pass may change: those of these months, or of all others.

    era: the former version of the pack that decides in this pass, None for the pack itself; eras: every former version
    that decides some days of these months. lost: days of which no version is left, see `Policies.lost`; fixed: whether
    the lines of these stay out of the pass.
    """

    named: frozenset[str] = frozenset()
    inside: bool = False
    era: Era | None = None
    eras: tuple[Era, ...] = ()
    lost: tuple[Span, ...] = ()
    fixed: bool = False

    def __contains__(self, line: Decision) -> bool:
        if (line.period in self.named) != self.inside:
            return False
        return not self.is_of_another(line) if self.era is None else self.era.decides(line)

    def is_of_another(self, line: Decision) -> bool:
        """Whether another version of the pack decides the line's day, or none may."""
        others = any(era.decides(line) for era in self.eras if era is not self.era)
        return others or (self.fixed and self.is_lost(line))

    def is_lost(self, line: Decision) -> bool:
        """Whether the version of the line's day is lost."""
        return any(span.holds(line) for span in self.lost)


def with_eras(packs: Sequence[Pack], eras: Sequence[Era]) -> Iterator[tuple[Pack, Binding, Era | None]]:
    """The bindings of a unit in order, before each the same one of former versions; those that are gone come first."""
    own = ordered(packs)
    known = {(pack.name, binding.id) for pack, binding in own}
    former = [(era, binding) for era in eras for binding in era.pack.bindings if era.concerns(binding)]
    for era, binding in former:
        if (era.pack.name, binding.id) not in known:
            yield era.pack, binding, era
    for pack, binding in own:
        for era, earlier in former:
            if (era.pack.name, earlier.id) == (pack.name, binding.id):
                yield era.pack, earlier, era
        yield pack, binding, None


def extended(spans: Iterable[Span], digest: str, amendments: Iterable[Amendment]) -> list[Span]:
    """What former versions decide once a newer one came.

    digest: of the version in use until now; amendments: what the newer one brings, each from its day on.
    """
    found = list(spans)
    for amendment in amendments:
        since = amendment.since.isoformat()
        mine = sorted(span for span in found if span.clause == amendment.clause)
        others = [span for span in found if span.clause != amendment.clause]
        kept = [replace(span, end=min(span.end, since)) for span in mine if span.first < since]
        begins = max((span.end for span in kept), default=date.min.isoformat())
        if begins < since:
            kept.append(Span(digest, amendment.clause, begins, since))
        found = [*others, *kept]
    return sorted(found)


def eras_of(spans: Iterable[Span], versions: Mapping[str, Pack]) -> list[Era]:
    """The versions that still decide something, oldest first; one that cannot be read decides nothing (`Policies.lost`)."""
    found: dict[str, dict[str, tuple[date, date]]] = {}
    for span in sorted(spans, key=lambda span: span.end):
        days = (date.fromisoformat(span.first), date.fromisoformat(span.end))
        found.setdefault(span.digest, {})[span.clause] = days
    return [Era(versions[digest], days) for digest, days in found.items() if digest in versions]


def under_figures_of(kept: KeptPack, today: Pack, registers: Mapping[str, Register]) -> Pack:
    """A former version with the figures and switches that the site sets today. Raises PolicyError where it cannot be read."""
    pack = read_pack(f"{kept.pack}.yaml", kept.source, registers)
    figures = {}
    for figure in today.parameters.values():
        called = [name for name in (figure.name, *figure.formerly) if name in pack.parameters]
        if figure.origins and called and pack.parameters[called[0]].type == figure.type:
            own = {day: (figure.values[day], origin) for day, origin in figure.origins.items()}
            figures[called[0]] = pack.parameters[called[0]].from_then_on(own)
    switches = {clause: switch for clause, switch in today.switches.items() if clause in pack.clauses}
    return pack.amended(figures, switches)


def without_past(spans: Spans, closed: Collection[str], first_open: str) -> dict[str, dict[str, list[Span]]]:
    """What former versions decide of months that are not closed. first_open: the first open month with a line."""

    def is_past(span: Span) -> bool:
        last = date.fromordinal(date.fromisoformat(span.end).toordinal() - 1).isoformat()[:7]
        return last in closed and last < first_open

    found = {
        unit: {pack: [span for span in own if not is_past(span)] for pack, own in packs.items()}
        for unit, packs in spans.items()
    }
    return {
        unit: {pack: own for pack, own in packs.items() if own} for unit, packs in found.items() if any(packs.values())
    }
