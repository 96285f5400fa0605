"""Finds the one workbook on which a batch fails, so that the others can go on without it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from processor.batch.batch import Batch
from processor.batch.inbox import OUT_OF_SPACE, Claimed
from processor.batch.options import Options
from processor.batch.setup import Setup
from processor.errors import ProcessorError
from processor.ledger import transaction


def culprit(setup: Setup, options: Options, claimed: Sequence[Claimed], folder: Path) -> Claimed | None:
    """The first workbook with which a batch of those before it fails; None where none is to blame.

    folder: where the trials write. Costs log2(n) trial batches, which leave the ledger as it was.
    Raises SiteError where the ledger cannot be used, OSError where the disk is full.
    """
    quiet = replace(options, stage=lambda name: None, stop=lambda: False)
    if not claimed or _fails(setup, quiet, [], folder) or not _fails(setup, quiet, claimed, folder):
        return None
    works, fails = 0, len(claimed)
    while fails - works > 1:
        middle = (works + fails) // 2
        if _fails(setup, quiet, claimed[:middle], folder):
            fails = middle
        else:
            works = middle
    return claimed[fails - 1]


def _fails(setup: Setup, options: Options, claimed: Sequence[Claimed], folder: Path) -> bool:
    try:
        with transaction(setup.site.ledger, setup.registers, keep=False) as ledger:
            Batch(setup, options, ledger, folder, folder).process(claimed, [])
    except ProcessorError:
        raise
    except Exception as error:
        if isinstance(error, OSError) and error.errno in OUT_OF_SPACE:
            raise
        return True
    return False
