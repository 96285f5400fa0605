"""Cashiers: scanning errors and cash differences that reach a threshold in a week or month, and what a month earns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from processor.calendars import month_of, week_start
from processor.catalogue.outcome import Outcome
from processor.catalogue.parameter import Parameter
from processor.columns import unread
from processor.model import Finding, Text, say, yuan
from processor.rules.declared import Columns, by_employee, reads
from processor.rules.job import Job, records
from processor.rules.ladder import Reached, reach
from processor.rules.lookup import looked_up
from processor.rules.outcomes import Occurrence, decide

Band = Mapping[str, Any]


def _columns(args: Mapping[str, Any]) -> Columns:
    counted = {name for band in args["bands"] for name in band.get("columns", ("系统金额", "实收金额"))}
    return {"cashier": frozenset(counted | {"日期", "工号"})}


@by_employee
@reads(_columns)
def thresholds(
    job: Job, *, window: str, bands: Sequence[Band], stage: str = "", probation_months: Parameter | None = None
) -> list[Finding]:
    """The gravest band that an employee reaches in a week or month, dated on the day that reaches it (DS-C1, DS-C2, DS-C4, DS-C10, G14).

    bands, gravest last: `columns` (their sum counts) or `over` and perhaps `upto` (a day whose difference is more than
    the one and at most the other counts once); `from` (reached) or `above` (exceeded); `outcome`. A recommendation
    that was revoked falls back to the band before it. stage: `probation` or `permanent`, by each day's own status.
    Subject: `工号|week or month`.
    """
    rows = _days(job)
    rows = rows.assign(window=_window_of(rows["日期"], window))
    if stage and probation_months is not None:
        ends = _probation_ends(job, rows["工号"], probation_months)
        rows = rows[rows["日期"] < ends] if stage == "probation" else rows[rows["日期"] >= ends]
    reached: dict[tuple[str, str], list[tuple[Band, Reached]]] = {}
    for band in bands:
        counted = rows.assign(counted=_counted(rows, band))
        limit = _limit(rows["日期"], band)
        for hit in reach(counted, by=["工号", "window"], weight="counted", limit=limit):
            reached.setdefault((hit.row["工号"], hit.row["window"]), []).append((band, hit))
    findings: list[Finding] = []
    for (staff_no, key), hits in sorted(reached.items()):
        revoked = job.is_revoked(staff_no, f"{staff_no}|{key}")
        for band, hit in _deciding(hits, revoked):
            findings.extend(decide(job, _occurrence(job, band, hit, stage), [band["outcome"]]))
    return findings


@by_employee
@reads(discipline="登记编号 日期 工号 条款编号 情节")
def breaches_in_probation(
    job: Job,
    *,
    penalties: Parameter,
    number: Parameter,
    probation_months: Parameter,
    outcomes: Mapping[str, Sequence[Outcome]],
) -> list[Finding]:
    """Once for an employee: the recorded penalty (a row of `discipline`) that is his n-th before the end of probation (DS-C3).

    outcomes: by the gravity of that row, which is also its subject; 恶劣 counts as 严重. Revoked penalties do not count.
    """
    rows = job.facts["discipline"]
    rows = rows[job.in_scope(rows["工号"], rows["日期"]) & rows["条款编号"].isin(penalties.at(job.as_of))]
    rows = rows[rows["日期"] < _probation_ends(job, rows["工号"], probation_months)]
    rows = rows.sort_values(["日期", "登记编号"], kind="stable")
    findings: list[Finding] = []
    for staff_no, own in rows.groupby("工号"):
        valid = [r for r in records(own) if not job.is_revoked(str(staff_no), r["登记编号"], r["条款编号"])]
        needed = number.at(job.as_of)
        if len(valid) < needed:
            continue
        counted, deciding = valid[:needed], valid[needed - 1]
        gravity = "严重" if deciding["情节"] in ("严重", "恶劣") else "轻微"
        findings.extend(decide(job, _probation_occurrence(job, deciding, counted), outcomes[gravity]))
    return findings


def _probation_ends(job: Job, staff_no: pd.Series, months: Parameter) -> pd.Series:
    """For each of these staff numbers the first day after probation: 转正日期, where blank 入职日期 plus `months`.

    Blank for an employee of whom that could not be read, or whom the roster does not know.
    """
    staff = job.roster.on(job.as_of)
    staff = staff[staff.index.isin(staff_no)]
    staff = staff[~unread(staff, "转正日期")]
    ends = staff["转正日期"]
    hired = staff.loc[ends.isna(), "入职日期"]
    due = [day + pd.DateOffset(months=months.at(day.date())) for day in hired]
    return looked_up(staff_no, ends.fillna(pd.Series(due, index=hired.index, dtype=ends.dtype)))


def _days(job: Job) -> pd.DataFrame:
    rows = job.facts["cashier"]
    rows = rows[job.in_scope(rows["工号"], rows["日期"])]
    if "实收金额" not in rows:
        return rows
    return rows.assign(difference=(rows["实收金额"] - rows["系统金额"]).abs())


def _window_of(days: pd.Series, window: str) -> pd.Series:
    return week_start(days).dt.strftime("%Y-%m-%d") if window == "week" else month_of(days)


def _counted(rows: pd.DataFrame, band: Band) -> pd.Series:
    if "columns" in band:
        return rows[list(band["columns"])].fillna(0).sum(axis=1).astype("int64")
    hit = rows["difference"] > band["over"].column(rows["日期"])
    if "upto" in band:
        hit &= rows["difference"] <= band["upto"].column(rows["日期"])
    return hit.fillna(False).astype("int64")


def _limit(days: pd.Series, band: Band) -> pd.Series:
    return band["above"].column(days) + 1 if "above" in band else band["from"].column(days)


def _deciding(hits: list[tuple[Band, Reached]], revoked: bool) -> list[tuple[Band, Reached]]:
    """The gravest band, and the one below where the gravest is a recommendation that a manager took back."""
    falls = revoked and hits[-1][0]["outcome"].effect == "recommendation"
    return hits[-2:] if falls else hits[-1:]


def _occurrence(job: Job, band: Band, hit: Reached, stage: str) -> Occurrence:
    staff_no, key = hit.row["工号"], hit.row["window"]
    employee = (job.roster_ref(staff_no, hit.day),) if stage else ()
    return Occurrence(
        clause=job.clause,
        staff_no=staff_no,
        date=hit.day,
        subject=f"{staff_no}|{key}",
        what=_what(band, hit, stage),
        row=hit.row["_ref"],
        evidence=(*hit.evidence, *employee),
        column=band["columns"][0] if "columns" in band else "实收金额",
        readings=("G1", "G14"),
    )


def _what(band: Band, hit: Reached, stage: str) -> Text:
    day = hit.day
    key = hit.row["window"]
    when = {
        "period": say("{monday}起的一周", monday=key) if len(key) > len("2026-10") else key,
        "stage": {"probation": say("试用期内"), "permanent": say("转正后")}.get(stage, ""),
        "day": day.isoformat(),
        "n": hit.total,
    }
    bound = (band.get("above") or band["from"]).at(day)
    reached = say("超过{limit}次", limit=bound) if "above" in band else say("达到{limit}次", limit=bound)
    if "columns" in band:
        counted = "、".join(name.removesuffix("次数") for name in band["columns"])
        return say("{period} {stage}截至{day}，{counted}累计{n}次，{reached}", **when, counted=counted, reached=reached)
    over = yuan(band["over"].at(day))
    if "upto" in band:
        upto = yuan(band["upto"].at(day))
        template = "{period} {stage}截至{day}，长短款超过{over}元而不超过{upto}元的累计{n}天，{reached}"
        return say(template, **when, over=over, upto=upto, reached=reached)
    return say(
        "{period} {stage}截至{day}，长短款超过{over}元的累计{n}天，{reached}", **when, over=over, reached=reached
    )


def _probation_occurrence(job: Job, deciding: dict[str, Any], counted: list[dict[str, Any]]) -> Occurrence:
    staff_no = deciding["工号"]
    what = say(
        "试用期内{day}第{n}次违反规章制度（{numbers}）",
        day=deciding["日期"].date().isoformat(),
        n=len(counted),
        numbers="、".join(row["登记编号"] for row in counted),
    )
    return Occurrence(
        clause=job.clause,
        staff_no=staff_no,
        date=deciding["日期"].date(),
        subject=deciding["登记编号"],
        what=what,
        row=deciding["_ref"],
        evidence=(*(row["_ref"] for row in counted), job.roster_ref(staff_no, deciding["日期"].date())),
        column="情节",
        readings=() if deciding["情节"] else ("G15",),
    )
