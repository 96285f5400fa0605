"""Work plans, owed by everyone once a half-year (工作计划登记表)."""

from __future__ import annotations

import pandas as pd

from processor.calendars import window_key, window_range
from processor.catalogue.parameter import Parameter
from processor.model import Finding, say
from processor.rules.declared import reads
from processor.rules.job import Job, records
from processor.rules.remarks import remark


@reads(work_plans="提出日期 负责人工号")
def handed_in(job: Job, *, window: str, exempt: Parameter) -> list[Finding]:
    """Flag who handed in no plan in a window that is over, if the unit delivered any plan of it (G14).

    Owed by everyone employed throughout the window whose 岗位 is not in `exempt`.
    """
    rows = job.facts["work_plans"]
    keys = rows["提出日期"].map(lambda day: window_key(day.date(), window)).astype("str")
    authors = set(zip(rows["负责人工号"], keys, strict=True))
    findings = []
    for key in sorted(set(keys)):
        first, last = (pd.Timestamp(day) for day in window_range(key, window))
        if last.date() > job.as_of:
            continue
        staff = job.staff(last.date())
        staff = staff[~staff["岗位"].isin(exempt.at(last.date()))]
        stayed = (staff["入职日期"] <= first) & (staff["离职日期"].isna() | (staff["离职日期"] >= last))
        for row in records(staff[stayed]):
            if (row["工号"], key) not in authors:
                given = {"first": f"{first:%Y-%m-%d}", "last": f"{last:%Y-%m-%d}"}
                text = say("{name}在{first}至{last}期间没有交工作计划", name=row["姓名"], **given)
                subject = f"{row['工号']}|{key}"
                findings.append(
                    remark(job, row, text, day=last.date(), subject=subject, staff_no=row["工号"], readings=("G14",))
                )
    return findings
