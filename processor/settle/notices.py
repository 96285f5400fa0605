"""What employees are told of their months: which notices stand, which lines wait for theirs."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property

from processor.decision import Decision
from processor.ledger import Ledger
from processor.ledger.notices import Notice, NoticeLine, Receipt
from processor.model import say
from processor.settle.forms import EFFECTIVE, WAITING, Form, Refused, Row, Told
from processor.settle.pay import Person
from processor.site import NoticeRule

REGISTER = "receipts"
DELIVERED, WAY, OPINION, BY = "送达日期", "送达方式", "员工意见", "经办人工号"
AGREED = "认可"
APPEALED = "申诉未处理"
#: Taken as soon as they stand, whatever the notice says: what an employee loses of a commission was never his.
NEVER_WAIT = frozenset({"commission_void"})
#: Month, unit, and whom a notice is for.
Group = tuple[str, str, Person]
#: Which of the people who had a staff number one after the other had it on a day, or is called so where that is known.
HolderOf = Callable[[str, date, str], int]


@dataclass(frozen=True)
class Notices:
    """The notices that stand, each month, unit and employee in the order of issue, and the receipts by notice.

    people: notice -> whom it is for.
    """

    standing: Sequence[Notice]
    receipts: Mapping[str, Receipt]
    people: Mapping[str, Person]

    @cached_property
    def by_id(self) -> Mapping[str, Notice]:
        """The notices by their number."""
        return {notice.notice_id: notice for notice in self.standing}

    def group(self, notice: Notice) -> Group:
        """The month, the unit and the employee of a notice."""
        return notice.period, notice.unit, self.people[notice.notice_id]

    def latest(self) -> dict[Group, Notice]:
        """What each employee is told last."""
        return {self.group(notice): notice for notice in self.standing}

    @cached_property
    def told(self) -> Mapping[tuple[str, str, int | None, str], list[Receipt]]:
        """What was told of each line as it stands, with the receipts since it has been told so without a break."""
        found: dict[str, tuple[tuple[str, str, int | None, str], list[Receipt]]] = {}
        for notice in self.standing:
            receipt = self.receipts.get(notice.notice_id)
            for line in notice.lines if receipt is not None else ():
                before = found.get(line.decision_id)
                since = before[1] if before is not None and before[0] == line.stated else []
                found[line.decision_id] = line.stated, [*since, *([receipt] if receipt is not None else [])]
        return dict(found.values())


def lowers_pay(line: Decision) -> bool:
    """Whether a line takes something of the employee's pay, and so waits for its notice where notices are required."""
    return line.amount is not None and line.amount < 0 and line.effect not in NEVER_WAIT


def stated(line: Decision) -> NoticeLine:
    """A line as a notice tells it."""
    return NoticeLine(line.decision_id, line.date.isoformat(), line.amount, line.points, str(line.text))


def issue(
    ledger: Ledger,
    lines: Iterable[Decision],
    periods: Collection[str],
    as_of: date,
    holder: HolderOf,
    kept: Callable[[Group], bool],
) -> Notices:
    """Bring the notices of these months up to what stands: a changed one that nobody received goes, a new one is issued.

    kept: whether a month, unit and employee are told of at all; the others are left alone.
    """
    groups: dict[Group, list[Decision]] = {}
    named: dict[str, Person] = {}
    for line in lines:
        person = named[line.decision_id] = line.staff_no, holder(line.staff_no, line.date, line.staff_name)
        groups.setdefault((line.period, line.unit, person), []).append(line)
    issued = ledger.notices.of_periods(periods)
    people = _people(issued, named, holder)
    known: dict[Group, list[Notice]] = {}
    for notice in issued:
        known.setdefault((notice.period, notice.unit, people[notice.notice_id]), []).append(notice)
    receipts = ledger.notices.receipts(n.notice_id for n in issued)
    standing: list[Notice] = []
    for group in filter(kept, sorted({*groups, *known})):
        own = sorted((stated(line) for line in groups.get(group, ())), key=lambda line: (line.day, line.decision_id))
        found = _brought_up(ledger, group, own, known.get(group, []), receipts, as_of)
        people.update((notice.notice_id, group[2]) for notice in found)
        standing += found
    return Notices(standing, receipts, people)


def _people(issued: Iterable[Notice], named: Mapping[str, Person], holder: HolderOf) -> dict[str, Person]:
    """Whom each of these notices is for: one without lines for whom the notice was that it corrects.

    named: of whom lines speak that still stand.
    """
    found: dict[str, Person] = {}
    for notice in issued:
        standing = [named[line.decision_id] for line in notice.lines if line.decision_id in named]
        if standing:
            found[notice.notice_id] = standing[0]
        elif notice.lines:
            found[notice.notice_id] = (
                notice.staff_no,
                holder(notice.staff_no, date.fromisoformat(notice.lines[0].day), ""),
            )
        else:
            found[notice.notice_id] = found.get(
                notice.corrects, (notice.staff_no, holder(notice.staff_no, notice.issued, ""))
            )
    return found


def _brought_up(
    ledger: Ledger,
    group: Group,
    lines: Sequence[NoticeLine],
    known: Sequence[Notice],
    receipts: Mapping[str, Receipt],
    as_of: date,
) -> list[Notice]:
    delivered = [notice for notice in known if notice.notice_id in receipts]
    pending = [notice for notice in known if notice.notice_id not in receipts]
    last = delivered[-1] if delivered else None
    if last is not None and _same(last.lines, lines):
        ledger.notices.drop(pending)
        return delivered
    corrects = last.notice_id if last is not None else ""
    kept = [notice for notice in pending if _same(notice.lines, lines) and notice.corrects == corrects]
    ledger.notices.drop([notice for notice in pending if notice not in kept[:1]])
    if kept or (not lines and last is None):
        return [*delivered, *kept[:1]]
    period, unit, (staff_no, _) = group
    number = _number((period, unit, staff_no), corrects, lines)
    notice = Notice(number, period, unit, staff_no, as_of, corrects, tuple(lines))
    ledger.notices.keep(notice)
    return [*delivered, notice]


def _same(told: Sequence[NoticeLine], lines: Sequence[NoticeLine]) -> bool:
    return [line.stated for line in told] == [line.stated for line in lines]


def _number(group: tuple[str, str, str], corrects: str, lines: Sequence[NoticeLine]) -> str:
    content = repr((group, corrects, [line.stated for line in lines]))
    return f"TZ{group[0].replace('-', '')}-{hashlib.sha256(content.encode()).hexdigest()[:8]}"


@dataclass(frozen=True)
class Waiting:
    """Which lines wait for the employee. appealed: decisions with an appeal that nobody has judged."""

    rule: NoticeRule
    notices: Notices
    appealed: frozenset[str]
    as_of: date

    def reason(self, line: Decision) -> str:
        """Why a line is not taken yet, in Chinese; empty where it is."""
        if not self.rule.required or not lowers_pay(line):
            return ""
        if line.decision_id in self.appealed:
            return APPEALED
        receipts = self.notices.told.get(stated(line).stated)
        if not receipts:
            return "未送达"
        if any(receipt.opinion == AGREED for receipt in receipts):
            return ""
        last = receipts[0].delivered + timedelta(days=self.rule.appeal_days)
        return f"异议期内至{last.isoformat()}" if self.as_of <= last else ""


@dataclass
class Received:
    """What became of the rows of 送达登记表."""

    refused: list[Refused] = field(default_factory=list)
    told: list[Told] = field(default_factory=list)


def take(ledger: Ledger, forms: Iterable[Form], as_of: date) -> Received:
    """Keep the batch's receipts; a row without 送达日期 and 员工意见 waits."""
    received = Received()
    for form in forms:
        if form.register != REGISTER:
            continue
        known = ledger.notices.by_id(form.frame["通知编号"].dropna())
        for row in form.rows():
            _receive(ledger, row, known.get(row.cells["通知编号"]), as_of, received)
    return received


def _receive(ledger: Ledger, row: Row, notice: Notice | None, as_of: date, received: Received) -> None:
    cells = row.cells
    if all(cells[name] is None and name not in row.unread for name in (DELIVERED, OPINION)):
        received.told.append(Told(row.place, WAITING))
        return
    fault = _fault(row, notice, as_of)
    if fault is not None:
        received.refused.append(fault)
        return
    delivered = cells[DELIVERED].date()
    receipt = Receipt(
        cells["通知编号"], delivered, cells[WAY] or "", cells[OPINION] or "", cells[BY], cells["备注"] or "", row.fact
    )
    ledger.notices.keep_receipt(receipt)
    opinion = receipt.opinion or "未返回"
    told = say("已生效：{day}送达，{opinion}", day=delivered.isoformat(), opinion=opinion)
    received.told.append(Told(row.place, EFFECTIVE, told))


def _fault(row: Row, notice: Notice | None, as_of: date) -> Refused | None:
    cells = row.cells
    if notice is None:
        message = f"没有编号为“{cells['通知编号']}”的通知，或者通知已经更改，请用最新的送达登记表"
        return row.refused("通知编号", message, "现有的通知编号")
    for header in (DELIVERED, WAY, OPINION, BY):
        if header in row.unread:
            return row.refused(header, f"“{row.unread[header]}”看不懂，请改正“{header}”")
    if cells[DELIVERED] is None:
        return row.refused(DELIVERED, "请填写送达日期", "日期")
    if cells[BY] is None:
        return row.refused(BY, "请填写经办人工号", "工号或姓名")
    day = cells[DELIVERED].date()
    if day < notice.issued:
        return row.refused(DELIVERED, f"送达日期早于通知的日期{notice.issued.isoformat()}", "通知之后的日期")
    if day > as_of:
        return row.refused(DELIVERED, f"送达日期晚于处理日期{as_of.isoformat()}", "不晚于处理日期")
    if cells[BY] == notice.staff_no:
        return row.refused(BY, "经办人不能是员工本人", "别人的工号")
    return None


def open_appeals(ledger: Ledger, decided: Collection[str]) -> dict[str, str]:
    """Decision id -> number of an appeal that nobody entitled has judged, of these decisions."""
    appeals = ledger.appeals.of(decided)
    judged = ledger.decisions.answered_rows(appeal.fact for appeal in appeals)
    return {appeal.decision_id: appeal.number for appeal in appeals if appeal.fact not in judged}
