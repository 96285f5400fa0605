"""One decision told in full: clause, reading, figures, every row that counted, every candidate, steps, history."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from processor.batch.rules import book_of, under
from processor.batch.setup import Setup
from processor.catalogue.parameter import shown
from processor.catalogue.proposal import APPROVED, CLAUSE
from processor.decision import Answer, Decision
from processor.ledger import Ledger, transaction
from processor.model import Source, Text, say, yuan
from processor.report.history import notified
from processor.report.names import EFFECTS, STATUSES
from processor.report.translate import translator


def explain(setup: Setup, decision_id: str) -> str | None:
    """The text, or None where there is no such decision, standing or superseded."""
    with transaction(setup.site.ledger, setup.registers, keep=False) as ledger:
        line = ledger.decisions.by_id([decision_id]).get(decision_id)
        history = ledger.decisions.history(decision_id)
        if line is None and not history:
            return None
        told = _Telling(under(setup, book_of(setup, ledger)), ledger)
        if line is None:
            told.add(say("{id} 已不再成立，最后一次的内容：", id=decision_id))
            told.line(history[-1][1])
        else:
            told.line(line)
            told.appeals(decision_id)
            told.answers(ledger.decisions.all_answers(decision_id))
            told.notices(line)
            told.links(line)
        told.history(history)
        return "\n".join(told.lines)


def _place(source: Source) -> dict[str, str | int]:
    return {"file": source.file, "sheet": source.sheet, "row": source.row}


def _set_by(origin: str) -> str:
    return f"，{origin}" if origin else ""


class _Telling:
    def __init__(self, setup: Setup, ledger: Ledger) -> None:
        self.setup, self.ledger = setup, ledger
        self.lines: list[str] = []
        self.said = translator(setup.site.locale)

    def add(self, text: Text | str, *more: Text) -> None:
        """A line in the language of the site, and what is to be said on it beside."""
        self.lines.append("".join(map(self.said, (text, *more))))

    def line(self, d: Decision) -> None:
        clause = self.setup.clauses.get(d.clause)
        self.add(say("决定    {id}", id=d.decision_id))
        self.add(say("内容    {text}", text=d.text))
        self.add(say("员工    {who}", who=f"{d.staff_no} {d.staff_name}".strip()))
        place = {"unit": d.unit, "period": d.period, "day": d.date.isoformat(), "subject": d.subject}
        self.add(say("门店    {unit}    期间 {period}    日期 {day}    对象 {subject}", **place))
        beside = [
            *([say("    金额 {yuan}", yuan=yuan(d.amount))] if d.amount is not None else []),
            *([say("    点数 {points}", points=d.points)] if d.points else []),
            *([say("    第{n}次", n=d.occurrence)] if d.occurrence is not None else []),
        ]
        effect, status = Text(EFFECTS[d.effect]), Text(STATUSES[d.status])
        words = {"effect": effect, "kind": d.effect, "status": status, "state": d.status}
        self.add(say("处理    {effect} ({kind})    状态 {status} ({state})", **words), *beside)
        packs = (*self.setup.units.get(d.unit, ()), *self.setup.packs)
        pack = next((pack for pack in packs if d.clause in pack.clauses), None)
        if clause is not None and pack is not None:
            self.add(
                say(
                    "条款    {id} {title}：{rule}",
                    id=d.clause,
                    title=self.said(clause.title),
                    rule=self.said(clause.rule),
                )
            )
            self.add(say("出处    {document}，{cites}", document=pack.document, cites=clause.cites))
        self.add(say("解读    {reading}", reading=d.reading))
        for name, value, since, origin in d.parameters:
            parameter = pack.parameters.get(name) if pack is not None else None
            told = shown(parameter.type, value) if parameter is not None and since else value
            title = self.said(parameter.title) if parameter is not None else ""
            unit = f" {self.said(parameter.unit)}" if parameter is not None and parameter.unit else ""
            dated = [say("（自 {day} 起{by}）", day=since, by=_set_by(origin))] if since else []
            called = f"{title} {name}".strip()
            self.add(say("参数    {name} = {value}", name=called, value=f"{told}{unit}"), *dated)
        self.proposals(d)
        self.rows(d)
        for number, step_text in enumerate(d.steps, 1):
            self.add(say("步骤 {n}  {text}", n=number, text=step_text))
        for text in self.ledger.turns.of([d.decision_id]).get(d.decision_id, ()):
            self.add(say("若要不同  {text}", text=text))
        for candidate in d.candidates:
            mark = say("选中") if candidate.chosen else say("未选")
            who = f"{candidate.staff_no} {self._name(candidate.staff_no)}"
            self.add(say("候选    {mark}  {who}：{reason}", mark=mark, who=who, reason=candidate.reason))

    def proposals(self, d: Decision) -> None:
        """Who proposed and who approved the figures and an own clause, with the rows in which they did."""
        numbers = {origin for _, _, _, origin in d.parameters}
        for proposal in self.ledger.proposals.all():
            own = (proposal.kind, proposal.name, proposal.state) == (CLAUSE, d.clause, APPROVED)
            if proposal.number in numbers or own:
                words = {"number": proposal.number, "told": proposal.told, "reason": proposal.reason}
                self.add(say("提案    {number} {told}（{reason}）", **words))
                self.signed(proposal.by, proposal.day, say("提出"), proposal.fact)
                self.signed(proposal.decided_by, proposal.decided_on, say("批准"), proposal.decided_in)

    def signed(self, by: str, day: date | None, did: Text, fact: int | None) -> None:
        who = f"        {day.isoformat() if day else ''} {by} {self._name(by)} "
        self.add(who, did, *self._where(fact))

    def _where(self, fact: int | None) -> list[Text]:
        """The row that says so."""
        source = self.ledger.places.sources([fact] if fact is not None else []).get(fact or 0)
        return [say("（{file} | {sheet} | 第{row}行）", **_place(source))] if source else []

    def rows(self, d: Decision) -> None:
        refs = list(dict.fromkeys((*((d.row,) if d.row is not None else ()), *d.evidence)))
        sources = self.ledger.places.sources(refs)
        for ref in refs:
            if ref in sources:
                mark = say("判定行") if ref == d.row else say("依据行")
                self.add(say("{mark}  {file} | {sheet} | 第{row}行", mark=mark, **_place(sources[ref])))

    def appeals(self, decision_id: str) -> None:
        for appeal in self.ledger.appeals.of([decision_id]):
            words = {
                "number": appeal.number,
                "day": appeal.day or "",
                "who": f"{appeal.by} {self._name(appeal.by)}".rstrip(),
                "reason": appeal.reason,
                "verdict": Text(appeal.verdict or "尚未处理"),
            }
            self.add(say("申诉    {number} {day} {who}：{reason}（{verdict}）", **words))

    def answers(self, given: Iterable[Answer]) -> None:
        for answer in given:
            owner = f" {answer.owner} {self._name(answer.owner)}" if answer.owner else ""
            words = {"day": answer.day.isoformat(), "who": f"{answer.by} {self._name(answer.by)}"}
            told = say("答复    {day} {who} {verdict}{owner}", **words, verdict=Text(answer.verdict), owner=owner)
            self.add(told, *self._sum(answer.amount), *self._where(answer.fact))

    def notices(self, d: Decision) -> None:
        for _, _, says in notified(self.ledger, [d]):
            self.add(say("通知    {says}", says=says))

    def links(self, d: Decision) -> None:
        if d.linked_to:
            cause = self.ledger.decisions.by_id([d.linked_to]).get(d.linked_to)
            self.add(say("起因    {id}", id=d.linked_to), *([say("：{text}", text=cause.text)] if cause else []))
        for hanging in self.ledger.decisions.linked_to([d.decision_id]):
            self.add(say("牵连    {id}：{text}", id=hanging.decision_id, text=hanging.text))

    def history(self, versions: Iterable[tuple[int, Decision]]) -> None:
        for run, d in versions:
            name = self.ledger.runs.name(run)
            words = {"text": d.text, "status": Text(STATUSES[d.status]), "run": name}
            amount = f" {yuan(d.amount)}" if d.amount is not None else ""
            self.add(say("曾为    {text}（{status}{amount}），被批次 {run} 取代", **words, amount=amount))

    def _sum(self, fen: int | None) -> list[Text]:
        return [say(" {yuan}元", yuan=yuan(fen))] if fen is not None else []

    def _name(self, staff_no: str) -> str:
        if not hasattr(self, "_names"):
            self._names = self.ledger.versions.roster(date.max).names
        return self._names.get(staff_no, "")
