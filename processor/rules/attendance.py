"""Attendance as every clause reads it: the stated 状态, else what the scheduled times and the punches say."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from processor.catalogue.outcome import Outcome
from processor.catalogue.parameter import Parameter
from processor.model import Finding, Text, say, yuan
from processor.rules.declared import by_employee, reads
from processor.rules.job import Job, records
from processor.rules.ladder import Reached, reach
from processor.rules.outcomes import Occurrence, decide
from processor.rules.remarks import remark

BREACHES = ("late", "early", "unclocked")
NAMES = {"late": "迟到", "early": "早退", "unclocked": "未打卡"}
STATED = {"late": ("迟到", "迟到早退"), "early": ("早退", "迟到早退"), "unclocked": ("未打卡",)}
AWAY = ("请假", "休息", "旷工")
DAY = pd.Timedelta(days=1)
NOON = pd.Timedelta(hours=12)
SMALL_HOURS, EVENING = pd.Timedelta(hours=6), pd.Timedelta(hours=18)


def judged(frame: pd.DataFrame, grace: Parameter) -> pd.DataFrame:
    """The rows of `attendance` with boolean columns late, early, unclocked and contradiction.

    grace: minutes after 应到时间 that are not late yet. A stated 状态 counts; a blank one follows from the times: a
    clock-in later than 应到时间 plus grace, a clock-out before 应退时间, a missing punch for which there was a time due, or
    both (once). A row without a schedule, or with a remark in 备注 that may say why, says nothing of a missing punch
    (G20). A shift that ends at or before the time at which it begins ends on the next day, and so do its punches before
    noon; who came in the evening for a shift of the small hours came the evening before; nobody leaves before he came.
    contradiction: 状态 and the punches that were made say different things.
    """
    times = _on_one_axis(frame)
    minutes = pd.to_numeric(grace.column(frame["日期"]), errors="coerce").fillna(0)
    came, left = times["上班打卡"], times["下班打卡"]
    missing = (came.isna() & times["应到时间"].notna()) | (left.isna() & times["应退时间"].notna())
    punched = came.notna() | left.notna()
    by_times = pd.DataFrame(
        {
            "late": came > times["应到时间"] + pd.to_timedelta(minutes, unit="min"),
            "early": left < times["应退时间"],
            "unclocked": missing & frame["备注"].isna(),
        }
    )
    comparable = pd.DataFrame(
        {
            "late": came.notna() & times["应到时间"].notna(),
            "early": left.notna() & times["应退时间"].notna(),
            "unclocked": punched,
        }
    )
    state = frame["状态"]
    stated = state.notna()
    away = state.isin(AWAY)
    by_state = pd.DataFrame({kind: state.isin(names) for kind, names in STATED.items()})
    differs = (comparable & (by_state != by_times)).any(axis=1)
    return frame.assign(
        **{kind: by_state[kind].where(stated, by_times[kind]) for kind in BREACHES},
        contradiction=stated & (differs & ~away | punched & away),
    )


def _on_one_axis(frame: pd.DataFrame) -> pd.DataFrame:
    """Scheduled times and punches as time since the midnight on which the shift's day began."""
    begins = frame["应到时间"]
    ends = frame["应退时间"].where(frame["应退时间"] != DAY, pd.Timedelta(0))
    turned = ends <= begins
    overnight = turned | (ends > DAY)
    morning_start = begins < NOON
    came, left = frame["上班打卡"], frame["下班打卡"]
    came = came.mask(overnight & ~morning_start & (came < NOON), came + DAY)
    came = came.mask((begins < SMALL_HOURS) & (came >= EVENING) & ~(left >= came), came - DAY)
    left = left.mask(overnight & (left < NOON), left + DAY)
    return pd.DataFrame(
        {
            "应到时间": begins,
            "应退时间": ends.mask(turned, ends + DAY),
            "上班打卡": came,
            "下班打卡": left.mask(left < came, left + DAY),
        }
    )


@reads(attendance="日期 工号 应到时间 应退时间 上班打卡 下班打卡 状态 备注")
def breaches(job: Job, *, kinds: Sequence[str], outcome: Outcome, grace: Parameter) -> list[Finding]:
    """What follows from each breach of the `kinds` (late, early, unclocked), and a flag on each contradiction (CC-A1, DS-F7, DS-M6).

    A row that is late and early is two breaches. Subject: the row's key.
    """
    rows = _of_scope(job, grace)
    findings = []
    for row in records(rows[rows[list(kinds)].any(axis=1)]):
        for kind in kinds:
            if row[kind]:
                findings.extend(decide(job, _occurrence(job, row, kind, grace), [outcome]))
    return findings + [_contradiction(job, row) for row in records(rows[rows["contradiction"]])]


@by_employee
@reads(attendance="日期 工号 应到时间 应退时间 上班打卡 下班打卡 状态 备注")
def bonus_forfeited(job: Job, *, grace: Parameter, limit: Parameter) -> list[Finding]:
    """The month's 全勤奖 (roster) is lost on the row with which the month's breaches reach `limit`; blank: pending (DS-F7)."""
    rows = _of_scope(job, grace)
    rows = rows.assign(month=rows["日期"].dt.strftime("%Y-%m"), breaches=rows[list(BREACHES)].sum(axis=1))
    rows = rows[rows["breaches"] > 0]
    revoked = [job.is_revoked(no, key) for no, key in zip(rows["工号"], rows["subject"], strict=True)]
    rows = rows[~pd.Series(revoked, rows.index, dtype=bool)]
    findings = []
    for hit in reach(rows, by=["工号", "month"], weight="breaches", limit=limit.column(rows["日期"])):
        staff_no = hit.row["工号"]
        bonus = job.monthly_value(staff_no, "全勤奖", hit.day)
        if bonus == 0:
            continue
        findings.append(
            Finding(
                clause=job.clause,
                effect="bonus_forfeit",
                date=hit.day,
                subject=f"{staff_no}|{hit.row['month']}",
                text=_forfeit_text(hit.row["month"], hit, limit.at(hit.day), bonus),
                staff_no=staff_no,
                amount=None if bonus is None else -int(bonus),
                readings=("G1",),
                row=hit.row["_ref"],
                column="状态",
                evidence=(*hit.evidence, job.roster_ref(staff_no, hit.day)),
            )
        )
    return findings


def _of_scope(job: Job, grace: Parameter) -> pd.DataFrame:
    rows = job.facts["attendance"]
    rows = rows[job.in_scope(rows["工号"], rows["日期"])]
    return judged(rows, grace).assign(subject=rows["工号"] + "|" + rows["日期"].dt.strftime("%Y-%m-%d"))


def _occurrence(job: Job, row: dict[str, Any], kind: str, grace: Parameter) -> Occurrence:
    return Occurrence(
        clause=job.clause,
        staff_no=row["工号"],
        date=row["日期"].date(),
        subject=row["subject"],
        what=_what(row, kind, grace),
        row=row["_ref"],
        evidence=(row["_ref"],),
        column=_column(row, kind),
        part=kind,
    )


def _column(row: dict[str, Any], kind: str) -> str:
    if row["状态"]:
        return "状态"
    return "下班打卡" if kind == "early" or (kind == "unclocked" and row["上班打卡"] is not None) else "上班打卡"


def _what(row: dict[str, Any], kind: str, grace: Parameter) -> Text:
    day = row["日期"].date()
    if row["状态"]:
        return say(
            "{day} 考勤状态为{state}，计{breach}一次", day=day.isoformat(), state=row["状态"], breach=NAMES[kind]
        )
    came, left = clock(row["上班打卡"]), clock(row["下班打卡"])
    if kind == "late":
        due = clock(row["应到时间"])
        template = "{day} 迟到：应到{due}，宽限{grace}分钟，上班打卡{came}"
        return say(template, day=day.isoformat(), due=due, grace=grace.at(day), came=came)
    if kind == "early":
        return say("{day} 早退：应退{due}，下班打卡{left}", day=day.isoformat(), due=clock(row["应退时间"]), left=left)
    return say("{day} 未打卡：上班打卡{came}，下班打卡{left}", day=day.isoformat(), came=came, left=left)


def clock(time: pd.Timedelta | None) -> str:
    """A time of day as `08:30` or `次日01:05`, with seconds where there are any; `无` for none."""
    if time is None:
        return "无"
    if time > DAY:
        return "次日" + clock(time - DAY)
    hours, rest = divmod(int(time.total_seconds()), 3600)
    minutes, seconds = divmod(rest, 60)
    return f"{hours:02d}:{minutes:02d}" + (f":{seconds:02d}" if seconds else "")


def _contradiction(job: Job, row: dict[str, Any]) -> Finding:
    text = say(
        "{day} 考勤状态“{state}”与打卡时间不一致（应到{due}、应退{end}，上班打卡{came}、下班打卡{left}），按状态计，请核对",
        day=row["日期"].date().isoformat(),
        state=row["状态"],
        due=clock(row["应到时间"]),
        end=clock(row["应退时间"]),
        came=clock(row["上班打卡"]),
        left=clock(row["下班打卡"]),
    )
    return remark(
        job,
        row,
        text,
        day=row["日期"].date(),
        subject=row["subject"],
        staff_no=row["工号"],
        column="状态",
        part="contradiction",
    )


def _forfeit_text(month: str, hit: Reached, limit: int, bonus: int | None) -> Text:
    counted = say(
        "{month} 截至{day}，迟到、早退、未打卡累计{n}次，达到{limit}次",
        month=month,
        day=hit.day.isoformat(),
        n=hit.total,
        limit=limit,
    )
    if bonus is None:
        return say("{counted}，取消当月全勤奖，花名册没有全勤奖，金额待定", counted=counted)
    return say("{counted}，取消当月全勤奖{yuan}元", counted=counted, yuan=yuan(int(bonus)))
