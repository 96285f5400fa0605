"""How pages show people: who had a staff number before somebody else goes by number and name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

import pandas as pd

from processor.catalogue.register import Register
from processor.engine.persons import Persons
from processor.report.snapshot import Change, Line
from processor.roster import Roster, marked


@dataclass(frozen=True)
class Shown:
    """The people of a roster as pages show them. as_of: on which day a row without one is understood."""

    roster: Roster
    registers: Mapping[str, Register]
    as_of: date

    def number(self, staff_no: str, name: str, day: date) -> str:
        """The staff number of whoever had it on a day. name: what he was called, where that is known."""
        if staff_no not in self.roster.handed_over:
            return staff_no
        return self._numbers[marked(staff_no, self.roster.holder(staff_no, day, name))]

    def line(self, line: Line) -> Line:
        """The line under its person's number."""
        d = line.decision
        shown = self.number(d.staff_no, d.staff_name, d.date)
        return line if shown == d.staff_no else replace(line, decision=replace(d, staff_no=shown))

    def changes(self, changes: Sequence[Change]) -> tuple[Change, ...]:
        """Changes under their people's numbers."""
        if not self._numbers:
            return tuple(changes)
        return tuple(replace(c, old=c.old and self.line(c.old), new=c.new and self.line(c.new)) for c in changes)

    def rows(self, register: str, frame: pd.DataFrame) -> pd.DataFrame:
        """The rows of a register under their people's numbers."""
        if not self._numbers:
            return frame
        told = Persons(self.roster, self.registers, self.as_of).rows(register, frame)
        columns = [header for header in self.registers[register].staff_columns if header in told]
        return told.assign(**{header: told[header].replace(self._numbers) for header in columns})

    @cached_property
    def _numbers(self) -> dict[str, str]:
        """The number of its own of everybody who shared one -> how it is shown; whoever has it last has it alone."""
        return {
            marked(staff_no, place): staff_no if place == max(holders) else f"{staff_no}（{name}）"
            for staff_no, holders in self.roster.handed_over.items()
            for place, name in holders.items()
        }
