"""What a page is made of, without a word of HTML: tasks, figures, pictures, tables and lists of decisions."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import date
from typing import Any

from markupsafe import Markup

from processor.catalogue.parameter import Parameter
from processor.model import Text
from processor.report.snapshot import Columns, Line, in_columns, of_columns


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
    """Rows under headers; `keys` has one entry a row, or none at all. kind `wide` = a calendar grid.

    made: the rows as HTML, where they are many of one form and made as such.
    """

    caption: Text
    headers: tuple[Value, ...]
    rows: tuple[tuple[Value, ...], ...]
    note: Text | None = None
    kind: str = "plain"
    keys: tuple[Keys, ...] = ()
    made: Markup | None = None


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
    figures: pack -> its figures by name, as they are called on the page. changes: id of each decision to which the last
    batch did something -> what, and what it said before in words; gone: the decisions that it withdrew.

    It travels with its lines as bare ones, in columns: that is many times cheaper than line by line. told: the ids of those
    that are put into words already, whose sentences stay behind.
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
    changes: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    gone: tuple[Line, ...] = ()
    told: Collection[str] = ()

    def __reduce__(self) -> tuple[Any, ...]:
        place = {id(line): number for number, line in enumerate(self.lines)}
        listed = [[place[id(line)] for line in family.lines] for family in self.families]
        own = {each.name: getattr(self, each.name) for each in fields(self)}
        own |= {"lines": (), "told": (), "families": tuple(replace(family, lines=()) for family in self.families)}
        return _arrived, (own, in_columns(self.lines, self.told), listed)


def _arrived(own: dict[str, Any], columns: Columns, listed: Sequence[Sequence[int]]) -> Content:
    """Contents as they were sent. listed: the places of each family's lines among all."""
    lines = of_columns(columns)
    each = zip(own["families"], listed, strict=True)
    families = tuple(replace(family, lines=tuple(lines[number] for number in places)) for family, places in each)
    return Content(**own | {"lines": lines, "families": families})
