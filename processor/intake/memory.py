"""What a site answered about headers and values of its own, and how that is used when the next workbook comes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from processor.catalogue.register import Column, Register
from processor.intake.headers import fold_header
from processor.intake.raw import fold

UNUSED, NEW_CHOICE = "不使用", "新增"
_NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True)
class Answer:
    """What somebody said of a header (`value` empty) or of a value in a column of choices.

    meaning: the register's header or UNUSED, the choice or NEW_CHOICE; empty takes an earlier answer back.
    """

    register: str
    header: str
    value: str
    meaning: str
    by: str = ""
    file: str = ""
    day: str = ""

    @property
    def about(self) -> tuple[str, str, str]:
        """What the answer is about, folded for comparison."""
        if self.value:
            return self.register, self.header, value_key(self.value)
        return self.register, header_key(self.header), ""


@dataclass(frozen=True, eq=False)
class Memory:
    """headers: register -> folded header -> meaning; values: (register, header) -> folded value -> choice.

    rows: sets of folded headers that stood together, with the register that they are.
    """

    headers: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    rows: tuple[tuple[frozenset[str], str], ...] = ()
    values: Mapping[tuple[str, str], Mapping[str, str]] = field(default_factory=dict)

    def of(self, register: str) -> Mapping[str, str]:
        """Folded header -> meaning in a register."""
        return self.headers.get(register, _NOTHING)

    def register_of(self, headers: Iterable[str]) -> str | None:
        """The one register as which a header row with all of these folded headers is remembered."""
        names = frozenset(headers)
        found = {register for row, register in self.rows if names and names <= row}
        return found.pop() if len(found) == 1 else None

    def knows_unused(self, headers: Iterable[str]) -> bool:
        """Whether it was said of every one of these folded headers that it is not used."""
        names = frozenset(headers)
        return any(
            names <= row and all(self.of(register).get(name) == UNUSED for name in names) for row, register in self.rows
        )

    def plus(self, register: str, meanings: Mapping[str, str], row: frozenset[str]) -> Memory:
        """This memory and the answers about one header row (folded header -> meaning)."""
        headers = {**self.headers, register: {**self.of(register), **meanings}}
        return Memory(headers, (*self.rows, (row, register)), self.values)

    def applied(self, register: Register) -> Register:
        """The register with what was said of values of its columns of choices."""
        if not any(name == register.name for name, _ in self.values):
            return register
        return replace(register, columns=tuple(self._column(register.name, column) for column in register.columns))

    def _column(self, register: str, column: Column) -> Column:
        said = self.values.get((register, column.header))
        if not said:
            return column
        new = [choice for choice in said.values() if choice not in column.choices]
        return replace(column, choices=(*column.choices, *dict.fromkeys(new)), words={**column.words, **said})

    def choice(self, register: str, header: str, value: str) -> str | None:
        """What a value was said to be taken as."""
        return self.values.get((register, header), _NOTHING).get(value_key(value))


def remembered(answers: Iterable[Answer], rows: Iterable[tuple[str, frozenset[str]]]) -> Memory:
    """The memory that answers, oldest first, add up to. rows: (register, folded headers) that were read together."""
    headers: dict[str, dict[str, str]] = {}
    values: dict[tuple[str, str], dict[str, str]] = {}
    for answer in answers:
        register, header, value = answer.about
        place = values.setdefault((register, header), {}) if value else headers.setdefault(register, {})
        taken = answer.value.strip() if answer.value and answer.meaning == NEW_CHOICE else answer.meaning
        place[value or header] = taken
        if not taken:
            del place[value or header]
    return Memory(headers, tuple((row, register) for register, row in rows), values)


def header_key(header: str) -> str:
    """A header as it is remembered: folded, empty where nothing is left of it."""
    return next(iter(fold_header(header).names), "")


def value_key(value: str) -> str:
    """A value of a column of choices as it is remembered."""
    return fold(value).upper()
