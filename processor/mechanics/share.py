"""比率: the share of rows for which a condition holds among all, by employee or by unit, at a window's end."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal

import pandas as pd

from processor.catalogue.condition import Condition
from processor.catalogue.limit import Limit
from processor.catalogue.provision import Provision
from processor.mechanics.rows import DAY, WHO, of_provision
from processor.mechanics.windows import Times, Window, over, unclear, whole
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
    unsure = unclear(job, anything) if provision.limit is not None else frozenset()
    for window in over(job, rows, provision.window):
        for who, own in _groups(provision, window):
            if provision.least is not None and len(own) < provision.least.at(window.last):
                continue
            if (who, window.key) in unsure:
                continue
            share = Decimal(int(own["_holds"].sum())) / len(own)
            if provision.limit is not None and _kept(share, provision.limit, window):
                continue
            bound = Decimal(str(provision.limit.figure.at(window.last))) if provision.limit else Decimal(0)
            findings += whole(
                job,
                provision,
                window,
                who,
                own,
                AGAINST if provision.limit else DEFAULT,
                times=times,
                符合=int(own["_holds"].sum()),
                数=len(own),
                比率=str((100 * share).quantize(Decimal("0.1"), ROUND_HALF_UP)),
                界限=f"{_WORDS[provision.limit.test]}{(100 * bound).normalize():f}%" if provision.limit else "",
            )
    return findings


def _groups(provision: Provision, window: Window) -> Iterator[tuple[str, pd.DataFrame]]:
    if not provision.about:
        yield "", window.rows
        return
    for who, own in window.rows.groupby(WHO):
        yield str(who), own


def _kept(share: Decimal, limit: Limit, window: Window) -> bool:
    bound = Decimal(str(limit.figure.at(window.last)))
    return {
        "from": share >= bound,
        "above": share > bound,
        "upto": share <= bound,
        "below": share < bound,
    }[limit.test]
