"""The mechanics by which clauses are decided: each a pure function of a job and a provision, none knows a clause."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pandas as pd

from processor.catalogue.provision import Provision
from processor.mechanics import (
    commission,
    complete,
    deadline,
    faults,
    joint,
    limit,
    owed,
    procedure,
    ranking,
    recorded,
    recurring,
    runs,
    share,
    statement,
    where,
)
from processor.model import Finding
from processor.rules.job import Job

Mechanic = Callable[[Job, Provision], list[Finding]]

BY_NAME: Mapping[str, Mechanic] = {
    "recorded": recorded.decide,
    "where": where.decide,
    "limit": limit.decide,
    "deadline": deadline.decide,
    "complete": complete.decide,
    "faults": faults.decide,
    "procedure": procedure.decide,
    "statement": statement.decide,
    "owed": owed.decide,
    "recurring": recurring.decide,
    "runs": runs.decide,
    "ranking": ranking.decide,
    "share": share.decide,
    "commission": commission.decide,
    "joint": joint.decide,
}


def also_read(provision: Provision) -> Mapping[str, frozenset[str]]:
    """Further registers and columns that a mechanic reads beside those that the provision names."""
    if provision.mechanic == "joint":
        return joint.also_read(provision)
    return owed.also_read(provision) if provision.mechanic == "owed" else {}


def has_basis(provision: Provision, clause: str, facts: Mapping[str, pd.DataFrame]) -> bool:
    """Whether the provision may find anything in these facts, as far as a glance tells; True in doubt."""
    if provision.mechanic == "recorded" and provision.register is not None:
        return recorded.names(facts[provision.register.name], clause)
    return True


def basis(job: Job, provision: Provision) -> pd.DataFrame | None:
    """The rows on each of which something follows by itself: their ids, then all that decides what, words apart.

    None where rows are looked at together, where the words matter too, or where the mechanic does not say.
    """
    told = any(outcome.effect == "classify" for outcome in provision.outcomes)
    return None if provision.mechanic != "where" or provision.is_ladder or told else where.basis(job, provision)


def decide(job: Job, provision: Provision) -> list[Finding]:
    """What the provision's mechanic finds in the job's facts."""
    return BY_NAME[provision.mechanic](job, provision)
