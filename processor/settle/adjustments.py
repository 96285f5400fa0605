"""What a later change of a closed month leaves as an adjustment in the first open month (G9)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

from processor.calendars import window_key, window_range
from processor.decision import Decision, identify
from processor.ledger import Ledger
from processor.ledger.periods import Frozen
from processor.model import Text, say, yuan
from processor.rules.outcomes import parse_points
from processor.settle.basis import Basis

BINDING = "adjustment"


Changes = Mapping[str, tuple[Decision | None, Decision | None]]


def adjustments(changes: Changes, ledger: Ledger, basis: Basis) -> tuple[list[Decision], list[Decision]]:
    """The adjustments that stand, and those that should: one for each changed line of a closed month.

    changes: what the batch did, decision id -> (as it was, as it is). basis: a line without one is due no money. An
    adjustment is the difference to what closed months have booked. A line that moved out of a closed month is due in its
    new month; what was booked of it is given back. It names the line that is booked, or the booked line on which a new
    one hangs.
    """
    closed = ledger.periods.closed()
    if not closed:
        return [], []
    changed = {id: line for id, (old, new) in changes.items() if (line := new or old) and line.binding != BINDING}
    booked = ledger.periods.booked({*changed, *(line.linked_to for line in changed.values() if line.linked_to)})
    standing = ledger.decisions.adjustments(closed)
    bases = ledger.decisions.bases(d.decision_id for d in standing)
    wanted = [bases[d.decision_id] for d in standing if adjusted_id(d) not in changed]
    for id, line in sorted(changed.items()):
        if (line.period not in closed and id not in booked) or _still_due(booked.get(id, []), id):
            continue
        new = changes[id][1]
        since = line.period if line.period in closed else max(entry.period for entry in booked[id])
        due = _worth(changes[id], booked.get(id, []), basis)
        made = _adjustment(line, new, due, booked.get(id, []), since, first_open(since, closed))
        if made is not None and not made.linked_to and line.linked_to in booked:
            made = replace(made, linked_to=line.linked_to)
        wanted += [made] if made is not None else []
    return standing, wanted


def _worth(change: tuple[Decision | None, Decision | None], booked: Sequence[Frozen], basis: Basis) -> int:
    """What a changed line may take or give, in fen: nothing without a basis, unless a closed month took it all the same."""
    old, new = change
    if new is None:
        return 0
    taken_so = old is not None and basis.objection(old) and any(entry.paid for entry in booked)
    return 0 if basis.objection(new) and not taken_so else new.amount or 0


def _still_due(booked: Sequence[Frozen], id: str) -> bool:
    """Whether the line itself is yet to be taken by a later month, as it stands then."""
    own = [entry for entry in booked if entry.decision_id == id]
    return any(entry.held for entry in own) and not any(entry.paid for entry in own)


def _counting(booked: Sequence[Frozen]) -> list[Frozen]:
    """What was taken or a later month still takes, each line once."""
    return list({entry.decision_id: entry for entry in booked if entry.paid or entry.held}.values())


def adjusted_id(adjustment: Decision) -> str:
    """The id of the line whose difference an adjustment is."""
    return adjustment.part.rpartition("@")[0]


def adjusted_effects(ledger: Ledger, lines: Iterable[Decision]) -> dict[str, str]:
    """Id of each adjustment among the lines -> the effect of the line that it adjusts."""
    adjusts = {line.decision_id: adjusted_id(line) for line in lines if line.binding == BINDING}
    effects = {id: entries[0].effect for id, entries in ledger.periods.booked(adjusts.values()).items()}
    effects |= {id: line.effect for id, line in ledger.decisions.ever(adjusts.values()).items()}
    return {id: effects[adjusted] for id, adjusted in adjusts.items() if adjusted in effects}


def first_open(period: str, closed: Collection[str]) -> str:
    """The first month after a closed one that is open."""
    while period in closed:
        period = window_key(window_range(period, "month")[1] + timedelta(days=1), "month")
    return period


def _adjustment_id(line: Decision, period: str) -> str:
    return identify(line.unit, line.clause, "adjustment", line.staff_no, line.subject, f"{line.decision_id}@{period}")


def _adjustment(
    line: Decision, now: Decision | None, worth: int, booked: list[Frozen], since: str, period: str
) -> Decision | None:
    """The difference to book in `period`, None where there is none. worth: what the line as it is now may take or give,
    in fen; since: the closed month that it concerns.
    """
    moved = line.period != since
    counts = now is not None and not moved and now.paid
    due = worth if counts else 0
    counting = _counting(booked)
    had = sum(entry.amount or 0 for entry in counting)
    difference = due - had
    points = _points_difference(now.points if now is not None and counts else "", [entry.points for entry in counting])
    if not difference and not points:
        return None
    own = next((entry.decision_id for entry in booked if entry.decision_id == line.decision_id), "")
    own = own or (max(booked, key=lambda entry: entry.period).decision_id if booked else "")
    return Decision(
        decision_id=_adjustment_id(line, period),
        period=period,
        date=line.date,
        unit=line.unit,
        pack=line.pack,
        clause=line.clause,
        family=line.family,
        effect="adjustment",
        staff_no=line.staff_no,
        staff_name=line.staff_name,
        subject=line.subject,
        amount=difference if difference or line.amount is not None else None,
        points=points,
        occurrence=None,
        status="final",
        text=_text(line, _what(line, now, moved), had, due, difference, points, since, period, bool(own)),
        reading="G9",
        linked_to=own,
        row=line.row,
        column="",
        part=f"{line.decision_id}@{period}",
        binding=BINDING,
        window=since,
        evidence=line.evidence,
        parameters=line.parameters,
    )


def _what(line: Decision, now: Decision | None, moved: bool) -> Text:
    if now is None:
        return say("原决定“{text}”不再成立", text=line.text)
    if now.status == "revoked":
        return say("原决定“{text}”已撤销", text=line.text)
    if moved:
        return say("原决定改记在{period}：{text}", period=line.period, text=line.text)
    return now.text


def _text(
    line: Decision,
    what: Text,
    had: int,
    due: int,
    difference: int,
    points: str,
    closed: str,
    period: str,
    booked: bool,
) -> Text:
    if points and not difference:
        template = "{closed}已结账，点数差{points}记入{period}：{what}"
        return say(template, closed=closed, points=points, period=period, what=what)
    template = "{closed}已结账，已入账{had}元，应为{due}元，差额{difference}元记入{period}：{what}"
    if not booked:
        template = "{closed}已结账后才登记，{difference}元记入{period}：{what}"
    return say(
        template,
        closed=closed,
        had=yuan(had),
        due=yuan(due),
        difference=yuan(difference),
        period=period,
        what=what,
    )


def _points_difference(due: str, booked: Iterable[str]) -> str:
    """Signed points that lead from what is booked to what is due: `-A1C2`, `+C1、-B1`; empty where they agree."""
    counts: dict[str, int] = {}
    for sign, text in [(1, due), *((-1, text) for text in booked)]:
        for part in text.split("、"):
            for grade, count in parse_points(part).items():
                counts[grade] = counts.get(grade, 0) + sign * (-count if part.startswith("-") else count)
    sides = [("+", {g: n for g, n in counts.items() if n > 0}), ("-", {g: -n for g, n in counts.items() if n < 0})]
    return "、".join(sign + "".join(f"{g}{n}" for g, n in sorted(side.items())) for sign, side in sides if side)
