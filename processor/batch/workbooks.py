"""The batch's workbooks: read one by one, and what became of the rows of each."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

import pandas as pd

from processor.batch.inbox import Claimed, Found
from processor.batch.work import INDIGESTIBLE, Read, Ways, read
from processor.batch.workers import Shared, Task, Workers
from processor.intake import Limits, Reading, SheetReading, WorkbookRejected
from processor.issue import Issue, Remark
from processor.ledger import Ledger
from processor.ledger.facts import Stored
from processor.messages import tell

log = logging.getLogger(__name__)
ATTEMPTS, LAST_ATTEMPT = "attempts", 4  # how often a workbook could not be read in time, by its bytes


@dataclass
class Sheet:
    """A register sheet and what became of its rows. issues: of reading and of placing; strange: rows that count for nothing.

    keys: of its rows; missing: of rows that the workbook held when it was last delivered, and holds no longer.
    """

    reading: SheetReading
    frame: pd.DataFrame
    units: list[str | None]
    stored: Stored
    issues: tuple[Issue, ...]
    strange: frozenset[int]
    keys: list[str]
    remarks: list[Remark] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)

    @property
    def troubled(self) -> bool:
        """Whether rows of the sheet could not be read."""
        return bool(self.strange or self.reading.unreadable or self.reading.left_out)


@dataclass
class Workbook:
    """One delivered workbook on its way. rejected: why it could not be read as a whole; notes: what else is to be said.

    waited: it was asked about in an earlier batch and is older than what was read since.
    gone: (register, sheet) that it held when it was last delivered and holds no longer -> keys of the rows.
    """

    claimed: Claimed
    reading: Reading | None = None
    rejected: WorkbookRejected | None = None
    seen_before: bool = False
    waited: bool = False
    sheets: list[Sheet] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    gone: dict[tuple[str, str], list[str]] = field(default_factory=dict)

    @property
    def troubled(self) -> bool:
        """Whether rows of it could not be read."""
        return any(sheet.troubled for sheet in self.sheets)

    def forget_cells(self) -> None:
        """Forget what stands in the rows, which the ledger keeps; where each row stands is still to be told."""
        for sheet in self.sheets:
            sheet.frame = sheet.frame[["_row"]].copy()
            sheet.reading = replace(sheet.reading, frame=sheet.frame)
            sheet.stored = replace(sheet.stored, touches=[])
        if self.reading is not None:
            self.reading = replace(self.reading, sheets=tuple(sheet.reading for sheet in self.sheets))

    def let_go(self) -> None:
        """Forget the rows, of which everything was said."""
        self.reading, self.sheets = None, []

    @property
    def late(self) -> bool:
        """Whether its reader took too long or died."""
        return self.rejected is not None and self.rejected.kind == "late"

    @property
    def status(self) -> str:
        """rejected, asked (about its headers), duplicate (these bytes were processed before and changed nothing) or processed."""
        if self.rejected is not None:
            return "rejected"
        if self.reading is not None and self.reading.asked:
            return "asked"
        idle = all(not sheet.stored.count("new") + sheet.stored.count("changed") for sheet in self.sheets)
        return "duplicate" if self.seen_before and idle else "processed"


def read_all(
    claimed: Sequence[Claimed],
    ways: Ways,
    refused: Collection[str],
    workers: Workers,
    tick: Callable[[str], None],
    stop: Callable[[], bool],
) -> list[Workbook]:
    """Read each workbook until asked to stop; what cannot be read is rejected with a reason, but never for want of time
    before it was tried once more, after the others.

    refused: files to reject unread.
    """
    shared = Shared(ways)
    workers = workers.among([item.path.stat().st_size for item in claimed])

    def begun(item: Claimed) -> Task[Read]:
        tick(item.file)
        return workers.submit(read, item.path, item.file, shared)

    def read_by_now(item: Claimed, task: Task[Read] | None) -> Workbook:
        if task is None:
            return Workbook(item, rejected=WorkbookRejected("failed", *INDIGESTIBLE))
        found = task.result()
        if found.trace:
            log.error(tell("workbook {sha256} cannot be read: {trace}", sha256=item.sha256[:12], trace=found.trace))
        return Workbook(item, found.reading, found.rejected)

    workbooks: list[Workbook] = []
    begun_tasks: deque[tuple[Claimed, Task[Read] | None]] = deque()
    for item in claimed:
        if stop():
            break
        begun_tasks.append((item, None if item.file in refused else begun(item)))
        if len(begun_tasks) > workers.ahead:
            workbooks.append(read_by_now(*begun_tasks.popleft()))
    workbooks += [read_by_now(*each) for each in begun_tasks]
    return [
        read_by_now(workbook.claimed, begun(workbook.claimed)) if workbook.late else workbook for workbook in workbooks
    ]


def put_off(workbooks: Sequence[Workbook], ledger: Ledger) -> tuple[list[Workbook], list[Found]]:
    """The workbooks without those whose reader took too long twice, which wait for the next batch but not for ever."""
    attempts: dict[str, int] = ledger.runs.setting(ATTEMPTS) or {}
    settled: list[Workbook] = []
    waiting: list[Found] = []
    for workbook in workbooks:
        item, tried = workbook.claimed, attempts.pop(workbook.claimed.sha256, 0) + 1
        if workbook.rejected is None or not workbook.late:
            settled.append(workbook)
        elif tried < LAST_ATTEMPT:
            attempts[item.sha256] = tried
            waiting.append(Found(item.path, item.file, f"{workbook.rejected.reason}下一批再试，已试{tried}批。"))
        else:
            reason = f"试了{tried}批，每次都{workbook.rejected.reason}"
            workbook.rejected = WorkbookRejected("late", reason, workbook.rejected.mend)
            settled.append(workbook)
    ledger.runs.keep_setting(ATTEMPTS, attempts)
    return settled, waiting


def limits_of(settings: Mapping[str, int]) -> Limits:
    """The limits of site.toml over the defaults."""
    sizes = {f"{what}_megabytes": f"{what}_bytes" for what in ("file", "unpacked", "csv", "memory")}
    return Limits(**{sizes.get(key, key): value << (20 if key in sizes else 0) for key, value in settings.items()})
