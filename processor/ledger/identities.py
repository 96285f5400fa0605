"""By which key a row stays known when its registration number is filled in later."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from sqlalchemy import Connection, select

from processor.ledger.bulk import chunks, insert_rows
from processor.ledger.schema import facts, identities


class IdentityStore:
    """The rows of one ledger transaction that were known without their number. A row still without has natural = key."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self._keys: dict[str, dict[str, str]] = {}

    def settle(
        self,
        register: str,
        natural: Sequence[str],
        nameless: Sequence[bool],
        others: Callable[[], Sequence[Sequence[str]]],
    ) -> list[str]:
        """The keys under which rows are kept. natural: the keys that their cells give; nameless: without a number.

        others: gives of each row the keys that it would have without its number; asked where a row is known by such a one.
        """
        known = self._of(register)
        new = {key: key for key, missing in zip(natural, nameless, strict=True) if missing and key not in known}
        found = [known.get(key, key) for key in natural] if known else list(natural)
        free = {key for key, kept in known.items() if key == kept}
        free -= {kept for key, kept in known.items() if key != kept}
        if free:
            for place, kept in self._numbered(register, natural, nameless, others(), free).items():
                new[natural[place]] = found[place] = kept
        self._learn(register, new)
        return found

    def _numbered(
        self,
        register: str,
        natural: Sequence[str],
        nameless: Sequence[bool],
        others: Sequence[Sequence[str]],
        free: set[str],
    ) -> dict[int, str]:
        """Place of each row that was known without its number -> the key under which it was. free: such keys, taken once each."""
        known = self._of(register)
        hopeful = [
            place
            for place, keys in enumerate(others)
            if not nameless[place] and natural[place] not in known and not free.isdisjoint(keys)
        ]
        settled = self._current(register, [natural[place] for place in hopeful])
        numbered: dict[int, str] = {}
        for place in hopeful:
            kept = next((key for key in others[place] if key in free), None)
            if kept is not None and natural[place] not in settled:
                free.discard(kept)
                numbered[place] = kept
        return numbered

    def renamed(self, register: str) -> Mapping[str, str]:
        """Natural key -> the key under which the row is kept, where they differ."""
        return {natural: key for natural, key in self._of(register).items() if natural != key}

    def _of(self, register: str) -> dict[str, str]:
        if register not in self._keys:
            rows = self.connection.execute(select(identities).where(identities.c.register == register))
            self._keys[register] = {row.natural: row.key for row in rows}
        return self._keys[register]

    def _learn(self, register: str, new: Mapping[str, str]) -> None:
        rows = [{"register": register, "natural": natural, "key": key} for natural, key in new.items()]
        insert_rows(self.connection, identities, rows)
        self._of(register).update(new)

    def _current(self, register: str, keys: Sequence[str]) -> set[str]:
        query = select(facts.c.key).where(facts.c.register == register, facts.c.current)
        parts = chunks(sorted(set(keys)))
        return {key for part in parts for key in self.connection.execute(query.where(facts.c.key.in_(part))).scalars()}
