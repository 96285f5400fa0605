"""What follows from an occurrence: the outcomes of its clause turned into findings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import Any

from processor.catalogue.outcome import MONEY, PER_UNITS, Outcome
from processor.catalogue.parameter import Missing
from processor.model import Finding, Text, joined, say, yuan
from processor.rules.job import Job

CREDITS = frozenset({"reward", "commission", "base_pay"})
WORDS = {
    "reward": "{what}，奖励{yuan}元",
    "fine": "{what}，罚款{yuan}元",
    "commission": "{what}，提成{yuan}元",
    "wage_day": "{what}，扣当日工资{yuan}元",
    "bonus_forfeit": "{what}，取消当月全勤奖{yuan}元",
}
GRADES = {"C": 1, "B": 2, "A": 3}


@dataclass(frozen=True)
class Occurrence:
    """One thing that happened to one employee. recorded_amount: fen as the register states it; quantity multiplies.

    part: tells two occurrences of one subject apart. excess: by how much the limit was passed, in `excess_unit`
    (seconds of one unit of it; 0 = none), for outcomes that count full steps. money: fen by column, for shares of it.
    says_all: the sentence needs no word on what follows, unless the outcome states an action.
    """

    clause: str
    staff_no: str
    date: date
    subject: str
    what: Text
    row: int | None
    evidence: tuple[int, ...]
    column: str = ""
    number: int | None = None
    steps: tuple[Text, ...] = ()
    quantity: int = 1
    recorded_amount: int | None = None
    recorded_points: str = ""
    readings: tuple[str, ...] = ()
    part: str = ""
    excess: float = 0
    excess_unit: int = 0
    money: Mapping[str, int | None] = field(default_factory=dict)
    says_all: bool = False

    def full_steps(self, outcome: Outcome) -> int:
        """How many full steps of `outcome.per` the excess holds; 1 for outcomes that count none."""
        if outcome.per is None:
            return 1
        wanted = PER_UNITS[outcome.per_unit]
        return _full_steps(self.excess, outcome.per.at(self.date), wanted, self.excess_unit if wanted else 0)


@lru_cache(maxsize=4096)
def _full_steps(excess: float, step: float, wanted: int, unit: int) -> int:
    """How many steps an excess holds. wanted, unit: seconds of the units of the two, 0 where they are of the same."""
    size = Decimal(str(step)) * wanted / unit if unit else Decimal(str(step))
    return int(Decimal(str(excess)) // size) if size else 0


def decide(job: Job, occurrence: Occurrence, outcomes: Sequence[Outcome]) -> list[Finding]:
    """The findings of one occurrence, remarks on recorded figures that differ (G3, G15) included."""
    findings: list[Finding] = []
    figured = False
    for index, outcome in enumerate(outcomes):
        if (outcome.optional and not occurrence.recorded_amount) or not occurrence.full_steps(outcome):
            continue
        if outcome.bonus and job.monthly_value(occurrence.staff_no, "全勤奖", occurrence.date) == 0:
            continue  # there is no bonus to lose
        made, remark = _one(job, occurrence, outcome, f"{index}" if index else "")
        figured |= made.amount is not None or bool(made.points)
        findings.append(made)
        if remark is not None:
            findings.append(_remark(occurrence, remark))
    if figured:
        findings.extend(_differences(occurrence, outcomes, findings))
    return findings


def _one(job: Job, occurrence: Occurrence, outcome: Outcome, part: str) -> tuple[Finding, Text | None]:
    effect = outcome.effect
    if outcome.points is not None:
        return _points(occurrence, outcome, part)
    if effect in MONEY:
        return _money(job, occurrence, outcome, part)
    if occurrence.says_all:
        said = joined([occurrence.what, say(outcome.action)], "，") if outcome.action else occurrence.what
        return _finding(occurrence, effect, said, part=part), None
    text = say("{what}：{action}", what=occurrence.what, action=say(outcome.action or "记录在案"))
    return _finding(occurrence, effect, text, part=part), None


def _points(occurrence: Occurrence, outcome: Outcome, part: str) -> tuple[Finding, Text | None]:
    assert outcome.points is not None
    base = outcome.points.at(occurrence.date)
    grade, count = base[0], int(base[1:]) * occurrence.quantity
    points = f"{grade}{count}"
    readings: tuple[str, ...] = ("G5",)
    remark = None
    if outcome.or_more and occurrence.recorded_points:
        recorded = parse_points(occurrence.recorded_points)
        readings = ("G3", "G5")
        if points_value(recorded) >= points_value({grade: count}):
            points = "".join(f"{g}{n}" for g, n in recorded.items())
        else:
            remark = say(
                "登记点数{found}低于最低标准{floor}，按{floor}计", found=occurrence.recorded_points, floor=points
            )
    signed = ("+" if outcome.reward else "-") + points
    template = "{what}，奖励{points}点" if outcome.reward else "{what}，记{points}点"
    text = say(template, what=occurrence.what, points=points)
    if outcome.action:
        text = joined([text, say(outcome.action)], "，")
    return _finding(occurrence, outcome.effect, text, points=signed, part=part, readings=readings), remark


def _money(job: Job, occurrence: Occurrence, outcome: Outcome, part: str) -> tuple[Finding, Text | None]:
    effect = outcome.effect
    sign = 1 if effect in CREDITS else -1
    amount, readings, remark = _amount(job, occurrence, outcome)
    if effect == "commission_void" and amount is None:
        return _finding(occurrence, effect, occurrence.what, part=part), None
    if amount is None:
        if outcome.otherwise is not None:
            return _one(job, occurrence, outcome.otherwise, part)
        header = "全勤奖" if outcome.bonus else "月工资" if outcome.wage or outcome.wage_days is not None else ""
        lacks = say("花名册没有{header}，", header=header) if header else say("")
        text = say("{what}，{lacks}金额待定，须由经理确认", what=occurrence.what, lacks=lacks)
        return _finding(occurrence, effect, text, status="pending_amount", part=part, readings=readings), remark
    words = WORDS.get(effect, "{what}，扣款{yuan}元")
    text = say(words, what=occurrence.what, yuan=yuan(amount))
    status = outcome.status or None
    if status == "needs_confirmation":
        text = joined([text, say("须经理确认后生效")], "，")
    made = _finding(occurrence, effect, text, amount=sign * amount, status=status, part=part, readings=readings)
    return made, remark


def _amount(job: Job, occurrence: Occurrence, outcome: Outcome) -> tuple[int | None, tuple[str, ...], Text | None]:
    """Unsigned fen, the readings applied, and a remark on a recorded amount that does not fit."""
    recorded = occurrence.recorded_amount
    if outcome.wage:
        wage = job.monthly_value(occurrence.staff_no, "月工资", occurrence.date)
        return (None if wage is None else int(wage)), ("G6",), None
    if outcome.recorded:
        return _held(occurrence, outcome, recorded)
    if outcome.wage_days is not None or outcome.bonus:
        header = "全勤奖" if outcome.bonus else "月工资"
        known = job.monthly_value(occurrence.staff_no, header, occurrence.date)
        divisor = Decimal(str(outcome.wage_days.at(occurrence.date))) if outcome.wage_days is not None else Decimal(1)
        return (None if known is None else _rounded(Decimal(int(known)) / divisor)), (), None
    if outcome.share is not None:
        whole = occurrence.money.get(outcome.of)
        share = Decimal(str(outcome.share.at(occurrence.date)))
        return (None if whole is None else _rounded(abs(int(whole)) * share)), (), None
    base = outcome.amount.on(occurrence.date) if outcome.amount is not None else Missing.NO_VALUE
    if isinstance(base, Missing):
        return recorded, ("G15",), None
    times = Decimal(str(outcome.times.at(occurrence.date))) if outcome.times is not None else Decimal(1)
    amount = _rounded(base * times) * occurrence.quantity * occurrence.full_steps(outcome)
    if outcome.or_more:
        if recorded is None or recorded >= amount:
            return max(recorded or 0, amount), ("G3",), None
        floor = say("登记金额{found}元低于最低标准{floor}元，按{floor}元计", found=yuan(recorded), floor=yuan(amount))
        return amount, ("G3",), floor
    return amount, (), None


def _rounded(fen: Decimal) -> int:
    return int(fen.quantize(Decimal(1), ROUND_HALF_UP))


def _held(
    occurrence: Occurrence, outcome: Outcome, recorded: int | None
) -> tuple[int | None, tuple[str, ...], Text | None]:
    if recorded is None or outcome.low is None or outcome.high is None:
        return recorded, ("G15",), None
    low, high = outcome.low.at(occurrence.date), outcome.high.at(occurrence.date)
    held = min(max(recorded, low), high)
    if held == recorded:
        return recorded, ("G15",), None
    remark = say(
        "登记金额{found}元不在{low}元至{high}元之间，按{held}元计",
        found=yuan(recorded),
        low=yuan(low),
        high=yuan(high),
        held=yuan(held),
    )
    return held, ("G15",), remark


def _differences(occurrence: Occurrence, outcomes: Sequence[Outcome], findings: list[Finding]) -> list[Finding]:
    """A flag where the register states another figure than the clause, unless the clause takes that figure (G15)."""
    amounts = {abs(f.amount) for f in findings if f.amount is not None}
    points = [parse_points(f.points) for f in findings if f.points]
    takes_amount = any(o.recorded or (o.or_more and o.amount is not None) for o in outcomes)
    takes_points = any(o.takes_recorded_points for o in outcomes)
    stated: list[Text] = []
    if occurrence.recorded_amount and not takes_amount and occurrence.recorded_amount not in amounts:
        stated.append(say("登记金额{found}元与规定不符，不予采用", found=yuan(occurrence.recorded_amount)))
    if occurrence.recorded_points and not takes_points and parse_points(occurrence.recorded_points) not in points:
        stated.append(say("登记点数{found}与规定不符，不予采用", found=occurrence.recorded_points))
    return [_remark(occurrence, joined(stated))] if stated else []


def _remark(occurrence: Occurrence, remark: Text) -> Finding:
    text = say("{what}：{remark}", what=occurrence.what, remark=remark)
    return _finding(occurrence, "flag", text, part="recorded", readings=("G15",))


def parse_points(text: str) -> dict[str, int]:
    """`-B1`, `A2B1` or `B` as grade -> count, A first; empty where the text is no points."""
    found: dict[str, int] = {}
    cleaned = text.upper().strip().lstrip("+-")
    position = 0
    while position < len(cleaned):
        grade = cleaned[position]
        end = position + 1
        while end < len(cleaned) and cleaned[end].isdigit():
            end += 1
        if grade not in GRADES:
            return {}
        found[grade] = found.get(grade, 0) + int(cleaned[position + 1 : end] or 1)
        position = end
    return {grade: found[grade] for grade in sorted(found)}


def points_value(points: Mapping[str, int]) -> tuple[int, ...]:
    """Orders points: A outweighs any number of B, B any number of C."""
    return tuple(points.get(grade, 0) for grade in "ABC")


def _finding(occurrence: Occurrence, effect: str, text: Text, **fields: Any) -> Finding:
    readings = (*occurrence.readings, *fields.pop("readings", ()))
    part = occurrence.part + fields.pop("part", "")
    return Finding(
        clause=occurrence.clause,
        effect=effect,
        date=occurrence.date,
        subject=occurrence.subject,
        text=text,
        staff_no=occurrence.staff_no,
        occurrence=occurrence.number,
        row=occurrence.row,
        column=occurrence.column,
        evidence=occurrence.evidence,
        steps=occurrence.steps,
        readings=readings,
        part=part,
        **fields,
    )
