"""逐条: each row for which the condition holds, as one occurrence or as a step of a ladder."""

from __future__ import annotations

import pandas as pd

from processor.catalogue.outcome import Outcome
from processor.catalogue.provision import Provision
from processor.mechanics.consequence import follow, hits
from processor.mechanics.rows import DAY, SUBJECT, WHO, figure_shown, said, that_hold, took_place, unit_of
from processor.model import Finding
from processor.rules.job import Job

#: By how much a row's measure passes the limit.
EXCESS = "_excess"
DEFAULT = "{日期} {姓名}{条款}（{编号}）"


def decide(job: Job, provision: Provision) -> list[Finding]:
    """What follows from each row; with `limit: {over: n}` only for those whose measure passes it, by how much it does."""
    rows = _passing(job, provision)
    if rows.empty:
        return []
    unread = took_place(job, provision, [([provision.measure], lambda missed: _excess(provision, missed) > 0)])
    findings: list[Finding] = []
    for hit in hits(job, provision, rows, unread=unread):
        limit = provision.limit
        bound_shown = figure_shown(limit.figure.type, limit.figure.at(hit.day)) if limit else ""
        what = said(job, provision, hit.row, DEFAULT, 第几次=hit.number or 1, 界限=bound_shown)
        excess_unit = unit_of(provision.column(provision.measure)) if provision.measure else 0
        findings += follow(
            job,
            provision,
            hit,
            what,
            cell=provision.measure or next((c.column.header for c in provision.where.comparisons), provision.date),
            excess=hit.row[EXCESS] if limit is not None else 0,
            excess_unit=excess_unit,
        )
    return findings


def basis(job: Job, provision: Provision) -> pd.DataFrame | None:
    """The rows that pass, their ids first, with all that decides what follows; None where several have one subject."""
    rows = _passing(job, provision)
    outcomes = list(provision.outcomes)
    named = {outcome.of for outcome in outcomes}
    named |= {provision.recorded} if any(outcome.takes_recorded_amount for outcome in outcomes) else set()
    named |= {EXCESS} if provision.limit is not None and any(_counts_steps(outcome) for outcome in outcomes) else set()
    return rows[["_ref", WHO, DAY, SUBJECT, *sorted(named & set(rows))]] if rows[SUBJECT].is_unique else None


def _counts_steps(outcome: Outcome) -> bool:
    otherwise = outcome.otherwise
    return outcome.per is not None or (otherwise is not None and _counts_steps(otherwise))


def _passing(job: Job, provision: Provision) -> pd.DataFrame:
    rows = that_hold(job, provision)
    if rows.empty:
        return rows
    rows = rows.assign(**{EXCESS: _excess(provision, rows)})
    return rows[rows[EXCESS] > 0]


def _excess(provision: Provision, rows: pd.DataFrame) -> pd.Series:
    """By how much each row's measure passes the limit, 0 or less for none; 1 without a limit."""
    if provision.limit is None:
        return pd.Series(1.0, index=rows.index)
    bound = pd.to_numeric(provision.limit.figure.column(rows[DAY])).astype("float64")
    return (pd.to_numeric(rows[provision.measure]).astype("float64") - bound).fillna(0)
