"""Rows of a register as columns: what a transaction kept, or read once, is not read out of its text again."""

from __future__ import annotations

from collections.abc import Sequence
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
        self._ids: _Ids = np.empty(0, dtype=np.int64)
        self._pieces: list[pd.DataFrame] = []

    def keep(self, first: int, frame: pd.DataFrame) -> None:
        """Rows come in, under ids that follow each other."""
        if self.kept_from is None:
            self.kept_from = first
        self._put(np.arange(first, first + len(frame)), as_kept(self.register, frame))

    def read(self, ids: Sequence[int], texts: Sequence[str | None], units: Sequence[str | None]) -> pd.DataFrame:
        """The canonical frame of these rows with `_ref`, in their order. texts: what they say, where they are not at hand."""
        refs = np.array(ids, dtype=np.int64)
        new = np.flatnonzero(~np.isin(refs, self._ids, assume_unique=True)).tolist()
        if new:
            self._put(refs[new], frame_of(self.register, [texts[place] or "" for place in new]))
        if len(self._pieces) > 1:
            self._pieces = [pd.concat(self._pieces, ignore_index=True)]
        order = np.argsort(self._ids)
        frame = self._pieces[0].take(order[np.searchsorted(self._ids, refs, sorter=order)])
        frame.index = pd.RangeIndex(len(frame))
        frame["门店"] = pd.array(list(units), dtype="str")
        frame["_ref"] = refs
        return frame

    def _put(self, ids: _Ids, frame: pd.DataFrame) -> None:
        self._ids = np.concatenate([self._ids, ids])
        self._pieces.append(frame)
