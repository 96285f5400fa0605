"""Reads the figures of a pack's file, and puts them where its clauses name them with `$name`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from processor.catalogue.coverage import Bands
from processor.catalogue.keys import Keys
from processor.catalogue.outcome import Outcome, outcome_of
from processor.catalogue.parameter import Parameter
from processor.messages import message_of, tell

_PARAMETER = ("clause", "title", "type", "unit", "values", "covers", "formerly", "range")


def figures_of(keys: Keys, raw: Mapping[str, Any]) -> dict[str, Parameter]:
    """The figures of a pack's file by name. Raises PolicyError that names file and key."""
    found = {}
    for name, table in keys.key(raw, "parameters", dict, default={}).items():
        where = f"parameters.{name}."
        keys.known(table, _PARAMETER, where)
        kind = keys.key(table, "type", str, where)
        values = keys.key(table, "values", dict, where)
        if not all(type(day) is date for day in values):
            raise keys.fail(f"{where}values", "expected a table of days", "write 2026-01-01: 20")
        bounds = keys.key(table, "range", list, where, [])
        if bounds and [type(bound) for bound in bounds] != [int, int]:
            raise keys.fail(f"{where}range", "expected two numbers", "write [1, 12]")
        parameter = Parameter(
            name=name,
            clause=keys.key(table, "clause", str, where),
            title=keys.key(table, "title", str, where),
            type=kind,
            unit=keys.key(table, "unit", str, where, ""),
            values={},
            covers=keys.key(table, "covers", str, where, ""),
            formerly=tuple(keys.key(table, "formerly", list, where, [])),
            range=(bounds[0], bounds[1]) if bounds else None,
        )
        try:
            typed = {day: parameter.typed(value) for day, value in sorted(values.items())}
        except ValueError as error:
            raise keys.fail(f"{where}values", message_of(error), tell("type {kind}", kind=kind)) from error
        found[name] = replace(parameter, values=typed)
    names = Counter([*found, *(old for figure in found.values() for old in figure.formerly)])
    twice = sorted(str(name) for name, count in names.items() if count > 1)
    if twice:
        raise keys.fail("parameters", tell("several figures are called {names}", names=", ".join(twice)))
    return found


def bands_of(keys: Keys, raw: Mapping[str, Any], figures: Mapping[str, Parameter]) -> tuple[Bands, ...]:
    """Which figures are the bounds of one range of values, lowest first."""
    found = []
    for number, table in enumerate(keys.key(raw, "bands", list, default=[]), 1):
        keys.known(table, ("figures", "first"), f"bands[{number}].")
        names = [f"${name}" for name in keys.key(table, "figures", list, f"bands[{number}].")]
        bounds = tuple(resolved(keys, names, figures, f"bands[{number}]"))
        found.append(Bands(bounds, keys.key(table, "first", int, f"bands[{number}].", None)))
    return tuple(found)


def resolved(keys: Keys, value: Any, figures: Mapping[str, Parameter], where: str) -> Any:
    """The value with each `$name` in it as the figure of this name, and each table with an effect as an Outcome."""
    if isinstance(value, str) and value.startswith("$"):
        if value[1:] not in figures:
            raise keys.fail(where, tell("no such parameter: {value}", value=value[1:]))
        return figures[value[1:]]
    if isinstance(value, dict):
        table = {key: resolved(keys, item, figures, where) for key, item in value.items()}
        return _outcome(keys, table, where) if "effect" in table else table
    if isinstance(value, list):
        return [resolved(keys, item, figures, where) for item in value]
    return value


def _outcome(keys: Keys, table: Mapping[str, Any], where: str) -> Outcome:
    try:
        return outcome_of(table)
    except ValueError as error:
        raise keys.fail(where.rstrip("."), message_of(error)) from error
