"""Runs a batch in a forked child that dies at a chosen step or instant, as by SIGKILL or a power cut."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event

from processor.batch.publish import STAGING

STEPS = frozenset({"os.rename", "os.remove", "sqlite3.connect"})
WRITING = os.O_WRONLY | os.O_RDWR


def steps_of(work: Callable[[], object], folder: Path) -> int:
    """How many steps a child makes that change files below the folder or commit.

    Steps in the staging folder are left out: it is thrown away whole.
    """
    reading, writing = os.pipe()

    def child() -> None:
        count = _each_step(folder, lambda number: None)
        work()
        os.write(writing, str(count()).encode())

    assert os.waitstatus_to_exitcode(_wait(_fork(child))) == 0
    os.close(writing)
    with os.fdopen(reading) as told:
        return int(told.read())


def killed_at(work: Callable[[], object], folder: Path, step: int) -> None:
    """Run until just before the step, counted from 1."""

    def child() -> None:
        _each_step(folder, lambda number: os.kill(os.getpid(), signal.SIGKILL) if number == step else None)
        work()

    assert os.WTERMSIG(_wait(_fork(child))) == signal.SIGKILL


def killed_after(work: Callable[[], object], seconds: float) -> None:
    """Run for so long, or to its end where that comes first."""
    child = _fork(work)
    time.sleep(seconds)
    os.kill(child, signal.SIGKILL)
    _wait(child)


def apart(work: Callable[[], object]) -> None:
    """Run to the end in a child, as a command of its own would: threads that a library began in this process do not
    live on in its children.
    """
    assert os.waitstatus_to_exitcode(_wait(_fork(work))) == 0


def _fork(work: Callable[[], object]) -> int:
    child = os.fork()
    if child:
        return child
    code = 1
    try:
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, 1)
        os.dup2(null, 2)
        for name in [name for name in sys.modules if name.partition(".")[0] == "apprise"]:
            del sys.modules[name]  # the threads by which it sends did not come along
        work()
        code = 0
    finally:
        os._exit(code)


def _wait(child: int) -> int:
    return os.waitpid(child, 0)[1]


def _each_step(folder: Path, call: Callable[[int], None]) -> Callable[[], int]:
    """Call with the number of each step as it begins; returns a function that tells how many there were."""
    count = 0

    def step(*_: Any) -> None:
        nonlocal count
        count += 1
        call(count)

    def audit(name: str, arguments: tuple[Any, ...]) -> None:
        writes = name == "open" and isinstance(arguments[2], int) and arguments[2] & WRITING
        if name in STEPS or writes:
            path = Path(os.fsdecode(arguments[0])) if isinstance(arguments[0], str | bytes | os.PathLike) else None
            if path is not None and folder in path.parents and folder / STAGING not in path.parents:
                step()

    sys.addaudithook(audit)
    event.listen(Engine, "commit", step)
    return lambda: count
