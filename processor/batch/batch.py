"""One batch between taking hold of its inputs and committing: read, keep, decide, settle, report."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

from processor.batch import rules
from processor.batch.amendments import amended
from processor.batch.asking import Asking
from processor.batch.backtest import Backtest
from processor.batch.bench import Afresh, Bench
from processor.batch.inbox import Claimed, Found
from processor.batch.judge import Judge, touch_of
from processor.batch.options import Options, Result, Stopped
from processor.batch.outputs import Outputs, Written
from processor.batch.policies import Policies, former_packs
from processor.batch.receive import Keeper
from processor.batch.setup import Setup
from processor.batch.units import Followed, follow_units
from processor.batch.work import Ways
from processor.batch.workbooks import Workbook, put_off, read_all
from processor.batch.workers import Workers
from processor.catalogue.law import law_of
from processor.catalogue.pack import Pack
from processor.decision import Decision
from processor.intake.memory import Memory
from processor.intake.propose import Local
from processor.ledger import Ledger
from processor.rulebook.sheets import FILE
from processor.rulebook.take import Taken
from processor.rulebook.view import sheets_of
from processor.settle import answers, closing, notices, ticks
from processor.settle.adjustments import BINDING as ADJUSTMENT
from processor.settle.adjustments import adjustments
from processor.settle.authority import authority
from processor.settle.basis import Basis, Limits
from processor.settle.closing import Closed
from processor.settle.forms import Form, Refused, Told
from processor.settle.settlement import Settlement, Terms, settle

ADOPTION_ROUNDS = 3
ASKED_BLOCKS = timedelta(days=30)
UNREAD = "收件夹里有还没有读的工作簿：{file}"
ASKED = "工作簿还等着回答表头的提问：{file}"


class Batch:
    """The work between taking hold of the inputs and committing.

    folder: where outputs are written now; home: their place. workers: who does its tasks. read: the inputs that were read before a stop; done: files
    below the outbox that nobody needs any more; stays: those that it need not write, since they say what they said.
    """

    def __init__(
        self, setup: Setup, options: Options, ledger: Ledger, folder: Path, home: Path, workers: Workers | None = None
    ) -> None:
        self.workers = workers or Workers()
        self.options, self.ledger, self.folder, self.home = options, ledger, folder, home
        self.book = rules.book_of(setup, ledger)
        self.setup = rules.under(setup, self.book)
        self.number, self.run = ledger.runs.next(options.as_of.isoformat())
        before = ledger.runs.setting("as_of")
        self.before = date.fromisoformat(before) if before else None
        self.counts: dict[str, int] = {}
        self.read: list[Claimed] = []
        self.done: list[str] = []
        self.refused: list[Refused] = []
        self.told: list[Told] = []
        self.used: Mapping[str, Mapping[str, str]] = {}
        self.stays: frozenset[str] = frozenset()

    def process(self, claimed: Sequence[Claimed], waiting: Sequence[Found], refused: Collection[str] = ()) -> Result:
        """Read, keep, decide, settle, report. refused: files that the batch cannot digest, rejected unread.

        Raises Stopped where it was asked to stop before the first workbook.
        """
        options, ledger, registers = self.options, self.ledger, self.setup.registers
        options.stage("read")
        roster = ledger.versions.roster(options.as_of)
        read = frozenset(name for pack in self.setup.packs for binding in pack.bindings for name in binding.reads)
        local = Local(frozenset({*roster.numbers, *roster.names.values()}), read)
        asking = Asking(ledger, self.setup.site.outbox, Ways(registers, self.setup.limits, options.as_of, local))
        workbooks = read_all(claimed, asking.ways, refused, self.workers, options.tick, options.stop)
        if claimed and not workbooks:
            raise Stopped
        workbooks, late = put_off(workbooks, ledger)
        waiting = [*waiting, *late]
        self.read = [workbook.claimed for workbook in workbooks]
        asking.learn(workbooks)
        workbooks += asking.reread
        self.done = asking.done
        options.stage("keep")
        followed = follow_units(ledger, self.setup)
        keeper = self._keep(workbooks, asking.memory)
        for workbook in workbooks:
            workbook.forget_cells()
        taken = self._rules(keeper)
        options.stage("decide")
        judge, forms = self._judge(keeper, followed), keeper.forms
        del keeper  # which knows each row that came
        options.stage("try changes of the rules")
        trial = Backtest(self.setup, ledger, options.as_of, options.tick, options.enough, self.workers)
        self.book = trial.of(self.book)
        options.stage("settle")
        settlement = self._settle(judge, forms, waiting)
        judge.keeping.changes.hold(settlement.lines)
        options.stage("report")
        amendments = amended(self.setup, ledger, self.used, judge.keeping.changes, self.number, options.as_of)
        sheets = sheets_of(self.book, options.as_of, amendments)
        outputs = Outputs(
            self.setup,
            ledger,
            judge,
            settlement,
            self.refused,
            self.told,
            sheets,
            [entry for entry in amendments if entry.day == options.as_of.isoformat()],
            self.number,
            self.run,
            options,
            self.folder,
            self.home,
            asking.memory,
            self.workers,
        )
        book = rules.write_book(self.book, sheets, ledger, self.folder, self.home, self.workers)
        written: Written = outputs.write(workbooks, waiting)
        self.counts, self.stays = written.counts, written.stays
        if book is not None:
            book.result()
        rulebook = {"path": self.setup.site.relative(self.home / FILE), **taken.counts}
        return Result(
            self.run,
            options.as_of,
            written.workbooks,
            written.decisions,
            written.outputs,
            written.troubled,
            rulebook,
        )

    def _rules(self, keeper: Keeper) -> Taken:
        """Take what managers wrote into the rule book; what is approved holds from here on."""
        self.book, taken = rules.take_rules(self.book, self.setup, self.ledger, keeper.forms, self.options.as_of)
        self.setup = rules.under(self.setup, self.book)
        self.refused += taken.refused
        self.told += taken.told
        return taken

    def _keep(self, workbooks: list[Workbook], memory: Memory) -> Keeper:
        clauses = self.book.clauses()
        days = (self.before, self.options.as_of)
        site_units = self.setup.site.units
        keeper = Keeper(self.ledger, self.setup.registers, site_units, clauses, self.number, days, memory)
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

    def _judge(self, keeper: Keeper, followed: Followed) -> Judge:
        setup, ledger, as_of = self.setup, self.ledger, self.options.as_of
        policies = Policies(setup, ledger, as_of)
        self.used = policies.before
        bench = Bench(
            ledger=ledger,
            registers=setup.registers,
            units=setup.units,
            point_values=setup.site.points,
            as_of=as_of,
            before=self.before,
            run=self.number,
            tick=self.options.tick,
            closed=policies.closed(),
            eras=policies.eras,
            lost=policies.lost,
            known_as=setup.known_as,
            workers=self.workers,
            illegible=keeper.illegible,
        )
        judge = Judge(bench)
        for before, after in followed.lines:
            judge.keeping.note(before, after)
        changed = policies.changed()
        self._withdraw(judge, changed, policies)
        desk = answers.Desk(ledger, authority(setup.site), judge.roster, as_of)
        taken = answers.take(desk, keeper.forms)
        eras = [era.pack for own in policies.eras.values() for era in own]
        packs = [*setup.packs, *eras, *former_packs(bench.closed)]
        touches, answered = [*followed.touches, *keeper.touches], taken.lines
        afresh = Afresh(changed, policies.touched_wholly(keeper.concerns), keeper.concerns)
        for _ in range(ADOPTION_ROUNDS):
            touches += [t for line in answered if judge.decides(line) for t in touch_of(line, packs)]
            judge.judge(touches, afresh)
            judge.keeping.answer([line for line in answered if not judge.decides(line)])
            late = ledger.decisions.unadopted()
            answered = answers.adopt(desk, late, ledger.decisions.by_id(a.decision_id for a in late))
            if not answered:
                break
            touches, afresh = [], Afresh()
        refused = [*taken.refused, *answers.unknown_lines(desk, keeper.forms, taken.refused)]
        self.told += answers.told(desk, keeper.forms, refused)
        ticked = ticks.take(ledger, keeper.forms, as_of)
        self.told += ticked.told
        self.refused += [*refused, *ticked.refused]
        ledger.runs.keep_setting("as_of", as_of.isoformat())
        policies.keep()
        return judge

    def _settle(self, judge: Judge, forms: Sequence[Form], waiting: Sequence[Found]) -> Settlement:
        site, options, ledger = self.setup.site, self.options, self.ledger
        received = notices.take(ledger, forms, options.as_of)
        asked = Closed()
        requests = [*([options.close] if options.close else []), *closing.requests_of(forms, asked)]
        law = law_of(site.law.region)
        basis = Basis(law, site.law.published, {pack.name: pack for pack in self.setup.packs})
        judge.keeping.replace(*adjustments(judge.keeping.changes.lines, ledger, basis))
        prior = law is not None and law.prior_notice(options.as_of) is not None
        terms = Terms(
            units=self.setup.units,
            limit=Limits(site.wage_limit, law),
            notice=replace(site.notice, required=site.notice.required or prior),
            law=law,
            published=site.law.published,
            authority=authority(site),
            as_of=options.as_of,
            number=self.number,
            run=self.run,
            unread=[*(UNREAD.format(file=found.file) for found in waiting), *self._asked()],
        )
        settlement = settle(ledger, terms, judge.roster, judge.keeping.replace, requests)
        for step in (received, asked, settlement.outcome):
            self.refused += step.refused
            self.told += step.told
        if settlement.closing:
            policies = Policies(self.setup, ledger, options.as_of)
            for month in sorted(settlement.closing):
                policies.keep_for(month)
        return settlement

    def _asked(self) -> list[str]:
        """The workbooks that wait for an answer about their headers, for as long as they keep a month open."""
        since = self.options.as_of - ASKED_BLOCKS
        waiting = self.ledger.meanings.asked()
        return [ASKED.format(file=entry.file) for entry in waiting if date.fromisoformat(entry.day) >= since]

    def _withdraw(self, judge: Judge, changed: Mapping[str, frozenset[str]], policies: Policies) -> None:
        """Take back open lines whose pack, clause or binding is gone, but for those of days that a former version decides."""
        closed = self.ledger.periods.closed()
        for unit, names in changed.items():
            packs = {pack.name: pack for pack in self.setup.units[unit]}
            gone: dict[str, list[Decision]] = {}
            for name in sorted(names):
                for line in self.ledger.decisions.of_pack(unit, name, closed):
                    reason = _why_gone(line, packs.get(name))
                    if reason and not policies.is_former(line):
                        gone.setdefault(reason, []).append(line)
            for reason, lines in gone.items():
                judge.keeping.withdraw(lines, reason)


def _why_gone(line: Decision, pack: Pack | None) -> str:
    """Why no rule of today makes a line, in Chinese; empty where one does."""
    if line.binding == ADJUSTMENT:
        return ""
    if pack is None:
        return f"{line.unit}不再适用规则包{line.pack}"
    if line.clause not in pack.clauses:
        return f"规则包{pack.title}里不再有条款{line.clause}"
    if line.binding not in {binding.id for binding in pack.bindings}:
        return f"条款{line.clause}改由别的规则判定"
    return ""
