"""The keys of a table in a pack's file: each with a value of its kind, none that is not known."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from processor.errors import PolicyError
from processor.messages import tell

CALLED = {
    str: tell("a text"),
    dict: tell("a table"),
    list: tell("a list"),
    bool: tell("true or false"),
    int: tell("a whole number"),
    date: tell("a day"),
}


@dataclass
class Keys:
    """Reads the keys of one file's tables. where: the path of a table in the file, ending with a point."""

    file: str

    def fail(self, where: str, message: str, mend: str = "") -> PolicyError:
        """A fault of this file. where: the path of the key."""
        return PolicyError(message, where=f"{self.file} {where}", mend=mend)

    def known(self, table: Any, keys: Iterable[str], where: str) -> None:
        """Raises PolicyError unless it is a table that has no other keys."""
        if not isinstance(table, dict):
            raise self.fail(where.rstrip("."), tell("expected a table, found {table!r}", table=table))
        unknown = sorted(set(map(str, table)) - set(keys))
        if unknown:
            mend = tell("one of {known}", known=", ".join(sorted(keys)))
            raise self.fail(f"{where}{unknown[0]}", "is no known key", mend)

    def key(self, table: Mapping[str, Any], name: str, kind: type, where: str = "", default: Any = ...) -> Any:
        """The value of a key, of this kind; without a default it must be there."""
        if name not in table:
            if default is ...:
                raise self.fail(f"{where}{name}", "is missing")
            return default
        if not isinstance(table[name], kind) or (kind is date and isinstance(table[name], datetime)):
            called = CALLED[kind]
            raise self.fail(f"{where}{name}", tell("expected {kind}, found {found!r}", kind=called, found=table[name]))
        return table[name]

    def texts(self, table: Mapping[str, Any], name: str, where: str) -> tuple[str, ...]:
        """A list of texts, empty where there is none."""
        found = self.key(table, name, list, where, [])
        if not all(isinstance(text, str) for text in found):
            raise self.fail(f"{where}{name}", tell("expected texts, found {found!r}", found=found), "quote each")
        return tuple(found)

    def one_of(self, table: Mapping[str, Any], name: str, known: Iterable[str], where: str) -> str:
        """One of these texts."""
        found = self.key(table, name, str, where)
        if found not in known:
            raise self.fail(f"{where}{name}", tell("{found} is none of {known}", found=found, known=", ".join(known)))
        return found
