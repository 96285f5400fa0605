"""Finds gaps and overlaps: bands that leave a value out or hold it twice, tables without a kind that a register knows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from processor.catalogue.parameter import Missing, Parameter, shown
from processor.catalogue.register import Register
from processor.errors import PolicyError
from processor.messages import tell


@dataclass(frozen=True)
class Bands:
    """Figures of one type at which bands of values begin, in ascending order; each band ends where the next one begins.

    first: the lowest value there is, which the first band must hold; None where values below it need no band.
    """

    figures: tuple[Parameter, ...]
    first: int | None = None

    def faults(self, day: date) -> Iterator[str]:
        """What is wrong with the bands on a day, one sentence a fault."""
        found = [(figure, figure.on(day)) for figure in self.figures]
        starts = [(figure, value) for figure, value in found if not isinstance(value, Missing)]
        if self.first is not None and starts and starts[0][1] > self.first:
            figure, value = starts[0]
            yield f"from {day} values below {figure.name} = {shown(figure.type, value)} are in no band"
        for (lower, begins), (upper, ends) in pairwise(starts):
            if begins >= ends:
                told = f"{lower.name} = {shown(lower.type, begins)}, {upper.name} = {shown(upper.type, ends)}"
                yield f"from {day} two bands overlap: {told}"


def gaps(
    figures: Iterable[Parameter], all_bands: Iterable[Bands], registers: Mapping[str, Register], where: str
) -> list[PolicyError]:
    """Every gap and overlap on the days on which one of the figures changes. where: the pack."""
    found = [
        PolicyError(fault, where=where, mend="let each band begin above the one before it")
        for bands in all_bands
        for day in _days(bands.figures)
        for fault in bands.faults(day)
    ]
    for figure in figures:
        if figure.covers:
            found += _uncovered(figure, registers, f"{where}.{figure.name}")
    return found


def _days(figures: Iterable[Parameter]) -> list[date]:
    return sorted({day for figure in figures for day in figure.values})


def _uncovered(parameter: Parameter, registers: Mapping[str, Register], where: str) -> list[PolicyError]:
    register, _, header = parameter.covers.partition(".")
    try:
        kinds = registers[register].column(header).choices
    except KeyError:
        return [
            PolicyError(tell("covers {covers}, which is no column of a register", covers=parameter.covers), where=where)
        ]
    found = []
    for day, table in parameter.values.items():
        missing = [kind for kind in kinds if kind not in table]
        strange = [kind for kind in table if kind not in kinds]
        if missing:
            names = "、".join(missing)
            found.append(
                PolicyError(
                    tell("from {day} the table lacks {names}", day=day, names=names),
                    where=where,
                    mend=tell("name each {header}", header=header),
                )
            )
        if strange:
            names = "、".join(strange)
            found.append(
                PolicyError(
                    tell("no {header} is called {names}", header=header, names=names),
                    where=where,
                    mend=tell("one of {known}", known="、".join(kinds)),
                )
            )
    return found
