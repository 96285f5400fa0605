"""A long table of the outbox that is written by parts: what the batch before made of the same data is not made again."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from processor.ledger.runs import RunStore
from processor.report.pages.unchanged import digest


class KeptParts:
    """What the parts of a file were made of, remembered from batch to batch. name: of what is remembered; file: as it lies."""

    def __init__(self, runs: RunStore, name: str, file: Path) -> None:
        self.runs, self.name = runs, name
        self._before: dict[str, tuple[str, bytes]] = {}
        try:
            whole = file.read_bytes()
        except OSError:
            return
        for key, made_of, start, end, content in runs.setting(name) or []:
            if digest(whole[start:end]) == content:
                self._before[key] = made_of, whole[start:end]

    def stands(self, key: str, made_of: str) -> bool:
        """Whether a part was made of this, and nobody touched it since."""
        return key in self._before and self._before[key][0] == made_of

    def write(self, target: Path, head: bytes, parts: Iterable[tuple[str, str, bytes | None]]) -> None:
        """Write the file of its parts (key, what it is made of, the part itself; None: it stands), and remember them."""
        kept, place = [], len(head)
        with target.open("wb") as out:
            out.write(head)
            for key, made_of, made in parts:
                part = self._before[key][1] if made is None else made
                out.write(part)
                kept.append((key, made_of, place, place + len(part), digest(part)))
                place += len(part)
        self.runs.keep_setting(self.name, kept)
