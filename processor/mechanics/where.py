"""逐条: each row for which the condition holds, as one occurrence or as a step of a ladder."""

from __future__ import annotations

import pandas as pd

from processor.catalogue.provision import Provision
from processor.mechanics.consequence import follow, hits
from processor.mechanics.rows import DAY, figure_shown, of_provision, said, that_hold, unit_of
from processor.model import Finding
from processor.rules.job import Job

DEFAULT = "{日期} {姓名}{条款}（{编号}）"


def decide(job: Job, provision: Provision) -> list[Finding]:
    """What follows from each row; with `limit: {over: n}` only for those whose measure passes it, by how much it does."""
    rows = that_hold(of_provision(job, provision), provision)
    if provision.limit is not None:
        bound = pd.to_numeric(provision.limit.figure.column(rows[DAY])).astype("float64")
        excess = pd.to_numeric(rows[provision.measure]).astype("float64") - bound
        rows = rows.assign(_excess=excess)[(excess > 0).fillna(False)]
    findings: list[Finding] = []
    for hit in hits(job, provision, rows):
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
            excess=hit.row.get("_excess") or 0,
            excess_unit=excess_unit,
        )
    return findings
