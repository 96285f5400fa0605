"""Lost orders as the register of lost orders proves them: what is missing, which are accepted, and from which day."""

from __future__ import annotations

from datetime import date

import pandas as pd

CONFIRMATIONS = {"客户经理回访日期": "客户经理回访确认", "设计部经理确认日期": "设计部经理确认"}
EXPLANATION = ("客户去向", "客户陈述原因", "设计师陈述原因", "情况说明")
WENT_ELSEWHERE, WITHDREW = "签约他司", "签约后退单"


def judged(lost: pd.DataFrame, as_of: date) -> pd.DataFrame:
    """The rows of `lost_orders` with what follows from each on the as-of day (REN-L1 to REN-L4).

    Added columns: missing (texts joined by 、, empty where nothing is), misfit (complete, but measured and neither
    signed elsewhere nor withdrawn; or withdrawn and never measured), accepted (boolean), loss_date (datetime).
    A confirmation dated after the as-of day is not there yet.
    """
    today = pd.Timestamp(as_of)
    missing = pd.Series("", index=lost.index, dtype="object")
    for column in EXPLANATION:
        missing = missing.mask(lost[column].isna(), missing + "、" + column)
    for column, name in CONFIRMATIONS.items():
        missing = missing.mask(~(lost[column] <= today), missing + "、" + name)
    measured = lost["是否量房"].fillna(False).astype(bool)
    destination = lost["客户去向"]
    misfit = (measured & ~destination.isin([WENT_ELSEWHERE, WITHDREW])) | (~measured & (destination == WITHDREW))
    return lost.assign(
        missing=missing.str.removeprefix("、"),
        misfit=misfit & destination.notna(),
        accepted=(missing == "") & ~misfit,
        loss_date=lost["客户经理回访日期"],
    )


def order_ends(contracts: pd.DataFrame, lost: pd.DataFrame, as_of: date) -> pd.DataFrame:
    """When each order came to its end, signed or accepted as lost: indexed by 咨询编号, columns end and _ref."""
    signed = contracts.loc[contracts["咨询编号"].notna(), ["咨询编号", "签订日期", "_ref"]]
    gone = judged(lost, as_of)
    gone = gone.loc[gone["accepted"], ["咨询编号", "loss_date", "_ref"]]
    ends = pd.concat(
        [signed.set_axis(["order", "end", "_ref"], axis=1), gone.set_axis(["order", "end", "_ref"], axis=1)]
    )
    ends = ends.sort_values(["end", "_ref"], kind="stable").drop_duplicates("order")
    return ends.set_index("order")
