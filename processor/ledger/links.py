"""Which facts belong together: rows that say the same phone, order, contract or staff number under one header."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, func, select

from processor.ledger.bulk import chunks, insert_rows
from processor.ledger.schema import links

#: From so many facts on, and from such a part of all, all links are read at once.
MANY, PART = 20_000, 5


class LinkStore:
    """The links of one ledger transaction: one row a fact and filled link column, superseded versions included."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self._followed: dict[tuple[frozenset[int], tuple[str, ...]], frozenset[int]] = {}

    def keep(self, ids: Sequence[int], header: str, values: Iterable[Any]) -> None:
        """Remember what these facts say under a header: texts; blanks link nothing."""
        pairs = zip(ids, values, strict=True)
        rows = [{"header": header, "value": value, "fact": id} for id, value in pairs if isinstance(value, str)]
        insert_rows(self.connection, links, rows)
        self.let_go()

    def follow(self, ids: Collection[int], headers: Sequence[str]) -> frozenset[int]:
        """These facts and all that are joined to them, over any number of rows, by equal values under these headers."""
        asked = frozenset(ids), tuple(headers)  # several bindings of a unit ask for the same
        if asked not in self._followed:
            at_once = len(ids) > MANY and len(ids) * PART > self._last()
            self._followed[asked] = (self._follow_many if at_once else self._follow)(*asked)
        return self._followed[asked]

    def _follow(self, ids: Collection[int], headers: Sequence[str]) -> frozenset[int]:
        """The same round by round."""
        found, ends = set(ids), set(ids)
        seen: set[tuple[str, str]] = set()
        while ends:
            named = self._values(ends, headers) - seen
            seen |= named
            ends = self.saying(named) - found
            found |= ends
        return frozenset(found)

    def let_go(self) -> None:
        """Look up anew what belongs together."""
        self._followed.clear()

    def _last(self) -> int:
        """The number of the last fact that is linked."""
        return self.connection.execute(select(func.max(links.c.fact))).scalar() or 0

    def _follow_many(self, ids: Collection[int], headers: Sequence[str]) -> frozenset[int]:
        """The same from all links at once, which is less work than to look up very many."""
        facts: dict[tuple[str, str], list[int]] = defaultdict(list)
        named: dict[int, list[tuple[str, str]]] = defaultdict(list)
        query = select(links.c.header, links.c.value, links.c.fact).where(links.c.header.in_(headers))
        for header, value, fact in self.connection.execute(query):
            facts[header, value].append(fact)
            named[fact].append((header, value))
        found, ends = set(ids), list(ids)
        while ends:
            for key in named.pop(ends.pop(), ()):
                joined = [fact for fact in facts.pop(key, ()) if fact not in found]
                found.update(joined)
                ends += joined
        return frozenset(found)

    def _values(self, ids: Collection[int], headers: Sequence[str]) -> set[tuple[str, str]]:
        query = select(links.c.header, links.c.value).where(links.c.header.in_(headers))
        parts = (self.connection.execute(query.where(links.c.fact.in_(part))) for part in chunks(sorted(ids)))
        return {(header, value) for part in parts for header, value in part}

    def saying(self, named: Collection[tuple[str, str]]) -> set[int]:
        """The facts that say one of these values under its header."""
        by_header: dict[str, list[str]] = {}
        for header, value in sorted(named):
            by_header.setdefault(header, []).append(value)
        return {
            fact
            for header, values in by_header.items()
            for part in chunks(values)
            for fact in self.connection.execute(
                select(links.c.fact).where(links.c.header == header, links.c.value.in_(part))
            ).scalars()
        }
