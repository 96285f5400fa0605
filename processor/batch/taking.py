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

_NO_LINK = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
_BY_FOLDER = os.open in os.supports_dir_fd and os.rename in os.supports_dir_fd  # not on Windows


@contextlib.contextmanager
def opened(path: Path, folder: int | None = None) -> Iterator[BufferedReader]:
    """The regular file at a path, or of that name in an opened folder. Raises OSError for a link or anything else."""
    if not _NO_LINK and path.is_symlink():
        raise OSError(errno.ELOOP, "a link")
    handle = os.open(path, os.O_RDONLY | _NO_LINK, dir_fd=folder)
    with open(handle, "rb") as file:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise OSError(errno.EINVAL, "no regular file")
        yield file


def take(root: Path, relative: Path, target: Path) -> None:
    """Move a file below `root` to `target`, where nobody else writes; its folders may have been exchanged for links.

    Raises OSError where it cannot be moved, is no regular file, or is no longer what it was when it was opened.
    """
    with _folder(root, relative.parts[:-1]) as folder:
        name = Path(relative.name) if folder is not None else root / relative
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


def copy_of(file: BufferedReader, target: Path) -> None:
    """Write an opened file's bytes to `target` with its time of change, on disk before this returns."""
    part = target.with_name(f".{hashlib.sha256(os.fsencode(target.name)).hexdigest()[:16]}.part")
    file.seek(0)
    with part.open("wb") as writing:
        shutil.copyfileobj(file, writing, 1 << 20)
        writing.flush()
        os.fsync(writing.fileno())
    state = os.fstat(file.fileno())
    with contextlib.suppress(OSError):
        os.utime(part, ns=(state.st_atime_ns, state.st_mtime_ns))
    os.replace(part, target)


def _forget(name: Path, folder: int | None, file: BufferedReader, copied: Path) -> None:
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
def _folder(root: Path, parts: tuple[str, ...]) -> Iterator[int | None]:
    """A handle of the folder below `root`, reached without following a link; None where the system knows none."""
    if not _BY_FOLDER:
        yield None
        return
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
    with _folder(root, relative.parts[:-1]) as folder:
        name = Path(relative.name) if folder is not None else root / relative
        with opened(name, folder) as file:
            yield file
