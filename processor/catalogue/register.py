"""The registers that staff fill, declared one YAML file each in `processor/registers/`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from string import Formatter
from types import MappingProxyType
from typing import Any

import yaml

from processor.errors import ProcessorError
from processor.messages import tell

FOLDER = Path(__file__).parents[1] / "registers"
TYPES = frozenset(
    {
        "id",
        "staff",
        "staff_list",
        "text",
        "date",
        "month",
        "time",
        "datetime",
        "money",
        "number",
        "count",
        "phone",
        "idno",
        "yesno",
        "choice",
    }
)
LINKABLE = frozenset({"id", "staff", "text", "phone", "idno"})
ANSWERABLE = frozenset({"decision"})
COMMON_COLUMNS = ("门店", "备注")
EXAMPLE_SHEET = "示例"  # the sheet of a blank register that is never read
_COLUMN_KEYS = frozenset(
    {
        "type",
        "choices",
        "required",
        "optional",
        "units",
        "synonyms",
        "names",
        "words",
        "range",
        "future",
        "evidence",
        "beside",
        "nothing",
    }
)
_REGISTER_KEYS = frozenset({"title", "key", "columns"})
_OPTIONAL_KEYS = frozenset(
    {"form", "links", "roster", "about", "answers", "otherwise", "says", "refers", "called", "told", "happens"}
)


class RegisterError(ProcessorError):
    """A register's declaration is wrong; `where` names the file and the key."""


@dataclass(frozen=True)
class Column:
    """One column: `required` cells must be filled, an `optional` column may be absent.

    Of the types, `staff` is one employee and `staff_list` several, joined by 、 or ;, by number or by name.
    names: the column of the employee whose name stands here.
    `units` maps a unit that may stand behind a number or in brackets in the header to its factor.
    words: another word that staff write -> the choice that it means.
    range: the least and the greatest number that can be meant; None on a side without a bound.
    future: a date that may lie after the day of the batch; the others tell what has happened.
    evidence: an empty cell says that something was not done, which a sheet without the column does not say.
    beside: the column without which this one says nothing.
    nothing: texts by which staff say that there is nothing to write; such a cell is empty.
    """

    header: str
    type: str
    choices: tuple[str, ...] = ()
    required: bool = False
    optional: bool = False
    units: Mapping[str, int] = field(default_factory=dict, hash=False)
    synonyms: tuple[str, ...] = ()
    names: str = ""
    words: Mapping[str, str] = field(default_factory=dict, hash=False)
    range: tuple[float | None, float | None] = (None, None)
    future: bool = False
    evidence: bool = False
    beside: str = ""
    nothing: tuple[str, ...] = ()


@dataclass(frozen=True)
class Register:
    """One register: `key` names the columns that identify a row (never empty).

    links: columns by whose values rows of one customer, order or employee find each other, in this and other registers.
    form: the product itself writes it for staff to fill in and drop back; there is no blank of it.
    told: the product writes it for staff to read; rows that come back say nothing.
    roster: it lists the employees themselves.
    about: columns of the employee whom a row is about, who can be fined, paid or owe; the first that is filled counts.
    answers: what its rows answer (`decision`), empty for registers of facts.
    says: a composite key in words, its columns in braces (`联络单{联络单号}第{行号}行`).
    refers: a column -> the register that should know its value in its own column of that name.
    called: what staff call the register in a sentence; its title if empty.
    otherwise: lists of columns that identify a row without its registration number; the first that is all filled counts.
    happens: columns that tell what happened on the row's day; a row that fills none of them before its day is over is a plan.
    """

    name: str
    title: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    form: bool = False
    told: bool = False
    links: tuple[str, ...] = ()
    roster: bool = False
    about: tuple[str, ...] = ()
    answers: str = ""
    otherwise: tuple[tuple[str, ...], ...] = ()
    says: str = ""
    refers: Mapping[str, str] = field(default_factory=dict, hash=False)
    called: str = ""
    happens: tuple[str, ...] = ()

    @property
    def number(self) -> str | None:
        """The column of the registration number, where rows may be identified without it."""
        return self.key[0] if self.otherwise else None

    @property
    def staff_columns(self) -> tuple[str, ...]:
        """The columns of one employee each; none of the roster, which says who there is."""
        return () if self.roster else tuple(column.header for column in self.columns if column.type == "staff")

    @property
    def headers(self) -> tuple[str, ...]:
        return tuple(column.header for column in self.columns)

    @property
    def date_column(self) -> str | None:
        """The first date or datetime column, by which a row belongs to a period."""
        return next((column.header for column in self.columns if column.type in ("date", "datetime")), None)

    def named_by(self, header: str) -> str | None:
        """The column in which the name of a column's employee stands beside the number."""
        return next((column.header for column in self.columns if column.names == header), None)

    def column(self, header: str) -> Column:
        """The column with this header; raises KeyError where there is none."""
        for column in self.columns:
            if column.header == header:
                return column
        raise KeyError(header)


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
        data = yaml.load(path.read_text(encoding="utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except yaml.YAMLError as error:
        raise RegisterError(tell("not valid YAML: {error}", error=error), where=path.name) from error
    if not isinstance(data, dict):
        raise RegisterError("must be a table", where=path.name)
    return data


def register_of(path: Path, data: Mapping[str, Any]) -> Register:
    """The register that a file declares. Raises RegisterError naming file and key."""
    if set(data) - _OPTIONAL_KEYS != _REGISTER_KEYS:
        raise RegisterError(
            tell("must have exactly the keys {register_keys}", register_keys=", ".join(sorted(_REGISTER_KEYS))),
            where=path.name,
        )
    if not isinstance(data["columns"], dict) or not data["columns"]:
        raise RegisterError("must map each header to its properties", where=f"{path.name}: columns")
    columns = tuple(_column(path.name, header, value) for header, value in data["columns"].items())
    register = Register(
        name=path.stem,
        title=str(data["title"]),
        key=tuple(data["key"] or ()),
        columns=columns,
        form=bool(data.get("form", False)),
        told=bool(data.get("told", False)),
        links=tuple(data.get("links", ())),
        roster=bool(data.get("roster", False)),
        about=tuple(data.get("about", ())),
        answers=str(data.get("answers", "")),
        says=str(data.get("says", "")),
        otherwise=tuple(tuple(group) for group in data.get("otherwise", ())),
        refers=MappingProxyType(dict(data.get("refers", {}))),
        called=str(data.get("called", data["title"])),
        happens=tuple(data.get("happens", ())),
    )
    _check(path.name, register)
    return register


def _column(file: str, header: str, data: Any) -> Column:
    where = f"{file}: columns.{header}"
    if not isinstance(data, dict):
        raise RegisterError("must be a mapping with at least a type", where=where)
    unknown = set(data) - _COLUMN_KEYS
    if unknown:
        raise RegisterError(tell("unknown key {unknown}", unknown=", ".join(sorted(map(str, unknown)))), where=where)
    if data.get("type") not in TYPES:
        raise RegisterError(
            tell("{data!r} is none of {types}", data=data.get("type"), types=", ".join(sorted(TYPES))),
            where=f"{where}.type",
        )
    if (data["type"] == "choice") != bool(data.get("choices")):
        raise RegisterError("needed for type choice, and only there", where=f"{where}.choices")
    for key in ("choices", "synonyms", "nothing"):
        if not all(isinstance(text, str) for text in data.get(key, ())):
            raise RegisterError("each must be text", where=f"{where}.{key}", mend="quote it")
    return Column(
        header=header,
        type=data["type"],
        choices=tuple(data.get("choices", ())),
        required=bool(data.get("required", False)),
        optional=bool(data.get("optional", False)),
        units=MappingProxyType(dict(data.get("units", {}))),
        synonyms=tuple(data.get("synonyms", ())),
        names=str(data.get("names", "")),
        words=_words(data, where),
        range=_range(data, where),
        future=bool(data.get("future", False)),
        evidence=bool(data.get("evidence", False)),
        beside=str(data.get("beside", "")),
        nothing=tuple(data.get("nothing", ())),
    )


def _words(data: Mapping[str, Any], where: str) -> Mapping[str, str]:
    """Other word -> choice, from choice -> its other words."""
    groups = data.get("words", {})
    strangers = [choice for choice in groups if choice not in data.get("choices", ())]
    if strangers:
        raise RegisterError(
            tell("{strangers}: no choice of the column", strangers="、".join(strangers)), where=f"{where}.words"
        )
    return MappingProxyType({word: choice for choice, words in groups.items() for word in words})


def _range(data: Mapping[str, Any], where: str) -> tuple[float | None, float | None]:
    bounds = data.get("range", [None, None])
    numeric = data["type"] in ("number", "count", "money")
    if len(bounds) != 2 or not (numeric or "range" not in data):
        raise RegisterError("a least and a greatest number, of a column of numbers", where=f"{where}.range")
    return bounds[0], bounds[1]


def _check(file: str, register: Register) -> None:
    strangers = [header for header in register.key if header not in register.headers]
    if strangers or not register.key:
        raise RegisterError(
            tell("{strangers}: must name columns", strangers="、".join(strangers) or "empty"), where=f"{file}: key"
        )
    unlinkable = [h for h in register.links if h not in register.headers or register.column(h).type not in LINKABLE]
    if unlinkable:
        raise RegisterError(
            tell("{unlinkable}: must be columns of texts", unlinkable="、".join(unlinkable)), where=f"{file}: links"
        )
    named = [column.names for column in register.columns if column.names]
    for key, headers in (("about", register.about), ("columns", named)):
        strangers = [h for h in headers if h not in register.headers or register.column(h).type != "staff"]
        if strangers:
            raise RegisterError(
                tell("{strangers}: must be columns of type staff", strangers="、".join(strangers)),
                where=f"{file}: {key}",
            )
    if register.answers and register.answers not in ANSWERABLE:
        raise RegisterError(
            tell("{answers!r} is none of {answerable}", answers=register.answers, answerable=", ".join(ANSWERABLE)),
            where=f"{file}: answers",
        )
    _check_otherwise(file, register)
    strangers = [header for header in register.happens if header not in register.headers]
    if strangers or (register.happens and register.date_column is None):
        raise RegisterError(f"{'、'.join(strangers) or 'no date'}: must be columns", where=f"{file}: happens")
    strangers = [name for _, name, _, _ in Formatter().parse(register.says) if name and name not in register.key]
    if strangers:
        raise RegisterError(
            tell("{strangers}: must be columns of the key", strangers="、".join(strangers)), where=f"{file}: says"
        )
    absent = [header for header in COMMON_COLUMNS if header not in register.headers]
    if absent:
        raise RegisterError(
            tell("{absent} missing; every register has them", absent="、".join(absent)), where=f"{file}: columns"
        )
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
