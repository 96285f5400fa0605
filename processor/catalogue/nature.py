"""The nature of what follows from a clause: wage of time not worked, a loss, performance, a bonus, a fine, points …"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from typing import Any

from processor.catalogue.outcome import NATURES, Outcome
from processor.catalogue.pack import ATOMS, Pack
from processor.catalogue.parameter import Parameter
from processor.errors import PolicyError
from processor.messages import tell

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
#: Effects whose nature no other outcome of their clause can change.
_PLAIN = ("点数", HINT)


@dataclass(frozen=True)
class Natures:
    """stated: clause -> effect -> nature, as the outcomes tell; own: clause -> natures that the clause itself tells."""

    stated: Mapping[str, Mapping[str, str]]
    own: Mapping[str, tuple[str, ...]]

    def of(self, clause: str, effect: str) -> str:
        """The nature of a clause's line; an adjustment has that of the clause's money."""
        stated, own = self.stated.get(clause, {}), self.own.get(clause, ())
        if effect == "adjustment":
            return next((nature for nature in _MONEY if nature in (*stated.values(), *own)), "罚款")
        if effect in stated:
            return stated[effect]
        usual = BY_EFFECT.get(effect, HINT)
        if usual in own or usual in _PLAIN:
            return usual
        return next((nature for nature in own if nature not in _PLAIN), usual)

    def all_of(self, clause: str) -> list[str]:
        """The natures of a clause, each once, in the order of NATURES; a clause that only remarks is a hint."""
        told = {*self.stated.get(clause, {}).values(), *self.own.get(clause, ())} or {HINT}
        return [nature for nature in NATURES if nature in told]


def natures(packs: Iterable[Pack]) -> Natures:
    """What packs tell of the natures of their clauses."""
    packs = list(packs)
    stated = {clause: told for pack in packs for clause, told in _stated(pack).items()}
    return Natures(stated, {id: clause.nature for pack in packs for id, clause in pack.clauses.items()})


def _stated(pack: Pack) -> dict[str, dict[str, str]]:
    """Clause -> effect -> nature, as far as the outcomes of the pack tell; a pack that was asked before is known."""
    if pack.digest in _known:
        return _known[pack.digest]
    found: dict[str, dict[str, str]] = {clause: {} for clause in pack.clauses}
    for clause, effect, nature in _told(pack):
        found[clause][effect] = nature
    return _known.setdefault(pack.digest, found)


def nature_faults(pack: Pack) -> list[PolicyError]:
    """Clauses of which one effect has two natures: nobody could say on what ground a line of theirs takes."""
    told: dict[tuple[str, str], set[str]] = {}
    for clause, effect, nature in _told(pack):
        told.setdefault((clause, effect), set()).add(nature)
    return [
        PolicyError(
            tell("{effect} has several natures: {natures}", effect=effect, natures=", ".join(sorted(natures))),
            where=f"{pack.name} {clause}",
            mend="write them as two clauses",
        )
        for (clause, effect), natures in told.items()
        if len(natures) > 1
    ]


def _told(pack: Pack) -> Iterator[tuple[str, str, str]]:
    """Clause, effect and nature of every outcome of a pack."""
    for binding in pack.bindings:
        for outcome in _outcomes((binding.args, binding.provision)):
            for clause in [outcome.clause] if outcome.clause else binding.clauses:
                if clause in pack.clauses:
                    yield clause, outcome.effect, outcome.nature or BY_EFFECT.get(outcome.effect, HINT)


_known: dict[str, dict[str, dict[str, str]]] = {}


def _outcomes(value: Any) -> Iterator[Outcome]:
    if isinstance(value, ATOMS):
        return
    if isinstance(value, Outcome):
        yield value
        if value.otherwise is not None:
            yield from _outcomes(value.otherwise)
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from _outcomes(inner)
    elif isinstance(value, (list, tuple)):
        for inner in value:
            yield from _outcomes(inner)
    elif is_dataclass(value) and not isinstance(value, Parameter):
        for field in fields(value):
            yield from _outcomes(getattr(value, field.name))
