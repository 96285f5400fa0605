"""What a header of staff's own may mean: names that are alike, cells that fit, one assignment for the whole sheet.

Nothing here takes a column; a person decides.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from processor.catalogue.register import Register
from processor.intake.evidence import Evidence, evidence_of
from processor.intake.grid import Grid
from processor.intake.headers import fold_header, without_result_columns

HIGH, MIDDLE, LOW = "高", "中", "低"
SHARE = 0.25  # of the sheet's or of the register's headers that must find each other for the sheet to be asked about
_ROWS, _SAMPLES, _SUGGESTIONS, _NEAREST = 11, 12, 3, 3
_SURE, _LIKELY, _THINKABLE = 0.9, 0.62, 0.42
_MARGIN = 0.12
_LEAST_TEXTS = 2

Scores = np.ndarray[Any, np.dtype[np.float64]]


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
    grid: Grid, registers: Mapping[str, Register], staff: Collection[str] = (), register: str = ""
) -> Proposal | None:
    """The proposal for a sheet that nobody recognised; None where no register shares a quarter of its columns.

    staff: numbers and names of the roster. register: the one that somebody chose for the sheet.
    """
    place = header_row(grid, registers)
    if place is None:
        return None
    texts = ["" if cell is None else str(cell).strip() for cell in grid.rows[place]]
    texts = texts[: without_result_columns(texts)]
    places = [at for at, text in enumerate(texts) if text]
    headers = [texts[at] for at in places]
    evidence = [evidence_of(_cells(grid, place, at), staff) for at in places]
    names = _Names.of(tuple(registers.values()))
    similar = names.similarities(headers)
    chosen = [registers[register]] if register else _hopeful(registers, names, similar, evidence)
    best: list[tuple[Candidate, Scores, list[tuple[int, int]]]] = []
    for candidate in chosen:
        scores = _scores(candidate, similar[:, names.places[candidate.name]], evidence)
        pairs = _assigned(scores)
        best.append((_candidate(candidate, scores, pairs), scores, pairs))
    best.sort(key=lambda entry: -entry[0].score)
    if not best or not (register or _shares_a_quarter(best[0], len(headers))):
        return None
    (winner, scores, pairs), nearest = best[0], tuple(entry[0] for entry in best[:_NEAREST])
    meant = dict(pairs)
    lines = tuple(
        _line(headers[at], places[at], winner.register, scores[at], meant.get(at), evidence[at])
        for at in range(len(headers))
    )
    return Proposal(grid.sheet, grid.first_row + place, winner.register, lines, nearest)


def header_row(grid: Grid, registers: Mapping[str, Register]) -> int | None:
    """The place of the row among the first that looks most like a header: many different short texts, known ones above all."""
    known = _Names.of(tuple(registers.values())).known
    best, found = 0.0, None
    filled = [place for place, row in enumerate(grid.rows) if any(cell not in ("", None) for cell in row)]
    for place in filled[:_ROWS]:
        texts = {cell.strip() for cell in grid.rows[place] if isinstance(cell, str) and 0 < len(cell.strip()) <= 24}
        wordy = [text for text in texts if not any(sign.isdigit() for sign in text[:1])]
        if len(wordy) < _LEAST_TEXTS:
            continue
        hits = sum(not known.isdisjoint(fold_header(text).names) for text in wordy)
        score = len(wordy) + 2 * hits
        if score > best * 1.15:
            best, found = score, place
    return found


def _cells(grid: Grid, header: int, at: int) -> list[Any]:
    cells = (row[at] for row in grid.rows[header + 1 :] if at < len(row))
    filled = []
    for cell in cells:
        if cell is not None and cell != "":
            filled.append(cell)
            if len(filled) == _SAMPLES:
                break
    return filled


@dataclass(frozen=True)
class _Names:
    """Every header and synonym of the registers, folded. places: register -> its columns' places; owner: name -> column."""

    texts: tuple[str, ...]
    owner: np.ndarray[Any, np.dtype[np.intp]]
    columns: int
    places: Mapping[str, list[int]]
    known: frozenset[str]

    @staticmethod
    @lru_cache(maxsize=2)
    def of(registers: tuple[Register, ...]) -> _Names:
        texts: list[str] = []
        owner: list[int] = []
        places: dict[str, list[int]] = {}
        count = 0
        for register in registers:
            places[register.name] = []
            for column in register.columns:
                for name in (column.header, *column.synonyms):
                    texts.append(_plain(name))
                    owner.append(count)
                places[register.name].append(count)
                count += 1
        return _Names(tuple(texts), np.asarray(owner), count, places, frozenset(texts))

    def similarities(self, headers: Sequence[str]) -> Scores:
        """How alike each header is to the best name of each column, 0 to 1."""
        from rapidfuzz import fuzz, process

        plain = [_plain(header) for header in headers]
        unique = list(dict.fromkeys(self.texts))
        index = {text: at for at, text in enumerate(unique)}
        ratios = process.cdist(plain, unique, scorer=fuzz.ratio, dtype=np.float32)
        parts = process.cdist(plain, unique, scorer=fuzz.partial_ratio, dtype=np.float32)
        alike = np.maximum(ratios, 0.35 * ratios + 0.5 * parts) / 100
        spread = alike[:, [index[text] for text in self.texts]]
        found = np.zeros((len(headers), self.columns))
        np.maximum.at(found.T, self.owner, spread.T)
        return found


def _plain(header: str) -> str:
    names = fold_header(header).names
    return names[-1] if names else ""


def _hopeful(
    registers: Mapping[str, Register], names: _Names, similar: Scores, evidence: Sequence[Evidence]
) -> list[Register]:
    """The registers most of whose names stand in the sheet, by a quick bound."""
    bound = {}
    for register in registers.values():
        if register.form:
            continue
        part = similar[:, names.places[register.name]]
        strong = np.where(part >= 0.5, part, 0.0)
        bound[register.name] = float(strong.max(axis=1).sum()) + 0.5 * float(strong.max(axis=0).sum())
    best = sorted(bound, key=lambda name: -bound[name])[:8]
    return [registers[name] for name in best]


def _scores(register: Register, similar: Scores, evidence: Sequence[Evidence]) -> Scores:
    """How well each header (row) could be each column of a register, 0 to 1."""
    fits = np.array([[cells.fit(column) for column in register.columns] for cells in evidence])
    fits = fits.reshape(len(evidence), len(register.columns))
    scores = np.where(similar >= 0.999, 0.93 + 0.07 * fits, 0.78 * similar + 0.22 * fits)
    scores = np.where((fits < 0) & (similar < 0.999), scores - 0.2, scores)
    return np.asarray(np.clip(scores, 0.0, 1.0))


def _assigned(scores: Scores) -> list[tuple[int, int]]:
    """Pairs of header and column that together fit best, no column twice."""
    from scipy.optimize import linear_sum_assignment

    worth = np.where(scores >= _THINKABLE, scores, 0.0)
    rows, columns = linear_sum_assignment(-(worth**2))
    return [(int(at), int(to)) for at, to in zip(rows, columns, strict=True) if worth[at, to] > 0]


def _candidate(register: Register, scores: Scores, pairs: Sequence[tuple[int, int]]) -> Candidate:
    found = {register.columns[to].header for at, to in pairs if scores[at, to] >= _LIKELY}
    needed = [column.header for column in register.columns if column.required and column.header != register.number]
    expected = sum(not column.optional for column in register.columns)
    weight = sum(float(scores[at, to]) for at, to in pairs if scores[at, to] >= _LIKELY)
    fit = 2 * weight / (len(scores) + expected) + 0.1 * sum(h in found for h in needed) / max(len(needed), 1)
    order = [column.header for column in register.columns]
    return Candidate(
        register,
        fit,
        tuple(header for header in order if header in found),
        tuple(header for header in needed if header not in found),
    )


def _shares_a_quarter(best: tuple[Candidate, Scores, list[tuple[int, int]]], headers: int) -> bool:
    candidate, scores, pairs = best
    shared = sum(float(scores[at, to]) >= _LIKELY for at, to in pairs)
    expected = sum(not column.optional for column in candidate.register.columns)
    return shared >= 2 and (shared >= SHARE * headers or shared >= SHARE * expected)


def _line(
    header: str, place: int, register: Register, scores: Scores, meant: int | None, evidence: Evidence
) -> HeaderProposal:
    order = sorted(range(len(register.columns)), key=lambda to: (to != meant, -scores[to]))
    named = [to for to in order if scores[to] >= _THINKABLE][:_SUGGESTIONS]
    suggestions = tuple(register.columns[to].header for to in named)
    return HeaderProposal(header, place, suggestions, _sureness(scores, named, meant), evidence.samples)


def _sureness(scores: Scores, named: Sequence[int], meant: int | None) -> str:
    if meant is None or not named:
        return LOW
    best = float(scores[meant])
    second = max((float(scores[to]) for to in range(len(scores)) if to != meant), default=0.0)
    if best >= _SURE and best - second >= _MARGIN:
        return HIGH
    return MIDDLE if best >= _LIKELY else LOW
