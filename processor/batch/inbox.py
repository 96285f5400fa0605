"""What lies in the inbox: which files are ready, which still wait, and how a batch takes hold of them."""

from __future__ import annotations

import fnmatch
import hashlib
import os
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

IGNORED = (
    ".*",
    "~$*",
    "~*.tmp",
    "*.tmp",
    "*.temp",
    "*.part",
    "*.partial",
    "*.crdownload",
    "*.download",
    "*.swp",
    "*.lnk",
    "thumbs.db",
    "desktop.ini",
)
LOCKS = ("~${name}", ".~{name}", ".~lock.{name}#")
FUTURE_CHECK_SECONDS = 1.0


@dataclass(frozen=True)
class Found:
    """A file in the inbox. file: path below the inbox, with forward slashes. waits: Chinese reason, empty when ready."""

    path: Path
    file: str
    waits: str


@dataclass(frozen=True)
class Claimed:
    """A file that the batch holds. path: where it lies now; sha256: of its bytes."""

    path: Path
    file: str
    sha256: str


def look(inbox: Path, settle_seconds: float, now: float | None = None) -> list[Found]:
    """The files below the inbox in order of path; lock and temporary files are left alone and not listed."""
    moment = time.time() if now is None else now
    return [
        Found(path, path.relative_to(inbox).as_posix(), _waits(path, settle_seconds, moment)) for path in _files(inbox)
    ]


def _files(folder: Path) -> Iterator[Path]:
    for entry in sorted(os.scandir(folder), key=lambda entry: entry.name):
        if any(fnmatch.fnmatchcase(entry.name.lower(), pattern) for pattern in IGNORED):
            continue
        if entry.is_dir(follow_symlinks=False):
            yield from _files(Path(entry.path))
        elif entry.is_file(follow_symlinks=False):
            yield Path(entry.path)


def _waits(path: Path, settle_seconds: float, now: float) -> str:
    for pattern in LOCKS:
        lock = pattern.format(name=path.name)
        if (path.parent / lock).exists() or _office_lock(path, lock).exists():
            return "文件正在被打开编辑，请保存并关闭；如果没有人在编辑，请删除旁边的锁文件。"
    try:
        state = path.stat()
        changed = max(state.st_mtime, state.st_ctime)
        if changed > now + FUTURE_CHECK_SECONDS:
            return _still(path, min(settle_seconds, FUTURE_CHECK_SECONDS))
        if now - changed < settle_seconds:
            return "文件刚刚放入，可能还在复制，稍后再读。"
        with path.open("rb"):
            pass
    except OSError:
        return "文件暂时打不开，可能正被别的程序占用，稍后再读。"
    return ""


def _office_lock(path: Path, lock: str) -> Path:
    """Office drops the first letters of a long name in its lock file: `~$` takes the place of two characters."""
    return path.parent / f"~${path.name[2:]}" if lock.startswith("~$") and len(path.stem) > 6 else path.parent / lock


def _still(path: Path, seconds: float) -> str:
    """For a file dated in the future (the clocks differ): whether it stands still while we look."""
    before = path.stat()
    time.sleep(seconds)
    after = path.stat()
    same = (before.st_size, before.st_mtime_ns) == (after.st_size, after.st_mtime_ns)
    return "" if same else "文件还在变化，稍后再读。"


def claim(found: Found, work: Path) -> Claimed | None:
    """Move a ready file into the work folder; None where another program holds it."""
    target = work / found.file
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        move(found.path, target)
    except PermissionError:
        return None
    return Claimed(target, found.file, digest(target))


def held(work: Path) -> list[Claimed]:
    """Files that an interrupted batch left in the work folder, in order of path."""
    if not work.is_dir():
        return []
    return [Claimed(path, path.relative_to(work).as_posix(), digest(path)) for path in _files(work)]


def give_back(claimed: Claimed, inbox: Path) -> None:
    """Return a file to the inbox; where its name is taken by a newer one it stays in the work folder."""
    target = inbox / claimed.file
    if not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        move(claimed.path, target)


def move(source: Path, target: Path) -> None:
    """Rename, or across file systems copy, sync and only then remove."""
    try:
        os.replace(source, target)
        return
    except PermissionError:
        raise
    except OSError:
        part = target.with_name(f".{target.name[:80]}.part")
        shutil.copy2(source, part)
        with part.open("rb+") as file:
            os.fsync(file.fileno())
        os.replace(part, target)
        source.unlink()


def digest(path: Path) -> str:
    """SHA-256 of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
