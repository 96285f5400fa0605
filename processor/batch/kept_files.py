"""Files of the outbox that the batch before made of the same data: they are not made again."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from processor.ledger.runs import RunStore
from processor.report.pages.unchanged import digest


class KeptFiles:
    """What some files were made of, remembered from batch to batch. name: of what is remembered; home: the outbox."""

    def __init__(self, runs: RunStore, name: str, home: Path) -> None:
        self.runs, self.name, self.home = runs, name, home
        self._before: dict[str, list[str]] = runs.setting(name) or {}
        self._now: dict[str, list[str]] = {}

    def stand(self, key: str, files: Sequence[str], made_of: str) -> bool:
        """Whether these files below the outbox were made of this, and nobody touched them since; then they stay."""
        known = self._before.get(key, [])
        if known[:1] != [made_of] or known[1:] != [_digest(self.home / file) for file in files]:
            return False
        self._now[key] = known
        return True

    def note(self, key: str, files: Sequence[str], made_of: str, folder: Path) -> None:
        """Remember what files below a folder, which will take their places in the outbox, were made of."""
        self._now[key] = [made_of, *(_digest(folder / file) for file in files)]

    def remember(self) -> None:
        """Keep it for the next batch; what was neither noted nor found to stand is forgotten."""
        self.runs.keep_setting(self.name, self._now)


def _digest(path: Path) -> str:
    """Of a file's bytes; of none where it cannot be read."""
    try:
        return digest(path.read_bytes())
    except OSError:
        return ""
