"""Takes managers' answers out of 待确认事项 and 申诉登记表 and binds them to the lines that they answer."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date

from processor.batch.judge import touch_of
from processor.batch.receive import Sheet, Workbook, problems_of
from processor.catalogue.pack import Pack
from processor.decision import Answer, Decision
from processor.engine.answers import judged_row
from processor.ledger import Ledger
from processor.ledger.facts import Touch
from processor.rules.job import records

#: register -> (verdict, amount, answered by, day) columns
FORMS = {
    "confirmations": ("决定", "改为金额", "确认人工号", "确认日期"),
    "appeals": ("处理结果", "改为金额", "处理人工号", "处理日期"),
}


def take(
    ledger: Ledger, workbooks: Iterable[Workbook], managers: Collection[str], packs: Sequence[Pack], as_of: date
) -> list[Touch]:
    """Keep the batch's new answers; the touches have the answered lines decided anew.

    An answer by someone whom the site does not name marks its cell and counts for nothing; a row without verdict waits.
    """
    given: list[Answer] = []
    for workbook in workbooks:
        for sheet in workbook.sheets:
            if sheet.reading.register in FORMS:
                known = ledger.decisions.answered_rows(sheet.stored.ids)
                given.extend(a for a in _answers(workbook, sheet, managers, as_of) if a.fact not in known)
    ledger.decisions.keep_answers(given)
    lines = ledger.decisions.by_id(a.decision_id for a in given)
    adopt(ledger, given, lines)
    return [touch for line in lines.values() for touch in touch_of(line, packs)]


def adopt(ledger: Ledger, answers: Iterable[Answer], lines: dict[str, Decision]) -> list[Decision]:
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
    if answer.verdict == "撤销" and base.row is not None:
        return judged_row(base)
    return base.fingerprint


def _answers(workbook: Workbook, sheet: Sheet, managers: Collection[str], as_of: date) -> list[Answer]:
    verdict, amount, by, day = FORMS[sheet.reading.register]
    problems = problems_of(workbook, sheet)
    answers = []
    for row, kind, fact in zip(records(sheet.frame), sheet.stored.kinds, sheet.stored.ids, strict=True):
        if kind == "repeated" or row[verdict] is None or int(row["_row"]) in sheet.strange:
            continue
        if row[by] is None or row[by] not in managers:
            found = row[by] or ""
            message = f"“{found}”不是本系统指定的确认人，这一条不起作用。请由指定的经理填写“{by}”。"
            problems.add(int(row["_row"]), by, found, "指定经理的工号", message)
            continue
        if row[verdict] == "改为" and row[amount] is None:
            problems.add(int(row["_row"]), amount, "", "金额", f"“{verdict}”填了“改为”，请在“{amount}”填写金额。")
            continue
        answered = row[day].date() if row[day] is not None else as_of
        given = None if row[amount] is None else abs(int(row[amount]))
        answers.append(Answer(row["决定编号"], row[verdict], given, row[by], answered, "", fact))
    return answers


def unknown_lines(ledger: Ledger, workbooks: Iterable[Workbook]) -> None:
    """Mark answers to decisions that do not exist."""
    for workbook in workbooks:
        for sheet in workbook.sheets:
            if sheet.reading.register not in FORMS:
                continue
            known = ledger.decisions.by_id(sheet.frame["决定编号"].dropna())
            problems = problems_of(workbook, sheet)
            for id, row in zip(sheet.frame["决定编号"], sheet.frame["_row"], strict=True):
                if id not in known:
                    message = f"没有编号为“{id}”的决定，这一条暂不起作用。请从待确认事项或网页上复制决定编号。"
                    problems.add(int(row), "决定编号", id, "现有的决定编号", message)
