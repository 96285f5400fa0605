"""比率: the share of rows for which a condition holds among all, by employee or by unit, at a window's end."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal

import pandas as pd

from processor.catalogue.condition import Condition
from processor.catalogue.provision import Provision
from processor.mechanics.rows import DAY, WHO, of_provision
from processor.mechanics.windows import NOWHERE, Times, Window, over, unclear, whole
from processor.model import Finding
from processor.rules.job import Job

DEFAULT = "{周期} {姓名}{条款}：{符合}/{数}，占{比率}%"
AGAINST = DEFAULT + "，界限{界限}"
_WORDS = {"from": "不低于", "above": "高于", "upto": "不超过", "below": "低于"}


def decide(job: Job, provision: Provision) -> list[Finding]:
    """What follows where the share does not keep the limit; without a limit, a line for each share.

    A ladder counts the windows in which it was not kept. Only rows count whose measure, where the provision names one,
    is filled. Nothing follows from a window with fewer rows than `least`, nor, with a limit, from one of which a row of
    his could not be read (G20). Subject `工号|window` or `unit|window`.
    """
    rows = of_provision(job, provision)
    if provision.measure:
        rows = rows[rows[provision.measure].notna()]
    rows = rows.assign(_holds=provision.where.holds(rows, rows[DAY]))
    findings: list[Finding] = []
    times = Times(job, provision)
    anything = replace(provision, where=Condition())
    unsure = unclear(job, anything) if provision.limit is not None else NOWHERE
    for window in over(job, rows, provision.window):
        for who, own in _groups(provision, window):
            too_few = provision.least is not None and len(own) < provision.least.at(window.last)
            if not too_few and not unsure.at(who, window):
                findings += _of_group(job, provision, window, who, own, times)
    return findings


def _of_group(
    job: Job, provision: Provision, window: Window, who: str, own: pd.DataFrame, times: Times
) -> list[Finding]:
    """What follows for one employee (empty: the unit) from his rows of a window."""
    hits, limit = int(own["_holds"].sum()), provision.limit
    share, told = Decimal(hits) / len(own), ""
    if limit is not None:
        bound = Decimal(str(limit.figure.at(window.last)))
        if _kept(share, limit.test, bound):
            return []
        told = f"{_WORDS[limit.test]}{(100 * bound).normalize():f}%"
    return whole(
        job,
        provision,
        window,
        who,
        own,
        AGAINST if limit is not None else DEFAULT,
        times=times,
        符合=hits,
        数=len(own),
        比率=str((100 * share).quantize(Decimal("0.1"), ROUND_HALF_UP)),
        界限=told,
    )


def _groups(provision: Provision, window: Window) -> Iterator[tuple[str, pd.DataFrame]]:
    if not provision.about:
        yield "", window.rows
        return
    for who, own in window.rows.groupby(WHO):
        yield str(who), own


def _kept(share: Decimal, test: str, bound: Decimal) -> bool:
    kept = {"from": share >= bound, "above": share > bound, "upto": share <= bound, "below": share < bound}
    return kept[test]
