"""Annotating against loading and saving with openpyxl, and against plain unzip and rezip, side by side.

Each measurement runs in a process of its own. Usage: python benchmarks/annotate.py [ROWS ...] [--repeat N]
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path

import openpyxl

from processor.annotate import Plan, SheetPlan, Summary, annotate

SHEET, COLUMNS = "登记表", 20
TITLES = ("处理状态", "处理结果", "金额", "点数", "依据条款")
WORDS = (
    "张三",
    "李四",
    "王小明",
    "客户",
    "来电",
    "要求",
    "退款",
    "已回访",
    "城东店",
    "城西店",
    "水电",
    "改造",
    "延期",
    "交付",
    "材料",
    "未到",
    "质量",
    "投诉",
    "设计师",
    "现场",
    "确认",
    "合同",
    "变更",
    "尾款",
    "待处理",
)


def make(path: Path, rows: int) -> None:
    """A register of 20 columns of mixed text: numbers of things, dates, telephone numbers, sentences, short answers."""
    chance = random.Random(rows)

    def text(column: int) -> str:
        kind = column % 5
        if kind == 0:
            return f"DD{chance.randrange(10**8):08}"
        if kind == 1:
            return f"2026-{chance.randrange(1, 13):02}-{chance.randrange(1, 29):02}"
        if kind == 2:
            return f"139{chance.randrange(10**8):08}"
        return " ".join(chance.choices(WORDS, k=4)) if kind == 3 else chance.choice(WORDS)

    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet(SHEET)
    sheet.append([f"列{number}" for number in range(1, COLUMNS + 1)])
    for _ in range(rows):
        sheet.append([text(column) for column in range(COLUMNS)])
    book.save(path)


def results(rows: int) -> dict[int, list[str]]:
    """Values of five result columns for each row: two in three have nothing to say."""
    said = ["已判定", "第 {} 行：客户投诉成立，扣款五十元。", "-50.00", "B1", "CC-1"]
    return {
        row: ["正常", "", "", "", ""] if row % 3 else [text.format(row) for text in said] for row in range(2, rows + 2)
    }


def run_ours(source: Path, target: Path, rows: int) -> None:
    marks = {f"C{row}": "judged" for row in range(3, rows + 2, 3)}
    sheet = SheetPlan(SHEET, 1, TITLES, results(rows), {"A2": "示例批注"}, marks)
    annotate(source, target, Plan((sheet,), Summary("处理汇总", [["项目", "数"], ["行数", str(rows)]])))


def run_openpyxl(source: Path, target: Path, rows: int) -> None:
    book = openpyxl.load_workbook(source)
    sheet = book[SHEET]
    for row, values in {1: list(TITLES), **results(rows)}.items():
        for offset, value in enumerate(values, COLUMNS + 1):
            sheet.cell(row, offset, value)
    book.save(target)


def run_rezip(source: Path, target: Path, rows: int) -> None:
    with zipfile.ZipFile(source) as before, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as after:
        for member in before.infolist():
            with before.open(member) as part, after.open(member.filename, "w", force_zip64=True) as copy:
                while chunk := part.read(1 << 20):
                    copy.write(chunk)


WAYS = {"rezip": run_rezip, "ours": run_ours, "openpyxl": run_openpyxl}


def measure(way: str, source: Path, rows: int, repeat: int) -> tuple[float, float, float]:
    """Best seconds, best seconds of processor time (steadier on a busy machine), and peak MiB of one way."""
    best, cpu, peak = float("inf"), float("inf"), 0.0
    for _ in range(repeat):
        command = [sys.executable, __file__, "--one", way, str(source), str(rows)]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        seconds, processor, memory = json.loads(done.stdout)
        best, cpu, peak = min(best, seconds), min(cpu, processor), max(peak, memory)
    return best, cpu, peak


def run_one(way: str, source: Path, rows: int) -> None:
    target = source.with_name(f"{way}-{source.name}")
    start, start_cpu = time.perf_counter(), time.process_time()
    WAYS[way](source, target, rows)
    seconds, cpu = time.perf_counter() - start, time.process_time() - start_cpu
    target.unlink()
    print(json.dumps([seconds, cpu, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024]))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rows", type=int, nargs="*", default=[1_000, 10_000, 100_000])
    parser.add_argument("--repeat", type=int, default=1, help="runs of ours and rezip; the best counts")
    parser.add_argument("--one", nargs=3, metavar=("WAY", "FILE", "ROWS"), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.one:
        way, source, rows = arguments.one
        run_one(way, Path(source), int(rows))
        return
    print("    rows       way  seconds     cpu   MiB   x rezip  x openpyxl  x rezip cpu")
    with tempfile.TemporaryDirectory() as folder:
        for rows in arguments.rows:
            source = Path(folder) / f"{rows}.xlsx"
            make(source, rows)
            figures = {way: measure(way, source, rows, 1 if way == "openpyxl" else arguments.repeat) for way in WAYS}
            for way, (seconds, cpu, peak) in figures.items():
                of_rezip, of_openpyxl = seconds / figures["rezip"][0], seconds / figures["openpyxl"][0]
                told = (
                    f"{rows:>8} {way:>9} {seconds:>8.2f} {cpu:>7.2f} {peak:>5.0f} {of_rezip:>9.2f} {of_openpyxl:>11.3f}"
                )
                print(f"{told} {cpu / figures['rezip'][1]:>12.2f}", flush=True)


if __name__ == "__main__":
    main()
