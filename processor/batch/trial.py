"""What other rules would have made of the facts: decided by the code that decides, kept by nobody."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from processor.batch.bench import Bench
from processor.batch.changes import Changes
from processor.batch.illegible import Illegible, illegible_rows
from processor.batch.judge import Judge
from processor.batch.policies import Policies
from processor.batch.setup import Setup
from processor.batch.workers import Workers
from processor.catalogue.pack import Binding, Pack
from processor.catalogue.proposal import Impact
from processor.decision import Decision
from processor.ledger import Ledger

Units = Mapping[str, Sequence[Pack]]
#: How many lines of one person, month and clause are written out.
SAID = 10


@dataclass(frozen=True)
class Trial:
    """What a trial needs beside the rules. as_of: the day as of which it decides; tick: called after each binding.

    workers: who decides, units side by side.
    """

    setup: Setup
    ledger: Ledger
    as_of: date
    tick: Callable[[str], None] = lambda label: None
    workers: Workers = field(default_factory=Workers)

    @cached_property
    def _illegible(self) -> Illegible:
        """The rows that nobody could read: the same for all that is tried."""
        roster = self.ledger.versions.roster(self.as_of)
        return illegible_rows(self.ledger, self.setup.registers, roster, list(self.setup.units))

    def compare(
        self, now: Units, other: Units, first: date, *, settled: bool, units: Collection[str] | None = None
    ) -> Changes:
        """What the other rules change from a day on, in these units; None: in all that they reach.

        settled: the ledger's lines are those of the rules now and of the as-of day. Only bindings that the rules change
        are decided again, and those that read their decisions. The ledger stays as it was.
        """
        found = reached(now, other)
        chosen = {unit: ids for unit, ids in found.items() if units is None or unit in units}
        with self.ledger.trial():
            if not settled:
                self._judged(now, chosen, first, keeps=True)
            return self._judged(other, chosen, first, keeps=False)

    def _judged(self, units: Units, reached: Mapping[str, frozenset[str]], first: date, *, keeps: bool) -> Changes:
        bench = Bench(
            explains=False,
            keeps=keeps,
            ledger=self.ledger,
            registers=self.setup.registers,
            units=units,
            point_values=self.setup.site.points,
            as_of=self.as_of,
            before=self.as_of,
            run=0,
            tick=self.tick,
            eras=Policies(self.setup, self.ledger, self.as_of).eras,
            known_as=self.setup.known_as,
            workers=self.workers,
            illegible=self._illegible,
        )
        judge = Judge(bench)
        judge.judge_again(reached, first)
        return judge.keeping.changes


def reached(now: Units, other: Units) -> dict[str, frozenset[str]]:
    """Unit -> the ids of the bindings whose figures or switches the other rules change; units without any are left out."""
    found = {unit: _reached(now.get(unit, ()), packs) for unit, packs in other.items()}
    return {unit: ids for unit, ids in found.items() if ids}


def _reached(now: Iterable[Pack], other: Iterable[Pack]) -> frozenset[str]:
    known = {binding.id: (binding, _switches(pack, binding)) for pack in now for binding in pack.bindings}
    return frozenset(
        binding.id
        for pack in other
        for binding in pack.bindings
        if known.get(binding.id) != (binding, _switches(pack, binding))
    )


def _switches(pack: Pack, binding: Binding) -> tuple[object, ...]:
    return tuple(pack.switches.get(clause) for clause in binding.clauses)


def impacts(changes: Changes, first: str, last: str) -> list[Impact]:
    """The changed lines of the months from first to last, by month, unit, person and clause."""
    found: dict[tuple[str, str, str, str, str], list[tuple[Decision | None, Decision | None]]] = {}
    for pair in changes.lines.values():
        line = pair[1] or pair[0]
        if line is not None and first <= line.period <= last:
            key = (line.period, line.unit, line.staff_no, line.clause, line.staff_name)
            found.setdefault(key, []).append(pair)
    return [_impact(*key, pairs) for key, pairs in sorted(found.items())]


def _impact(
    period: str,
    unit: str,
    staff_no: str,
    clause: str,
    name: str,
    pairs: Sequence[tuple[Decision | None, Decision | None]],
) -> Impact:
    ordered = sorted(pairs, key=lambda pair: [(line.date, line.decision_id) for line in pair if line is not None][:1])
    before, after = ([pair[side] for pair in ordered] for side in (0, 1))
    return Impact(
        period=period,
        unit=unit,
        staff_no=staff_no,
        staff_name=name,
        clause=clause,
        before=_told(before),
        after=_told(after),
        old_amount=sum(money(line) for line in before),
        new_amount=sum(money(line) for line in after),
        lines=len(pairs),
    )


def _told(lines: Iterable[Decision | None]) -> str:
    """The sentences of the lines, one below the other; of very many the first ones, and how many there are."""
    said = [line for line in lines if line is not None]
    more = [f"……共{len(said)}条"] if len(said) > SAID else []
    return "\n".join([*(str(line.text) for line in said[:SAID]), *more])


def money(line: Decision | None) -> int:
    """What a line adds to pay or takes from it; signed fen, 0 where it waits or was revoked."""
    return (line.amount or 0) if line is not None and line.paid else 0


def summary(found: Sequence[Impact]) -> str:
    """`共12人、37条，-1,850.00元`."""
    people = {impact.staff_no for impact in found if impact.staff_no}
    lines = sum(impact.lines for impact in found)
    difference = sum(impact.new_amount - impact.old_amount for impact in found)
    sign = "-" if difference < 0 else ""
    yuan = f"{sign}{abs(difference) // 100:,}.{abs(difference) % 100:02d}"
    return f"共{len(people)}人、{lines}条，{yuan}元"
