"""Cells of other registers that a clause looks up by a key, as if they were columns of its own register."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from processor.catalogue.condition import Condition, condition_of, kind_of
from processor.catalogue.parameter import Parameter
from processor.catalogue.register import Column, Register
from processor.messages import tell

#: Which of several rows with one key is taken, in the order of their days; `before` the last one before the clause's row.
#: `upto`: how many of the clause's own register there are up to its row, in the order of the days in `day`.
PICKS = ("first", "last", "before", "upto")
_KEYS = frozenset({"of", "by", "take", "pick", "where", "day", "during", "reach"})


@dataclass(frozen=True)
class Lookup:
    """One column that is looked up. register: where; the roster is asked as it was on the day in the column `day`.

    column: the column that it becomes. by: own column -> the other register's, which must say the same. take: the
    other register's column; empty = how many of its rows there are. pick: one of PICKS. where: which rows count there.
    during: the other register's columns of a first and a last day, between which the day in `day` (the clause's own
    where it names none) must lie; until: where `day` is a span too, the column of its last day, so that they must meet.
    reach: how far around the clause's window those rows may lie (`31d`, `ever`).
    """

    column: Column
    register: Register
    by: Mapping[str, str]
    take: str = ""
    pick: str = "last"
    where: Condition = field(default_factory=Condition)
    day: str = ""
    until: str = ""
    during: tuple[str, ...] = ()
    reach: str = "ever"

    @property
    def own(self) -> frozenset[str]:
        """The columns of the clause's own register that it needs."""
        return frozenset({*self.by, self.day, self.until} - {""})

    @property
    def cells(self) -> frozenset[str]:
        """The columns of the other register that it reads."""
        moment = self.register.date_column if self.pick == "before" else None
        named = {*self.by.values(), *self.during, self.take, moment or ""}
        return self.register.cells((named - {""}) | self.where.headers)

    def figures(self) -> Iterator[Parameter]:
        """The figures that it uses."""
        yield from self.where.figures()


def widened(raw: Any, register: Register, registers: Mapping[str, Register]) -> tuple[Register, dict[str, Lookup]]:
    """The register with what a clause adds `with`, each able to use those before it: lookups, by name, and derived columns.

    Raises ValueError that says what is wrong.
    """
    if not isinstance(raw, Mapping):
        raise ValueError(tell("with: expected a table, found {table!r}", table=raw))
    lookups: dict[str, Lookup] = {}
    for name, table in raw.items():
        if isinstance(table, Mapping) and "of" not in table:
            register = register.deriving(str(name), table)
            continue
        lookup = lookups[str(name)] = _lookup(str(name), table, register, registers)
        register = replace(register, columns=(*register.columns, lookup.column))
    return register, lookups


def _lookup(name: str, table: Any, register: Register, registers: Mapping[str, Register]) -> Lookup:
    where = f"with {name}"
    strange = sorted(set(map(str, table)) - _KEYS) if isinstance(table, Mapping) else [str(table)]
    if strange or "of" not in table or "by" not in table:
        given = {"where": where, "strange": ", ".join(strange) or "neither"}
        raise ValueError(
            tell("{where}: of and by, perhaps take, pick, where, day, during, reach; found {strange}", **given)
        )
    if name in register.headers:
        raise ValueError(tell("{where}: {title} has such a column itself", where=where, title=register.title))
    if str(table["of"]) not in registers:
        known = ", ".join(registers)
        raise ValueError(tell("there is no register {name}; one of {registers}", name=table["of"], registers=known))
    if table.get("pick", "last") not in PICKS:
        raise ValueError(tell("{found} is none of {known}", found=table["pick"], known=", ".join(PICKS)))
    other = registers[str(table["of"])]
    span = register.listed(table.get("day", "")) or ("",)
    take = other.known(str(table["take"])) if "take" in table else Column(name, "count")
    found = Lookup(
        column=replace(take, header=name, required=False, synonyms=()),
        register=other,
        by=_by(table["by"], register, other),
        take=take.header if "take" in table else "",
        pick=str(table.get("pick", "last")),
        where=condition_of(table.get("where", {}), other),
        day=span[0],
        until=span[-1] if len(span) == 2 else "",
        during=_during(table["during"], other) if "during" in table else (),
        reach=str(table.get("reach", "ever")),
    )
    _check(where, found, register)
    return found


def _check(where: str, lookup: Lookup, register: Register) -> None:
    """Raises ValueError where the columns do not fit each other."""
    for header in {lookup.day, lookup.until} - {""}:
        if register.known(header).type not in ("date", "datetime"):
            raise ValueError(tell("{header} is no date", header=header))
    if lookup.until and (not lookup.during or lookup.pick == "before"):
        raise ValueError(tell("{where}: a span in day goes with a span in during", where=where))
    if lookup.register.roster:
        staff = [own for own in lookup.by if register.known(own).type == "staff"]
        if len(lookup.by) != 1 or not staff or not lookup.take or lookup.where.headers or lookup.during:
            message = "{where}: of the roster, one column is taken by one column of staff numbers"
            raise ValueError(tell(message, where=where))
        return
    if lookup.pick == "upto" and (lookup.take or lookup.during or lookup.register.name != register.name):
        raise ValueError(tell("{where}: upto counts rows of the clause's own register, without take", where=where))
    if lookup.pick == "before" and (not lookup.take or lookup.during or not lookup.register.date_column):
        raise ValueError(tell("{where}: before takes a column of a register with a day, without during", where=where))
    for own, told in lookup.by.items():
        if kind_of(register.known(own)) != kind_of(lookup.register.known(told)):
            raise ValueError(tell("{header} and {other} cannot be compared", header=own, other=told))


def _during(raw: Any, other: Register) -> tuple[str, ...]:
    """`[开始日期, 结束日期]`."""
    headers = tuple(other.known(str(header)).header for header in raw) if isinstance(raw, (list, tuple)) else ()
    if len(headers) != 2 or any(other.known(header).type != "date" for header in headers):
        raise ValueError(tell("during: expected the columns of a first and a last day, found {found!r}", found=raw))
    return headers


def _by(raw: Any, register: Register, other: Register) -> dict[str, str]:
    """`客户编号`, `[现场, 物资编码]` where both registers have the columns, or `{own: other}`."""
    pairs = raw if isinstance(raw, Mapping) else {header: header for header in ([raw] if isinstance(raw, str) else raw)}
    if other.roster and not isinstance(raw, Mapping):
        pairs = dict.fromkeys(pairs, other.key[0])
    return {register.known(str(own)).header: other.known(str(told)).header for own, told in pairs.items()}
