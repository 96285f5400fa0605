"""The mechanics by which clauses are decided: each a pure function of a job and a provision, none knows a clause."""

from __future__ import annotations

from collections.abc import Callable, Mapping

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
    "runs": runs.decide,
    "ranking": ranking.decide,
    "share": share.decide,
    "commission": commission.decide,
    "joint": joint.decide,
}

#: mechanic -> further registers and columns that it reads beside those that a provision names
ALSO_READ: Mapping[str, Mapping[str, frozenset[str]]] = {"owed": owed.ALSO_READ, "joint": joint.ALSO_READ}


def decide(job: Job, provision: Provision) -> list[Finding]:
    """What the provision's mechanic finds in the job's facts."""
    return BY_NAME[provision.mechanic](job, provision)
