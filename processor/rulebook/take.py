"""Takes a delivered rule book: decisions on what waits, then new proposals, each row by itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from processor.catalogue.proposal import APPROVED, CLAUSE, REFUSED, Proposal
from processor.rulebook.bounds import fold
from processor.rulebook.changes import decide, figure, switch
from processor.rulebook.desk import STATUSES, Desk
from processor.rulebook.doubt import Doubt
from processor.rulebook.owning import own_clause
from processor.rulebook.sheets import (
    CLAUSES,
    EXAMPLES,
    FIGURES,
    HISTORY,
    IMPACT,
    OWN,
    PROPOSALS,
    SIGNED,
    headers,
    sheet_registers,
    signature,
)
from processor.settle.forms import Form, Place, Refused, Row, Told

Proposing = Callable[[Desk, Row, str], None]
_PROPOSING: Mapping[str, Proposing] = {FIGURES: figure, CLAUSES: switch}


@dataclass(frozen=True)
class Taken:
    """What a batch's rule books came to.

    changed: proposals, new or decided; refused: rows that count for nothing; told: what became of the others.
    """

    changed: Sequence[Proposal]
    proposed: int
    refused: Sequence[Refused]
    told: Sequence[Told]

    def decided(self, state: str) -> int:
        """How many proposals this batch approved or refused."""
        return sum(proposal.state == state for proposal in self.changed)

    @property
    def counts(self) -> dict[str, int]:
        """As `--json` prints them."""
        return {"proposed": self.proposed, "approved": self.decided(APPROVED), "refused": self.decided(REFUSED)}


def take(desk: Desk, forms: Iterable[Form]) -> Taken:
    """Take every row of the delivered rule books; one that cannot be taken says why and leaves the others alone."""
    forms = list(forms)
    signatures = {
        form.file: signature(form.titles) for form in forms if form.register in SIGNED and signature(form.titles)
    }
    places: dict[Place, int] = {}
    for form in forms:
        for row in form.rows() if form.register in (IMPACT, HISTORY) else ():
            _attempt(desk, form.register, row, partial(_check, desk, form.register))
    for form in (form for form in forms if form.register == PROPOSALS):
        for row in form.rows():
            _attempt(desk, PROPOSALS, row, partial(decide, desk))
            places[row.place] = row.fact
    proofs = [(form.file, _example(desk, row)) for form in forms if form.register == EXAMPLES for row in form.rows()]
    examples: dict[str, list[Row]] = {}
    for file, row in proofs:
        _attempt(desk, EXAMPLES, row, partial(examples.setdefault(file, []).append))
    own: dict[str, Place] = {}
    for form in forms:
        proposing = _PROPOSING.get(form.register)
        if form.register == OWN:
            proposing = partial(_own_clause, examples.get(form.file, []))
        if proposing is None:
            continue
        signed = signature(form.titles) or signatures.get(form.file, "")
        for row in form.rows():
            places[row.place] = row.fact
            if form.register == OWN:
                row = _numbered(row)
                own[row.cells["条款编号"]] = row.place
            if not desk.known(row):
                _attempt(desk, form.register, row, partial(_sign, proposing, desk, signed))
    _tell_strays(desk, [row for _, row in proofs], own)
    told = [said for place, fact in places.items() if (said := _told(desk, place, fact)) is not None]
    return Taken(list(desk.changed.values()), len(desk.proposed), desk.refused, told)


def _numbered(row: Row) -> Row:
    """The row with its clause's number as rows of 奖惩登记表 name it: no blanks, no full-width signs."""
    return replace(row, cells={**row.cells, "条款编号": fold(row.cells["条款编号"])})


def _example(desk: Desk, row: Row) -> Row:
    """The row of 用例 with the number of its employee, however he is named; a stranger stays as he was written."""
    row, told = _numbered(row), row.cells["工号"]
    if told is None or told in desk.roster:
        return row
    said = fold(told).upper()
    named = [number for number, name in desk.roster.names.items() if said in (number.upper(), fold(name).upper())]
    return replace(row, cells={**row.cells, "工号": named[0]}) if len(named) == 1 else row


def _tell_strays(desk: Desk, examples: Sequence[Row], own: Mapping[str, Place]) -> None:
    """Refuse examples that prove nothing: no clause of theirs was proposed with them, nor refused (own: number -> row)."""
    kept = {
        tuple(map(fold, row))
        for proposal in desk.book.proposals
        if proposal.kind == CLAUSE
        for row in proposal.value["examples"]
    }
    done = {refused.place for refused in desk.refused}
    clauses = {proposal.name for proposal in desk.book.proposals if proposal.kind == CLAUSE}
    for row in examples:
        id = row.cells["条款编号"]
        said = tuple(fold(str(row.cells[header] or "")) for header in headers(EXAMPLES))
        if said in kept or row.place in done or own.get(id) in done:
            continue
        if id not in clauses:
            message = f"没有编号为“{id}”的自定条款，这个用例没有用上。请在“自定条款”里写上这一条，或者改正编号。"
        else:
            message = f"用例只和条款的改动一起收。请在“自定条款”里把{id}再写一行（自何日起更晚），连同用例一起放入。"
        desk.refused.append(Doubt("条款编号", id, "这一次提出的条款", message).at(row.place))


def _check(desk: Desk, sheet: str, row: Row) -> None:
    desk.shown.check(sheet, row.cells)


def _sign(proposing: Proposing, desk: Desk, signed: str, row: Row) -> None:
    proposing(desk, row, signed)


def _own_clause(examples: Sequence[Row], desk: Desk, row: Row, signed: str) -> None:
    own_clause(desk, row, signed, examples)


def _attempt(desk: Desk, sheet: str, row: Row, do: Callable[[Row], None]) -> None:
    """Take a row, unless a cell of it could not be read: nobody knows what it was to say."""
    try:
        for header, found in row.unread.items():
            raise _unread(sheet, header, found)
        do(row)
    except Doubt as doubt:
        desk.refused.append(doubt.at(row.place))


def _unread(sheet: str, header: str, found: str) -> Doubt:
    column = sheet_registers()[sheet].column(header)
    wanted = "、".join(column.choices) or ("日期，如 2026-12-01" if column.type == "date" else "文字")
    message = f"“{header}”里的“{found}”看不懂，这一行没有收下。请填写{wanted}，再放入收件夹。"
    return Doubt(header, found, wanted, message)


def _told(desk: Desk, place: Place, fact: int) -> Told | None:
    """What became of a row that proposed or decided something."""
    for proposal in desk.book.proposals:
        if fact in (proposal.fact, proposal.decided_in):
            again = "已被驳回，要再提出请另写理由" if proposal.state == REFUSED and fact == proposal.fact else ""
            return Told(place, STATUSES[proposal.state], f"提案{proposal.number}{again}")
    return None
