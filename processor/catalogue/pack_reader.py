"""Reads the file of a policy pack, and names file and key of whatever is wrong."""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from processor.catalogue.coverage import Bands
from processor.catalogue.keys import CALLED, Keys
from processor.catalogue.outcome import NATURES, Outcome, outcome_of
from processor.catalogue.pack import WINDOWS, Amendment, Binding, Clause, Pack
from processor.catalogue.parameter import Parameter, figure
from processor.catalogue.provision import NAMED
from processor.catalogue.provision_reader import provision_of
from processor.catalogue.register import Register
from processor.catalogue.scope import scope_of
from processor.catalogue.yaml_text import document, text_of
from processor.errors import PolicyError
from processor.messages import message_of, tell


def load_pack(path: Path, registers: Mapping[str, Register]) -> Pack:
    """One pack from its file; registers: those that its clauses may read. Raises PolicyError that names file and key."""
    try:
        text = text_of(path)
    except ValueError as error:
        raise PolicyError(message_of(error), where=path.name) from error
    return read_pack(path.name, text, registers)


def read_pack(file: str, text: str, registers: Mapping[str, Register]) -> Pack:
    """One pack from the text of its file. Raises PolicyError that names file and key."""
    try:
        raw = document(text)
    except ValueError as error:
        raise PolicyError(message_of(error), where=file) from error
    if not isinstance(raw, dict):
        raise PolicyError("must be a table", where=file)
    reader = _Reader(file, raw, registers)
    reader.known(raw, _PACK, "")
    name = reader.key(raw, "pack", str)
    parameters = reader.parameters()
    clauses = reader.clauses()
    bindings = reader.bindings(parameters, clauses) + reader.provisions(parameters)
    reader.check_coverage(parameters, clauses, bindings)
    read = _registers_of(bindings)
    clauses = {id: replace(c, registers=read.get(id, c.registers)) for id, c in clauses.items()}
    return Pack(
        name=name,
        title=reader.key(raw, "title", str),
        document=reader.key(raw, "document", str),
        in_force_from=reader.key(raw, "in_force_from", date),
        parameters=parameters,
        clauses=clauses,
        bindings=bindings,
        digest=hashlib.sha256(json.dumps([text, {}]).encode()).hexdigest()[:12],
        bands=reader.bands(parameters),
        source=text,
        changes=reader.changes(clauses),
    )


def _figures_said(table: Mapping[str, Any]) -> list[str]:
    """The figures that a clause's sentences name, as `$name`."""
    faults = [fault for fault in _list(table.get("faults", ())) if isinstance(fault, Mapping)]
    said = "".join(str(part.get(key, "")) for part in (table, *faults) for key in ("says", "open_says", "remind_says"))
    return [name for name in NAMED.findall(said) if name.startswith("$")]


def _list(value: Any) -> list[Any]:
    return list(value) if isinstance(value, (list, tuple)) else [value]


def _registers_of(bindings: Iterable[Binding]) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for binding in bindings:
        for clause in binding.clauses:
            names = found.setdefault(clause, [])
            names.extend(name for name in binding.reads if name not in names)
    return {clause: tuple(names) for clause, names in found.items()}


_PACK = ("pack", "title", "document", "in_force_from", "parameters", "clauses", "bindings", "bands", "changes")
_PARAMETER = ("clause", "title", "type", "unit", "values", "covers", "formerly")
_CLAUSE = ("title", "rule", "reading", "readings", "cites", "family", "kind", "nature", "decided")
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
)
KINDS = ("computed", "recorded")
READINGS = tuple(f"G{number}" for number in range(1, 22))
_SPAN = re.compile(r"window|ever|(today )?\d{1,4}d")


class _Reader(Keys):
    """Reads one pack file and names file and key of whatever is wrong."""

    def __init__(self, file: str, raw: Mapping[str, Any], registers: Mapping[str, Register]) -> None:
        super().__init__(file)
        self.raw, self.registers = raw, registers

    def ids(self) -> Mapping[str, Any]:
        """The tables of the clauses by id."""
        tables = self.key(self.raw, "clauses", dict)
        for id in tables:
            if not isinstance(id, str):
                raise self.fail(f"clauses.{id}", tell("expected {kind}, found {found!r}", kind=CALLED[str], found=id))
        return tables

    def parameters(self) -> dict[str, Parameter]:
        found = {}
        for name, raw in self.key(self.raw, "parameters", dict, default={}).items():
            where = f"parameters.{name}."
            self.known(raw, _PARAMETER, where)
            kind = self.key(raw, "type", str, where)
            values = self.key(raw, "values", dict, where)
            if not all(type(day) is date for day in values):
                raise self.fail(f"{where}values", "expected a table of days", "write 2026-01-01: 20")
            try:
                typed = {day: figure(kind, value) for day, value in sorted(values.items())}
            except ValueError as error:
                raise self.fail(f"{where}values", message_of(error), tell("type {kind}", kind=kind)) from error
            found[name] = Parameter(
                name=name,
                clause=self.key(raw, "clause", str, where),
                title=self.key(raw, "title", str, where),
                type=kind,
                unit=self.key(raw, "unit", str, where, ""),
                values=typed,
                covers=self.key(raw, "covers", str, where, ""),
                formerly=tuple(self.key(raw, "formerly", list, where, [])),
            )
        names = Counter([*found, *(old for figure in found.values() for old in figure.formerly)])
        twice = sorted(str(name) for name, count in names.items() if count > 1)
        if twice:
            raise self.fail("parameters", tell("several figures are called {names}", names=", ".join(twice)))
        return found

    def changes(self, clauses: Mapping[str, Clause]) -> tuple[Amendment, ...]:
        found = []
        for number, raw in enumerate(self.key(self.raw, "changes", list, default=[]), 1):
            where = f"changes[{number}]."
            self.known(raw, ("clause", "since", "what"), where)
            clause = self.key(raw, "clause", str, where)
            if clause not in clauses:
                raise self.fail(f"{where}clause", tell("no such clause: {clause}", clause=clause))
            found.append(Amendment(clause, self.key(raw, "since", date, where), self.key(raw, "what", str, where)))
        return tuple(found)

    def clauses(self) -> dict[str, Clause]:
        found = {}
        for id, raw in self.ids().items():
            where = f"clauses.{id}."
            self.known(raw, _CLAUSE, where)
            found[id] = Clause(
                id=id,
                title=self.key(raw, "title", str, where),
                rule=self.key(raw, "rule", str, where),
                reading=self.key(raw, "reading", str, where, ""),
                readings=tuple(
                    self.one_of({"readings": told}, "readings", READINGS, where)
                    for told in self.texts(raw, "readings", where)
                ),
                cites=self.key(raw, "cites", str, where),
                family=self.key(raw, "family", str, where),
                kind=self.one_of(raw, "kind", KINDS, where),
                registers=(),
                nature=tuple(
                    self.one_of({"nature": told}, "nature", NATURES, where) for told in self.texts(raw, "nature", where)
                ),
            )
        return found

    def bindings(self, parameters: Mapping[str, Parameter], clauses: Mapping[str, Clause]) -> tuple[Binding, ...]:
        found: list[Binding] = []
        names: list[str] = []
        for number, raw in enumerate(self.key(self.raw, "bindings", list, default=[]), 1):
            where = f"bindings[{number}]."
            self.known(raw, _BINDING, where)
            ids = tuple(self.key(raw, "clauses", list, where))
            unknown = [id for id in ids if id not in clauses]
            if not ids or unknown:
                raise self.fail(
                    f"{where}clauses", tell("no such clause: {unknown}", unknown=", ".join(unknown) or "(none)")
                )
            by = self.texts(raw, "by", where)
            window = self.key(raw, "window", str, where, "ever" if by else "month")
            if window not in WINDOWS:
                raise self.fail(
                    f"{where}window",
                    tell("unknown window {window}", window=window),
                    tell("one of {known}", known=", ".join(WINDOWS)),
                )
            if by and window != "ever":
                raise self.fail(f"{where}by", "stands instead of a window", "leave one of them out")
            name = f"{ids[0]}:{self.key(raw, 'rule', str, where)}"
            names.append(name)
            found.append(
                Binding(
                    id=name if names.count(name) == 1 else f"{name}#{names.count(name)}",
                    pack=self.raw["pack"],
                    clauses=ids,
                    rule=self.key(raw, "rule", str, where),
                    window=window,
                    by=by,
                    reads=self.spans(self.key(raw, "reads", dict, where), f"{where}reads"),
                    due=self.key(raw, "due", bool, where, False),
                    applies_to=self.scope(
                        self.resolve(self.key(raw, "applies_to", dict, where, {}), parameters, where), where
                    ),
                    args=self.resolve(self.key(raw, "args", dict, where, {}), parameters, where),
                    after=self.texts(raw, "after", where),
                    prices=self.key(raw, "prices", str, where, ""),
                    payroll=self.key(raw, "payroll", bool, where, False),
                    across=self.key(raw, "across", bool, where, False),
                )
            )
        return tuple(found)

    def provisions(self, parameters: Mapping[str, Parameter]) -> tuple[Binding, ...]:
        """The bindings of clauses that say under `decided` how a mechanic decides them."""
        found: list[Binding] = []
        for id, raw in self.ids().items():
            tables = raw.get("decided", [])
            for number, table in enumerate(tables if isinstance(tables, list) else [tables], 1):
                where = f"clauses.{id}.decided" + (f"[{number}]" if isinstance(tables, list) else "")
                found.append(self.provision(id, number, table, parameters, where))
        return tuple(found)

    def provision(
        self, clause: str, number: int, table: Any, parameters: Mapping[str, Parameter], where: str
    ) -> Binding:
        if not isinstance(table, dict):
            raise self.fail(where, tell("expected a table, found {table!r}", table=table))
        given = self.resolve(table, parameters, where)
        given["sayings"] = self.resolve({name: name for name in _figures_said(table)}, parameters, where)
        holds = self.key(given, "holds", dict, f"{where}.", {})
        self.known(holds, ("from", "until"), f"{where}.holds.")
        since, until = (
            self.key(holds, name, date, f"{where}.holds.", end)
            for name, end in (("from", date.min), ("until", date.max))
        )
        applies_to = self.scope(self.key(given, "applies_to", dict, f"{where}.", {}), where)
        prices, reach = (self.key(given, name, str, f"{where}.", "") for name in ("prices", "reach"))
        own = {name: value for name, value in given.items() if name not in ("holds", "applies_to", "prices", "reach")}
        try:
            provision = provision_of(own, self.registers)
        except ValueError as error:
            raise self.fail(where, message_of(error)) from error
        if clause in provision.causes:
            raise self.fail(f"{where}.causes", "a clause cannot hang on itself")
        scope = scope_of(provision)
        own_register = provision.register.name if provision.register is not None else ""
        widened = {own_register: reach} if reach and own_register in scope.reads else {}
        reads = self.spans(scope.reads | widened, f"{where}.reach")
        name = f"{clause}:{provision.mechanic}"
        return Binding(
            id=name if number == 1 else f"{name}#{number}",
            pack=self.raw["pack"],
            clauses=(clause,),
            rule="",
            window=scope.window,
            by=scope.by,
            reads=reads,
            due=scope.due,
            applies_to=applies_to,
            args={},
            after=scope.after,
            prices=prices,
            payroll=False,
            provision=provision,
            since=since,
            until=until,
        )

    def spans(self, reads: Mapping[str, Any], where: str) -> Mapping[str, str]:
        """Register -> how far around a window its rows count."""
        for register, span in reads.items():
            if not _SPAN.fullmatch(str(span)):
                mend = "one of window, ever, 31d, today 31d"
                raise self.fail(where, tell("{register}: unknown span {span}", register=register, span=span), mend)
        return reads

    def scope(self, table: Mapping[str, Any], where: str) -> Mapping[str, Parameter]:
        """Roster column -> the values in scope."""
        headers = next((register.headers for register in self.registers.values() if register.roster), ())
        strange = sorted(set(map(str, table)) - set(headers))
        if strange:
            message = tell("the roster has no column {strange}", strange="、".join(strange))
            raise self.fail(f"{where}.applies_to", message, tell("one of {known}", known=", ".join(headers)))
        try:
            return {column: Parameter.of(values, "list:text") for column, values in table.items()}
        except ValueError as error:
            raise self.fail(f"{where}.applies_to", message_of(error)) from error

    def resolve(self, value: Any, parameters: Mapping[str, Parameter], where: str) -> Any:
        if isinstance(value, str) and value.startswith("$"):
            if value[1:] not in parameters:
                raise self.fail(where, tell("no such parameter: {value}", value=value[1:]))
            return parameters[value[1:]]
        if isinstance(value, dict):
            table = {key: self.resolve(item, parameters, where) for key, item in value.items()}
            return self.outcome(table, where) if "effect" in table else table
        if isinstance(value, list):
            return [self.resolve(item, parameters, where) for item in value]
        return value

    def outcome(self, table: Mapping[str, Any], where: str) -> Outcome:
        try:
            return outcome_of(table)
        except ValueError as error:
            raise self.fail(where.rstrip("."), message_of(error)) from error

    def bands(self, parameters: Mapping[str, Parameter]) -> tuple[Bands, ...]:
        found = []
        for number, raw in enumerate(self.key(self.raw, "bands", list, default=[]), 1):
            self.known(raw, ("figures", "first"), f"bands[{number}].")
            names = [f"${name}" for name in self.key(raw, "figures", list, f"bands[{number}].")]
            figures = tuple(self.resolve(names, parameters, f"bands[{number}]"))
            found.append(Bands(figures, self.key(raw, "first", int, f"bands[{number}].", None)))
        return tuple(found)

    def check_coverage(
        self, parameters: Mapping[str, Parameter], clauses: Mapping[str, Clause], bindings: tuple[Binding, ...]
    ) -> None:
        bound = {id for binding in bindings for id in binding.clauses}
        for id in clauses:
            if id not in bound:
                raise self.fail(f"clauses.{id}", "is decided by no binding", "say under decided what follows from it")
        seen = {p.name for binding in bindings for p in binding.parameters()}
        for name, parameter in parameters.items():
            if parameter.clause not in clauses:
                raise self.fail(f"parameters.{name}.clause", tell("no such clause: {clause}", clause=parameter.clause))
            if name not in seen:
                raise self.fail(
                    f"parameters.{name}", "is used by no binding", tell("write ${name} where it counts", name=name)
                )
