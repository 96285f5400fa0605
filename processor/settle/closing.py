"""Closes months: what is in the way, who may, and what is frozen; a closed month is never opened again (G9)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from processor.calendars import window_range
from processor.decision import Decision
from processor.errors import ProcessorError
from processor.ledger import Ledger
from processor.ledger.periods import Closing, Frozen
from processor.model import say
from processor.settle.adjustments import BINDING, adjusted_effects, adjusted_id, first_open
from processor.settle.authority import Authority
from processor.settle.forms import EFFECTIVE, WAITING, Form, Refused, Row, Told
from processor.settle.notices import Notices, lowers_pay
from processor.settle.pay import Month

REGISTER = "month_close"
CLOSE, BY, DAY, ANYWAY, NOTE = "关账", "关账人工号", "关账日期", "仍要关账", "说明"


class NotClosed(ProcessorError):
    """A month cannot be closed; the message lists everything that is in the way."""

    exit_code = 1


@dataclass(frozen=True)
class Request:
    """Somebody wants a month closed. by: staff number; anyway: whatever is in the way; row: of the form that asks."""

    period: str
    by: str = ""
    anyway: bool = False
    note: str = ""
    row: Row | None = None


@dataclass(frozen=True)
class Situation:
    """What decides whether months can be closed. lines: of the open months; unread: what workbooks still
    wait, in sentences.

    appeals: decision id -> number of its open appeal. required: whether deductions wait for their notice.
    """

    lines: Sequence[Decision]
    notices: Notices
    appeals: Mapping[str, str]
    required: bool
    unread: Sequence[str]
    as_of: date

    @cached_property
    def months(self) -> frozenset[str]:
        """The months in which something is paid, taken or waits for an answer."""
        return frozenset(line.period for line in self.lines if line.paid or line.waits)

    def in_the_way(self, period: str, closed: Collection[str]) -> list[str]:
        """Everything that speaks against closing a month, in Chinese."""
        own = [line for line in self.lines if line.period == period]
        found = []
        if self.as_of <= window_range(period, "month")[1]:
            found.append(f"{period}还没有结束（处理日期{self.as_of.isoformat()}）")
        earlier = sorted(month for month in self.months if month < period and month not in closed)
        found += [f"更早的{month}还没有关账" for month in earlier]
        found += [f"待确认：{line.decision_id} {line.text}" for line in own if line.waits]
        found += [
            f"申诉{self.appeals[line.decision_id]}未处理：{line.decision_id} {line.text}"
            for line in own
            if line.decision_id in self.appeals
        ]
        return [*found, *self.unread, *self._undelivered(period)]

    def _undelivered(self, period: str) -> list[str]:
        if not self.required:
            return []
        lowering = {line.decision_id for line in self.lines if lowers_pay(line)}
        return [
            f"通知{notice.notice_id}未送达：{notice.unit} {notice.staff_no}"
            for notice in self.notices.latest().values()
            if notice.period == period
            and notice.notice_id not in self.notices.receipts
            and any(line.decision_id in lowering for line in notice.lines)
        ]


@dataclass
class Closed:
    """What became of the requests. closings: month -> who closed it and what was in the way."""

    closings: dict[str, Closing] = field(default_factory=dict)
    refused: list[Refused] = field(default_factory=list)
    told: list[Told] = field(default_factory=list)


def requests_of(forms: Iterable[Form], received: Closed) -> list[Request]:
    """The months that the batch's 月结单 want closed."""
    found = []
    for form in forms:
        if form.register != REGISTER:
            continue
        for row in form.rows():
            unread = next((header for header in (CLOSE, BY, DAY, ANYWAY) if header in row.unread), "")
            if unread:
                message = f"“{row.unread[unread]}”看不懂，请改正“{unread}”"
                received.refused.append(row.refused(unread, message))
            elif not row.cells[CLOSE]:
                received.told.append(Told(row.place, WAITING))
            else:
                cells = row.cells
                found.append(Request(cells["期间"], cells[BY] or "", bool(cells[ANYWAY]), cells[NOTE] or "", row))
    return found


def judge(requests: Iterable[Request], situation: Situation, authority: Authority, closed: frozenset[str]) -> Closed:
    """Decide which months are closed, the earlier first. Raises NotClosed for a refused request of the command."""
    found = Closed()
    for request in sorted(requests, key=lambda request: request.period):
        now = closed | found.closings.keys()
        why = _objection(request, authority, now)
        if request.period in closed and request.row is not None and not request.row.fresh:
            why = []
        elif not why:
            why = situation.in_the_way(request.period, now)
            if not why or request.anyway:
                found.closings[request.period] = Closing(request.by, tuple(why), request.note)
                why = []
        _tell(found, request, why, {*now, *found.closings})
    return found


def _objection(request: Request, authority: Authority, closed: Collection[str]) -> list[str]:
    if request.period in closed:
        return [f"{request.period}已经关账，之后的更改记入{first_open(request.period, closed)}"]
    if request.row is not None and not request.by:
        return ["请填写关账人工号"]
    if request.by and request.by not in authority.closing:
        return [f"{request.by}无权关账"]
    return []


def _tell(found: Closed, request: Request, why: Sequence[str], closed: Collection[str]) -> None:
    if request.row is None:
        if why:
            raise NotClosed("\n".join([f"{request.period}没有关账：", *why]), where="close")
    elif why:
        header = BY if len(why) == 1 and ("工号" in why[0] or "无权" in why[0]) else CLOSE
        found.refused.append(request.row.refused(header, "；".join(why)))
    else:
        later = first_open(request.period, closed)
        told = say("已生效：{period}已关账，之后的更改记入{later}", period=request.period, later=later)
        found.told.append(Told(request.row.place, EFFECTIVE, told))


def freeze(ledger: Ledger, month: Month, closing: Closing, held: Collection[str], run: int, as_of: date) -> None:
    """Close a month: keep its lines as they stand, those that it took from closed ones, and what it carried.

    held: decision ids that a later month takes.
    """
    period = month.period
    paid = {line.decision_id for line in month.lines}
    own = ledger.decisions.of_period(period)
    late = [line for line in month.lines if line.decision_id not in {d.decision_id for d in own}]
    standing = [*own, *late]
    effects = adjusted_effects(ledger, standing)
    lines = [
        Frozen(
            period=period,
            decision_id=d.decision_id,
            adjusts=adjusted_id(d) if d.binding == BINDING else d.decision_id,
            unit=d.unit,
            staff_no=d.staff_no,
            effect=effects.get(d.decision_id, d.effect),
            amount=d.amount,
            points=d.points,
            paid=d.decision_id in paid,
            held=d.decision_id in held,
        )
        for d in standing
    ]
    carries: Mapping = {
        "in": (*month.taken, *month.refused),
        "out": month.left_over,
        "end": (*month.stranded, *month.refused),
    }
    ledger.periods.close(period, lines, carries, closing, run, as_of.isoformat())
