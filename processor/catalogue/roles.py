"""Which of the registers plays a part that code knows; the registers' files say so, no register is known by its name."""

from __future__ import annotations

from collections.abc import Mapping

from processor.catalogue.register import Register


def recording(registers: Mapping[str, Register]) -> Register:
    """The register whose rows name the clauses that they record (奖惩登记表)."""
    return next(register for register in registers.values() if register.records)


def listing_staff(registers: Mapping[str, Register]) -> Register:
    """The register that lists the employees (员工花名册)."""
    return next(register for register in registers.values() if register.roster)


def telling_absence(registers: Mapping[str, Register]) -> Register:
    """The register that says on which days employees are away (请假登记表)."""
    return next(register for register in registers.values() if register.away)


def appealing(registers: Mapping[str, Register]) -> Register:
    """The register in which employees object to decisions (申诉登记表)."""
    return next(register for register in registers.values() if register.appeals)
