"""Faults of the system: the site, its policy, its lock. What is wrong with data is an Issue or a finding, never raised."""

from __future__ import annotations

import traceback


class ProcessorError(Exception):
    """Something the administrator must mend. `where` names file and key, `mend` says how."""

    exit_code = 2

    def __init__(self, message: str, *, where: str = "", mend: str = "") -> None:
        super().__init__(message)
        self.message, self.where, self.mend = message, where, mend

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        mend = f" ({self.mend})" if self.mend else ""
        return f"{place}{self.message}{mend}"


class SiteError(ProcessorError):
    """site.toml, its folders or its units are wrong."""


class PolicyError(ProcessorError):
    """A policy pack, a parameter or a binding is wrong."""


class RegisterError(ProcessorError):
    """A register's declaration is wrong; `where` names the file and the key."""


class SiteLocked(ProcessorError):
    """Another run holds the site."""

    exit_code = 3


def anonymous_trace(error: BaseException) -> str:
    """What went wrong and where in the code, without the message, which may quote a cell."""
    frames = traceback.extract_tb(error.__traceback__)
    return " < ".join([type(error).__name__, *(f"{f.filename}:{f.lineno} {f.name}" for f in reversed(frames))])
