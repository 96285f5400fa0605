"""A pack as text that outlives its release: the file's own words, and the figures and switches that a site set."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from processor.catalogue.pack import Pack
from processor.catalogue.pack_reader import read_pack
from processor.catalogue.parameter import Missing, Parameter
from processor.catalogue.register import Register

Figures = Mapping[str, Mapping[str, Mapping[str, Any]]]


def own_figures(pack: Pack) -> dict[str, dict[str, dict[str, Any]]]:
    """What a site set of a pack, as JSON can hold it: `figures` and `switches` by name."""
    set_here = {name: parameter for name, parameter in pack.parameters.items() if parameter.origins}
    return {
        "figures": {name: _out(parameter) for name, parameter in set_here.items()},
        "switches": {clause: _out(switch) for clause, switch in pack.switches.items()},
    }


def restored(name: str, source: str, own: Figures, registers: Mapping[str, Register]) -> Pack:
    """The pack again. Raises PolicyError where this program cannot read it."""
    pack = read_pack(f"{name}.yaml", source, registers)
    known = pack.parameters
    figures = {name: _in(known[name], values) for name, values in own["figures"].items() if name in known}
    switches = {clause: _in(pack.switch(clause), values) for clause, values in own["switches"].items()}
    return pack.amended(figures, switches)


def _out(parameter: Parameter) -> dict[str, Any]:
    return {
        "values": {day.isoformat(): value for day, value in parameter.values.items()},
        "origins": {day.isoformat(): origin for day, origin in parameter.origins.items()},
        "before": parameter.before.value,
    }


def _in(parameter: Parameter, kept: Mapping[str, Any]) -> Parameter:
    return replace(
        parameter,
        values={date.fromisoformat(day): value for day, value in sorted(kept["values"].items())},
        origins={date.fromisoformat(day): origin for day, origin in kept["origins"].items()},
        before=Missing(kept["before"]),
    )
