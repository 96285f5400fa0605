"""What became of decisions, in sentences: what they said before, what was answered, who was told, who appealed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date

from processor.decision import Answer, Decision
from processor.ledger import Ledger
from processor.model import yuan
from processor.report.names import STATUSES


def histories(
    ledger: Ledger, lines: Iterable[Decision], names: Mapping[str, str], today: str
) -> dict[str, tuple[str, ...]]:
    """Decision id -> sentences, oldest first; only those that have a history. names: staff number -> name; today: the day of
    the batch under way.
    """
    told = {line.decision_id: line for line in lines}
    ids = told.keys()
    found: dict[str, list[str]] = {}
    days = ledger.runs.days()
    for id, versions in ledger.decisions.histories(ids).items():
        found.setdefault(id, []).extend(superseded(days.get(run, today), line) for run, line in versions)
    for id, answers in ledger.decisions.answers_to(ids).items():
        found.setdefault(id, []).extend(answered(answer, names) for answer in answers)
    for id, _, says in notified(ledger, told.values()):
        found.setdefault(id, []).append(says)
    for appeal in ledger.appeals.of(ids):
        words = f"：{appeal.reason}" if appeal.reason else ""
        found.setdefault(appeal.decision_id, []).append(f"申诉{appeal.number}，{_named(appeal.by, names)}{words}")
    return {id: tuple(texts) for id, texts in found.items()}


def notified(ledger: Ledger, lines: Collection[Decision]) -> Iterator[tuple[str, date, str]]:
    """(decision id, day, sentence) of every notice that tells of one of these lines, and of its delivery."""
    ids = {line.decision_id for line in lines}
    notices = ledger.notices.about({line.period for line in lines}, {line.staff_no for line in lines})
    receipts = ledger.notices.receipts(notice.notice_id for notice in notices)
    for notice in notices:
        receipt = receipts.get(notice.notice_id)
        kind = "更正通知" if notice.corrects else "通知"
        says = f"{notice.issued.isoformat()} {kind}{notice.notice_id}"
        if receipt is not None:
            opinion = f"，员工意见{receipt.opinion}" if receipt.opinion else ""
            says += f"，{receipt.delivered.isoformat()}{receipt.way}送达{opinion}"
        for line in notice.lines:
            if line.decision_id in ids:
                yield line.decision_id, notice.issued, says


def superseded(day: str, line: Decision) -> str:
    """What a line said until the batch of a day."""
    amount = f" {yuan(line.amount)}元" if line.amount is not None else ""
    state = STATUSES.get(line.status, "")
    return f"{day}以前：{line.text}（{state}{amount}）"


def answered(answer: Answer, names: Mapping[str, str]) -> str:
    """Who answered when, and how."""
    amount = f" {yuan(answer.amount)}元" if answer.verdict == "改为" and answer.amount is not None else ""
    owner = _named(answer.owner, names) if answer.owner else ""
    return f"{answer.day.isoformat()} {_named(answer.by, names)}{answer.verdict}{owner}{amount}"


def _named(staff_no: str, names: Mapping[str, str]) -> str:
    return f"{names.get(staff_no, '')}（{staff_no}）"
