"""连续: runs of days in a row longer than a limit."""

from __future__ import annotations

import pandas as pd

from processor.catalogue.provision import Provision
from processor.mechanics.consequence import Hit, follow, hits
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
    days = _in_runs(rows[rows[WHO].notna()])
    found = days[days["_number"] == _number(provision, days[DAY])]
    found = found.assign(**{SUBJECT: found[WHO] + "|" + found[DAY].dt.strftime("%Y-%m-%d")})
    findings: list[Finding] = []
    for hit in hits(job, provision, found):
        run = days[days["_run"] == hit.row["_run"]]
        findings += _of_run(job, provision, hit, run)
    return findings


def _in_runs(rows: pd.DataFrame) -> pd.DataFrame:
    """One row an employee and day, with the `_run` to which it belongs and its `_number` there."""
    days = rows.sort_values([WHO, DAY, SUBJECT], kind="stable").drop_duplicates([WHO, DAY])
    starts = (days[DAY] - days.groupby(WHO)[DAY].shift()) != ONE_DAY
    days = days.assign(_run=starts.cumsum())
    return days.assign(_number=days.groupby("_run").cumcount() + 1)


def _of_run(job: Job, provision: Provision, hit: Hit, run: pd.DataFrame) -> list[Finding]:
    """What follows from a run, as far as it counts: up to the day that passes the limit, or the whole of it."""
    bound, default = "", WHOLE
    if provision.limit is not None:
        run = run[run["_number"] <= hit.row["_number"]]
        bound, default = f"{provision.limit.figure.at(hit.day):g}", DEFAULT
    first, last = f"{run[DAY].iloc[0]:%Y-%m-%d}", f"{run[DAY].iloc[-1]:%Y-%m-%d}"
    what = said(
        job,
        provision,
        hit.row,
        default,
        第几次=hit.number or 1,
        数=len(run),
        起日=first,
        止日=last,
        周期=first if first == last else f"{first}至{last}",
        界限=bound,
    )
    refs = tuple(int(ref) for ref in run["_ref"])
    return follow(job, provision, hit, what, cell=provision.date, evidence=refs)


def _number(provision: Provision, days: pd.Series) -> pd.Series:
    """Which day of a run is the one that counts, for each day."""
    if provision.limit is None:
        return pd.Series(1.0, index=days.index)
    bound = pd.to_numeric(provision.limit.figure.column(days)).astype("float64")
    return bound + (1 if provision.limit.test == "over" else 0)
