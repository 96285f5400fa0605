"""A cell that could not be read costs nobody money: spoil each cell that a clause reads in a row that it judged."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

import pandas as pd
import pytest
from casework import CASES, catalogue, load_cases

from processor.batch.cases import active_months, as_of_day, facts_of, roster_of
from processor.catalogue.dated import Dated
from processor.catalogue.pack import Binding, Pack
from processor.catalogue.parameter import fen
from processor.decision import Decision
from processor.engine.decide import columns_read, decide, ordered
from processor.rules.job import UNREAD

FOLDERS = sorted(path.name for path in CASES.iterdir() if path.is_dir())
Again = Callable[..., list[Decision]]
TEXTS = frozenset({"text", "id", "phone", "idno"})  # never unreadable: whatever stands there is the text


@pytest.mark.parametrize("folder", FOLDERS)
def test_no_money_follows_from_a_row_with_an_unreadable_cell_that_its_clause_reads(folder: str) -> None:
    spoiled: set[tuple[str, str]] = set()
    proved: set[str] = set()
    for _, case in load_cases(folder):
        priced = {line["clause"] for line in case.get("expect", []) if line.get("amount") and "clause" in line} - proved
        if "steps" in case or not priced:
            continue
        proved |= priced
        for pack, binding, facts, again in _bindings(case, priced):
            for line in again(facts=facts):
                if line.amount is not None and line.row is not None:
                    _spoil(pack, binding, facts, again, line.row, spoiled)


def _spoil(
    pack: Pack, binding: Binding, facts: Mapping[str, pd.DataFrame], again: Again, ref: int, done: set[tuple[str, str]]
) -> None:
    for register, headers in columns_read(binding).items():
        frame = facts.get(register)
        if frame is None or not (frame["_ref"] == ref).any():
            continue
        for header in sorted(headers):
            column = catalogue().registers[register].column(header)
            if column.type in TEXTS or (binding.id, header) in done:
                continue
            done.add((binding.id, header))
            unread = [header if row == ref else "" for row in frame["_ref"]]
            lines = again(facts={**facts, register: frame.assign(**{UNREAD: unread})})
            left = [line for line in lines if line.row == ref and line.amount is not None]
            assert not left, f"{pack.name} {binding.id}: {header} unreadable, and yet {left[0].text}"


def _bindings(
    case: Mapping[str, Any], priced: set[str]
) -> Iterator[tuple[Pack, Binding, Mapping[str, pd.DataFrame], Again]]:
    """Each binding of these clauses with the case's facts, and a function that decides it on other facts.

    Those that read decisions of others are left out: what they read was decided from the row before.
    """
    registers = catalogue().registers
    facts, as_of = facts_of(case, registers), as_of_day(case)
    roster = roster_of(facts["roster"], case)
    points = {grade: Dated.always(fen(value)) for grade, value in case.get("points", {}).items()}
    for unit, names in case["units"].items():
        own = {
            name: frame if frame.empty else frame[frame["门店"] == unit].reset_index(drop=True)
            for name, frame in facts.items()
        }
        packs = catalogue().packs(names)
        chosen = [packs[n].with_overrides(case.get("parameters", {}).get(n, {}), n) for n in names]
        for pack, binding in ordered(chosen):
            if binding.after or not priced & set(binding.clauses):
                continue
            again = partial(
                decide,
                pack,
                binding,
                unit=unit,
                as_of=as_of,
                roster=roster,
                active_months=active_months(own, registers),
                point_values=points,
            )
            yield pack, binding, {name: own[name] for name in binding.reads}, again
