"""The rows of 规则簿.xlsx: the rules in force and to come, what waits, what it would have changed, and what was decided."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any

from processor.catalogue.nature import Natures, natures
from processor.catalogue.pack import Pack
from processor.catalogue.parameter import Parameter
from processor.catalogue.proposal import APPROVED, CLAUSE, REFUSED, WAITING, Proposal
from processor.model import yuan
from processor.rulebook.book import Book
from processor.rulebook.sheets import CLAUSES, EXAMPLES, FIGURES, HISTORY, IMPACT, OWN, PACK, PROPOSALS, headers
from processor.rulebook.values import kind_name, written

DECIDED = {APPROVED: "批准", REFUSED: "驳回"}
RELEASE = "更新"  # in the place of a proposal's number
#: Stands in 影响 of a change that was not yet tried on all units.
TRYING = "试算中，下一批继续"
Rows = Sequence[Sequence[str]]


@dataclass(frozen=True)
class Amended:
    """What a newer pack reads otherwise, and the ids of the decisions that changed because of it in the batch of a day.

    pack: its title. since, day: YYYY-MM-DD.
    """

    pack: str
    clause: str
    since: str
    what: str
    day: str
    lines: Sequence[str]

    def as_kept(self) -> dict[str, Any]:
        """As plain data."""
        return asdict(self)


def sheets_of(book: Book, as_of: date, amended: Iterable[Amended] = ()) -> dict[str, Rows]:
    """Sheet -> its rows, every cell a text, in the order of the sheet's columns. as_of: the day whose switches are shown.

    amended: what newer packs brought.
    """
    units = book.in_force()
    clauses = [p for p in book.proposals if p.kind == CLAUSE and p.state == APPROVED]
    decided = [proposal for proposal in book.proposals if proposal.state != WAITING]
    told = natures(pack for packs in units.values() for pack in packs)
    return {
        FIGURES: [row for pack, own in _by_pack(units).items() for row in _figures(pack, own)],
        CLAUSES: [
            _clause(unit, pack, id, told, as_of)
            for unit, packs in units.items()
            for pack in packs
            for id in pack.clauses
        ],
        OWN: [_own(proposal) for proposal in clauses],
        EXAMPLES: [row for proposal in _latest(clauses) for row in proposal.value["examples"]],
        PROPOSALS: [_proposal(proposal) for proposal in book.waiting],
        IMPACT: [row for proposal in book.waiting if proposal.tried for row in _impacts(proposal)],
        HISTORY: [*map(_decided, decided), *map(_amended, amended)],
    }


def ever_waiting(book: Book) -> Rows:
    """All rows that 待批准 ever had, however they were decided since."""
    untried = (replace(proposal, tried="") for proposal in book.proposals)
    return [_proposal(proposal) for proposal in (*untried, *book.proposals)]


def ever_tried(book: Book) -> Rows:
    """All rows that 影响 ever had."""
    return [row for proposal in book.proposals for row in _impacts(proposal)]


def _by_pack(units: Mapping[str, Iterable[Pack]]) -> dict[str, dict[str, Pack]]:
    """Pack -> unit -> the pack as the unit applies it."""
    found: dict[str, dict[str, Pack]] = {}
    for unit, packs in units.items():
        for pack in packs:
            found.setdefault(pack.name, {})[unit] = pack
    return found


def _figures(name: str, own: Mapping[str, Pack]) -> list[list[str]]:
    """A row for each value of each figure; units that share it stand in one row."""
    first = next(iter(own.values()))
    return [
        _figure(name, first, parameter, "、".join(units), since, value, origin)
        for parameter in first.parameters.values()
        for (since, value, origin), units in _shared(own, parameter.name).items()
    ]


def _shared(own: Mapping[str, Pack], name: str) -> dict[tuple[str, str, str], list[str]]:
    """(first day, value, origin) -> the units for which it stands; one blank row where a figure has no value."""
    found: dict[tuple[str, str, str], list[str]] = {}
    for unit, pack in own.items():
        figure = pack.parameters[name]
        for row in [_value(figure, day) for day in figure.values] or [("", "", PACK)]:
            found.setdefault(row, []).append(unit)
    return found


def _value(figure: Parameter, day: date) -> tuple[str, str, str]:
    since = "" if day == date.min else day.isoformat()
    return since, written(figure.type, figure.values[day]), figure.origins.get(day, "") or PACK


def _figure(name: str, pack: Pack, figure: Parameter, units: str, since: str, value: str, origin: str) -> list[str]:
    title = pack.clauses[figure.clause].title
    told = [name, figure.clause, title, figure.name, figure.title, kind_name(figure.type), figure.unit, units, since]
    return [*told, value, origin, "", "", "", ""]


def _clause(unit: str, pack: Pack, id: str, told: Natures, as_of: date) -> list[str]:
    clause = pack.clauses[id]
    applies = written("boolean", pack.applies(id, as_of))
    rule = f"{clause.rule}（性质：{'、'.join(told.all_of(id))}）"
    return [unit, pack.name, id, clause.title, rule, applies, "", "", ""]


def _latest(clauses: Sequence[Proposal]) -> list[Proposal]:
    """The last version of each clause, whose examples are those that still hold."""
    return list({proposal.name: proposal for proposal in sorted(clauses, key=lambda p: p.since)}.values())


def _own(proposal: Proposal) -> list[str]:
    cells = {**proposal.value["row"], "自何日起": proposal.since.isoformat(), "理由": proposal.reason}
    return ["" if cells[header] is None else str(cells[header]) for header in headers(OWN)]


def _proposal(proposal: Proposal) -> list[str]:
    told = [
        proposal.number,
        proposal.told,
        proposal.by,
        proposal.day.isoformat(),
        proposal.reason,
        proposal.tried or TRYING,
    ]
    return [*told, "", "", ""]


def _impacts(proposal: Proposal) -> list[list[str]]:
    return [
        [
            proposal.number,
            impact.period,
            impact.unit,
            impact.staff_no,
            impact.staff_name,
            impact.clause,
            impact.before,
            impact.after,
            yuan(impact.old_amount),
            yuan(impact.new_amount),
            yuan(impact.new_amount - impact.old_amount),
        ]
        for impact in proposal.impacts
    ]


def _decided(proposal: Proposal) -> list[str]:
    day = proposal.decided_on.isoformat() if proposal.decided_on else ""
    told = [proposal.number, proposal.told, proposal.before, proposal.after, proposal.since.isoformat()]
    return [*told, proposal.reason, proposal.by, proposal.decided_by, day, DECIDED[proposal.state]]


def _amended(entry: Amended) -> list[str]:
    moved = f"{len(entry.lines)}条决定因此变化" + (f"：{'、'.join(entry.lines)}" if entry.lines else "")
    told = [RELEASE, f"{entry.pack}{entry.clause}：{entry.what}", "", moved, entry.since, "规则包更新"]
    return [*told, "", "", entry.day, "生效"]
