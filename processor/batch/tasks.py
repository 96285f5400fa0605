"""What waits for somebody and stands in no decision: appeals, proposals, notices, months, asked workbooks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping
from datetime import date

from processor.batch.eras import Spans
from processor.batch.policies import Closed
from processor.catalogue.proposal import WAITING
from processor.decision import Decision
from processor.ledger import Ledger
from processor.model import say
from processor.report.snapshot import Task, unit_of_file
from processor.settle.settlement import Settlement

UNDECIDABLE = (
    "undecidable"  # the setting: unit and pack -> closed months of which it was told that nothing decides them
)
STANDS = (
    "{months}是按当时的规则包{pack}结的账，现在的程序执行不了那时的规则：这几个月保持原样，{rows}。"
    "请管理员运行 processor check 看执行不了什么，换回能执行的版本"
)
EARLIER = (
    "{months}里{end}以前发生的事，条款{clauses}应按规则包{pack}改动以前的版本判定，可是那个版本没有留下，或者现在的程序执行不了："
    "已有的决定保持原样，新交来或更正的登记按现在的规则判定，请经理核对这些决定。"
    "请管理员运行 processor check 看原因，有能执行的旧版程序的，请换回再判定"
)
CAME = say("刚交来的这几个月的登记没有判定")
TO_COME = say("以后再交来这几个月的登记，不会判定")


def unchecked_limits(settlement: Settlement) -> list[Task]:
    """One task a unit with the employees of open months whose wage nobody has entered: their limit is not checked."""
    people = {
        (line.unit, line.person)
        for sheet in settlement.sheets
        if sheet.period not in settlement.closing
        for line in sheet.lines
        if line.remark
    }
    counts = Counter(unit for unit, _ in people)
    text, who = say("没有登记月工资，扣款限额未核，请在员工花名册里补填"), say("人事")
    return [Task("unchecked", unit, count, text, who, None, "money") for unit, count in sorted(counts.items())]


def open_appeals(ledger: Ledger) -> list[Task]:
    """One task a unit with the appeals that have no 处理结果 yet."""
    waiting = [appeal.decision_id for appeal in ledger.appeals.all() if not appeal.verdict]
    lines = ledger.decisions.by_id(waiting)
    counts = Counter(lines[id].unit for id in waiting if id in lines)
    text, who = say("申诉还没有处理"), say("经理")
    return [Task("appeal", unit, count, text, who, None, "waiting") for unit, count in sorted(counts.items())]


def open_proposals(ledger: Ledger) -> list[Task]:
    """One task a unit with the proposals that are for it alone, and one for those that are for several."""
    waiting = [proposal for proposal in ledger.proposals.all() if proposal.state == WAITING]
    counts = Counter(proposal.units[0] if len(proposal.units) == 1 else "" for proposal in waiting)
    text, who = say("规则提案等另一位经理在《规则簿》里批准"), say("经理")
    return [Task("proposal", unit, count, text, who, None) for unit, count in sorted(counts.items())]


def asked_workbooks(ledger: Ledger, units: Collection[str], place: Callable[[str], str]) -> list[Task]:
    """One task a workbook that waits for a word on its headers. place: a path below the outbox -> below the site."""
    return [
        Task(
            kind="asked",
            unit=unit_of_file(entry.file, units),
            number=1,
            text=say("《{file}》的表头看不准，请在发回的表格里填好对照，再放回收件箱", file=entry.file),
            who=say("填表人"),
            file=place(entry.copy),
        )
        for entry in ledger.meanings.asked()
    ]


def undelivered_notices(settlement: Settlement) -> list[Task]:
    """One task a unit with the notices that nobody has received."""
    counts = Counter(
        notice.unit
        for _, notice in settlement.handed_over
        if notice.notice_id not in settlement.notices.receipts and (notice.lines or notice.corrects)
    )
    text, who = say("扣款通知还没有送达，送达后填《送达登记表》"), say("经办人")
    return [Task("notice", unit, count, text, who, None, "money") for unit, count in sorted(counts.items())]


def undecided_months(
    ledger: Ledger, closed: Mapping[str, Closed], undecided: Collection[tuple[str, str, str]]
) -> list[Task]:
    """One task a unit and pack whose closed months' rules this program can read no more: told once, and of rows that come."""
    told: dict[str, list[str]] = ledger.runs.setting(UNDECIDABLE) or {}
    found = []
    lost = {f"{unit} {pack}": (unit, pack, months) for unit, own in closed.items() for pack, months in own.lost.items()}
    for key, (unit, pack, months) in sorted(lost.items()):
        came = sorted(month for of, by, month in undecided if (of, by) == (unit, pack))
        new = sorted(months.difference(told.get(key, ())))
        if came or new:
            text = say(STANDS, months="、".join(came or new), pack=pack, rows=CAME if came else TO_COME)
            found.append(Task("sealed", unit, len(came or new), text, say("管理员")))
    if lost or told:
        ledger.runs.keep_setting(UNDECIDABLE, {key: sorted(months) for key, (_, _, months) in lost.items()})
    return found


def earlier_versions(lost: Spans, lines: Collection[Decision], as_of: date) -> list[Task]:
    """One task a unit and pack that changed within an open month whose version before this program does not have.

    lines: of the open months.
    """
    found = []
    for unit, packs in sorted(lost.items()):
        for pack, spans in sorted(packs.items()):
            own = [line for line in lines if (line.unit, line.pack) == (unit, pack)]
            months = {line.period for line in own if any(span.holds(line) for span in spans)}
            months |= {month for month in [f"{as_of:%Y-%m}"] if any(span.reaches(month) for span in spans)}
            if months:
                text = say(
                    EARLIER,
                    months="、".join(sorted(months)),
                    end=max(span.end for span in spans),
                    pack=pack,
                    clauses="、".join(sorted({span.clause for span in spans})),
                )
                found.append(Task("sealed", unit, len(months), text, say("管理员")))
    return found


def closable_months(settlement: Settlement, as_of: date) -> list[Task]:
    """The months that are over and have nothing in their way."""
    over = sorted(
        period for period, reasons in settlement.in_the_way.items() if not reasons and period < f"{as_of:%Y-%m}"
    )
    if not over:
        return []
    text = say("{months}可以关账，在《月结单》里填“是”", months="、".join(over))
    return [Task("closable", "", len(over), text, say("经理"), None, "units")]
