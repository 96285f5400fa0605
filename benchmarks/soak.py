"""Whether a watched site keeps its memory: one workbook dropped each second for ten minutes, decided as it comes.

    python -m benchmarks.soak [--minutes 10] [--every 1.0] [--rows 10]

Prints for each minute how many workbooks came and were done, and the memory of the watch with all that it started; at the
end the largest of the second half as a ratio to the largest of the first one: about 1 where nothing is kept.
"""

from __future__ import annotations

import argparse
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import psutil

from benchmarks.registers import Maker, write_book, write_site
from processor.timetable import today

REGISTER = "chats"
BEGIN_SECONDS, END_SECONDS = 600.0, 3600.0
RUN = Path(__file__).parents[1] / "run.py"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--every", type=float, default=1.0, help="seconds from one workbook to the next")
    parser.add_argument("--rows", type=int, default=10, help="rows of each workbook")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        config = write_site(Path(folder))
        with config.open("a", encoding="utf-8") as file:
            file.write("[schedule]\npoll_minutes = 0.05\n[engine]\nworkers = 1\n")
        write_book(config.parent / "inbox" / "roster.xlsx", {"roster": Maker(today(), 1).roster_rows})
        watch = subprocess.Popen(
            [sys.executable, str(RUN), "watch", "--config", str(config)], stderr=subprocess.DEVNULL
        )
        try:
            soak(config.parent, watch, arguments.minutes, arguments.every, arguments.rows)
        finally:
            watch.send_signal(signal.SIGTERM)
            watch.wait()


def soak(site: Path, watch: subprocess.Popen[bytes], minutes: float, every: float, rows: int) -> None:
    """Drop and look until the time is over, then wait until all is done."""
    wait_until(lambda: done(site) > 0, BEGIN_SECONDS)
    begun, dropped, peaks = time.monotonic(), 0, [0.0]
    while (now := time.monotonic() - begun) < minutes * 60:
        if now >= 60 * len(peaks):
            tell(len(peaks), dropped, done(site) - 1, peaks[-1])
            peaks.append(0.0)
        if now >= dropped * every:
            drop(site / "inbox", dropped, rows)
            dropped += 1
        peaks[-1] = max(peaks[-1], memory(watch.pid))
        time.sleep(max(0.0, begun + dropped * every - time.monotonic()))
    tell(len(peaks), dropped, done(site) - 1, peaks[-1])
    wait_until(lambda: done(site) > dropped, END_SECONDS)
    half = max(len(peaks) // 2, 1)
    first, second = max(peaks[:half]), max(peaks[half:] or peaks)
    spent = psutil.Process(watch.pid).cpu_times()
    print(
        f"{dropped} workbooks, all done {time.monotonic() - begun - minutes * 60:.0f} s after the last;"
        f" cpu {spent.user + spent.system:.1f} s; peak {max(peaks):.0f} MiB,"
        f" second half against the first {second / first:.2f}"
    )


def drop(inbox: Path, number: int, rows: int) -> None:
    """One workbook of chats of today, put there whole."""
    maker = Maker(today() - timedelta(days=1), 1, seed=number, prefix=f"{number}-")
    part = inbox.parent / "part.xlsx"
    write_book(part, {REGISTER: maker.rows(REGISTER, rows)})
    part.replace(inbox / f"chats {number:04}.xlsx")


def done(site: Path) -> int:
    """How many workbooks lie in the archive."""
    return sum(1 for path in (site / "archive").glob("*-*/**/*.xlsx") if ".work" not in path.parts)


def memory(pid: int) -> float:
    """MiB of a process and of all that it started."""
    total = 0
    with suppress(psutil.Error):
        own = psutil.Process(pid)
        for process in [own, *own.children(recursive=True)]:
            with suppress(psutil.Error):
                total += process.memory_info().rss
    return total / (1 << 20)


def wait_until(happened: Callable[[], bool], seconds: float) -> None:
    """Wait for something; raises TimeoutError after so many seconds."""
    end = time.monotonic() + seconds
    while not happened():
        if time.monotonic() > end:
            raise TimeoutError("the watch does not get on")
        time.sleep(0.5)


def tell(minute: int, dropped: int, finished: int, peak: float) -> None:
    """One line a minute."""
    print(f"minute {minute:3}: {dropped:5} dropped {finished:5} done   {peak:6.0f} MiB", flush=True)


if __name__ == "__main__":
    main()
