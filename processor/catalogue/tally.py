"""Tallies: figures over the rows of a statement, or their grades, or how they changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from processor.catalogue.condition import Condition, condition_of
from processor.catalogue.parameter import Parameter
from processor.catalogue.register import Register
from processor.messages import tell

#: How rows are told as one figure; `count` is of those for which the tally's condition holds, `share` their part of all.
#: `each` names every value of a column, with how many rows have it.
TALLIES = ("count", "share", "sum", "mean", "median", "each")

_TALLY = ("where", "says", "none", "grades", "lowest", "least", "change")
_CHANGES = {"up", "down", "same"}
_NUMBERS = ("money", "number", "count")


@dataclass(frozen=True)
class Tally:
    """A figure over the rows of a statement: one of TALLIES, of which rows, and of which column of numbers.

    says: the words for it, in which `{值}` stands for the figure; none: the words where there is nothing to tell.
    grades: told is the first grade whose bound it reaches (else `lowest`), where there are at least so many rows.
    change: told is by how much it differs from the window before, in the words for `up`, `down` and `same`.
    """

    kind: str
    where: Condition
    column: str = ""
    says: str = "{值}"
    none: str = "0"
    grades: Parameter | None = None
    lowest: Parameter | None = None
    least: Parameter | None = None
    change: Mapping[str, str] = field(default_factory=dict, hash=False)

    def figures(self) -> Iterator[Parameter]:
        """The figures that it uses."""
        yield from (figure for figure in (self.grades, self.lowest, self.least) if figure is not None)

    @property
    def words(self) -> tuple[str, ...]:
        """All that it says."""
        return (self.says, self.none, *self.change.values())


def tally_of(table: Any, register: Register | None) -> Tally:
    """One of the tallies: `{where: {…}}` counts rows, `{sum: header}` adds up; perhaps with others of _TALLY."""
    kinds = sorted(set(table) & set(TALLIES)) if isinstance(table, Mapping) else []
    if register is None or not isinstance(table, Mapping) or len(kinds) > 1 or set(table) - {*TALLIES, *_TALLY}:
        raise ValueError(
            tell("tallies: expected one of {kinds}, found {table!r}", kinds=", ".join(TALLIES), table=table)
        )
    kind = kinds[0] if kinds else "count"
    column = "" if kind in ("count", "share") else register.known(str(table[kind])).header
    if column and kind != "each" and register.known(column).type not in _NUMBERS:
        raise ValueError(tell("tallies: {header} is no number", header=column))
    if kind == "each" and set(table) & {"grades", "change"}:
        raise ValueError(tell("tallies: {header} is no number", header=column))
    change = table.get("change", {})
    if not isinstance(change, Mapping) or (change and set(change) != _CHANGES) or (change and "grades" in table):
        message = tell("tallies: change has words for up, down and same, and no grades; found {table!r}", table=table)
        raise ValueError(message)
    words: dict[str, Any] = {name: str(table[name]) for name in ("says", "none") if name in table}
    kinds_of = {"grades": ("table:number", "table:money", "table:count"), "lowest": ("text",), "least": ("count",)}
    figures: dict[str, Any] = {name: Parameter.of(table[name], *kinds_of[name]) for name in kinds_of if name in table}
    where = condition_of(table.get("where", {}), register)
    return Tally(kind, where, column, **words, **figures, change={key: str(text) for key, text in change.items()})
