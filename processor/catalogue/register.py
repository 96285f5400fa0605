"""A register that staff fill: its columns, and what it says of itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

import pandas as pd

from processor.catalogue.answering import Answering
from processor.catalogue.column import DTYPES, Column
from processor.catalogue.condition import TODAY
from processor.catalogue.derived import Derived, derived_of, made, needed
from processor.messages import tell

COMMON_COLUMNS = ("门店", "备注")
EXAMPLE_SHEET = "示例"  # the sheet of a blank register that is never read


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
    refers: Mapping[str, str] = field(default_factory=dict)
    called: str = ""
    happens: tuple[str, ...] = ()
    derived: Mapping[str, Derived] = field(default_factory=dict)

    def __hash__(self) -> int:
        return hash(self.name)

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


@lru_cache(maxsize=1024)
def empty_frame(register: Register) -> pd.DataFrame:
    """The register's canonical frame without rows: its columns and their types; shared, so nobody writes into it."""
    return pd.DataFrame({column.header: pd.Series([], dtype=DTYPES[column.type]) for column in register.columns})
