"""One batch between taking hold of its inputs and committing: read, keep, decide, settle, report."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from pathlib import Path

from processor.batch.inbox import Claimed, Found
from processor.batch.judge import Bench, Judge, touch_of
from processor.batch.options import Options, Result, Stopped
from processor.batch.outputs import Outputs, Written
from processor.batch.receive import Keeper, Workbook, read_all
from processor.batch.roster import Concern
from processor.batch.setup import Setup
from processor.ledger import Ledger
from processor.settle import answers, ticks
from processor.settle.adjustments import adjustments
from processor.settle.authority import authority
from processor.settle.forms import Refused, Told
from processor.settle.settlement import Settlement, Terms, settle

ADOPTION_ROUNDS = 3


class Batch:
    """The work between taking hold of the inputs and committing.

    folder: where outputs are written now; home: their place. read: the inputs that were read before a stop.
    """

    def __init__(self, setup: Setup, options: Options, ledger: Ledger, folder: Path, home: Path) -> None:
        self.setup, self.options, self.ledger, self.folder, self.home = setup, options, ledger, folder, home
        self.number, self.run = ledger.runs.next(options.as_of.isoformat())
        before = ledger.runs.setting("as_of")
        self.before = date.fromisoformat(before) if before else None
        self.counts: dict[str, int] = {}
        self.read: list[Claimed] = []
        self.refused: list[Refused] = []
        self.told: list[Told] = []

    def process(self, claimed: Sequence[Claimed], waiting: Sequence[Found], refused: Collection[str] = ()) -> Result:
        """Read, keep, decide, settle, report. refused: files that the batch cannot digest, rejected unread.

        Raises Stopped where it was asked to stop before the first workbook.
        """
        setup, options, ledger = self.setup, self.options, self.ledger
        options.stage("read")
        workbooks = read_all(claimed, setup.registers, setup.limits, refused, options.tick, options.stop, options.as_of)
        if claimed and not workbooks:
            raise Stopped
        self.read = [workbook.claimed for workbook in workbooks]
        options.stage("keep")
        keeper = self._keep(workbooks)
        options.stage("decide")
        judge = self._judge(keeper)
        options.stage("settle")
        settlement = self._settle(judge)
        options.stage("report")
        outputs = Outputs(
            setup, ledger, judge, settlement, self.refused, self.told, self.run, options, self.folder, self.home
        )
        written: Written = outputs.write(workbooks, waiting)
        self.counts = written.counts
        return Result(self.run, options.as_of, written.workbooks, written.decisions, written.outputs, written.troubled)

    def _keep(self, workbooks: list[Workbook]) -> Keeper:
        units = self.setup.units
        clauses = {unit: frozenset(id for pack in packs for id in pack.clauses) for unit, packs in units.items()}
        days = (self.before, self.options.as_of)
        keeper = Keeper(self.ledger, self.setup.registers, self.setup.units, clauses, self.number, days)
        in_hand: set[str] = set()
        for workbook in workbooks:
            sha256 = workbook.claimed.sha256
            workbook.seen_before = sha256 in in_hand or self.ledger.runs.seen(sha256)
            in_hand.add(sha256)
        keeper.keep(workbooks)
        for workbook in workbooks:
            claimed = workbook.claimed
            self.ledger.runs.keep_workbook(self.number, claimed.file, claimed.sha256, workbook.status)
        return keeper

    def _judge(self, keeper: Keeper) -> Judge:
        setup, ledger, as_of = self.setup, self.ledger, self.options.as_of
        bench = Bench(
            ledger=ledger,
            registers=setup.registers,
            units=setup.units,
            point_values=setup.site.points,
            as_of=as_of,
            before=self.before,
            run=self.number,
            tick=self.options.tick,
        )
        judge = Judge(bench)
        for unit, pack in self._dropped():
            judge.withdraw(unit, pack)
        desk = answers.Desk(ledger, authority(setup.site), judge.names, as_of)
        taken = answers.take(desk, keeper.forms)
        touches = keeper.touches + [t for line in taken.lines for t in touch_of(line, setup.packs)]
        anew, since = self._anew(keeper.concerns), keeper.concerns
        for _ in range(ADOPTION_ROUNDS):
            judge.judge(touches, anew, since)
            late = ledger.decisions.unadopted()
            bound = answers.adopt(desk, late, ledger.decisions.by_id(a.decision_id for a in late))
            if not bound:
                break
            touches = [t for line in bound for t in touch_of(line, setup.packs)]
            anew, since = {}, {}
        refused = [*taken.refused, *answers.unknown_lines(desk, keeper.forms, taken.refused)]
        self.told += answers.told(desk, keeper.forms, refused)
        ticked = ticks.take(ledger, keeper.forms, as_of)
        self.told += ticked.told
        self.refused += [*refused, *ticked.refused]
        ledger.runs.keep_setting("as_of", as_of.isoformat())
        return judge

    def _settle(self, judge: Judge) -> Settlement:
        site, options = self.setup.site, self.options
        judge.replace(*adjustments(judge.changes.lines, self.ledger))
        terms = Terms(self.setup.units, site.wage_limit, options.as_of, self.number, self.run)
        closing = [options.close] if options.close else []
        return settle(self.ledger, terms, judge.roster, judge.replace, closing)

    def _policies(self) -> dict[str, dict[str, str]]:
        points = repr(sorted(self.setup.site.points.items()))
        return {
            unit: {pack.name: f"{pack.digest} {pack.figures_by(self.options.as_of)} {points}" for pack in packs}
            for unit, packs in self.setup.units.items()
        }

    def _dropped(self) -> list[tuple[str, str]]:
        now = self._policies()
        before = self.ledger.runs.setting("policies") or {}
        return [(unit, pack) for unit, packs in before.items() for pack in packs if pack not in now.get(unit, {})]

    def _anew(self, concerns: Concern) -> dict[str, frozenset[str]]:
        """unit -> packs to decide from the ground: a figure changed or came into force, or the roster did for all days."""
        now, before = self._policies(), self.ledger.runs.setting("policies") or {}
        self.ledger.runs.keep_setting("policies", now)
        return {
            unit: frozenset(
                name
                for name, digest in packs.items()
                if concerns.get(unit, date.max) is None or before.get(unit, {}).get(name) != digest
            )
            for unit, packs in now.items()
        }
