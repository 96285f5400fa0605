"""One decision as data: what counted, who else, what would have changed it, its history (`decision.v1.schema.json`)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from processor.batch.rules import book_of, under
from processor.batch.setup import Setup
from processor.catalogue.pack import Pack
from processor.catalogue.parameter import shown
from processor.decision import Decision
from processor.ledger import Ledger, transaction
from processor.model import yuan
from processor.report.history import answered, notified, superseded
from processor.report.pages.wording import READINGS
from processor.report.things import Things


def explanation(setup: Setup, decision_id: str) -> dict[str, Any] | None:
    """What the schema describes, or None where there is no such decision, standing or withdrawn."""
    with transaction(setup.site.ledger, setup.registers, keep=False) as ledger:
        line = ledger.decisions.by_id([decision_id]).get(decision_id)
        versions = ledger.decisions.history(decision_id)
        if line is None and not versions:
            return None
        return _Explained(under(setup, book_of(setup, ledger)), ledger).told(
            line or versions[-1][1], stands=line is not None
        )


class _Explained:
    def __init__(self, setup: Setup, ledger: Ledger) -> None:
        self.setup, self.ledger = setup, ledger
        self.names = ledger.versions.roster(date.max).names
        self.approved = {proposal.number: proposal.decided_by for proposal in ledger.proposals.all()}
        self.things = Things(setup.registers, self.names)

    def told(self, d: Decision, *, stands: bool) -> dict[str, Any]:
        packs = (*self.setup.units.get(d.unit, ()), *self.setup.packs)
        pack = next((pack for pack in packs if d.clause in pack.clauses), None)
        return {
            "schema": "decision.v1",
            "stands": stands,
            "decision": self._line(d),
            "counted": {
                "clause": _clause(d, pack),
                "readings": list(_readings(d)),
                "figures": [
                    _figure(*figure, pack=pack) | {"approved_by": self.approved.get(figure[3], "")}
                    for figure in d.parameters
                ],
                "rows": list(self._rows(d)),
                "steps": [str(step) for step in d.steps],
            },
            "others": [
                {
                    "staff_no": candidate.staff_no,
                    "name": self.names.get(candidate.staff_no, ""),
                    "chosen": candidate.chosen,
                    "reason": str(candidate.reason),
                }
                for candidate in d.candidates
            ],
            "otherwise": [{"says": str(text)} for text in self.ledger.turns.of([d.decision_id]).get(d.decision_id, ())],
            "history": list(self._history(d)),
        }

    def _line(self, d: Decision) -> dict[str, Any]:
        names = ("decision_id", "period", "unit", "pack", "clause", "family", "effect", "staff_no", "staff_name")
        return {
            name: getattr(d, name) for name in (*names, "subject", "points", "occurrence", "status", "linked_to")
        } | {
            "date": d.date.isoformat(),
            "thing": self.things.name(d, self._register(d)) or d.subject,
            "amount": yuan(d.amount),
            "text": str(d.text),
        }

    def _register(self, d: Decision) -> str:
        return "" if d.row is None else self.ledger.places.registers_of([d.row]).get(d.row, "")

    def _rows(self, d: Decision) -> Iterator[dict[str, Any]]:
        refs = list(dict.fromkeys((*((d.row,) if d.row is not None else ()), *d.evidence)))
        sources = self.ledger.places.sources(refs)
        for ref in refs:
            if ref in sources:
                source, judged = sources[ref], ref == d.row
                yield {
                    "file": source.file,
                    "sheet": source.sheet,
                    "row": source.row,
                    "judged": judged,
                    "column": d.column if judged else "",
                }

    def _history(self, d: Decision) -> Iterator[dict[str, Any]]:
        decisions = self.ledger.decisions
        days = self.ledger.runs.days()
        for run, before in decisions.history(d.decision_id):
            day = days.get(run, "")
            yield {"kind": "superseded", "day": day, "says": superseded(day, before)}
        for answer in decisions.all_answers(d.decision_id):
            yield {"kind": "answer", "day": answer.day.isoformat(), "says": answered(answer, self.names)}
        for _, issued, says in notified(self.ledger, [d]):
            yield {"kind": "notice", "day": issued.isoformat(), "says": says}
        for appeal in self.ledger.appeals.of([d.decision_id]):
            who = f"{self.names.get(appeal.by, '')}（{appeal.by}）"
            said = f"申诉{appeal.number}，{who}：{appeal.reason}（{appeal.verdict or '尚未处理'}）"
            yield {"kind": "appeal", "day": appeal.day.isoformat() if appeal.day else "", "says": said}
        cause = decisions.by_id([d.linked_to]).get(d.linked_to) if d.linked_to else None
        hanging = decisions.linked_to([d.decision_id])
        for kind, lines in (("cause", [cause] if cause else []), ("hangs_on_it", hanging)):
            for line in lines:
                day = line.date.isoformat()
                yield {"kind": kind, "day": day, "says": str(line.text), "decision_id": line.decision_id}


def _clause(d: Decision, pack: Pack | None) -> dict[str, str]:
    if pack is None:
        return {"id": d.clause, "title": "", "rule": "", "reading": "", "document": "", "cites": ""}
    clause = pack.clauses[d.clause]
    return {
        "id": clause.id,
        "title": clause.title,
        "rule": clause.rule,
        "reading": clause.reading,
        "document": pack.document,
        "cites": clause.cites,
    }


def _readings(d: Decision) -> Iterator[dict[str, str]]:
    for part in filter(None, (part.strip() for part in d.reading.split(";"))):
        is_general = part in READINGS
        yield {"code": part if is_general else "", "says": str(READINGS[part]) if is_general else part}


def _figure(name: str, value: Any, since: str, origin: str, *, pack: Pack | None) -> dict[str, Any]:
    parameter = pack.parameters.get(name) if pack is not None else None
    return {
        "name": name,
        "title": parameter.title if parameter else "",
        "value": shown(parameter.type, value) if parameter is not None and since else value,
        "unit": parameter.unit if parameter else "",
        "since": since,
        "origin": origin,
    }
