"""Applies managers' answers to decisions: confirmed, revoked, changed, awarded to somebody; and what hangs on them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date

from processor.catalogue.outcome import MONEY
from processor.decision import Answer, Decision
from processor.model import LEFT_TO_MANAGER, yuan
from processor.settle import sentences

CONFIRM, REVOKE, CHANGE, AWARD = "确认", "撤销", "改为", "归属"
#: What the holder of a staff number was called on a day.
NameOf = Callable[[str, date], str]
PAID_TO_EMPLOYEE = frozenset({"reward", "commission", "base_pay", "recommendation"})


def answered(decisions: Iterable[Decision], answers: Mapping[str, Answer], name_of: NameOf) -> list[Decision]:
    """The decisions with their answers applied; one that changed since it was answered asks again.

    name_of: what the holder of a staff number was called on a day.
    """
    return [_answered(d, answers[d.decision_id], name_of) if d.decision_id in answers else d for d in decisions]


def _answered(decision: Decision, answer: Answer, name_of: NameOf) -> Decision:
    if answer.fingerprint not in ("", decision.fingerprint, judged_row(decision)):
        return replace(decision, status="needs_confirmation")
    if answer.verdict == REVOKE:
        return replace(decision, status="revoked", amount=None, text=sentences.revoked(decision.text, answer.day))
    if answer.verdict == AWARD:
        return owned(decision, answer.owner, name_of) if decision.effect == "attribute" else decision
    if answer.verdict == CHANGE and answer.amount is not None:
        earlier = decision.effect == "recommendation" and answer.fingerprint  # versions before took such an amount
        if not takes_amount(decision) and not earlier:
            return decision
        changed = sentences.changed(decision.text, yuan(answer.amount))
        amount = signed(decision, answer.amount) if takes_amount(decision) else -answer.amount
        return replace(decision, status="confirmed", amount=amount, text=changed)
    if decision.status == "pending_amount":
        return decision
    return replace(decision, status="confirmed", text=sentences.confirmed(decision.text, answer.day))


def owned(decision: Decision, staff_no: str, name_of: NameOf) -> Decision:
    """An attribution awarded to somebody."""
    name = name_of(staff_no, decision.date)
    text = sentences.awarded(decision.text, name, staff_no)
    return replace(decision, status="confirmed", staff_no=staff_no, staff_name=name, text=text)


def takes_amount(decision: Decision) -> bool:
    """Whether a manager may name an amount: of money and points, and of recommendations that name a sum."""
    if decision.effect in MONEY | {"points"} or decision.amount is not None or decision.status == "pending_amount":
        return True
    return decision.effect == "recommendation" and LEFT_TO_MANAGER in str(decision.text)


def judged_row(decision: Decision) -> str:
    """The fingerprint of a revocation: it holds as long as the judged row says what it said, whatever the ladder does."""
    return f"fact:{decision.row}"


def signed(decision: Decision, amount: int) -> int:
    """Fen entered without sign, with the sign of the line: of its amount, else of its points, else of its effect (G8)."""
    if decision.amount:
        return amount if decision.amount > 0 else -amount
    if decision.points:
        return amount if decision.points.startswith("+") else -amount
    return amount if decision.effect in PAID_TO_EMPLOYEE else -amount


def followed(decisions: Iterable[Decision], causes: Mapping[str, Decision], name_of: NameOf) -> list[Decision]:
    """Lines that hang on a cause go its way, down every link among `decisions`. causes: lines outside by id.

    With a revoked line fall those that hang on it; with an awarded customer go the enquiries that inherit him. An
    adjustment names the line that it adjusts and stands by itself: it is what the revocation leaves to be paid back.
    """
    lines = {d.decision_id: d for d in decisions}
    known = {**causes, **lines}
    moved = True
    while moved:
        moved = False
        for id, line in lines.items():
            cause = known.get(line.linked_to)
            now = line if cause is None or line.effect == "adjustment" else _following(line, cause, name_of)
            if now != line:
                lines[id] = known[id] = now
                moved = True
    return list(lines.values())


def _following(line: Decision, cause: Decision, name_of: NameOf) -> Decision:
    if cause.status == "revoked":
        return replace(line, status="revoked", amount=None, text=sentences.revoked(line.text))
    inherits = line.effect == cause.effect == "attribute" and line.status != "revoked"
    if inherits and cause.status == "confirmed" and line.staff_no != cause.staff_no:
        return owned(line, cause.staff_no, name_of)
    return line
