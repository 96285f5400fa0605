"""The bindings of a unit in layers: those of one read nothing that another of them decides, and are decided in one task."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from processor.batch.bench import Bench
from processor.batch.eras import Era, Share
from processor.batch.reading import Reading
from processor.batch.selection import Selection
from processor.batch.work import Asked, Common, Deciding, Turns, Version, decided, turns_of, values
from processor.batch.workers import Shared, Task, Workers
from processor.catalogue.dated import Dated
from processor.catalogue.pack import Binding, Pack
from processor.decision import Decision
from processor.engine.decider import has_basis

#: A binding of a pack, and the former version of the pack of which it is, if it is one's.
Item = tuple[Pack, Binding, Era | None]
#: What the site pays for a point of each pack.
Points = Mapping[str, Dated[int]]
Made = list[list[Decision] | Asked]


@dataclass(frozen=True)
class Pass:
    """One binding, what of it is decided again, and the lines that may change by that. reason: why lines are gone then."""

    pack: Pack
    binding: Binding
    selection: Selection
    share: Share
    reason: str


def in_layers(items: Iterable[Item]) -> Iterator[list[Item]]:
    """The bindings in their order, a list ends before one that reads what an earlier one of it decides, or replaces it."""
    layer: list[Item] = []
    clauses: set[str] = set()
    names: set[tuple[str, str]] = set()
    for pack, binding, era in items:
        name = pack.name, binding.id
        if name in names or not clauses.isdisjoint(binding.after):
            yield layer
            layer, clauses, names = [], set(), set()
        layer.append((pack, binding, era))
        clauses.update(binding.clauses)
        names.add(name)
    if layer:
        yield layer


class Deciders:
    """Has layers of a unit decided, and what would have changed their lines found, by whoever does the tasks of a batch."""

    def __init__(self, bench: Bench, reading: Reading, workers: Workers, common: Common) -> None:
        self.bench, self.reading, self.workers = bench, reading, workers
        self._common = Shared(common)
        self._packs: dict[Version, Shared[Pack]] = {}

    def given(self, unit: str, one: Pass, points: Points, selection: Selection) -> Deciding:
        """What the binding of a pass is to decide on so that what is selected comes out."""
        version = one.pack.name, one.pack.digest
        self._packs.setdefault(version, Shared(one.pack))
        return Deciding(
            unit=unit,
            known_as=self.bench.known_as.get(unit, unit),
            pack=version,
            binding=one.binding.id,
            facts=self.reading.facts(unit, one.binding, selection),
            earlier=selection.earlier() if one.binding.after else (),
            active_months=self.reading.months(unit, selection.span()),
            point_values=points,
            renamed=self.reading.renamed(one.binding),
            illegible=self.reading.illegible(unit, one.binding),
        )

    def decided(
        self, passes: Sequence[Pass], given: list[Deciding]
    ) -> Generator[Task[Made], Made, list[list[Decision]]]:
        """What each pass decides. One that asks for more is given that, in `given` too, and decided again."""
        made: list[list[Decision]] = [[] for _ in passes]
        each = enumerate(zip(passes, given, strict=True))
        left = [place for place, (one, own) in each if has_basis(one.binding, values(own.facts), own.earlier)]
        while left:
            layer = [given[place] for place in left]
            found = yield self.workers.submit(decided, self._common, layer, *self._of(layer))
            for place, lines in zip(left, found, strict=True):
                if isinstance(lines, Asked):
                    given[place] = self._with_versions(given[place], lines.register)
                else:
                    made[place] = lines
            left = [place for place, lines in zip(left, found, strict=True) if isinstance(lines, Asked)]
        return made

    def tried(self, lines: Sequence[tuple[Deciding, Sequence[Decision]]]) -> Task[Turns]:
        """What would have changed these lines of some passes."""
        return self.workers.submit(turns_of, self._common, lines, *self._of([given for given, _ in lines]))

    def _of(self, layer: Sequence[Deciding]) -> list[Shared[Pack]]:
        """The packs that a layer is decided by."""
        return [self._packs[version] for version in dict.fromkeys(given.pack for given in layer)]

    def _with_versions(self, given: Deciding, register: str) -> Deciding:
        versions = self.bench.ledger.versions.changed(register, given.unit, self.bench.as_of)
        return replace(given, changed={**given.changed, register: versions})
