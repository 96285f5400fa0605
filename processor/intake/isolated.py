"""Reads doubtful files in a process of their own, with bounded memory and time.

An .xls or .ods can name cells so far apart that the parser's allocation fails and takes its process down, and only
parsing tells; the same goes for an .xlsx whose extent is in doubt. What dies here is the child; the parent reports
that the file needs too much memory, or could not be read in time.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from processor.intake.grid import Grid, OddCells, parse
from processor.intake.guard import Limits, late, too_big
from processor.intake.rejection import WorkbookRejected

Parser = Callable[[Path, OddCells, Limits], tuple[Grid, ...]]

_OUT_OF_MEMORY = (b"memory allocation of", b"MemoryError")

_ROOT = Path(__file__).parents[2]


def read_isolated(path: Path, odd_cells: OddCells, limits: Limits, parser: Parser = parse) -> tuple[Grid, ...]:
    """All worksheets of a file. Raises WorkbookRejected, of kind `late` where the child dies or takes too long."""
    search = os.pathsep.join(filter(None, (str(_ROOT), os.environ.get("PYTHONPATH"))))
    try:
        child = subprocess.run(
            [sys.executable, "-m", __name__],
            input=pickle.dumps((path, odd_cells, limits, parser)),
            capture_output=True,
            timeout=limits.seconds,
            check=True,
            env={**os.environ, "PYTHONPATH": search},
        )
    except subprocess.CalledProcessError as error:
        if any(sign in error.stderr for sign in _OUT_OF_MEMORY):
            raise too_big(f"读取它需要的内存超过上限 {limits.memory_bytes >> 20} MB。") from error
        raise late(limits) from error
    except (subprocess.SubprocessError, OSError) as error:
        raise late(limits) from error
    answer: tuple[Grid, ...] | dict[str, str] = pickle.loads(child.stdout)
    if isinstance(answer, dict):
        raise WorkbookRejected(**answer)  # type: ignore[arg-type]
    return answer


def main() -> None:
    """The child: path, odd cells, limits and parser on stdin, sheets or the reason of a rejection on stdout, both pickled."""
    path, odd_cells, limits, parser = pickle.load(sys.stdin.buffer)
    _bound(limits)
    answer: tuple[Grid, ...] | dict[str, str]
    try:
        answer = parser(path, odd_cells, limits)
    except WorkbookRejected as rejected:
        answer = {"kind": rejected.kind, "reason": rejected.reason, "mend": rejected.mend}
    pickle.dump(answer, sys.stdout.buffer, protocol=pickle.HIGHEST_PROTOCOL)


def _bound(limits: Limits) -> None:
    """Bound this process's memory, and its time for the case that the parent, which watches it, is killed."""
    try:
        import resource
    except ImportError:  # Windows has no such bounds; the separate process still protects the parent
        return
    resource.setrlimit(resource.RLIMIT_AS, (limits.memory_bytes, limits.memory_bytes))
    resource.setrlimit(resource.RLIMIT_CPU, (limits.seconds, limits.seconds))


if __name__ == "__main__":
    main()
