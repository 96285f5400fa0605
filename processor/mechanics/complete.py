"""缺项: each row on which a column that must be filled is blank; the sentence names every one of them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import pandas as pd

from processor.catalogue.provision import Provision
from processor.mechanics.consequence import follow, hits
from processor.mechanics.rows import SUBJECT, said, that_hold, took_place
from processor.model import Finding
from processor.rules.job import Job

DEFAULT = "{日期} {条款}：{编号}缺少{缺项}"


def decide(job: Job, provision: Provision) -> list[Finding]:
    """What follows from each row with a blank part; the first blank one is the judged cell.

    A part whose column no sheet of the site ever had is missing nowhere: that proves nothing (G20).
    """
    rows, parts = that_hold(job, provision), [part for part in provision.parts if _is_delivered(job, provision, part)]
    if rows.empty or not parts:
        return []
    tests = [([part], partial(_blank, [part])) for part in parts]
    unread = took_place(job, provision, tests)
    findings: list[Finding] = []
    for hit in hits(job, provision, rows[_blank(parts, rows)], unread=unread):
        missing = [part for part in parts if hit.row[part] is None]
        words = {"缺项": "、".join(missing), "编号": hit.row[SUBJECT], "第几次": hit.number or 1}
        findings += follow(job, provision, hit, said(job, provision, hit.row, DEFAULT, **words), cell=missing[0])
    return findings


def _is_delivered(job: Job, provision: Provision, part: str) -> bool:
    register = provision.register
    return register is None or part not in register.headers or job.has_column(register.name, part)


def _blank(parts: Sequence[str], rows: pd.DataFrame) -> pd.Series:
    return rows[list(parts)].isna().any(axis=1)
