"""Things for which something is to be done again and again: the values of a list, or the rows of another register."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from processor.catalogue.condition import Condition, condition_of
from processor.catalogue.parameter import Parameter
from processor.catalogue.register import Register
from processor.messages import tell

_KEYS = frozenset({"of", "by", "where", "with", "since", "until"})


@dataclass(frozen=True)
class Things:
    """What a row is about that tells that something was done: it names a thing in `column`.

    values: the things themselves; else they are the rows of `register` for which `where` holds, each named by its
    column `by`. since, until: their columns of the first and the last day on which it is to be done; empty = always.
    """

    column: str
    values: Parameter | None = None
    register: Register | None = None
    by: str = ""
    where: Condition = field(default_factory=Condition)
    since: str = ""
    until: str = ""

    @property
    def headers(self) -> frozenset[str]:
        """The columns of the things' own register, derived ones included."""
        return frozenset({*self.register.headers, *self.register.derived}) if self.register is not None else frozenset()

    def named(self, spoken: frozenset[str]) -> frozenset[str]:
        """The columns of that register that it names, with those that a sentence does."""
        own = {self.by, self.since, self.until} - {""}
        key = self.register.key if self.register is not None else ()
        return frozenset(own | {*key} | self.where.headers | (spoken & self.headers))

    def figures(self) -> Iterator[Parameter]:
        """The figures that it uses."""
        yield from self.where.figures()
        if self.values is not None:
            yield self.values
        for column in self.register.derived.values() if self.register is not None else ():
            if column.within is not None:
                yield from column.within.figures()


def things_of(table: Any, register: Register | None, registers: Mapping[str, Register]) -> Things:
    """`{类型: $list}`, or `{of: register, by: column}`, perhaps with where, with, since, until. Raises ValueError."""
    message = "each: expected a column with a list, or of and by, perhaps {more}; found {table!r}"
    fault = tell(message, more=", ".join(sorted(_KEYS - {"of", "by"})), table=table)
    if register is None or not isinstance(table, Mapping):
        raise ValueError(fault)
    if "of" not in table and len(table) == 1:
        [(header, values)] = table.items()
        return Things(register.known(str(header)).header, Parameter.of(values, "list:text"))
    if not {"of", "by"} <= set(table) <= _KEYS or table["of"] not in registers:
        raise ValueError(fault)
    other = registers[table["of"]]
    for name, derived in table.get("with", {}).items():
        other = other.deriving(str(name), derived)
    by = other.known(str(table["by"])).header
    spans = {key: other.known(str(table[key])) for key in ("since", "until") if table.get(key)}
    strange = [column.header for column in spans.values() if column.type != "date"]
    if strange:
        raise ValueError(tell("{header} is no date", header=strange[0]))
    where = condition_of(table.get("where", {}), other)
    since, until = (spans[key].header if key in spans else "" for key in ("since", "until"))
    return Things(register.known(by).header, register=other, by=by, where=where, since=since, until=until)
