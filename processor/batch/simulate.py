"""What months would have been under other figures: differences by person and clause; the ledger is untouched."""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Sequence
from datetime import date

from processor.batch.judge import Afresh, Bench, Changes, Judge
from processor.batch.setup import Setup, with_parameter
from processor.decision import Decision
from processor.errors import PolicyError
from processor.ledger import Ledger, transaction
from processor.model import yuan


def simulate(setup: Setup, first: str, last: str, settings: Sequence[str], as_of: date) -> str:
    """The differences as text, one line a person and clause, with totals. Raises PolicyError on a wrong setting."""
    other = setup
    for setting in settings:
        pack, name, value = _parsed(setting)
        other = with_parameter(other, pack, name, value)
    with transaction(setup.site.ledger, setup.registers, setup.empty, keep=False) as ledger:
        changed = {setting.split(".")[0].strip() for setting in settings}
        _decided(ledger, setup, changed, as_of)
        return _told(_decided(ledger, other, changed, as_of), first, last, settings)


def _decided(ledger: Ledger, setup: Setup, packs: Collection[str], as_of: date) -> Changes:
    """What deciding these packs from the ground changes: only under the same as-of day is a difference the figures'."""
    judge = Judge(Bench(ledger, setup.registers, setup.units, setup.site.points, as_of, as_of, 0))
    chosen = {unit: frozenset(p.name for p in own).intersection(packs) for unit, own in setup.units.items()}
    judge.judge([], Afresh(chosen))
    return judge.changes


def _parsed(setting: str) -> tuple[str, str, object]:
    name, equals, raw = setting.partition("=")
    pack, dot, parameter = name.partition(".")
    if not equals or not dot:
        raise PolicyError(f"{setting!r} is no pack.parameter=value", where="--set")
    try:
        return pack.strip(), parameter.strip(), tomllib.loads(f"value = {raw}")["value"]
    except tomllib.TOMLDecodeError:
        return pack.strip(), parameter.strip(), raw


def _told(changes: Changes, first: str, last: str, settings: Sequence[str]) -> str:
    totals: dict[tuple[str, str, str], list[int]] = {}
    for old, new in changes.lines.values():
        for side, line in enumerate((old, new)):
            if line is not None and first <= line.period <= last:
                entry = totals.setdefault((line.staff_no, line.staff_name, line.clause), [0, 0, 0, 0])
                entry[side] += 1
                entry[side + 2] += _money(line)
    rows = [f"{first} to {last} with {', '.join(settings)}"]
    rows.append(f"{'staff':10} {'name':8} {'clause':10} {'lines':>11} {'amount':>22} {'difference':>12}")
    for (staff_no, name, clause), (lines, other_lines, amount, other_amount) in sorted(totals.items()):
        counts, amounts = f"{lines} -> {other_lines}", f"{yuan(amount)} -> {yuan(other_amount)}"
        rows.append(f"{staff_no:10} {name:8} {clause:10} {counts:>11} {amounts:>22} {yuan(other_amount - amount):>12}")
    before, after = (sum(entry[side] for entry in totals.values()) for side in (2, 3))
    rows.append(f"total of the lines that differ: {yuan(before)} -> {yuan(after)}, difference {yuan(after - before)}")
    return "\n".join(rows)


def _money(line: Decision) -> int:
    return (line.amount or 0) if line.paid else 0
