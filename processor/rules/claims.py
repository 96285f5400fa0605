"""Who claims a customer, by the principles of attribution, from the customer's enquiries and filings."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from processor.columns import UNREAD
from processor.model import Text, say
from processor.rules.job import SINCE, Job, records
from processor.rules.lookup import looked_up
from processor.rules.workforce import called

Row = Mapping[str, Any]
#: Register -> the column of its day, and those in which it names who may claim the customer.
CLAIMANTS = {
    "enquiries": ("咨询日期", "约访人工号", "客户认定员工工号", "第一接触人工号"),
    "lead_archive": ("备案日期", "备案人工号"),
}
CUSTOMER_DATA = ("客户姓名", "装修地址", "房屋面积", "联系电话")


@dataclass(frozen=True)
class Claim:
    """One employee's claim under one principle. evidence: fact ids; column: the judged cell of the enquiry."""

    principle: str
    staff_no: str
    text: Text
    evidence: tuple[int, ...]
    column: str


@dataclass(frozen=True)
class Claims:
    """Finds the best claim of each principle. filings: phone -> rows of lead_archive that count, oldest first."""

    job: Job
    filings: Mapping[str, Sequence[Row]]

    def of(self, pool: Sequence[Row], principles: Sequence[str], finders: Mapping[str, str]) -> list[Claim]:
        """The claims to a customer whose ownerless enquiries, the latest last, are pooled; in the order given.

        finders: principle -> `appointment`, `named`, `filed` or `contact`.
        """
        ways: Mapping[str, Callable[[str, Sequence[Row]], Claim | None]] = {
            "appointment": self._appointment,
            "named": self._named,
            "filed": self._filed,
            "contact": self._contact,
        }
        found = [ways[finders[principle]](principle, pool) for principle in principles]
        return [claim for claim in found if claim is not None]

    def _appointment(self, principle: str, pool: Sequence[Row]) -> Claim | None:
        """The earliest appointment on or before a visit (REN-A1)."""
        visits = [row for row in pool if row["到店日期"] is not None]
        made = [row for row in pool if row["约访人工号"] and row["约访日期"] is not None]
        kept = [(row, visit) for row in made if (visit := _first_visit_after(visits, row["约访日期"])) is not None]
        if not kept:
            return None
        row, visit = min(kept, key=lambda pair: (pair[0]["约访日期"], pair[0]["咨询编号"]))
        text = say(
            "{who}最先约客户上门（{day}约访，{visit}到店）",
            who=called(self.job, row["约访人工号"]),
            day=_iso(row["约访日期"]),
            visit=_iso(visit["到店日期"]),
        )
        return Claim(principle, row["约访人工号"], text, (row["_ref"], visit["_ref"]), "约访人工号")

    def _named(self, principle: str, pool: Sequence[Row]) -> Claim | None:
        """Whom the customer names (REN-A2)."""
        row = next((row for row in pool if row["客户认定员工工号"]), None)
        if row is None:
            return None
        text = say("客户说明是因{who}而来", who=called(self.job, row["客户认定员工工号"]))
        return Claim(principle, row["客户认定员工工号"], text, (row["_ref"],), "客户认定员工工号")

    def _filed(self, principle: str, pool: Sequence[Row]) -> Claim | None:
        """The earliest filing of the phone on or before the enquiry (REN-A3)."""
        day = pool[-1]["咨询日期"]
        phones = dict.fromkeys(row["联系电话"] for row in pool if row["联系电话"])
        rows = [row for phone in phones for row in self.filings.get(phone, ()) if row["备案日期"] <= day]
        if not rows:
            return None
        row = min(rows, key=lambda row: (row["备案日期"], row["备案人工号"]))
        text = say("{who}于{day}备案", who=called(self.job, row["备案人工号"]), day=_iso(row["备案日期"]))
        return Claim(principle, row["备案人工号"], text, (row["_ref"],), "联系电话")

    def _contact(self, principle: str, pool: Sequence[Row]) -> Claim | None:
        """The first contact that holds name, address, area and phone (REN-A4)."""
        rows = [
            row for row in pool if row["第一接触人工号"] and all(row[column] is not None for column in CUSTOMER_DATA)
        ]
        if not rows:
            return None
        row = min(rows, key=lambda row: (row["第一接触日期"] or row["咨询日期"], row["咨询编号"]))
        text = say(
            "{who}最先接触客户并取得姓名、地址、面积和电话（{day}）",
            who=called(self.job, row["第一接触人工号"]),
            day=_iso(row["第一接触日期"] or row["咨询日期"]),
        )
        return Claim(principle, row["第一接触人工号"], text, (row["_ref"],), "第一接触人工号")


def customers(enquiries: pd.DataFrame) -> pd.Series:
    """Which customer each enquiry is of: the phone; without one the address; else the enquiry itself (REN-A7).

    An enquiry without a phone belongs to the first customer who gave that address with a phone, where there is one.
    """
    phone, address = enquiries["联系电话"], enquiries["装修地址"]
    found = phone
    for other in (looked_up(address, _phones(enquiries)), "|" + address, "||" + enquiries["咨询编号"]):
        found = found.where(found.notna(), other)
    return found


def _phones(enquiries: pd.DataFrame) -> pd.Series:
    """Address -> the phone of the first customer who gave both."""
    known = enquiries[enquiries["联系电话"].notna() & enquiries["装修地址"].notna()]
    known = known.sort_values(["咨询日期", "咨询编号"], kind="stable").drop_duplicates("装修地址")
    return known.set_index("装修地址")["联系电话"]


def filings_that_count(filings: pd.DataFrame, void: pd.Series, unsigned_words: Sequence[str]) -> dict[str, list[Row]]:
    """Phone -> its filings that the manager signed and that are not void, oldest first. void: boolean by index."""
    signature = filings["部门经理签字"].str.strip()
    signed = signature.notna() & (signature != "") & ~signature.isin(unsigned_words)
    found: dict[str, list[Row]] = {}
    for row in records(filings[signed & ~void].sort_values(["备案日期", "备案人工号"], kind="stable")):
        found.setdefault(row["联系电话"], []).append(row)
    return found


@dataclass(frozen=True)
class Unread:
    """An enquiry or a filing of a customer that could not be read. day: its own, the first one where that is not known;
    since: from when on it may matter; claimants: whom it names, None where that may be anybody.
    """

    day: date
    since: date
    claimants: frozenset[str] | None

    def may_rival(self, owner: str, day: date) -> bool:
        """Whether it may name another one than the owner by a day."""
        return max(self.day, self.since) <= day and (self.claimants is None or not self.claimants <= {owner})


def unread_claims(job: Job) -> dict[str, list[Unread]]:
    """Customer (`customers`) -> enquiries and filings that could not be read and may be his."""
    phones: dict[Any, str] = _phones(job.facts["enquiries"]).to_dict()
    found: dict[str, list[Unread]] = {}
    for register, (day, *named) in CLAIMANTS.items():
        for row in job.unread_rows(register):
            phone, address = row["联系电话"], row["装修地址"]
            said = date.min if row[day] is None else row[day].date()
            own = [phone or phones.get(address), f"|{address}" if address else None]
            for customer in filter(None, own):
                found.setdefault(customer, []).append(Unread(said, row[SINCE], _claimants(row, named)))
    return found


def _claimants(row: Row, headers: Sequence[str]) -> frozenset[str] | None:
    """Whom a row names of which something could not be read; None where that may be anybody."""
    if not set(row[UNREAD].split("|")).isdisjoint(headers):
        return None
    named = frozenset(row[header] for header in headers if row[header] is not None)
    return named if named or row[SINCE] == date.min else None


def _first_visit_after(visits: Sequence[Row], day: pd.Timestamp) -> Row | None:
    """The earliest visit on or after the day."""
    return min((row for row in visits if row["到店日期"] >= day), key=lambda row: row["到店日期"], default=None)


def _iso(moment: pd.Timestamp) -> str:
    day: date = moment.date()
    return day.isoformat()
