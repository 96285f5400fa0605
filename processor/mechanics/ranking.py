"""排名: the first or last in a window by a sum, or by the number of rows; ties share the place."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from processor.catalogue.provision import Provision
from processor.mechanics.rows import WHO, figure_shown, that_hold
from processor.mechanics.windows import NOWHERE, Window, over, unclear, whole
from processor.model import Candidate, Finding, say
from processor.rules.job import Job

DEFAULT = "{周期} {姓名}{条款}：{数}，排名第{第几名}"
DEFAULT_LAST = "{周期} {姓名}{条款}：{数}，排名倒数第{第几名}"


def decide(job: Job, provision: Provision) -> list[Finding]:
    """What follows for each employee on one of the places, the first step from the first one, the second from the next …

    Whoever has no rows is not ranked, nor among the first who has nothing. Nobody is among the last of a window of which
    a row could not be read: it may move the places of all, and what is unproved costs nothing (G20). Subject `工号|window`.
    """
    assert provision.limit is not None
    rows = that_hold(job, provision)
    if rows.empty:
        return []
    rows = rows[rows[WHO].notna()]
    last = provision.limit.test == "last"
    kind = provision.column(provision.measure).type if provision.measure else "count"
    unsure = unclear(job, provision) if last else NOWHERE
    findings: list[Finding] = []
    for window in over(job, rows, provision.window):
        if unsure.within(window):
            continue
        values, places = _ranked(provision, window, last)
        bound = provision.limit.figure.at(window.last)
        for who, place in places.items():
            if place > bound:
                continue
            step = provision.steps[min(place, len(provision.steps)) - 1]
            findings += whole(
                job,
                replace(provision, steps=(step,)),
                window,
                who,
                window.rows[window.rows[WHO] == who],
                DEFAULT_LAST if last else DEFAULT,
                candidates=tuple(_candidate(no, at, values[no], kind, no == who, last) for no, at in places.items()),
                evidence=window.refs,
                数=figure_shown(kind, values[who]),
                第几名=place,
                界限=f"{bound:g}",
            )
    return findings


def _ranked(provision: Provision, window: Window, last: bool) -> tuple[pd.Series, dict[str, int]]:
    """What each employee of a window comes to, and his place, in order of places; ties share one."""
    weight = pd.to_numeric(window.rows[provision.measure]).fillna(0) if provision.measure else 1
    values = window.rows.assign(_weight=weight).groupby(WHO)["_weight"].sum()
    values = values if last else values[values > 0]
    places = values.rank(ascending=last, method="min").astype("int64").sort_values(kind="stable")
    return values, {str(who): int(place) for who, place in places.items()}


def _candidate(staff_no: str, place: int, value: float, kind: str, chosen: bool, last: bool) -> Candidate:
    template = "{value}，倒数第{place}" if last else "{value}，第{place}"
    return Candidate(staff_no, say(template, value=figure_shown(kind, value), place=place), chosen)
