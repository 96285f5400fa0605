"""What an employee is handed: one A4 page a month and unit with every line, its row, its clause, and how to appeal."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from itertools import pairwise
from pathlib import Path

from processor.catalogue.law import DISCLAIMER
from processor.catalogue.pack import Clause
from processor.decision import Decision
from processor.filenames import fitted, harmless
from processor.ledger.notices import Notice, NoticeLine
from processor.model import Text, yuan
from processor.report.pages.masking import mask
from processor.report.pages.page import Page, Writing
from processor.report.pages.render import render
from processor.report.snapshot import Line
from processor.rules.outcomes import parse_points
from processor.settle.notices import APPEALED
from processor.settle.pay import Person
from processor.settle.settlement import PaySheet, Settlement

FOLDER = "通知"
SOMEBODY = "某员工"
_SHORTEST_NAME = 2
_NUMBER = re.compile("（([^）]*)）")
#: What somebody else was fined: in a sentence or its template, and as a sentence of a clause's own may name it.
_FINED = "被罚款"
_SUM = re.compile(rf"{_FINED}(?:\{{\w+\}}|[\d.]+)元")
_NAMED_SUM = "原金额"


@dataclass(frozen=True)
class Item:
    """One row of the table. before: what the delivered notice said, empty where it said the same or nothing."""

    day: str
    text: str
    place: str
    clause: str
    rule: str
    nature: str
    published: str
    amount: str
    points: str
    before: str
    remark: str


@dataclass(frozen=True)
class Sheet:
    """One notice as it is printed; amounts are yuan as text. barred: what is not deducted for want of a basis; gone: there
    is no later month that could deduct the rest.
    """

    number: str
    period: str
    issued: str
    name: str
    staff_no: str
    unit: str
    corrects: str
    items: Sequence[Item]
    total: str
    points: str
    now: str
    later: str
    barred: str
    gone: bool
    unchecked: bool


@dataclass(frozen=True)
class Telling:
    """What notices tell beside their lines.

    lines: by decision id; causes: those on which they hang, of closed months too; nature: of a line; documents, packs:
    clause -> rule book, its pack; names: of everybody who ever had a staff number.
    """

    lines: Mapping[str, Line]
    causes: Mapping[str, Decision]
    clauses: Mapping[str, Clause]
    documents: Mapping[str, str]
    packs: Mapping[str, str]
    published: Mapping[str, date]
    names: Mapping[Person, str]
    appeal_days: int
    site: str
    law: str
    nature: Callable[[Decision], str]
    people: Mapping[str, Person]

    @cached_property
    def _named(self) -> frozenset[str]:
        """Everybody's name, but for those that are too short to be told from other words."""
        return frozenset(name for name in self.names.values() if len(name) >= _SHORTEST_NAME)

    @cached_property
    def _lengths(self) -> Mapping[str, list[int]]:
        """The first two characters of a name -> how long names with them are, the longest first."""
        found: dict[str, set[int]] = {}
        for name in self._named:
            found.setdefault(name[:_SHORTEST_NAME], set()).add(len(name))
        return {start: sorted(lengths, reverse=True) for start, lengths in found.items()}

    @cached_property
    def _starts(self) -> re.Pattern[str]:
        """Where a name may begin."""
        return re.compile(f"(?={'|'.join(map(re.escape, sorted(self._lengths)))})" if self._lengths else r"(?!)")

    def name_of(self, notice: Notice) -> str:
        """Whom a notice is for, called as its decisions call him."""
        own = (self.lines[line.decision_id].decision for line in notice.lines if line.decision_id in self.lines)
        return next((d.staff_name for d in own if d.staff_name), self.names.get(self.people[notice.notice_id], ""))

    @cached_property
    def _numbers(self) -> frozenset[str]:
        return frozenset(staff_no for staff_no, _ in self.names)

    def without_others(self, text: str, own: str, offender: Decision | None = None) -> str:
        """The text without phones, and without the names of others than `own`. offender: a line of somebody whose row is
        judged, who stands by his number.
        """
        judged = offender.staff_name if offender is not None else ""
        told: list[str] = []
        at = 0
        for found in self._starts.finditer(text):
            start = found.start()
            lengths = self._lengths[text[start : start + _SHORTEST_NAME]]
            name = next((text[start : start + n] for n in lengths if text[start : start + n] in self._named), "")
            if start < at or not name:
                continue
            told.append(text[at:start])
            at = start + len(name)
            number = _NUMBER.match(text, at)
            if name == own:
                told.append(name)
                continue
            if number is not None and number[1] in self._numbers:
                at = number.end()
            told.append(offender.staff_no if offender is not None and name == judged else SOMEBODY)
        told.append(text[at:])
        return mask("".join(told))


def unit_folder(unit: str) -> str:
    """The folder of a unit's notices below the month."""
    return harmless(unit)


def files_of(month: str, unit: str, notices: Iterable[Notice], told: Telling) -> list[str]:
    """Where the notices of a unit that lie in a month's folder are written, below the outbox, and last all of them in one."""
    folder = f"{FOLDER}/{month}/{unit_folder(unit)}"
    return [*(f"{folder}/{_file_name(month, notice, told)}" for notice in notices), fitted(folder, ".html")]


def _file_name(month: str, notice: Notice, told: Telling) -> str:
    of_closed = f" {notice.period}" if notice.period != month else ""
    return fitted(harmless(f"{notice.staff_no} {told.name_of(notice)}{of_closed}".strip()), ".html")


def write_notices(
    folder: Path, month: str, unit: str, notices: Sequence[Notice], settlement: Settlement, told: Telling
) -> None:
    """The notices of a unit that lie in a month's folder, each by itself, and all in one file beside theirs."""
    pay = next((sheet for sheet in settlement.sheets if sheet.period == month), None)
    sheets = [_sheet(notice, settlement, pay, told) for notice in notices]
    *own, together = files_of(month, unit, notices, told)
    for file, sheet in zip(own, sheets, strict=True):
        _write(folder / file, [sheet], told)
    _write(folder / together, sheets, told)


def _write(path: Path, sheets: Sequence[Sheet], told: Telling) -> None:
    page = Page(Writing("zh", "", {}, {}), path.name)
    text = render(
        "notice.html.j2",
        page,
        sheets=sheets,
        site=told.site,
        appeal_days=told.appeal_days,
        disclaimer=DISCLAIMER if told.law or told.published else "",
        month=page.month,
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="\n")


def _sheet(notice: Notice, settlement: Settlement, sheet: PaySheet | None, told: Telling) -> Sheet:
    earlier = settlement.notices.by_id.get(notice.corrects)
    before = {line.decision_id: line for line in (earlier.lines if earlier else ())}
    gone = [line for id, line in before.items() if id not in {own.decision_id for own in notice.lines}]
    items = [_item(line, before.get(line.decision_id), notice, settlement, told) for line in notice.lines]
    items = [_after(above, item) for above, item in pairwise([None, *items]) if item is not None]
    items += [_withdrawn(line, notice, told) for line in gone]
    amounts = [line.amount for line in notice.lines if line.amount is not None]
    taking = {line.decision_id: -line.amount for line in notice.lines if line.amount is not None and line.amount < 0}
    barred = sum(amount for id, amount in taking.items() if id in settlement.baseless)
    due = sum(taking.values()) - barred
    later = left_for_later(notice, settlement, sheet)
    return Sheet(
        number=notice.notice_id,
        period=notice.period,
        issued=notice.issued.isoformat(),
        name=told.name_of(notice),
        staff_no=notice.staff_no,
        unit=notice.unit,
        corrects=notice.corrects,
        items=items,
        total=yuan(sum(amounts)) if amounts else "",
        points=total_points(line.points for line in notice.lines),
        now=yuan(due - later),
        later=yuan(later) if later else "",
        barred=yuan(barred) if barred else "",
        gone=sheet is not None and not sheet.stranded.isdisjoint(line.decision_id for line in notice.lines),
        unchecked=sheet is not None and settlement.notices.people[notice.notice_id] in sheet.unchecked,
    )


def left_for_later(notice: Notice, settlement: Settlement, sheet: PaySheet | None) -> int:
    """What of the fen due the wage of the month cannot bear, so far as is known: as the sheet says, or by the notice alone."""
    if sheet is None:
        return 0
    ids = {line.decision_id for line in notice.lines}
    left = sum(c.amount for c in sheet.left if c.decision_id in ids)
    bound = sheet.bounds.get(settlement.notices.people[notice.notice_id])
    if bound is None:
        return left
    due = [
        (line.decision_id, settlement.about[line.decision_id].nature, -line.amount)
        for line in notice.lines
        if line.amount is not None and line.amount < 0 and line.decision_id not in settlement.baseless
    ]
    return max(left, sum(bound.beyond(due).values()))


def _item(line: NoticeLine, before: NoticeLine | None, notice: Notice, settlement: Settlement, told: Telling) -> Item:
    full = told.lines.get(line.decision_id)
    id = full.decision.clause if full else line.decision_id.rpartition("-")[0]
    clause = told.clauses.get(id)
    source = full.source if full else None
    return Item(
        day=line.day,
        text=_words(line, full, told.name_of(notice), told),
        place=mask(f"{source.file} [{source.sheet}] 第{source.row}行") if source else "",
        clause=id,
        rule=clause.rule if clause else "",
        nature=told.nature(full.decision) if full else "",
        published=_published(id, clause, told),
        amount=yuan(line.amount),
        points=line.points,
        before="" if before is None or before.stated == line.stated else _said(before),
        remark=_remark(line, settlement),
    )


def _after(above: Item | None, item: Item) -> Item:
    """The row below another one: the words of one clause are printed once."""
    if above is None or not item.rule or above.clause != item.clause:
        return item
    return replace(item, rule="（同上）", published="")


def _words(line: NoticeLine, full: Line | None, own: str, told: Telling) -> str:
    """The sentence without names of others; whoever the employee answers for stands by his number, without his amount.

    The employee's name and the day at its beginning are left out: they stand beside it.
    """
    if full is None:
        text = told.without_others(_SUM.sub(_FINED, line.text), own)
    else:
        sentence = full.decision.text
        said = str(_without_sums(sentence) if _tells_sums(sentence) else sentence)
        text = told.without_others(said, own, _offender(full.decision, told.causes))
    return text.removeprefix(f"{own}：").removeprefix(f"{line.day} ")


def _tells_sums(text: Text) -> bool:
    inside = (_tells_sums(value) for value in text.args.values() if isinstance(value, Text))
    return _FINED in text.template or _NAMED_SUM in text.args or any(inside)


def _without_sums(text: Text) -> Text:
    """The sentence without what somebody was fined for whom the employee answers, also inside another sentence."""
    args = {name: _without_sums(value) if isinstance(value, Text) else value for name, value in text.args.items()}
    args |= {_NAMED_SUM: ""} if _NAMED_SUM in args else {}
    return Text(_SUM.sub(_FINED, text.template), args)


def _offender(line: Decision, causes: Mapping[str, Decision]) -> Decision | None:
    """The line of somebody else on which a line hangs, through the employee's own lines that it adjusts or follows."""
    cause = causes.get(line.linked_to)
    while cause is not None and (cause.staff_no, cause.staff_name) == (line.staff_no, line.staff_name):
        cause = causes.get(cause.linked_to)
    return cause


def _remark(line: NoticeLine, settlement: Settlement) -> str:
    """What keeps a line from being deducted, but for the notice itself."""
    if line.decision_id in settlement.baseless:
        return f"不扣款：{settlement.withheld[line.decision_id]}"
    return f"暂不扣款：{APPEALED}" if settlement.withheld.get(line.decision_id) == APPEALED else ""


def total_points(all_points: Iterable[str]) -> str:
    """Points summed by sign and grade: `-A1、-C4、+A1`."""
    counts: Counter[str] = Counter()
    for part in (part for points in all_points for part in points.split("、") if part):
        for grade, count in parse_points(part).items():
            counts[("-" if part.startswith("-") else "+") + grade] += count
    ordered = sorted(counts.items(), key=lambda item: (item[0][0] == "+", item[0]))
    return "、".join(f"{key}{count}" for key, count in ordered)


def _withdrawn(line: NoticeLine, notice: Notice, told: Telling) -> Item:
    text = told.without_others(_SUM.sub(_FINED, line.text), told.name_of(notice))
    clause = line.decision_id.rpartition("-")[0]
    return Item(line.day, text, "", clause, "", "", "", "", "", _said(line), "已撤销")


def _said(line: NoticeLine) -> str:
    parts: Iterable[str] = (line.day, f"{yuan(line.amount)}元" if line.amount is not None else "", line.points)
    return " ".join(part for part in parts if part)


def _published(id: str, clause: Clause | None, told: Telling) -> str:
    day = told.published.get(told.packs.get(id, ""))
    where = f"《{told.documents.get(id, '')}》{clause.cites}" if clause else ""
    return f"{where}，{f'公布于{day.isoformat()}' if day else '未填公布日期'}".lstrip("，")
