"""The owner of each order, as the attribution clauses decided and managers left it standing."""

from __future__ import annotations

import pandas as pd

from processor.rules.job import Job


def decided_owners(job: Job) -> pd.DataFrame:
    """Indexed by 咨询编号: staff_no, decision_id, status and _ref of its attribution; revoked ones are no owner."""
    lines = job.decisions[(job.decisions["effect"] == "attribute") & (job.decisions["status"] != "revoked")]
    return lines.drop_duplicates("subject").set_index("subject")[["staff_no", "decision_id", "status", "_ref"]]
