"""How a batch holds memory: how often Python looks for cycles, and when what was let go is given back to the machine."""

from __future__ import annotations

import ctypes
import gc
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache


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


def giving_back(stage: Callable[[str], None], rest: Callable[[], None]) -> Callable[[str], None]:
    """Begin each stage of a batch with the memory given back that the one before needed and let go.

    rest: lets other processes of the batch do the same.
    """

    def begin(name: str) -> None:
        rest()
        _trim()(0)
        stage(name)

    return begin


@cache
def _trim() -> Callable[[int], object]:
    """What gives memory back to the machine: of the C library of Linux; others do it by themselves, or not at all."""
    library = ctypes.CDLL(None) if sys.platform == "linux" else None
    return getattr(library, "malloc_trim", lambda kept: None)
