"""The registers that staff fill, declared one YAML file each in `processor/registers/`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from string import Formatter
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from processor.catalogue.answering import Answering, answering_of
from processor.catalogue.column import Column, check_kinds, read_column
from processor.catalogue.condition import TODAY
from processor.catalogue.derived import Derived, derived_of, made, needed
from processor.catalogue.yaml_text import document, text_of
from processor.errors import RegisterError
from processor.messages import message_of, tell

if TYPE_CHECKING:
    import pandas as pd

FOLDER = Path(__file__).parents[1] / "registers"
LINKABLE = frozenset({"id", "staff", "text", "phone", "idno"})
COMMON_COLUMNS = ("门店", "备注")
EXAMPLE_SHEET = "示例"  # the sheet of a blank register that is never read
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


@dataclass(frozen=True)
class Register:
    """One register: `key` names the columns that identify a row (never empty).

    links: columns by whose values rows of one customer, order or employee find each other, in this and other registers.
    form: the product itself writes it for staff to fill in and drop back; there is no blank of it.
    roster: it lists the employees themselves. company_wide: its rows belong to no unit of their own.
    records: the column in which its rows name the clause that they record; empty for registers of facts.
    about: columns of the employee whom a row is about, who can be fined, paid or owe; the first that is filled counts.
    answers: the columns by which its rows answer decisions; None for registers of facts.
    appeals: employees object in it to decisions.
    signed: the column of who answers in a form, whom the site names; the roster need not know him.
    away: the columns of the first and the last day on which its employee is away; empty for other registers.
    says: a composite key in words, its columns in braces (`联络单{联络单号}第{行号}行`).
    refers: a column -> the register that should know its value in its own column of that name.
    called: what staff call the register in a sentence; its title if empty.
    otherwise: lists of columns that identify a row without its registration number; the first that is all filled counts.
    happens: columns that tell what happened on the row's day; a row that fills none of them before its day is over is a plan.
    derived: columns that no sheet has, made of cells of the same row, by header.
    """

    name: str
    title: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    form: bool = False
    links: tuple[str, ...] = ()
    roster: bool = False
    company_wide: bool = False
    records: str = ""
    about: tuple[str, ...] = ()
    answers: Answering | None = None
    appeals: bool = False
    signed: str = ""
    away: tuple[str, ...] = ()
    otherwise: tuple[tuple[str, ...], ...] = ()
    says: str = ""
    refers: Mapping[str, str] = field(default_factory=dict, hash=False)
    called: str = ""
    happens: tuple[str, ...] = ()
    derived: Mapping[str, Derived] = field(default_factory=dict, hash=False)

    @property
    def number(self) -> str | None:
        """The column of the registration number, where rows may be identified without it."""
        return self.key[0] if self.otherwise else None

    @property
    def is_answered(self) -> bool:
        """Whether staff answer in it what the product asked, instead of telling what happened."""
        return self.form or self.answers is not None

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

    def known(self, header: str) -> Column:
        """Its column or derived column with this header, or TODAY. Raises ValueError that names the register."""
        if header in self.derived:
            return self.derived[header].column
        if header == TODAY:
            return Column(TODAY, "date")
        try:
            return self.column(header)
        except KeyError:
            raise ValueError(tell("{title} has no column {header}", title=self.title, header=header)) from None

    def listed(self, value: Any) -> tuple[str, ...]:
        """The headers of one column, or of a list of them. Raises ValueError where it knows one of them not."""
        headers = value if isinstance(value, (list, tuple)) else [value]
        return tuple(self.known(str(header)).header for header in headers if header != "")

    def cells(self, headers: Iterable[str]) -> frozenset[str]:
        """The columns that these, derived ones included, are read from."""
        return needed(self.derived, headers) - set(self.derived) - {TODAY}

    def asks_today(self, headers: Iterable[str]) -> bool:
        """Whether one of these columns is made of the day of the batch."""
        return TODAY in needed(self.derived, headers)

    def with_derived(self, rows: pd.DataFrame, headers: Iterable[str]) -> pd.DataFrame:
        """The rows with those of these columns that are derived, as far as they can be made of what the rows have."""
        return made(self.derived, rows, headers)

    def deriving(self, name: str, table: Any) -> Register:
        """The register with one more derived column, from its table. Raises ValueError that says what is wrong."""
        if name in (*self.headers, *self.derived, TODAY):
            raise ValueError(tell("{name}: {title} has such a column itself", name=name, title=self.title))
        return replace(self, derived={**self.derived, name: derived_of(name, table, self)})


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
    _check_otherwise(file, register)
    dates = [column.header for column in register.columns if column.type == "date"]
    if register.away and (len(register.away) != 2 or set(register.away) - set(dates) or not register.about):
        raise RegisterError("must be the columns of a first and a last day of whom it is about", where=f"{file}: away")
    for key, header in (("records", register.records), ("signed", register.signed)):
        if header and header not in register.headers:
            raise RegisterError(tell("{strangers}: must name columns", strangers=header), where=f"{file}: {key}")
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
    if TODAY in register.headers:
        raise RegisterError("every register knows it already: the day of the batch", where=f"{file}: columns.{TODAY}")
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
