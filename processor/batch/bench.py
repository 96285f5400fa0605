"""What judging is given: the ledger and the rules, and what is to be decided from the ground."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from processor.batch.eras import Era, Spans
from processor.batch.illegible import Illegible
from processor.batch.policies import Closed
from processor.batch.workers import Workers
from processor.catalogue.dated import Dated
from processor.catalogue.pack import Pack
from processor.catalogue.register import Register
from processor.ledger import Ledger


@dataclass(frozen=True)
class Afresh:
    """What is decided from the ground. packs: unit -> packs with other rules, in open months only.

    wholly: units of which the roster changed for all days. since: unit -> first day that a changed roster concerns.
    """

    packs: Mapping[str, frozenset[str]] = field(default_factory=dict)
    wholly: frozenset[str] = frozenset()
    since: Mapping[str, date | None] = field(default_factory=dict)


@dataclass(frozen=True)
class Bench:
    """All that judging needs beside the ledger. closed: unit -> its closed months. tick: called after each binding.

    eras: unit -> former versions of its packs that still decide days of open months; lost: what of them cannot be read.
    known_as: unit -> its first name, of which the ids of its decisions are made. explains: whether to find what would
    have changed each line. keeps: whether to write lines that nothing in this pass reads.
    illegible: rows that nobody could read.
    """

    ledger: Ledger
    registers: Mapping[str, Register]
    units: Mapping[str, Sequence[Pack]]
    point_values: Mapping[str, Dated[int]]
    as_of: date
    before: date | None
    run: int
    tick: Callable[[str], None] = lambda label: None
    closed: Mapping[str, Closed] = field(default_factory=dict)
    eras: Mapping[str, Sequence[Era]] = field(default_factory=dict)
    lost: Spans = field(default_factory=dict)
    known_as: Mapping[str, str] = field(default_factory=dict)
    explains: bool = True
    keeps: bool = True
    illegible: Illegible = field(default_factory=dict)
    workers: Workers = field(default_factory=Workers)
