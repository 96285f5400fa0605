"""登记: each row of a register of rewards and penalties that names the clause, by gravity and in its ladder (G4, G15)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pandas as pd

from processor.catalogue.provision import GRAVITY, Provision, Steps
from processor.mechanics.rows import WHO, left_out, said, that_hold
from processor.model import Finding, Text, say
from processor.rules.job import Job
from processor.rules.ladder import Step, climb
from processor.rules.outcomes import Occurrence
from processor.rules.outcomes import decide as outcomes_of

CLAUSE, WEIGHT = "条款编号", "情节"


def decide(job: Job, provision: Provision) -> list[Finding]:
    """What follows from each row for its employee: the step of its gravity's ladder, the last one for all later rows."""
    job = _naming(job, provision)
    ladders: Mapping[str, Steps] = provision.gravity or {GRAVITY[0]: provision.steps}
    rows = _recorded(that_hold(job, provision), provision, ladders)
    if rows.empty:
        return []
    unread = left_out(job, provision)
    by_gravity = provision.counts == "gravity"
    groups = [*provision.group, "gravity"] if by_gravity else list(provision.group)
    findings: list[Finding] = []
    for step in climb(
        job,
        rows,
        clause=job.clause,
        staff="工号",
        day="日期",
        subject="登记编号",
        window=provision.window or "ever",
        group=groups,
        unread=None if unread is None else _recorded(unread, provision, ladders),
    ):
        ladder = ladders[step.row["gravity"]]
        is_ladder = len(ladder) > 1 if by_gravity else provision.is_ladder
        what = _what(job, provision, step, is_ladder)
        occurrence = _occurrence(job, provision, step, what, is_ladder, len(ladders) > 1)
        findings.extend(outcomes_of(job, occurrence, ladder[min(step.number, len(ladder)) - 1]))
    return findings


def names(rows: pd.DataFrame, clause: str) -> bool:
    """Whether any of these rows names the clause."""
    return bool((rows[CLAUSE].to_numpy(dtype=object) == clause).any())


def _naming(job: Job, provision: Provision) -> Job:
    """The job with only those rows of the register that name the clause."""
    assert provision.register is not None
    name = provision.register.name

    def naming(frames: Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
        own = {name: frames[name][frames[name][CLAUSE] == job.clause]} if name in frames else {}
        return {**frames, **own}

    return replace(job, facts=naming(job.facts), left_out=naming(job.left_out))


def _recorded(rows: pd.DataFrame, provision: Provision, ladders: Mapping[str, Steps]) -> pd.DataFrame:
    """The rows, with `gravity`: the ladder that each is in."""
    if provision.related:
        rows = with_related(rows)
    rows = rows.assign(gravity=rows[WEIGHT].fillna(GRAVITY[0]).map(lambda name: _named(name, ladders)))
    return rows.assign(**{name: rows[name].fillna("") for name in provision.group})


def with_related(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows, and each again for its 关联工号 where no row of that clause and day stands in that name already."""
    named = ["工号", "日期", "条款编号"]
    others = rows[rows["关联工号"].notna()].sort_values("登记编号", kind="stable")
    others = others.assign(工号=others["关联工号"], **{WHO: others["关联工号"]}).drop_duplicates(named)
    present = pd.MultiIndex.from_frame(rows[named])
    return pd.concat([rows, others[~pd.MultiIndex.from_frame(others[named]).isin(present)]], ignore_index=True)


def _named(gravity: str, outcomes: Mapping[str, Steps]) -> str:
    """The gravest named gravity that is not graver than the recorded one; the lightest named one if there is none.

    A gravity of the site's own counts as the lightest.
    """
    upto = GRAVITY[: GRAVITY.index(gravity) + 1] if gravity in GRAVITY else GRAVITY[:1]
    named = [name for name in upto if name in outcomes]
    return named[-1] if named else next(name for name in GRAVITY if name in outcomes)


def _occurrence(
    job: Job, provision: Provision, step: Step, what: Text, is_ladder: bool, by_gravity: bool
) -> Occurrence:
    row = step.row
    readings = ("G15",) if by_gravity and not row[WEIGHT] else ()
    return Occurrence(
        clause=job.clause,
        staff_no=row["工号"],
        date=step.day,
        subject=row["登记编号"],
        what=what,
        row=row["_ref"],
        evidence=step.evidence if is_ladder else (row["_ref"],),
        column=CLAUSE,
        number=step.number if is_ladder else None,
        steps=step.steps if is_ladder else (),
        quantity=1 if is_ladder else int(row["数量"] or 1),
        recorded_amount=None if row["金额"] is None else abs(row["金额"]),
        recorded_points=row["点数"] or "",
        readings=(*readings, "G4") if is_ladder else readings,
        part=provision.part,
    )


def _what(job: Job, provision: Provision, step: Step, is_ladder: bool) -> Text:
    row = step.row
    if provision.says:
        return said(job, provision, row, "", 第几次=step.number)
    told = "，".join(dict.fromkeys(row[header] for header in (*provision.group, "说明") if row[header]))
    gravity = row[WEIGHT] if len(provision.gravity) > 1 and row[WEIGHT] not in (None, GRAVITY[0]) else ""
    note = "，".join(part for part in (f"情节{gravity}" if gravity else "", told) if part)
    given: dict[str, Any] = {
        "day": step.day.isoformat(),
        "title": say(job.titles[job.clause]),
        "note": f"（{note}）" if note else "",
    }
    if not is_ladder:
        return say("{day} {title}{note}", **given)
    return say("{day} {title}{note}，第{n}次", **given, n=step.number)
