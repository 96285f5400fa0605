"""What a process and all that it started use: the largest memory at once, and processor time."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

import psutil

EVERY_SECONDS = 0.2


@dataclass
class Used:
    """peak: MiB of memory at once, what processes share counted once; spent: processor seconds by process."""

    peak: float = 0.0
    spent: dict[int, float] = field(default_factory=dict)

    @property
    def cpu(self) -> float:
        """Processor seconds of all of them."""
        return sum(self.spent.values())

    def look(self) -> None:
        """Note what this process and its children use now."""
        memory = 0
        own = psutil.Process()
        for process in [own, *own.children(recursive=True)]:
            with suppress(psutil.Error):
                times = process.cpu_times()
                self.spent[process.pid] = times.user + times.system
                memory += getattr(process.memory_full_info(), "pss", 0) or process.memory_info().rss
        self.peak = max(self.peak, memory / (1 << 20))


@contextmanager
def watched() -> Iterator[Used]:
    """What is used meanwhile, looked at a few times a second."""
    used, done = Used(), threading.Event()

    def watch() -> None:
        while not done.wait(EVERY_SECONDS):
            used.look()

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield used
    finally:
        used.look()
        done.set()
        thread.join()
