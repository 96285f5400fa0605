"""How long the impact of a proposed change takes to compute, over months of facts that are already decided.

    python -m benchmarks.impact [--months 12] [--rows 100000] [--site DIR]

`--rows` are rows a month, dealt to ten registers. Each month is delivered and decided as it ends, and the one before it
closed. Prints for each change the seconds in which it was tried, and what the rule book would say of it; the ledger stays
as it was. `--site` keeps the site, so that another run need not make it again. Bound: 60 s a change for 12 months
that hold 100,000 rows in all (`--rows 8334`) on 2 cores; without `--rows` it is twelve times as much.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

from benchmarks.history import LAST, month_names
from benchmarks.registers import REGISTERS, Maker, write_book, write_site
from processor.calendars import window_range

MANAGER = "E1001"
#: Registers that hold one row an employee and day: the most that a day can have.
DAILY = {"attendance": 60, "cashier": 60}
#: (pack, figure) -> another value. The registers that they are decided on hold a tenth of all rows each.
CHANGES = {
    ("online_retail", "greeting_limit"): 20,
    ("online_retail", "complaint_fine"): 6000,
    ("renovation", "ring_limit"): 2,
    ("renovation", "held_peak"): 3,
    ("renovation", "dispatcher_posts"): ["店面经理"],
    ("renovation", "order_commission"): 6000,
    ("department_store", "grace_minutes"): 10,
    ("department_store", "f1_points"): "B1",
    ("department_store", "c2_over"): 4000,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--months", type=int, default=12)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--site", type=Path)
    parser.add_argument("--child", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.child:
        for told in tried(Path(arguments.child)):
            print(json.dumps(told), flush=True)
        return
    with tempfile.TemporaryDirectory() as folder:
        config = built(arguments.site or Path(folder), arguments.months, arguments.rows)
        command = [sys.executable, "-m", "benchmarks.impact", "--child", str(config)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
            assert child.stdout is not None
            for line in child.stdout:
                told = json.loads(line)
                print("{name:16} {seconds:7.2f} s   cpu {cpu:7.2f} s   peak {peak:6.0f} MiB   {tried}".format(**told))


def built(folder: Path, months: int, rows: int) -> Path:
    """A site with so many months of rows; one that is there already is taken as it is."""
    from processor.batch.run import Options, run
    from processor.batch.setup import prepare
    from processor.settle.closing import Request
    from processor.site_reader import load_site

    config = folder / "site.toml"
    if config.exists():
        return config
    write_site(folder)
    config.write_text(config.read_text(encoding="utf-8") + f'[confirm]\nmanagers = ["{MANAGER}"]\n', encoding="utf-8")
    setup, before, share = prepare(load_site(config)), "", rows // len(REGISTERS)
    for month in month_names(months):
        first, last = window_range(month, "month")
        maker = Maker(first, last.day, seed=int(month.replace("-", "")), prefix=month)
        most = {name: daily * last.day for name, daily in DAILY.items()}
        books = {name: maker.rows(name, min(share, most.get(name, share))) for name in REGISTERS}
        for name, own in books.items() if before else {"roster": maker.roster_rows, **books}.items():
            write_book(folder / "inbox" / f"{name} {month}.xlsx", {name: own})
        start = time.perf_counter()
        run(setup, Options(last, close=Request(before, MANAGER, anyway=True) if before else None))
        print(f"{month} decided in {time.perf_counter() - start:.1f} s", file=sys.stderr, flush=True)
        before = month
    return config


def tried(config: Path) -> list[dict]:
    """Each change tried as the batch that takes it would try it."""
    import resource

    from processor.batch.backtest import Backtest
    from processor.batch.collecting import seldom_collecting
    from processor.batch.rules import book_of
    from processor.batch.setup import prepare
    from processor.batch.workers import working
    from processor.catalogue.proposal import FIGURE, Proposal
    from processor.ledger import transaction
    from processor.site_reader import load_site

    setup, day = prepare(load_site(config)), window_range(LAST, "month")[1]
    found = []
    for number, ((pack, name), value) in enumerate(CHANGES.items(), 1):
        words = {"told": "", "before": "", "after": "", "reason": ""}
        proposal = Proposal(
            f"P{day.year}-{number:04d}", FIGURE, pack, name, (), value, date(day.year, day.month, 1),
            **words, by=MANAGER, day=day, fact=0,
        )  # fmt: skip
        with transaction(setup.site.ledger, setup.registers, keep=False) as ledger:
            book = book_of(setup, ledger).with_changes([proposal])
            start, cpu = time.perf_counter(), time.process_time()
            with seldom_collecting(), working(setup.site.workers) as workers:
                after = Backtest(setup, ledger, day, lambda label: None, lambda: False, workers).of(book)
            found.append(
                {
                    "name": name,
                    "seconds": time.perf_counter() - start,
                    "cpu": time.process_time() - cpu,
                    "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
                    "tried": after.waiting[0].tried,
                }
            )
    return found


if __name__ == "__main__":
    main()
