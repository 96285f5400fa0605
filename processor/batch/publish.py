"""Makes a committed batch visible: its outputs take their places, its inputs go to the archive.

A batch writes into a staging folder that only the administrator can enter. Before the ledger's commit each file is
copied beside its place, under a temporary name and with the rights of that folder; so a full disk shows before
anything has happened. The commit then decides whether the batch happened. The renames that follow are in its journal
and are finished by the next batch if this one is killed.
"""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Collection, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from processor.batch.inbox import copy, digest, move, sync_folder
from processor.filenames import PART, fitted, free_name
from processor.ledger.runs import Run

STAGING = ".staging"
#: How many files are on their way to a disk or a share at once: each waits until it is safe there.
AT_ONCE = 8


def stage(folder: Path) -> Path:
    """An empty staging folder below the site's folder, closed to others."""
    sweep_staging(folder)
    staging = folder / STAGING
    staging.mkdir(mode=0o700)
    return staging


def sweep_staging(folder: Path) -> None:
    """Remove the staging folder below the site's folder."""
    shutil.rmtree(folder / STAGING, ignore_errors=True)


def place(staging: Path, outbox: Path, number: int, under_way: Collection[str] = ()) -> list[list[str]]:
    """Copy each staged file that differs from what lies at its place beside it; returns the renames left to do.

    decisions.csv is the last: who sees it sees the rest. number: of the batch. under_way: places to which an earlier
    batch still has to move a file, which are written in any case.
    Raises OSError where the outbox is full or cannot be written.
    """
    found = (path.relative_to(staging) for path in staging.rglob("*") if path.is_file())
    files = sorted(path for path in found if not any(name.startswith(PART) for name in path.parts))
    files.sort(key=lambda path: path == Path("decisions.csv"))

    def copied(index: int, file: Path) -> list[str] | None:
        target = outbox / file
        if str(target) not in under_way and _same(staging / file, target):
            return None
        target.parent.mkdir(parents=True, exist_ok=True)
        part = target.with_name(f"{PART}{number}-{index}")
        copy(staging / file, part)
        return [str(part), str(target)]

    with ThreadPoolExecutor(AT_ONCE) as disk:
        return [move for move in disk.map(copied, range(len(files)), files) if move is not None]


def _same(staged: Path, target: Path) -> bool:
    """Whether a file lies at its place already, byte for byte."""
    try:
        if target.is_symlink() or target.stat().st_size != staged.stat().st_size:
            return False
        with staged.open("rb") as one, target.open("rb") as other:
            return all(piece == other.read(1 << 20) for piece in iter(lambda: one.read(1 << 20), b""))
    except OSError:
        return False


def removals_of(outbox: Path, staging: Path, folder: str, stays: Collection[str]) -> list[list[str]]:
    """A removal for each published file below a folder of the outbox that the batch writes as a whole and no longer writes.

    stays: files below the outbox that it did not write since they say what they said.
    """
    if not (outbox / folder).is_dir():
        return []
    files = [p for p in sorted((outbox / folder).rglob("*")) if p.is_file() and not p.name.startswith(PART)]
    below = [(path, path.relative_to(outbox)) for path in files]
    return [[str(path), ""] for path, own in below if own.as_posix() not in stays and not (staging / own).exists()]


def removals(outbox: Path, staging: Path, files: Iterable[str]) -> list[list[str]]:
    """A removal for each of these files below the outbox, and for the page beside it, that the batch did not write anew."""
    pairs = [(outbox / file, staging / file) for name in files for file in (name, fitted(name, ".html"))]
    return [[str(path), ""] for path, staged in pairs if path.is_file() and not staged.exists()]


def archive_moves(work: Path, archive: Path, files: Iterable[str]) -> list[list[str]]:
    """Where each input goes; where other content has its name already, it gets another name."""
    moves = []
    for file in files:
        target = archive / file
        same = target.is_file() and digest(target) == digest(work / file)
        moves.append([str(work / file), str(target if same else free_name(target))])
    return moves


def publish(run: Run) -> list[list[str]]:
    """Make the journal's moves; one that was made already is passed over. [path, ""] removes a file.

    Returns the moves that another program blocks (a page or sheet that is open on Windows); they are tried again.
    """
    blocked = []
    folders = set()
    for source, target in run.journal:
        path = Path(source)
        try:
            if not path.exists():
                continue
            if target:
                Path(target).parent.mkdir(parents=True, exist_ok=True)
                move(path, Path(target))
                folders.add(Path(target).parent)
            else:
                path.unlink()
        except OSError:
            blocked.append([source, target])
    with ThreadPoolExecutor(AT_ONCE) as disk:
        list(disk.map(sync_folder, folders))
    return blocked


def sweep(outbox: Path, work: Path, kept: Collection[Path]) -> None:
    """Remove what interrupted batches left beside outputs, and empty folders below work. kept: files to leave."""
    for folder, pattern in ((outbox, f"{PART}*"), (work, ".*.part")):
        for part in folder.rglob(pattern):
            if part not in kept:
                with contextlib.suppress(OSError):
                    part.unlink()
    for folder in sorted((path for path in work.rglob("*") if path.is_dir()), reverse=True):
        if not any(folder.iterdir()):
            folder.rmdir()
