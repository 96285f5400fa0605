"""Applies managers' answers to decisions: confirmed, revoked, changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from processor.decision import Answer, Decision
from processor.model import joined, say, yuan

REVOKE, CHANGE = "撤销", "改为"
PAID_TO_EMPLOYEE = frozenset({"reward", "commission", "base_pay"})


def answered(decisions: Iterable[Decision], answers: Mapping[str, Answer]) -> list[Decision]:
    """The decisions with their answers applied; one that changed since it was answered asks again."""
    return [_answered(d, answers[d.decision_id]) if d.decision_id in answers else d for d in decisions]


def _answered(decision: Decision, answer: Answer) -> Decision:
    if answer.fingerprint not in ("", decision.fingerprint, judged_row(decision)):
        return replace(decision, status="needs_confirmation")
    if answer.verdict == REVOKE:
        return replace(decision, status="revoked", amount=None)
    if answer.verdict == CHANGE and answer.amount is not None:
        changed = joined([decision.text, say("经理改为{yuan}元", yuan=yuan(answer.amount))])
        return replace(decision, status="confirmed", amount=signed(decision, answer.amount), text=changed)
    if decision.status == "pending_amount":
        return decision
    return replace(decision, status="confirmed")


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


def fell_with_cause(decisions: Iterable[Decision], revoked_ids: frozenset[str]) -> list[Decision]:
    """Lines that hang on a revoked line are revoked with it, down every link among `decisions`.

    An adjustment names the line that it adjusts and stands by itself: it is what the revocation leaves to be paid back.
    """
    lines = list(decisions)
    fallen = set(revoked_ids)
    while True:
        more = {d.decision_id for d in lines if d.linked_to in fallen and d.effect != "adjustment"} - fallen
        if not more:
            break
        fallen |= more
    inherited = fallen - revoked_ids
    return [replace(d, status="revoked", amount=None) if d.decision_id in inherited else d for d in lines]
