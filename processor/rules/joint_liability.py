"""What the person responsible bears for a breach beside whoever committed it: a fixed sum (TS-1)."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from processor.catalogue.parameter import Parameter
from processor.model import Finding, say, yuan
from processor.rules.declared import reads
from processor.rules.job import Job
from processor.rules.ladder import Step, climb


@reads(
    lambda args: {"discipline": frozenset(args.get("group", ()))},
    discipline="登记编号 日期 工号 条款编号 责任主管工号",
)
def responsible(
    job: Job, *, amount: Parameter, fined_steps: Parameter, window: str, group: Sequence[str] = ()
) -> list[Finding]:
    """A fixed fine on the person responsible for each breach that is itself fined (the first `fined_steps` of a ladder) (TS-1).

    Responsible is who 责任主管工号 of the row names, else the direct supervisor; each line hangs on the offender's fine
    (same clause, subject; effect fine) and is marked as in doubt (G7). No supervisor known: a flag.
    window, group: as for the clause's ladder.
    """
    rows = job.facts["discipline"]
    climbed = climb(
        job,
        _of_clause(job, rows, group),
        clause=job.clause,
        staff="工号",
        day="日期",
        subject="登记编号",
        window=window,
        group=group,
        unread=_of_clause(job, job.left_out.get("discipline", rows.iloc[:0]), group),
    )
    return [_line(job, step, amount.at(step.day)) for step in climbed if step.number <= fined_steps.at(step.day)]


def _of_clause(job: Job, rows: pd.DataFrame, group: Sequence[str]) -> pd.DataFrame:
    """The rows that name the clause; a blank in a column of `group` is a group, too."""
    own = rows[rows["条款编号"] == job.clause]
    return own.assign(**{name: own[name].fillna("") for name in group})


def _line(job: Job, step: Step, amount: int) -> Finding:
    """The fine on whoever is responsible for one breach, or the flag that nobody is known."""
    row, offender = step.row, step.row["工号"]
    superior = job.roster_value(offender, "直接主管工号", step.day)
    who = row["责任主管工号"] or (superior if superior in job.roster else None)
    given = {"day": step.day.isoformat(), "name": job.name_of(offender), "no": row["登记编号"]}
    if who is None:
        text = say(
            "{day} {name}被罚款（登记编号{no}），花名册中没有他的直接主管，连带责任无法落实，请补填花名册", **given
        )
    else:
        template = (
            "{day} 下属{name}违规（登记编号{no}），责任人{superior}同担责任，罚款{yuan}元；“责任人”按主管理解，有疑义"
        )
        text = say(template, superior=job.name_of(who), yuan=yuan(amount), **given)
    return Finding(
        clause=job.clause,
        effect="flag" if who is None else "fine",
        date=step.day,
        subject=row["登记编号"],
        text=text,
        staff_no=offender if who is None else who,
        amount=None if who is None else -amount,
        readings=() if who is None else ("G7",),
        row=row["_ref"],
        column="工号",
        part="责任人",
        evidence=(row["_ref"], job.roster_ref(offender, step.day)),
        hangs_on=(job.clause, "fine", row["登记编号"], offender, ""),
    )
