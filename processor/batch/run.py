"""One batch on one screen: receive, keep, decide, report, commit, publish."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from processor import __version__
from processor.batch import answering, closing, inbox, publish
from processor.batch.judge import Bench, Judge
from processor.batch.outputs import Outputs, Written
from processor.batch.receive import Keeper, Workbook, read_all
from processor.batch.setup import Setup
from processor.errors import SiteError, SiteLocked
from processor.ledger import Ledger, transaction
from processor.ledger.runs import Run
from processor.report.snapshot import WorkbookReport

LOCK = ".processor.lock"
WORK = ".work"
PREVIEW = "preview"
ADOPTION_ROUNDS = 3


@dataclass(frozen=True)
class Options:
    """How to run. close: the month to close; read: look at the inbox; stop: asked between two workbooks.

    tick: called with a label at each step, for progress. stage: called with a name as each stage of the batch begins.
    """

    as_of: date
    dry_run: bool = False
    close: str = ""
    read: bool = True
    tick: Callable[[str], None] = field(default=lambda label: None)
    stage: Callable[[str], None] = field(default=lambda name: None)
    stop: Callable[[], bool] = field(default=lambda: False)


@dataclass(frozen=True)
class Result:
    """What a batch did, as `--json` prints it."""

    run: str
    as_of: date
    workbooks: tuple[WorkbookReport, ...]
    decisions: int
    outputs: Any
    troubled: bool

    @property
    def exit_code(self) -> int:
        """1 where a workbook was rejected or a row could not be read."""
        return int(self.troubled)


@contextmanager
def holding(setup: Setup) -> Iterator[None]:
    """Hold the site; raises SiteLocked where another run does. A dead process holds nothing."""
    lock = FileLock(setup.site.folder / LOCK)
    try:
        lock.acquire(timeout=0)
    except Timeout as error:
        raise SiteLocked("another run holds the site", where=str(setup.site.file)) from error
    except OSError as error:
        raise SiteError(f"cannot be locked: {error.strerror}", where=str(setup.site.folder)) from error
    try:
        yield
    finally:
        lock.release()


def run(setup: Setup, options: Options) -> Result:
    """One batch, alone on the site. Raises SiteError where folders or ledger cannot be used; nothing is lost then."""
    with holding(setup):
        for folder in (setup.site.inbox, setup.site.outbox, setup.site.archive):
            _make(folder)
        if options.dry_run:
            return _dry_run(setup, options)
        leftovers = recover(setup)
        return _run(setup, options, leftovers)


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SiteError(f"cannot be made: {error.strerror}", where=str(folder)) from error


def recover(setup: Setup) -> list[list[str]]:
    """Finish what a killed batch had committed; moves that another program still blocks are returned."""
    site = setup.site
    blocked: list[list[str]] = []
    with transaction(site.ledger, setup.registers, setup.empty) as ledger:
        for run in ledger.runs.unpublished():
            blocked += publish.publish(run)
            ledger.runs.published(run.number)
    kept = {Path(source) for source, _ in blocked}
    publish.sweep(site.outbox, site.archive / WORK, kept)
    return blocked


def _dry_run(setup: Setup, options: Options) -> Result:
    """A preview: the ledger is rolled back, the inbox only read, the outputs written to the preview folder."""
    folder = setup.site.folder / PREVIEW
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    found = inbox.look(setup.site.inbox, setup.site.settle_seconds) if options.read else []
    claimed = [inbox.Claimed(item.path, item.file, inbox.digest(item.path)) for item in found if not item.waits]
    with transaction(setup.site.ledger, setup.registers, setup.empty, keep=False) as ledger:
        batch = Batch(setup, options, ledger, folder, folder)
        return batch.process(claimed, [item for item in found if item.waits])


def _run(setup: Setup, options: Options, leftovers: list[list[str]]) -> Result:
    site = setup.site
    work = site.archive / WORK
    claimed, waiting = _claim(setup, options, work)
    staging = publish.free_name(site.outbox / f"{publish.STAGING}-1")
    try:
        staging.mkdir()
        with transaction(site.ledger, setup.registers, setup.empty) as ledger:
            batch = Batch(setup, options, ledger, staging, site.outbox)
            result = batch.process(claimed, waiting)
            options.stage("commit and publish")
            journal = batch.journal(claimed, work)
            targets = {target for _, target in journal}
            journal = [move for move in leftovers if move[1] not in targets] + journal
            publish.sync_tree(staging)
            ledger.runs.commit(batch.number, batch.run, options.as_of.isoformat(), journal, batch.counts)
    except OSError as error:
        _give_back(claimed, setup, staging)
        mend = "free disk space and make sure that the outbox can be written; nothing was lost"
        raise SiteError(f"the batch could not be written: {error}", where=str(site.outbox), mend=mend) from error
    except BaseException:
        _give_back(claimed, setup, staging)
        raise
    _publish(setup, Run(batch.number, batch.run, result.as_of.isoformat(), journal))
    return result


def _claim(setup: Setup, options: Options, work: Path) -> tuple[list[inbox.Claimed], list[inbox.Found]]:
    """Take hold of what is ready: first what an interrupted batch had in hand, then the inbox."""
    claimed = inbox.held(work)
    waiting: list[inbox.Found] = []
    if not options.read:
        return claimed, waiting
    taken = {item.file for item in claimed}
    try:
        for found in inbox.look(setup.site.inbox, setup.site.settle_seconds):
            if options.stop():
                break
            item = None if found.waits or found.file in taken else inbox.claim(found, work)
            if item is None:
                busy = "文件正被别的程序占用，稍后再读。"
                waiting.append(inbox.Found(found.path, found.file, found.waits or busy))
            else:
                claimed.append(item)
    except OSError as error:
        raise SiteError(f"the inbox cannot be read: {error.strerror}", where=str(setup.site.inbox)) from error
    return sorted(claimed, key=lambda item: item.file), waiting


def _give_back(claimed: list[inbox.Claimed], setup: Setup, staging: Path) -> None:
    shutil.rmtree(staging, ignore_errors=True)
    for item in claimed:
        inbox.give_back(item, setup.site.inbox)


def _publish(setup: Setup, run: Run) -> None:
    blocked = publish.publish(run)
    with transaction(setup.site.ledger, setup.registers, setup.empty) as ledger:
        if blocked:
            ledger.runs.keep_journal(run.number, blocked)
        else:
            ledger.runs.published(run.number)
    publish.sweep(setup.site.outbox, setup.site.archive / WORK, {Path(source) for source, _ in blocked})


class Batch:
    """The work between taking hold of the inputs and committing. folder: where outputs are written now; home: their place."""

    def __init__(self, setup: Setup, options: Options, ledger: Ledger, folder: Path, home: Path) -> None:
        self.setup, self.options, self.ledger, self.folder, self.home = setup, options, ledger, folder, home
        self.number, self.run = ledger.runs.next(options.as_of.isoformat())
        self.counts: dict[str, int] = {}

    def process(self, claimed: list[inbox.Claimed], waiting: list[inbox.Found]) -> Result:
        """Read, keep, decide, report."""
        setup, options, ledger = self.setup, self.options, self.ledger
        options.stage("read")
        workbooks = read_all(claimed, setup.registers, setup.limits, options.tick)
        options.stage("keep")
        keeper = self._keep(workbooks)
        options.stage("decide")
        judge = self._judge(workbooks, keeper)
        options.stage("report")
        written: Written = Outputs(setup, ledger, judge, self.run, options, self.folder, self.home).write(workbooks, waiting)
        if options.close:
            closing.freeze(ledger, options.close, written.month(options.close), self.number, options.as_of)
        self.counts = written.counts
        return Result(self.run, options.as_of, written.workbooks, written.decisions, written.outputs, written.troubled)

    def _keep(self, workbooks: list[Workbook]) -> Keeper:
        clauses = {unit: frozenset(id for pack in packs for id in pack.clauses) for unit, packs in self.setup.units.items()}
        keeper = Keeper(self.ledger, self.setup.registers, self.setup.units, clauses, self.number)
        for workbook in workbooks:
            workbook.seen_before = self.ledger.runs.seen(workbook.claimed.sha256)
        keeper.keep(workbooks)
        for workbook in workbooks:
            claimed = workbook.claimed
            self.ledger.runs.keep_workbook(self.number, claimed.file, claimed.sha256, workbook.status)
        return keeper

    def _judge(self, workbooks: list[Workbook], keeper: Keeper) -> Judge:
        setup, ledger, as_of = self.setup, self.ledger, self.options.as_of
        before = ledger.runs.setting("as_of")
        bench = Bench(
            ledger=ledger,
            registers=setup.registers,
            units=setup.units,
            point_values=setup.site.points,
            as_of=as_of,
            before=date.fromisoformat(before) if before else None,
            run=self.number,
            tick=self.options.tick,
        )
        judge = Judge(bench)
        for unit, pack in self._dropped():
            judge.withdraw(unit, pack)
        touches = keeper.touches + answering.take(ledger, workbooks, setup.site.managers, setup.packs, as_of)
        anew = self._anew(keeper.roster_changed)
        for _ in range(ADOPTION_ROUNDS):
            judge.judge(touches, anew)
            late = ledger.decisions.unadopted()
            bound = answering.adopt(ledger, late, ledger.decisions.by_id(a.decision_id for a in late))
            if not bound:
                break
            touches, anew = [t for line in bound for t in answering.touch_of(line, setup.packs)], {}
        answering.unknown_lines(ledger, workbooks)
        closing.adjust(judge, ledger)
        ledger.runs.keep_setting("as_of", as_of.isoformat())
        return judge

    def _policies(self) -> dict[str, dict[str, str]]:
        points = repr(sorted(self.setup.site.points.items()))
        return {
            unit: {pack.name: f"{__version__} {pack.digest} {points}" for pack in packs}
            for unit, packs in self.setup.units.items()
        }

    def _dropped(self) -> list[tuple[str, str]]:
        now = self._policies()
        before = self.ledger.runs.setting("policies") or {}
        return [(unit, pack) for unit, packs in before.items() for pack in packs if pack not in now.get(unit, {})]

    def _anew(self, roster_changed: bool) -> dict[str, frozenset[str]]:
        """unit -> packs to decide from the ground: their figures changed, or the roster did."""
        now, before = self._policies(), self.ledger.runs.setting("policies") or {}
        self.ledger.runs.keep_setting("policies", now)
        return {
            unit: frozenset(
                name for name, digest in packs.items() if roster_changed or before.get(unit, {}).get(name) != digest
            )
            for unit, packs in now.items()
        }

    def journal(self, claimed: list[inbox.Claimed], work: Path) -> list[list[str]]:
        """The moves that publish the batch."""
        moves = publish.moves_of(self.folder, self.home)
        moves += publish.removals_of(self.home / "pages", self.folder / "pages")
        archive = self.setup.site.archive / self.run
        return moves + publish.archive_moves(work, archive, (item.file for item in claimed))
