"""Who is sent: a technician for every approved service ticket that has none yet (安装维修服务单)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import pandas as pd

from processor.calendars import window_key
from processor.catalogue.parameter import Parameter
from processor.model import Candidate, Finding, Text, say
from processor.rules.declared import reads
from processor.rules.job import Job, records
from processor.rules.workforce import called, employed_on


@reads(
    leave="工号 开始日期 结束日期",
    service_tickets="服务单号 类型 受理时间 受理人工号 批准人工号 批准时间 服务人员工号 完成时间",
)
def propose(job: Job, *, approvers: Parameter) -> list[Finding]:
    """Assign each approved ticket without 服务人员 to a technician in scope, in order of 受理时间; else queue it (GP-7).

    Approved: by a post of `approvers` of the department that took it. Chosen among those there: the fewest open
    tickets, the fewest of this week, the longest wait since the last, the smaller number. Proposals count for the next.
    """
    rows = job.facts["service_tickets"]
    rows = rows[rows["受理时间"] < pd.Timestamp(job.as_of) + pd.Timedelta(days=1)].sort_values(["受理时间", "服务单号"])
    post = job.roster_column(rows["批准人工号"], "岗位", rows["受理时间"])
    own = job.roster_column(rows["批准人工号"], "部门", rows["受理时间"])
    took = job.roster_column(rows["受理人工号"], "部门", rows["受理时间"])
    approved = post.isin(approvers.at(job.as_of)) & (own == took).fillna(False) & rows["批准时间"].notna()
    waiting = rows[approved & rows["服务人员工号"].isna() & rows["完成时间"].isna()]
    crew = _Crew(job, rows[rows["服务人员工号"].notna()])
    return [crew.serve(row) for row in records(waiting)]


class _Crew:
    """The technicians of a unit on the as-of day: who is there, and how much each has."""

    def __init__(self, job: Job, given: pd.DataFrame) -> None:
        self.job = job
        staff = job.staff(job.as_of).sort_index()
        today = pd.Timestamp(job.as_of)
        leave = job.facts["leave"]
        away = set(leave.loc[(leave["开始日期"] <= today) & (leave["结束日期"] >= today), "工号"])
        self.bars: dict[str, Text | None] = {}
        for number, there in zip(staff.index, employed_on(staff, job.as_of), strict=True):
            bar = say("不在职") if not there else say("今天请假") if number in away else None
            self.bars[str(number)] = bar
        week = window_key(job.as_of, "week")
        self.open = dict.fromkeys(self.bars, 0)
        self.week = dict.fromkeys(self.bars, 0)
        self.last = dict.fromkeys(self.bars, date.min)
        for row in records(given[given["服务人员工号"].isin(list(self.bars))]):
            who, day = row["服务人员工号"], row["受理时间"].date()
            self.open[who] += row["完成时间"] is None
            self.week[who] += window_key(day, "week") == week
            self.last[who] = max(self.last[who], day)

    def serve(self, row: Mapping[str, Any]) -> Finding:
        """The proposal for one ticket; it counts for the next."""
        able = [number for number, bar in self.bars.items() if bar is None]
        if not able:
            return self._queue(row)
        chosen = min(able, key=lambda who: (self.open[who], self.week[who], self.last[who], who))
        text = say("服务单{no}建议派给{who}", no=row["服务单号"], who=called(self.job, chosen))
        candidates = tuple(self._candidate(number, chosen) for number in self.bars)
        day = row["受理时间"].date()
        self.open[chosen] += 1
        self.week[chosen] += window_key(day, "week") == window_key(self.job.as_of, "week")
        self.last[chosen] = max(self.last[chosen], day)
        return self._finding(row, "assign", text, chosen, candidates)

    def _queue(self, row: Mapping[str, Any]) -> Finding:
        candidates = tuple(Candidate(number, bar or say(""), False) for number, bar in self.bars.items())
        text = say("服务单{no}暂缓派工：没有可派的安装维修人员", no=row["服务单号"])
        return self._finding(row, "queue", text, "", candidates)

    def _candidate(self, number: str, chosen: str) -> Candidate:
        bar = self.bars[number]
        if bar is not None:
            return Candidate(number, bar, False)
        since = self.last[number]
        last = say("还没有派过单") if since == date.min else say("上一单{day}", day=since.isoformat())
        reason = say("未完成{open}单，本周{week}单，{last}", open=self.open[number], week=self.week[number], last=last)
        return Candidate(number, reason, number == chosen)

    def _finding(
        self, row: Mapping[str, Any], effect: str, text: Text, staff_no: str, candidates: tuple[Candidate, ...]
    ) -> Finding:
        return Finding(
            clause=self.job.clause,
            effect=effect,
            date=self.job.as_of,
            subject=row["服务单号"],
            staff_no=staff_no,
            text=text,
            row=row["_ref"],
            column="服务单号",
            evidence=(row["_ref"],),
            candidates=candidates,
        )
