"""Base pay and commissions: by signed order, by construction contract, of the order's owner; withdrawals, the bonus."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pandas as pd

from processor.calendars import month_end, window_key, window_range
from processor.catalogue.parameter import Missing, Parameter
from processor.columns import unread
from processor.model import Finding, say, yuan
from processor.rules.declared import reads
from processor.rules.dispatch_book import placed
from processor.rules.illegible import all_doubts
from processor.rules.job import SINCE, Job, records
from processor.rules.ownership import decided_owners
from processor.rules.remarks import remark
from processor.rules.signings import first_of_order
from processor.rules.workforce import called, employed_on

Row = Mapping[str, Any]


@reads()
def base_pay(job: Job, *, base: Parameter) -> list[Finding]:
    """Base pay of each month in which the unit was active, up to the as-of month, from entry to leaving (REN-P1, REN-P2).

    A part month counts whole; the line is dated on the month's last day. It waits where the day of leaving could not be read.
    """
    found = []
    for month in sorted(month for month in job.active_months if month <= window_key(job.as_of, "month")):
        first, last = window_range(month, "month")
        staff = job.staff(min(last, job.as_of)).sort_index()
        left = (staff["离职日期"] < pd.Timestamp(first)) | unread(staff, "离职日期")
        there = staff[(staff["入职日期"] <= pd.Timestamp(last)) & ~left]
        found += [_base(job, row, month, last, base.at(last)) for row in records(there)]
    return found


def _base(job: Job, row: Row, month: str, last: date, amount: int) -> Finding:
    return Finding(
        clause=job.clause,
        effect="base_pay",
        date=last,
        subject=f"{row['工号']}|{month}",
        staff_no=row["工号"],
        amount=amount,
        text=say("{month} {post}底薪{yuan}元", month=month, post=row["岗位"], yuan=yuan(amount)),
        row=row["_ref"],
    )


@reads(
    contracts="合同编号 签订日期 咨询编号 合同类型 合同金额 设计师工号",
    dispatch="派单编号 咨询编号 派单日期 设计师工号 派单人工号 是否拒单",
)
def by_order(job: Job, *, amount: Parameter, types: Sequence[str] = (), to_dispatcher: bool = False) -> list[Finding]:
    """A fixed commission for each order at its first contract, of `types` where given (REN-P1, REN-P2).

    Of several employees the one who dispatched the order gets it (to_dispatcher); else they share it equally, what
    does not divide going to the smallest staff number. It waits while what may be an earlier contract of the order, or a
    dispatch by somebody else, cannot be read, or the day on which one of those left (G20).
    """
    contracts = job.facts["contracts"]
    contracts = contracts[contracts["合同类型"].isin(types)] if types else contracts
    dispatched = _dispatchers(job) if to_dispatcher else pd.DataFrame(columns=["派单人工号", "_ref"])
    first = first_of_order(contracts)
    there = {day: _employed(job, day.date()) for day in first["签订日期"].unique()}
    unsure = {day: _may_have_left(job, day.date()) for day in there}
    dispatchers, of_orders = dispatched["派单人工号"].to_dict(), _unread_of(job, types)
    found = []
    for row in records(first):
        day, payees = row["签订日期"].date(), there[row["签订日期"]]
        if of_orders.may_change(row, dispatchers.get(row["咨询编号"])):
            continue
        refs: tuple[int, ...] = (row["_ref"],)
        if len(payees) > 1 and row["咨询编号"] in dispatched.index:
            order = dispatched.loc[row["咨询编号"]]
            if order["派单人工号"] in payees:
                payees, refs = [order["派单人工号"]], (*refs, int(order["_ref"]))
        if len(refs) == 1 and unsure[row["签订日期"]]:
            continue
        found += _shares(job, row, payees, amount.at(day), refs)
    return found


@dataclass(frozen=True)
class _Unread:
    """The contracts (of the types that count) and dispatches of each order that could not be read."""

    contracts: Mapping[str, Sequence[Row]]
    dispatches: Mapping[str, Sequence[Row]]

    def may_change(self, row: Row, dispatcher: str | None) -> bool:
        """Whether one of them may come before this contract, or name another dispatcher of its order."""
        order, own = row["咨询编号"], (row["签订日期"], row["合同编号"])
        day = row["签订日期"].date()
        return any(
            other[SINCE] <= day and (other["签订日期"] is None or (other["签订日期"], other["合同编号"] or "") < own)
            for other in self.contracts.get(order, ())
        ) or any(
            other[SINCE] <= day and (other["派单人工号"] is None or other["派单人工号"] != dispatcher)
            for other in self.dispatches.get(order, ())
        )


def _unread_of(job: Job, types: Sequence[str]) -> _Unread:
    contracts = [row for row in job.unread_rows("contracts") if not types or row["合同类型"] in (None, *types)]
    return _Unread(_by_order(contracts), _by_order(job.unread_rows("dispatch")))


def _by_order(rows: Iterable[Row]) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for row in rows:
        if row["咨询编号"] is not None:
            found.setdefault(row["咨询编号"], []).append(row)
    return found


def _employed(job: Job, day: date) -> list[str]:
    return list(job.employed(day))


def _may_have_left(job: Job, day: date) -> bool:
    """Whether it could not be read of somebody whether he was still there on a day."""
    staff = job.staff(day)
    return bool((unread(staff, "离职日期") & (staff["入职日期"] <= pd.Timestamp(day))).any())


def _dispatchers(job: Job) -> pd.DataFrame:
    """Who dispatched each order last: indexed by 咨询编号, columns 派单人工号 and _ref."""
    given = placed(job.facts["dispatch"]).dropna(subset=["派单人工号"])
    return given.drop_duplicates("咨询编号", keep="last").set_index("咨询编号")[["派单人工号", "_ref"]]


def _shares(job: Job, row: Row, payees: Sequence[str], amount: int, refs: tuple[int, ...]) -> list[Finding]:
    if not payees:
        return []
    share, rest = divmod(amount, len(payees))
    found = []
    for place, staff_no in enumerate(payees):
        part = share + rest if place == 0 else share
        facts = {"day": row["签订日期"].date().isoformat(), "contract": row["合同编号"], "yuan": yuan(part)}
        text = say("{day} 签订的合同{contract}，提成{yuan}元", **facts)
        if len(payees) > 1:
            text = say(
                "{day} 签订的合同{contract}，提成{all}元由{n}人平分，得{yuan}元",
                all=yuan(amount),
                n=len(payees),
                **facts,
            )
        roster = job.roster_ref(staff_no, row["签订日期"].date())
        found.append(_commission(row, job.clause, staff_no, part, text, (*refs, roster)))
    return found


@reads(contracts="合同编号 签订日期 咨询编号 合同金额")
def by_owner(job: Job, *, rate: Parameter, unpaid_posts: Parameter) -> list[Finding]:
    """The commission of each order's owner, a share of 合同金额; void ones have their line already (REN-P5).

    unpaid_posts: 岗位 that have no such commission. Reads the attributions and voids decided before.
    """
    owners = decided_owners(job)
    lines = job.decisions
    void = lines.loc[(lines["effect"] == "commission_void") & (lines["status"] != "revoked"), "subject"]
    contracts = job.facts["contracts"].join(owners.rename(columns={"_ref": "enquiry"}), on="咨询编号")
    posts = job.roster_column(contracts["staff_no"], "岗位", contracts["签订日期"])
    due = contracts["staff_no"].notna() & ~posts.isin(unpaid_posts.at(job.as_of)) & ~contracts["合同编号"].isin(void)
    return [_owners_commission(job, row, rate) for row in records(contracts[due])]


def _owners_commission(job: Job, row: Row, rate: Parameter) -> Finding:
    share = rate.on(row["签订日期"].date())
    amount = None if isinstance(share, Missing) else _share_of(row["合同金额"], share)
    facts = {
        "day": row["签订日期"].date().isoformat(),
        "contract": row["合同编号"],
        "who": called(job, row["staff_no"]),
    }
    if amount is None:
        text = say("{day} 签订的合同{contract}，归属人{who}应得提成，提成比例未定，金额待定", **facts)
    else:
        text = say("{day} 签订的合同{contract}，归属人{who}应得提成{yuan}元", yuan=yuan(amount), **facts)
    disputed = row["status"] == "needs_confirmation"
    if disputed:
        text = say("{text}，归属有争议，须经理确认", text=text)
    refs = (row["_ref"], *(() if row["enquiry"] is None else (int(row["enquiry"]),)))
    status = "needs_confirmation" if disputed and amount is not None else None
    return _commission(row, job.clause, row["staff_no"], amount, text, refs, status=status, cause=row["decision_id"])


def _share_of(fen: int, rate: float) -> int:
    return int((Decimal(fen) * Decimal(str(rate))).quantize(Decimal(1), ROUND_HALF_UP))


def _commission(
    row: Row, clause: str, staff_no: str, amount: int | None, text: Any, refs: tuple[int, ...], **more: Any
) -> Finding:
    return Finding(
        clause=clause,
        effect="commission",
        date=row["签订日期"].date(),
        subject=row["合同编号"],
        staff_no=staff_no,
        amount=amount,
        text=text,
        row=row["_ref"],
        column="合同金额",
        evidence=refs,
        **more,
    )


@reads(contracts="合同编号 签订日期 退单日期")
def withdrawals(job: Job, *, clawback: Parameter) -> list[Finding]:
    """Contracts withdrawn later: a flag, or each commission taken back on the day of withdrawal (REN-P3)."""
    contracts = job.facts["contracts"]
    gone = contracts[contracts["退单日期"] <= pd.Timestamp(job.as_of)]
    lines = job.decisions
    paid = lines[(lines["effect"] == "commission") & (lines["status"] != "revoked")]
    found = []
    for row in records(gone):
        day = row["退单日期"].date()
        if clawback.at(day):
            theirs = paid[paid["subject"] == row["合同编号"]]
            found += [_taken_back(job, row, line) for line in records(theirs)]
        else:
            found.append(_withdrawn(job, row))
    return found


def _withdrawn(job: Job, row: Row) -> Finding:
    text = say(
        "{signed} 签订的合同{contract}于{day}退单，提成未收回，请经理留意",
        signed=row["签订日期"].date().isoformat(),
        contract=row["合同编号"],
        day=row["退单日期"].date().isoformat(),
    )
    return remark(job, row, text, day=row["退单日期"].date(), subject=row["合同编号"], column="退单日期")


def _taken_back(job: Job, row: Row, line: Row) -> Finding:
    amount = None if line["amount"] is None else -int(line["amount"])
    facts = {"contract": row["合同编号"], "day": row["退单日期"].date().isoformat()}
    text = say("合同{contract}于{day}退单，收回提成", **facts)
    if amount is not None:
        text = say("合同{contract}于{day}退单，收回提成{yuan}元", yuan=yuan(-amount), **facts)
    return Finding(
        clause=job.clause,
        effect="commission_void",
        date=row["退单日期"].date(),
        subject=row["合同编号"],
        staff_no=line["staff_no"],
        amount=amount,
        text=text,
        row=row["_ref"],
        column="退单日期",
        cause=line["decision_id"],
        part=line["clause"],
        status=None if amount is None or line["status"] in ("final", "confirmed") else line["status"],
    )


@reads(discipline="日期 工号 姓名 情节", without_rows=True)
def year_end_bonus(job: Job, *, low: Parameter, high: Parameter, grave: Sequence[str]) -> list[Finding]:
    """The bonus of a year without major fault, recommended after its last day with the range (REN-P4).

    grave: the 情节 that make a row of `discipline` a major fault. It waits while a row that may be one cannot be read (G20).
    """
    rows = job.facts["discipline"]
    faults = rows[rows["情节"].isin(grave)]
    unsure = all_doubts(job, "discipline", ("工号",), "日期")
    found = []
    for year in sorted({int(month[:4]) for month in job.active_months}):
        last = month_end(date(year, 12, 1))
        if last > job.as_of:
            continue
        guilty = faults.loc[faults["日期"].dt.year == year, "工号"]
        staff = job.staff(last).sort_index()
        there = staff[employed_on(staff, last) & ~staff.index.isin(guilty)]
        found += [
            _bonus(job, row, year, last, low.at(last), high.at(last))
            for row in records(there)
            if not unsure.cover(row["工号"], date(year, 1, 1), last)
        ]
    return found


def _bonus(job: Job, row: Row, year: int, last: date, low: int, high: int) -> Finding:
    text = say(
        "{year}年{who}没有大过，建议发给年终奖金{low}元至{high}元，由经理定额",
        year=year,
        who=called(job, row["工号"]),
        low=yuan(low),
        high=yuan(high),
    )
    return remark(
        job,
        row,
        text,
        day=last,
        readings=("G14",),
        subject=f"{row['工号']}|{year}",
        staff_no=row["工号"],
        effect="recommendation",
    )
