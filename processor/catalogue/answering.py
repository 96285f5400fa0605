"""How a register answers decisions: which of its columns hold the verdict, its amount, and who gave it when."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from processor.catalogue.column import Column
from processor.messages import tell

_NEEDED, _MORE = ("verdict", "amount", "by", "day"), ("owner",)


@dataclass(frozen=True)
class Answering:
    """The headers of what an answer says, and the verdicts that it offers.

    owner: the column of the employee to whom something is awarded; empty where nothing is.
    """

    verdict: str
    amount: str
    by: str
    day: str
    owner: str = ""
    offered: tuple[str, ...] = ()


def answering_of(table: Mapping[str, Any], columns: Iterable[Column]) -> Answering:
    """What a register's file says under `answers`. Raises ValueError where it does not name columns of the register."""
    lacking, strange = set(_NEEDED) - set(table), set(table) - {*_NEEDED, *_MORE}
    if lacking or strange:
        given = {"needed": ", ".join(_NEEDED), "more": ", ".join(_MORE), "table": dict(table)}
        raise ValueError(tell("expected {needed}, perhaps {more}; found {table!r}", **given))
    choices = {column.header: column.choices for column in columns}
    strangers = [str(header) for header in table.values() if header not in choices]
    if strangers:
        raise ValueError(tell("{strangers}: must name columns", strangers="、".join(strangers)))
    return Answering(**table, offered=choices[table["verdict"]])
