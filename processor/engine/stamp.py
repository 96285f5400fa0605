"""Stamps findings: id, unit, names, money for points, status, reading and the parameters that were used."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any

from processor.calendars import window_key
from processor.catalogue.dated import Dated
from processor.catalogue.outcome import MONEY
from processor.catalogue.pack import Binding, Pack
from processor.catalogue.parameter import Missing
from processor.decision import Decision, identify
from processor.model import INFO_EFFECTS, Finding, Text, say
from processor.roster import plain
from processor.rules.outcomes import parse_points

NameOf = Callable[[str, date], str]


def stamp_all(
    findings: Iterable[Finding],
    *,
    unit: str,
    known_as: str,
    pack: Pack,
    binding: Binding,
    name_of: NameOf,
    point_values: Mapping[str, Dated[int]],
    in_full: bool = True,
) -> list[Decision]:
    """Decisions of one binding.

    known_as: the unit's first name, of which ids are made; name_of: what the holder of a number was called on a day; point_values: grade -> fen,
    empty where a site sets none. in_full: False where nobody is to read the sentences, which then lack day and name.
    """
    seen: dict[tuple[str, ...], int] = {}
    stamp = _Stamp(unit, known_as, pack, binding, name_of, point_values, in_full)
    decisions = []
    for finding in _applied(findings, pack, binding):
        same = (finding.clause, finding.effect, finding.staff_no, finding.subject, finding.part)
        seen[same] = seen.get(same, 0) + 1
        part = finding.part if seen[same] == 1 else f"{finding.part}#{seen[same]}"
        decisions.append(stamp.on(finding, part))
    return decisions


def _applied(findings: Iterable[Finding], pack: Pack, binding: Binding) -> list[Finding]:
    """The findings of clauses that are in force and switched on, without those that hang on one that is not."""
    applied, dropped = [], set()
    for finding in findings:
        holds = max(pack.in_force_from, binding.since) <= finding.date < binding.until
        if not holds or not pack.applies(finding.clause, finding.date):
            dropped.add((finding.clause, finding.effect, finding.subject, finding.staff_no, finding.part))
        else:
            applied.append(finding)
    return [finding for finding in applied if finding.hangs_on not in dropped] if dropped else applied


class _Stamp:
    """What all decisions of a binding share; the figures in force on a day are looked up once."""

    def __init__(
        self,
        unit: str,
        known_as: str,
        pack: Pack,
        binding: Binding,
        name_of: NameOf,
        point_values: Mapping[str, Dated[int]],
        in_full: bool,
    ) -> None:
        self.in_full = in_full
        self.unit, self.known_as, self.pack, self.binding = unit, known_as, pack, binding
        self.name_of, self.point_values = name_of, point_values
        self.figures: dict[date, tuple[tuple[str, Any, str, str], ...]] = {}

    def on(self, finding: Finding, part: str) -> Decision:
        if finding.date not in self.figures:
            self.figures[finding.date] = _parameters(self.binding, finding.date)
        clause = self.pack.clauses[finding.clause]
        amount = finding.amount
        if amount is None and finding.points:
            values = {grade: value.on(finding.date) for grade, value in self.point_values.items()}
            amount = points_amount(finding.points, values)
        name = self.name_of(finding.staff_no, finding.date)
        linked_to = finding.cause
        if finding.hangs_on is not None:
            cause, effect, subject, staff_no, cause_part = finding.hangs_on
            linked_to = identify(self.known_as, cause, effect, plain(staff_no), subject, cause_part)
        return Decision(
            decision_id=identify(
                self.known_as, finding.clause, finding.effect, plain(finding.staff_no), finding.subject, part
            ),
            period=window_key(finding.date, "month"),
            date=finding.date,
            unit=self.unit,
            pack=self.pack.name,
            clause=finding.clause,
            family=clause.family,
            effect=finding.effect,
            staff_no=finding.staff_no,
            staff_name=name,
            subject=finding.subject,
            amount=amount,
            points=finding.points,
            occurrence=finding.occurrence,
            status=finding.status or default_status(finding),
            text=_sentence(finding, name) if self.in_full or finding.effect == "classify" else finding.text,
            reading=_reading(clause.readings, finding.readings, clause.reading),
            linked_to=linked_to,
            row=None if finding.row is None else int(finding.row),
            column=finding.column,
            part=part,
            binding=self.binding.id,
            window=window_key(finding.date, self.binding.window),
            evidence=_refs(finding),
            candidates=finding.candidates,
            steps=finding.steps,
            parameters=self.figures[finding.date],
            due=finding.due,
        )


def _sentence(finding: Finding, name: str) -> Text:
    """The finding's sentence with its day where it names none, and with who bears it where it is about money."""
    text, said = finding.text, str(finding.text)
    if not _DATED.search(said):
        text = say("{day} {text}", day=finding.date.isoformat(), text=text)
    is_money = finding.effect in MONEY or finding.amount is not None or bool(finding.points)
    if is_money and name and name not in said and not _names(said, plain(finding.staff_no)):
        text = say("{name}：{text}", name=name, text=text)
    return text


def _names(said: str, number: str) -> bool:
    """Whether a sentence names a staff number, as no part of a day or of another number."""
    return re.search(rf"(?<![\w-]){re.escape(number)}(?![\w-])", said, re.ASCII) is not None


#: A day, a month, a quarter or a year in a sentence.
_DATED = re.compile(r"\d{4}(?:-\d{2}|-Q\d|年)")


def _refs(finding: Finding) -> tuple[int, ...]:
    rows = finding.evidence or ((finding.row,) if finding.row is not None else ())
    return tuple(dict.fromkeys(map(int, rows)))


def default_status(finding: Finding) -> str:
    """`info` for remarks, `needs_confirmation` for recommendations, `pending_amount` for money without a figure."""
    if finding.effect in INFO_EFFECTS:
        return "info"
    if finding.effect == "recommendation":
        return "needs_confirmation"
    owed = {"fine", "reward", "commission", "base_pay", "wage_day", "bonus_forfeit", "deduction"}
    if finding.effect in owed and finding.amount is None and not finding.points:
        return "pending_amount"
    return "final"


def points_amount(points: str, values: Mapping[str, int | None]) -> int | None:
    """Signed fen of signed points; None where the site gives a grade no value (G5)."""
    counts = parse_points(points)
    worth = {grade: value for grade in counts if (value := values.get(grade)) is not None}
    if not counts or len(worth) < len(counts):
        return None
    total = sum(worth[grade] * count for grade, count in counts.items())
    return -total if points.startswith("-") else total


def _reading(general: tuple[str, ...], applied: tuple[str, ...], own: str) -> str:
    return ";".join(dict.fromkeys(part for part in (*general, *applied, own) if part))


def _parameters(binding: Binding, day: date) -> tuple[tuple[str, Any, str, str], ...]:
    used = []
    for parameter in binding.parameters():
        value = parameter.on(day)
        since = parameter.since(day)
        told = value.value if isinstance(value, Missing) else value
        used.append((parameter.name, told, since.isoformat() if since else "", parameter.origin(day)))
    return tuple(used)
