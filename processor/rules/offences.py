"""Several fines that meet on one form, of which only one may take the amount that the form records."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from processor.catalogue.outcome import Outcome
from processor.model import Finding, Text, say
from processor.rules.job import Job
from processor.rules.outcomes import Occurrence, decide

RECORDED = "罚款金额"


@dataclass(frozen=True)
class Offence:
    """One breach on a form. outcome: as the pack binds it, with its `clause`; payer: header of who pays (工号).

    fallback: header of who pays where `payer` is blank.
    """

    what: Text
    outcome: Outcome
    payer: str
    column: str
    part: str = ""
    fallback: str = ""
    readings: tuple[str, ...] = ()

    @property
    def clause(self) -> str:
        return self.outcome.clause


def settle(job: Job, row: Mapping[str, Any], offences: Sequence[Offence], *, subject: str, day: str) -> list[Finding]:
    """The fines of one form. The recorded 罚款金额 counts for the offence with the highest floor, the others take theirs.

    Where no offence is an 'or more', it is compared with the dearest one. subject, day: headers of the form's key and date.
    """
    when = row[day].date()
    takers = [offence for offence in offences if offence.outcome.or_more] or offences
    taker = max(takers, key=lambda offence: _floor(offence, when), default=None)
    findings: list[Finding] = []
    for offence in offences:
        occurrence = Occurrence(
            clause=offence.clause,
            staff_no=row[offence.payer] or (row[offence.fallback] if offence.fallback else None) or "",
            date=when,
            subject=row[subject],
            what=offence.what,
            row=row["_ref"],
            evidence=(row["_ref"],),
            column=offence.column,
            recorded_amount=row[RECORDED] if offence is taker else None,
            readings=offence.readings,
        )
        made = decide(job, occurrence, [offence.outcome]) if occurrence.staff_no else [_nobody(occurrence, offence)]
        findings.extend(replace(finding, part=offence.part + finding.part) for finding in made)
    return findings


def _floor(offence: Offence, day: date) -> int:
    return offence.outcome.amount.at(day) if offence.outcome.amount is not None else 0


def _nobody(occurrence: Occurrence, offence: Offence) -> Finding:
    return Finding(
        clause=occurrence.clause,
        effect="flag",
        date=occurrence.date,
        subject=occurrence.subject,
        text=say("{what}，应予罚款，但没有填写{payer}，请补填", what=occurrence.what, payer=offence.payer),
        row=occurrence.row,
        column=offence.payer,
        evidence=occurrence.evidence,
        part="payer",
    )
