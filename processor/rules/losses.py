"""Lost orders as the register of lost orders proves them: what is missing, which are accepted, and from which day."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from processor.catalogue.parameter import Parameter
from processor.rules.job import Job, among

#: who confirms -> (day of the confirmation, what it is called); the customer manager's call comes first
CONFIRMATIONS = {
    "客户经理工号": ("客户经理回访日期", "客户经理回访确认"),
    "设计部经理工号": ("设计部经理确认日期", "设计部经理确认"),
}
#: who confirms -> the posts that may
Confirmers = Mapping[str, Parameter]
#: columns of `lost_orders` that say whether a loss is accepted
LOSS = (
    "咨询编号 是否量房 客户经理工号 客户经理回访日期 设计部经理工号 设计部经理确认日期 "
    "客户去向 客户陈述原因 设计师陈述原因 情况说明"
)
EXPLANATION = ("客户去向", "客户陈述原因", "设计师陈述原因", "情况说明")
WENT_ELSEWHERE, WITHDREW = "签约他司", "签约后退单"


def judged(job: Job, confirmers: Confirmers) -> pd.DataFrame:
    """The rows of `lost_orders` with what follows from each on the as-of day (REN-L1 to REN-L4).

    Added columns: missing (texts joined by 、, empty where nothing is), misfit (complete, but measured and neither
    signed elsewhere nor withdrawn; or withdrawn and never measured), accepted (boolean), loss_date (datetime),
    disordered (the design manager confirmed before the customer manager called).
    A confirmation dated after the as-of day is not there yet; one by an employee who held none of the posts on that
    day is none, and he is named.
    """
    lost, today = job.facts["lost_orders"], pd.Timestamp(job.as_of)
    said = np.full(len(lost), "", dtype=object)
    for column in EXPLANATION:
        said[lost[column].isna().to_numpy()] += f"、{column}"
    for who, (day, name) in CONFIRMATIONS.items():
        posts = job.roster_column(lost[who], "岗位", lost[day])
        strange = lost[who].notna() & ~among(posts, lost[day], confirmers[who])
        there = lost[day] <= today
        said[~there.to_numpy()] += f"、{name}"
        for place in np.flatnonzero((there & strange).to_numpy()):
            staff_no, post = lost[who].iloc[place], posts.iloc[place]
            held = "" if pd.isna(post) else post
            said[place] += f"、{name}（{job.roster.names.get(staff_no, '')}是{held}，无权确认）"
    missing = pd.Series(said, index=lost.index, dtype="object")
    called, agreed = (lost[day] for day, _ in CONFIRMATIONS.values())
    measured = lost["是否量房"].fillna(False).astype(bool)
    destination = lost["客户去向"]
    misfit = (measured & ~destination.isin([WENT_ELSEWHERE, WITHDREW])) | (~measured & (destination == WITHDREW))
    return lost.assign(
        missing=missing.str.removeprefix("、"),
        misfit=misfit & destination.notna(),
        accepted=(missing == "") & ~misfit,
        loss_date=called,
        disordered=agreed < called,
    )


def order_ends(job: Job, confirmers: Confirmers) -> pd.DataFrame:
    """When each order came to its end, signed or accepted as lost: indexed by 咨询编号, columns end and _ref."""
    contracts = job.facts["contracts"]
    signed = contracts.loc[contracts["咨询编号"].notna(), ["咨询编号", "签订日期", "_ref"]]
    ends = signed.set_axis(["order", "end", "_ref"], axis=1)
    if len(job.facts["lost_orders"]):
        gone = judged(job, confirmers)
        gone = gone.loc[gone["accepted"], ["咨询编号", "loss_date", "_ref"]]
        ends = pd.concat([ends, gone.set_axis(["order", "end", "_ref"], axis=1)])
    ends = ends.sort_values(["end", "_ref"], kind="stable").drop_duplicates("order")
    return ends.set_index("order")
