"""Whether more workers make a large site's batch faster: the same batch on Dask clusters of several sizes.

    python -m benchmarks.scale [--units 1000] [--workers 1,2] [--machines 32]

A unit is a store of eight people with a month of attendance, cash and discipline. Prints seconds of each stage on a
LocalCluster of each size with the speed-up against the first, and beside it, from the times of all tasks measured in one
process, what a schedule of them on `--machines` workers takes, with the part that stays in the batch's own process named.
"""

from __future__ import annotations

import argparse
import heapq
import json
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from datetime import date, timedelta
from datetime import time as clock
from pathlib import Path
from typing import Any

from benchmarks.registers import write_book

AS_OF = date(2026, 10, 31)
FIRST = date(2026, 10, 1)
STAFF = 8
UNITS_A_BOOK = 50
SPREAD = ("decide", "pages")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--units", type=int, default=1000)
    parser.add_argument("--workers", type=lambda text: [int(part) for part in text.split(",")], default=[1, 2])
    parser.add_argument("--machines", type=int, default=32)
    parser.add_argument("--child", nargs=2, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.child:
        config, measured = arguments.child
        print(json.dumps(batch(Path(config), measured=measured == "measured")))
        return
    with tempfile.TemporaryDirectory() as folder:
        alone = _child(site(Path(folder) / "alone", arguments.units, 1), "measured")
        print(f"{arguments.units} units, {alone['decisions']} decisions, {len(alone['tasks'])} tasks")
        first: dict[str, Any] = {}
        for count in arguments.workers:
            found = _on_cluster(Path(folder) / str(count), arguments.units, count)
            first = first or found
            _tell(f"{count} workers", found, first, count / arguments.workers[0])
        _tell_schedule(alone, arguments.machines)


def _tell(name: str, found: dict[str, Any], first: dict[str, Any], size: float) -> None:
    spread = sum(found["stages"].get(stage, 0) for stage in SPREAD)
    before = sum(first["stages"].get(stage, 0) for stage in SPREAD)
    told = ", ".join(f"{stage} {found['stages'].get(stage, 0):.1f}" for stage in ("read", *SPREAD))
    print(
        f"{name:12} whole {found['seconds']:7.1f} s ({told})   deciding and pages: speed-up {before / spread:.2f},"
        f" asked {0.8 * size:.2f}"
    )


def _tell_schedule(alone: dict[str, Any], machines: int) -> None:
    """The batch on many workers, on paper: what its own process does, then the tasks of each stage on whoever is free."""
    whole, on_paper, own = alone["seconds"], 0.0, {}
    for stage, seconds in alone["stages"].items():
        tasks = [spent for at, spent in alone["tasks"] if at == stage]
        own[stage] = max(seconds - sum(tasks), 0.0)
        on_paper += own[stage] + makespan(tasks, machines)
    serial = sum(own.values())
    spread = whole - serial
    longest = sorted(own.items(), key=lambda each: -each[1])[:6]
    print(
        f"one process  whole {whole:7.1f} s, of it tasks {spread:.1f} s, its own {serial:.1f} s"
        f" ({serial / whole:.0%}, asked 5%)"
    )
    print("  its own: " + ", ".join(f"{stage} {seconds:.1f}" for stage, seconds in longest))
    of_tasks = spread / max(on_paper - serial, 1e-9)
    print(
        f"{machines} workers   on paper {on_paper:5.1f} s, speed-up {whole / on_paper:.1f}; of the tasks alone {of_tasks:.1f}"
    )


def makespan(tasks: Iterable[float], machines: int) -> float:
    """Seconds until all tasks are done where each goes, in order, to the worker that is free first."""
    free = [0.0] * machines
    for seconds in tasks:
        heapq.heapreplace(free, free[0] + seconds)
    return max(free)


def site(folder: Path, units: int, setting: int | str) -> Path:
    """A site of so many stores with a month's workbooks in the inbox; its site.toml."""
    names = [f"门店{number:04}" for number in range(units)]
    shown = f'"{setting}"' if isinstance(setting, str) else setting
    text = f'[site]\nname = "连锁"\nsettle_seconds = 0\n[engine]\nworkers = {shown}\n'
    text += "".join(f'[[units]]\nname = "{name}"\npacks = ["department_store"]\n' for name in names)
    (folder / "inbox").mkdir(parents=True)
    (folder / "site.toml").write_text(text, encoding="utf-8")
    write_book(folder / "inbox" / "roster.xlsx", {"roster": [row for name in names for row in _staff(name)]})
    for start in range(0, units, UNITS_A_BOOK):
        some = names[start : start + UNITS_A_BOOK]
        for register, make in (("attendance", _attendance), ("cashier", _cashier), ("discipline", _discipline)):
            rows = [row for name in some for row in make(name, random.Random(name))]
            write_book(folder / "inbox" / f"{register} {start:04}.xlsx", {register: rows})
    return folder / "site.toml"


def _numbers(unit: str) -> list[str]:
    return [f"{unit[2:]}{place}" for place in range(STAFF)]


def _staff(unit: str) -> list[dict[str, Any]]:
    return [
        {
            "工号": number, "姓名": f"员工{number}", "门店": unit, "部门": "收银部" if place % 2 else "卖场",
            "岗位": "收银员" if place % 2 else "营业员", "入职日期": date(2020, 1, 1), "月工资": 6000, "全勤奖": 200,
        }
        for place, number in enumerate(_numbers(unit))
    ]  # fmt: skip


def _attendance(unit: str, chance: random.Random) -> list[dict[str, Any]]:
    return [
        {
            "日期": FIRST + timedelta(day), "工号": number, "班次": "早班", "应到时间": clock(9), "应退时间": clock(18),
            "上班打卡": clock(9, 5) if chance.random() < 0.05 else clock(8, 50), "下班打卡": clock(18, 5), "门店": unit,
        }
        for day in range(31)
        for number in _numbers(unit)
    ]  # fmt: skip


def _cashier(unit: str, chance: random.Random) -> list[dict[str, Any]]:
    return [
        {
            "日期": FIRST + timedelta(day), "工号": number, "笔数": 100, "来客数": 90, "系统金额": 5000,
            "实收金额": 5000 + chance.choice([0] * 20 + [1, -3, 31]), "多打次数": 0, "漏打次数": 0, "未消磁次数": 0, "门店": unit,
        }
        for day in range(31)
        for number in _numbers(unit)[1::2]
    ]  # fmt: skip


def _discipline(unit: str, chance: random.Random) -> list[dict[str, Any]]:
    return [
        {
            "登记编号": f"{unit}-{number}", "日期": FIRST + timedelta(chance.randrange(31)),
            "工号": chance.choice(_numbers(unit)), "条款编号": chance.choice(["DS-F1", "DS-F2", "DS-F4", "DS-F8"]),
            "登记人工号": _numbers(unit)[0], "说明": "现场检查", "门店": unit,
        }
        for number in range(12)
    ]  # fmt: skip


def _on_cluster(folder: Path, units: int, count: int) -> dict[str, Any]:
    from distributed import LocalCluster

    with LocalCluster(n_workers=count, threads_per_worker=1, dashboard_address=":0", host="127.0.0.1") as cluster:
        return _child(site(folder, units, str(cluster.scheduler_address).replace("tcp://", "dask://")), "whole")


def _child(config: Path, kind: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "benchmarks.scale", "--child", str(config), kind]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def batch(config: Path, *, measured: bool) -> dict[str, Any]:
    """One batch with the seconds of its stages; measured: with the stage and the seconds of each task, done here."""
    from processor.batch import workers
    from processor.batch.run import Options, run
    from processor.batch.setup import prepare
    from processor.site_reader import load_site

    stages: dict[str, float] = {}
    tasks: list[tuple[str, float]] = []
    begun = time.perf_counter()
    at = {"stage": "setup", "since": begun}

    def stage(name: str) -> None:
        now = time.perf_counter()
        stages[at["stage"]] = stages.get(at["stage"], 0.0) + now - at["since"]
        at.update(stage=name, since=now)

    def timed(do: Callable[[Any], None]) -> Callable[[Any], None]:
        def done(task: Any) -> None:
            start = time.perf_counter()
            do(task)
            tasks.append((at["stage"], time.perf_counter() - start))

        return done

    if measured:
        workers.Task.do = timed(workers.Task.do)  # type: ignore[method-assign]
    result = run(prepare(load_site(config)), Options(AS_OF, stage=stage))
    stage("")
    seconds = time.perf_counter() - begun
    return {"seconds": seconds, "stages": stages, "tasks": tasks, "decisions": result.decisions}


if __name__ == "__main__":
    main()
