"""The front desk's telephone: answered in time and noted down clearly (电话接听登记表)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from processor.catalogue.outcome import Outcome
from processor.catalogue.parameter import Parameter
from processor.model import Finding, Text, joined, say
from processor.rules.declared import reads
from processor.rules.job import Job, records
from processor.rules.outcomes import Occurrence, decide


@reads(calls="通话编号 来电时间 接听人工号 应接人工号 振铃次数 记录是否清晰")
def telephone(job: Job, *, rings: Parameter, outcomes: Sequence[Outcome]) -> list[Finding]:
    """Calls answered after more than `rings` rings, or with an unclear record (REN-F3).

    A call that nobody answered is charged to whoever should have; it has no record that could be unclear.
    """
    rows = job.facts["calls"]
    answered = rows["接听人工号"].notna()
    rows = rows.assign(
        staff_no=rows["接听人工号"].fillna(rows["应接人工号"]),
        late=(rows["振铃次数"] > rings.column(rows["来电时间"])).fillna(False).astype(bool),
        unclear=answered & ~rows["记录是否清晰"].fillna(True).astype(bool),
    )
    hits = rows[(rows["late"] | rows["unclear"]) & rows["staff_no"].notna()]
    hits = hits[job.in_scope(hits["staff_no"], hits["来电时间"])]
    return [finding for row in records(hits) for finding in decide(job, _occurrence(job, row, rings), outcomes)]


def _occurrence(job: Job, row: Mapping[str, Any], rings: Parameter) -> Occurrence:
    day = row["来电时间"].date()
    faults: list[Text] = []
    if row["late"]:
        template = say("响铃{n}声，超过{limit}声", n=row["振铃次数"], limit=rings.at(day))
        faults.append(template if row["接听人工号"] else say("{late}，无人接听", late=template))
    if row["unclear"]:
        faults.append(say("记录不清晰"))
    return Occurrence(
        clause=job.clause,
        staff_no=row["staff_no"],
        date=day,
        subject=row["通话编号"],
        what=say("{day} 来电{call}{faults}", day=day.isoformat(), call=row["通话编号"], faults=joined(faults, "，")),
        row=row["_ref"],
        evidence=(row["_ref"],),
        column="振铃次数" if row["late"] else "记录是否清晰",
    )
