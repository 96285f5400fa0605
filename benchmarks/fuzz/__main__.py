"""Mutated workbooks against the reader and the writer, for as long as wanted; Linux only.

    python -m benchmarks.fuzz --minutes 60 [--seeds DIR ...]
    python -m benchmarks.fuzz --only 1234

Example n of a run is always the same file while the seeds are the same, so that `--only` shows a finding again.
Exit 1 when something was found.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections import Counter
from functools import partial
from pathlib import Path

from benchmarks.fuzz.examples import Example, example, seed_files
from benchmarks.fuzz.watched import Outcome, outcomes, run_one
from processor.catalogue.register_reader import load_registers

_ROOT = Path(__file__).parents[2]
_LARGEST_SEED = 100_000
_TELL_SECONDS = 60.0


def main() -> int:
    """Run the examples and tell; the exit code."""
    arguments = _parser().parse_args()
    with tempfile.TemporaryDirectory() as folder:
        seeds = _seeds(Path(folder), arguments.seeds)
        made = partial(example, run=arguments.run, seeds=seeds, registers=load_registers())
        if arguments.only is not None:
            return _show(made, arguments.only, arguments.keep)
        print(f"run {arguments.run}: {len(seeds)} seeds, {arguments.minutes:g} minutes", flush=True)
        return _run(made, arguments)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.fuzz", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--run", type=int, default=0, help="another number gives other examples")
    parser.add_argument("--first", type=int, default=0, metavar="N", help="begin with example N")
    parser.add_argument("--only", type=int, metavar="N", help="example N alone, with its fault in full")
    parser.add_argument("--seeds", type=Path, nargs="*", default=[], metavar="DIR", help="folders of more workbooks")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="write the files of what is found there")
    return parser


def _seeds(folder: Path, more: list[Path]) -> tuple[Path, ...]:
    """The tests' files, the blank registers, the sample site's deliveries, and `more`."""
    from processor.demo.books import write_delivery
    from processor.demo.company import load_company
    from processor.demo.deliveries import deliveries
    from processor.demo.scenes import planned_events

    company = load_company()
    for delivery in deliveries(company, planned_events(company)):
        write_delivery(delivery, folder)
    own = [_ROOT / "tests" / "intake" / "files", _ROOT / "templates" / "registers", folder]
    return seed_files([*own, *more], _LARGEST_SEED)


def _show(made: partial[Example], number: int, keep: Path | None) -> int:
    one = made(number)
    print(f"{number}: {one.name}, {len(one.data)} bytes, {one.made}")
    _keep(keep, number, one)
    with tempfile.TemporaryDirectory() as folder:
        outcome = run_one(made, number, Path(folder))
    print(f"{outcome.seconds:.2f} s, {outcome.peak:.0f} MiB: {outcome.ended or outcome.fault}")
    return 1 if outcome.fault else 0


def _run(made: partial[Example], arguments: argparse.Namespace) -> int:
    began = told = time.monotonic()
    ended: Counter[str] = Counter()
    found: Counter[str] = Counter()
    slowest = largest = Outcome(-1, "", "", 0, 0)
    for outcome in outcomes(made, arguments.first):
        ended[outcome.ended] += 1
        slowest = max(slowest, outcome, key=lambda one: one.seconds)
        largest = max(largest, outcome, key=lambda one: one.peak)
        if outcome.fault:
            _tell_finding(outcome, made(outcome.number), found, arguments.keep)
        now = time.monotonic()
        over = now - began > arguments.minutes * 60
        if over or now - told > _TELL_SECONDS:
            told = now
            print(
                f"{now - began:6.0f} s  {ended.total():7} examples  {sum(found.values())} found  "
                f"slowest {slowest.seconds:.1f} s ({slowest.number})  largest {largest.peak:.0f} MiB ({largest.number})",
                flush=True,
            )
        if over:
            break
    for how, times in ended.most_common():
        print(f"{times:8}  {how or 'found'}")
    return 1 if found else 0


def _tell_finding(outcome: Outcome, one: Example, found: Counter[str], keep: Path | None) -> None:
    """In full where it is new, else by its last line."""
    place = "".join(line for line in outcome.fault.splitlines() if line.startswith("  File"))
    told = outcome.fault if place not in found else outcome.fault.splitlines()[-1]
    found[place] += 1
    print(f"FOUND in example {outcome.number} ({one.name}, {one.made}):\n{told}", flush=True)
    _keep(keep, outcome.number, one)


def _keep(folder: Path | None, number: int, one: Example) -> None:
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{number}-{one.name}").write_bytes(one.data)


if __name__ == "__main__":
    sys.exit(main())
