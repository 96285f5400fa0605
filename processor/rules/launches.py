"""New products: every agent is trained before they go on sale (新品上线登记表)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from processor.model import Finding, say
from processor.rules.declared import reads
from processor.rules.job import Job, records
from processor.rules.remarks import remark
from processor.rules.workforce import employed_on


@reads(launches="上线编号 产品名称 上线日期", trainings="日期 工号 出勤 产品名称")
def trained(job: Job) -> list[Finding]:
    """Each agent in scope without training on the product: a remind until 上线日期, a flag from the next day (OR-5, TB-L1).

    Only those employed on 上线日期. A training after it does not undo the breach.
    """
    trainings = job.facts["trainings"]
    there = trainings[(trainings["出勤"] == "出勤") & trainings["产品名称"].notna()]
    findings = []
    for launch in records(job.facts["launches"]):
        day = launch["上线日期"].date()
        trained_before = there[(there["产品名称"] == launch["产品名称"]) & (there["日期"] <= launch["上线日期"])]
        staff = job.staff(day)
        owing = staff[employed_on(staff, day) & ~staff.index.isin(trained_before["工号"])]
        findings += [_untrained(job, launch, person) for person in records(owing.sort_index())]
    return findings


def _untrained(job: Job, launch: Mapping[str, Any], person: Mapping[str, Any]) -> Finding:
    """A remind of one employee until the product is on sale, a flag from the next day on."""
    day = launch["上线日期"].date()
    over = day < job.as_of
    given = {"name": person["姓名"], "product": launch["产品名称"], "day": day.isoformat()}
    if over:
        text = say("{product}已在{day}上线，{name}上线前没有参加培训", **given)
    else:
        text = say("{product}将在{day}上线，{name}还没有参加培训，请在上线前安排", **given)
    return remark(
        job,
        launch,
        text,
        day=day,
        subject=f"{launch['上线编号']}|{person['工号']}",
        staff_no=person["工号"],
        effect="flag" if over else "remind",
        column="上线日期",
        evidence=(int(person["_ref"]),),
        readings=("G21",),
        due=day,
    )
