"""Decides anew what a batch touched and keeps what changed; everything else stays as the ledger has it."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date
from itertools import islice

from processor.batch.bench import Afresh, Bench
from processor.batch.eras import Era, Share, with_eras
from processor.batch.keeping import Keeping, leads
from processor.batch.layers import Deciders, Item, Made, Pass, Points, in_layers
from processor.batch.policies import Closed, Regime
from processor.batch.reading import Reading
from processor.batch.selection import Touched
from processor.batch.work import Common, Deciding
from processor.batch.workers import Task, Workers
from processor.catalogue.naming import with_spoken
from processor.catalogue.pack import Binding, Pack
from processor.decision import Decision
from processor.engine.decide import ordered
from processor.engine.persons import Revoked
from processor.ledger.facts import Touch
from processor.roster import marked

#: Why a line no longer stands: what staff registered, or the rules, say otherwise.
FACTS, RULES = "按现有登记，这一条不再成立", "规则有改动，这一条不再成立"


#: The way of a unit through its layers: what is to be decided next out, what came of it in.
Steps = Generator[Task[Made], Made, None]
#: How many units are on their way at once, so that somebody else can decide for one while another is looked up or kept.
TOGETHER = 16


def _where_they_stood(standing: Iterable[Decision], told: Iterable[Decision]) -> list[Decision]:
    """The lines as newer rules make them; one that says what it said and stood on no row gets none by that."""
    without = {line.decision_id: line.fingerprint for line in standing if line.row is None}
    return [
        replace(line, row=None, column="") if without.get(line.decision_id) == line.fingerprint else line
        for line in told
    ]


def _others(by_unit: Mapping[str, Mapping[str, list[Touch]]], unit: str) -> dict[str, list[Touch]]:
    """The touches of all units but one, by register."""
    found: dict[str, list[Touch]] = {}
    for name, touches in by_unit.items():
        for register, rows in touches.items() if name != unit else ():
            found.setdefault(register, []).extend(rows)
    return found


class Judge:
    """One pass over the units.

    keeping: what came of the lines. undecided: unit, pack and closed month of rows that came and that nothing can decide,
    see `Closed.lost`.
    """

    def __init__(self, bench: Bench) -> None:
        self.bench = bench
        self.undecided: set[tuple[str, str, str]] = set()
        self.roster = bench.ledger.versions.roster(bench.as_of)
        self.names = self.roster.names
        self.keeping = Keeping(bench, self.roster)
        self.delivered = bench.ledger.runs.columns()
        self.reading = Reading(bench, self.roster)

    def judge(self, touches: Iterable[Touch], afresh: Afresh) -> None:
        """Decide what the touches reach, and what is to be decided afresh."""
        by_unit: dict[str, dict[str, list[Touch]]] = {}
        for touch in touches:
            if touch.unit is not None:
                by_unit.setdefault(touch.unit, {}).setdefault(touch.register, []).append(touch)
        self._note_undecided(by_unit)
        self._go(
            (self._afresh(unit, by_unit, afresh) for unit in self.bench.units),
            self.bench.workers.among(self._sizes(by_unit, afresh)),
        )

    def _sizes(self, by_unit: Mapping[str, Mapping[str, list[Touch]]], afresh: Afresh) -> list[int]:
        """About how many rows are looked at for each unit."""
        if afresh.wholly or afresh.packs:
            return self.bench.ledger.facts.sizes()
        return [sum(map(len, touches.values())) for touches in by_unit.values()]

    def _note_undecided(self, by_unit: Mapping[str, Mapping[str, list[Touch]]]) -> None:
        """Note the closed months that touches reach and that no rule of this program can decide any more."""
        for unit, registers in by_unit.items():
            reached = {touch.day[:7] for touches in registers.values() for touch in touches if touch.day is not None}
            for pack, months in self._closed_of(unit).lost.items():
                self.undecided |= {(unit, pack, month) for month in months & reached}

    def _go(self, units: Iterable[Steps], workers: Workers) -> None:
        """Take units through their layers, several side by side, each step in an order that depends on nobody's speed."""
        common = Common(self.bench.as_of, self.bench.registers, self.roster, self._revoked(), self.delivered)
        self._deciders = Deciders(self.bench, self.reading, workers, common)
        going: deque[tuple[Steps, Task[Made]]] = deque()
        for unit in units:
            going.extend((unit, task) for task in islice(unit, 1))
            if len(going) >= TOGETHER:
                _on(going)
        while going:
            _on(going)
        self.keeping.follow_causes()
        self.keeping.keep_turns()
        self.bench.ledger.facts.let_go()

    def _afresh(self, unit: str, by_unit: Mapping[str, Mapping[str, list[Touch]]], afresh: Afresh) -> Steps:
        """What the touches reach in a unit, and what of it is to be decided afresh."""
        reached = Touched(
            self.bench.ledger,
            unit,
            by_unit.get(unit, {}),
            self.bench.before,
            self.bench.as_of,
            afresh.since.get(unit),
            _others(by_unit, unit),
        )
        for regime in self._closed_of(unit).regimes:
            yield from self._unit(reached, regime.packs, afresh, regime)
        yield from self._unit(reached, self.bench.units[unit], afresh)
        self._done(unit)

    def _done(self, unit: str) -> None:
        self.keeping.follow_causes(unit)
        self.reading.forget(unit)

    def _revoked(self) -> Revoked:
        """What managers revoked, each of the person whom it was about, whoever has the staff number now."""
        decisions = self.bench.ledger.decisions
        revoked = decisions.revoked()
        shared = [id for id, (_, staff_no, _) in revoked.items() if staff_no in self.roster.handed_over]
        owners = {
            id: marked(line.staff_no, self.roster.holder(line.staff_no, line.date, line.staff_name))
            for id, line in decisions.ever(shared).items()
        }
        return frozenset(
            (clause, owners.get(id, staff_no), subject) for id, (clause, staff_no, subject) in revoked.items()
        )

    def judge_again(self, reached: Mapping[str, frozenset[str]], first: date) -> None:
        """Decide again, from a day on and in closed months too, only these bindings (unit -> ids) and what reads their decisions.

        Units decide each by itself: a unit that is not named stays as it is.
        """
        self._go((self._once_more(unit, own, first) for unit, own in reached.items()), self.bench.workers)

    def _once_more(self, unit: str, own: Collection[str], first: date) -> Steps:
        ledger, as_of = self.bench.ledger, self.bench.as_of
        whole = Touched(ledger, unit, {}, as_of, as_of, first)
        rest = Touched(ledger, unit, {}, as_of, as_of)
        share = Share(eras=tuple(self.bench.eras.get(unit, ())))

        def passes(pack: Pack, binding: Binding, era: Era | None) -> Iterator[Pass]:
            selection = (whole if binding.id in own else rest).select(binding, self._changed(binding))
            if selection is not None:
                yield Pass(pack, binding, selection, share, RULES)

        items = ((pack, binding, None) for pack, binding in ordered(self.bench.units[unit]))
        yield from self._layers(unit, items, passes, self.bench.point_values)
        self._done(unit)

    def _closed_of(self, unit: str) -> Closed:
        return self.bench.closed.get(unit, Closed())

    def _unit(self, reached: Touched, packs: Sequence[Pack], afresh: Afresh, regime: Regime | None = None) -> Steps:
        """Decide a unit under today's packs, or closed months under those of their regime."""
        points = self.bench.point_values if regime is None else regime.points
        eras = tuple(self.bench.eras.get(reached.unit, ()) if regime is None else regime.eras)

        def passes(pack: Pack, binding: Binding, era: Era | None) -> Iterator[Pass]:
            for one in self._passes(reached, pack, binding, afresh, regime):
                yield replace(one, share=replace(one.share, era=era, eras=eras))

        yield from self._layers(reached.unit, with_eras(packs, eras), passes, points)

    def _passes(
        self, reached: Touched, pack: Pack, binding: Binding, afresh: Afresh, regime: Regime | None
    ) -> Iterator[Pass]:
        """What of a binding to decide, the months whose lines that may change, and why lines are gone then.

        A closed month changes by facts and answers alone, and under the rules under which it was closed.
        """
        closed = self._closed_of(reached.unit)
        sealed = closed.sealed.get(pack.name, frozenset())
        lost = tuple(self.bench.lost.get(reached.unit, {}).get(pack.name, ()))
        own = Share(sealed, lost=lost) if regime is None else Share(regime.months, inside=True)
        if reached.unit in afresh.wholly:
            yield Pass(pack, binding, reached.all(binding), own, FACTS)
            return
        selection = reached.select(binding, self._changed(binding))
        if regime is None and pack.name in afresh.packs.get(reached.unit, ()):
            if selection is not None and closed.months - sealed:
                yield Pass(pack, binding, selection, Share(closed.months - sealed, inside=True), FACTS)
            whole = Share(closed.months, lost=lost, fixed=True)
            yield Pass(pack, binding, reached.all(binding), whole, RULES)
        elif selection is not None:
            yield Pass(pack, binding, selection, own, FACTS)

    def _changed(self, binding: Binding) -> list[Decision]:
        """Lines of this batch that the binding reads, as they were and as they are."""
        pairs = self.keeping.changes.lines.values() if binding.after else ()
        return [line for pair in pairs for line in pair if line is not None and line.clause in binding.after]

    def _layers(
        self,
        unit: str,
        items: Iterable[Item],
        passes: Callable[[Pack, Binding, Era | None], Iterator[Pass]],
        points: Points,
    ) -> Steps:
        """Take a unit through these of its bindings, as many at once as do not read each other's decisions."""
        for layer in in_layers(item for item in items if not item[1].payroll):
            yield from self._layer(unit, [one for item in layer for one in passes(*item)], points)
            for pack, _, _ in layer:
                self.bench.tick(f"{unit} {pack.title}")

    def _layer(self, unit: str, passes: Sequence[Pass], points: Points) -> Steps:
        """Decide what is selected of each pass, and keep what of it is in its share."""
        given = [self._deciders.given(unit, one, points, one.selection) for one in passes]
        made = yield from self._deciders.decided(passes, given)
        tried: list[tuple[Deciding, list[Decision]]] = []
        for one, own, lines in zip(passes, given, made, strict=True):
            written = self._keep(unit, one, lines)
            computed = [line for line in written if one.pack.clauses[line.clause].kind == "computed"]
            if computed and self.bench.explains:
                few = one.selection if len(computed) == len(lines) else one.selection.of(computed)
                if few != one.selection:
                    own = replace(self._deciders.given(unit, one, points, few), changed=own.changed)
                tried.append((own, computed))
        if tried:
            lines = [line for _, computed in tried for line in computed]
            self.keeping.wait_for(lines, self._deciders.tried(tried), self._deciders.workers.ahead)

    def _keep(self, unit: str, one: Pass, made: Sequence[Decision]) -> list[Decision]:
        """Keep what was decided in a pass; the lines that were written."""
        share = one.share
        told = self._in_words([line for line in made if line in share and one.selection.covers(line)])
        standing = [line for line in one.selection.standing() if line in share]
        if share.eras or share.fixed:
            standing, told = self._apart(standing, told, share)
        if share.lost:
            told = self._as_they_stood(standing, told, share)
        if one.reason == RULES:
            told = _where_they_stood(standing, told)
        writes = self.bench.keeps or self._is_read(unit, one.binding, [*standing, *told])
        return self.keeping.keep(standing, told, one.reason, writes=writes)

    def _is_read(self, unit: str, binding: Binding, lines: Iterable[Decision]) -> bool:
        """Whether another binding of the unit reads these lines of one, or others may hang on them."""
        read = {clause for pack in self.bench.units[unit] for other in pack.bindings for clause in other.after}
        return not read.isdisjoint(binding.clauses) or any(
            line.linked_to or leads(line) != leads(None) for line in lines
        )

    def _apart(
        self, standing: list[Decision], told: list[Decision], share: Share
    ) -> tuple[list[Decision], list[Decision]]:
        """The lines of a share beside those of other versions of the pack.

        A threshold that one window reaches under both is one line: that of the earlier days, whose version goes first.
        """
        known = {line.decision_id for line in standing}
        found = self.bench.ledger.decisions.by_id(line.decision_id for line in told if line.decision_id not in known)
        if share.era is not None:
            return [*standing, *found.values()], told
        return standing, [
            line for line in told if line.decision_id not in found or not share.is_of_another(found[line.decision_id])
        ]

    def _as_they_stood(self, standing: Iterable[Decision], told: Iterable[Decision], share: Share) -> list[Decision]:
        """The lines, those of days whose version is lost as they stood where they rest on the same rows."""
        rests_on = {line.decision_id: {*line.evidence, line.row} for line in standing if share.is_lost(line)}
        same = {line.decision_id for line in told if rests_on.get(line.decision_id) == {*line.evidence, line.row}}
        bases = self.bench.ledger.decisions.bases(same)
        return [bases.get(line.decision_id, line) for line in told]

    def _in_words(self, lines: Sequence[Decision]) -> list[Decision]:
        """The lines with composite keys said as the register of the judged row says them."""
        keyed = {line.row for line in lines if line.row is not None and "|" in line.subject and "|" in str(line.text)}
        registers = self.bench.ledger.places.registers_of(keyed) if keyed else {}
        return [
            replace(line, text=with_spoken(line.text, line.subject, [self.bench.registers[registers[line.row]]]))
            if line.row in registers
            else line
            for line in lines
        ]

    def decides(self, line: Decision) -> bool:
        """Whether this program still has the rules that decide a line; it may lack those of a closed month."""
        return line.period not in self._closed_of(line.unit).lost.get(line.pack, ())


def _on(going: deque[tuple[Steps, Task[Made]]]) -> None:
    """Take the unit that has waited longest one step further."""
    unit, task = going.popleft()
    with suppress(StopIteration):
        going.append((unit, unit.send(task.result())))


def touch_of(line: Decision, packs: Iterable[Pack]) -> list[Touch]:
    """The touch that has a line's window decided anew: its own row, on its day."""
    for pack in packs:
        for binding in pack.bindings:
            if pack.name == line.pack and binding.id == line.binding:
                day = line.date.isoformat()
                return [Touch(register, line.unit, day, line.row) for register in binding.reads or [line.pack]]
    return []
