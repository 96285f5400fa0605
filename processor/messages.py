"""What commands say to whoever runs them: written in English, known by its template, so that it can be said otherwise."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any


class Said(str):
    """A message in English that remembers its template and the values in it."""

    __slots__ = ("template", "values")

    template: str
    values: dict[str, Any]

    def __new__(cls, template: str, values: dict[str, Any]) -> Said:
        said = super().__new__(cls, template.format(**values))
        said.template, said.values = template, values
        return said

    def __reduce__(self) -> tuple[type[Said], tuple[str, dict[str, Any]]]:
        """So that a fault found in another process says the same in this one."""
        return Said, (self.template, self.values)


def tell(template: str, **values: Any) -> Said:
    """A message for the one at the terminal: `tell("{number} batches were made again", number=3)`."""
    return Said(template, values)


def listed(messages: Iterable[str]) -> Said:
    """Several messages as one, in order."""
    parts: dict[str, Any] = {f"part{number}": message for number, message in enumerate(messages, 1)}
    return Said("{and}".join(f"{{{name}}}" for name in parts), parts | {"and": tell("; ")})


def message_of(error: Exception) -> str:
    """What a fault says, as it was told."""
    said = error.args[0] if error.args else ""
    return said if isinstance(said, Said) else str(error)
