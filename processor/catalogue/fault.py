"""Faults: what may be wrong with a row, several of which are told in one line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from processor.catalogue.condition import Condition, condition_of
from processor.catalogue.register import Register
from processor.catalogue.term import Term, term_of
from processor.messages import tell


@dataclass(frozen=True)
class Fault:
    """One of several things that may be wrong with a row for which `where` holds, and the words for it.

    parts: it is wrong that one of these is blank. within, measure, since: it is wrong that it was not done in the term,
    as in a deadline; open_says while it is still to be done. With neither, that the condition holds.
    """

    where: Condition
    says: str
    parts: tuple[str, ...] = ()
    within: Term | None = None
    measure: str = ""
    since: str = ""
    open_says: str = ""


def fault_of(table: Any, register: Register | None) -> Fault:
    """One of the faults: says, and where, parts, or measure and within (perhaps with since and open_says)."""
    keys = set(table) if isinstance(table, Mapping) else set()
    term = {"measure", "within"} <= keys
    wrong = term or bool(keys & {"where", "parts"})
    known = {"says", "where"} | ({"measure", "within", "since", "open_says"} if term else {"parts"})
    if register is None or "says" not in keys or keys - known or not wrong:
        message = "faults: expected says with where, parts, or measure and within in each, found {table!r}"
        raise ValueError(tell(message, table=table))
    return Fault(
        where=condition_of(table.get("where", {}), register),
        says=str(table["says"]),
        parts=register.listed(table.get("parts", ())),
        within=term_of(table["within"]) if term else None,
        measure=next(iter(register.listed(table.get("measure", ""))), ""),
        since=next(iter(register.listed(table.get("since", ""))), ""),
        open_says=str(table.get("open_says", "")),
    )
