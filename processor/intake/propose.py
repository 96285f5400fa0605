"""What a header of staff's own may mean: names that are alike, cells that fit, one assignment for the whole sheet.

Nothing here takes a column; a person decides.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from processor.catalogue.register import COMMON_COLUMNS, Register
from processor.intake.evidence import Evidence, evidence_of
from processor.intake.grid import Grid
from processor.intake.header_rows import header_of
from processor.intake.likeness import Names, Scores, in_few_words, usual_of

HIGH, MIDDLE, LOW = "高", "中", "低"
SHARE = 0.25  # of the sheet's or of the register's headers that must find each other for the sheet to be asked about
_SAMPLES, _SUGGESTIONS, _NEAREST = 12, 3, 3
_SURE, _LIKELY, _THINKABLE = 0.9, 0.62, 0.42
_MARGIN = 0.12
_NEARLY = 0.94  # so alike to a column's own name that only a word of the same meaning differs
_USUAL = 0.2  # what it is worth that the site's rule books read the register
_CLEAR = 0.1  # how much better than the next the register must fit for anything to be filled in beforehand
_TITLE = 0.35  # what a title that says the register's own is worth beside a fit of 0 to 1
_TOPIC = 0.4  # what headers and titles of the register's own trade are worth
_TOPICS_ENOUGH = 4
#: Columns of which the cells alone say that a header may be them, and what that is worth.
_BY_VALUE = frozenset({"phone", "idno", "date", "datetime", "time", "money", "staff", "choice"})
#: Columns whose cells are like no other's.
_SPEAKING = _BY_VALUE - {"choice"}
_SPEAKS, _BY_VALUE_ALONE = 0.59, 0.45


@dataclass(frozen=True)
class Local:
    """What is known of a site: the numbers and names of its roster, and the registers that its rule books read."""

    staff: frozenset[str] = frozenset()
    registers: frozenset[str] = frozenset()


NOWHERE = Local()


@dataclass(frozen=True)
class HeaderProposal:
    """One header of the sheet: up to three meanings, best first, and how sure. place: in the grid's row."""

    header: str
    place: int
    suggestions: tuple[str, ...]
    sureness: str
    samples: tuple[str, ...]

    @property
    def prefilled(self) -> str:
        """The meaning that is filled in beforehand, empty unless it is sure."""
        return self.suggestions[0] if self.sureness == HIGH and self.suggestions else ""


@dataclass(frozen=True)
class Candidate:
    """A register that a sheet may be. found: its headers that the sheet seems to have; missing: needed ones it has not."""

    register: Register
    score: float
    found: tuple[str, ...]
    missing: tuple[str, ...]


@dataclass(frozen=True)
class Proposal:
    """What a sheet may be: its best register with a proposal a header, and the nearest three. row: the header's, from 1."""

    sheet: str
    row: int
    register: Register
    headers: tuple[HeaderProposal, ...]
    nearest: tuple[Candidate, ...]


def propose(
    grid: Grid, registers: Mapping[str, Register], local: Local = NOWHERE, register: str = ""
) -> Proposal | None:
    """The proposal for a sheet that nobody recognised; None where no register shares a quarter of its columns.

    local: what is known of the site. register: the one that somebody chose for the sheet.
    """
    header = header_of(grid, known_names(registers))
    if header is None or not header.texts:
        return None
    headers, places = header.texts, header.places
    evidence = [evidence_of(_cells(grid, header.last, at), local.staff) for at in places]
    names = Names.of(tuple(registers.values()))
    similar, own = names.similarities(header.names)
    titles = [grid.sheet, *(cell for row in grid.rows[: header.first] for cell in row if isinstance(cell, str))]
    chosen = [registers[register]] if register else _hopeful(registers, names, similar, local)
    best: list[tuple[Candidate, Scores, list[tuple[int, int]]]] = []
    for candidate in chosen:
        places_of = names.places[candidate.name]
        scores = _scores(candidate, similar[:, places_of], own[:, places_of], evidence)
        pairs = _assigned(scores)
        found = _candidate(candidate, scores, pairs)
        usual = _USUAL if candidate.name in local.registers else 0.0
        told = _TITLE * _title_likeness(candidate, titles) + _TOPIC * _topical(candidate, titles, headers)
        titled = replace(found, score=found.score + usual + told)
        best.append((titled, scores, pairs))
    best.sort(key=lambda entry: -entry[0].score)
    best = [entry for entry in best if register or _shares_a_quarter(entry, evidence)]
    if not best:
        return None
    (winner, scores, pairs), nearest = best[0], tuple(entry[0] for entry in best[:_NEAREST])
    clear = bool(register) or len(best) == 1 or winner.score - best[1][0].score >= _CLEAR
    meant = dict(pairs)
    lines = tuple(
        _line(headers[at], places[at], winner.register, scores[at], meant.get(at), evidence[at], clear=clear)
        for at in range(len(headers))
    )
    return Proposal(grid.sheet, grid.first_row + header.last, winner.register, lines, nearest)


def known_names(registers: Mapping[str, Register]) -> frozenset[str]:
    """All names of columns, folded."""
    return Names.of(tuple(registers.values())).known


def _cells(grid: Grid, header: int, at: int) -> list[Any]:
    cells = (row[at] for row in grid.rows[header + 1 :] if at < len(row))
    filled = []
    for cell in cells:
        if cell is not None and cell != "":
            filled.append(cell)
            if len(filled) == _SAMPLES:
                break
    return filled


def _topical(register: Register, titles: Sequence[str], headers: Sequence[str]) -> float:
    """0 to 1: how much titles and headers speak of the register's own trade."""
    topics = usual_of(register.name).get("topics", ())
    told = 2 * any(topic in title for topic in topics for title in titles)
    told += sum(any(topic in header for topic in topics) for header in headers)
    return min(told, _TOPICS_ENOUGH) / _TOPICS_ENOUGH


def _title_likeness(register: Register, titles: Sequence[str]) -> float:
    """0 to 1: how alike the register's title is to the sheet's name or to what stands above its header."""
    from rapidfuzz import fuzz

    return max(fuzz.partial_ratio(in_few_words(title), in_few_words(register.title)) for title in titles) / 100


def _hopeful(registers: Mapping[str, Register], names: Names, similar: Scores, local: Local) -> list[Register]:
    """The registers most of whose names stand in the sheet, by a quick bound."""
    bound = {}
    for register in registers.values():
        if register.form:
            continue
        part = similar[:, names.places[register.name]]
        strong = np.where(part >= 0.5, part, 0.0)
        bound[register.name] = float(strong.max(axis=1).sum()) + 0.5 * float(strong.max(axis=0).sum())
        bound[register.name] *= 1.3 if register.name in local.registers else 1.0
    best = sorted(bound, key=lambda name: -bound[name])[:10]
    return [registers[name] for name in best]


def _scores(register: Register, similar: Scores, own: Scores, evidence: Sequence[Evidence]) -> Scores:
    """How well each header (row) could be each column of a register, 0 to 1; by its own names or surely not."""
    fits = np.array([[cells.fit(column) for column in register.columns] for cells in evidence])
    fits = fits.reshape(len(evidence), len(register.columns))
    likely = 0.78 * similar + 0.22 * fits
    likely = np.where(own < _NEARLY, np.minimum(likely, _SURE - 0.01), likely)
    scores = np.where(own >= 0.999, 0.93 + 0.07 * fits, np.where(fits < 0, likely - 0.2, likely))
    telling = np.array([column.type in _BY_VALUE for column in register.columns])
    scores = np.where(telling[None, :] & (fits >= _SPEAKS), np.maximum(scores, _BY_VALUE_ALONE + 0.1 * similar), scores)
    return np.asarray(np.clip(scores, 0.0, 1.0))


def _assigned(scores: Scores) -> list[tuple[int, int]]:
    """Pairs of header and column that together fit best, no column twice."""
    from scipy.optimize import linear_sum_assignment

    worth = np.where(scores >= _THINKABLE, scores, 0.0)
    rows, columns = linear_sum_assignment(-(worth**2))
    return [(int(at), int(to)) for at, to in zip(rows, columns, strict=True) if worth[at, to] > 0]


def _candidate(register: Register, scores: Scores, pairs: Sequence[tuple[int, int]]) -> Candidate:
    found = {register.columns[to].header for at, to in pairs if scores[at, to] >= _BY_VALUE_ALONE}
    needed = _needed(register)
    expected = sum(not column.optional for column in register.columns)
    weight = sum(float(scores[at, to]) for at, to in pairs if scores[at, to] >= _BY_VALUE_ALONE)
    covered = weight / len(scores) + 0.5 * weight / expected
    fit = 0.8 * covered + 0.2 * sum(h in found for h in needed) / max(len(needed), 1)
    order = [column.header for column in register.columns]
    return Candidate(
        register,
        fit,
        tuple(header for header in order if header in found),
        tuple(header for header in needed if header not in found),
    )


def _needed(register: Register) -> list[str]:
    """The columns without which a sheet cannot be read; a number of its own may be wanting."""
    return [column.header for column in register.columns if column.required and column.header != register.number]


def _shares_a_quarter(best: tuple[Candidate, Scores, list[tuple[int, int]]], evidence: Sequence[Evidence]) -> bool:
    """Whether enough headers find a column, one of them by its name or by cells that speak for themselves."""
    candidate, scores, pairs = best
    columns = candidate.register.columns
    if len(evidence) < len(_needed(candidate.register)):
        return False  # no answer could make it readable
    own = [(at, to) for at, to in pairs if columns[to].header not in COMMON_COLUMNS]
    shared = sum(float(scores[at, to]) >= _BY_VALUE_ALONE for at, to in own)
    speaks = any(columns[to].type in _SPEAKING and evidence[at].fit(columns[to]) >= _SPEAKS for at, to in own)
    if not speaks and not any(float(scores[at, to]) >= _LIKELY for at, to in own):
        return False  # a few faint likenesses, as any two tables have
    expected = sum(not column.optional for column in candidate.register.columns)
    return shared >= 2 and (shared >= SHARE * len(evidence) or shared >= SHARE * expected)


def _line(
    header: str, place: int, register: Register, scores: Scores, meant: int | None, evidence: Evidence, *, clear: bool
) -> HeaderProposal:
    order = sorted(range(len(register.columns)), key=lambda to: (to != meant, -scores[to]))
    named = [to for to in order if scores[to] >= _THINKABLE][:_SUGGESTIONS]
    suggestions = tuple(register.columns[to].header for to in named)
    return HeaderProposal(header, place, suggestions, _sureness(scores, named, meant, clear=clear), evidence.samples)


def _sureness(scores: Scores, named: Sequence[int], meant: int | None, *, clear: bool) -> str:
    """High only where name and cells both speak for one column, and the sheet for one register."""
    if meant is None or not named:
        return LOW
    best = float(scores[meant])
    second = max((float(scores[to]) for to in range(len(scores)) if to != meant), default=0.0)
    if clear and best >= _SURE and best - second >= _MARGIN:
        return HIGH
    return MIDDLE if best >= _LIKELY else LOW
