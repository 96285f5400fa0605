"""A month's ranking of cashiers: who is last, who is last again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

import pandas as pd

from processor.calendars import month_of
from processor.catalogue.outcome import Outcome
from processor.catalogue.parameter import Parameter
from processor.model import Candidate, Finding, say
from processor.rules.declared import reads
from processor.rules.illegible import doubts
from processor.rules.job import Job
from processor.rules.months import month_occurrence, months_over
from processor.rules.outcomes import decide


@dataclass(frozen=True)
class Standing:
    """A month's ranking. table: 工号 -> days, receipts, takings, mean (of both ranks), from_last (1 = last, ties share)."""

    month: str
    last_day: date
    table: pd.DataFrame
    rows: pd.DataFrame

    def only(self, place: int) -> str | None:
        """Who alone holds this place from the end; None where a tie or nobody does (G7)."""
        holders = self.table.index[self.table["from_last"] == place]
        return str(holders[0]) if len(holders) == 1 else None


def standings(job: Job, *, min_days: Parameter, min_people: Parameter) -> Iterator[Standing]:
    """The ranking of each month that is over and in which enough cashiers with enough days are ranked.

    None of a month of which a day of any cashier could not be read: it may move the places of all (G20).
    """
    rows = _in_scope(job, job.facts["cashier"])
    unread = set(month_of(_in_scope(job, job.left_out["cashier"])["日期"])) if "cashier" in job.left_out else set()
    illegible = doubts(job, "cashier", ("工号",), "日期")
    for _, last, group in months_over(job, rows, day="日期"):
        month = f"{last:%Y-%m}"
        if month in unread or illegible.cover(None, last.replace(day=1), last):
            continue
        people = group.groupby("工号")
        table = pd.DataFrame(
            {"days": people.size(), "receipts": people["笔数"].sum(), "takings": people["实收金额"].sum()}
        )
        table = table[table["days"] >= min_days.at(last)]
        if len(table) < min_people.at(last):
            continue
        ranks = table[["receipts", "takings"]].rank(ascending=False, method="min")
        table = table.join(ranks.add_suffix("_rank")).assign(mean=ranks.mean(axis=1))
        table["from_last"] = table["mean"].rank(ascending=False, method="min")
        yield Standing(month, last, table, group[group["工号"].isin(table.index)])


def _in_scope(job: Job, rows: pd.DataFrame) -> pd.DataFrame:
    return rows[job.in_scope(rows["工号"], rows["日期"])]


@reads(cashier="日期 工号 笔数 实收金额")
def last_places(job: Job, *, min_days: Parameter, min_people: Parameter, outcomes: Sequence[Outcome]) -> list[Finding]:
    """What follows for the last, the second last …: one outcome a place from the end; shared places go free (DS-C12)."""
    findings: list[Finding] = []
    for standing in standings(job, min_days=min_days, min_people=min_people):
        for place, outcome in enumerate(outcomes, 1):
            staff_no = standing.only(place)
            if staff_no is not None:
                findings.extend(_ranked(job, standing, staff_no, place, outcome))
    return findings


@reads(cashier="日期 工号 笔数 实收金额")
def last_again(
    job: Job, *, min_days: Parameter, min_people: Parameter, ranking_clause: str, outcome: Outcome
) -> list[Finding]:
    """Who was last in a month and already in the month before; a revoked last place does not count (DS-C13)."""
    last: dict[str, Standing] = {}
    findings: list[Finding] = []
    for standing in standings(job, min_days=min_days, min_people=min_people):
        staff_no = standing.only(1)
        if staff_no is None or job.is_revoked(staff_no, f"{staff_no}|{standing.month}", ranking_clause):
            continue
        last[standing.month] = standing
        before = last.get(str(pd.Period(standing.month, "M") - 1))
        if before is None or before.only(1) != staff_no:
            continue
        rows = pd.concat([before.rows, standing.rows])
        what = say("{before}和{month} 收银排名连续两个月最后一名", before=before.month, month=standing.month)
        own = rows[rows["工号"] == staff_no]
        occurrence = month_occurrence(job, own, standing.last_day, what)
        findings.extend(decide(job, replace(occurrence, evidence=tuple(rows["_ref"])), [outcome]))
    return findings


def _ranked(job: Job, standing: Standing, staff_no: str, place: int, outcome: Outcome) -> list[Finding]:
    what = say(
        "{month} 收银笔数与实收金额综合排名倒数第{place}（共{n}人）",
        month=standing.month,
        place=place,
        n=len(standing.table),
    )
    own = standing.rows[standing.rows["工号"] == staff_no]
    occurrence = month_occurrence(job, own, standing.last_day, what)
    occurrence = replace(occurrence, evidence=tuple(standing.rows["_ref"]), readings=("G7", "G14"))
    ranked = tuple(
        Candidate(
            staff_no=str(no),
            reason=say(
                "笔数第{receipts}，实收金额第{takings}，平均名次{mean}",
                receipts=int(line["receipts_rank"]),
                takings=int(line["takings_rank"]),
                mean=f"{line['mean']:.1f}",
            ),
            chosen=no == staff_no,
        )
        for no, line in standing.table.sort_values("mean").iterrows()
    )
    return [replace(finding, candidates=ranked) for finding in decide(job, occurrence, [outcome])]
