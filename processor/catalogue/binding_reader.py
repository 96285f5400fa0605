"""Reads what decides the clauses of a pack's file: named rules under `bindings`, mechanics under `decided` of a clause."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from processor.catalogue.figure_reader import resolved
from processor.catalogue.keys import Keys
from processor.catalogue.pack import WINDOWS, Binding
from processor.catalogue.parameter import Parameter
from processor.catalogue.provision import NAMED, Provision
from processor.catalogue.provision_reader import provision_of
from processor.catalogue.register import Register
from processor.catalogue.scope import scope_of
from processor.messages import message_of, tell

_BINDING = (
    "clauses",
    "rule",
    "window",
    "by",
    "reads",
    "due",
    "applies_to",
    "args",
    "after",
    "prices",
    "payroll",
    "across",
    "dated",
)
#: Keys of a table under `decided` that belong to the binding, not to the provision.
_OF_BINDING = ("holds", "applies_to", "prices", "reach")
_SPAN = re.compile(r"window|ever|(today )?\d{1,4}d|\d{1,4}d before|\d{1,4}d by (\S+)")


@dataclass(frozen=True)
class BindingReader:
    """Reads the bindings of one pack. figures: those that its file declares, by name."""

    keys: Keys
    pack: str
    figures: Mapping[str, Parameter]
    registers: Mapping[str, Register]

    def named(self, raw: Mapping[str, Any], clauses: Mapping[str, Any]) -> Iterator[Binding]:
        """The bindings to named rules. Raises PolicyError that names file and key."""
        keys, names = self.keys, []
        for number, table in enumerate(keys.key(raw, "bindings", list, default=[]), 1):
            where = f"bindings[{number}]."
            keys.known(table, _BINDING, where)
            ids = self._clauses(table, clauses, where)
            rule = keys.key(table, "rule", str, where)
            by, window = self._scope(table, where)
            names.append(name := f"{ids[0]}:{rule}")
            yield Binding(
                id=name if names.count(name) == 1 else f"{name}#{names.count(name)}",
                pack=self.pack,
                clauses=ids,
                rule=rule,
                window=window,
                by=by,
                reads=self._spans(keys.key(table, "reads", dict, where), f"{where}reads"),
                due=keys.key(table, "due", bool, where, False),
                applies_to=self._posts(self._resolved(keys.key(table, "applies_to", dict, where, {}), where), where),
                args=self._resolved(keys.key(table, "args", dict, where, {}), where),
                after=keys.texts(table, "after", where),
                prices=keys.key(table, "prices", str, where, ""),
                payroll=keys.key(table, "payroll", bool, where, False),
                across=keys.key(table, "across", bool, where, False),
                dated=keys.key(table, "dated", bool, where, False),
            )

    def decided(self, clauses: Mapping[str, Any]) -> Iterator[Binding]:
        """The bindings of clauses that say under `decided` how a mechanic decides them. Raises PolicyError."""
        for id, clause in clauses.items():
            tables = clause.get("decided", [])
            for number, table in enumerate(tables if isinstance(tables, list) else [tables], 1):
                where = f"clauses.{id}.decided" + (f"[{number}]" if isinstance(tables, list) else "")
                yield self._decided(id, number, table, where)

    def _decided(self, clause: str, number: int, table: Any, where: str) -> Binding:
        keys = self.keys
        if not isinstance(table, dict):
            raise keys.fail(where, tell("expected a table, found {table!r}", table=table))
        given = self._resolved(table, where)
        since, until = self._days(given, f"{where}.")
        applies_to = self._posts(keys.key(given, "applies_to", dict, f"{where}.", {}), where)
        prices, reach = (keys.key(given, name, str, f"{where}.", "") for name in ("prices", "reach"))
        provision = self._provision(clause, table, given, where)
        scope = scope_of(provision)
        own = provision.register.name if provision.register is not None else ""
        widened = {own: reach} if reach and own in scope.reads else {}
        name = f"{clause}:{provision.mechanic}"
        return Binding(
            id=name if number == 1 else f"{name}#{number}",
            pack=self.pack,
            clauses=(clause,),
            rule="",
            window=scope.window,
            by=scope.by,
            reads=self._spans(scope.reads | widened, f"{where}.reach"),
            due=scope.due,
            dated=scope.dated,
            applies_to=applies_to,
            args={},
            after=scope.after,
            prices=prices,
            payroll=False,
            provision=provision,
            since=since,
            until=until,
        )

    def _provision(self, clause: str, table: Mapping[str, Any], given: Mapping[str, Any], where: str) -> Provision:
        sayings = self._resolved({name: name for name in _figures_said(table)}, where)
        own = {name: value for name, value in given.items() if name not in _OF_BINDING}
        try:
            provision = provision_of({**own, "sayings": sayings}, self.registers)
        except ValueError as error:
            raise self.keys.fail(where, message_of(error)) from error
        if clause in provision.causes:
            raise self.keys.fail(f"{where}.causes", "a clause cannot hang on itself")
        return provision

    def _days(self, given: Mapping[str, Any], where: str) -> tuple[date, date]:
        """The first and last day on which it decides, as `holds` says."""
        holds = self.keys.key(given, "holds", dict, where, {})
        self.keys.known(holds, ("from", "until"), f"{where}holds.")
        since = self.keys.key(holds, "from", date, f"{where}holds.", date.min)
        return since, self.keys.key(holds, "until", date, f"{where}holds.", date.max)

    def _clauses(self, table: Mapping[str, Any], clauses: Mapping[str, Any], where: str) -> tuple[str, ...]:
        ids = tuple(self.keys.key(table, "clauses", list, where))
        unknown = [id for id in ids if id not in clauses]
        if not ids or unknown:
            message = tell("no such clause: {unknown}", unknown=", ".join(unknown) or "(none)")
            raise self.keys.fail(f"{where}clauses", message)
        return ids

    def _scope(self, table: Mapping[str, Any], where: str) -> tuple[tuple[str, ...], str]:
        """The columns by which it is decided, and its window."""
        by = self.keys.texts(table, "by", where)
        window = self.keys.key(table, "window", str, where, "ever" if by else "month")
        if window not in WINDOWS:
            mend = tell("one of {known}", known=", ".join(WINDOWS))
            raise self.keys.fail(f"{where}window", tell("unknown window {window}", window=window), mend)
        if by and window != "ever":
            raise self.keys.fail(f"{where}by", "stands instead of a window", "leave one of them out")
        return by, window

    def _spans(self, reads: Mapping[str, Any], where: str) -> Mapping[str, str]:
        """Register -> how far around a window its rows count."""
        for register, span in reads.items():
            if not _SPAN.fullmatch(str(span)):
                mend = "one of window, ever, 31d, today 31d, 31d before, 31d by a column"
                raise self.keys.fail(where, tell("{register}: unknown span {span}", register=register, span=span), mend)
        return reads

    def _posts(self, table: Mapping[str, Any], where: str) -> Mapping[str, Parameter]:
        """Roster column -> the values in scope."""
        headers = next((register.headers for register in self.registers.values() if register.roster), ())
        strange = sorted(set(map(str, table)) - set(headers))
        if strange:
            message = tell("the roster has no column {strange}", strange="、".join(strange))
            raise self.keys.fail(f"{where}.applies_to", message, tell("one of {known}", known=", ".join(headers)))
        try:
            return {column: Parameter.of(values, "list:text") for column, values in table.items()}
        except ValueError as error:
            raise self.keys.fail(f"{where}.applies_to", message_of(error)) from error

    def _resolved(self, value: Any, where: str) -> Any:
        return resolved(self.keys, value, self.figures, where)


def _figures_said(table: Mapping[str, Any]) -> list[str]:
    """The figures that a clause's sentences name, as `$name`."""
    faults = table.get("faults", ())
    parts = [table, *(fault for fault in _list(faults) if isinstance(fault, Mapping))]
    said = "".join(str(part.get(key, "")) for part in parts for key in ("says", "open_says", "remind_says"))
    return [name for name in NAMED.findall(said) if name.startswith("$")]


def _list(value: Any) -> list[Any]:
    return list(value) if isinstance(value, (list, tuple)) else [value]
