"""In which language commands speak, and what they say in it."""

from __future__ import annotations

import gettext
import locale
import logging
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from copy import copy
from functools import cache
from pathlib import Path
from typing import Any

from processor import toml_text
from processor.errors import ProcessorError
from processor.messages import Said
from processor.packaged import packaged

CHINESE, ENGLISH = "zh", "en"
DOMAIN = "commands"
MACHINE = ("LC_ALL", "LC_MESSAGES", "LANG")  # the first that is set speaks for the machine

Voice = Callable[[str], str]


def language_of(given: Sequence[str], environment: Mapping[str, str] = os.environ) -> str:
    """`zh` or `en` for a command line: as `[site] locale` of its site.toml says, else the machine's language."""
    return _stated(_config_of(given)) or _machine(environment)


def _config_of(given: Sequence[str]) -> Path:
    for at, argument in enumerate(given):
        if argument.startswith("--config="):
            return Path(argument.partition("=")[2])
        if argument == "--config" and at + 1 < len(given):
            return Path(given[at + 1])
    return Path("site.toml")


def _stated(config: Path) -> str:
    """What site.toml states, empty where it states nothing that can be read; what is wrong with it the command will say."""
    with suppress(OSError, ValueError):
        site = toml_text.loads(config.read_text(encoding="utf-8-sig")).get("site")
        stated = site.get("locale") if isinstance(site, dict) else None
        if stated in (CHINESE, ENGLISH):
            return str(stated)
    return ""


def _machine(environment: Mapping[str, str]) -> str:
    named = next((environment[name] for name in MACHINE if environment.get(name)), "")
    if not named:
        with suppress(ValueError):
            named = locale.getlocale()[0] or ""
    return CHINESE if named.lower().startswith((CHINESE, "chinese")) else ENGLISH


def voice(language: str) -> Voice:
    """A function that says a message in a language; what has no translation stays English."""
    catalogue = _catalogue(language)

    def say(message: str) -> str:
        if not isinstance(message, Said):
            return catalogue.gettext(message) if message else ""
        values = {name: _spoken(say, value) for name, value in message.values.items()}
        return catalogue.gettext(message.template).format(**values)

    return say


def _spoken(say: Voice, value: Any) -> Any:
    """A value of a message: a fault or another message is said, everything else stays."""
    if isinstance(value, ProcessorError):
        return fault_in(say, value)
    return say(value) if isinstance(value, Said) else value


def fault_in(say: Voice, fault: ProcessorError) -> str:
    """A fault in one sentence: where, what, and how to mend it."""
    colon, opening, closing = say(": "), say(" ("), say(")")
    place = f"{fault.where}{colon}" if fault.where else ""
    mend = f"{opening}{say(fault.mend)}{closing}" if fault.mend else ""
    return f"{place}{say(fault.message)}{mend}"


class Spoken(logging.Formatter):
    """Writes what the program logs in the language of a voice."""

    def __init__(self, say: Voice, pattern: str) -> None:
        super().__init__(pattern)
        self.say = say

    def format(self, record: logging.LogRecord) -> str:
        if isinstance(record.msg, Said):
            record = copy(record)
            record.msg = self.say(record.msg)
        return super().format(record)


@contextmanager
def warning_at_terminal(say: Voice) -> Iterator[None]:
    """Write warnings of the program to stderr while a command runs."""
    handler = logging.StreamHandler()
    handler.setFormatter(Spoken(say, "%(message)s"))
    handler.setLevel(logging.WARNING)
    root = logging.getLogger("processor")
    root.addHandler(handler)
    try:
        yield
    finally:
        root.removeHandler(handler)


@cache
def _catalogue(language: str) -> gettext.NullTranslations:
    if language == ENGLISH:
        return gettext.NullTranslations()
    return gettext.translation(DOMAIN, packaged("locale"), languages=[language])
