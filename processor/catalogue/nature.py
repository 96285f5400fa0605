"""The nature of what follows from a clause: wage of time not worked, a loss, performance, a bonus, a fine, points …"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Any

from processor.catalogue.outcome import NATURES, Outcome
from processor.catalogue.pack import Pack
from processor.catalogue.parameter import Parameter

#: The nature of an effect of which the pack says nothing.
BY_EFFECT = {
    "fine": "罚款",
    "deduction": "赔偿",
    "wage_day": "工时",
    "bonus_forfeit": "奖金",
    "points": "点数",
    "reward": "奖励",
    "commission": "提成",
    "commission_void": "提成",
    "base_pay": "绩效",
    "recommendation": "绩效",
}
HINT = "提示"
_MONEY = ("罚款", "赔偿", "绩效", "奖金", "工时", "点数")


def nature_of(stated: Mapping[str, str], effect: str) -> str:
    """The nature of a clause's line; an adjustment has that of the clause's money. stated: effect -> nature."""
    if effect == "adjustment":
        return next((nature for nature in _MONEY if nature in stated.values()), "罚款")
    return stated.get(effect) or BY_EFFECT.get(effect, HINT)


def natures(pack: Pack) -> Mapping[str, Mapping[str, str]]:
    """Clause -> effect -> nature, as far as the outcomes of the pack tell; a clause that only remarks is a hint."""
    found: dict[str, dict[str, str]] = {clause: {} for clause in pack.clauses}
    for binding in pack.bindings:
        for outcome in _outcomes((binding.args, binding.provision)):
            for clause in [outcome.clause] if outcome.clause else binding.clauses:
                if clause in found:
                    found[clause][outcome.effect] = outcome.nature or BY_EFFECT.get(outcome.effect, HINT)
    return found


def _outcomes(value: Any) -> Iterator[Outcome]:
    if isinstance(value, Outcome):
        yield value
        if value.otherwise is not None:
            yield from _outcomes(value.otherwise)
    elif is_dataclass(value) and not isinstance(value, Parameter):
        for field in fields(value):
            yield from _outcomes(getattr(value, field.name))
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from _outcomes(inner)
    elif isinstance(value, (list, tuple)):
        for inner in value:
            yield from _outcomes(inner)


def natures_of_clauses(pack: Pack) -> dict[str, list[str]]:
    """Clause -> its natures, each once, in the order of NATURES."""
    stated = natures(pack)
    found = {id: {*stated.get(id, {}).values(), *clause.nature} or {HINT} for id, clause in pack.clauses.items()}
    return {id: [nature for nature in NATURES if nature in own] for id, own in found.items()}
