"""What would have changed each decision, found when it was made or last changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import orjson
from sqlalchemy import Connection, delete, insert, select

from processor.ledger.bulk import chunks
from processor.ledger.codec import text_in, text_out
from processor.ledger.schema import turns
from processor.model import Text


class TurnStore:
    """The verified changes of one ledger transaction, by decision."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def keep(self, found: Mapping[str, tuple[Text, ...]]) -> None:
        """Remember what was found, in the place of what was found before."""
        self.drop(found)
        rows = [
            {"decision_id": id, "told": orjson.dumps([text_out(text) for text in texts]).decode()}
            for id, texts in sorted(found.items())
        ]
        for part in chunks(rows):
            self.connection.execute(insert(turns), list(part))

    def drop(self, ids: Iterable[str]) -> None:
        """Forget what was found of lines that are gone."""
        for part in chunks(sorted(set(ids))):
            self.connection.execute(delete(turns).where(turns.c.decision_id.in_(part)))

    def of(self, ids: Iterable[str]) -> dict[str, tuple[Text, ...]]:
        """What was found of these decisions."""
        found: dict[str, tuple[Text, ...]] = {}
        for part in chunks(sorted(set(ids))):
            for id, told in self.connection.execute(select(turns).where(turns.c.decision_id.in_(part))):
                found[id] = tuple(text_in(stored) for stored in orjson.loads(told))
        return found
