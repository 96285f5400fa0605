"""A staff number that passed to another person: for rules, each of those who had it has a number of his own.

So whatever a rule counts, sums up or ranks by staff number is one person's. The outside never sees these numbers.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import pandas as pd

from processor.catalogue.register import Register
from processor.decision import Decision
from processor.model import Text
from processor.roster import HOLDER, Roster, marked, plain

#: (clause, staff number of the person's own, subject) of each occurrence that a manager took back.
Revoked = frozenset[tuple[str, str, str]]


@dataclass(frozen=True)
class Persons:
    """The people of a roster, told apart in what rules are given. as_of: on which day a row without one is understood."""

    roster: Roster
    registers: Mapping[str, Register]
    as_of: date

    @property
    def none(self) -> bool:
        """Whether no number ever passed on, so that everything stays as it is."""
        return not self.roster.handed_over

    def rows(self, register: str, frame: pd.DataFrame) -> pd.DataFrame:
        """Rows of a register with the numbers of the people who were meant on each row's day."""
        if self.none or frame.empty:
            return frame
        declared = self.registers[register]
        found = [header for header in declared.staff_columns if header in frame]
        return frame.assign(**{header: self._meant(frame, header, declared.date_column) for header in found})

    def _meant(self, frame: pd.DataFrame, header: str, date_column: str | None) -> pd.Series:
        passed = frame[header].isin(self.roster.handed_over)
        if not passed.any():
            return frame[header]
        now = pd.Series(pd.Timestamp(self.as_of), index=frame.index, dtype="datetime64[us]")
        days = frame[date_column].fillna(now) if date_column in frame else now
        numbers = frame.loc[passed, header]
        places = self.roster.column(numbers, HOLDER, days[passed])
        own = [marked(number, int(place)) for number, place in zip(numbers, places, strict=True)]
        cells = frame[header].astype("object")
        cells[passed] = own
        return cells.astype(frame[header].dtype)

    def decisions(self, lines: Iterable[Decision]) -> list[Decision]:
        """Earlier decisions about the people whom they name."""
        return list(lines) if self.none else [self._about(line) for line in lines]

    def _about(self, line: Decision) -> Decision:
        if line.staff_no not in self.roster.handed_over:
            return line
        place = self.roster.holder(line.staff_no, line.date, line.staff_name)
        own = marked(line.staff_no, place)
        return replace(line, staff_no=own, subject=_told(line.subject, own))

    def revoked(self, revoked: Revoked) -> Revoked:
        """Revoked occurrences, also by the subjects that rules know."""
        return revoked if self.none else revoked | {(clause, own, _told(name, own)) for clause, own, name in revoked}

    def made(self, lines: Sequence[Decision]) -> list[Decision]:
        """What was decided, in the numbers that everybody knows."""
        return list(lines) if self.none else [_plain(line) for line in lines]


def _told(subject: str, own: str) -> str:
    """A subject in which the number that several people had is the person's own."""
    shared = plain(own)
    return "|".join(own if part == shared else part for part in subject.split("|"))


def _plain(line: Decision) -> Decision:
    return replace(
        line,
        staff_no=plain(line.staff_no),
        subject=plain(line.subject),
        part=plain(line.part),
        text=_in_plain(line.text),
        steps=tuple(_in_plain(step) for step in line.steps),
        candidates=tuple(
            replace(candidate, staff_no=plain(candidate.staff_no), reason=_in_plain(candidate.reason))
            for candidate in line.candidates
        ),
    )


def _in_plain(value: Any) -> Any:
    if isinstance(value, Text):
        return Text(value.template, {name: _in_plain(given) for name, given in value.args.items()})
    return plain(value) if isinstance(value, str) else value
