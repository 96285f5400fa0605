"""A site made ready: its packs with the site's own figures, its units, its registers; every fault named."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property
from itertools import chain
from pathlib import Path
from types import MappingProxyType
from typing import Any

from processor.batch.workbooks import limits_of
from processor.catalogue.catalogue import Catalogue, load_catalogue
from processor.catalogue.law import law_of
from processor.catalogue.nature import nature_faults, natures
from processor.catalogue.pack import SITE, Clause, Pack
from processor.catalogue.pack_reader import read_pack
from processor.catalogue.register import Register
from processor.engine.decide import check_bindings, check_prices, ordered
from processor.errors import PolicyError, ProcessorError, SiteError
from processor.intake import Limits
from processor.messages import tell
from processor.report.export import load_profile
from processor.report.snapshot import Unit
from processor.rulebook.sheets import sheet_registers
from processor.site import Site, UnitSetting

NONE: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True)
class Setup:
    """All that a batch needs to know before it looks at the inbox.

    kept: the folder of the archive from which the site's own packs and registers come, where a batch is made again.
    """

    site: Site
    catalogue: Catalogue
    units: Mapping[str, tuple[Pack, ...]]
    limits: Limits
    kept: Path | None = None

    @cached_property
    def registers(self) -> Mapping[str, Register]:
        """The registers that the site knows, by name, and the sheets of the rule book."""
        return {**self.catalogue.registers, **sheet_registers()}

    @property
    def known_as(self) -> dict[str, str]:
        """Unit -> its first name, of which the ids of its decisions are made, where it has another one by now."""
        return {unit.name: unit.formerly[0] for unit in self.site.units if unit.formerly}

    @property
    def packs(self) -> list[Pack]:
        """Every pack in use, once; as often as units apply it differently."""
        return list({(pack.name, pack.digest): pack for packs in self.units.values() for pack in packs}.values())

    @cached_property
    def clauses(self) -> dict[str, Clause]:
        """Every clause in use by its id, with the nature of all that follows from it."""
        told = natures(self.packs)
        return {
            id: replace(clause, nature=tuple(told.all_of(id)))
            for pack in self.packs
            for id, clause in pack.clauses.items()
        }

    @property
    def shown_units(self) -> tuple[Unit, ...]:
        """The units as pages show them."""
        return tuple(Unit(name, packs) for name, packs in self.units.items())


def prepare(site: Site, former: Mapping[str, str] = NONE) -> Setup:
    """Raises the first SiteError or PolicyError; `faults` names them all.

    former: pack of the program -> its text, where a batch is made again that had another version of it.
    """
    for fault in faults(site, used_packs(site), former):
        raise fault
    return _setup(site, former)


def used_packs(site: Site) -> frozenset[str]:
    """The packs that the site names."""
    return frozenset(name for unit in site.units for name in unit.packs) | frozenset(site.parameters)


def faults(site: Site, names: frozenset[str] | None = None, former: Mapping[str, str] = NONE) -> list[ProcessorError]:
    """Everything that is wrong with the site or its policy. names: the packs to look into; None: all there are.

    former: see `prepare`.
    """
    found: list[ProcessorError] = []
    try:
        catalogue = load_catalogue(site.folder)
        packs = _packs(catalogue, names, former)
        for pack in packs.values():
            _check_bindings(pack, catalogue)
    except ProcessorError as fault:
        return [fault]
    found += _unknown_packs(site, catalogue)
    found += _unknown_causes(packs.values())
    for name, values in site.parameters.items():
        if name in packs:
            found += _override_faults(packs[name], values)
    if not found:
        for name, loaded in packs.items():
            own = loaded.with_overrides(site.parameters.get(name, {}), f"site.toml parameters.{name}")
            found += _faults_within(own, catalogue)
    for unit in site.units:
        chosen = [packs[name] for name in unit.packs if name in packs]
        found += _unknown_clauses(unit, chosen)
        found += _caught(check_prices, unit.name, chosen)
        found += _caught(ordered, chosen)
    for name in site.profiles:
        found += _caught(load_profile, name)
    found += _caught(limits_of, site.limits)
    found += _caught(law_of, site.law.region)
    for key in ("inbox", "outbox", "archive"):
        path = getattr(site, key)
        if path.exists() and not path.is_dir():
            found.append(SiteError("is no folder", where=f"site.toml site.{key}", mend=str(path)))
    return found


def _override_faults(pack: Pack, values: Mapping[str, Any]) -> list[ProcessorError]:
    """What is wrong with a site's own figures of a pack: with each, else with all of them together."""
    where = f"site.toml parameters.{pack.name}"
    together = _caught(pack.with_overrides, values, where)
    each = [_caught(pack.with_overrides, {name: value}, where) for name, value in values.items()] if together else []
    return [*chain.from_iterable(each)] or together


@cache
def _check_bindings(pack: Pack, catalogue: Catalogue) -> None:
    """See `check_bindings`; a pack that was looked through once stays as it is."""
    check_bindings([pack], catalogue.registers)


@cache
def _faults_within(pack: Pack, catalogue: Catalogue) -> tuple[PolicyError, ...]:
    """Figures with gaps and clauses of two natures."""
    return *pack.coverage_faults(catalogue.registers), *nature_faults(pack)


def _unknown_packs(site: Site, packs: Catalogue) -> list[ProcessorError]:
    known = ", ".join(packs.pack_names)
    found: list[ProcessorError] = []
    for unit in site.units:
        for name in unit.packs:
            if name not in packs.files:
                where = f"site.toml units {unit.name}.packs"
                found.append(
                    SiteError(
                        tell("there is no pack {name}", name=name),
                        where=where,
                        mend=tell("one of {known}", known=known),
                    )
                )
    named = {f"parameters.{name}": name for name in site.parameters}
    named |= {f"law.published.{name}": name for name in site.law.published}
    for key, name in named.items():
        if name not in packs.files:
            found.append(
                SiteError(
                    tell("there is no pack {name}", name=name),
                    where=f"site.toml {key}",
                    mend=tell("one of {known}", known=known),
                )
            )
    return found


def _unknown_causes(packs: Collection[Pack]) -> list[ProcessorError]:
    known = {id for pack in packs for id in pack.clauses}
    return [
        PolicyError(
            tell("no pack of the site has a clause {id}", id=", ".join(strange)), where=f"{pack.name}.yaml {binding.id}"
        )
        for pack in packs
        for binding in pack.bindings
        if (strange := sorted(set(binding.after) - known))
    ]


def _unknown_clauses(unit: UnitSetting, packs: Sequence[Pack]) -> list[ProcessorError]:
    known = {id for pack in packs for id in pack.clauses}
    return [
        SiteError(
            tell("the packs of {name} have no clause {id}", name=unit.name, id=id),
            where=f"site.toml units {unit.name}.off",
        )
        for id in unit.off
        if id not in known
    ]


def _caught(check: Callable[..., object], *args: Any) -> list[ProcessorError]:
    try:
        check(*args)
    except ProcessorError as fault:
        return [fault]
    return []


def _packs(catalogue: Catalogue, names: frozenset[str] | None, former: Mapping[str, str]) -> dict[str, Pack]:
    """The packs of these names, those of which another text is given by that."""
    found = catalogue.packs(names)
    return found | {
        name: read_pack(f"{name}.yaml", text, catalogue.registers)
        for name, text in former.items()
        if name in found and found[name].source != text
    }


def _setup(site: Site, former: Mapping[str, str]) -> Setup:
    catalogue = load_catalogue(site.folder)
    packs = _packs(catalogue, used_packs(site), former)
    own = {
        name: pack.with_overrides(site.parameters.get(name, {}), f"site.toml parameters.{name}")
        for name, pack in packs.items()
    }
    units = {unit.name: tuple(_with_switches(own[name], unit) for name in unit.packs) for unit in site.units}
    return Setup(site, catalogue, units, limits_of(site.limits))


def _with_switches(pack: Pack, unit: UnitSetting) -> Pack:
    return pack.without((id for id in unit.off if id in pack.clauses), SITE)
