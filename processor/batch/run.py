"""One batch on one screen: recover, claim, process, commit, publish."""

from __future__ import annotations

import logging
import shutil
import time
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from filelock import FileLock, Timeout

from processor import notify
from processor.batch import inbox, publish
from processor.batch.batch import Batch
from processor.batch.collecting import giving_back, seldom_collecting
from processor.batch.culprit import culprit
from processor.batch.inbox import Claimed, Found
from processor.batch.lease import leasing
from processor.batch.options import Options, Result, Stopped
from processor.batch.outputs import PAGES
from processor.batch.record import again, place_record
from processor.batch.setup import Setup
from processor.batch.units import unknown_units
from processor.batch.upgrading import upgrade_site
from processor.batch.workers import Workers, working
from processor.errors import ProcessorError, SiteError, SiteLocked, anonymous_trace
from processor.ledger import exclusive, transaction
from processor.ledger.runs import Run
from processor.messages import tell
from processor.report.notices import FOLDER as NOTICES
from processor.site import Site

__all__ = ["Options", "Result", "Stopped", "holding", "recover", "run"]

LOCK = ".processor.lock"
WORK = ".work"
PREVIEW = "preview"
UNREAD = "关账时不读收件夹，下一批再读。"
log = logging.getLogger(__name__)


def run(setup: Setup, options: Options, workers: Workers | None = None) -> Result:
    """One batch, alone on the site. Raises SiteError where folders or ledger cannot be used; nothing is lost then.

    workers: who does its tasks, where several batches share them; else its own, as the site wants them.
    """
    with holding(setup.site), seldom_collecting():
        if options.dry_run:
            return _dry_run(setup, options)
        leftovers = recover(setup, options.as_of)
        made_again = again(setup, options)
        setup, options = made_again.setup, made_again.options
        claimed, waiting = _claim(setup, options, _sources(leftovers), made_again.files)
        try:
            with nullcontext(workers) if workers is not None else working(setup.site.workers) as workers:
                committed = _commit(setup, options, leftovers, claimed, waiting, made_again.files, workers)
        except BaseException:
            _give_back(claimed, setup.site)
            raise
        _give_back([item for item in claimed if item not in committed.read], setup.site)
        _publish(setup, committed.run)
        if options.notify:
            send_messages(setup)
        return committed.result


@contextmanager
def holding(site: Site, name: str = LOCK) -> Iterator[None]:
    """Hold the site by a lock file; raises SiteLocked where another run does. A dead process holds nothing."""
    lock = FileLock(site.folder / name)
    try:
        lock.acquire(timeout=0)
    except Timeout as error:
        raise SiteLocked("another run holds the site", where=str(site.file)) from error
    except NotImplementedError as error:
        mend = "keep site.toml and the ledger on a local disk; inbox, outbox and archive may lie on a share"
        raise SiteError("the file system knows no locks", where=str(site.folder), mend=mend) from error
    except OSError as error:
        raise SiteError(tell("cannot be locked: {why}", why=error.strerror), where=str(site.folder)) from error
    try:
        with leasing(site), exclusive(site.ledger, name):
            yield
    finally:
        lock.release()


def recover(setup: Setup, day: date) -> list[Run]:
    """Bring the ledger to this version and finish what a killed batch had committed.

    day: of the copy of an older ledger. Returns the batches with moves that another program still blocks.
    """
    site = setup.site
    done = upgrade_site(setup, day)
    if done is not None:
        log.warning(
            tell(
                "the ledger was upgraded from version {before} to {after}; as it was: {copy}",
                before=done.before,
                after=done.after,
                copy=done.copy,
            )
        )
    leftovers: list[Run] = []
    with transaction(site.ledger, setup.registers) as ledger:
        missing = unknown_units(ledger, setup)
        if missing is not None:
            raise missing
        for folder in (site.inbox, site.outbox, site.archive):
            _make(folder, site, new=ledger.runs.last() == 0)
        for batch in ledger.runs.unpublished():
            blocked = publish.publish(batch)
            if blocked:
                ledger.runs.keep_journal(batch.number, blocked)
                leftovers.append(replace(batch, journal=blocked))
            else:
                ledger.runs.published(batch.number)
    publish.sweep(site.outbox, site.archive / WORK, _sources(leftovers))
    return leftovers


def _make(folder: Path, site: Site, *, new: bool) -> None:
    """Make a folder that is missing; but a share that is gone must not be replaced by a folder on the local disk."""
    if not folder.is_dir() and not new and not folder.resolve().is_relative_to(site.folder):
        raise SiteError("the folder is gone", where=str(folder), mend="connect the share again")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SiteError(tell("the folder cannot be made: {why}", why=error.strerror), where=str(folder)) from error


def _sources(leftovers: Sequence[Run]) -> frozenset[Path]:
    return frozenset(Path(source) for run in leftovers for source, _ in run.journal)


def _claim(
    setup: Setup, options: Options, blocked: Collection[Path], records: Collection[Path]
) -> tuple[list[Claimed], list[Found]]:
    """Take hold of what is ready: first what an interrupted batch had in hand, then the inbox.

    blocked: files of the work folder that were processed and only wait for their way to the archive. records: files of
    the inbox that are no workbooks.
    """
    site = setup.site
    work = site.archive / WORK
    claimed = [item for item in inbox.held(work) if item.path not in blocked]
    taken = {path.relative_to(work).as_posix() for path in blocked if work in path.parents}
    waiting: list[Found] = []
    if not options.read:
        return claimed, _unread(site)
    try:
        ready = inbox.look(site.inbox, site.settle_seconds, inbox.clock(site.inbox))
        for found in ready if options.most is None else inbox.portion_of(ready, options.most):
            if options.stop():
                break
            if found.path in records:
                continue
            waits = found.waits or (inbox.SAME_NAME if found.file in taken else "")
            item = waits or inbox.claim(found, site.inbox, work, claimed)
            if isinstance(item, Claimed):
                claimed.append(item)
            elif item:
                waiting.append(Found(found.path, found.file, item))
    except OSError as error:
        _give_back(claimed, site)
        raise SiteError(tell("the inbox cannot be read: {why}", why=error.strerror), where=str(site.inbox)) from error
    for folder in {site.inbox, work, *(item.path.parent for item in claimed)}:
        inbox.sync_folder(folder)
    return inbox.in_turn(claimed), waiting


def _unread(site: Site) -> list[Found]:
    """What lies in the inbox of a batch that does not look into it."""
    try:
        return [replace(found, waits=found.waits or UNREAD) for found in inbox.look(site.inbox, 0, time.time())]
    except OSError as error:
        raise SiteError(tell("the inbox cannot be read: {why}", why=error.strerror), where=str(site.inbox)) from error


def _give_back(claimed: Sequence[Claimed], site: Site) -> None:
    for item in claimed:
        inbox.give_back(item, site.inbox)


@dataclass(frozen=True)
class _Committed:
    """A batch that has happened: its result, its journal, and the inputs that it read."""

    result: Result
    run: Run
    read: Sequence[Claimed]


def _commit(
    setup: Setup,
    options: Options,
    leftovers: Sequence[Run],
    claimed: Sequence[Claimed],
    waiting: Sequence[Found],
    records: Collection[Path],
    workers: Workers,
) -> _Committed:
    """Process and commit; a workbook on which the batch fails is refused and the others go on."""
    refused: set[str] = set()
    while True:
        try:
            return _attempt(setup, options, leftovers, claimed, waiting, records, refused, workers)
        except (ProcessorError, Stopped):
            raise
        except Exception as error:
            if isinstance(error, OSError) and error.errno in inbox.OUT_OF_SPACE:
                raise _unwritable(setup.site.folder, error) from error
            suspects = [item for item in claimed if item.file not in refused]
            guilty = culprit(setup, options, suspects, _stage(setup.site))
            if guilty is None:
                raise
            trace = anonymous_trace(error)
            log.error(tell("the batch fails on workbook {sha256}: {trace}", sha256=guilty.sha256[:12], trace=trace))
            refused.add(guilty.file)
        finally:
            publish.sweep_staging(setup.site.folder)


def _stage(site: Site) -> Path:
    try:
        return publish.stage(site.folder)
    except OSError as error:
        raise _unwritable(site.folder, error) from error


def _unwritable(folder: Path, error: OSError) -> SiteError:
    mend = "free disk space and make sure that the folder can be written; nothing was lost"
    return SiteError(tell("the batch could not be written: {why}", why=error.strerror), where=str(folder), mend=mend)


def _attempt(
    setup: Setup,
    options: Options,
    leftovers: Sequence[Run],
    claimed: Sequence[Claimed],
    waiting: Sequence[Found],
    records: Collection[Path],
    refused: Collection[str],
    workers: Workers,
) -> _Committed:
    site = setup.site
    staging = _stage(site)
    options = replace(options, stage=giving_back(options.stage, workers.rest))
    with transaction(site.ledger, setup.registers) as ledger:
        batch = Batch(setup, options, ledger, staging, site.outbox, workers)
        result = batch.process(claimed, waiting, refused)
        options.stage("commit and publish")
        try:
            under_way = {move[1] for run in leftovers for move in run.journal}
            journal = publish.place(staging, site.outbox, batch.number, under_way)
            journal = [*place_record(ledger, setup, options, (batch.number, batch.run)), *journal]
        except OSError as error:
            raise _unwritable(site.outbox, error) from error
        journal += publish.removals_of(site.outbox, staging, PAGES, batch.stays)
        journal += publish.removals(site.outbox, staging, batch.done)
        for month in sorted((staging / NOTICES).glob("*-*")):
            journal += publish.removals_of(site.outbox, staging, f"{NOTICES}/{month.name}", batch.stays)
        archive = site.archive / batch.run
        journal += publish.archive_moves(site.archive / WORK, archive, (item.file for item in batch.read))
        journal += [[str(path), ""] for path in sorted(records)]
        targets = {target for _, target in journal if target}
        journal = [move for run in leftovers for move in run.journal if move[1] not in targets] + journal
        for run in leftovers:
            ledger.runs.published(run.number)
        ledger.runs.commit(batch.number, batch.run, options.as_of.isoformat(), journal, batch.counts)
    return _Committed(result, Run(batch.number, batch.run, options.as_of.isoformat(), journal), batch.read)


def _publish(setup: Setup, run: Run) -> None:
    """Make the moves of a committed batch; what is left over, also in the ledger, the next batch finishes."""
    blocked = publish.publish(run)
    if blocked:
        words = "{number} files are in use or not permitted; the next run will put them into their places"
        log.warning(tell(words, number=len(blocked)))
    try:
        with transaction(setup.site.ledger, setup.registers) as ledger:
            if blocked:
                ledger.runs.keep_journal(run.number, blocked)
            else:
                ledger.runs.published(run.number)
    except SiteError as error:
        log.warning(tell("{error}; the next run will finish this one", error=error))
    publish.sweep(setup.site.outbox, setup.site.archive / WORK, {Path(source) for source, _ in blocked})


def send_messages(setup: Setup) -> None:
    """Send what waits for a service; one that is down delays nobody."""
    if not setup.site.addresses:
        return
    database = partial(transaction, setup.site.ledger, setup.registers)
    try:
        with database(keep=False) as ledger:
            waiting = ledger.messages.waiting()
        for message in notify.send(setup.site, waiting):
            with database() as ledger:
                ledger.messages.sent(message.number)
    except SiteError as error:
        log.warning(tell("{error}; messages will be sent later", error=error))


def _dry_run(setup: Setup, options: Options) -> Result:
    """A preview: the ledger is rolled back, the inbox only read, the outputs written to the preview folder."""
    site = setup.site
    folder = site.folder / PREVIEW
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    try:
        found = inbox.look(site.inbox, site.settle_seconds, time.time())
    except OSError as error:
        raise SiteError(tell("the inbox cannot be read: {why}", why=error.strerror), where=str(site.inbox)) from error
    with TemporaryDirectory() as own:
        copies = [inbox.look_into(item, site.inbox, Path(own)) for item in found if not item.waits]
        claimed = inbox.in_turn(copy for copy in copies if copy is not None)
        waiting = [item for item in found if item.waits]
        with (
            working(site.workers) as workers,
            transaction(site.ledger, setup.registers, keep=False) as ledger,
        ):
            missing = unknown_units(ledger, setup)
            if missing is not None:
                raise missing
            return Batch(setup, options, ledger, folder, folder, workers).process(claimed, waiting)
