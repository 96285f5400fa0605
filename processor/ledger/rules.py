"""The rules under which months were closed: each pack as it was then, and the figures of the site."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import orjson
from sqlalchemy import Connection, insert, select, update

from processor.ledger.bulk import chunks
from processor.ledger.schema import periods, rules


@dataclass(frozen=True)
class KeptPack:
    """A pack as it was: the text of its file, and the figures and switches that the site set."""

    digest: str
    pack: str
    source: str
    own: Mapping[str, Any]


@dataclass(frozen=True)
class Rules:
    """What governed a month. units: unit -> pack -> digest.

    former: unit -> pack -> what its former versions decided: `digest`, `clause`, `first` day, and `end`, the first day no longer.
    points: grade -> first day -> fen. wage_limit: `share` and `minimum_wage` -> first day -> value as text.
    """

    units: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    points: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    wage_limit: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    former: Mapping[str, Mapping[str, Sequence[Mapping[str, str]]]] = field(default_factory=dict)


class RuleStore:
    """The rules of closed months in one ledger transaction."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def of_months(self) -> dict[str, Rules | None]:
        """Closed month -> its rules, None where a version that did not keep them closed it."""
        found: dict[str, Rules | None] = {}
        for row in self.connection.execute(select(periods.c.period, periods.c.rules)):
            kept = orjson.loads(row.rules)
            found[row.period] = Rules(**kept) if kept else None
        return found

    def keep(self, month: str, governing: Rules) -> None:
        """Remember under which rules a month was closed; its packs are kept by themselves."""
        text = orjson.dumps(asdict(governing), option=orjson.OPT_SORT_KEYS).decode()
        self.connection.execute(update(periods).where(periods.c.period == month).values(rules=text))

    def keep_packs(self, packs: Iterable[KeptPack]) -> None:
        """Remember packs as they are, so that a later program still knows them."""
        offered = {pack.digest: pack for pack in packs}
        known = {
            digest
            for part in chunks(sorted(offered))
            for digest in self.connection.execute(select(rules.c.digest).where(rules.c.digest.in_(part))).scalars()
        }
        rows = [
            {
                "digest": pack.digest,
                "pack": pack.pack,
                "source": pack.source,
                "own": orjson.dumps(pack.own).decode(),
            }
            for digest, pack in offered.items()
            if digest not in known
        ]
        if rows:
            self.connection.execute(insert(rules), rows)

    def packs(self, digests: Iterable[str]) -> dict[str, KeptPack]:
        """Kept packs by their digest; unknown ones are left out."""
        found = {}
        for part in chunks(sorted(set(digests))):
            for row in self.connection.execute(select(rules).where(rules.c.digest.in_(part))):
                found[row.digest] = KeptPack(row.digest, row.pack, row.source, orjson.loads(row.own))
        return found
