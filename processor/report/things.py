"""What a decision is about, in words: `联络单LL0901第2行`, never a key with bars."""

from __future__ import annotations

import re
from collections.abc import Mapping

from processor.catalogue.naming import spoken
from processor.catalogue.register import Register

_MONTH = re.compile(r"(\d{4})-(\d{2})$")


class Things:
    """Names what decisions judge. names: staff number -> name."""

    def __init__(self, registers: Mapping[str, Register], names: Mapping[str, str]) -> None:
        self.registers, self.names = registers, names

    def name(self, subject: str, register: str) -> str:
        """The words; empty where the subject says it already. register: of the judged row, empty where none was judged."""
        if "|" not in subject:
            return ""
        parts = "|".join(self._part(part) for part in subject.split("|"))
        said = spoken(parts, [self.registers[register]] if register in self.registers else [])
        if said != parts:
            return said
        return " ".join(self._part(part) for part in subject.split("|") if part)

    def _part(self, part: str) -> str:
        month = _MONTH.match(part)
        if month:
            return f"{month[1]}年{int(month[2])}月"
        return f"{self.names[part]}（{part}）" if part in self.names else part
