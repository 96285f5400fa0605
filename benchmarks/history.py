"""Whether a batch's time follows what is new: the same month's workbooks on an empty ledger, a short and a long one.

    python -m benchmarks.history [--years 5] [--rows 300] [--last 300] [--bar]

`--rows` are rows of each of ten registers a month, `--last` those of the last batch. `--bar` is the history of which
docs/scale.md says what it may cost: 500,000 decisions in five years, then 2,000 rows; to build it takes an hour. Prints
processor seconds of the last batch on each ledger and as a ratio to the empty one. Each month somebody is hired. Months
before the last three are closed, as an office closes them; the short ledger holds just the open ones.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from datetime import date, timedelta
from pathlib import Path

from benchmarks.processes import watched
from benchmarks.registers import REGISTERS, Maker, hired, write_book, write_site
from processor.calendars import window_key, window_range

LAST = "2026-10"
OPEN_MONTHS = 3
CLOSES = "E1001"  # who closes months, whatever still waits in them
YEARS, ROWS, LAST_ROWS, ASKED = 5, 1_600, 200, 1.5  # of the bar


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--years", type=int, default=YEARS)
    parser.add_argument("--rows", type=int, default=300)
    parser.add_argument("--last", type=int, help="rows of each register in the last batch (default: as before)")
    parser.add_argument("--bar", action="store_true")
    parser.add_argument("--child", nargs=2, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.child:
        print(json.dumps(batch(*arguments.child)))
        return
    years, rows, last = arguments.years, arguments.rows, arguments.last or arguments.rows
    if arguments.bar:
        years, rows, last = YEARS, ROWS, LAST_ROWS
    months = month_names(12 * years)
    with tempfile.TemporaryDirectory() as folder:
        first = None
        for before in (0, OPEN_MONTHS, len(months) - 1):
            site = write_site(Path(folder) / str(before))
            write_book(site.parent / "inbox" / "roster.xlsx", {"roster": Maker(date(2026, 1, 1), 31).roster_rows})
            _build(site, months[len(months) - 1 - before : -1], rows)
            _deliver(site, months[-1], last)
            found = _child(site, months[-1])
            first = first or found["cpu"]
            print(
                f"one month after {before:3} months cpu {found['cpu']:8.2f} s   ratio {found['cpu'] / first:5.2f}"
                f"   peak {found['peak']:6.0f} MiB   ({found['decisions']} decisions shown)",
                flush=True,
            )
        if arguments.bar:
            print(f"{'asked':39}ratio {ASKED:5.2f}")


def month_names(count: int) -> list[str]:
    """So many months up to LAST."""
    found = [LAST]
    while len(found) < count:
        first = window_range(found[0], "month")[0]
        found.insert(0, window_key(first - timedelta(days=1), "month"))
    return found


def _deliver(config: Path, month: str, rows: int) -> None:
    first, last = window_range(month, "month")
    maker = Maker(first, last.day, seed=int(month.replace("-", "")), prefix=month)
    write_book(config.parent / "inbox" / f"roster {month}.xlsx", {"roster": [hired(f"N{month}", first)]})
    for name in REGISTERS:
        write_book(config.parent / "inbox" / f"{name} {month}.xlsx", {name: maker.rows(name, min(rows, 60 * last.day))})


def _build(config: Path, months: list[str], rows: int) -> None:
    """Deliver and decide the earlier months one by one, and close all but the last few."""
    from processor.batch.run import Options, run
    from processor.batch.setup import prepare
    from processor.commands.close import close
    from processor.site_reader import load_site

    with config.open("a", encoding="utf-8") as file:
        file.write(f'[confirm]\npayroll = ["{CLOSES}"]\n')
    setup = prepare(load_site(config))
    if not months:
        run(setup, Options(window_range(LAST, "month")[0]))
    for number, month in enumerate(months):
        _deliver(config, month, rows)
        as_of = window_range(month, "month")[1]
        run(setup, Options(as_of))
        if number >= OPEN_MONTHS:
            close(setup, months[number - OPEN_MONTHS], as_of, lambda label: None, by=CLOSES, anyway=True)


def _child(config: Path, month: str) -> dict:
    command = [sys.executable, "-m", "benchmarks.history", "--child", str(config), month]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def batch(config: str, month: str) -> dict:
    """One batch at the month's end."""
    from processor.batch.run import Options, run
    from processor.batch.setup import prepare
    from processor.site_reader import load_site

    with watched() as used:
        result = run(prepare(load_site(Path(config))), Options(window_range(month, "month")[1]))
    return {"cpu": used.cpu, "peak": used.peak, "decisions": result.decisions}


if __name__ == "__main__":
    main()
