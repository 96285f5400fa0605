"""The steps by which a ledger of an earlier version becomes one of this version, run by Alembic: forward only.

A step is one file of `versions/`, named by a number and what it does (`0007_notices.py`). Its place in the chain is its
place among the file names, so that a step is moved by renaming its file.
"""

from __future__ import annotations

from functools import cache
from importlib import resources
from pathlib import Path

#: What version 0.1.0 of the product made; it wrote `2` as its schema into the ledger's settings.
FIRST = "0002_first_release"


@cache
def chain() -> tuple[str, ...]:
    """The names of all steps in their order; the last is the version of a new ledger."""
    names = (file.name for file in resources.files(__name__).joinpath("versions").iterdir())
    return tuple(sorted(name.removesuffix(".py") for name in names if name[:1].isdigit() and name.endswith(".py")))


def position(file: str) -> tuple[str, str | None]:
    """(revision, down_revision) of a step by its file: Alembic's names for a step and the one before it."""
    steps = chain()
    index = steps.index(Path(file).stem)
    return steps[index], steps[index - 1] if index else None


def number(step: str) -> int:
    """The version of the ledger that a step leads to: 7 for `0007_notices`."""
    return int(step.partition("_")[0])
