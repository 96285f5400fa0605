"""Messages that a batch wants sent: written with the batch, sent after it, kept until a service took them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, func, insert, select, update

from processor.ledger.schema import messages


@dataclass(frozen=True)
class Message:
    """receiver: the digest of an address in site.toml, so that the ledger holds no secret."""

    receiver: str
    title: str
    text: str
    number: int = 0


class MessageStore:
    """The messages of one ledger transaction."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def put(self, run: str, written: Iterable[Message]) -> None:
        """Keep messages to be sent once the batch has happened."""
        rows = [{"run": run, "receiver": m.receiver, "title": m.title, "text": m.text} for m in written]
        if rows:
            self.connection.execute(insert(messages), rows)

    def waiting(self) -> list[Message]:
        """What no service took yet, oldest first."""
        query = select(messages).where(~messages.c.sent).order_by(messages.c.number)
        return [Message(row.receiver, row.title, row.text, row.number) for row in self.connection.execute(query)]

    def sent(self, number: int) -> None:
        """A service took the message."""
        self.connection.execute(update(messages).where(messages.c.number == number).values(sent=True))

    def stuck(self) -> int:
        """How many messages wait."""
        return int(self.connection.execute(select(func.count()).where(~messages.c.sent)).scalar_one())
