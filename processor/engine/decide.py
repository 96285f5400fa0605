"""The bindings of a unit: the rule behind each, checked, in the order in which they read each other's decisions."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache, wraps
from importlib.metadata import EntryPoint, entry_points
from typing import Any

from processor.catalogue.pack import Binding, Pack
from processor.catalogue.register import Register
from processor.engine.arguments import check_arguments
from processor.engine.touched import TODAY, header
from processor.errors import PolicyError, anonymous_trace
from processor.mechanics import also_read
from processor.messages import message_of, tell
from processor.model import Finding
from processor.rules.declared import Columns, columns_of
from processor.rules.job import Job

Rule = Callable[..., list[Finding]]
#: Columns of every fact frame that a rule need not name.
ALWAYS_SEEN = frozenset({"门店", "_ref"})
PLUGINS = "processor.rules"  # the entry points by which a site's own package brings named rules


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
            _check_links(binding, registers, where)


def _check_links(binding: Binding, registers: Mapping[str, Register], where: str) -> None:
    """Whether the columns by which rows are to be found link them in the registers. Raises PolicyError."""
    spans = binding.reads.items()
    if binding.by:
        followed = [name for name, span in spans if span == "ever"]
        loose = [name for name in followed if not set(binding.by) & set(registers[name].links)]
        loose += [] if followed else ["no register"]
    else:
        loose = [name for name, span in spans if header(span) not in ("", *registers[name].links)]
    if binding.by or binding.across:
        loose += [name for name, span in spans if header(span)]  # which needs a window, in one unit
    if loose:
        mend = "name a column under `links` of the register's file"
        raise PolicyError(tell("nothing links {loose}", loose=", ".join(loose)), where=where, mend=mend)


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
        done = {id(binding) for _, binding in ready}
        waiting = [item for item in waiting if id(item[1]) not in done]
    return placed
