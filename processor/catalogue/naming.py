"""Says the key of a row in words, as its register declares it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from processor.catalogue.register import Register
from processor.model import Text


def spoken(key: str, registers: Iterable[Register]) -> str:
    """The key in the words of the first of these registers whose composite key it can be; else the key itself."""
    parts = key.split("|")
    for register in registers:
        if register.says and len(register.key) == len(parts):
            return register.says.format_map(dict(zip(register.key, parts, strict=True)))
    return key


def with_spoken(text: Text, key: str, registers: Iterable[Register]) -> Text:
    """A sentence that names the key in words wherever it names it."""
    if "|" not in key:
        return text
    words = spoken(key, registers)
    return text if words == key else Text(text.template, _replaced(text.args, key, words))


def _replaced(values: Mapping[str, Any], key: str, words: str) -> dict[str, Any]:
    return {
        name: Text(value.template, _replaced(value.args, key, words))
        if isinstance(value, Text)
        else words
        if value == key
        else value
        for name, value in values.items()
    }
