"""What was in fact deducted of every fine, month by month, and the fund statements that follow from it (OR-16)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import Any

import pandas as pd

from processor.catalogue.pack import Binding, Pack
from processor.columns import plain_values
from processor.decision import Decision
from processor.engine.decider import decide
from processor.engine.otherwise import turned
from processor.ledger import Ledger
from processor.model import Text
from processor.roster import Roster
from processor.rules.fund import balances
from processor.settle.adjustments import adjusted_effects
from processor.settle.pay import Month

COLUMNS = ["period", "unit", "decision_id", "who", "amount"]


@dataclass(frozen=True)
class FundStatement:
    """The department fund of one unit and month in fen (OR-16): fines that were in fact deducted, and what was spent.

    fines: decision id, name and number of whoever pays, fen.
    """

    unit: str
    period: str
    opening: int
    fines: tuple[tuple[str, str, int], ...]
    entries: tuple[tuple[date, str, int], ...]
    closing: int


@dataclass(frozen=True)
class Funds:
    """The funds of all units. lines: decisions of the payroll bindings; standing: those of the batch before.

    turns: what would have changed those of the lines that say something new.
    """

    lines: tuple[Decision, ...]
    standing: tuple[Decision, ...]
    statements: tuple[FundStatement, ...]
    turns: Mapping[str, tuple[Text, ...]] = field(default_factory=dict)


def funds(
    ledger: Ledger,
    units: Mapping[str, Sequence[Pack]],
    pay: Sequence[Month],
    roster: Roster,
    as_of: date,
    closed: frozenset[str],
) -> Funds:
    """Decide the bindings that need to know what pay really bore."""
    bound = [(u, p, b) for u, packs in units.items() for p in packs for b in p.bindings if b.payroll]
    if not bound:
        return Funds((), (), ())
    deducted = _deducted(ledger, pay)
    lines: list[Decision] = []
    standing: list[Decision] = []
    statements: list[FundStatement] = []
    turns: dict[str, tuple[Text, ...]] = {}
    for unit, pack, binding in bound:
        own = deducted[deducted["unit"] == unit]
        facts = {register: ledger.facts.frame(register, unit) for register in binding.reads}
        registers = ledger.facts.registers
        deciding = partial(
            decide, pack, binding, unit=unit, as_of=as_of, registers=registers, roster=roster, deducted=own
        )
        made = [d for d in deciding(facts=facts) if d.period not in closed]
        before = [d for d in ledger.decisions.of_windows(unit, pack.name, binding.id, None) if d.period not in closed]
        said = {(d.decision_id, str(d.text)) for d in before}
        new = [d for d in made if (d.decision_id, str(d.text)) not in said]
        turns |= turned(binding, new, facts, registers, partial(_again, deciding))
        lines += made
        standing += before
        statements += _statements(unit, binding, facts["fund"], own, as_of, closed)
    return Funds(tuple(lines), tuple(standing), tuple(statements), turns)


def _again(deciding: Callable[..., list[Decision]], facts: Mapping[str, pd.DataFrame], _: Any) -> list[Decision]:
    """What is decided on other facts; a fund reads no decisions."""
    return deciding(facts=facts)


def _deducted(ledger: Ledger, pay: Sequence[Month]) -> pd.DataFrame:
    """One row a fine and month in which something of it was deducted or given back: COLUMNS, amount in fen.

    who: name and staff number of whoever pays it, so that of two people who had one number nobody is taken for the other.
    """
    carried = ledger.decisions.ever(c.decision_id for m in pay for c in (*m.taken, *m.left_over))
    effects = adjusted_effects(ledger, [*carried.values(), *(d for m in pay for d in m.lines)])

    def is_fine(line: Decision | None) -> bool:
        return line is not None and effects.get(line.decision_id, line.effect) == "fine"

    rows = [(e.period, e.unit, e.decision_id, e.staff_no, -(e.amount or 0)) for e in ledger.periods.fines()]
    for month in pay:
        rows += [(month.period, d.unit, d.decision_id, _who(d), -(d.amount or 0)) for d in month.lines if is_fine(d)]
        for sign, moves in ((1, month.taken), (-1, (*month.left_over, *month.stranded))):
            for carry in moves:
                line = carried.get(carry.decision_id) or next(
                    (d for d in month.lines if d.decision_id == carry.decision_id), None
                )
                if line is not None and is_fine(line):
                    rows.append((month.period, line.unit, line.decision_id, _who(line), sign * carry.amount))
    return pd.DataFrame(rows, columns=COLUMNS).astype({"amount": "int64"})


def _who(line: Decision) -> str:
    return f"{line.staff_name} {line.staff_no}".strip()


def _statements(
    unit: str, binding: Binding, rows: pd.DataFrame, deducted: pd.DataFrame, as_of: date, closed: frozenset[str]
) -> list[FundStatement]:
    words = binding.args["opening_words"].at(as_of)
    fines: dict[str, Counter[tuple[str, str]]] = {}
    for period, id, who, amount in zip(
        *(deducted[name] for name in ("period", "decision_id", "who", "amount")), strict=True
    ):
        fines.setdefault(period, Counter())[id, who] += int(amount)
    entries: dict[str, list[tuple[date, str, int]]] = {}
    columns = (plain_values(rows[header]) for header in ("日期", "事由", "金额", "收支"))
    for day, reason, amount, kind in zip(*columns, strict=True):
        entry = day.date(), reason or "", amount if kind == "收入" else -amount
        entries.setdefault(f"{day:%Y-%m}", []).append(entry)
    return [
        FundStatement(
            unit=unit,
            period=balance.period,
            opening=balance.opening,
            fines=tuple((*key, fen) for key, fen in sorted(fines.get(balance.period, {}).items()) if fen),
            entries=tuple(entries.get(balance.period, ())),
            closing=balance.closing,
        )
        for balance in balances(rows, deducted, words, f"{as_of:%Y-%m}")
        if balance.period not in closed
    ]
