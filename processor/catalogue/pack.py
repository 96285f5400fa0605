"""Policy packs: dated parameters, clauses with citation and reading, bindings clause -> rule."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, is_dataclass, replace
from datetime import date
from operator import is_
from types import NoneType
from typing import Any

from processor.catalogue.coverage import Bands, gaps
from processor.catalogue.outcome import Outcome
from processor.catalogue.parameter import Parameter
from processor.catalogue.provision import Provision
from processor.catalogue.register import Register
from processor.errors import PolicyError
from processor.messages import message_of, tell

SITE = "site.toml"  # the origin of what a site sets for itself
WINDOWS = ("week", "month", "quarter", "half", "year", "ever")


@dataclass(frozen=True)
class Clause:
    """One clause in our own words. `readings` are the general readings (G-numbers) that it always applies.

    nature: of what follows from it, as far as its outcomes do not tell.
    """

    id: str
    title: str
    rule: str
    reading: str
    readings: tuple[str, ...]
    cites: str
    family: str
    kind: str
    registers: tuple[str, ...]
    nature: tuple[str, ...] = ()


@dataclass(frozen=True)
class Binding:
    """Which rule decides which clauses, on what it reads. `id` names the binding inside its pack.

    rule: `family.function`. window: what is decided together (WINDOWS). reads: register -> how far around the window
    its rows count: `window`, `ever`, `31d` (days on both sides), `31d before` (the window and the days before it), or
    `31d by 咨询编号` (of these days those rows that say the same under a link column as a row that counts in the window).
    due: decided anew whenever the day changes; dated: by nothing but dates that its rows name, and windows that end.
    by: instead of a window, link columns of the registers: rows that say the same in one of them are decided together,
    over any number of rows. `ever` then means the rows so joined, `31d` also rows within 31 days of one of them,
    `today 31d` (of a due binding whose lines are all about something still to be done) also those of the last and next days.
    applies_to: roster column -> Parameter that lists the values in scope. args: the rule's keyword arguments, where
    `$name` in the file became the Parameter. after: clauses whose decisions this rule reads.
    prices: the fact that it puts a price on; two packs of one unit may not price the same.
    provision: how a mechanic decides the clause, instead of a rule with args. since, until: the days that it decides.
    payroll: decided last, when it is known what each month's pay really bore (`job.deducted`).
    across: reads the rows of every unit of the site that has the pack, and decides those of its own.
    """

    id: str
    pack: str
    clauses: tuple[str, ...]
    rule: str
    window: str
    by: tuple[str, ...]
    reads: Mapping[str, str]
    due: bool
    applies_to: Mapping[str, Parameter]
    args: Mapping[str, Any]
    after: tuple[str, ...]
    prices: str
    payroll: bool
    provision: Provision | None = None
    since: date = date.min
    until: date = date.max
    across: bool = False
    dated: bool = False

    def parameters(self) -> list[Parameter]:
        """Every parameter of the pack that decides here, in order of name; figures that stand in the clause have none."""
        used = [*walk_parameters([self.args, self.applies_to]), *(self.provision.figures() if self.provision else ())]
        found = {p.name: p for p in used if p.name}
        return [found[name] for name in sorted(found)]


@dataclass(frozen=True)
class Amendment:
    """What a release reads or values otherwise in a clause, and from which day on, in our own words."""

    clause: str
    since: date
    what: str


#: What a structure of a pack is made of in the end; it holds neither figures nor outcomes.
ATOMS = (str, int, float, date, NoneType)


@dataclass(frozen=True)
class Pack:
    """One rule book. source: the text of its file. A site's own figures and switches stand in the place of the file's."""

    name: str
    title: str
    document: str
    in_force_from: date
    parameters: Mapping[str, Parameter]
    clauses: Mapping[str, Clause]
    bindings: tuple[Binding, ...]
    digest: str
    bands: tuple[Bands, ...] = ()
    switches: Mapping[str, Parameter] = field(default_factory=dict)
    source: str = ""
    changes: tuple[Amendment, ...] = ()

    def __hash__(self) -> int:
        return hash((self.name, self.digest))

    def figures_by(self, day: date) -> int:
        """How many of its figures and switches are in force from this day or an earlier one."""
        dated = (*self.parameters.values(), *self.switches.values())
        return sum(since <= day for parameter in dated for since in parameter.values)

    def applies(self, clause: str, day: date) -> bool:
        """Whether the clause is switched on for what happens on this day."""
        return clause not in self.switches or self.switches[clause].on(day) is True

    def with_overrides(self, overrides: Mapping[str, Any], where: str) -> Pack:
        """The pack with a site's own figures. Raises PolicyError on an unknown name or a wrong type."""
        figures: dict[str, Parameter] = {}
        for called, value in overrides.items():
            name = self.figure_named(called)
            if name in figures:
                raise PolicyError(
                    tell("{called} and {name} are one figure", called=called, name=name),
                    where=f"{where}.{called}",
                    mend=tell("keep {name} only", name=name),
                )
            figures[name] = _override(self.parameters, name, value, f"{where}.{called}", self.name)
        return self.amended(figures)

    def figure_named(self, name: str) -> str:
        """The name that a figure has today: this one, or that of the figure that was called so in an earlier version."""
        return next((figure.name for figure in self.parameters.values() if name in figure.formerly), name)

    def without(self, clauses: Iterable[str], origin: str) -> Pack:
        """The pack with clauses switched off on every day. origin: who did it. Raises PolicyError on an unknown clause."""
        switches = {}
        for id in clauses:
            if id not in self.clauses:
                raise PolicyError(tell("pack {name} has no clause {id}", name=self.name, id=id), where=origin)
            switches[id] = replace(self.switch(id), values={date.min: False}, origins={date.min: origin})
        return self.amended({}, switches)

    def coverage_faults(self, registers: Mapping[str, Register]) -> list[PolicyError]:
        """Bands that leave a value out or hold it twice, tables without a kind that a register knows."""
        return gaps(self.parameters.values(), self.bands, registers, f"figures of {self.name}")

    def switch(self, clause: str) -> Parameter:
        """Whether a clause is applied, as a dated figure."""
        known = self.switches.get(clause)
        return known or Parameter(clause, clause, self.clauses[clause].title, "boolean", "", {date.min: True})

    def amended(self, figures: Mapping[str, Parameter], switches: Mapping[str, Parameter] | None = None) -> Pack:
        """The pack with other figures in the place of its own, by name, and with clauses switched on or off."""
        switches = {**self.switches, **(switches or {})}
        if not figures and switches == self.switches:
            return self
        stamp = repr((self.digest, sorted(figures.items()), sorted(switches.items())))
        return replace(
            self,
            parameters={**self.parameters, **figures},
            bindings=tuple(_replaced(binding, figures) for binding in self.bindings),
            digest=hashlib.sha256(stamp.encode()).hexdigest()[:12],
            bands=_replaced(self.bands, figures),
            switches=switches,
        )


def _replaced(value: Any, figures: Mapping[str, Parameter]) -> Any:
    """The same structure with each figure that has a successor replaced by it; what holds none of them stays as it is."""
    if isinstance(value, ATOMS):
        return value
    if isinstance(value, Parameter):
        return figures.get(value.name, value)
    if isinstance(value, Mapping):
        table = {key: _replaced(item, figures) for key, item in value.items()}
        return value if all(table[key] is item for key, item in value.items()) else table
    if isinstance(value, (list, tuple)):
        items = [_replaced(item, figures) for item in value]
        return value if all(map(is_, items, value)) else type(value)(items)
    if is_dataclass(value) and not isinstance(value, type):
        parts = {item.name: getattr(value, item.name) for item in fields(value)}
        other = {name: new for name, part in parts.items() if (new := _replaced(part, figures)) is not part}
        return replace(value, **other) if other else value
    return value


def walk_parameters(value: Any) -> Iterable[Parameter]:
    """Every Parameter inside nested lists and tables."""
    if isinstance(value, Parameter):
        yield value
    elif isinstance(value, Outcome):
        yield from value.figures()
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from walk_parameters(item)
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from walk_parameters(item)


def _override(parameters: Mapping[str, Parameter], name: str, value: Any, where: str, pack: str) -> Parameter:
    if name not in parameters:
        known = ", ".join(sorted(parameters))
        raise PolicyError(
            tell("pack {pack} has no parameter {name}", pack=pack, name=name),
            where=where,
            mend=tell("one of {known}", known=known),
        )
    try:
        return parameters[name].overriding(value, SITE)
    except ValueError as error:
        raise PolicyError(
            message_of(error), where=where, mend=tell("type {type}", type=parameters[name].type)
        ) from error
