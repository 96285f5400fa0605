"""What employees were told of their months, and that they were told."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

import orjson
from sqlalchemy import Connection, delete, insert, select

from processor.ledger.bulk import chunks
from processor.ledger.schema import notices, receipts
from processor.ledger.stirred import Stirred


@dataclass(frozen=True, slots=True)
class NoticeLine:
    """A line as a notice tells it: signed fen, points like `-B1`, and what was done on which day."""

    decision_id: str
    day: str
    amount: int | None
    points: str
    text: str

    @property
    def stated(self) -> tuple[str, str, int | None, str]:
        """What must be told anew when it changes; the wording may change."""
        return self.decision_id, self.day, self.amount, self.points


@dataclass(frozen=True)
class Notice:
    """One employee's month in one unit as he is told of it. corrects: the delivered notice that it takes the place of."""

    notice_id: str
    period: str
    unit: str
    staff_no: str
    issued: date
    corrects: str
    lines: tuple[NoticeLine, ...]


@dataclass(frozen=True, slots=True)
class Receipt:
    """That a notice was delivered. opinion: 认可, 异议, 拒签, 未返回 or empty; fact: id of the row that says so."""

    notice_id: str
    delivered: date
    way: str
    opinion: str
    by: str
    remark: str
    fact: int


class NoticeStore:
    """The notices and receipts of one ledger transaction."""

    def __init__(self, connection: Connection, stirred: Stirred) -> None:
        self.connection, self.stirred = connection, stirred

    def of_periods(self, periods: Collection[str]) -> list[Notice]:
        """The notices of these months, in the order in which they were issued."""
        query = select(notices).where(notices.c.period.in_(sorted(periods)))
        found = [_notice(row) for row in self.connection.execute(query)]
        return _in_order(found)

    def about(self, periods: Collection[str], people: Collection[str]) -> list[Notice]:
        """The notices of these months to employees of these numbers, in the order in which they were issued."""
        query = select(notices).where(notices.c.period.in_(sorted(periods)))
        parts = [query.where(notices.c.staff_no.in_(part)) for part in chunks(sorted(people))]
        return _in_order([_notice(row) for part in parts for row in self.connection.execute(part)])

    def periods(self) -> frozenset[str]:
        """Every month of which somebody was told."""
        return frozenset(self.connection.execute(select(notices.c.period).distinct()).scalars())

    def by_id(self, ids: Iterable[str]) -> dict[str, Notice]:
        """Notices by their number; unknown ones are left out."""
        return {
            row.notice_id: _notice(row)
            for part in chunks(sorted(set(ids)))
            for row in self.connection.execute(select(notices).where(notices.c.notice_id.in_(part)))
        }

    def keep(self, notice: Notice) -> None:
        """Remember a notice that is issued."""
        row = {
            "notice_id": notice.notice_id,
            "period": notice.period,
            "unit": notice.unit,
            "staff_no": notice.staff_no,
            "issued": notice.issued.isoformat(),
            "corrects": notice.corrects,
            "lines": orjson.dumps([[*line.stated, line.text] for line in notice.lines]).decode(),
        }
        self.connection.execute(insert(notices), [row])
        self._stir([notice])

    def drop(self, gone: Collection[Notice]) -> None:
        """Forget notices that were never delivered."""
        for part in chunks(sorted(notice.notice_id for notice in gone)):
            self.connection.execute(delete(notices).where(notices.c.notice_id.in_(part)))
        self._stir(gone)

    def _stir(self, told: Iterable[Notice]) -> None:
        """Something happened to these notices, and so to the lines of which they tell."""
        self.stirred.stir(line.decision_id for notice in told for line in notice.lines)

    def receipts(self, ids: Iterable[str]) -> dict[str, Receipt]:
        """The receipt of each of these notices that has one."""
        return {
            row.notice_id: Receipt(**{**row._mapping, "delivered": date.fromisoformat(row.delivered)})
            for part in chunks(sorted(set(ids)))
            for row in self.connection.execute(select(receipts).where(receipts.c.notice_id.in_(part)))
        }

    def keep_receipt(self, receipt: Receipt) -> None:
        """Remember a receipt in the place of an earlier one."""
        self.connection.execute(delete(receipts).where(receipts.c.notice_id == receipt.notice_id))
        row = {name: getattr(receipt, name) for name in Receipt.__slots__}
        self.connection.execute(insert(receipts), [row | {"delivered": receipt.delivered.isoformat()}])
        self._stir(self.by_id([receipt.notice_id]).values())


def _notice(row: object) -> Notice:
    values = dict(row._mapping)  # type: ignore[attr-defined]
    lines = tuple(NoticeLine(*line) for line in orjson.loads(values.pop("lines")))
    return Notice(**{**values, "issued": date.fromisoformat(values["issued"])}, lines=lines)


def _in_order(found: list[Notice]) -> list[Notice]:
    """Each notice after the one that it corrects."""
    place = {notice.notice_id: notice for notice in found}

    def depth(notice: Notice) -> int:
        return 1 + depth(place[notice.corrects]) if notice.corrects in place else 0

    return sorted(found, key=lambda n: (n.period, n.unit, n.staff_no, depth(n), n.issued))
