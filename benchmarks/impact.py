"""How long the impact of a proposed change takes to compute, over months of facts that are already decided.

    python -m benchmarks.impact [--months 12] [--rows 100000] [--site DIR]

`--rows` are rows a month, dealt to ten registers. Prints for each change the seconds in which it was tried, and what
the rule book says of it. `--site` keeps the site, so that another run need not make it again; each change is tried on a
preview, which leaves it as it was. Bound: 60 s a change for 12 months of 100,000 rows on 2 cores.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import openpyxl

from benchmarks.history import LAST, month_names
from benchmarks.registers import REGISTERS, Maker, write_book, write_site
from processor.calendars import window_range

MANAGERS = '[confirm]\nmanagers = ["E1001", "E1002"]\n'
#: Registers that hold one row an employee and day: the most that a day can have.
DAILY = {"attendance": 60, "cashier": 60}
#: Figures whose registers hold a tenth of all rows each, and what they are proposed to be.
CHANGES = {
    "greeting_limit": "20",
    "complaint_fine": "60",
    "ring_limit": "2",
    "held_peak": "3",
    "grace_minutes": "10",
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--months", type=int, default=12)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--site", type=Path)
    parser.add_argument("--figures", nargs="+", default=list(CHANGES), choices=list(CHANGES))
    parser.add_argument("--child", nargs=2, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.child:
        print(json.dumps(tried(*arguments.child)))
        return
    with tempfile.TemporaryDirectory() as folder:
        config = _built(arguments.site or Path(folder), arguments.months, arguments.rows)
        for name in arguments.figures:
            found = _child(config, name)
            print(
                f"{name:16} {found['seconds']:7.2f} s of {found['batch']:7.2f} s   cpu {found['cpu']:7.2f} s"
                f"   peak {found['peak']:6.0f} MiB   {found['tried']}",
                flush=True,
            )


def _built(folder: Path, months: int, rows: int) -> Path:
    """A site with so many months of rows, delivered and decided in one batch; one that is there already is taken."""
    from processor.batch.run import Options, run
    from processor.batch.setup import prepare
    from processor.site_reader import load_site

    config = folder / "site.toml"
    if config.exists():
        return config
    write_site(folder)
    config.write_text(config.read_text(encoding="utf-8") + MANAGERS, encoding="utf-8")
    share = rows // len(REGISTERS)
    for month in month_names(months):
        first, last = window_range(month, "month")
        maker = Maker(first, last.day, seed=int(month.replace("-", "")), prefix=month)
        by_day = {name: min(share, most * last.day) for name, most in DAILY.items()}
        books = {name: maker.rows(name, by_day.get(name, share)) for name in REGISTERS}
        for name, own in books.items():
            write_book(folder / "inbox" / f"{name} {month}.xlsx", {name: own})
    write_book(folder / "inbox" / "roster.xlsx", {"roster": maker.roster_rows})
    start = time.perf_counter()
    run(prepare(load_site(config)), Options(window_range(LAST, "month")[1]))
    print(f"{months} months decided in {time.perf_counter() - start:.1f} s", file=sys.stderr, flush=True)
    return config


def _child(config: Path, name: str) -> dict:
    book = openpyxl.load_workbook(config.parent / "outbox" / "规则簿.xlsx")
    sheet = book["数值"]
    header = {cell.value: cell.column for cell in sheet[3]}
    for row in range(4, sheet.max_row + 1):
        if sheet.cell(row, header["代号"]).value == name:
            for title, value in (("新值", CHANGES[name]), ("新值自何日起", f"{LAST}-01"), ("理由", "测速")):
                sheet.cell(row, header[title]).value = value
    sheet["B1"] = "E1001"
    path = config.parent / "inbox" / "规则簿.xlsx"
    book.save(path)
    try:
        command = [sys.executable, "-m", "benchmarks.impact", "--child", str(config), name]
        return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    finally:
        path.unlink(missing_ok=True)


def tried(config: str, name: str) -> dict:
    """One preview that takes a proposal: the seconds of its trial, and what the rule book says of it."""
    import resource

    from processor.batch.run import Options, run
    from processor.batch.setup import prepare
    from processor.site_reader import load_site

    began: dict[str, float] = {}

    def stage(told: str) -> None:
        began[told] = time.perf_counter()
        began[f"cpu {told}"] = time.process_time()

    setup = prepare(load_site(Path(config)))
    start = time.perf_counter()
    run(setup, Options(window_range(LAST, "month")[1], dry_run=True, stage=stage))
    batch = time.perf_counter() - start
    written = openpyxl.load_workbook(Path(config).parent / "preview" / "规则簿.xlsx", read_only=True)
    _, *rows = written["待批准"].iter_rows(min_row=3, values_only=True)
    return {
        "seconds": began["settle"] - began["try changes of the rules"],
        "cpu": began["cpu settle"] - began["cpu try changes of the rules"],
        "batch": batch,
        "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "tried": "；".join(str(row[5]) for row in rows if row[0]),
    }


if __name__ == "__main__":
    main()
