"""Limits: the bound that a count, a sum, a rank or a share passes, or keeps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from processor.catalogue.parameter import Parameter
from processor.catalogue.register import Register
from processor.messages import tell

#: How a bound is meant: counts pass (`over`) or reach it; ranks are the first or last so many; shares keep it.
BOUNDS = ("over", "reach", "first", "last", "above", "from", "below", "upto")
BY_MECHANIC: Mapping[str, tuple[str, ...]] = {
    "limit": ("over", "reach"),
    "runs": ("over", "reach"),
    "ranking": ("first", "last"),
    "share": ("above", "from", "below", "upto"),
    "where": ("over",),
}
_NUMBERS: Mapping[str, tuple[str, ...]] = {
    "money": ("money",),
    "count": ("number", "count"),
    "number": ("number", "count"),
}


@dataclass(frozen=True)
class Limit:
    """A bound: one of BOUNDS and its figure, in the unit of what is measured; a share is a number from 0 to 1."""

    test: str
    figure: Parameter


def limit_of(raw: Mapping[str, Any], mechanic: str, register: Register | None) -> Limit | None:
    """The limit of a provision's table, None without one. Raises ValueError where the mechanic knows no such bound."""
    if "limit" not in raw:
        return None
    table = raw["limit"]
    if not isinstance(table, Mapping) or len(table) != 1 or next(iter(table)) not in BOUNDS:
        given = {"bounds": ", ".join(BOUNDS), "table": table}
        raise ValueError(tell("limit: expected one of {bounds} with its number, found {table!r}", **given))
    test, figure = next(iter(table.items()))
    if test not in BY_MECHANIC.get(mechanic, ()):
        known = ", ".join(BY_MECHANIC.get(mechanic, ())) or "no limit"
        raise ValueError(tell("limit: {mechanic} knows {known}", mechanic=mechanic, known=known))
    kinds: tuple[str, ...] = ("number", "count")
    if mechanic == "limit" and raw.get("measure") and register is not None:
        measured = register.known(register.listed(raw["measure"])[0])
        if measured.type not in _NUMBERS:
            raise ValueError(tell("{header} is no number and has no sum", header=measured.header))
        kinds = _NUMBERS[measured.type]
    bound = Parameter.of(figure, *kinds)
    values = list(bound.values.values())
    if mechanic == "share" and any(value > 1 for value in values):
        raise ValueError(tell("limit: a share is a number from 0 to 1, found {found}", found=max(values)))
    if mechanic == "ranking" and any(value < 1 or value != int(value) for value in values):
        raise ValueError(tell("limit: places are whole numbers from 1 on, found {found}", found=min(values)))
    return Limit(test, bound)
