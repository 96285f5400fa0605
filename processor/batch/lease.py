"""One writer over machines: a lease file in the inbox that its holder renews, and that is stale when he does not."""

from __future__ import annotations

import json
import os
import platform
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from processor.batch.inbox import clock
from processor.errors import SiteLocked
from processor.site import Site

LEASE = ".processor-lease"
STALE_SECONDS, RENEW_SECONDS = 600.0, 60.0
SYNCHRONIZE, NO_SUCH_PROCESS, STILL_RUNS = 0x100000, 87, 0x102  # of Windows: a right, an error, WAIT_TIMEOUT
WRITTEN_SECONDS = 2.0  # a lease without its text after so long was left by a process that died as it made it


@dataclass(frozen=True)
class Lease:
    """Who holds an inbox: a process that runs a site (its site.toml) on a machine."""

    machine: str
    site: str
    pid: int


@contextmanager
def leasing(site: Site) -> Iterator[None]:
    """Hold the inbox; raises SiteLocked while another machine, or another site of this one, does.

    Whoever runs the same site on the same machine is told apart by the site's lock, and shares the lease.
    """
    file = site.inbox / LEASE
    mine = Lease(platform.node(), str(site.file), os.getpid())
    if not _taken(file, mine):
        yield
        return
    done = threading.Event()
    renewing = threading.Thread(target=_renew, args=(file, done), daemon=True)
    renewing.start()
    try:
        yield
    finally:
        done.set()
        renewing.join()
        with suppress(OSError):
            file.unlink()


def _taken(file: Path, mine: Lease) -> bool:
    """Whether the lease is now ours to give back: False where it was ours before, or where there is no inbox yet."""
    text = json.dumps(asdict(mine), ensure_ascii=False)
    try:
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o660)
    except FileExistsError:
        pass
    except OSError:
        return False
    else:
        return _made(file, handle, text)
    holder = _holder(file)
    if holder is not None and (holder.machine, holder.site) == (mine.machine, mine.site):
        if _lives(holder.pid):
            return False
    elif holder is not None and clock(file.parent) - _written(file) < STALE_SECONDS:
        mend = "let one machine alone run the site; a lease that nobody renews ends after ten minutes"
        raise SiteLocked("another machine or site holds the inbox", where=str(file), mend=mend)
    with suppress(OSError):
        file.write_text(text, encoding="utf-8")
    return True


def _made(file: Path, handle: int, text: str) -> bool:
    """Write a new lease; one that cannot be written, on a full disk, must not hold anybody up."""
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as lease:
            lease.write(text)
        return True
    except OSError:
        with suppress(OSError):
            file.unlink()
        return False


def _holder(file: Path) -> Lease | None:
    """Who holds it; None for a lease that is gone, or whose text never came. Whoever cannot be read may be anybody."""
    until = time.monotonic() + WRITTEN_SECONDS
    while time.monotonic() < until:
        try:
            return Lease(**json.loads(file.read_text(encoding="utf-8")))
        except FileNotFoundError:
            return None
        except OSError:
            return Lease("", "", 0)
        except (ValueError, TypeError):
            time.sleep(WRITTEN_SECONDS / 20)
    return None


def _written(file: Path) -> float:
    try:
        return file.stat().st_mtime
    except OSError:
        return 0.0


def _lives(pid: int) -> bool:
    """Whether a process of this machine still runs; where that cannot be told, yes."""
    if sys.platform == "win32":  # there, signal 0 is Ctrl-C
        return _lives_on_windows(pid)
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def _lives_on_windows(pid: int) -> bool:
    import ctypes

    kernel = ctypes.WinDLL("kernel32", use_last_error=True)  # type: ignore[attr-defined,unused-ignore]
    handle = kernel.OpenProcess(SYNCHRONIZE, False, pid)
    if not handle:
        return ctypes.get_last_error() != NO_SUCH_PROCESS  # type: ignore[attr-defined,unused-ignore]
    try:
        return kernel.WaitForSingleObject(handle, 0) == STILL_RUNS
    finally:
        kernel.CloseHandle(handle)


def _renew(file: Path, done: threading.Event) -> None:
    while not done.wait(RENEW_SECONDS):
        with suppress(OSError):
            os.utime(file)
