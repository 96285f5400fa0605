"""Runs examples in a process of its own, and tells what took it down, how long each took, and what it held."""

from __future__ import annotations

import json
import os
import pickle
import resource
import select
import signal
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from benchmarks.fuzz.examples import Example
from benchmarks.fuzz.promise import keep_promise
from benchmarks.hostile import MEGABYTES, SECONDS
from processor.catalogue.register_reader import load_registers
from processor.intake import Grid, Limits, WorkbookRejected, isolated
from processor.intake.grid import OddCells, parse
from processor.intake.guard import damaged
from processor.intake.isolated import Parser

_EXAMPLES_A_PROCESS = 1_000
_AS_SHIPPED_EVERY = 50
_LOOK_SECONDS = 0.2
_BUSY = 20  # times as long as it computes, on a machine with other things to do
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Outcome:
    """How one example ended. fault: empty where the promise held; seconds: of processor time, whatever else the machine
    had to do; peak: MiB of the process that read it."""

    number: int
    ended: str
    fault: str
    seconds: float
    peak: float


def outcomes(made: Callable[[int], Example], first: int = 0) -> Iterator[Outcome]:
    """The examples one after another, for ever; a process that dies or must be killed is followed by another."""
    number = first
    while True:
        reading, writing = os.pipe()
        process = os.fork()
        if process == 0:
            os.close(reading)
            _work(made, number, writing)
        os.close(writing)
        for outcome in _watch(process, reading, number):
            yield outcome
            number = outcome.number + 1


def run_one(made: Callable[[int], Example], number: int, folder: Path) -> Outcome:
    """One example in this process."""
    one = made(number)
    path, target = folder / "inbox" / one.name, folder / "outbox" / one.name
    path.parent.mkdir(parents=True, exist_ok=True)
    target.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(one.data)
    isolated.read_isolated = read_isolated if number % _AS_SHIPPED_EVERY == 0 else _read_forked
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")  # the peak counts from here
    began = _own_seconds()
    ended = fault = ""
    try:
        ended = keep_promise(path, target, load_registers(), Limits())
    except BaseException:
        fault = traceback.format_exc()
    seconds = _own_seconds() - began
    for leftover in (path, *target.parent.iterdir()):
        leftover.unlink()
    return Outcome(number, ended, fault, seconds, _status("VmHWM"))


read_isolated = isolated.read_isolated


def _read_forked(path: Path, odd_cells: OddCells, limits: Limits, parser: Parser = parse) -> tuple[Grid, ...]:
    """What `read_isolated` does, without the half second in which a new Python starts."""
    reading, writing = os.pipe()
    process = os.fork()
    if process == 0:
        size = limits.memory_bytes + int(_status("VmSize")) * 1024 * 1024
        resource.setrlimit(resource.RLIMIT_AS, (size, size))
        resource.setrlimit(resource.RLIMIT_CPU, (limits.seconds, limits.seconds))
        code = 1
        with suppress(BaseException), os.fdopen(writing, "wb") as stream:
            try:
                pickle.dump(parser(path, odd_cells, limits), stream)
            except WorkbookRejected as rejected:
                pickle.dump({"kind": rejected.kind, "reason": rejected.reason, "mend": rejected.mend}, stream)
            code = 0
        os._exit(code)
    os.close(writing)
    with os.fdopen(reading, "rb") as stream:
        told = stream.read()
    if os.waitpid(process, 0)[1] != 0:
        raise damaged()
    answer = pickle.loads(told)
    if isinstance(answer, dict):
        raise WorkbookRejected(**answer)
    return answer


def _work(made: Callable[[int], Example], first: int, writing: int) -> None:
    code = 1
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)  # the parser tells of its panics there
    with suppress(BaseException), tempfile.TemporaryDirectory() as folder:
        for number in range(first, first + _EXAMPLES_A_PROCESS):
            os.write(writing, json.dumps({"begin": number}).encode() + b"\n")
            outcome = run_one(made, number, Path(folder))
            os.write(writing, json.dumps(outcome.__dict__).encode() + b"\n")
        code = 0
    os._exit(code)


def _watch(process: int, reading: int, first: int) -> Iterator[Outcome]:
    current, began, before, used, killed = first, time.monotonic(), 0.0, 0.0, ""
    with os.fdopen(reading, "rb") as stream:
        os.set_blocking(reading, False)
        rest = b""
        while True:
            if select.select([reading], [], [], _LOOK_SECONDS)[0]:
                data = stream.read(1 << 16)
                if not data:
                    break
                *lines, rest = (rest + data).split(b"\n")
                for line in lines:
                    told = json.loads(line)
                    if "begin" not in told:
                        yield _within_bounds(Outcome(**told))
                    current = told["begin"] if "begin" in told else told["number"] + 1
                    began, before = time.monotonic(), _seconds_of(process)
            held = _status("VmRSS", process)
            passed, used = time.monotonic() - began, _seconds_of(process) - before
            if not killed and (used > SECONDS or passed > _BUSY * SECONDS or held > MEGABYTES):
                killed = f"took {used:.0f} s of {passed:.0f} s, held {held:.0f} MiB"
                os.kill(process, signal.SIGKILL)
    status = os.waitpid(process, 0)[1]
    if status:
        fault = killed or f"the process ended with status {os.waitstatus_to_exitcode(status)}"
        yield Outcome(current, "", fault, used, 0)


def _within_bounds(outcome: Outcome) -> Outcome:
    if outcome.fault or (outcome.seconds <= SECONDS and outcome.peak <= MEGABYTES):
        return outcome
    fault = f"took {outcome.seconds:.0f} s, held {outcome.peak:.0f} MiB"
    return Outcome(outcome.number, outcome.ended, fault, outcome.seconds, outcome.peak)


def _own_seconds() -> float:
    """Processor time of this process and of its children that ended."""
    return sum(os.times()[:4])


def _seconds_of(process: int) -> float:
    """Processor time of another process, of its children that ended and of those that run; 0 where it is gone."""
    with suppress(OSError, IndexError):
        children = Path(f"/proc/{process}/task/{process}/children").read_text(encoding="ascii").split()
        return sum(map(_ticks, (str(process), *children))) / _TICKS
    return 0


def _ticks(process: str) -> int:
    """Of one process and its children that ended; 0 where it is gone."""
    with suppress(OSError):
        told = Path(f"/proc/{process}/stat").read_text(encoding="ascii", errors="replace")
        return sum(map(int, told.rpartition(")")[2].split()[11:15]))
    return 0


def _status(field: str, process: int | str = "self") -> float:
    """A figure of /proc in MiB; 0 where the process is gone."""
    with suppress(OSError):
        for line in Path(f"/proc/{process}/status").read_text(encoding="ascii", errors="replace").splitlines():
            if line.startswith(field):
                return int(line.split()[1]) / 1024
    return 0
