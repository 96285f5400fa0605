"""What decisions rest on, said once a page: clauses, parameter values with their first day, and files."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any

from processor.catalogue.pack import Clause
from processor.catalogue.parameter import Missing, Parameter
from processor.model import Source, Text, say, yuan
from processor.report.pages.view import Money, Value
from processor.report.snapshot import Line

_GENERAL = re.compile(r"G\d+$")
_MISSING = {missing.value for missing in Missing}


@dataclass(frozen=True, slots=True)
class Figures:
    """The parameter values that a decision used: (title, value, unit, first day in force, who set it)."""

    number: int
    clause: str
    values: tuple[tuple[str, tuple[Value, ...], str, str, str], ...]


@dataclass(frozen=True)
class Glossary:
    """figures: what `_key` gives for a line -> its values; readings: the general readings that occur; known: `_alike` ->
    number, and what it is made of.
    """

    clauses: tuple[Clause, ...]
    figures: Mapping[Any, Figures]
    readings: tuple[str, ...]
    known: dict[Any, tuple[int, Any]] = field(default_factory=dict)

    def number(self, line: Line) -> int:
        """Number of the line's parameter values on this page, 0 where the clause has none."""
        alike = _alike(line)
        if alike not in self.known:
            found = self.figures.get(_key(line))
            self.known[alike] = (found.number if found else 0), line.decision.parameters
        return self.known[alike][0]


def glossary(
    lines: Sequence[Line],
    clauses: Mapping[str, Clause],
    named: Mapping[str, Mapping[str, Parameter]],
    signed: Mapping[str, str],
) -> Glossary:
    """Everything that these decisions refer to.

    named: the figures of each pack, by name; signed: number of a proposal -> it with who proposed and approved it.
    """
    figures: dict[Any, Figures] = {}
    seen: set[Any] = set()
    for line in lines:
        if _alike(line) in seen:
            continue
        seen.add(_alike(line))
        key = _key(line)
        if key and key not in figures:
            parameters = named.get(line.decision.pack, {})
            values = tuple(
                _said(name, value, since, signed.get(origin, origin), parameters)
                for name, value, since, origin in line.decision.parameters
            )
            figures[key] = Figures(len(figures) + 1, line.decision.clause, values)
    used = sorted({line.decision.clause for line in lines})
    readings = {line.decision.reading for line in lines}
    codes = sorted({code for reading in readings for code in _codes(reading)[0]}, key=lambda code: int(code[1:]))
    return Glossary(tuple(clauses[id] for id in used if id in clauses), figures, tuple(codes))


def reading_codes(line: Line) -> tuple[tuple[str, ...], str]:
    """The general readings (G-numbers) that a decision names, and what else its reading says."""
    return _codes(line.decision.reading)


@lru_cache(maxsize=1024)
def _codes(reading: str) -> tuple[tuple[str, ...], str]:
    parts = [part.strip() for part in reading.split(";")]
    codes = tuple(part for part in parts if _GENERAL.match(part))
    return codes, ";".join(part for part in parts if part and not _GENERAL.match(part))


def places(line: Line) -> list[tuple[str, str, str]]:
    """Evidence as (file, sheet, rows), rows of one sheet together: `5–9、12`; a file of the unit's own folder by its name."""
    sources: Sequence[Source] = line.evidence or ((line.source,) if line.source else ())
    own = f"{line.decision.unit}/"
    if len(sources) == 1:
        [source] = sources
        return [(source.file.removeprefix(own), source.sheet, str(source.row or ""))]
    found: dict[tuple[str, str], list[int]] = {}
    for source in sources:
        found.setdefault((source.file.removeprefix(own), source.sheet), []).append(source.row)
    return [(file, sheet, _runs(rows)) for (file, sheet), rows in found.items()]


def _runs(rows: Iterable[int]) -> str:
    runs: list[list[int]] = []
    for row in sorted({row for row in rows if row}):
        if runs and row == runs[-1][1] + 1:
            runs[-1][1] = row
        else:
            runs.append([row, row])
    return "、".join(str(first) if first == last else f"{first}–{last}" for first, last in runs)


def _alike(line: Line) -> tuple[str, str, int]:
    """The same for lines that share their parameter values in memory, as most do: much cheaper to have than their key."""
    return line.decision.pack, line.decision.clause, id(line.decision.parameters)


def _key(line: Line) -> tuple[Any, ...] | None:
    d = line.decision
    if not d.parameters:
        return None
    key = (d.pack, d.clause, d.parameters)
    try:
        hash(key)
    except TypeError:  # a figure that is a list or a table
        return d.pack, d.clause, repr(d.parameters)
    return key


def _said(
    name: str, value: Any, since: str, origin: str, parameters: Mapping[str, Parameter]
) -> tuple[str, tuple[Value, ...], str, str, str]:
    parameter = parameters.get(name)
    if parameter is None:
        return name, (str(value),), "", since, origin
    return parameter.title, _parameter_value(parameter.type, value), parameter.unit, since, origin


def _parameter_value(kind: str, value: Any) -> tuple[Value, ...]:
    head, _, inner = kind.partition(":")
    if isinstance(value, str) and value in _MISSING:
        return (say("未定"),)
    if head == "list":
        return tuple(piece for item in value for piece in _parameter_value(inner, item))
    if head == "table":
        return tuple(
            say("{key}：{value}", key=key, value=_plain(piece))
            for key, item in value.items()
            for piece in _parameter_value(inner, item)
        )
    return (_scalar(head, value),)


def _scalar(kind: str, value: Any) -> Value:
    if kind == "money":
        return Money(int(value))
    if kind == "time":
        return f"{value // 3600}:{value % 3600 // 60:02d}"
    if kind == "boolean":
        return say("是") if value else say("否")
    if kind == "number":
        return f"{value:g}"
    return str(value)


def _plain(value: Value) -> Text | str:
    if isinstance(value, Money):
        return f"¥{yuan(value.fen)}"
    if isinstance(value, (Text, str)):
        return value
    return value.isoformat() if isinstance(value, date) else str(value)
