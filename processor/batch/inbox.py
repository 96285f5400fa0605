"""What lies in the inbox: which files are ready, which still wait, and how a batch takes hold of them."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import shutil
import time
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from processor.batch.taking import copy_of, opened, opened_below, take
from processor.batch.transfers import LEFT_FOLDERS, being_saved, left_alone, under_way

CLOCK_PROBE = ".processor-clock"
CLOCK_SLACK_SECONDS = 1.0
SHORTEST_CUT_NAME = 7  # Office's lock file keeps the whole of a shorter name, else `~$` takes the place of two letters
MOUNT_POINT = 0xA0000003  # the tag of a junction
OUT_OF_SPACE = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EFBIG})

OPEN = "文件正在被打开编辑，请保存并关闭；如果没有人在编辑，请删除旁边的锁文件。"
FRESH = "文件刚刚放入，可能还在复制，稍后再读。"
TRANSFER = "文件还在下载或上传，旁边有没有传完的临时文件，传完后再读；如果早已传完，请删除那个临时文件。"
CHANGING = "文件还在变化，稍后再读。"
BUSY = "文件暂时打不开，可能正被别的程序占用，稍后再读。"
SAME_NAME = "同名的上一份文件正在处理，这一份下次再读。"
NEXT = "这一批已经够多，下一批接着读。"
CLOSED_FOLDER = "文件夹打不开，请管理员检查它的权限。"


@dataclass(frozen=True)
class Found:
    """A file in the inbox. file: path below it, with forward slashes. waits: Chinese reason, empty when ready."""

    path: Path
    file: str
    waits: str


@dataclass(frozen=True)
class Claimed:
    """A file that the batch holds. path: where it lies now; sha256: of its bytes; changed: when it was written last, in ns."""

    path: Path
    file: str
    sha256: str
    changed: int = 0


@dataclass(frozen=True)
class Portion:
    """The most that a batch takes: workbooks, and bytes of all of them, but always one workbook."""

    files: int
    bytes: int


#: What a watched site takes at once, so that the first of many workbooks does not wait for the last.
A_BATCH = Portion(100, 64 << 20)


def portion_of(found: Sequence[Found], most: Portion) -> list[Found]:
    """The files found, those that were written last made to wait where they are more than a batch takes."""
    ready = [
        (state.st_mtime_ns, item.file, state.st_size) for item in found if not item.waits and (state := _state(item))
    ]
    left, total = set(), 0
    for number, (_, file, size) in enumerate(sorted(ready), 1):
        total += size
        if number > 1 and (number > most.files or total > most.bytes):
            left.add(file)
    return [replace(item, waits=NEXT) if item.file in left else item for item in found]


def _state(found: Found) -> os.stat_result | None:
    try:
        return found.path.stat()
    except OSError:
        return None


def in_turn(claimed: Iterable[Claimed]) -> list[Claimed]:
    """In the order in which the files were written; those of one moment by their paths."""
    return sorted(claimed, key=lambda item: (item.changed, item.file))


def hold(path: Path, file: str) -> Claimed:
    """A file that lies where nobody else writes."""
    return Claimed(path, file, digest(path), path.stat().st_mtime_ns)


def look(inbox: Path, settle_seconds: float, now: float) -> list[Found]:
    """The files below the inbox in order of path; lock and temporary files are left alone and not listed.

    now: the time by the clock that dates the inbox's files. Raises OSError where the inbox cannot be listed.
    """
    found: list[Found] = []
    undated: list[tuple[Path, os.stat_result]] = []
    for path, waits in _states(inbox, settle_seconds, now):
        if waits is None:
            with contextlib.suppress(OSError):
                undated.append((path, path.stat()))
        else:
            found.append(Found(path, _shown(path.relative_to(inbox)), waits))
    if undated:
        time.sleep(min(settle_seconds, CLOCK_SLACK_SECONDS))
    for path, before in undated:
        found.append(Found(path, _shown(path.relative_to(inbox)), "" if _same(path, before) else CHANGING))
    return sorted(found, key=lambda item: item.file)


def clock(folder: Path) -> float:
    """The time by the clock of the machine that keeps the folder, which on a network share is not ours; seconds."""
    probe = folder / CLOCK_PROBE
    try:
        probe.write_bytes(b"\n")
        moment = probe.stat().st_mtime
        probe.unlink()
    except OSError:
        return time.time()
    return moment


def _states(inbox: Path, settle_seconds: float, now: float) -> Iterator[tuple[Path, str | None]]:
    """Each file with its reason to wait: empty when ready, None where its dates cannot tell."""
    folders = [inbox]
    while folders:
        folder = folders.pop()
        try:
            entries = list(os.scandir(folder))
        except OSError:
            if folder == inbox:
                raise
            yield folder, CLOSED_FOLDER
            continue
        names = {entry.name for entry in entries}
        for entry in entries:
            if left_alone(entry.name):
                continue
            path = Path(entry.path)
            if entry.is_dir(follow_symlinks=False):
                if entry.name.lower() not in LEFT_FOLDERS and not _leads_elsewhere(entry.stat(follow_symlinks=False)):
                    folders.append(path)
            elif entry.is_file(follow_symlinks=False) and not being_saved(path):
                yield path, _reason(path, names, settle_seconds, now)


def _leads_elsewhere(state: os.stat_result) -> bool:
    """Whether a folder is a junction of Windows, which anybody may make and which is no symbolic link."""
    return getattr(state, "st_reparse_tag", 0) == MOUNT_POINT


def _reason(path: Path, names: Collection[str], settle_seconds: float, now: float) -> str | None:
    if under_way(path.name, names):
        return TRANSFER
    return OPEN if _locks(path) & set(names) else _waits(path, settle_seconds, now)


def _locks(path: Path) -> set[str]:
    """The lock files that Office, WPS and LibreOffice put beside a workbook that is open."""
    cut = {f"~${path.name[2:]}"} if len(path.stem) >= SHORTEST_CUT_NAME else set()
    return cut | {f"~${path.name}", f".~{path.name}", f".~lock.{path.name}#"}


def _waits(path: Path, settle_seconds: float, now: float) -> str | None:
    try:
        state = path.stat()
        dated = state.st_mtime <= now + CLOCK_SLACK_SECONDS
        if dated and now - state.st_mtime < settle_seconds:
            return FRESH
        if now - state.st_ctime < settle_seconds:  # just arrived with the date that it had elsewhere
            dated = False
        with path.open("rb"):
            pass
    except OSError:
        return BUSY
    return (
        "" if dated and path.suffix else None
    )  # what has no extension may be written by anything, and is looked at twice


def _same(path: Path, before: os.stat_result) -> bool:
    try:
        after = path.stat()
    except OSError:
        return False
    return (before.st_size, before.st_mtime_ns) == (after.st_size, after.st_mtime_ns)


def _shown(relative: Path) -> str:
    """The path as outputs name it; a name that is no UTF-8 was most likely written in GB18030."""
    name = relative.as_posix()
    try:
        name.encode("utf-8")
    except UnicodeEncodeError:
        return os.fsencode(name).decode("gb18030", "replace")
    return name


def claim(found: Found, inbox: Path, work: Path, holding: Collection[Claimed]) -> Claimed | str:
    """Move a ready file into the work folder; the Chinese reason where it must wait.

    inbox: the folder that it was found in. holding: what the batch holds already. Raises OSError where the disk is full
    or cannot be written.
    """
    target = work / found.file
    before = next((item for item in holding if item.file == found.file), None)
    try:
        if before is not None and digest(found.path) != before.sha256:
            return SAME_NAME
        if before is not None:  # a move across file systems that was interrupted before its last step
            found.path.unlink()
            return ""
        target.parent.mkdir(parents=True, exist_ok=True)
        take(inbox, found.path.relative_to(inbox), target)
    except OSError as error:
        if error.errno in OUT_OF_SPACE:
            raise
        return BUSY
    return hold(target, found.file)


def look_into(found: Found, inbox: Path, folder: Path) -> Claimed | None:
    """A copy of a ready file in a folder of the batch's own, the file left where it is; None where it cannot be opened."""
    target = folder / found.file
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        with opened_below(inbox, found.path.relative_to(inbox)) as file:
            copy_of(file, target)
    except OSError:
        return None
    return hold(target, found.file)


def held(work: Path) -> list[Claimed]:
    """Files that an interrupted batch left in the work folder, in order of path."""
    if not work.is_dir():
        return []
    paths = sorted(
        path for path in work.rglob("*") if path.is_file() and not path.is_symlink() and not left_alone(path.name)
    )
    return [hold(path, path.relative_to(work).as_posix()) for path in paths]


def give_back(claimed: Claimed, inbox: Path) -> None:
    """Return a file to the inbox; where it cannot go there it stays in the work folder, for the next batch."""
    target = inbox / claimed.file
    with contextlib.suppress(OSError):
        if inbox.is_dir() and not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            move(claimed.path, target)


def move(source: Path, target: Path) -> None:
    """Rename, or across file systems copy, sync and only then remove."""
    try:
        os.replace(source, target)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        _carry(source, target)


def _carry(source: Path, target: Path) -> None:
    with opened(source) as file:
        copy_of(file, target)
    sync_folder(target.parent)
    try:
        source.unlink()
    except OSError:
        target.unlink()
        raise


def copy(source: Path, target: Path) -> None:
    """Copy a file's bytes, on disk before this returns; the new file has the rights of its folder."""
    with source.open("rb") as reading, target.open("wb") as writing:
        shutil.copyfileobj(reading, writing, 1 << 20)
        writing.flush()
        os.fsync(writing.fileno())


def sync_folder(folder: Path) -> None:
    """Have the names in a folder on disk, where the file system knows such a thing."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def digest(path: Path) -> str:
    """SHA-256 of a file's bytes."""
    with opened(path) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
