"""Customers behind membership cards: which cards are one person's, which card counts, and the grade that follows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from processor.rules.job import Job


@dataclass(frozen=True)
class Grading:
    """How customers are graded on a day.

    card_order: card types, best first. card_grades: card type -> grade. watched_grade: of customers with an open
    complaint or a card returned within returned_days (that day included).
    """

    card_order: Sequence[str]
    card_grades: Mapping[str, str]
    watched_grade: str
    returned_days: int

    @classmethod
    def on(cls, job: Job, parameters: Mapping[str, Any]) -> Grading:
        """The grading in force on the as-of day, from a binding's parameters of the same names."""
        return cls(**{name: parameter.at(job.as_of) for name, parameter in parameters.items()})


def graded(job: Job, grading: Grading) -> pd.DataFrame:
    """One row a customer, on the as-of day, from `members` and `complaints`, sorted by grade, then subject.

    Columns: customer, subject (卡号, else 申请单号, of the best card), 卡类型, 姓名, 手机, 生日, grade, complained,
    returned (booleans), evidence (tuple of refs), _ref. A card returned longer ago than returned_days no longer counts.
    """
    cards = _counting(job, grading)
    complaints = _open_complaints(job)
    cards = cards.assign(complained=cards["手机"].isin(complaints["联系电话"]))
    cards = cards.sort_values(["customer", "returned", "rank", "申请日期", "申请单号"], kind="stable")
    people = cards.groupby("customer", sort=True)
    best = cards.drop_duplicates("customer").set_index("customer")
    best = best.assign(
        complained=people["complained"].any(),
        returned=people["returned"].any(),
        evidence=people["_ref"].agg(tuple),
        subject=best["卡号"].fillna(best["申请单号"]),
        grade=best["卡类型"].map(grading.card_grades),
    )
    for column in ("姓名", "手机", "生日"):
        best[column] = best[column].fillna(people[column].first())
    of_complaints = _complaint_refs(cards, complaints)
    best["evidence"] = [refs + of_complaints.get(str(who), ()) for who, refs in best["evidence"].items()]
    best["grade"] = best["grade"].mask(best["complained"] | best["returned"], grading.watched_grade)
    return (
        best.dropna(subset=["grade"]).reset_index().sort_values(["grade", "subject"], kind="stable", ignore_index=True)
    )


def card_holders(job: Job, grading: Grading) -> pd.Series:
    """卡号 -> customer as `graded` names it, of every card that still counts."""
    cards = _counting(job, grading).dropna(subset=["卡号"])
    return cards.drop_duplicates("卡号").set_index("卡号")["customer"]


def _counting(job: Job, grading: Grading) -> pd.DataFrame:
    """The cards that count today, with customer, rank (0 = best) and returned."""
    cards = job.facts["members"]
    today = pd.Timestamp(job.as_of)
    cards = cards[cards["申请日期"] <= today]
    since = (today - cards["退卡日期"]).dt.days
    cards = cards.assign(
        customer=_customers(cards),
        returned=since >= 0,
        rank=cards["卡类型"].map({card: place for place, card in enumerate(grading.card_order)}),
    )
    return cards[~(since > grading.returned_days)]


def _customers(cards: pd.DataFrame) -> pd.Series:
    """Who holds each card: by identity number; without one by mobile and name, where they meet one with the same."""
    contact = (cards["手机"] + "|" + cards["姓名"].fillna("")).fillna("")
    known = pd.DataFrame({"contact": contact, "number": cards["身份证号码"]}).dropna()
    known = known[known["contact"] != ""].drop_duplicates()
    single = known.drop_duplicates("contact", keep=False).set_index("contact")["number"]
    holder = cards["身份证号码"].fillna(contact.map(single).astype("str"))
    return holder.fillna(contact.where(contact != "")).fillna(cards["申请单号"]).astype("str")


def _open_complaints(job: Job) -> pd.DataFrame:
    """Complaints that were made and not closed by the end of the as-of day."""
    rows = job.facts["complaints"]
    now = pd.Timestamp(job.as_of) + pd.Timedelta(days=1)
    made = (rows["受理时间"] < now) & ~(rows["办结时间"] < now)
    return rows[made & rows["联系电话"].notna()]


def _complaint_refs(cards: pd.DataFrame, complaints: pd.DataFrame) -> dict[str, tuple[int, ...]]:
    """Customer -> refs of the open complaints under any of the customer's numbers."""
    open_ = cards.loc[cards["complained"], ["customer", "手机"]].drop_duplicates()
    joined = open_.merge(complaints[["联系电话", "_ref"]], left_on="手机", right_on="联系电话")
    return {str(who): tuple(refs) for who, refs in joined.groupby("customer")["_ref"]}
