"""Handovers between shifts (交接班登记表): records left empty, no relief, and losses from what was not handed over."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from processor.catalogue.outcome import Outcome
from processor.model import Finding, Text, joined, say, yuan
from processor.rules.declared import reads
from processor.rules.job import Job, records
from processor.rules.ladder import answered_for
from processor.rules.remarks import remark


@reads(handover="交接编号 日期 班次 交班人工号 接班人工号 是否记录 是否完成 造成损失")
def losses(job: Job, *, steps: Sequence[Sequence[Outcome]], window: str) -> list[Finding]:
    """Ladder of handovers that cost the company money (造成损失 > 0), on the one at fault.

    Not recorded: the giver. Recorded but not done: the taker; where no taker is named, a flag.
    """
    rows = job.facts["handover"]
    unrecorded = ~rows["是否记录"].fillna(True)
    undone = ~rows["是否完成"].fillna(True)
    rows = rows.assign(at_fault=rows["交班人工号"].where(unrecorded, rows["接班人工号"]))
    rows = rows[(rows["造成损失"] > 0).fillna(False) & (unrecorded | undone)]
    blamed = rows["at_fault"].notna()
    findings = [_nobody(job, row) for row in records(rows[~blamed])]
    return findings + answered_for(
        job,
        rows[blamed],
        staff="at_fault",
        day="日期",
        subject="交接编号",
        window=window,
        steps=steps,
        what=_loss,
        column=lambda step: "是否完成" if step.row["是否记录"] else "是否记录",
    )


@reads(handover="交接编号 日期 班次 交班人工号 接班人工号 交接内容 是否记录")
def incomplete(job: Job, *, relief_required: bool = False) -> list[Finding]:
    """A flag on the giver of each handover that was not recorded or has no contents, or (relief_required) no taker."""
    rows = job.facts["handover"]
    lacks = {"是否记录": ~rows["是否记录"].fillna(True), "交接内容": rows["交接内容"].isna()}
    if relief_required:
        lacks = {"接班人工号": rows["接班人工号"].isna(), **lacks}
    words = {"接班人工号": say("没有接班人"), "是否记录": say("没有记录"), "交接内容": say("交接内容空白")}
    rows = rows.assign(**{f"lacks_{header}": mask for header, mask in lacks.items()})
    findings = []
    for row in records(rows[rows[[f"lacks_{header}" for header in lacks]].any(axis=1)]):
        missing = [header for header in lacks if row[f"lacks_{header}"]]
        text = say("{shift}{what}", shift=_shift(row), what=joined([words[header] for header in missing], "、"))
        findings.append(_flag(job, row, text, row["交班人工号"], missing[0]))
    return findings


def _nobody(job: Job, row: Mapping[str, Any]) -> Finding:
    text = say("{what}，没有写明接班人，无法确定责任人，请补填", what=_loss(row))
    return _flag(job, row, text, "", "接班人工号")


def _loss(row: Mapping[str, Any]) -> Text:
    fault = say("已交接而没有处理") if row["是否记录"] else say("未作交接记录")
    return say("{shift}{fault}，造成损失{yuan}元", shift=_shift(row), fault=fault, yuan=yuan(int(row["造成损失"])))


def _shift(row: Mapping[str, Any]) -> Text:
    return say(
        "{day} {shift}交接班（交接编号{no}）", day=f"{row['日期']:%Y-%m-%d}", shift=row["班次"], no=row["交接编号"]
    )


def _flag(job: Job, row: Mapping[str, Any], text: Text, staff_no: str, column: str) -> Finding:
    return remark(job, row, text, day=row["日期"].date(), subject=row["交接编号"], staff_no=staff_no, column=column)
