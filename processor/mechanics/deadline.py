"""限时: what must be done within a term of a day or moment; reminded of while it can be met, a breach after it (G21)."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

import pandas as pd

from processor.catalogue.column import Column
from processor.catalogue.provision import Provision
from processor.catalogue.term import Term
from processor.mechanics.consequence import Hit, follow, hits
from processor.mechanics.rows import DAY, SUBJECT, WHO, is_kept, said, that_hold, took_place
from processor.model import Finding, Text, say
from processor.rules.job import Job, records

MOMENT, ONE_DAY = pd.Timedelta(microseconds=1), pd.Timedelta(days=1)
DEFAULT = "{日期} {姓名}{条款}（{编号}）：应在{期限}前完成，{状态}{逾期}"


def decide(job: Job, provision: Provision) -> list[Finding]:
    """What follows from each row not done in its term, or done too late; a remind on each that can still be met.

    What is still to be done counts up to the end of the as-of day. A late deed does not undo the breach unless it
    `heals`; a time of day is one of the row's day, any other measure says only that it was done. A column that the site
    does not keep proves nothing.
    """
    assert provision.within is not None
    measure = provision.column(provision.measure)
    if not is_kept(job, provision, measure):
        return []
    now = pd.Timestamp(job.as_of) + ONE_DAY
    in_time = partial(kept, job, measure, provision.since or provision.date, provision.within, provision.heals)
    rows = that_hold(job, provision)
    if rows.empty:
        return []
    rows = rows.join(in_time(rows))
    rows = rows[rows["_end"].notna()]
    cells = (provision.measure, provision.since)
    unread = took_place(job, provision, [(cells, lambda missed: in_time(missed)["_late"])])
    findings: list[Finding] = []
    for hit in hits(job, provision, rows[rows["_late"]], unread=unread):
        findings += _breach(job, provision, hit, now)
    if provision.remind:
        begun = rows[DAY] <= pd.Timestamp(job.as_of)
        findings += [_remind(job, provision, row) for row in records(rows[rows["_open"] & ~rows["_late"] & begun])]
    return findings


def kept(job: Job, measure: Column, since: str, term: Term, heals: bool, rows: pd.DataFrame) -> pd.DataFrame:
    """How each row keeps a term: its `_end`, when it was `_done` (blank while it is `_open`), and whether it is `_late`.

    since: the column from which the term runs. heals: whether what was done late is no breach.
    """
    ends, done = term.ends(rows[since]), rows[measure.header]
    done = rows[DAY] + done if measure.type == "time" else done
    late = done.isna() & (ends < pd.Timestamp(job.as_of) + ONE_DAY)
    if measure.type in ("date", "datetime", "time") and not heals:
        late |= (done >= ends) if term.by_day else (done > ends)
    return pd.DataFrame({"_end": ends, "_done": done, "_open": done.isna(), "_late": late}, index=rows.index)


def _breach(job: Job, provision: Provision, hit: Hit, now: pd.Timestamp) -> list[Finding]:
    row, done = hit.row, hit.row["_done"]
    at = now if done is None else done
    words = "逾期{elapsed}天" if provision.says else "，逾期{elapsed}天"
    late = say(words, elapsed=days_late(provision.within, row["_end"], at))
    state = (
        say("到{today}仍没有完成", today=job.as_of.isoformat()) if done is None else say("{at}才完成", at=moment(done))
    )
    what = _sentence(job, provision, row, state, hit.number, late)
    seconds = (at - row["_end"]).total_seconds()
    found = follow(job, provision, hit, what, cell=provision.measure, readings=("G21",), excess=seconds, excess_unit=1)
    return found if done is not None else [_still_due(provision, finding, row["_end"]) for finding in found]


def days_late(term: Term | None, end: pd.Timestamp, at: pd.Timestamp) -> int:
    """Whole days beyond the last day of the term; a part of a day counts as one."""
    return max(1, ((at - MOMENT).normalize() - last_moment(term, end).normalize()).days)


def last_moment(term: Term | None, end: pd.Timestamp) -> pd.Timestamp:
    """The last moment of a term that ends: of a term in days, in its last day."""
    return end - MOMENT if term is not None and term.by_day else end


def _remind(job: Job, provision: Provision, row: dict[str, Any]) -> Finding:
    told = replace(provision, open_says=provision.remind_says or provision.open_says)
    text = _sentence(job, told, row, say("还没有完成"), None, say(""))
    finding = Finding(
        clause=job.clause,
        effect="remind",
        date=row[DAY].date(),
        subject=row[SUBJECT],
        text=text,
        staff_no=row[WHO] or "",
        row=int(row["_ref"]),
        column=provision.cell or provision.measure,
        evidence=(int(row["_ref"]),),
        readings=("G21",),
        part=provision.part,
    )
    return _still_due(provision, finding, row["_end"])


def _sentence(job: Job, provision: Provision, row: dict[str, Any], state: Text, number: int | None, late: Text) -> Text:
    assert provision.within is not None
    return said(
        job,
        provision,
        row,
        DEFAULT,
        句子=provision.open_says if row["_open"] else "",
        第几次=number or 1,
        界限=provision.within.words(row[DAY].date()),
        期限=moment(last_moment(provision.within, row["_end"])),
        状态=state,
        逾期=late,
    )


def _still_due(provision: Provision, finding: Finding, end: pd.Timestamp) -> Finding:
    """The finding with the day by which it should have been done, so that it is decided again as long as it is not."""
    return replace(finding, due=last_moment(provision.within, end).date())


def moment(value: pd.Timestamp) -> str:
    """A day as such, also the last moment of one; else day and time."""
    whole = value == value.normalize() or value.normalize() + ONE_DAY - value <= MOMENT
    return f"{value:%Y-%m-%d}" if whole else f"{value:%Y-%m-%d %H:%M}"
