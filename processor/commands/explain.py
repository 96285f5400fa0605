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
from processor.model import yuan
from processor.report.history import notified
from processor.report.names import EFFECTS, STATUSES
from processor.rules.job import records


def explain(setup: Setup, decision_id: str) -> str | None:
    """The text, or None where there is no such decision, standing or superseded."""
    with transaction(setup.site.ledger, setup.registers, setup.empty, keep=False) as ledger:
        line = ledger.decisions.by_id([decision_id]).get(decision_id)
        history = ledger.decisions.history(decision_id)
        if line is None and not history:
            return None
        told = _Telling(under(setup, book_of(setup, ledger)), ledger)
        if line is None:
            told.add(f"{decision_id} 已不再成立，最后一次的内容：")
            told.line(history[-1][1])
        else:
            told.line(line)
            told.appeals(decision_id)
            told.answers(ledger.decisions.all_answers(decision_id))
            told.notices(line)
            told.links(line)
        told.history(history)
        return "\n".join(told.lines)


def _set_by(origin: str) -> str:
    return f"，{origin}" if origin else ""


class _Telling:
    def __init__(self, setup: Setup, ledger: Ledger) -> None:
        self.setup, self.ledger = setup, ledger
        self.lines: list[str] = []

    def add(self, text: str) -> None:
        self.lines.append(text)

    def line(self, d: Decision) -> None:
        clause = self.setup.clauses.get(d.clause)
        self.add(f"决定    {d.decision_id}")
        self.add(f"内容    {d.text}")
        self.add(f"员工    {d.staff_no} {d.staff_name}".rstrip())
        self.add(f"门店    {d.unit}    期间 {d.period}    日期 {d.date.isoformat()}    对象 {d.subject}")
        money = f"    金额 {yuan(d.amount)}" if d.amount is not None else ""
        points = f"    点数 {d.points}" if d.points else ""
        step = f"    第{d.occurrence}次" if d.occurrence is not None else ""
        self.add(
            f"处理    {EFFECTS[d.effect]} ({d.effect})    状态 {STATUSES[d.status]} ({d.status}){money}{points}{step}"
        )
        packs = (*self.setup.units.get(d.unit, ()), *self.setup.packs)
        pack = next((pack for pack in packs if d.clause in pack.clauses), None)
        if clause is not None and pack is not None:
            self.add(f"条款    {d.clause} {clause.title}：{clause.rule}")
            self.add(f"出处    {pack.document}，{clause.cites}")
        self.add(f"解读    {d.reading}")
        for name, value, since, origin in d.parameters:
            parameter = pack.parameters.get(name) if pack is not None else None
            told = shown(parameter.type, value) if parameter is not None and since else value
            title = f"{parameter.title} " if parameter is not None else ""
            unit = f" {parameter.unit}" if parameter is not None and parameter.unit else ""
            self.add(f"参数    {title}{name} = {told}{unit}" + (f"（自 {since} 起{_set_by(origin)}）" if since else ""))
        self.proposals(d)
        self.rows(d)
        for number, step_text in enumerate(d.steps, 1):
            self.add(f"步骤 {number}  {step_text}")
        for text in self.ledger.turns.of([d.decision_id]).get(d.decision_id, ()):
            self.add(f"若要不同  {text}")
        for candidate in d.candidates:
            mark = "选中" if candidate.chosen else "未选"
            name = self._name(candidate.staff_no)
            self.add(f"候选    {mark}  {candidate.staff_no} {name}：{candidate.reason}")

    def proposals(self, d: Decision) -> None:
        """Who proposed and who approved the figures and an own clause, with the rows in which they did."""
        numbers = {origin for _, _, _, origin in d.parameters}
        for proposal in self.ledger.proposals.all():
            own = (proposal.kind, proposal.name, proposal.state) == (CLAUSE, d.clause, APPROVED)
            if proposal.number in numbers or own:
                self.add(f"提案    {proposal.number} {proposal.told}（{proposal.reason}）")
                self.signed(proposal.by, proposal.day, "提出", proposal.fact)
                self.signed(proposal.decided_by, proposal.decided_on, "批准", proposal.decided_in)

    def signed(self, by: str, day: date | None, did: str, fact: int | None) -> None:
        source = self.ledger.facts.sources([fact] if fact is not None else []).get(fact or 0)
        place = f"（{source.file} | {source.sheet} | 第{source.row}行）" if source else ""
        self.add(f"        {day.isoformat() if day else ''} {by} {self._name(by)} {did}{place}")

    def rows(self, d: Decision) -> None:
        refs = list(dict.fromkeys((*((d.row,) if d.row is not None else ()), *d.evidence)))
        sources = self.ledger.facts.sources(refs)
        for ref in refs:
            if ref in sources:
                source = sources[ref]
                mark = "判定行" if ref == d.row else "依据行"
                self.add(f"{mark}  {source.file} | {source.sheet} | 第{source.row}行")

    def appeals(self, decision_id: str) -> None:
        frame = self.ledger.facts.frame("appeals")
        for row in records(frame[frame["决定编号"] == decision_id]):
            who = f"{row['申诉人工号']} {self._name(row['申诉人工号'])}".rstrip()
            verdict = row["处理结果"] or "尚未处理"
            self.add(
                f"申诉    {row['申诉编号']} {row['申诉日期'].date().isoformat()} {who}：{row['理由']}（{verdict}）"
            )

    def answers(self, given: Iterable[Answer]) -> None:
        for answer in given:
            amount = f" {yuan(answer.amount)}元" if answer.amount is not None else ""
            amount += f" {answer.owner} {self._name(answer.owner)}" if answer.owner else ""
            source = self.ledger.facts.sources([answer.fact]).get(answer.fact)
            place = f"（{source.file} | {source.sheet} | 第{source.row}行）" if source else ""
            self.add(
                f"答复    {answer.day.isoformat()} {answer.by} {self._name(answer.by)} {answer.verdict}{amount}{place}"
            )

    def notices(self, d: Decision) -> None:
        for id, _, says in notified(self.ledger, {d.period}):
            if id == d.decision_id:
                self.add(f"通知    {says}")

    def links(self, d: Decision) -> None:
        if d.linked_to:
            cause = self.ledger.decisions.by_id([d.linked_to]).get(d.linked_to)
            self.add(f"起因    {d.linked_to}" + (f"：{cause.text}" if cause else ""))
        for hanging in self.ledger.decisions.linked_to([d.decision_id]):
            self.add(f"牵连    {hanging.decision_id}：{hanging.text}")

    def history(self, versions: Iterable[tuple[int, Decision]]) -> None:
        for run, d in versions:
            name = self.ledger.runs.name(run)
            amount = f" {yuan(d.amount)}元" if d.amount is not None else ""
            self.add(f"曾为    {d.text}（{STATUSES[d.status]}{amount}），被批次 {name} 取代")

    def _name(self, staff_no: str) -> str:
        if not hasattr(self, "_names"):
            self._names = self.ledger.versions.roster(date.max).names
        return self._names.get(staff_no, "")
