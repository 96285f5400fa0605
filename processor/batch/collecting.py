"""How often Python looks for cycles while a command or a batch is at work."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def seldom_collecting() -> Iterator[None]:
    """A batch holds millions of cells and no cycles to speak of: looking for some at the usual pace is a tenth of its time,
    and of the time that the program takes to start.
    """
    thresholds = gc.get_threshold()
    collect_seldom()
    try:
        yield
    finally:
        gc.set_threshold(*thresholds)


def collect_seldom() -> None:
    """Look for cycles at the pace of a batch from now on."""
    gc.set_threshold(100_000, 50, 1_000)
