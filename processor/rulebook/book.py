"""The rules in force: the packs of each unit with what managers approved laid over them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from processor.catalogue.pack import Pack
from processor.catalogue.parameter import Parameter
from processor.catalogue.proposal import APPROVED, CLAUSE, FIGURE, OWN_PACK, SWITCH, WAITING, Proposal
from processor.rulebook.clauses import OwnPacks

Units = Mapping[str, tuple[Pack, ...]]


@dataclass(frozen=True)
class Book:
    """The packs of a site's units as site.toml has them, and every change that was ever proposed.

    own: reads the packs of the site's own clauses.
    """

    site: Units
    own: OwnPacks
    proposals: tuple[Proposal, ...] = ()

    def with_changes(self, changed: Iterable[Proposal]) -> Book:
        """The book with new proposals, or with what became of known ones."""
        by_number = {proposal.number: proposal for proposal in self.proposals}
        by_number |= {proposal.number: proposal for proposal in changed}
        return replace(self, proposals=tuple(by_number.values()))

    @property
    def waiting(self) -> list[Proposal]:
        """The changes that nobody has decided."""
        return [proposal for proposal in self.proposals if proposal.state == WAITING]

    def clauses(self) -> dict[str, frozenset[str]]:
        """Unit -> the numbers of its clauses, own ones that wait for approval included: rows may name them already."""
        found = {unit: {id for pack in packs for id in pack.clauses} for unit, packs in self.in_force().items()}
        for proposal in self.waiting:
            for unit in self.units_of(proposal) if proposal.kind == CLAUSE else ():
                found[unit].add(proposal.name)
        return {unit: frozenset(ids) for unit, ids in found.items()}

    def in_force(self) -> dict[str, tuple[Pack, ...]]:
        """The packs of each unit with the approved changes."""
        approved = [proposal for proposal in self.proposals if proposal.state == APPROVED]
        return {unit: self._under(unit, approved) for unit in self.site}

    def tried(self, proposal: Proposal, since: date) -> dict[str, tuple[Pack, ...]]:
        """The packs of each unit as if a change held from a day on, whatever was approved for later days."""
        approved = [p for p in self.proposals if p.state == APPROVED and not (_same(p, proposal) and p.since >= since)]
        trial = [*approved, replace(proposal, since=since, state=APPROVED)]
        return {unit: self._under(unit, trial) for unit in self.site}

    def units_of(self, proposal: Proposal) -> list[str]:
        """The units whose rules a change touches."""
        return [
            unit
            for unit, packs in self.site.items()
            if proposal.concerns(unit)
            and (proposal.pack == OWN_PACK or any(pack.name == proposal.pack for pack in packs))
        ]

    def _under(self, unit: str, approved: Sequence[Proposal]) -> tuple[Pack, ...]:
        here = [proposal for proposal in approved if proposal.concerns(unit)]
        own = self.own.of([proposal for proposal in here if proposal.kind == CLAUSE])
        packs = (*self.site[unit], *((own,) if own is not None else ()))
        return tuple(_amended(pack, [p for p in here if p.pack == pack.name]) for pack in packs)


def _same(one: Proposal, other: Proposal) -> bool:
    return (one.kind, one.pack, one.name) == (other.kind, other.pack, other.name)


def _amended(pack: Pack, approved: Sequence[Proposal]) -> Pack:
    """The pack with the figures and switches that were approved; what the pack no longer knows is passed over."""
    figures = _laid([replace(p, name=pack.figure_named(p.name)) for p in approved], FIGURE, pack.parameters)
    switches = _laid(approved, SWITCH, {id: pack.switch(id) for id in pack.clauses})
    return pack.amended(figures, switches) if figures or switches else pack


def _laid(approved: Sequence[Proposal], kind: str, known: Mapping[str, Parameter]) -> dict[str, Parameter]:
    later: dict[str, dict[date, tuple[Any, str]]] = {}
    for proposal in approved:
        if proposal.kind == kind and proposal.name in known:
            later.setdefault(proposal.name, {})[proposal.since] = (proposal.value, proposal.number)
    return {name: known[name].from_then_on(days) for name, days in later.items()}
