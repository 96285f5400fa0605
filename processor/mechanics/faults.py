"""多项: each row with which one or several things are wrong, as one occurrence; the sentence names them all."""

from __future__ import annotations

from functools import partial

import pandas as pd

from processor.catalogue.provision import Fault, Provision
from processor.mechanics.consequence import follow, hits
from processor.mechanics.rows import DAY, of_provision, said, that_hold, took_place
from processor.model import Finding, joined
from processor.rules.job import Job

DEFAULT = "{日期} {姓名}{条款}（{编号}）：{各项}"


def decide(job: Job, provision: Provision) -> list[Finding]:
    """What follows from each row with a fault; the first column that its first fault compares is the judged cell."""
    rows = that_hold(of_provision(job, provision), provision)
    wrong = pd.DataFrame(
        {f"_fault{n}": _wrong(fault, rows) for n, fault in enumerate(provision.faults)}, index=rows.index
    )
    tests = [(fault.where.headers, partial(_wrong, fault)) for fault in provision.faults]
    findings: list[Finding] = []
    for hit in hits(job, provision, rows.join(wrong)[wrong.any(axis=1)], unread=took_place(job, provision, tests)):
        own = [fault for n, fault in enumerate(provision.faults) if hit.row[f"_fault{n}"]]
        parts = [said(job, provision, hit.row, "", 句子=fault.says) for fault in own]
        words = {"各项": joined(parts, provision.between), "第几次": hit.number or 1}
        cell = own[0].where.comparisons[0].column.header
        findings += follow(job, provision, hit, said(job, provision, hit.row, DEFAULT, **words), cell=cell)
    return findings


def _wrong(fault: Fault, rows: pd.DataFrame) -> pd.Series:
    return fault.where.holds(rows, rows[DAY])
