"""Rows of a register as columns: what a transaction kept, or read once, is not read out of its text again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from processor.catalogue.register import Register
from processor.ledger.rows import as_kept, frame_of

_Ids = np.ndarray[Any, np.dtype[np.int64]]
#: So many rows that were read stay at hand for whoever wants them next: a pass over all units reads many times as many.
MOST_READ = 50_000


class Decoded:
    """The rows at hand of one register. What a row says never changes; its unit may, and is asked for each time.

    kept_from: the first id of rows that this transaction brought, all of which are at hand; None where there are none.
    """

    def __init__(self, register: Register) -> None:
        self.register = register
        self.kept_from: int | None = None
        self._kept: list[_Piece] = []
        self._read: list[_Piece] = []

    def keep(self, first: int, frame: pd.DataFrame) -> None:
        """Rows come in, under ids that follow each other."""
        if self.kept_from is None:
            self.kept_from = first
        _put(self._kept, _Piece(np.arange(first, first + len(frame)), as_kept(self.register, frame)))

    def read(self, ids: Sequence[int], texts: Sequence[str | None], units: Sequence[str | None]) -> pd.DataFrame:
        """The canonical frame of these rows with `_ref`, in their order. texts: what they say; of rows that were kept, None."""
        refs = np.array(ids, dtype=np.int64)
        new = self._not_at_hand(refs)
        if len(new) and len(new) + sum(len(piece.ids) for piece in self._read) > MOST_READ:
            self._read.clear()
            new = self._not_at_hand(refs)
        if len(new) or not (self._kept or self._read):
            new = new[np.argsort(refs[new])]
            decoded = frame_of(self.register, [texts[place] or "" for place in new.tolist()])
            _put(self._read, _Piece(refs[new], decoded))
        frame = self._taken(refs)
        frame.index = pd.RangeIndex(len(frame))
        frame["门店"] = pd.array(list(units), dtype="str")
        frame["_ref"] = refs
        return frame

    def _not_at_hand(self, refs: _Ids) -> _Ids:
        """The places of those of these ids of which the rows are to be read."""
        missing = np.ones(len(refs), dtype=bool)
        for piece in (*self._kept, *self._read):
            missing &= ~piece.holds(refs)
        return np.flatnonzero(missing)

    def _taken(self, refs: _Ids) -> pd.DataFrame:
        """These rows, all of which are at hand, in their order."""
        held = [(piece, piece.holds(refs)) for piece in (*self._kept, *self._read)]
        whole = next((piece for piece, own in held if own.all()), None)
        if whole is not None:
            return whole.take(refs)
        order = np.concatenate([np.flatnonzero(own) for _, own in held])
        parts = pd.concat([piece.take(refs[own]) for piece, own in held if own.any()], ignore_index=True)
        return parts.take(np.argsort(order))


def _put(pieces: list[_Piece], piece: _Piece) -> None:
    """Add rows to few pieces: joined to the last ones as long as these are no more than twice as many."""
    while pieces and len(pieces[-1].ids) <= 2 * len(piece.ids):
        piece = pieces.pop().joined(piece)
    pieces.append(piece)


@dataclass(frozen=True)
class _Piece:
    """Rows and their ids, in the order of these."""

    ids: _Ids
    rows: pd.DataFrame

    def holds(self, refs: _Ids) -> np.ndarray[Any, np.dtype[np.bool_]]:
        """Which of these ids are those of its rows."""
        if not len(self.ids):
            return np.zeros(len(refs), dtype=bool)
        return self.ids[np.minimum(np.searchsorted(self.ids, refs), len(self.ids) - 1)] == refs

    def take(self, refs: _Ids) -> pd.DataFrame:
        """The rows of these ids, all of which are its own."""
        return self.rows.take(np.searchsorted(self.ids, refs))

    def joined(self, other: _Piece) -> _Piece:
        """The rows of both."""
        ids, rows = np.concatenate([self.ids, other.ids]), pd.concat([self.rows, other.rows], ignore_index=True)
        if not len(self.ids) or not len(other.ids) or self.ids[-1] < other.ids[0]:
            return _Piece(ids, rows)
        order = np.argsort(ids)
        return _Piece(ids[order], rows.take(order))
