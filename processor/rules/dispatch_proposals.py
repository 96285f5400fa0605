"""Proposals of the day: to which designer each waiting enquiry goes, or from when on one is free."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pandas as pd

from processor.catalogue.parameter import Parameter
from processor.model import Candidate, Finding, Text, joined, say, yuan
from processor.rules.declared import reads
from processor.rules.dispatch_book import DispatchBook, Limits, order_sizes, placed, refused
from processor.rules.job import Job, records
from processor.rules.losses import LOSS, Confirmers, order_ends
from processor.rules.workforce import called, employed_on

PROPOSED = 0  # stands for the fact id of an order that this batch itself proposed


@dataclass(frozen=True)
class Clauses:
    """The clauses of one binding, in this order."""

    assign: str
    wish: str
    fairness: str
    queue: str


@dataclass(frozen=True)
class Choice:
    """Who gets an order and why, of how many who could take it; forced where all of them had refused."""

    staff_no: str
    why: Text
    forced: bool
    eligible: int


@reads(
    contracts="合同编号 签订日期 咨询编号 合同金额 设计师工号 退单日期",
    dispatch="派单编号 咨询编号 派单日期 设计师工号 是否拒单",
    enquiries="咨询编号 咨询日期 预算金额 来源渠道 期望设计师工号",
    lost_orders=LOSS,
)
def propose(
    job: Job,
    *,
    floors: Mapping[str, Parameter],
    level_sizes: Parameter,
    wish_sources: Parameter,
    peak_months: Parameter,
    held_low: Parameter,
    held_peak: Parameter,
    day_cap: Parameter,
    week_cap: Parameter,
    champion_extra: Parameter,
    confirmers: Confirmers,
) -> list[Finding]:
    """Assign or queue every enquiry that waits on the as-of day, by 咨询日期, then 咨询编号 (REN-D0 to REN-D9).

    clauses of the binding: assign, wish, fairness, queue, held stop, caps. Each proposal counts for the next ones.
    """
    limits = Limits(peak_months, held_low, held_peak, day_cap, week_cap, champion_extra)
    contracts = job.facts["contracts"]
    ends = order_ends(job, confirmers)
    book = DispatchBook(job.staff, contracts, ends, limits, job.clauses[4:6])
    counted = placed(job.facts["dispatch"])
    for row in records(counted[counted["派单日期"] <= pd.Timestamp(job.as_of)]):
        book.enter(row["设计师工号"], row["咨询编号"], row["派单日期"].date(), row["_ref"])
    waiting = _waiting(job, counted, ends)
    waiting = waiting.assign(size=order_sizes(waiting["预算金额"], waiting["咨询日期"], floors))
    desk = _Desk(job, book, level_sizes.at(job.as_of), wish_sources.at(job.as_of), Clauses(*job.clauses[:4]))
    return [finding for row in records(waiting[waiting["size"].notna()]) for finding in desk.serve(row)]


def _waiting(job: Job, counted: pd.DataFrame, ends: pd.DataFrame) -> pd.DataFrame:
    """Enquiries up to the as-of day with neither a dispatch that counts nor a contract nor an accepted loss."""
    rows = job.facts["enquiries"]
    rows = rows[rows["咨询日期"] <= pd.Timestamp(job.as_of)]
    rows = rows[~rows["咨询编号"].isin(counted["咨询编号"]) & ~rows["咨询编号"].isin(ends.index)]
    return rows.sort_values(["咨询日期", "咨询编号"], kind="stable")


class _Desk:
    """Serves one waiting enquiry after the other."""

    def __init__(
        self, job: Job, book: DispatchBook, takes: Mapping[str, str], wish_sources: Sequence[str], clauses: Clauses
    ) -> None:
        self.job, self.book, self.wish_sources, self.clauses = job, book, wish_sources, clauses
        self.today = job.as_of
        self.designers = job.staff(self.today).sort_index()
        self.present = set(self.designers.index[employed_on(self.designers, self.today)])
        self.takes = {no: takes.get(level) for no, level in self.designers["级别"].items()}
        dispatch = job.facts["dispatch"]
        turned = dispatch[refused(dispatch) & dispatch["设计师工号"].notna()]
        self.refusals: dict[str, dict[str, int]] = {}
        for row in records(turned):
            self.refusals.setdefault(row["咨询编号"], {})[row["设计师工号"]] = row["_ref"]

    def serve(self, row: Mapping[str, Any]) -> list[Finding]:
        order, size = row["咨询编号"], row["size"]
        bars = {no: self._bar(no, order, size) for no in self.designers.index}
        able = [no for no, bar in bars.items() if bar is None]
        willing = [no for no in able if no not in self.refusals.get(order, {})]
        wish = row["期望设计师工号"] if row["来源渠道"] in self.wish_sources else None
        if not able:
            failed = self._wish_failed(row, wish, bars)
            return [self._queue(row, bars, [finding.text for finding in failed]), *failed]
        choice = self._choose(willing or able, forced=not willing, wish=wish)
        reasons = self._reasons(choice, bars, order)
        failed = [] if wish == choice.staff_no else self._wish_failed(row, wish, reasons)
        notes = [*self._champion_note(choice.staff_no), *(finding.text for finding in failed)]
        self.book.enter(choice.staff_no, order, self.today, PROPOSED)
        found = [self._assign(row, choice, reasons, notes), *failed]
        if choice.eligible > 1:
            found.append(self._account(row, choice, reasons))
        return found

    def _bar(self, staff_no: str, order: str, size: str) -> Text | None:
        """Why the designer cannot take the order, his own will left aside."""
        if staff_no not in self.present:
            return say("不在职")
        if self.takes[staff_no] is None:
            return say("花名册上没有可接单的级别")
        if self.takes[staff_no] != size:
            return say(
                "级别{level}只接{takes}，不接{size}", level=self._level(staff_no), takes=self.takes[staff_no], size=size
            )
        bars = self.book.bars(staff_no, self.today, order)
        return joined([bar.text for bar in bars]) if bars else None

    def _level(self, staff_no: str) -> str:
        return str(self.designers.at[staff_no, "级别"])

    def _rank(self, staff_no: str) -> tuple[int, int, date, str]:
        """Fewest this week, then this quarter, then the longest wait, then the smaller number (REN-D8)."""
        load = self.book.load(staff_no, self.today)
        return len(load.week), len(load.quarter), load.last or date.min, staff_no

    def _choose(self, able: Sequence[str], *, forced: bool, wish: str | None) -> Choice:
        if not forced and wish in able:
            return Choice(str(wish), say("业务员期望由其接单，级别和单量都允许"), False, len(able))
        ranked = sorted(able, key=self._rank)
        best = ranked[0]
        week, quarter, last, _ = self._rank(best)
        if len(ranked) == 1:
            why = say("级别相符且可接单的只有这一位")
        else:
            rival = self._rank(ranked[1])
            n = len(ranked)
            if rival[0] > week:
                why = say("级别相符且可接单的{n}位中本周派单最少（{week}单）", n=n, week=week)
            elif rival[1] > quarter:
                why = say(
                    "级别相符且可接单的{n}位中，本周派单同为最少，本季派单最少（{quarter}单）", n=n, quarter=quarter
                )
            elif rival[2] > last:
                why = say("级别相符且可接单的{n}位中，派单数同为最少，等候时间最长", n=n)
            else:
                why = say("级别相符且可接单的{n}位中，派单数和等候时间相同，工号在前", n=n)
        return Choice(best, why, forced, len(ranked))

    def _reasons(self, choice: Choice, bars: Mapping[str, Text | None], order: str) -> dict[str, Text]:
        """Why each other designer was passed over."""
        found: dict[str, Text] = {}
        for no, bar in bars.items():
            if no == choice.staff_no:
                continue
            if bar is not None:
                found[no] = bar
            elif no in self.refusals.get(order, {}) and not choice.forced:
                found[no] = say("已拒接此单")
            else:
                found[no] = self._behind(no)
        return found

    def _behind(self, staff_no: str) -> Text:
        week, quarter, last, _ = self._rank(staff_no)
        if last == date.min:
            return say("可接单，本周已派{week}单、本季已派{quarter}单，排在其后", week=week, quarter=quarter)
        return say(
            "可接单，本周已派{week}单、本季已派{quarter}单，上次派单{last}，排在其后",
            week=week,
            quarter=quarter,
            last=last.isoformat(),
        )

    def _assign(
        self, row: Mapping[str, Any], choice: Choice, reasons: Mapping[str, Text], notes: Sequence[Text]
    ) -> Finding:
        facts = {
            "order": row["咨询编号"],
            "size": row["size"],
            "budget": yuan(row["预算金额"]),
            "who": called(self.job, choice.staff_no),
            "level": self._level(choice.staff_no),
            "why": choice.why,
        }
        if choice.forced:
            text = say(
                "强制派单：{size}{order}（预算{budget}元）的可接设计师都已拒单，建议派给{level}{who}：{why}", **facts
            )
        else:
            text = say("建议把{size}{order}（预算{budget}元）派给{level}{who}：{why}", **facts)
        candidates = self._candidates(choice, reasons)
        return self._finding(row, self.clauses.assign, "assign", choice.staff_no, joined([text, *notes]), candidates)

    def _champion_note(self, staff_no: str) -> list[Text]:
        """Said only where the designer may take the order for nothing but the champion's extra."""
        if len(self.book.held(staff_no, self.today)) < self.book.limits.stop(self.today):
            return []
        _, why = self.book.extra(staff_no, self.today)
        return [say("此人手中单数已到停派数，因{why}", why=why)]

    def _candidates(self, choice: Choice, reasons: Mapping[str, Text]) -> tuple[Candidate, ...]:
        chosen = Candidate(choice.staff_no, choice.why, chosen=True)
        return (chosen, *(Candidate(no, reason) for no, reason in reasons.items()))

    def _account(self, row: Mapping[str, Any], choice: Choice, reasons: Mapping[str, Text]) -> Finding:
        """The account of a choice among several (REN-D8): every designer of the level, and why he was passed over."""
        matching = [no for no in reasons if self.takes[no] == row["size"]]
        others = [say("{who}：{reason}", who=called(self.job, no), reason=reasons[no]) for no in matching]
        text = say(
            "{order}的派单说明：选{who}，{why}；{others}",
            order=row["咨询编号"],
            who=called(self.job, choice.staff_no),
            why=choice.why,
            others=joined(others),
        )
        candidates = self._candidates(choice, reasons)
        return self._finding(row, self.clauses.fairness, "classify", choice.staff_no, text, candidates)

    def _wish_failed(
        self, row: Mapping[str, Any], wish: str | None, reasons: Mapping[str, Text | None]
    ) -> list[Finding]:
        if wish is None:
            return []
        reason = reasons.get(wish) or say("不是本店可接单的设计师")
        text = say("业务员期望的设计师{who}未能安排：{reason}", who=called(self.job, wish), reason=reason)
        return [self._finding(row, self.clauses.wish, "flag", wish, text, ())]

    def _queue(self, row: Mapping[str, Any], bars: Mapping[str, Text | None], notes: Sequence[Text]) -> Finding:
        day = self._first_free(row["size"])
        facts = {"order": row["咨询编号"], "size": row["size"], "budget": yuan(row["预算金额"])}
        if day is None:
            text = say("{size}{order}（预算{budget}元）暂缓派单：本店没有接{size}的设计师", **facts)
        else:
            text = say(
                "{size}{order}（预算{budget}元）暂缓派单：接{size}的设计师都已派满，最早{day}有人可接单",
                day=day.isoformat(),
                **facts,
            )
        candidates = tuple(Candidate(no, bar) for no, bar in bars.items() if bar is not None)
        return self._finding(row, self.clauses.queue, "queue", "", joined([text, *notes]), candidates)

    def _first_free(self, size: str) -> date | None:
        """The first later day on which a designer of the level is free; None where the unit has none."""
        matching = self.designers.loc[[no for no in self.designers.index if self.takes[no] == size]]
        entries = {day.date() for day in matching["入职日期"] if day.date() > self.today}
        days = {self.today + timedelta(days=n) for n in range(1, 8)} | entries
        for day in sorted(days):
            there = matching.index[employed_on(matching, day)]
            if any(not self.book.bars(no, day) for no in there):
                return day
        return None

    def _finding(
        self,
        row: Mapping[str, Any],
        clause: str,
        effect: str,
        staff_no: str,
        text: Text,
        candidates: tuple[Candidate, ...],
    ) -> Finding:
        counted = self.book.load(staff_no, self.today).quarter.values() if staff_no else ()
        roster = self.job.roster_ref(staff_no, self.today) if staff_no else None
        refs = (row["_ref"], *self.refusals.get(row["咨询编号"], {}).values(), *counted, *((roster,) if roster else ()))
        return Finding(
            clause=clause,
            effect=effect,
            date=self.today,
            subject=row["咨询编号"],
            staff_no=staff_no,
            text=text,
            row=row["_ref"],
            column="咨询编号",
            evidence=tuple(ref for ref in refs if ref != PROPOSED),
            candidates=candidates,
        )
