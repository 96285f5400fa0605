"""连带: for each line of other clauses, the person responsible or the superior bears something too; it falls with its cause."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pandas as pd

from processor.catalogue.outcome import MONEY, Outcome
from processor.catalogue.provision import Provision
from processor.mechanics.rows import said
from processor.model import INFO_EFFECTS, PAID_STATUSES, Finding, Text, joined, say, yuan
from processor.rules.job import Job, records

SUPERIOR, RESPONSIBLE = "直接主管工号", "责任主管工号"
DEFAULT = "{日期} 下属{下属}{原条款}，{姓名}{条款}"


def also_read(provision: Provision) -> Mapping[str, frozenset[str]]:
    """What it reads of the rows from which its causes follow."""
    assert provision.beside is not None
    return {provision.beside.name: frozenset({*provision.beside.about, *([RESPONSIBLE] * provision.responsible)})}


def decide(job: Job, provision: Provision) -> list[Finding]:
    """One line a cause and outcome on who is answerable: 责任主管工号 of the cause's row, else the roster's superior.

    Nobody is where it could not be read whom the row names.

    `times` without an amount multiplies the cause's money; other outcomes follow from every cause that is no remark.
    Final once the cause is, until then waiting with it; a revoked cause takes the line along. Nobody known: a flag.
    """
    assert provision.beside is not None
    register = provision.beside.name
    named = _responsible(job.facts[register]) if provision.responsible else {}
    unclear = frozenset(job.left_out[register]["_ref"]) if register in job.left_out else frozenset()
    findings: list[Finding] = []
    for cause in records(job.decisions):
        if provision.responsible and cause["_ref"] in unclear:
            continue
        for outcome in provision.steps[0]:
            if _bears(cause, outcome):
                findings += _line(job, provision, cause, outcome, named)
    return findings


def _responsible(rows: pd.DataFrame) -> dict[int, str]:
    rows = rows[rows[RESPONSIBLE].notna()] if RESPONSIBLE in rows else rows.iloc[:0]
    return {int(ref): str(who) for ref, who in zip(rows["_ref"], rows.get(RESPONSIBLE, pd.Series()), strict=True)}


def _bears(cause: Mapping[str, Any], outcome: Outcome) -> bool:
    """Whether the cause is of the kind that the outcome follows from."""
    if outcome.times is not None and outcome.amount is None:
        taken = cause["effect"] in MONEY and (cause["amount"] is None or cause["amount"] < 0)
        return taken and cause["effect"] != "commission_void"
    return cause["effect"] not in INFO_EFFECTS - {"warning"} and not (cause["amount"] or 0) > 0


def _line(
    job: Job, provision: Provision, cause: Mapping[str, Any], outcome: Outcome, named: Mapping[int, str]
) -> list[Finding]:
    """What whoever is answerable bears for one cause; a flag on the employee where nobody is known."""
    day, offender = cause["date"].date(), cause["staff_no"]
    row = int(cause["_ref"]) if cause["_ref"] is not None else None
    who = (named.get(row) if row is not None else None) or job.roster_value(offender, SUPERIOR, day)
    roster = job.roster_ref(offender, day) if offender in job.roster else None
    given: dict[str, Any] = {
        "clause": job.clause,
        "date": day,
        "subject": cause["subject"],
        "row": row,
        "evidence": tuple(ref for ref in (row, roster) if ref is not None),
        "cause": cause["decision_id"],
    }
    if who is None or who not in job.roster:
        if cause["status"] == "revoked":
            return []
        return [
            Finding(effect="flag", text=_nobody(job, cause), staff_no=offender, part=f"{provision.part}责任人", **given)
        ]
    amount = _amount(cause, outcome, day)
    return [
        Finding(
            effect=outcome.effect,
            text=_text(_what(job, provision, cause, who), outcome, amount, day),
            staff_no=who,
            amount=amount,
            points="" if outcome.points is None else ("+" if outcome.reward else "-") + outcome.points.at(day),
            status=_status(cause["status"]),
            part=provision.part,
            **given,
        )
    ]


def _nobody(job: Job, cause: Mapping[str, Any]) -> Text:
    template = "{day} {name}因{title}受到处理，花名册中没有他的直接主管，连带责任无法落实，请补填花名册"
    name = job.name_of(cause["staff_no"])
    return say(template, day=cause["date"].date().isoformat(), name=name, title=_title(job, cause))


def _what(job: Job, provision: Provision, cause: Mapping[str, Any], who: str) -> Text:
    """The provision's sentence about a cause and whoever answers for it."""
    day, amount = cause["date"].date(), cause["amount"]
    return said(
        job,
        provision,
        None,
        DEFAULT,
        day=day,
        日期=day.isoformat(),
        姓名=job.name_of(who),
        下属=job.name_of(cause["staff_no"]),
        原条款=_title(job, cause),
        原金额=say("（金额待定）") if amount is None else say("{yuan}元", yuan=yuan(abs(amount))),
    )


def _title(job: Job, cause: Mapping[str, Any]) -> Text:
    return say(job.titles.get(cause["clause"], cause["clause"]))


def _amount(cause: Mapping[str, Any], outcome: Outcome, day: Any) -> int | None:
    if outcome.effect not in MONEY:
        return None
    if outcome.amount is not None:
        return -int(outcome.amount.at(day))
    if outcome.times is None or cause["amount"] is None:
        return None
    whole = Decimal(int(cause["amount"])) * Decimal(str(outcome.times.at(day)))
    return int(whole.quantize(Decimal(1), ROUND_HALF_UP))


def _text(what: Text, outcome: Outcome, amount: int | None, day: Any) -> Text:
    if outcome.effect in MONEY:
        if amount is None:
            return say("{what}，金额待原处理确定", what=what)
        return say("{what}，罚款{yuan}元", what=what, yuan=yuan(abs(amount)))
    if outcome.points is not None:
        return say("{what}，记{points}点", what=what, points=outcome.points.at(day))
    return joined([what, say(outcome.action)], "，") if outcome.action else what


def _status(cause: str) -> str | None:
    """None lets the line have the status of its effect."""
    if cause in PAID_STATUSES or cause == "info":
        return None
    return "revoked" if cause == "revoked" else "needs_confirmation"
