"""Everything about one decision in one file for an arbitration: rule, publication, rows, reading, notices, answers, limit."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from processor.batch.setup import Setup
from processor.calendars import window_range
from processor.catalogue.law import DISCLAIMER, law_of
from processor.catalogue.nature import natures
from processor.commands.explain import explain
from processor.decision import Decision
from processor.errors import SiteError
from processor.filenames import harmless
from processor.ledger import Ledger, transaction
from processor.ledger.deliveries import deliveries
from processor.ledger.notices import Notice, Receipt
from processor.messages import tell
from processor.model import yuan
from processor.report.dossier import Dossier, Section, write_dossier
from processor.report.names import EFFECTS, STATUSES
from processor.settle.adjustments import adjusted_effects
from processor.settle.basis import Limits
from processor.settle.pay import payees


def dossier(setup: Setup, decision_id: str, folder: Path) -> Path | None:
    """Write the file, readable by its owner only; None where there is no such decision, standing or withdrawn.

    Raises SiteError for a folder of the outbox, which others read.
    """
    if folder.resolve().is_relative_to(setup.site.outbox.resolve()):
        mend = tell("name a folder outside {path} with --to", path=setup.site.outbox)
        raise SiteError("others read the outbox, so the file never lies there", where="dossier --to", mend=mend)
    told = explain(setup, decision_id)
    if told is None:
        return None
    with transaction(setup.site.ledger, setup.registers, keep=False) as ledger:
        line = ledger.decisions.ever([decision_id])[decision_id]
        sections = _Sections(setup, ledger, line)
        made = Dossier(
            title=f"决定 {decision_id}",
            site=setup.site.name,
            disclaimer=DISCLAIMER,
            sections=[
                sections.decision(),
                sections.rule(),
                sections.rows(),
                sections.steps(told),
                sections.notices(),
                sections.answers(),
                sections.limit(),
            ],
        )
    path = folder / f"{harmless(decision_id)}.html"
    folder.mkdir(parents=True, exist_ok=True)
    write_dossier(path, made)
    return path


class _Sections:
    def __init__(self, setup: Setup, ledger: Ledger, line: Decision) -> None:
        self.setup, self.ledger, self.line = setup, ledger, line
        self.roster = ledger.versions.roster(date.max)

    def decision(self) -> Section:
        d = self.line
        return Section(
            "决定",
            [
                ("决定编号", d.decision_id),
                ("员工", f"{d.staff_name}（{d.staff_no}）"),
                ("门店", d.unit),
                ("期间", d.period),
                ("日期", d.date.isoformat()),
                ("处理", f"{EFFECTS[d.effect]}，{STATUSES[d.status]}"),
                ("金额", f"{yuan(d.amount)}元" if d.amount is not None else ""),
                ("点数", d.points),
                ("事由", str(d.text)),
            ],
        )

    def rule(self) -> Section:
        d = self.line
        pack = next((pack for pack in self.setup.units.get(d.unit, ()) if pack.name == d.pack), None)
        clause = pack.clauses.get(d.clause) if pack is not None else None
        if pack is None or clause is None:
            return Section("规章", [("条款", d.clause), ("说明", "现行规则包里没有这一条款")])
        published = self.setup.site.law.published.get(pack.name)
        law = law_of(self.setup.site.law.region)
        effects = adjusted_effects(self.ledger, [d])
        nature = natures([pack]).of(d.clause, effects.get(d.decision_id, d.effect))
        rows = [
            ("条款", f"{clause.id} {clause.title}"),
            ("内容", clause.rule),
            ("出处", f"《{pack.document}》{clause.cites}"),
            ("公布", published.isoformat() if published else "未填公布日期"),
            ("读法", "；".join(dict.fromkeys(part for part in (clause.reading, *d.reading.split(";")) if part))),
            ("扣款性质", nature),
        ]
        rows += [("适用数值", f"{name} = {value}（自{since}）") for name, value, since, *_ in d.parameters]
        if law is None:
            return Section("规章", [*rows, ("地区规定", "未设置地区，未核对扣款依据")])
        rows += [
            ("地区规定", f"{entry.cited}：{entry.says}{'' if entry.reviewed_by else '（未经律师核对）'}")
            for entry in law.entries
            if entry.holds(d.date)
        ]
        return Section("规章", rows)

    def rows(self) -> Section:
        refs = list(dict.fromkeys((*((self.line.row,) if self.line.row is not None else ()), *self.line.evidence)))
        found = []
        for delivered in deliveries(self.ledger, refs).values():
            place = f"{delivered.file} [{delivered.sheet}] 第{delivered.row}行"
            how = f"{delivered.as_of}交来，批次{delivered.run}，SHA-256 {delivered.sha256 or '未知'}"
            found.append((f"{place}\n{how}", "；".join(f"{header}：{value}" for header, value in delivered.cells)))
        return Section("依据的登记", found)

    def steps(self, told: str) -> Section:
        return Section("认定经过", [("", told)], preformatted=True)

    def notices(self) -> Section:
        stand = self.ledger.notices.of_periods(self.ledger.notices.periods())
        own = [n for n in stand if any(line.decision_id == self.line.decision_id for line in n.lines)]
        receipts = self.ledger.notices.receipts(n.notice_id for n in own)
        rows = [self._notice(notice, receipts.get(notice.notice_id)) for notice in own]
        return Section("通知与送达", rows or [("通知", "没有开具过通知")])

    def _notice(self, notice: Notice, receipt: Receipt | None) -> tuple[str, str]:
        line = next(line for line in notice.lines if line.decision_id == self.line.decision_id)
        told = f"{notice.issued.isoformat()}开具，写明 {line.day} {yuan(line.amount)} {line.points}".strip()
        if receipt is None:
            return notice.notice_id, f"{told}；没有送达登记"
        by = f"{self.roster.names.get(receipt.by, '')}（{receipt.by}）"
        how = f"{receipt.delivered.isoformat()}{receipt.way}送达，员工意见：{receipt.opinion or '未返回'}，经办人{by}"
        return notice.notice_id, f"{told}；{how}" + (f"，备注：{receipt.remark}" if receipt.remark else "")

    def answers(self) -> Section:
        rows = []
        for answer in self.ledger.decisions.all_answers(self.line.decision_id):
            amount = f" {yuan(answer.amount)}元" if answer.amount is not None else ""
            who = f"{self.roster.names.get(answer.by, '')}（{answer.by}）"
            rows.append((answer.day.isoformat(), f"{who}{answer.verdict}{answer.owner}{amount}"))
        for appeal in self.ledger.appeals.of([self.line.decision_id]):
            told = f"{appeal.day or ''} {appeal.reason}（{appeal.verdict or '尚未处理'}）"
            rows.append((f"申诉{appeal.number}", told.strip()))
        return Section("答复与申诉", rows or [("", "没有答复，也没有申诉")])

    def limit(self) -> Section:
        d, months = self.line, []
        for booked in self.ledger.periods.booked([d.decision_id]).get(d.decision_id, []):
            state = "已扣" if booked.paid else "暂缓，由以后月份扣" if booked.held else "没有扣"
            months.append((booked.period, f"{state} {yuan(booked.amount)}元".strip()))
        for (period, direction), moves in sorted(self.ledger.periods.carries().items()):
            words = {"in": "上月结转、本月扣", "out": "超过限额、结转下月", "end": "离职后未扣"}
            for carry in moves:
                if carry.decision_id == d.decision_id:
                    months.append((period, f"{words[direction]} {yuan(carry.amount)}元"))
        bounds = [self._bound(period) for period in sorted({d.period, *(period for period, _ in months)})]
        return Section("扣款限额", [*bounds, *sorted(months)])

    def _bound(self, period: str) -> tuple[str, str]:
        """What the employee's wage of a month bears, as far as it is known."""
        last = window_range(period, "month")[1]
        person = self.line.staff_no, self.roster.holder(self.line.staff_no, self.line.date, self.line.staff_name)
        payee = payees(self.roster, last, period).get(person)
        if payee is None or payee.wage is None:
            return f"{period}限额", "没有登记月工资，限额未核"
        bound = Limits(self.setup.site.wage_limit, law_of(self.setup.site.law.region)).on(payee.wage, last)
        parts = "".join(f"，其中{'、'.join(natures)}最多{yuan(most)}元" for natures, most in bound.parts.items())
        return f"{period}限额", f"月工资{yuan(payee.wage)}元，当月最多可扣{yuan(bound.whole)}元{parts}"
