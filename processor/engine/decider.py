"""Decides one binding for one unit: shows its rule what it may see of the facts, and stamps what it finds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache, cached_property
from typing import Any

import pandas as pd

from processor import mechanics
from processor.catalogue.dated import Dated
from processor.catalogue.pack import Binding, Pack
from processor.catalogue.register import Register
from processor.columns import UNREAD
from processor.decision import Decision
from processor.engine.decide import ALWAYS_SEEN, columns_read, rule_named
from processor.engine.persons import Persons
from processor.engine.renamed import Renamed
from processor.engine.stamp import stamp_all
from processor.model import Finding
from processor.roster import Roster
from processor.rules.declared import finds_without_rows, judged_by
from processor.rules.job import DECISION_COLUMNS, Changed, Job

NOT_RENAMED = Renamed()
_COUNTED = ("amount", "occurrence", "_ref")


def decide(pack: Pack, binding: Binding, *, facts: Mapping[str, pd.DataFrame], **given: Any) -> list[Decision]:
    """What one binding decides for one unit from the facts that it reads; answers are not applied yet.

    given: what else a `Decider` is made with.
    """
    return Decider(pack, binding, **given).on(facts)


@dataclass
class Decider:
    """Decides a binding for a unit, on as many states of the facts as it is asked about; answers are not applied yet.

    What a frame shows to the rule is kept for as long as the same frame is given again.
    known_as: the first name of a renamed unit, by which its decisions keep their ids.
    """

    pack: Pack
    binding: Binding
    unit: str
    as_of: date
    registers: Mapping[str, Register]
    roster: Roster
    known_as: str = ""
    earlier: Sequence[Decision] = ()
    revoked: frozenset[tuple[str, str, str]] = frozenset()
    active_months: frozenset[str] = frozenset()
    point_values: Mapping[str, Dated[int]] | None = None
    deducted: pd.DataFrame | None = None
    renamed: Renamed = NOT_RENAMED
    delivered: Mapping[str, frozenset[str]] | None = None
    changed: Changed | None = None
    illegible: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    _seen: dict[str, _Seen] = field(default_factory=dict)

    def on(
        self, facts: Mapping[str, pd.DataFrame], without: frozenset[str] = frozenset(), *, in_full: bool = True
    ) -> list[Decision]:
        """The decisions on these facts. without: ids of earlier decisions that are not read; in_full: see `stamp_all`."""
        earlier = [line for line in self.earlier if line.decision_id not in without]
        if self.deducted is None and not has_basis(self.binding, facts, earlier):
            return []
        lines = stamp_all(
            self.renamed.findings(_findings(self.binding, self._job(facts, earlier))),
            unit=self.unit,
            known_as=self.known_as or self.unit,
            pack=self.pack,
            binding=self.binding,
            name_of=self.roster.apart.name,
            point_values=self.point_values or {},
            in_full=in_full,
        )
        return self._persons.made(lines)

    def basis(self, facts: Mapping[str, pd.DataFrame]) -> pd.DataFrame | None:
        """On which of these facts something follows, see `mechanics.basis`."""
        provision = self.binding.provision
        return mechanics.basis(self._job(facts, self.earlier), provision) if provision is not None else None

    @cached_property
    def _persons(self) -> Persons:
        return Persons(self.roster, self.registers, self.as_of)

    @cached_property
    def _revoked(self) -> frozenset[tuple[str, str, str]]:
        return self._persons.revoked(self.renamed.revoked(self.revoked))

    def _job(self, facts: Mapping[str, pd.DataFrame], earlier: Sequence[Decision]) -> Job:
        persons, columns = self._persons, columns_read(self.binding)
        seen = {register: self._shown(register, frame, columns[register]) for register, frame in facts.items()}
        read = persons.decisions(self.renamed.decisions(d for d in earlier if d.clause in self.binding.after))
        job = Job(
            unit=self.unit,
            as_of=self.as_of,
            clauses=self.binding.clauses,
            facts={register: shown.rows.copy(deep=False) for register, shown in seen.items()},
            left_out={register: shown.left_out for register, shown in seen.items() if shown.left_out is not None},
            roster=self.roster.apart,
            titles={id: clause.title for id, clause in self.pack.clauses.items()},
            applies_to=self.binding.applies_to,
            decisions=decisions_frame(read),
            revoked=self._revoked,
            active_months=self.active_months,
            delivered=self.delivered or {},
        )
        if self.illegible:
            job = replace(job, illegible={name: persons.rows(name, rows) for name, rows in self.illegible.items()})
        changed = self.changed
        if self.deducted is not None:
            job = replace(job, deducted=self.deducted)
        if changed is not None:
            job = replace(job, changed=lambda register: persons.rows(register, changed(register)))
        return job

    def _shown(self, register: str, frame: pd.DataFrame, headers: frozenset[str]) -> _Seen:
        known = self._seen.get(register)
        if known is None or known.of is not frame:
            known = self._seen[register] = _seen(frame, self._persons.rows(register, frame), headers)
        return known


def register_judged(binding: Binding) -> str:
    """The register without whose rows a binding finds nothing, whatever it reads beside it; empty where that is not known."""
    return "" if binding.provision is not None else judged_by(rule_named(binding.rule))


def has_basis(binding: Binding, facts: Mapping[str, pd.DataFrame], earlier: Sequence[Decision]) -> bool:
    """Whether a binding has anything to find something by; what was never registered is held against nobody (G14)."""
    provision = binding.provision
    if facts and not earlier and not any(len(frame) for frame in facts.values()):
        return provision is None and finds_without_rows(rule_named(binding.rule))
    return provision is None or mechanics.has_basis(provision, binding.clauses[0], facts)


def _findings(binding: Binding, job: Job) -> list[Finding]:
    if binding.provision is not None:
        return mechanics.decide(job, binding.provision)
    return rule_named(binding.rule)(job, **binding.args)


@dataclass(frozen=True)
class _Seen:
    """What a rule may see of a frame: the columns that it names, without the rows of which one could not be read.

    left_out: those rows, None where there are none.
    """

    of: pd.DataFrame
    rows: pd.DataFrame
    left_out: pd.DataFrame | None


def _seen(of: pd.DataFrame, frame: pd.DataFrame, headers: frozenset[str]) -> _Seen:
    named = [name for name in frame if name in headers or name in ALWAYS_SEEN]
    rows = frame[named] if len(named) < len(frame.columns) else frame
    unread = _unread(frame, headers)
    if unread is None:
        return _Seen(of, rows, None)
    left_out = frame[unread].reset_index(drop=True) if unread.any() else None
    return _Seen(of, rows[~unread].reset_index(drop=True), left_out)


def _unread(frame: pd.DataFrame, headers: frozenset[str]) -> pd.Series | None:
    """Which rows have an unreadable cell in one of these columns; None where every cell of the frame was read."""
    if UNREAD not in frame or not frame[UNREAD].any():
        return None
    return frame[UNREAD].map(lambda cells: bool(cells) and not headers.isdisjoint(cells.split("|"))).astype(bool)


def decisions_frame(decisions: Iterable[Decision]) -> pd.DataFrame:
    """Decisions as rules read them: DECISION_COLUMNS, sorted by date and id."""
    rows = [
        (
            d.decision_id,
            pd.Timestamp(d.date),
            d.clause,
            d.effect,
            d.staff_no,
            d.subject,
            d.amount,
            d.points,
            d.occurrence,
            d.status,
            d.part,
            d.row,
        )
        for d in sorted(decisions, key=lambda d: (d.date, d.decision_id))
    ]
    return _frame(rows) if rows else _no_decisions().copy(deep=False)


@cache
def _no_decisions() -> pd.DataFrame:
    return pd.DataFrame(columns=list(DECISION_COLUMNS)).astype(dict.fromkeys(_COUNTED, "Int64"))


def _frame(rows: Sequence[tuple[Any, ...]]) -> pd.DataFrame:
    columns = zip(DECISION_COLUMNS, map(list, zip(*rows, strict=True)), strict=True)
    return pd.DataFrame({name: pd.array(v, dtype="Int64") if name in _COUNTED else v for name, v in columns})
