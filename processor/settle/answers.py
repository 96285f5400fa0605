"""Takes managers' answers out of 待确认事项 and 申诉登记表 and binds them to the lines that they answer."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from processor.decision import Answer, Decision
from processor.ledger import Ledger
from processor.settle.apply import REVOKE, judged_row
from processor.settle.forms import Form, Refused, Row


@dataclass(frozen=True, slots=True)
class Columns:
    """The headers of a form that answers decisions."""

    verdict: str
    amount: str
    by: str
    day: str


FORMS = {
    "confirmations": Columns("决定", "改为金额", "确认人工号", "确认日期"),
    "appeals": Columns("处理结果", "改为金额", "处理人工号", "处理日期"),
}


@dataclass(frozen=True)
class Taken:
    """What the batch's forms answered: the lines that are decided anew for it, and the rows that count for nothing."""

    lines: Sequence[Decision]
    refused: Sequence[Refused]


def take(ledger: Ledger, forms: Iterable[Form], managers: Collection[str], as_of: date) -> Taken:
    """Keep the batch's new answers and bind them to the lines that they answer.

    An answer by someone whom the site does not name is refused; a row without verdict waits.
    """
    given: list[Answer] = []
    refused: list[Refused] = []
    for form in forms:
        if form.register not in FORMS:
            continue
        known = ledger.decisions.answered_rows(form.facts)
        for row in form.rows():
            said = _answer(row, FORMS[form.register], managers, as_of)
            if isinstance(said, Refused):
                refused.append(said)
            elif said is not None and said.fact not in known:
                given.append(said)
    ledger.decisions.keep_answers(given)
    lines = ledger.decisions.by_id(a.decision_id for a in given)
    adopt(ledger, given, lines)
    return Taken(list(lines.values()), refused)


def adopt(ledger: Ledger, answers: Iterable[Answer], lines: Mapping[str, Decision]) -> list[Decision]:
    """Bind answers to the lines as they stand; the lines that were bound."""
    bases = ledger.decisions.bases(lines)
    bound = []
    for answer in answers:
        line = lines.get(answer.decision_id)
        if line is not None:
            ledger.decisions.adopt(answer, line, _fingerprint(answer, bases[line.decision_id]))
            bound.append(line)
    return bound


def _fingerprint(answer: Answer, base: Decision) -> str:
    """A revocation takes back the judged row as it was; any other answer speaks of the line's own figures."""
    if answer.verdict == REVOKE and base.row is not None:
        return judged_row(base)
    return base.fingerprint


def _answer(row: Row, columns: Columns, managers: Collection[str], as_of: date) -> Answer | Refused | None:
    cells = row.cells
    verdict, by, amount = cells[columns.verdict], cells[columns.by], cells[columns.amount]
    if verdict is None:
        return None
    if by not in managers:
        message = f"“{by or ''}”不是本系统指定的确认人，这一条不起作用。请由指定的经理填写“{columns.by}”。"
        return Refused(row.place, columns.by, by or "", "指定经理的工号", message)
    if verdict == "改为" and amount is None:
        message = f"“{verdict}”填了“改为”，请在“{columns.amount}”填写金额。"
        return Refused(row.place, columns.amount, "", "金额", message)
    day = cells[columns.day].date() if cells[columns.day] is not None else as_of
    given = None if amount is None else abs(int(amount))
    return Answer(cells["决定编号"], verdict, given, by, day, "", row.fact)


def unknown_lines(ledger: Ledger, forms: Iterable[Form], refused: Iterable[Refused]) -> list[Refused]:
    """Answers to decisions that do not exist, but for rows that were refused already."""
    gone = {said.place for said in refused}
    found = []
    for form in forms:
        if form.register not in FORMS:
            continue
        known = ledger.decisions.by_id(form.frame["决定编号"].dropna())
        for row in form.rows():
            id = row.cells["决定编号"]
            if id not in known and row.place not in gone:
                message = f"没有编号为“{id}”的决定，这一条暂不起作用。请从待确认事项或网页上复制决定编号。"
                found.append(Refused(row.place, "决定编号", id, "现有的决定编号", message))
    return found
