"""周期: what is to be done once in every window of the calendar, for each of a list or for each row of another register."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import pandas as pd

from processor.calendars import windows
from processor.catalogue.condition import TODAY
from processor.catalogue.provision import Provision
from processor.mechanics.consequence import Hit, follow
from processor.mechanics.limit import window_words
from processor.mechanics.rows import DAY, SUBJECT, WHO, doubted, left_out, of_provision, said
from processor.model import Finding, Text, say
from processor.rules.job import Job, natural_key, records
from processor.rules.remarks import remark

DEFAULT = "{起日}至{止日}的{条款}{状态}"


@dataclass(frozen=True)
class _Thing:
    """What something is done for. row: its row in the register of things; since, until: when it is to be done."""

    name: str
    row: Mapping[str, Any]
    subject: str = ""
    since: date = date.min
    until: date = date.max


def decide(job: Job, provision: Provision) -> list[Finding]:
    """What follows for each thing and window in which it was not done; a remind in the last `remind_days` days of one.

    Judged from the window on in which the register's first known row lies (G14), and where it was to be done throughout.
    What is done later does not undo the miss; with `late_ends` it ends the overdue days. A row of which a cell could
    not be read, or that nobody could read, may tell that it was done (G20). Dated on the window's last day.
    """
    rows = of_provision(job, provision)
    if rows.empty:
        return []
    assert provision.each is not None
    known, done = rows[DAY].min().date(), _done(job, provision, rows)
    unsure = doubted(job, replace(provision, about=(provision.each.column,)))
    findings: list[Finding] = []
    for thing in _things(job, provision):
        days = sorted({*done.get(thing.name, ()), *done.get("", ())})
        for key, first, last in windows(max(thing.since, known), job.as_of, provision.window):
            is_due = thing.since <= first and last <= thing.until and not unsure.cover(thing.name, first, last)
            if is_due and not any(first <= day <= last for day in days):
                findings += _missed(job, provision, thing, (key, first, last), days)
    return findings


def _done(job: Job, provision: Provision, rows: pd.DataFrame) -> dict[str, list[date]]:
    """Thing -> the days on which it was done, or may have been; empty: for whatever thing that could not be read was."""
    assert provision.each is not None
    did, unread = rows[provision.where.holds(rows, rows[DAY])], left_out(job, provision)
    did = did[did[provision.each.column].notna()]
    told = did if unread is None else pd.concat([did, unread])
    found: dict[str, list[date]] = {}
    for name, day in zip(told[provision.each.column].fillna("").astype(str), told[DAY].dt.date, strict=True):
        found.setdefault(name, []).append(day)
    return found


def _things(job: Job, provision: Provision) -> Iterator[_Thing]:
    each = provision.each
    assert each is not None
    if each.values is not None:
        yield from (_Thing(name, {each.column: name}) for name in each.values.at(job.as_of))
        return
    assert each.register is not None
    rows = job.facts[each.register.name].assign(**{TODAY: pd.Timestamp(job.as_of)})
    rows = each.register.with_derived(rows, each.named(provision.spoken))
    rows = rows[each.where.holds(rows, rows[TODAY])]
    rows = rows.assign(**{SUBJECT: natural_key(rows, each.register.key)})
    for row in records(rows):
        since = row[each.since].date() if each.since and row[each.since] is not None else date.min
        until = row[each.until].date() if each.until and row[each.until] is not None else date.max
        yield _Thing(str(row[each.by]), row, row[SUBJECT], since, until)


def _missed(
    job: Job, provision: Provision, thing: _Thing, window: tuple[str, date, date], days: list[date]
) -> list[Finding]:
    """What follows from one window in which nothing was done for a thing, once it is reminded of or over."""
    assert provision.each is not None and provision.remind_days is not None
    key, first, last = window
    later = min((day for day in days if day > last), default=None)
    state = _state(job.as_of, last, provision.remind_days.at(last), later if provision.late_ends else None)
    if state is None:
        return []
    effect, words = state
    if provision.each.register is not None:
        provision = replace(provision, register=provision.each.register, part=key)
    ref = thing.row.get("_ref")
    subject = thing.subject or f"{thing.name}|{key}"
    row = {**thing.row, WHO: None, DAY: pd.Timestamp(last), SUBJECT: subject, "_ref": ref}
    spans: dict[str, Any] = {"起日": first.isoformat(), "止日": last.isoformat()}
    spans["周期"] = window_words(key, provision.window)
    what = said(job, provision, row, DEFAULT, 状态=words, **spans)
    due = None if later else last
    if effect == "remind":
        of = None if ref is None else row
        return [remark(job, of, what, day=last, subject=subject, effect=effect, part=provision.part, due=due)]
    hit = Hit(row, last, None, () if ref is None else (int(ref),))
    return [replace(finding, due=due) for finding in follow(job, provision, hit, what)]


def _state(as_of: date, last: date, remind_days: int, made_up: date | None) -> tuple[str, Text] | None:
    """Effect and words for something not done by `last`; None while there is more time than `remind_days`.

    made_up: the later day on which it was done after all; the overdue days end there.
    """
    left = (last - as_of).days
    if left > remind_days:
        return None
    if left > 0:
        return "remind", say("应在{last}前完成", last=last.isoformat())
    if left == 0:
        return "flag", say("应在{last}前完成，今天到期仍未完成", last=last.isoformat())
    days = ((made_up or as_of) - last).days
    return "flag", say("应在{last}前完成，没有完成，逾期{elapsed}天", last=last.isoformat(), elapsed=days)
