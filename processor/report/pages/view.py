"""What a page is made of, without a word of HTML: tasks, figures, pictures, tables and lists of decisions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from processor.catalogue.parameter import Parameter
from processor.model import Text
from processor.report.snapshot import Line


@dataclass(frozen=True, slots=True)
class Money:
    """Signed fen."""

    fen: int


@dataclass(frozen=True, slots=True)
class Link:
    """Words that lead to a page of this site (`target` below the pages' folder) or to a place on one."""

    label: Any
    target: str
    anchor: str = ""


@dataclass(frozen=True, slots=True)
class FileLink:
    """A delivered or annotated workbook; `target` is relative to the site's folder."""

    label: Any
    target: str


@dataclass(frozen=True, slots=True)
class Row:
    """A link to a decision, wherever its row came to stand."""

    label: Any
    decision_id: str


@dataclass(frozen=True, slots=True)
class Badge:
    """A state in words; `kind` gives its colour and sign."""

    kind: str
    label: Text


# What a table cell may hold: Text is said in the site's language, str is what staff wrote and is masked.
Value = Text | str | int | float | date | Money | Link | FileLink | Row | Badge | None


@dataclass(frozen=True, slots=True)
class Keys:
    """What the bar on top filters by. None: the thing has no month, person … and shows whatever is picked."""

    month: str | None = None
    person: str | None = None
    clause: str | None = None
    status: str | None = None


EVERYTHING = Keys()


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under headers; `keys` has one entry a row, or none at all. kind `wide` = a calendar grid."""

    caption: Text
    headers: tuple[Value, ...]
    rows: tuple[tuple[Value, ...], ...]
    note: Text | None = None
    kind: str = "plain"
    keys: tuple[Keys, ...] = ()


@dataclass(frozen=True, slots=True)
class Bar:
    """A piece of a picture: bars of one label are drawn as one. over: beyond the limit."""

    label: Value
    value: float
    keys: Keys = EVERYTHING
    over: bool = False


@dataclass(frozen=True, slots=True)
class Picture:
    """Bars under each other. how: `sum` or `largest` of the pieces of a label; ordered: as given, else the longest first.

    limit: in units of the values; what is above it is drawn as beyond it.
    """

    caption: Text
    bars: tuple[Bar, ...]
    how: str = "sum"
    ordered: bool = False
    limit: float | None = None
    limit_label: Text | None = None


@dataclass(frozen=True, slots=True)
class Panel:
    """What a kind of clause has to show beside its decisions."""

    picture: Picture | None = None
    tables: tuple[Table, ...] = ()


@dataclass(frozen=True, slots=True)
class Family:
    """The clauses of one kind: a picture, and behind it tables and the decisions."""

    id: str
    title: Text
    picture: Picture
    tables: tuple[Table, ...]
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Fold:
    """A part that is closed until it is opened. shows: which decisions are listed in it (`waiting`, `changes` or none)."""

    id: str
    title: Text
    tables: tuple[Table, ...] = ()
    intro: Text | None = None
    shows: str = ""
    count: int | None = None
    is_open: bool = False


@dataclass(frozen=True)
class ToDo:
    """One line of what has to be done today, ready to be shown. grave: in red."""

    number: Value
    what: Text
    who: Text | str
    until: Text
    href: str = ""
    grave: bool = False
    detail: Text | None = None


@dataclass(frozen=True)
class Content:
    """All that one page says. month: the one shown at first; months: all that can be picked, oldest first.

    not_read: what could not be read, so that nothing on the page may look calm. units: the site's units side by side.
    figures: pack -> its figures by name, as they are called on the page.
    """

    path: str
    heading: Text | str
    crumbs: tuple[tuple[str, str], ...]
    months: tuple[str, ...]
    month: str
    lines: tuple[Line, ...]
    families: tuple[Family, ...] = ()
    folds: tuple[Fold, ...] = ()
    tasks: Sequence[ToDo] | None = None
    not_read: Text | None = None
    unit: str = ""
    person: str = ""
    units: Table | None = None
    figures: Mapping[str, Mapping[str, Parameter]] = field(default_factory=dict)
