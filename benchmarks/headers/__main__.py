"""`python -m benchmarks.headers`: proposals against what the headers mean, with two simpler ways beside them."""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from rapidfuzz import fuzz, process

from processor.catalogue.register import Column, Register
from processor.catalogue.register_reader import load_registers
from processor.intake.grid import Grid
from processor.intake.headers import Signature, fold_header, match_headers
from processor.intake.memory import UNUSED, Memory, header_key
from processor.intake.propose import HIGH, Local, propose
from processor.intake.recognise import Recognised, recognise

LAYOUTS = Path(__file__).with_name("layouts.yaml")
ROWS = 6
SAMPLES: Mapping[str, Sequence[Any]] = {
    "id": ["A001", "A002", "A003"],
    "staff": ["李红", "陈磊", "王芳"],
    "staff_list": ["李红、陈磊", "王芳", "李红"],
    "text": ["甲方要求", "第二次", "按约办理"],
    "phone": ["13900000001", "13800000002", "13700000003"],
    "idno": ["110101199001011007", "110101199001011015", "110101199001011023"],
    "date": ["2026-10-01", "2026-10-02", "2026-10-05"],
    "datetime": ["2026-10-01 09:05", "2026-10-02 10:00", "2026-10-05 11:20"],
    "time": ["08:55", "09:01", "18:02"],
    "month": ["2026-10", "2026-09", "2026-08"],
    "money": [1280, 99.5, 20000],
    "number": [89, 120.5, 64],
    "count": [1, 3, 2],
    "yesno": ["是", "否", "是"],
}
LOCAL = Local(frozenset({"李红", "陈磊", "王芳", "1002"}))
Answers = dict[str, list[str]]


@dataclass(frozen=True)
class Layout:
    """One header row: what each header means in the register that it comes nearest to."""

    name: str
    part: str
    register: str
    headers: tuple[str, ...]
    means: Mapping[str, str]


def layouts() -> list[Layout]:
    """All header rows, their meanings checked against the registers. Raises ValueError for one that does not exist."""
    registers = load_registers()
    found = []
    for raw in yaml.safe_load(LAYOUTS.read_text(encoding="utf-8")):
        strange = set(raw["means"].values()) - set(registers[raw["register"]].headers)
        strange |= set(raw["means"]) - set(raw["headers"])
        if strange:
            raise ValueError(f"{raw['name']}: {'、'.join(sorted(strange))}")
        found.append(Layout(raw["name"], raw["part"], raw["register"], tuple(raw["headers"]), raw["means"]))
    return found


def grid_of(layout: Layout, register: Register) -> Grid:
    """The header row with cells below it of the type that each meaning has; other columns hold texts."""
    columns = [register.column(layout.means[h]) if h in layout.means else None for h in layout.headers]
    body = [[_cell(column, row) for column in columns] for row in range(ROWS)]
    return Grid(layout.name, [list(layout.headers), *body])


def _cell(column: Column | None, row: int) -> Any:
    if column is None:
        return f"其他{row % 2}"
    values = column.choices or SAMPLES[column.type]
    return values[row % len(values)]


def proposed(grid: Grid, registers: Mapping[str, Register]) -> tuple[str, Answers, set[str]]:
    """The product's proposal: register, header -> suggestions, and the headers of which it is sure."""
    found = propose(grid, registers, LOCAL)
    if found is None:
        return "", {}, set()
    sure = {line.header for line in found.headers if line.sureness == HIGH}
    return found.register.name, {line.header: list(line.suggestions) for line in found.headers}, sure


def by_synonyms(grid: Grid, registers: Mapping[str, Register]) -> tuple[str, Answers, set[str]]:
    """Own spelling and synonyms alone."""
    headers = [str(cell) for cell in grid.rows[0]]
    matches = [match_headers(Signature.of(r), [[h] for h in headers]) for r in registers.values() if not r.form]
    best = max(matches, key=lambda match: match.fit)
    meant = {headers[place]: [header] for header, (place, _, _) in best.columns.items()}
    return best.signature.register.name, meant, set(meant)


def by_similarity(grid: Grid, registers: Mapping[str, Register]) -> tuple[str, Answers, set[str]]:
    """The most similar names alone, each header by itself, in the register with the highest sum."""
    headers = [str(cell) for cell in grid.rows[0]]
    best: tuple[float, str, Answers] = (0.0, "", {})
    for register in registers.values():
        if register.form:
            continue
        hits = {
            h: process.extract(fold_header(h).names[-1], register.headers, scorer=fuzz.ratio, limit=3) for h in headers
        }
        total = sum(found[0][1] for found in hits.values()) / 100
        answers = {header: [name for name, score, _ in found if score > 0] for header, found in hits.items()}
        best = max(best, (total, register.name, answers), key=lambda entry: entry[0])
    return best[1], best[2], set()


Way = Callable[[Grid, Mapping[str, Register]], tuple[str, Answers, set[str]]]
WAYS: Mapping[str, Way] = {"synonyms alone": by_synonyms, "rapidfuzz alone": by_similarity, "proposals": proposed}


def main() -> None:
    """Print the figures of each part."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.headers")
    parser.add_argument(
        "--wrong", action="store_true", help="list the headers of the part `develop` that were not proposed first"
    )
    told = parser.parse_args().wrong
    registers = dict(load_registers())
    for part in ("develop", "held"):
        chosen = [layout for layout in layouts() if layout.part == part]
        if not chosen:
            continue
        cells = sum(len(layout.headers) for layout in chosen)
        print(
            f"{part}: {len(chosen)} layouts, {cells} header cells, {sum(len(x.means) for x in chosen)} with a meaning"
        )
        for name, way in WAYS.items():
            _report(name, way, chosen, registers, told=told and name == "proposals" and part == "develop")
        _deliveries(chosen, registers)
    wide = Grid("宽", [[f"第{n}栏名称" for n in range(80)], *([f"值{n}" for n in range(80)] for _ in range(ROWS))])
    proposed(wide, registers)
    start = time.process_time()
    for _ in range(5):
        propose(wide, registers, LOCAL)
    print(f"80 columns: {(time.process_time() - start) / 5 * 1000:.0f} ms a proposal")


def _report(name: str, way: Way, chosen: Sequence[Layout], registers: Mapping[str, Register], *, told: bool) -> None:
    first = third = cells = register_right = given_first = falsely_sure = 0
    for layout in chosen:
        grid = grid_of(layout, registers[layout.register])
        register, answers, sure = way(grid, registers)
        register_right += register == layout.register
        for header, meaning in layout.means.items():
            suggestions = answers.get(header, []) if register == layout.register else []
            cells += 1
            first += suggestions[:1] == [meaning]
            third += meaning in suggestions[:3]
            if told and suggestions[:1] != [meaning]:
                print(
                    f"  {layout.name} ({register}) {header}: {meaning}, proposed {'、'.join(answers.get(header, []))}"
                )
        _, given, _ = way(grid, {layout.register: registers[layout.register]})
        given_first += sum(given.get(header, [])[:1] == [meaning] for header, meaning in layout.means.items())
        falsely_sure += sum(answers[header][:1] != [layout.means.get(header, UNUSED)] for header in sure)
    print(
        f"  {name:16} top-1 {first / cells:.2f}  top-3 {third / cells:.2f}  register {register_right}/{len(chosen)}  "
        f"top-1 in the right register {given_first / cells:.2f}  falsely sure {falsely_sure}"
    )


def _deliveries(chosen: Sequence[Layout], registers: Mapping[str, Register]) -> None:
    """What is taken without a question at the first delivery, and whether the second needs one after true answers."""
    taken = wrong = again = readable = 0
    for layout in chosen:
        register = registers[layout.register]
        grid = grid_of(layout, register)
        first = recognise(grid, registers)
        if isinstance(first, Recognised):
            taken += 1
            wrong += _wrong(first, layout)
        meanings = {header_key(header): layout.means.get(header, UNUSED) for header in layout.headers}
        memory = Memory().plus(layout.register, meanings, frozenset(meanings))
        if not isinstance(recognise(grid, {layout.register: register}, memory), Recognised):
            continue  # it lacks what the register needs, whatever is answered
        readable += 1
        second = recognise(grid, registers, memory)
        again += isinstance(second, Recognised) and not _wrong(second, layout)
    print(f"  taken without a question: {taken} sheets, wrong columns among them: {wrong}")
    print(f"  no question at the second delivery: {again} of {readable} sheets that hold what their register needs")


def _wrong(found: Recognised, layout: Layout) -> int:
    if found.register.name != layout.register:
        return len(found.match.columns)
    return sum(layout.means.get(layout.headers[at]) != header for header, (at, _, _) in found.match.columns.items())


main()
