"""连续: runs of days in a row longer than a limit."""

from __future__ import annotations

import pandas as pd

from processor.catalogue.provision import Provision
from processor.mechanics.consequence import follow, hits
from processor.mechanics.rows import DAY, SUBJECT, WHO, of_provision, said, that_hold
from processor.model import Finding
from processor.rules.job import Job

DEFAULT = "{姓名}到{日期}{条款}：连续{数}天，界限{界限}天"
ONE_DAY = pd.Timedelta(days=1)


def decide(job: Job, provision: Provision) -> list[Finding]:
    """One occurrence a run, on the day that passes (`over`) or reaches (`reach`) the limit; subject `工号|day`."""
    assert provision.limit is not None
    rows = that_hold(of_provision(job, provision), provision)
    rows = rows[rows[WHO].notna()].sort_values([WHO, DAY, SUBJECT], kind="stable")
    days = rows.drop_duplicates([WHO, DAY])
    starts = (days[DAY] - days.groupby(WHO)[DAY].shift()) != ONE_DAY
    days = days.assign(_run=starts.cumsum())
    days["_number"] = days.groupby("_run").cumcount() + 1
    bound = pd.to_numeric(provision.limit.figure.column(days[DAY])).astype("float64")
    reached = days["_number"] == bound + (1 if provision.limit.test == "over" else 0)
    found = days[reached].assign(**{SUBJECT: lambda f: f[WHO] + "|" + f[DAY].dt.strftime("%Y-%m-%d")})
    findings: list[Finding] = []
    for hit in hits(job, provision, found):
        run = days[(days["_run"] == hit.row["_run"]) & (days["_number"] <= hit.row["_number"])]
        limit = f"{provision.limit.figure.at(hit.day):g}"
        what = said(job, provision, hit.row, DEFAULT, 第几次=hit.number or 1, 数=hit.row["_number"], 界限=limit)
        refs = tuple(int(ref) for ref in run["_ref"])
        findings += follow(job, provision, hit, what, cell=provision.date, evidence=refs)
    return findings
