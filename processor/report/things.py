"""What a decision is about, in words: `联络单LL0901第2行`, never a key with bars."""

from __future__ import annotations

import re
from collections.abc import Mapping

from processor.catalogue.naming import spoken
from processor.catalogue.register import Register
from processor.decision import Decision

_MONTH = re.compile(r"(\d{4})-(\d{2})$")


class Things:
    """Names what decisions judge. names: staff number -> name."""

    def __init__(self, registers: Mapping[str, Register], names: Mapping[str, str]) -> None:
        self.registers, self.names = registers, names

    def name(self, line: Decision, register: str) -> str:
        """The words; empty where the subject says it already. register: of the judged row, empty where none was judged."""
        subject = line.subject
        if "|" not in subject:
            return ""
        own = {line.staff_no: line.staff_name} if line.staff_name else {}  # whoever has the number now
        said_parts = [self._part(part, own) for part in subject.split("|")]
        parts = "|".join(said_parts)
        said = spoken(parts, [self.registers[register]] if register in self.registers else [])
        if said != parts:
            return said
        return " ".join(part for part in said_parts if part)

    def _part(self, part: str, own: Mapping[str, str]) -> str:
        month = _MONTH.match(part)
        if month:
            return f"{month[1]}年{int(month[2])}月"
        name = own.get(part) or self.names.get(part)
        return f"{name}（{part}）" if name else part
