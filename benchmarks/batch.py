"""How long a whole batch takes: ten registers of N rows, read, decided and written in one run, by stage.

    python -m benchmarks.batch [--bar ten|chats|wide] [--rows 10000] [--registers service_tickets ...] [--workers 1]

`--bar` is one of the batches of which docs/scale.md says what they may take: ten workbooks of 10,000 rows, one of 100,000
chats of which a quarter is fined, one of 100,000 rows of twenty columns. Prints seconds by stage, peak memory, and as a
ratio what openpyxl needs merely to load the same workbooks, append five columns and save them; `cpu` is processor time,
steadier on a busy machine; it and the memory are of all processes together. Each measurement runs in a process of its own.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

from benchmarks.processes import watched
from benchmarks.registers import REGISTERS, WIDE, Maker, write_book, write_site

AS_OF = date(2026, 10, 31)
FIRST = date(2026, 5, 1)
#: Bar -> its registers, rows of each, the ratio asked.
BARS = {"ten": (REGISTERS, 10_000, 0.6), "chats": (("chats",), 100_000, 0.3), "wide": ((WIDE,), 100_000, 0.2)}
FINED, SLOW_SECONDS = 4, 90  # of the chats each so manieth is answered after so long, for which there is a fine
MEMORY = 600  # MiB asked of each


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--bar", choices=list(BARS))
    parser.add_argument("--rows", type=int, help="rows of each register (default: the bar's)")
    parser.add_argument("--registers", nargs="+", choices=[*REGISTERS, WIDE], help="(default: the bar's)")
    parser.add_argument("--workers", type=int, help="how many processes (default: one a core)")
    parser.add_argument("--child", nargs=2, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.child:
        kind, path = arguments.child
        print(json.dumps(once(path) if kind == "once" else openpyxl_alone(path)))
        return
    registers, count, asked = BARS[arguments.bar or "ten"]
    registers, count = arguments.registers or registers, arguments.rows or count
    with tempfile.TemporaryDirectory() as folder:
        site = Path(folder)
        config = write_site(site)
        if arguments.workers:
            with config.open("a", encoding="utf-8") as file:
                file.write(f"[engine]\nworkers = {arguments.workers}\n")
        maker = Maker(FIRST, 180)
        books = {"roster": maker.roster_rows} | {name: maker.rows(name, count) for name in registers}
        if arguments.bar == "chats":
            for row in books["chats"][::FINED]:
                row["首次响应秒数"] = SLOW_SECONDS
        for name, rows in books.items():
            write_book(site / "inbox" / f"{name}.xlsx", {name: rows})
        alone = _child("openpyxl", site / "inbox")
        ours = _child("once", config)
    total = sum(len(rows) for rows in books.values())
    print(f"{total} rows in {len(books)} workbooks, {ours['decisions']} decisions")
    for stage, seconds in ours["stages"].items():
        print(f"  {stage:28}{seconds:8.2f} s")
    for name, one in (("once, whole", ours), ("openpyxl load+append+save", alone)):
        print(f"{name:30}{one['seconds']:8.2f} s   cpu {one['cpu']:8.2f} s   peak {one['peak']:6.0f} MiB")
    print(f"{'ratio':30}{ours['seconds'] / alone['seconds']:8.2f}     cpu {ours['cpu'] / alone['cpu']:8.2f}")
    if arguments.bar:
        print(f"{'asked':30}{'':13}cpu {asked:8.2f}     peak {MEMORY:6.0f} MiB")


def _child(kind: str, path: Path) -> dict:
    command = [sys.executable, "-m", "benchmarks.batch", "--child", kind, str(path)]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def once(config: str) -> dict:
    """One batch, with the seconds between the steps that it reports."""
    start = time.perf_counter()
    from processor.batch.run import Options, run
    from processor.batch.setup import prepare
    from processor.site_reader import load_site

    stages: dict[str, float] = {}
    last = {"stage": "import and setup", "at": start}

    def stage(name: str) -> None:
        now = time.perf_counter()
        stages[last["stage"]] = stages.get(last["stage"], 0) + now - last["at"]
        last.update(stage=name, at=now)

    with watched() as used:
        setup = prepare(load_site(Path(config)))
        result = run(setup, Options(AS_OF, stage=stage))
        stage("")
    return {
        "seconds": time.perf_counter() - start,
        "cpu": used.cpu,
        "peak": used.peak,
        "stages": stages,
        "decisions": result.decisions,
    }


def openpyxl_alone(inbox: str) -> dict:
    """Load each workbook, append five columns, save it."""
    import openpyxl

    start = time.perf_counter()
    for path in sorted(Path(inbox).glob("*.xlsx")):
        book = openpyxl.load_workbook(path)
        for sheet in book:
            first = sheet.max_column + 1
            for row in range(1, sheet.max_row + 1):
                for column in range(first, first + 5):
                    sheet.cell(row, column, "正常")
        book.save(path.with_suffix(".copy"))
    for path in Path(inbox).glob("*.copy"):
        path.unlink()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"seconds": time.perf_counter() - start, "cpu": time.process_time(), "peak": peak}


if __name__ == "__main__":
    main()
