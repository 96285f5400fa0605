"""Runs the bindings of a unit: every rule by its name, in the order in which they read each other's decisions."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import cache, wraps
from importlib.metadata import EntryPoint, entry_points
from typing import Any

import pandas as pd

from processor import mechanics
from processor.catalogue.dated import Dated
from processor.catalogue.pack import Binding, Pack
from processor.catalogue.register import Register
from processor.decision import Decision
from processor.engine.arguments import check_arguments
from processor.engine.persons import Persons
from processor.engine.renamed import Renamed
from processor.engine.stamp import stamp_all
from processor.engine.touched import TODAY
from processor.errors import PolicyError, anonymous_trace
from processor.mechanics import also_read
from processor.messages import message_of, tell
from processor.model import Finding
from processor.roster import Roster
from processor.rules.declared import Columns, columns_of, finds_without_rows
from processor.rules.job import DECISION_COLUMNS, UNREAD, Changed, Job

#: Columns of every fact frame that a rule need not name.
ALWAYS_SEEN = frozenset({"门店", "_ref"})

Rule = Callable[..., list[Finding]]
PLUGINS = "processor.rules"  # the entry points by which a site's own package brings named rules
NOT_RENAMED = Renamed()


@cache
def rule_named(name: str) -> Rule:
    """The function behind `family.function`, or behind a name that an installed package offers. Raises PolicyError."""
    family, _, function = name.partition(".")
    try:
        return getattr(importlib.import_module(f"processor.rules.{family}"), function)
    except (ImportError, AttributeError) as error:
        offered = entry_points(group=PLUGINS)
        if name in offered.names:
            return _of_site(name, offered[name])
        mend = tell("family.function of processor/rules, or an entry point of the group {group}", group=PLUGINS)
        raise PolicyError(tell("no rule is called {name}", name=name), mend=mend) from error


def _of_site(name: str, offered: EntryPoint) -> Rule:
    """A rule of a site's own package. Where it fails, the policy is wrong and no workbook is to blame: PolicyError."""
    try:
        rule = offered.load()
    except Exception as error:
        raise PolicyError(tell("{value} cannot be loaded: {error}", value=offered.value, error=error)) from error

    @wraps(rule)
    def guarded(job: Job, **args: Any) -> list[Finding]:
        try:
            return rule(job, **args)
        except Exception as error:
            raise PolicyError(
                tell("the rule {name} fails: {error}", name=name, error=anonymous_trace(error))
            ) from error

    return guarded


def columns_read(binding: Binding) -> Columns:
    """Register -> the columns that the binding reads; a row with an unreadable one of them is left out."""
    provision = binding.provision
    if provision is not None:
        parts = (also_read(provision), provision.columns())
        named = {name for part in parts for name in part}
        return {name: frozenset().union(*(part.get(name, ()) for part in parts)) for name in named}
    return columns_of(rule_named(binding.rule), binding.args)


def check_bindings(packs: Iterable[Pack], registers: Mapping[str, Register]) -> None:
    """Every binding names a rule, its arguments fit, and it reads registers that exist and link. Raises PolicyError."""
    for pack in packs:
        for binding in pack.bindings:
            where = f"{pack.name}.yaml {binding.id}"
            try:
                if binding.provision is None:
                    check_arguments(rule_named(binding.rule), binding.args)
                columns = columns_read(binding)
            except PolicyError as error:
                raise PolicyError(error.message, where=where, mend=error.mend) from error
            except (TypeError, LookupError) as error:
                raise PolicyError(
                    tell("arguments do not fit {rule}: {error}", rule=binding.rule, error=message_of(error)),
                    where=where,
                ) from error
            unknown = set(binding.reads) - set(registers)
            if unknown:
                raise PolicyError(
                    tell("reads unknown registers: {unknown}", unknown=", ".join(sorted(unknown))), where=where
                )
            if not set(binding.reads) <= set(columns):
                needed = ", ".join(sorted(columns))
                raise PolicyError(
                    tell("{rule} reads other registers", rule=binding.rule), where=f"{where} reads", mend=needed
                )
            for register, headers in columns.items():
                strange = headers - set(registers[register].headers)
                if strange:
                    raise PolicyError(
                        tell(
                            "{register} has no column {strange}", register=register, strange="、".join(sorted(strange))
                        ),
                        where=where,
                    )
            if any(span.startswith(TODAY) for span in binding.reads.values()) and not (binding.by and binding.due):
                raise PolicyError(
                    "reads from today on what is not due", where=where, mend="give it `by` and `due: true`"
                )
            if binding.by:
                followed = [name for name, span in binding.reads.items() if span == "ever"]
                loose = [name for name in followed if not set(binding.by) & set(registers[name].links)]
                if loose or not followed:
                    mend = "name a column under `links` of the register's file"
                    raise PolicyError(
                        tell("nothing links {loose}", loose=", ".join(loose) or "no register"), where=where, mend=mend
                    )


def check_prices(unit: str, packs: Sequence[Pack]) -> None:
    """Two packs of one unit must not price the same fact (G13). Raises PolicyError that names both."""
    priced: dict[str, str] = {}
    for pack in packs:
        for fact in sorted({b.prices for b in pack.bindings if b.prices}):
            if fact in priced:
                raise PolicyError(
                    tell("packs {priced} and {name} both price {fact}", priced=priced[fact], name=pack.name, fact=fact),
                    where=f"site.toml units {unit}",
                    mend="give the unit one of the two",
                )
            priced[fact] = pack.name


def ordered(packs: Iterable[Pack]) -> list[tuple[Pack, Binding]]:
    """The bindings of a unit, those that read decisions after those that make them. Raises PolicyError on a circle."""
    waiting = [(pack, binding) for pack in packs for binding in pack.bindings]
    placed: list[tuple[Pack, Binding]] = []
    while waiting:
        open_clauses = {clause for _, binding in waiting for clause in binding.clauses}
        ready = [item for item in waiting if not open_clauses & (set(item[1].after) - set(item[1].clauses))]
        if not ready:
            names = ", ".join(binding.id for _, binding in waiting)
            raise PolicyError(tell("bindings wait for each other: {names}", names=names))
        placed.extend(ready)
        waiting = [item for item in waiting if item not in ready]
    return placed


def decide(
    pack: Pack,
    binding: Binding,
    *,
    unit: str,
    known_as: str = "",
    as_of: date,
    facts: Mapping[str, pd.DataFrame],
    registers: Mapping[str, Register],
    roster: Roster,
    earlier: Sequence[Decision] = (),
    revoked: frozenset[tuple[str, str, str]] = frozenset(),
    active_months: frozenset[str] = frozenset(),
    point_values: Mapping[str, Dated[int]] | None = None,
    deducted: pd.DataFrame | None = None,
    renamed: Renamed = NOT_RENAMED,
    delivered: Mapping[str, frozenset[str]] | None = None,
    changed: Changed | None = None,
) -> list[Decision]:
    """What one binding decides for one unit from the facts that it reads; answers are not applied yet.

    known_as: the first name of a renamed unit, by which its decisions keep their ids.
    """
    if not earlier and deducted is None and _without_basis(binding, facts):
        return []
    persons = Persons(roster, registers, as_of)
    told_apart = {register: persons.rows(register, frame) for register, frame in facts.items()}
    read = persons.decisions(renamed.decisions(d for d in earlier if d.clause in binding.after))
    columns = columns_read(binding)
    job = Job(
        unit=unit,
        as_of=as_of,
        clauses=binding.clauses,
        facts=readable(told_apart, columns),
        left_out=left_out(told_apart, columns),
        roster=roster.apart,
        titles={id: clause.title for id, clause in pack.clauses.items()},
        applies_to=binding.applies_to,
        decisions=decisions_frame(read),
        revoked=persons.revoked(renamed.revoked(revoked)),
        active_months=active_months,
        delivered=delivered or {},
    )
    if deducted is not None:
        job = replace(job, deducted=deducted)
    if changed is not None:
        job = replace(job, changed=lambda register: persons.rows(register, changed(register)))
    lines = stamp_all(
        renamed.findings(_findings(binding, job)),
        unit=unit,
        known_as=known_as or unit,
        pack=pack,
        binding=binding,
        name_of=roster.apart.name,
        point_values=point_values or {},
    )
    return persons.made(lines)


def _without_basis(binding: Binding, facts: Mapping[str, pd.DataFrame]) -> bool:
    """Whether a binding has no row to find anything by; what was never registered is held against nobody (G14)."""
    if not facts or any(len(frame) for frame in facts.values()):
        return False
    return binding.provision is not None or not finds_without_rows(rule_named(binding.rule))


def _findings(binding: Binding, job: Job) -> list[Finding]:
    if binding.provision is not None:
        return mechanics.decide(job, binding.provision)
    return rule_named(binding.rule)(job, **binding.args)


def readable(facts: Mapping[str, pd.DataFrame], columns: Columns) -> dict[str, pd.DataFrame]:
    """The facts as a rule may see them: the columns that it names, without the rows of which one could not be read."""
    found = {}
    for register, frame in facts.items():
        named = [name for name in frame if name in columns[register] or name in ALWAYS_SEEN]
        rows = frame[named] if len(named) < len(frame.columns) else frame.copy(deep=False)
        unread = _unread(frame, columns[register])
        found[register] = rows if unread is None else rows[~unread].reset_index(drop=True)
    return found


def left_out(facts: Mapping[str, pd.DataFrame], columns: Columns) -> dict[str, pd.DataFrame]:
    """The rows of which a cell that the rule names could not be read, by register; none for registers without any."""
    found = {}
    for register, frame in facts.items():
        unread = _unread(frame, columns[register])
        if unread is not None and unread.any():
            found[register] = frame[unread].reset_index(drop=True)
    return found


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
    return _frame([])


def _frame(rows: Sequence[tuple[Any, ...]]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=list(DECISION_COLUMNS))
    return frame.astype({"amount": "Int64", "occurrence": "Int64", "_ref": "Int64"})
