"""Takes a delivered rule book: decisions on what waits, then new proposals, each row by itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from processor.catalogue.proposal import APPROVED, REFUSED, Proposal
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
    examples = {form.file: list(form.rows()) for form in forms if form.register == EXAMPLES}
    for form in forms:
        proposing = _PROPOSING.get(form.register)
        if form.register == OWN:
            proposing = partial(_own_clause, examples.get(form.file, []))
        if proposing is None:
            continue
        signed = signature(form.titles) or signatures.get(form.file, "")
        for row in form.rows():
            places[row.place] = row.fact
            if not desk.known(row):
                _attempt(desk, form.register, row, partial(_sign, proposing, desk, signed))
    told = [said for place, fact in places.items() if (said := _told(desk, place, fact)) is not None]
    return Taken(list(desk.changed.values()), len(desk.proposed), desk.refused, told)


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
            return Told(place, STATUSES[proposal.state], f"提案{proposal.number}")
    return None
