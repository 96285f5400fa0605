"""A site's own figure with the days from which its values hold."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Dated(Generic[T]):
    """values: first day -> value, oldest first. A figure without days holds from `date.min` on."""

    values: Mapping[date, T]

    @classmethod
    def always(cls, value: T) -> Dated[T]:
        """A value that holds on every day."""
        return cls({date.min: value})

    def on(self, day: date) -> T | None:
        """The value in force on `day`, None before the first."""
        starts = list(self.values)
        index = bisect_right(starts, day)
        return self.values[starts[index - 1]] if index else None
