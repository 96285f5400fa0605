"""Makes a committed batch visible: its outputs take their places, its inputs go to the archive.

Everything is first written whole below a staging folder beside its place. The ledger's commit then decides whether the
batch happened; the moves that follow are in its journal and are finished by the next batch if this one is killed.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Collection, Iterable
from pathlib import Path

from processor.batch.inbox import move
from processor.ledger.runs import Run

STAGING = ".staging"


def sync_tree(folder: Path) -> None:
    """Have every file below a folder on disk before the ledger says that the batch happened."""
    for path in folder.rglob("*"):
        if path.is_file():
            with path.open("rb+") as file:
                os.fsync(file.fileno())


def moves_of(staging: Path, outbox: Path) -> list[list[str]]:
    """One move for each staged file, decisions.csv last: who sees it sees the rest."""
    files = sorted(path.relative_to(staging) for path in staging.rglob("*") if path.is_file())
    files.sort(key=lambda path: path == Path("decisions.csv"))
    return [[str(staging / path), str(outbox / path)] for path in files]


def removals_of(folder: Path, staged: Path) -> list[list[str]]:
    """A removal for each published file below a folder that the batch writes as a whole and no longer writes."""
    if not folder.is_dir():
        return []
    return [
        [str(path), ""]
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not (staged / path.relative_to(folder)).exists()
    ]


def archive_moves(work: Path, archive: Path, files: Iterable[str]) -> list[list[str]]:
    """Where each input goes; a name that exists already gets a suffix."""
    return [[str(work / file), str(free_name(archive / file))] for file in files]


def free_name(path: Path) -> Path:
    """The path itself, or with the first free number behind its stem."""
    number, candidate = 2, path
    while candidate.exists():
        candidate = path.with_name(f"{path.stem} ({number}){path.suffix}")
        number += 1
    return candidate


def publish(run: Run) -> list[list[str]]:
    """Make the journal's moves; one that was made already is passed over. [path, ""] removes a file.

    Returns the moves that another program blocks (a page or sheet that is open on Windows); they are tried again.
    """
    blocked = []
    for source, target in run.journal:
        path = Path(source)
        if not path.exists():
            continue
        try:
            if target:
                Path(target).parent.mkdir(parents=True, exist_ok=True)
                move(path, Path(target))
            else:
                path.unlink()
        except OSError:
            blocked.append([source, target])
    return blocked


def sweep(outbox: Path, work: Path, kept: Collection[Path]) -> None:
    """Remove what interrupted batches staged and what is empty of the work folder; files in `kept` stay."""
    for staging in outbox.glob(f"{STAGING}-*"):
        if not any(staging in path.parents for path in kept):
            shutil.rmtree(staging, ignore_errors=True)
    for folder in sorted((path for path in work.rglob("*") if path.is_dir()), reverse=True) if work.is_dir() else []:
        if not any(folder.iterdir()):
            folder.rmdir()
