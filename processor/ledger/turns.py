"""What would have changed each decision, found when it was made or last changed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import orjson
from sqlalchemy import Connection, delete, insert, select

from processor.ledger.bulk import chunks
from processor.ledger.codec import text_in, text_out
from processor.ledger.schema import turns
from processor.ledger.stirred import Stirred
from processor.model import Text


class TurnStore:
    """The verified changes of one ledger transaction, by decision."""

    def __init__(self, connection: Connection, stirred: Stirred) -> None:
        self.connection, self.stirred = connection, stirred

    def keep(self, found: Mapping[str, tuple[Text, ...]]) -> None:
        """Remember what was found, in the place of what was found before."""
        told = {id: orjson.dumps([text_out(text) for text in texts]).decode() for id, texts in sorted(found.items())}
        known = dict(self._kept(told))
        new = {id: text for id, text in told.items() if known.get(id) != text}
        self.drop(new)
        for part in chunks([{"decision_id": id, "told": text} for id, text in new.items()]):
            self.connection.execute(insert(turns), list(part))

    def drop(self, ids: Iterable[str]) -> None:
        """Forget what was found of lines that are gone."""
        gone = sorted(set(ids))
        for part in chunks(gone):
            self.connection.execute(delete(turns).where(turns.c.decision_id.in_(part)))
        self.stirred.stir(gone)

    def of(self, ids: Iterable[str]) -> dict[str, tuple[Text, ...]]:
        """What was found of these decisions."""
        return {id: tuple(text_in(stored) for stored in orjson.loads(told)) for id, told in self._kept(ids)}

    def _kept(self, ids: Iterable[str]) -> Iterator[tuple[str, str]]:
        """Decision and what was found of it, as it is kept."""
        for part in chunks(sorted(set(ids))):
            query = select(turns.c.decision_id, turns.c.told).where(turns.c.decision_id.in_(part))
            rows: Sequence[Any] = self.connection.execute(query).all()
            yield from rows
