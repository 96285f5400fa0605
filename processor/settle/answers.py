"""Takes managers' answers out of 待确认事项 and 申诉登记表, and says of each row what became of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from processor.catalogue.answering import Answering
from processor.decision import Answer, Decision
from processor.ledger import Ledger
from processor.ledger.decisions import UPHOLD
from processor.model import Text, say, yuan
from processor.roster import LEFT, Roster
from processor.settle.apply import AWARD, CHANGE, CONFIRM, REVOKE, judged_row, takes_amount
from processor.settle.authority import Authority
from processor.settle.forms import EFFECTIVE, REFUSED, WAITING, Form, Refused, Row, Told


@dataclass(frozen=True)
class Desk:
    """What judging an answer needs beside the row."""

    ledger: Ledger
    authority: Authority
    roster: Roster
    as_of: date


@dataclass(frozen=True)
class Taken:
    """What the batch's forms answered: the lines that are decided anew for it, and the rows that count for nothing."""

    lines: Sequence[Decision]
    refused: Sequence[Refused]


def take(desk: Desk, forms: Iterable[Form]) -> Taken:
    """Keep the batch's new answers and bind them to the lines that they answer; a row without verdict waits."""
    ledger = desk.ledger
    given: list[Answer] = []
    refused: list[Refused] = []
    for form, columns in _answering(forms):
        known = ledger.decisions.answered_rows(form.facts)
        lines = ledger.decisions.by_id(form.frame["决定编号"].dropna())
        for row in form.rows():
            if row.fact in known:
                continue
            said = _answer(desk, row, columns, lines.get(row.cells["决定编号"]))
            if isinstance(said, Refused):
                refused.append(said)
            elif said is not None:
                given.append(said)
    ledger.decisions.keep_answers(given)
    lines = ledger.decisions.by_id(a.decision_id for a in given)
    adopt(desk, given, lines)
    return Taken(list(lines.values()), refused)


def adopt(desk: Desk, answers: Iterable[Answer], lines: Mapping[str, Decision]) -> list[Decision]:
    """Bind answers to the lines as they stand, but those by someone who has no say in them; the lines that were bound."""
    decisions = desk.ledger.decisions
    bases = decisions.bases(lines)
    answers = list(answers)
    places = desk.ledger.places.sources(answer.fact for answer in answers)
    bound = []
    for answer in answers:
        line = lines.get(answer.decision_id)
        if line is None or desk.authority.misplaced(places[answer.fact].file, line):
            continue
        if answer.verdict == CHANGE and not takes_amount(line):
            continue  # given before the line was known, which turns out to take no amount
        if not desk.authority.objection(answer.by, bases[line.decision_id]):
            decisions.adopt(answer, line, _fingerprint(answer, bases[line.decision_id]))
            bound.append(line)
    return bound


def _answering(forms: Iterable[Form]) -> Iterator[tuple[Form, Answering]]:
    return ((form, form.answers) for form in forms if form.answers is not None)


def _offered(columns: Answering) -> tuple[str, ...]:
    """The verdicts that every line takes; to award something takes a line of attribution."""
    return tuple(verdict for verdict in columns.offered if verdict != AWARD)


def _fingerprint(answer: Answer, base: Decision) -> str:
    """A revocation takes back the judged row as it was; any other answer speaks of the line's own figures."""
    if answer.verdict == REVOKE and base.row is not None:
        return judged_row(base)
    return base.fingerprint


def _answer(desk: Desk, row: Row, columns: Answering, line: Decision | None) -> Answer | Refused | None:
    """line: what is answered, None where it is not known (yet)."""
    cells = row.cells
    verdict, by, amount = cells[columns.verdict], cells[columns.by], cells[columns.amount]
    owner = cells.get(columns.owner)
    if verdict is None:
        return _without_verdict(row, columns, line)
    for header in (columns.amount, columns.by, columns.day, columns.owner):
        if header in row.unread:
            return row.refused(header, f"“{row.unread[header]}”看不懂，请改正“{header}”")
    if by is None:
        return row.refused(columns.by, f"请在“{columns.by}”填写负责人的工号", "负责人的工号")
    if line is None and not desk.authority.is_manager(by):
        return row.refused(columns.by, f"{by}不是任何门店的负责人", "负责人的工号")
    if line is not None and (objection := desk.authority.objection(by, line)):
        return row.refused(columns.by, objection, "负责人的工号")
    if line is not None and (misplaced := desk.authority.misplaced(row.place.file, line)):
        return row.refused(columns.by, misplaced, "经理的文件夹")
    given = None if amount is None else abs(int(amount))
    if line is not None and line.status == "pending_amount" and verdict == CONFIRM:
        if given is None:
            return row.refused(columns.amount, "金额待定，请填写改为金额", "金额")
        verdict = CHANGE
    if line is not None and (fault := _misfit(desk, row, columns, line, verdict, given, owner)):
        return fault
    day = cells[columns.day].date() if cells[columns.day] is not None else desk.as_of
    return Answer(cells["决定编号"], verdict, given, by, day, "", row.fact, owner or "")


def _without_verdict(row: Row, columns: Answering, line: Decision | None) -> Refused | None:
    if columns.verdict in row.unread:
        offered = _offered(columns)
        if line is not None and line.effect == "attribute" and columns.owner:
            offered = (CONFIRM, REVOKE, AWARD)
        words = "、".join(offered)
        return row.refused(columns.verdict, f"“{row.unread[columns.verdict]}”不是可选的决定（{words}）", words)
    if row.cells[columns.amount] is not None or row.cells.get(columns.owner) is not None:
        return row.refused(columns.verdict, f"“{columns.verdict}”没有填写", "、".join(_offered(columns)))
    return None


def _misfit(
    desk: Desk, row: Row, columns: Answering, line: Decision, verdict: str, amount: int | None, owner: str | None
) -> Refused | None:
    """What of the answer does not fit the line that it answers."""
    if verdict == AWARD:
        if line.effect != "attribute":
            return row.refused(columns.verdict, "只有客户归属可以填“归属”", "、".join(_offered(columns)))
        if owner is None:
            return row.refused(columns.owner, "请在“归属人”填写工号或姓名", "工号或姓名")
        if owner not in desk.roster:
            return row.refused(columns.owner, f"花名册里没有“{owner}”，请核对归属人", "花名册里的工号或姓名")
        left = desk.roster.value(owner, LEFT, line.date)
        if left is not None and left.date() < line.date:
            name, day = desk.roster.name(owner, line.date), left.date().isoformat()
            message = f"{name}（{owner}）{day}已离职，不能得到{line.date.isoformat()}的客户，请另填归属人"
            return row.refused(columns.owner, message, "当时在职的员工")
    elif owner is not None:
        return row.refused(columns.verdict, "填了归属人，“决定”请填“归属”", AWARD)
    if verdict == CHANGE:
        if not takes_amount(line):
            mend = "请填“归属”和归属人" if line.effect == "attribute" else "请填确认或撤销"
            return row.refused(columns.verdict, f"这一项没有金额，不能改为，{mend}")
        if amount is None:
            return row.refused(columns.amount, "“改为”须填写改为金额", "金额")
    elif amount is not None and (verdict != CONFIRM or amount != abs(line.amount or 0)):
        return row.refused(columns.amount, f"“{verdict}”不带金额，要改金额请填“改为”", "空白")
    return None


def unknown_lines(desk: Desk, forms: Iterable[Form], refused: Iterable[Refused]) -> list[Refused]:
    """Answers to decisions that do not exist, or in which the answerer has no say; rows that were refused left out."""
    gone = {said.place for said in refused}
    found = []
    for form, columns in _answering(forms):
        known = desk.ledger.decisions.bases(form.frame["决定编号"].dropna())
        for row in form.rows():
            id, by = row.cells["决定编号"], row.cells[columns.by]
            if row.place in gone:
                continue
            if id not in known:
                message = f"没有编号为“{id}”的决定，暂不起作用。请从待确认事项或网页上复制决定编号。"
                found.append(row.refused("决定编号", message, "现有的决定编号"))
            elif row.cells[columns.verdict] is not None and (why := desk.authority.objection(by, known[id])):
                found.append(row.refused(columns.by, why, "负责人的工号"))
    return found


def told(desk: Desk, forms: Iterable[Form], refused: Iterable[Refused]) -> list[Told]:
    """What became of every row that was not refused, as the lines stand now."""
    gone = {said.place for said in refused}
    found = []
    for form, columns in _answering(forms):
        ids = set(form.frame["决定编号"].dropna())
        lines = desk.ledger.decisions.by_id(ids)
        last = desk.ledger.decisions.last_words(ids)
        for row in form.rows():
            if row.place in gone:
                continue
            id = row.cells["决定编号"]
            if row.cells[columns.verdict] is None:
                found.append(Told(row.place, WAITING))
            elif id in lines and id in last:
                found.append(_told(desk, row, lines[id], last[id]))
    return found


def _told(desk: Desk, row: Row, line: Decision, answer: Answer) -> Told:
    if answer.fact != row.fact:
        later = say("未采纳：{day}已有更晚的答复", day=answer.day.isoformat())
        return Told(row.place, REFUSED, later)
    if line.waits and answer.verdict != UPHOLD:
        return Told(row.place, REFUSED, say("未采纳：决定在答复之后有了变化，请再次确认"))
    return Told(row.place, EFFECTIVE, say("已生效：{what}", what=_effect(desk, line, answer)))


def _effect(desk: Desk, line: Decision, answer: Answer) -> Text | str:
    if answer.verdict in (REVOKE, UPHOLD):
        return answer.verdict
    if line.effect == "attribute":
        return say("归{name}（{number}）", name=line.staff_name, number=line.staff_no)
    if line.amount is not None:
        word = "扣款" if line.amount < 0 else "奖励"
        return say("{word}{yuan}元", word=word, yuan=yuan(abs(line.amount)))
    return say("{verdict}{points}", verdict=answer.verdict, points=line.points)
