"""Reads the file of a policy pack, and names file and key of whatever is wrong."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from processor.catalogue.binding_reader import BindingReader
from processor.catalogue.figure_reader import bands_of, figures_of
from processor.catalogue.keys import CALLED, Keys
from processor.catalogue.outcome import NATURES
from processor.catalogue.pack import Amendment, Binding, Clause, Pack
from processor.catalogue.parameter import Parameter
from processor.catalogue.register import Register
from processor.catalogue.yaml_text import document, text_of
from processor.errors import PolicyError
from processor.messages import message_of, tell

_PACK = ("pack", "title", "document", "in_force_from", "parameters", "clauses", "bindings", "bands", "changes")
_CLAUSE = ("title", "rule", "reading", "readings", "cites", "family", "kind", "nature", "decided")
KINDS = ("computed", "recorded")
READINGS = tuple(f"G{number}" for number in range(1, 22))


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
    keys = Keys(file)
    keys.known(raw, _PACK, "")
    name = keys.key(raw, "pack", str)
    figures = figures_of(keys, raw)
    clauses = _clauses(keys, raw)
    reader = BindingReader(keys, name, figures, registers)
    bindings = (*reader.named(raw, clauses), *reader.decided(raw["clauses"]))
    _check_coverage(keys, figures, clauses, bindings)
    read = _registers_of(bindings)
    return Pack(
        name=name,
        title=keys.key(raw, "title", str),
        document=keys.key(raw, "document", str),
        in_force_from=keys.key(raw, "in_force_from", date),
        parameters=figures,
        clauses={id: replace(clause, registers=read.get(id, ())) for id, clause in clauses.items()},
        bindings=bindings,
        digest=hashlib.sha256(json.dumps([text, {}]).encode()).hexdigest()[:12],
        bands=bands_of(keys, raw, figures),
        source=text,
        changes=tuple(_changes(keys, raw, clauses)),
    )


def _clauses(keys: Keys, raw: Mapping[str, Any]) -> dict[str, Clause]:
    found = {}
    for id, table in keys.key(raw, "clauses", dict).items():
        if not isinstance(id, str):
            raise keys.fail(f"clauses.{id}", tell("expected {kind}, found {found!r}", kind=CALLED[str], found=id))
        where = f"clauses.{id}."
        keys.known(table, _CLAUSE, where)
        found[id] = Clause(
            id=id,
            title=keys.key(table, "title", str, where),
            rule=keys.key(table, "rule", str, where),
            reading=keys.key(table, "reading", str, where, ""),
            readings=_among(keys, table, "readings", READINGS, where),
            cites=keys.key(table, "cites", str, where),
            family=keys.key(table, "family", str, where),
            kind=keys.one_of(table, "kind", KINDS, where),
            registers=(),
            nature=_among(keys, table, "nature", NATURES, where),
        )
    return found


def _among(keys: Keys, table: Mapping[str, Any], name: str, known: Iterable[str], where: str) -> tuple[str, ...]:
    """A list of texts, each one of these."""
    return tuple(keys.one_of({name: told}, name, known, where) for told in keys.texts(table, name, where))


def _changes(keys: Keys, raw: Mapping[str, Any], clauses: Mapping[str, Clause]) -> Iterable[Amendment]:
    for number, table in enumerate(keys.key(raw, "changes", list, default=[]), 1):
        where = f"changes[{number}]."
        keys.known(table, ("clause", "since", "what"), where)
        clause = keys.key(table, "clause", str, where)
        if clause not in clauses:
            raise keys.fail(f"{where}clause", tell("no such clause: {clause}", clause=clause))
        yield Amendment(clause, keys.key(table, "since", date, where), keys.key(table, "what", str, where))


def _check_coverage(
    keys: Keys, figures: Mapping[str, Parameter], clauses: Mapping[str, Clause], bindings: Iterable[Binding]
) -> None:
    """Raises PolicyError on a clause that nothing decides, and on a figure that nothing uses."""
    bound = {id for binding in bindings for id in binding.clauses}
    for id in clauses:
        if id not in bound:
            raise keys.fail(f"clauses.{id}", "is decided by no binding", "say under decided what follows from it")
    seen = {figure.name for binding in bindings for figure in binding.parameters()}
    for name, figure in figures.items():
        if figure.clause not in clauses:
            raise keys.fail(f"parameters.{name}.clause", tell("no such clause: {clause}", clause=figure.clause))
        if name not in seen:
            mend = tell("write ${name} where it counts", name=name)
            raise keys.fail(f"parameters.{name}", "is used by no binding", mend)


def _registers_of(bindings: Iterable[Binding]) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for binding in bindings:
        for clause in binding.clauses:
            names = found.setdefault(clause, [])
            names.extend(name for name in binding.reads if name not in names)
    return {clause: tuple(names) for clause, names in found.items()}
