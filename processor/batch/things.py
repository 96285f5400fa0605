"""What a decision is about, in words: `联络单LL0901第2行`, never a key with bars."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from processor.catalogue.naming import spoken
from processor.catalogue.pack import Pack
from processor.catalogue.register import Register
from processor.decision import Decision

_MONTH = re.compile(r"(\d{4})-(\d{2})$")


class Things:
    """Names what decisions judge. names: staff number -> name."""

    def __init__(self, registers: Mapping[str, Register], packs: Iterable[Pack], names: Mapping[str, str]) -> None:
        self.names = names
        self.registers = {
            (pack.name, binding.id): [registers[name] for name in binding.reads if name in registers]
            for pack in packs
            for binding in pack.bindings
        }

    def name(self, line: Decision) -> str:
        """The words; empty where the subject says it already."""
        if "|" not in line.subject:
            return ""
        said = spoken(line.subject, self.registers.get((line.pack, line.binding), ()))
        if said != line.subject:
            return said
        return " ".join(self._part(part) for part in line.subject.split("|") if part)

    def _part(self, part: str) -> str:
        month = _MONTH.match(part)
        if month:
            return f"{month[1]}年{int(month[2])}月"
        return f"{self.names[part]}（{part}）" if part in self.names else part
