"""The share of the sample site's computed decisions with a verified change, and what finding one costs.

python -m benchmarks.otherwise [--site DIR] [--clauses]

Makes the sample site and times the search for what would have changed each line; with --site it only counts what the
ledger of a site says already.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from processor.batch import work, workers
from processor.batch.setup import Setup, prepare
from processor.demo import make
from processor.engine.otherwise import NOTHING, UNTRIED
from processor.ledger import transaction
from processor.site_reader import load_site

VERIFIED, IN_VAIN, LEFT, SILENT = "verified change", "no single change turns it", "not tried", "nothing said"


@dataclass
class Timed:
    """A function and what its calls took: processor seconds, and lines that they were given."""

    call: Callable[..., Any]
    seconds: float = 0.0
    lines: int = 0

    def __call__(self, binding: Any, lines: Any, *rest: Any) -> Any:
        begun = time.process_time()
        try:
            return self.call(binding, lines, *rest)
        finally:
            self.seconds += time.process_time() - begun
            self.lines += len(lines)


def told(setup: Setup) -> dict[str, Counter[str]]:
    """Clause -> what its standing computed lines say of a change."""
    computed = {id for pack in setup.packs for id, clause in pack.clauses.items() if clause.kind == "computed"}
    found: dict[str, Counter[str]] = {}
    with transaction(setup.site.ledger, setup.registers, keep=False) as ledger:
        lines = [line for line in ledger.decisions.open_lines(ledger.periods.closed()) if line.clause in computed]
        turns = ledger.turns.of(line.decision_id for line in lines)
    for line in lines:
        said = turns.get(line.decision_id, ())
        kind = (
            SILENT if not said else {NOTHING.template: IN_VAIN, UNTRIED.template: LEFT}.get(said[0].template, VERIFIED)
        )
        found.setdefault(line.clause, Counter())[kind] += 1
    return found


def main() -> None:
    """Make, time, count and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--site", type=Path, help="a folder with site.toml: count only")
    parser.add_argument("--clauses", action="store_true", help="a line for each clause of which not all lines have one")
    arguments = parser.parse_args()
    if arguments.site:
        report(told(prepare(load_site(arguments.site / "site.toml"))), arguments.clauses)
        return
    timed = Timed(work.turned)
    work.turned = timed  # type: ignore[assignment]
    workers.PATIENCE = float("inf")  # everything in this process, where it can be timed
    with tempfile.TemporaryDirectory() as folder:
        make(Path(folder) / "site", lambda label: None)
        report(told(prepare(load_site(Path(folder) / "site" / "site.toml"))), arguments.clauses)
    print(f"{timed.lines} searches, {1000 * timed.seconds / max(timed.lines, 1):.1f} ms of processor time each")


def report(found: dict[str, Counter[str]], by_clause: bool) -> None:
    """Print the shares, and which clauses fall short."""
    whole = sum(found.values(), Counter())
    count = whole.total()
    for kind in (VERIFIED, IN_VAIN, LEFT, SILENT):
        print(f"{kind:28} {whole[kind]:6} of {count}  {100 * whole[kind] / max(count, 1):5.1f} %")
    for clause, kinds in sorted(found.items(), key=lambda item: item[1][VERIFIED] - item[1].total()):
        if by_clause and kinds[VERIFIED] < kinds.total():
            print(f"  {clause:10} {', '.join(f'{kind} {number}' for kind, number in kinds.most_common())}")


if __name__ == "__main__":
    main()
