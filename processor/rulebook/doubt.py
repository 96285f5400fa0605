"""Why a row of the rule book cannot be taken."""

from __future__ import annotations

from processor.settle.forms import Place, Refused


class Doubt(Exception):
    """A cell of a row that cannot be taken as it stands; message: a Chinese sentence with the mend."""

    def __init__(self, header: str, found: str, expected: str, message: str) -> None:
        super().__init__(message)
        self.header, self.found, self.expected, self.message = header, found, expected, message

    def at(self, place: Place) -> Refused:
        """The row that counts for nothing for it."""
        return Refused(place, self.header, self.found, self.expected, self.message)
