"""Two shifts in a row because of a swap (CC-W3)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from processor.catalogue.parameter import Parameter
from processor.model import Finding, say
from processor.rules.declared import reads
from processor.rules.job import Job, records
from processor.rules.remarks import remark

DAY = pd.Timedelta(days=1)
GIVEN = {"原班日期": ("申请人工号", "对方工号"), "还班日期": ("对方工号", "申请人工号")}


@reads(duty="日期 工号 班次 开始时间 结束时间", swaps="换班编号 申请人工号 对方工号 原班日期 还班日期")
def two_in_a_row(job: Job, *, pause_minutes: Parameter) -> list[Finding]:
    """A flag on whoever works two shifts in a row because of a swap; needs the duty register (CC-W3).

    The duty register is the plan before swaps, or shows them already: the requester's shifts of 原班日期 go to the other party, the other
    party's of 还班日期 to the requester. In a row = on the same day without known times, or with at most pause_minutes
    between the end of one and the beginning of the other.
    """
    worked = _worked(job.facts["duty"], job.facts["swaps"])
    pairs = worked[worked["换班编号"].notna()].merge(worked, on="worker", suffixes=("", "_other"))
    pairs = pairs[pairs["_ref"] != pairs["_ref_other"]]
    minutes = pd.to_numeric(pause_minutes.column(pairs["日期"]), errors="coerce").fillna(0)
    gap = _gap(pairs)
    same_day = gap.isna() & (pairs["日期"] == pairs["日期_other"])
    close = pairs[(gap <= pd.to_timedelta(minutes, unit="min")) | same_day]
    return [_both(job, row) for row in records(close.drop_duplicates(["换班编号", "given", "worker"]))]


def _gap(pairs: pd.DataFrame) -> pd.Series:
    """The time between the end of the earlier shift of a pair and the beginning of the later one."""
    first_is_other = pairs["begin_other"] <= pairs["begin"]
    return (pairs["begin"] - pairs["end_other"]).where(first_is_other, pairs["begin_other"] - pairs["end"])


def _both(job: Job, row: Mapping[str, Any]) -> Finding:
    text = say(
        "{name}因换班（换班编号{no}）连上两个班：{day} {shift}和{other_day} {other_shift}",
        name=job.name_of(row["worker"]),
        no=row["换班编号"],
        day=f"{row['日期']:%Y-%m-%d}",
        shift=row["班次"],
        other_day=f"{row['日期_other']:%Y-%m-%d}",
        other_shift=row["班次_other"],
    )
    return remark(
        job,
        {"_ref": row["swap_ref"]},
        text,
        day=row["日期"].date(),
        subject=row["换班编号"],
        staff_no=row["worker"],
        column=row["given"],
        part=row["given"],  # both shifts of a swap may fall on one employee
        evidence=(row["_ref"], row["_ref_other"]),
    )


def _worked(duty: pd.DataFrame, swaps: pd.DataFrame) -> pd.DataFrame:
    """The duty rows with `worker` after all swaps, 换班编号, `given` and `swap_ref` where swapped, `begin` and `end`.

    Where the giver has no shift of that day in the plan, it shows the swap already: the taker's rows are the swapped ones.
    """
    handed = []
    for given, (giver, taker) in GIVEN.items():
        part = swaps[[giver, taker, given, "换班编号", "_ref"]].dropna(subset=[given])
        part = part.set_axis(["工号", "worker", "日期", "换班编号", "swap_ref"], axis=1)
        handed.append(part.assign(given=given))
    moves = pd.concat(handed, ignore_index=True).drop_duplicates(["工号", "日期"])
    planned = pd.MultiIndex.from_frame(moves[["工号", "日期"]]).isin(pd.MultiIndex.from_frame(duty[["工号", "日期"]]))
    moves = pd.concat([moves, moves[~planned].assign(工号=moves["worker"])], ignore_index=True)
    moves = moves.drop_duplicates(["工号", "日期"])
    worked = duty.merge(moves, on=["工号", "日期"], how="left")
    worked["worker"] = worked["worker"].where(worked["worker"].notna(), worked["工号"])
    begin, end = worked["日期"] + worked["开始时间"], worked["日期"] + worked["结束时间"]
    return worked.assign(begin=begin, end=end.mask(worked["结束时间"] <= worked["开始时间"], end + DAY))
