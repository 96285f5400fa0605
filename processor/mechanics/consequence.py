"""From a row (or a window) that a mechanic found to the findings that its outcomes yield, ladders included (G4)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import pandas as pd

from processor.catalogue.provision import Provision
from processor.mechanics.lookups import FOUND
from processor.mechanics.rows import DAY, SUBJECT, WHO
from processor.model import Finding, Text
from processor.rules.job import Job, records
from processor.rules.ladder import climb
from processor.rules.outcomes import Occurrence, decide


@dataclass(frozen=True)
class Hit:
    """One thing found: the row, its number in the ladder (None without one), and the refs of all rows that counted."""

    row: dict[str, Any]
    day: date
    number: int | None
    evidence: tuple[int, ...]
    steps: tuple[Text, ...] = ()


def hits(
    job: Job,
    provision: Provision,
    rows: pd.DataFrame,
    window: str | None = None,
    unread: pd.DataFrame | None = None,
) -> Iterator[Hit]:
    """The rows in order, numbered by employee in the window of the provision's ladder (or this one) where it has one.

    unread: rows that are a step although not all of their cells could be read (`took_place`); they are not told.
    """
    if not provision.is_ladder:
        for row in records(rows):
            yield Hit(row, row[DAY].date(), None, (int(row["_ref"]),))
        return
    ladder = provision.window if window is None else window
    climbed = climb(
        job, rows, clause=job.clause, staff=WHO, day=DAY, subject=SUBJECT, window=ladder or "ever", unread=unread
    )
    for step in climbed:
        yield Hit(step.row, step.day, step.number, step.evidence, step.steps)


def follow(
    job: Job,
    provision: Provision,
    hit: Hit,
    what: Text,
    *,
    cell: str = "",
    readings: tuple[str, ...] = (),
    evidence: tuple[int, ...] = (),
    excess: float = 0,
    excess_unit: int = 0,
) -> list[Finding]:
    """What follows from one hit (about no row where nothing was delivered): the outcomes of its step, the last step for all later ones.

    cell: header of the judged cell; evidence: refs beside those of the hit.
    """
    number = hit.number or 1
    outcomes = provision.steps[min(number, len(provision.steps)) - 1]
    if hit.row[WHO] and any(o.wage or o.bonus or o.wage_days is not None for o in outcomes):
        evidence = (*evidence, job.roster_ref(hit.row[WHO], hit.day))
    occurrence = Occurrence(
        clause=job.clause,
        staff_no=hit.row[WHO] or "",
        date=hit.day,
        subject=hit.row[SUBJECT],
        what=what,
        row=None if hit.row["_ref"] is None else int(hit.row["_ref"]),
        evidence=tuple(dict.fromkeys((*hit.evidence, *(hit.row.get(FOUND) or ()), *evidence))),
        column=provision.cell or cell,
        number=hit.number,
        steps=hit.steps,
        readings=(*provision.readings, *readings, *(("G4",) if hit.number else ())),
        part=provision.part,
        excess=excess,
        excess_unit=excess_unit,
        money=_money(provision, hit.row),
        recorded_amount=_recorded(provision, hit.row),
        says_all=True,
    )
    made = decide(job, occurrence, outcomes)
    until = hit.row.get(provision.due) if provision.due else None
    return made if until is None else [replace(finding, due=until.date()) for finding in made]


def _money(provision: Provision, row: Mapping[str, Any]) -> dict[str, int | None]:
    named = {outcome.of for outcome in provision.outcomes if outcome.of}
    return {header: None if row.get(header) is None else int(row[header]) for header in named}


def _recorded(provision: Provision, row: Mapping[str, Any]) -> int | None:
    amount = row.get(provision.recorded)
    takes = any(outcome.takes_recorded_amount for outcome in provision.outcomes)
    return abs(int(amount)) if takes and amount is not None else None
