"""提成: each row for which the condition holds earns its employee a sum, or a share of an amount in the row."""

from __future__ import annotations

from processor.catalogue.provision import Provision
from processor.mechanics.consequence import follow, hits
from processor.mechanics.rows import said, that_hold
from processor.model import Finding
from processor.rules.job import Job

DEFAULT = "{日期} {姓名}{条款}（{编号}）"


def decide(job: Job, provision: Provision) -> list[Finding]:
    """One line of commission a row; a row that names no employee earns nobody anything."""
    rows = that_hold(job, provision)
    if rows.empty:
        return []
    findings: list[Finding] = []
    for hit in hits(job, provision, rows[rows["_who"].notna()]):
        what = said(job, provision, hit.row, DEFAULT, 第几次=hit.number or 1)
        of = next((outcome.of for outcome in provision.outcomes if outcome.of), provision.date)
        findings += follow(job, provision, hit, what, cell=of)
    return findings
