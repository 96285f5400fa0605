"""Stays and runs batches: by the site's schedule, and whenever a workbook has settled in the inbox.

Nothing that happens to a batch or a folder ends it; what is wrong stands in the heartbeat and in the log, neither of
which holds names, cells or file names. It polls, since notifications do not cross SMB or NFS.
"""

from __future__ import annotations

import json
import logging
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from processor.batch import inbox
from processor.batch.backtest import unfinished
from processor.batch.run import WORK, Options, Stopped, holding, recover, run, send_messages
from processor.batch.setup import Setup, prepare
from processor.errors import ProcessorError, SiteError, anonymous_trace
from processor.ledger import transaction
from processor.logs import LOG, beside_ledger, logging_to
from processor.messages import listed, tell
from processor.site import Site
from processor.site_reader import load_site
from processor.timetable import SHANGHAI, last_due, today
from processor.voice import Voice, fault_in, language_of, voice

LOCK = ".processor-watch.lock"
HEARTBEAT = "heartbeat.json"
LOOK_AT_CLOCK_SECONDS = 30.0
SLICE_SECONDS = 0.5
#: How long a batch may last before what is left of the tries of new rules waits for the next one.
TRY_SECONDS = 20.0
SCHEDULED = "scheduled"
log = logging.getLogger("processor.watch")


def watch(config: Path) -> int:
    """Watch a site until SIGTERM or SIGINT; 0. Raises SiteError, PolicyError or SiteLocked where it cannot begin."""
    setup = prepare(load_site(config))
    home = beside_ledger(setup.site)
    say = voice(language_of(("--config", str(config))))
    with holding(setup.site, LOCK), logging_to(home / LOG, say, logging.StreamHandler()):
        watcher = Watcher(config, setup, home / HEARTBEAT, say)
        with _signals(watcher.stop):
            watcher.watch()
    return 0


@contextmanager
def _signals(stop: threading.Event) -> Iterator[None]:
    names = [name for name in ("SIGTERM", "SIGINT", "SIGBREAK") if hasattr(signal, name)]
    before = {name: signal.signal(getattr(signal, name), lambda number, frame: stop.set()) for name in names}
    try:
        yield
    finally:
        for name, handler in before.items():
            signal.signal(getattr(signal, name), handler)


@dataclass
class Watcher:
    """One site being watched. handled: the scheduled moment that the last scheduled batch answered.

    going_on: whether workbooks are left that were more than a batch takes, or changes of the rules wait to be tried further.
    """

    config: Path
    setup: Setup
    heartbeat: Path
    say: Voice = str
    stop: threading.Event = field(default_factory=threading.Event)
    handled: datetime | None = None
    trouble: str = ""
    batch: str = ""
    stuck: int = 0
    more: bool = False
    going_on: bool = False
    beaten: float = float("-inf")
    state: str = ""

    def watch(self) -> None:
        """Look, run, wait, until told to stop."""
        log.info(tell("watching {file}", file=self.setup.site.file))
        next_look = time.monotonic()
        begun = False
        while not self.stop.is_set():
            if time.monotonic() >= next_look or self._due() is not None:
                well = self._step(begun)
                begun = begun or well
                next_look = time.monotonic() + (0 if well and self.going_on else self.setup.site.poll_minutes * 60)
            self._beat("waiting")
            self._wait(max(min(next_look - time.monotonic(), LOOK_AT_CLOCK_SECONDS), SLICE_SECONDS))
        self._beat("stopped", at_once=True)
        log.info(tell("stopped"))

    def _wait(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        while not self.stop.is_set() and time.monotonic() < end:
            time.sleep(min(SLICE_SECONDS, max(end - time.monotonic(), 0)))

    def _step(self, begun: bool) -> bool:
        """One look at the site, and a batch where there is cause. True when folders and ledger were in order."""
        try:
            site = load_site(self.config)
            if site != self.setup.site:
                self.setup = prepare(site)
                log.info(tell("site.toml was read anew"))
            if begun:
                _stand(site)
            with holding(site):
                recover(self.setup, today())
            send_messages(self.setup)
            self._recall()
            due = self._due()
            if due is not None or self._ready() or self.going_on:
                self.more = self._run()
            self.stuck = self._unsent()
            self.going_on = self.more or self._unfinished()
            if due is not None:
                self._remember(due)
        except Stopped:
            return False
        except ProcessorError as error:
            self._note(fault_in(self.say, error))
        except OSError as error:
            self._note(f"{anonymous_trace(error)}: {error.strerror}")
        except Exception as error:
            self._note(anonymous_trace(error))
        else:
            if self.trouble:
                log.info(tell("in order again"))
            self.trouble = ""
            return True
        return False

    def _note(self, trouble: str) -> None:
        if trouble != self.trouble:
            log.error(tell("{trouble}; will try again", trouble=trouble))
        self.trouble = trouble

    def _ready(self) -> bool:
        site = self.setup.site
        if inbox.held(site.archive / WORK):
            return True
        return any(not found.waits for found in inbox.look(site.inbox, site.settle_seconds, inbox.clock(site.inbox)))

    def _run(self) -> bool:
        """One batch; whether it left workbooks to the next."""
        self._beat("running", at_once=True)
        self.setup = prepare(load_site(self.config))
        options = Options(
            today(),
            tick=lambda label: self._beat("running"),
            stage=lambda name: self._beat("running"),
            stop=self.stop.is_set,
            enough=self._spell(),
            most=inbox.A_BATCH,
        )
        result = run(self.setup, options)
        self.batch = result.run
        counts: dict[str, int] = {}
        for workbook in result.workbooks:
            counts[workbook.status] = counts.get(workbook.status, 0) + 1
        told = tell("no workbook")
        if counts:
            each = sorted(counts.items())
            told = listed(tell("{number} {status}", number=number, status=tell(status)) for status, number in each)
        log.info(tell("batch {run}: {told}; {number} decisions", run=result.run, told=told, number=result.decisions))
        return any(workbook.reason == inbox.NEXT for workbook in result.workbooks)

    def _spell(self) -> Callable[[], bool]:
        """Whether this batch has tried changes of the rules for long enough, so that workbooks are served in between."""
        end = time.monotonic() + TRY_SECONDS
        return lambda: self.stop.is_set() or time.monotonic() >= end

    def _unfinished(self) -> bool:
        with transaction(self.setup.site.ledger, self.setup.registers, keep=False) as ledger:
            return unfinished(ledger)

    def _unsent(self) -> int:
        with transaction(self.setup.site.ledger, self.setup.registers, keep=False) as ledger:
            return ledger.messages.stuck()

    # schedule

    def _due(self) -> datetime | None:
        """The scheduled moment that no batch has answered yet. Several that were missed are answered by one batch."""
        latest = last_due(self.setup.site.schedule)
        return latest if latest is not None and self.handled is not None and latest > self.handled else None

    def _recall(self) -> None:
        """Know which moment was answered last; a first watch, and a clock that was set back, begin with the present."""
        if self.handled is None:
            with transaction(self.setup.site.ledger, self.setup.registers, keep=False) as ledger:
                kept = ledger.runs.setting(SCHEDULED)
            self.handled = None if kept is None else datetime.fromisoformat(kept)
        latest = last_due(self.setup.site.schedule)
        if latest is not None and (self.handled is None or self.handled > datetime.now(SHANGHAI)):
            self._remember(latest)

    def _remember(self, moment: datetime) -> None:
        with transaction(self.setup.site.ledger, self.setup.registers) as ledger:
            ledger.runs.keep_setting(SCHEDULED, moment.isoformat())
        self.handled = moment

    # heartbeat

    def _beat(self, state: str, *, at_once: bool = False) -> None:
        """Say that the watch lives, at most once a second in one state unless `at_once`."""
        if not at_once and state == self.state and time.monotonic() - self.beaten < 1:
            return
        self.beaten, self.state = time.monotonic(), state
        said = {
            "time": datetime.now(SHANGHAI).isoformat(timespec="seconds"),
            "pid": os.getpid(),
            "state": state,
            "last_batch": self.batch,
            "trouble": self.trouble,
            "unsent_messages": self.stuck,
        }
        part = self.heartbeat.with_name(f"{self.heartbeat.name}.tmp")
        try:
            part.write_text(json.dumps(said, ensure_ascii=False) + "\n", encoding="utf-8")
            part.replace(self.heartbeat)
        except OSError as error:
            log.warning(tell("the heartbeat cannot be written: {why}", why=error.strerror))


def _stand(site: Site) -> None:
    for folder in (site.inbox, site.outbox, site.archive):
        if not folder.is_dir():
            raise SiteError("the folder is gone", where=str(folder), mend="connect the share again")
