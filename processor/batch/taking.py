"""Takes files out of folders in which anybody may write: each is opened once, and nothing is followed anywhere else.

What was opened is what is read, whatever happens to its name meanwhile. A file that has other names too (hard links)
is copied, so that nobody can change it afterwards.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import shutil
import stat
from collections.abc import Iterator
from io import BufferedReader
from pathlib import Path

_NO_LINK = getattr(os, "O_NOFOLLOW", 0)
_AS_IT_IS = getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
_BY_FOLDER = os.open in os.supports_dir_fd and os.rename in os.supports_dir_fd  # not on Windows


@contextlib.contextmanager
def opened(path: Path, folder: int | None = None) -> Iterator[BufferedReader]:
    """The regular file at a path, or of that name in an opened folder. Raises OSError for a link or anything else."""
    if not _NO_LINK and path.is_symlink():
        raise OSError(errno.ELOOP, "a link")
    handle = os.open(path, os.O_RDONLY | _NO_LINK | _AS_IT_IS, dir_fd=folder)
    with open(handle, "rb") as file:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise OSError(errno.EINVAL, "no regular file")
        yield file


def take(root: Path, relative: Path, target: Path) -> None:
    """Move a file below `root` to `target`, where nobody else writes; its folders may have been exchanged for links.

    Raises OSError where it cannot be moved, is no regular file, or is no longer what it was when it was opened.
    """
    if not _BY_FOLDER:
        _within(root, root / relative)
        _take_by_name(root / relative, target)
        return
    with _folder(root, relative.parts[:-1]) as folder:
        name = Path(relative.name)
        with opened(name, folder) as file:
            try:
                os.replace(name, target, src_dir_fd=folder)
            except OSError as error:
                if error.errno != errno.EXDEV:
                    raise
                copy_of(file, target)
                _forget(name, folder, file, target)
                return
            if not _same(target.lstat(), file):
                with contextlib.suppress(OSError):
                    os.replace(target, name, dst_dir_fd=folder)
                raise OSError(errno.EBUSY, "exchanged while it was taken")
            if os.fstat(file.fileno()).st_nlink > 1:
                copy_of(file, target)


def _take_by_name(path: Path, target: Path) -> None:
    """The same where no file that is open can be renamed (Windows): it is moved first, and looked at where nobody else writes."""
    try:
        os.replace(path, target)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        with opened(path) as file:
            copy_of(file, target)
            taken = os.fstat(file.fileno())
        try:
            if not os.path.samestat(path.lstat(), taken):
                raise OSError(errno.EBUSY, "exchanged while it was taken")
            path.unlink()
        except OSError:
            target.unlink()
            raise
        return
    try:
        with opened(target) as file:
            part = _copied(file, target) if os.fstat(file.fileno()).st_nlink > 1 else None
    except OSError:
        with contextlib.suppress(OSError):
            os.replace(target, path)
        raise
    if part is not None:
        os.replace(part, target)


def _within(root: Path, path: Path) -> None:
    """Raises OSError where a folder on the way leads out of `root`."""
    if not path.parent.resolve().is_relative_to(root.resolve()):
        raise OSError(errno.ELOOP, "a link")


def copy_of(file: BufferedReader, target: Path) -> None:
    """Write an opened file's bytes to `target` with its time of change, on disk before this returns."""
    os.replace(_copied(file, target), target)


def _copied(file: BufferedReader, target: Path) -> Path:
    """A copy beside the target, which has only to take its place."""
    part = target.with_name(f".{hashlib.sha256(os.fsencode(target.name)).hexdigest()[:16]}.part")
    file.seek(0)
    with part.open("wb") as writing:
        shutil.copyfileobj(file, writing, 1 << 20)
        writing.flush()
        os.fsync(writing.fileno())
    state = os.fstat(file.fileno())
    with contextlib.suppress(OSError):
        os.utime(part, ns=(state.st_atime_ns, state.st_mtime_ns))
    return part


def _forget(name: Path, folder: int, file: BufferedReader, copied: Path) -> None:
    """Remove the name of a file that was copied; without that the copy goes, too."""
    try:
        if not _same(os.stat(name, dir_fd=folder, follow_symlinks=False), file):
            raise OSError(errno.EBUSY, "exchanged while it was taken")
        os.unlink(name, dir_fd=folder)
    except OSError:
        copied.unlink()
        raise


def _same(state: os.stat_result, file: BufferedReader) -> bool:
    return os.path.samestat(state, os.fstat(file.fileno()))


@contextlib.contextmanager
def _folder(root: Path, parts: tuple[str, ...]) -> Iterator[int]:
    """A handle of the folder below `root`, reached without following a link."""
    handle = os.open(root, os.O_RDONLY | os.O_DIRECTORY)
    try:
        for part in parts:
            inner = os.open(part, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=handle)
            os.close(handle)
            handle = inner
        yield handle
    finally:
        os.close(handle)


@contextlib.contextmanager
def opened_below(root: Path, relative: Path) -> Iterator[BufferedReader]:
    """The regular file at a path below `root`, no link followed on the way."""
    if not _BY_FOLDER:
        _within(root, root / relative)
        with opened(root / relative) as file:
            yield file
        return
    with _folder(root, relative.parts[:-1]) as folder, opened(Path(relative.name), folder) as file:
        yield file
