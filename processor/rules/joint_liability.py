"""What superiors bear for their people: the person responsible (a fixed sum) and the supervisor (a multiple)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from processor.catalogue.parameter import Parameter
from processor.model import PAID_STATUSES, Finding, Text, say, yuan
from processor.rules.declared import reads
from processor.rules.job import Job, records
from processor.rules.ladder import climb

SUPERVISOR = "直接主管工号"


@reads(
    lambda args: {"discipline": frozenset(args.get("group", ()))},
    discipline="登记编号 日期 工号 条款编号 责任主管工号",
)
def responsible(
    job: Job, *, amount: Parameter, fined_steps: Parameter, window: str, group: Sequence[str] = ()
) -> list[Finding]:
    """A fixed fine on the person responsible for each breach that is itself fined (the first `fined_steps` of a ladder).

    Responsible is who 责任主管工号 of the row names, else the direct supervisor; each line hangs on the offender's fine
    (same clause, subject; effect fine) and is marked as in doubt (G7). No supervisor known: a flag.
    window, group: as for the clause's ladder.
    """
    rows, unread = (
        of.assign(**{name: of[name].fillna("") for name in group})[of["条款编号"] == job.clause]
        for of in (job.facts["discipline"], job.left_out.get("discipline", job.facts["discipline"].iloc[:0]))
    )
    climbed = climb(
        job,
        rows,
        clause=job.clause,
        staff="工号",
        day="日期",
        subject="登记编号",
        window=window,
        group=group,
        unread=unread,
    )
    findings = []
    for step in climbed:
        if step.number > fined_steps.at(step.day):
            continue
        row = step.row
        staff_no = row["责任主管工号"] or _supervisor(job, row["工号"], step.day)
        line = {"day": step.day, "subject": row["登记编号"], "offender": row["工号"], "_ref": row["_ref"]}
        hangs_on = (job.clause, "fine", row["登记编号"], row["工号"], "")
        if staff_no is None:
            findings.append(_no_supervisor(job, line, hangs_on=hangs_on))
            continue
        text = say(
            "{day} 下属{name}违规（登记编号{no}），责任人{superior}同担责任，罚款{yuan}元；“责任人”按主管理解，有疑义",
            day=step.day.isoformat(),
            name=job.name_of(row["工号"]),
            no=row["登记编号"],
            superior=job.name_of(staff_no),
            yuan=yuan(amount.at(step.day)),
        )
        made = _fine(
            job, line, staff_no, text, -amount.at(step.day), readings=("G7",), hangs_on=hangs_on, part="责任人"
        )
        findings.append(made)
    return findings


@reads(discipline="工号")
def supervisor(job: Job, *, times: Parameter) -> list[Finding]:
    """`times` the current amount of each fine that the binding's `after` decided, on the offender's direct supervisor.

    Final once the cause is, until then waiting with it; a revoked cause takes the line along. One level only.
    """
    causes = job.decisions[job.decisions["effect"] == "fine"]
    findings = []
    for cause in records(causes):
        line = {**cause, "day": cause["date"].date(), "offender": cause["staff_no"]}
        staff_no = _supervisor(job, cause["staff_no"], line["day"])
        if staff_no is None:
            if cause["status"] != "revoked":
                findings.append(_no_supervisor(job, line, cause=cause["decision_id"]))
            continue
        factor = times.at(line["day"])
        amount = None if cause["amount"] is None else int(cause["amount"]) * factor
        text = _supervisor_text(job, line, staff_no, amount, factor)
        status = _status(cause["status"])
        findings.append(_fine(job, line, staff_no, text, amount, status=status, cause=cause["decision_id"]))
    return findings


def _status(cause: str) -> str | None:
    """None lets the line be final by its effect."""
    if cause in PAID_STATUSES:
        return None
    return "revoked" if cause == "revoked" else "needs_confirmation"


def _supervisor_text(job: Job, line: Mapping[str, Any], staff_no: str, amount: int | None, factor: int) -> Text:
    given = {
        "day": line["day"].isoformat(),
        "name": job.name_of(line["offender"]),
        "title": say(job.titles[line["clause"]]),
        "superior": job.name_of(staff_no),
        "n": factor,
    }
    if amount is None:
        return say("{day} 下属{name}因{title}被罚款，主管{superior}连带{n}倍，金额待原罚款确定", **given)
    return say(
        "{day} 下属{name}因{title}被罚款{own}元，主管{superior}连带{n}倍，罚款{yuan}元",
        **given,
        own=yuan(abs(amount) // factor),
        yuan=yuan(abs(amount)),
    )


def _supervisor(job: Job, staff_no: str, day: date) -> str | None:
    """The direct supervisor, None where the roster names none or does not know him."""
    found = job.roster_value(staff_no, SUPERVISOR, day)
    return found if found in job.roster else None


def _fine(job: Job, line: Mapping[str, Any], staff_no: str, text: Text, amount: int | None, **fields: Any) -> Finding:
    return Finding(
        clause=job.clause,
        effect="fine",
        date=line["day"],
        subject=line["subject"],
        text=text,
        staff_no=staff_no,
        amount=amount,
        row=line["_ref"],
        column="工号",
        evidence=(line["_ref"], job.roster_ref(line["offender"], line["day"])),
        **fields,
    )


def _no_supervisor(job: Job, line: Mapping[str, Any], **link: Any) -> Finding:
    text = say(
        "{day} {name}被罚款（登记编号{no}），花名册中没有他的直接主管，连带责任无法落实，请补填花名册",
        day=line["day"].isoformat(),
        name=job.name_of(line["offender"]),
        no=line["subject"],
    )
    return Finding(
        clause=job.clause,
        effect="flag",
        date=line["day"],
        subject=line["subject"],
        text=text,
        staff_no=line["offender"],
        row=line["_ref"],
        column="工号",
        evidence=(line["_ref"], job.roster_ref(line["offender"], line["day"])),
        part="责任人",
        **link,
    )
