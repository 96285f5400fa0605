"""连续: runs of days in a row longer than a limit."""

from __future__ import annotations

from typing import Any

import pandas as pd

from processor.catalogue.provision import Provision
from processor.mechanics.consequence import follow, hits
from processor.mechanics.rows import DAY, SUBJECT, WHO, said, that_hold
from processor.model import Finding
from processor.rules.job import Job

DEFAULT = "{姓名}到{日期}{条款}：连续{数}天，界限{界限}天"
WHOLE = "{姓名}从{起日}到{止日}{条款}，连续{数}天"
ONE_DAY = pd.Timedelta(days=1)


def decide(job: Job, provision: Provision) -> list[Finding]:
    """One occurrence a run, on the day that passes (`over`) or reaches (`reach`) the limit; subject `工号|day`.

    Without a limit each run is one, however short, on its first day.
    """
    rows = that_hold(job, provision)
    if rows.empty:
        return []
    rows = rows[rows[WHO].notna()].sort_values([WHO, DAY, SUBJECT], kind="stable")
    days = rows.drop_duplicates([WHO, DAY])
    starts = (days[DAY] - days.groupby(WHO)[DAY].shift()) != ONE_DAY
    days = days.assign(_run=starts.cumsum())
    days["_number"] = days.groupby("_run").cumcount() + 1
    found = days[days["_number"] == _number(provision, days[DAY])]
    found = found.assign(**{SUBJECT: found[WHO] + "|" + found[DAY].dt.strftime("%Y-%m-%d")})
    findings: list[Finding] = []
    for hit in hits(job, provision, found):
        run = days[days["_run"] == hit.row["_run"]]
        if provision.limit is not None:
            run = run[run["_number"] <= hit.row["_number"]]
        first, last = f"{run[DAY].iloc[0]:%Y-%m-%d}", f"{run[DAY].iloc[-1]:%Y-%m-%d}"
        words: dict[str, Any] = {
            "数": len(run),
            "起日": first,
            "止日": last,
            "周期": first if first == last else f"{first}至{last}",
        }
        words["界限"] = f"{provision.limit.figure.at(hit.day):g}" if provision.limit is not None else ""
        default = WHOLE if provision.limit is None else DEFAULT
        what = said(job, provision, hit.row, default, 第几次=hit.number or 1, **words)
        refs = tuple(int(ref) for ref in run["_ref"])
        findings += follow(job, provision, hit, what, cell=provision.date, evidence=refs)
    return findings


def _number(provision: Provision, days: pd.Series) -> pd.Series:
    """Which day of a run is the one that counts, for each day."""
    if provision.limit is None:
        return pd.Series(1.0, index=days.index)
    bound = pd.to_numeric(provision.limit.figure.column(days)).astype("float64")
    return bound + (1 if provision.limit.test == "over" else 0)
