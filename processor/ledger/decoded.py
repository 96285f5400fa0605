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


class Decoded:
    """The rows at hand of one register. What a row says never changes; its unit may, and is asked for each time.

    kept_from: the first id of rows that this transaction brought, all of which are at hand; None where there are none.
    """

    def __init__(self, register: Register) -> None:
        self.register = register
        self.kept_from: int | None = None
        self._pieces: list[_Piece] = []

    def keep(self, first: int, frame: pd.DataFrame) -> None:
        """Rows come in, under ids that follow each other."""
        if self.kept_from is None:
            self.kept_from = first
        self._put(_Piece(np.arange(first, first + len(frame)), as_kept(self.register, frame)))

    def read(self, ids: Sequence[int], texts: Sequence[str | None], units: Sequence[str | None]) -> pd.DataFrame:
        """The canonical frame of these rows with `_ref`, in their order. texts: what they say, where they are not at hand."""
        refs = np.array(ids, dtype=np.int64)
        missing = np.ones(len(refs), dtype=bool)
        for piece in self._pieces:
            missing &= ~piece.holds(refs)
        new = np.flatnonzero(missing)
        if len(new) or not self._pieces:
            new = new[np.argsort(refs[new])]
            self._put(_Piece(refs[new], frame_of(self.register, [texts[place] or "" for place in new.tolist()])))
        frame = self._taken(refs)
        frame.index = pd.RangeIndex(len(frame))
        frame["门店"] = pd.array(list(units), dtype="str")
        frame["_ref"] = refs
        return frame

    def _taken(self, refs: _Ids) -> pd.DataFrame:
        """These rows, all of which are at hand, in their order."""
        held = [(piece, piece.holds(refs)) for piece in self._pieces]
        whole = next((piece for piece, own in held if own.all()), None)
        if whole is not None:
            return whole.take(refs)
        order = np.concatenate([np.flatnonzero(own) for _, own in held])
        parts = pd.concat([piece.take(refs[own]) for piece, own in held if own.any()], ignore_index=True)
        return parts.take(np.argsort(order))

    def _put(self, piece: _Piece) -> None:
        """Have rows at hand, in few pieces: joined to the last ones as long as these are no more than twice as many."""
        while self._pieces and len(self._pieces[-1].ids) <= 2 * len(piece.ids):
            piece = self._pieces.pop().joined(piece)
        self._pieces.append(piece)


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
