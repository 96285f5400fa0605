"""What a batch is asked to do, and what it did."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from processor.batch.inbox import Portion
from processor.report.snapshot import WorkbookReport
from processor.settle.closing import Request


@dataclass(frozen=True)
class Options:
    """How to run. close: the month that the command wants closed; read: look at the inbox; stop: asked between two workbooks.

    seal_key: of a first batch that is made again; empty: a new one. notify: send messages.

    most: what it takes of the inbox at most; None: all that lies there.
    enough: asked between two units while changes of the rules are tried; True leaves the rest to the batches to come.
    tick: called with a label at each step, for progress. stage: called with a name as each stage of the batch begins.
    """

    as_of: date
    dry_run: bool = False
    close: Request | None = None
    read: bool = True
    seal_key: str = ""
    notify: bool = True
    most: Portion | None = None
    tick: Callable[[str], None] = field(default=lambda label: None)
    stage: Callable[[str], None] = field(default=lambda name: None)
    stop: Callable[[], bool] = field(default=lambda: False)
    enough: Callable[[], bool] = field(default=lambda: False)


@dataclass(frozen=True)
class Result:
    """What a batch did, as `--json` prints it."""

    run: str
    as_of: date
    workbooks: tuple[WorkbookReport, ...]
    decisions: int
    outputs: Any
    troubled: bool
    rulebook: Mapping[str, Any]

    @property
    def exit_code(self) -> int:
        """1 where a workbook was rejected or a row could not be read."""
        return int(self.troubled)


class Stopped(Exception):
    """The batch was asked to stop before it had read a workbook."""
