"""A workbook that cannot be read as a whole, with what staff need to mend it."""

from __future__ import annotations

from typing import Literal

RejectionKind = Literal[
    "empty", "encrypted", "damaged", "not_workbook", "too_large", "unsafe", "unknown", "ambiguous", "failed", "late"
]


class WorkbookRejected(Exception):
    """`reason` and `mend` are Chinese sentences; `nearest` is the title of the register it is nearest to, or None."""

    def __init__(self, kind: RejectionKind, reason: str, mend: str, nearest: str | None = None) -> None:
        super().__init__(reason)
        self.kind, self.reason, self.mend, self.nearest = kind, reason, mend, nearest

    def __reduce__(self) -> tuple[type[WorkbookRejected], tuple[str | None, ...]]:
        return type(self), (self.kind, self.reason, self.mend, self.nearest)
