"""What months would have been under other figures: differences by person and clause; the ledger is untouched."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from processor import toml_text
from processor.batch.changes import Changes
from processor.batch.rules import book_of, under
from processor.batch.setup import Setup
from processor.batch.trial import Trial, Units, money
from processor.batch.workers import working
from processor.errors import PolicyError, SiteError
from processor.ledger import transaction
from processor.messages import tell
from processor.model import yuan
from processor.report.tables import Sheet, write_workbook
from processor.report.tables import money as decimal

HEADER = ("工号", "姓名", "条款编号", "原条数", "新条数", "原金额", "新金额", "差额")


@dataclass
class Difference:
    """Of one person and clause: how many lines differ, and what they are worth in fen, before and after."""

    staff_no: str
    name: str
    clause: str
    lines: list[int]
    amounts: list[int]


@dataclass(frozen=True)
class Simulation:
    """The differences that other figures make between two months."""

    first: str
    last: str
    settings: tuple[str, ...]
    differences: tuple[Difference, ...]

    def text(self) -> str:
        """For a terminal: one line a person and clause, and the total."""
        rows = [f"{self.first}至{self.last}，如果{'，'.join(self.settings)}"]
        rows.append(f"{'工号':8} {'姓名':6} {'条款':8} {'条数':>9} {'金额':>20} {'差额':>10}")
        for each in self.differences:
            counts = " -> ".join(map(str, each.lines))
            amounts = " -> ".join(map(yuan, each.amounts))
            difference = yuan(each.amounts[1] - each.amounts[0])
            rows.append(
                f"{each.staff_no:10} {each.name:8} {each.clause:10} {counts:>11} {amounts:>22} {difference:>12}"
            )
        before, after = (sum(each.amounts[side] for each in self.differences) for side in (0, 1))
        rows.append(f"有变化的决定合计：{yuan(before)} -> {yuan(after)}，差额 {yuan(after - before)}")
        return "\n".join(rows)

    def write(self, path: Path) -> None:
        """A workbook with the same table. Raises SiteError where it cannot be written."""
        rows: list[list[str | int | Decimal | None]] = [
            [each.staff_no, each.name, each.clause, *each.lines, *map(decimal, each.amounts), decimal(_gain(each))]
            for each in self.differences
        ]
        above = [[f"{self.first}至{self.last}，如果{'，'.join(self.settings)}"], []]
        try:
            write_workbook(path, [Sheet("试算", HEADER, rows, above=above)])
        except OSError as error:
            raise SiteError(tell("cannot be written: {why}", why=error.strerror), where=str(path)) from error


def _gain(each: Difference) -> int:
    return each.amounts[1] - each.amounts[0]


def simulate(setup: Setup, first: str, last: str, settings: Sequence[str], as_of: date) -> Simulation:
    """The differences of the months from first to last. Raises PolicyError or SiteError on a wrong setting."""
    with transaction(setup.site.ledger, setup.registers, keep=False) as ledger:
        now: Units = under(setup, book_of(setup, ledger)).units
        other = now
        for setting in settings:
            other = _with(other, *_parsed(setting))
        with working(setup.site.workers) as workers:
            trial = Trial(setup, ledger, as_of, workers=workers)
            changes = trial.compare(now, other, date.fromisoformat(f"{first}-01"), settled=False)
        return Simulation(first, last, tuple(settings), tuple(_differences(changes, first, last)))


def _parsed(setting: str) -> tuple[str, str, object]:
    name, equals, raw = setting.partition("=")
    pack, dot, parameter = name.partition(".")
    if not equals or not dot:
        raise PolicyError(tell("{setting!r} is no pack.parameter=value", setting=setting), where="--set")
    try:
        return pack.strip(), parameter.strip(), toml_text.loads(f"value = {raw}")["value"]
    except tomllib.TOMLDecodeError:
        return pack.strip(), parameter.strip(), raw


def _with(units: Units, name: str, parameter: str, value: Any) -> Units:
    if not any(pack.name == name for packs in units.values() for pack in packs):
        raise SiteError(tell("no unit uses a pack {name}", name=name), where=f"--set {name}.{parameter}")
    return {
        unit: [pack.with_overrides({parameter: value}, "--set") if pack.name == name else pack for pack in packs]
        for unit, packs in units.items()
    }


def _differences(changes: Changes, first: str, last: str) -> Iterable[Difference]:
    found: dict[tuple[str, str, str], Difference] = {}
    for pair in changes.lines.values():
        for side, line in enumerate(pair):
            if line is not None and first <= line.period <= last:
                key = (line.staff_no, line.staff_name, line.clause)
                entry = found.setdefault(key, Difference(*key, [0, 0], [0, 0]))
                entry.lines[side] += 1
                entry.amounts[side] += money(line)
    return [found[key] for key in sorted(found)]
