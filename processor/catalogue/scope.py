"""What a provision must be decided on: its window, the rows around it, and whether the day alone changes the outcome."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from processor.catalogue.provision import Provision

MONTH = 31
#: Days around a window in which a row may lie whose judged day is another than its first date.
ELSEWHERE = "400d"
#: Days around a window in which the first row of a register lies, if it is kept at all.
LONG = "800d"
#: window -> a span that holds the window before it.
BEFORE = {"week": "7d", "month": "31d", "quarter": "92d", "half": "184d", "year": "366d"}


@dataclass(frozen=True)
class Scope:
    """The scope of a Binding (see there): window or by, reads, due, dated, after."""

    window: str
    reads: dict[str, str]
    by: tuple[str, ...] = ()
    due: bool = False
    dated: bool = False
    after: tuple[str, ...] = ()


def scope_of(provision: Provision) -> Scope:
    """The smallest scope in which the provision's mechanic finds the same whatever else there is."""
    scope = _of_mechanic(provision)
    elsewhere = {
        lookup.register.name: lookup.reach for lookup in provision.lookups.values() if not lookup.register.roster
    }
    if elsewhere and scope.by:
        scope = replace(scope, by=(), window="ever")
    dated = scope.dated and not provision.asks_today
    return replace(scope, reads={**scope.reads, **elsewhere}, due=scope.due or provision.asks_today, dated=dated)


def _of_mechanic(provision: Provision) -> Scope:
    register, beside = provision.register, provision.beside
    if register is None:
        assert beside is not None
        return Scope("month", {beside.name: "window"}, after=provision.causes)
    near = "window" if provision.date == register.date_column else ELSEWHERE
    window = {"day": "week" if provision.mechanic == "owed" and provision.about else "month"}.get(
        provision.window, provision.window
    )
    match provision.mechanic:
        case "owed" | "share" if provision.is_ladder:
            return Scope("ever", {register.name: "ever"} | ({beside.name: "ever"} if beside else {}), due=True)
        case "deadline":
            return _ever(provision) if _climbs(provision) else Scope(window or "month", {register.name: near}, due=True)
        case "owed":
            reach = near if near == ELSEWHERE or window == "week" else "31d"
            return Scope(window, {register.name: reach} | ({beside.name: ELSEWHERE} if beside else {}), due=True)
        case "recurring":
            things = provision.each.register if provision.each is not None else None
            return Scope(window, {register.name: LONG} | ({things.name: "ever"} if things else {}), due=True)
        case "runs":
            longest = max((int(value) for value in _values(provision)), default=0)
            days = f"{MONTH + 2 * longest}d" if near == "window" else ELSEWHERE
            return _ever(provision) if _climbs(provision) else Scope(window or "month", {register.name: days})
        case "statement" if near == "window" and any(tally.change for tally in provision.tallies.values()):
            return Scope(window, {register.name: BEFORE[window]}, due=True, dated=True)
        case "ranking" | "share" | "statement":
            return Scope(window, {register.name: near}, due=True, dated=True)
        case "limit":
            if window and not provision.is_ladder:
                return Scope(window, {register.name: near})
            return _ever(provision)
    if _climbs(provision):
        return _ever(provision)
    # a procedure tells for how many days a row has waited
    due = provision.next_day or provision.has_terms or provision.mechanic == "procedure"
    return Scope(window or "month", {register.name: near}, due=due)


def _climbs(provision: Provision) -> bool:
    """Whether it counts what happened at any time."""
    return provision.is_ladder and not provision.window


def _ever(provision: Provision) -> Scope:
    """Everything of one employee, where the register links its rows by him; else the whole register."""
    assert provision.register is not None
    due = provision.next_day or provision.has_terms
    linked = bool(provision.about) and set(provision.about) <= set(provision.register.links)
    if linked and not provision.related:
        return Scope("ever", {provision.register.name: "ever"}, by=provision.about, due=due)
    return Scope("ever", {provision.register.name: "ever"}, due=due)


def _values(provision: Provision) -> list[Any]:
    return list(provision.limit.figure.values.values()) if provision.limit is not None else []
