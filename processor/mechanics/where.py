"""逐条: each row for which the condition holds, as one occurrence or as a step of a ladder."""

from __future__ import annotations

import pandas as pd

from processor.catalogue.provision import Provision
from processor.mechanics.consequence import follow, hits
from processor.mechanics.rows import DAY, figure_shown, said, that_hold, took_place, unit_of
from processor.model import Finding
from processor.rules.job import Job

DEFAULT = "{日期} {姓名}{条款}（{编号}）"


def decide(job: Job, provision: Provision) -> list[Finding]:
    """What follows from each row; with `limit: {over: n}` only for those whose measure passes it, by how much it does."""
    rows = that_hold(job, provision)
    if rows.empty:
        return []
    rows = rows.assign(_excess=_excess(provision, rows))
    unread = took_place(job, provision, [([provision.measure], lambda missed: _excess(provision, missed) > 0)])
    findings: list[Finding] = []
    for hit in hits(job, provision, rows[rows["_excess"] > 0], unread=unread):
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
            excess=hit.row["_excess"] if limit is not None else 0,
            excess_unit=excess_unit,
        )
    return findings


def _excess(provision: Provision, rows: pd.DataFrame) -> pd.Series:
    """By how much each row's measure passes the limit, 0 or less for none; 1 without a limit."""
    if provision.limit is None:
        return pd.Series(1.0, index=rows.index)
    bound = pd.to_numeric(provision.limit.figure.column(rows[DAY])).astype("float64")
    return (pd.to_numeric(rows[provision.measure]).astype("float64") - bound).fillna(0)
