"""Reads the registers, declared one YAML file each in `processor/registers/`, and names whatever does not fit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from string import Formatter
from types import MappingProxyType
from typing import Any

from processor.catalogue.answering import answering_of
from processor.catalogue.column import check_kinds, read_column
from processor.catalogue.condition import TODAY
from processor.catalogue.register import COMMON_COLUMNS, Register
from processor.catalogue.yaml_text import document, text_of
from processor.errors import RegisterError
from processor.messages import message_of, tell

FOLDER = Path(__file__).parents[1] / "registers"
LINKABLE = frozenset({"id", "staff", "text", "phone", "idno"})
_REGISTER_KEYS = frozenset({"title", "key", "columns"})
#: further keys of a register -> what stands there
_OPTIONAL_KEYS = {
    "form": "flag",
    "links": "texts",
    "roster": "flag",
    "company_wide": "flag",
    "records": "text",
    "about": "texts",
    "answers": "table",
    "appeals": "flag",
    "signed": "text",
    "away": "texts",
    "otherwise": "groups",
    "says": "text",
    "refers": "table",
    "called": "text",
    "happens": "texts",
    "derived": "table",
}


@cache
def load_registers() -> Mapping[str, Register]:
    """The registers of the product by name, in alphabetical order. Raises RegisterError naming file and key."""
    return linked({path.stem: register_of(path, declaration(path)) for path in sorted(FOLDER.glob("*.yaml"))})


def linked(found: dict[str, Register]) -> Mapping[str, Register]:
    """These registers, once what each refers to in others is known to be there. Raises RegisterError."""
    for register in found.values():
        for header, target in register.refers.items():
            if target not in found or header not in found[target].links or header not in register.headers:
                where = f"{register.name}.yaml: refers.{header}"
                raise RegisterError(
                    tell("{target} links no such column", target=target), where=where, mend="name it under its links"
                )
    return MappingProxyType(found)


def declaration(path: Path) -> dict[str, Any]:
    """What a register's file says, still unchecked. Raises RegisterError where it is no YAML table."""
    try:
        data = document(text_of(path))
    except ValueError as error:
        raise RegisterError(message_of(error), where=path.name) from error
    if not isinstance(data, dict):
        raise RegisterError("must be a table", where=path.name)
    return data


def register_of(path: Path, data: Mapping[str, Any]) -> Register:
    """The register that a file declares. Raises RegisterError naming file and key."""
    lacking, strange = _REGISTER_KEYS - set(data), set(map(str, data)) - _REGISTER_KEYS - set(_OPTIONAL_KEYS)
    if lacking or strange:
        message = tell("needs {keys}", keys=", ".join(sorted(lacking)))
        if strange:
            message = tell("unknown key {unknown}", unknown=", ".join(sorted(strange)))
        known = ", ".join(sorted({*_REGISTER_KEYS, *_OPTIONAL_KEYS}))
        raise RegisterError(message, where=path.name, mend=tell("a register knows {known}", known=known))
    check_kinds(data, {"title": "text", "key": "texts", **_OPTIONAL_KEYS}, f"{path.name}: ")
    if not isinstance(data["columns"], dict) or not data["columns"]:
        raise RegisterError("must map each header to its properties", where=f"{path.name}: columns")
    columns = tuple(read_column(path.name, header, value) for header, value in data["columns"].items())
    register = Register(
        name=path.stem,
        title=str(data["title"]),
        key=tuple(data["key"]),
        columns=columns,
        form=bool(data.get("form", False)),
        links=tuple(data.get("links", ())),
        roster=bool(data.get("roster", False)),
        company_wide=bool(data.get("company_wide", False)),
        records=str(data.get("records", "")),
        about=tuple(data.get("about", ())),
        appeals=bool(data.get("appeals", False)),
        away=tuple(data.get("away", ())),
        says=str(data.get("says", "")),
        otherwise=tuple(tuple(group) for group in data.get("otherwise", ())),
        refers=MappingProxyType(dict(data.get("refers", {}))),
        called=str(data.get("called", data["title"])),
        happens=tuple(data.get("happens", ())),
    )
    register = _answering(path.name, register, data)
    _check(path.name, register)
    for header, table in data.get("derived", {}).items():
        try:
            register = register.deriving(str(header), table)
        except ValueError as error:
            raise RegisterError(message_of(error), where=f"{path.name}: derived.{header}") from error
    return register


def _answering(file: str, register: Register, data: Mapping[str, Any]) -> Register:
    """The register with how it answers, and who signs it."""
    if "answers" not in data:
        return replace(register, signed=str(data.get("signed", "")))
    try:
        answers = answering_of(data["answers"], register.columns)
    except ValueError as error:
        raise RegisterError(message_of(error), where=f"{file}: answers") from error
    return replace(register, answers=answers, signed=answers.by)


def _check(file: str, register: Register) -> None:
    """Raises RegisterError on the first part of the declaration that does not fit its columns."""
    for key, strangers, message in _unfit(register):
        if strangers:
            raise RegisterError(tell(message, strangers="、".join(strangers)), where=f"{file}: {key}")
    if not register.key:
        raise RegisterError(tell("{strangers}: must name columns", strangers="empty"), where=f"{file}: key")
    if register.happens and register.date_column is None:
        raise RegisterError("no date: must be columns", where=f"{file}: happens")
    if register.away and (len(register.away) != 2 or not register.about):
        raise RegisterError("must be the columns of a first and a last day of whom it is about", where=f"{file}: away")
    if TODAY in register.headers:
        raise RegisterError("every register knows it already: the day of the batch", where=f"{file}: columns.{TODAY}")
    _check_otherwise(file, register)
    _check_words(file, register)


def _unfit(register: Register) -> Iterator[tuple[str, list[str], str]]:
    """Key of the declaration, the headers there that do not fit, and what they must be."""
    types = {column.header: column.type for column in register.columns}
    columns, staff = "{strangers}: must name columns", "{strangers}: must be columns of type staff"
    yield "key", [header for header in register.key if header not in types], columns
    unlinkable = [header for header in register.links if types.get(header) not in LINKABLE]
    yield "links", unlinkable, "{strangers}: must be columns of texts"
    yield "about", [header for header in register.about if types.get(header) != "staff"], staff
    named = [column.names for column in register.columns if column.names]
    yield "columns", [header for header in named if types.get(header) != "staff"], staff
    for key, header in (("records", register.records), ("signed", register.signed)):
        yield key, [header] if header and header not in types else [], columns
    yield "happens", [header for header in register.happens if header not in types], columns
    yield "away", [header for header in register.away if types.get(header) != "date"], columns
    said = [name for _, name, _, _ in Formatter().parse(register.says) if name]
    yield "says", [name for name in said if name not in register.key], "{strangers}: must be columns of the key"
    absent = [header for header in COMMON_COLUMNS if header not in types]
    yield "columns", absent, "{strangers} missing; every register has them"


def _check_words(file: str, register: Register) -> None:
    """Raises RegisterError where one word means two columns."""
    owner: dict[str, str] = {}
    for column in register.columns:
        for name in (column.header, *column.synonyms):
            if name in owner:
                where = f"{file}: columns.{column.header}.synonyms"
                raise RegisterError(tell("{name} also means {owner}", name=name, owner=owner[name]), where=where)
            owner[name] = column.header


def _check_otherwise(file: str, register: Register) -> None:
    """Without its number a row still needs the other columns of the key, as the last of each list."""
    if not register.otherwise:
        return
    where = f"{file}: otherwise"
    if register.column(register.key[0]).type != "id":
        raise RegisterError(
            tell("{register} is no registration number", register=register.key[0]), where=where, mend="leave it out"
        )
    rest = register.key[1:]
    for group in register.otherwise:
        strangers = [header for header in group if header not in register.headers or header == register.key[0]]
        if strangers or not group[: len(group) - len(rest)] or group[len(group) - len(rest) :] != rest:
            names = "、".join(strangers or group) or "empty"
            raise RegisterError(
                tell("{names}: must be other columns, the rest of the key last", names=names), where=where
            )
