"""多项: each row with which one or several things are wrong, as one occurrence; the sentence names them all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any

import pandas as pd

from processor.catalogue.fault import Fault
from processor.catalogue.provision import Provision
from processor.mechanics.consequence import follow, hits
from processor.mechanics.deadline import ONE_DAY, days_late, kept, last_moment, moment
from processor.mechanics.rows import DAY, said, that_hold, took_place
from processor.model import Finding, Text, joined, say
from processor.rules.job import Job

DEFAULT = "{日期} {姓名}{条款}（{编号}）：{各项}"


def decide(job: Job, provision: Provision) -> list[Finding]:
    """What follows from each row with a fault; the cell that its first fault looks at is the judged one.

    While the thing of a fault with a term is still to be done, the line is due on the term's last day.
    """
    faults = list(enumerate(provision.faults))
    rows = that_hold(job, provision)
    if rows.empty:
        return []
    judged = [_judged(job, provision, fault, rows).add_suffix(f"_{number}") for number, fault in faults]
    wrong = pd.concat([own[f"_wrong_{number}"] for number, own in enumerate(judged)], axis=1)
    tests = [(_headers(fault), partial(_is_wrong, job, provision, fault)) for fault in provision.faults]
    unread = took_place(job, provision, tests)
    findings: list[Finding] = []
    for hit in hits(job, provision, pd.concat([rows, *judged], axis=1)[wrong.any(axis=1)], unread=unread):
        own = [(number, fault) for number, fault in faults if hit.row[f"_wrong_{number}"]]
        parts = [_words(job, provision, number, hit.row) for number, _ in own]
        what = said(job, provision, hit.row, DEFAULT, 各项=joined(parts, provision.between), 第几次=hit.number or 1)
        found = follow(job, provision, hit, what, cell=_cell(own[0][1], hit.row))
        still = [_last_day(fault, hit.row[f"_end_{n}"]) for n, fault in own if hit.row.get(f"_open_{n}")]
        findings += [replace(finding, due=min(still)) if still else finding for finding in found]
    return findings


def _judged(job: Job, provision: Provision, fault: Fault, rows: pd.DataFrame) -> pd.DataFrame:
    """Whether each row has the fault (`_wrong`), with what is known of a term that it breaks."""
    applies = fault.where.holds(rows, rows[DAY])
    if fault.within is not None:
        since = fault.since or provision.date
        judged = kept(job, provision.column(fault.measure), since, fault.within, False, rows)
        return judged.assign(_wrong=applies & judged["_late"])
    if fault.parts:
        applies &= rows[list(fault.parts)].isna().any(axis=1)
    return applies.to_frame("_wrong")


def _is_wrong(job: Job, provision: Provision, fault: Fault, rows: pd.DataFrame) -> pd.Series:
    return _judged(job, provision, fault, rows)["_wrong"]


def _headers(fault: Fault) -> list[str]:
    return [*fault.where.headers, *fault.parts, fault.measure, fault.since]


def _words(job: Job, provision: Provision, number: int, row: Mapping[str, Any]) -> Text:
    fault = provision.faults[number]
    words: dict[str, Any] = {"缺项": "、".join(part for part in fault.parts if row[part] is None)}
    template = fault.says
    if fault.within is not None:
        end, done = row[f"_end_{number}"], row[f"_done_{number}"]
        at = pd.Timestamp(job.as_of) + ONE_DAY if done is None else done
        words["期限"] = moment(last_moment(fault.within, end))
        words["界限"] = fault.within.words(row[DAY].date())
        words["逾期"] = say("逾期{elapsed}天", elapsed=days_late(fault.within, end, at))
        template = fault.open_says if done is None and fault.open_says else template
    return said(job, provision, row, "", 句子=template, **words)


def _last_day(fault: Fault, end: pd.Timestamp) -> Any:
    return last_moment(fault.within, end).date()


def _cell(fault: Fault, row: Mapping[str, Any]) -> str:
    compared = [comparison.column.header for comparison in fault.where.comparisons]
    missing = [part for part in fault.parts if row[part] is None]
    return fault.measure or next(iter(missing or compared), "")
