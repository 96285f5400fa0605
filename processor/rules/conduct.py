"""What a supervisor recorded in the register of rewards and penalties (奖惩登记表), by clause and gravity."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from processor.catalogue.outcome import Outcome
from processor.model import Finding, Text, say
from processor.rules.declared import Columns, reads
from processor.rules.job import Job
from processor.rules.ladder import Step, climb
from processor.rules.outcomes import Occurrence, decide

GRAVITY = ("轻微", "严重", "恶劣")
Ladder = Sequence[Sequence[Outcome]]


def _columns(args: Mapping[str, Any]) -> Columns:
    """The register's columns that say what happened; 违反规定 and 关联工号 where the binding asks for them."""
    named = {"登记编号", "条款编号", "工号", "日期", "情节", "数量", "金额", "点数", "说明", *args.get("group", ())}
    return {"discipline": frozenset(named | ({"关联工号"} if args.get("related") else set()))}


@reads(_columns)
def recorded(
    job: Job,
    *,
    outcomes: Mapping[str, Ladder],
    window: str = "ever",
    counts: str = "all",
    group: Sequence[str] = (),
    related: bool = False,
) -> list[Finding]:
    """Decide each row of `discipline` that names the clause.

    outcomes: gravity -> steps of its ladder, each a list of outcomes; the last step holds for all later ones; one step
        is no ladder. A gravity that is not named takes the next lighter one that is (G15).
    counts: `all` = every row of the clause is a step, `gravity` = each gravity has a ladder of its own.
    group: further columns that make ladders apart (违反规定).
    related: the employee of 关联工号 is decided like the one of 工号, once, unless a row of that day names him itself.
    """
    rows = job.facts["discipline"]
    rows = rows[rows["条款编号"] == job.clause]
    if related:
        rows = with_related(rows)
    if rows.empty:
        return []
    rows = rows.assign(gravity=rows["情节"].fillna(GRAVITY[0]).map(lambda name: _named(name, outcomes)))
    if group:
        rows = rows.assign(**{name: rows[name].fillna("") for name in group})
    longest = max(len(steps) for steps in outcomes.values())
    groups = [*group, "gravity"] if counts == "gravity" else list(group)
    findings: list[Finding] = []
    for step in climb(
        job, rows, clause=job.clause, staff="工号", day="日期", subject="登记编号", window=window, group=groups
    ):
        ladder = outcomes[step.row["gravity"]]
        chosen = ladder[min(step.number, len(ladder)) - 1]
        is_ladder = (len(ladder) if counts == "gravity" else longest) > 1
        what = _what(job, step.row, step.number if is_ladder else None, group)
        findings.extend(decide(job, _occurrence(job, step, what, is_ladder, len(outcomes) > 1), chosen))
    return findings


def with_related(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows, and each again for its 关联工号 where no row of that clause and day stands in that name already."""
    named = ["工号", "日期", "条款编号"]
    others = rows[rows["关联工号"].notna()].sort_values("登记编号", kind="stable")
    others = others.assign(工号=others["关联工号"]).drop_duplicates(named)
    present = pd.MultiIndex.from_frame(rows[named])
    return pd.concat([rows, others[~pd.MultiIndex.from_frame(others[named]).isin(present)]], ignore_index=True)


def _named(gravity: str, outcomes: Mapping[str, Ladder]) -> str:
    """The gravest named gravity that is not graver than the recorded one; the lightest named one if there is none."""
    upto = GRAVITY[: GRAVITY.index(gravity) + 1]
    named = [name for name in upto if name in outcomes]
    return named[-1] if named else next(name for name in GRAVITY if name in outcomes)


def _occurrence(job: Job, step: Step, what: Text, is_ladder: bool, by_gravity: bool) -> Occurrence:
    row = step.row
    readings = ("G15",) if by_gravity and not row["情节"] else ()
    return Occurrence(
        clause=job.clause,
        staff_no=row["工号"],
        date=step.day,
        subject=row["登记编号"],
        what=what,
        row=row["_ref"],
        evidence=step.evidence if is_ladder else (row["_ref"],),
        column="条款编号",
        number=step.number if is_ladder else None,
        steps=step.steps if is_ladder else (),
        quantity=1 if is_ladder else int(row["数量"] or 1),
        recorded_amount=None if row["金额"] is None else abs(row["金额"]),
        recorded_points=row["点数"] or "",
        readings=(*readings, "G4") if is_ladder else readings,
    )


def _what(job: Job, row: Mapping[str, Any], number: int | None, group: Sequence[str]) -> Text:
    title = say(job.titles[job.clause])
    day = row["日期"].date().isoformat()
    told = "，".join(dict.fromkeys(row[header] for header in (*group, "说明") if row[header]))
    note = f"（{told}）" if told else ""
    if number is None:
        return say("{day} {title}{note}", day=day, title=title, note=note)
    return say("{day} {title}{note}，第{n}次", day=day, title=title, note=note, n=number)
