"""Which register a sheet is, by its header row, whatever the names of file and sheet."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import zip_longest
from unicodedata import normalize

from processor.catalogue.register import Register
from processor.intake.blocks import OtherTable, side_by_side
from processor.intake.grid import Grid
from processor.intake.headers import Match, Signature, Signatures, match_headers, without_result_columns
from processor.intake.memory import Memory, header_key
from processor.intake.rejection import WorkbookRejected
from processor.intake.spans import title_span

TITLE_ROWS = 10
LEAST_EXPLAINED = 0.25  # a sheet that shares fewer of its headers with a register is most likely some other table
WIDE_ENOUGH = 4  # but an export may hold any number of other columns beside so many of the register's own
WIDE_WITH_NUMBER = 3  # and of a register whose rows bear a registration number, beside so many
NO_MEMORY = Memory()
_ALL_BUT_A_FEW = 0.8
_UNIT = re.compile(r"单位\s*:\s*(?:人民币)?\s*([百千万亿]?元)")


@dataclass(frozen=True)
class Recognised:
    """A sheet's table: `header_rows` are the places in the grid of the first and last header row.

    beside: other tables right of it, not read. signatures: of all registers, as the sheet's headers were compared.
    """

    match: Match
    header_rows: tuple[int, int]
    title_days: tuple[date, date] | None
    title_unit: str
    beside: tuple[OtherTable, ...]
    signatures: Signatures

    @property
    def register(self) -> Register:
        return self.match.signature.register


@dataclass(frozen=True)
class Nearest:
    """The register that a sheet comes nearest to without being it. matched: how many of its headers the sheet has."""

    title: str
    missing: tuple[str, ...]
    matched: int
    fit: float


def recognise(grid: Grid, registers: Mapping[str, Register], memory: Memory = NO_MEMORY) -> Recognised | Nearest | None:
    """The register of a sheet, else the nearest one, else None for a sheet without any known header.

    memory: what was said of the site's own headers; a header row of which it is known what it is, is nothing else.

    A register that lacks columns gives way to one that has more of the headers, though that one cannot be read.
    Raises WorkbookRejected where two registers fit equally well.
    """
    signatures = _signatures(tuple(registers.values()), memory)
    best: list[tuple[float, int, Recognised]] = []
    nearest: Nearest | None = None
    for first, last, headers in _header_candidates(grid):
        known = memory.register_of(_folded(headers))
        tables = side_by_side(headers, lambda part: fitting(part, signatures))
        beside = tuple(OtherTable(last, left, match.signature.register.title) for left, _, match in tables[1:])
        if tables:
            headers = [readings if at <= tables[0][1] else [""] for at, readings in enumerate(headers)]
        for signature in signatures.sharing(headers):
            if known is not None and signature.register.name != known:
                continue
            match = match_headers(signature, headers)
            if match.explained < LEAST_EXPLAINED and not _wide_export(match):
                continue
            if match.missing:
                candidate = Nearest(signature.register.title, match.missing, len(match.columns), match.fit)
                nearest = max(nearest or candidate, candidate, key=lambda near: near.fit)
            else:
                found = Recognised(
                    match, (first, last), title_days(grid, first), title_unit(grid, first), beside, signatures
                )
                best.append((round(match.fit, 9), first - last, found))
    if not best:
        return nearest
    best.sort(key=lambda entry: entry[:2], reverse=True)
    fit, _, winner = best[0]
    rivals = {found.register.title for other, _, found in best if other == fit}
    if len(rivals) > 1:
        raise _ambiguous(grid.sheet, sorted(rivals))
    winner = _topmost(winner, best)
    if winner.match.absent and nearest is not None and nearest.matched > len(winner.match.columns):
        return nearest
    return winner


def nearest_of(grid: Grid, register: Register) -> Nearest:
    """How near a sheet comes to one register, by the header row that fits it best."""
    signature = Signature.of(register)
    matches = [match_headers(signature, headers) for _, _, headers in _header_candidates(grid)]
    best = max(matches, key=lambda match: match.fit, default=match_headers(signature, []))
    return Nearest(register.title, best.missing, len(best.columns), best.fit)


def _topmost(winner: Recognised, found: Sequence[tuple[float, int, Recognised]]) -> Recognised:
    """The table that stands first on the sheet, where one with no other headers stands above the winner."""
    above = [
        (other.header_rows[0], -worth, other)
        for worth, _, other in found
        if other.header_rows[1] + 1 < winner.header_rows[0]
        and other.match.explained >= _ALL_BUT_A_FEW
        and len(other.match.columns) >= WIDE_ENOUGH
    ]
    return min(above, key=lambda entry: entry[:2])[2] if above else winner


def fitting(headers: Sequence[Sequence[str]], signatures: Signatures) -> list[Match]:
    """The registers that a header row has all needed columns of, the best first."""
    matches = [match_headers(signature, headers) for signature in signatures.sharing(headers)]
    whole = [m for m in matches if not m.missing and (m.explained >= LEAST_EXPLAINED or _wide_export(m))]
    return sorted(whole, key=lambda match: -match.fit)


def _wide_export(match: Match) -> bool:
    """Whether a sheet has all columns that a register needs, under their own names, among many others."""
    own = {header for header, (_, _, own_spelling) in match.columns.items() if own_spelling}
    key = match.signature.register.key
    numbered = len(key) == 1 and key[0] in own
    return not match.missing and len(own) >= (WIDE_WITH_NUMBER if numbered else WIDE_ENOUGH)


def title_days(grid: Grid, before: int) -> tuple[date, date] | None:
    """The span, month or year that the rows above the header, or else the sheet's name, speak of; None if none or several."""
    titles = [str(cell) for row in grid.rows[:before] for cell in row if isinstance(cell, (str, date))]
    return title_span(" ".join(titles)) or title_span(grid.sheet)


def title_unit(grid: Grid, before: int) -> str:
    """The unit that the rows above the header state for the table's amounts (单位：万元); empty if none."""
    for row in grid.rows[:before]:
        for cell in row:
            stated = _UNIT.search(normalize("NFKC", cell)) if isinstance(cell, str) else None
            if stated:
                return stated.group(1)
    return ""


@lru_cache(maxsize=4)
def _signatures(registers: tuple[Register, ...], memory: Memory) -> Signatures:
    return Signatures(
        tuple(
            Signature.of(register, said) if (said := memory.of(register.name)) else _own_signature(register)
            for register in registers
        )
    )


@lru_cache(maxsize=1024)
def _own_signature(register: Register) -> Signature:
    """The signature of a register of which the site said nothing."""
    return Signature.of(register)


def header_rows(grid: Grid) -> list[tuple[int, frozenset[str]]]:
    """(place of the last row, folded headers) of each possible header."""
    return [(last, _folded(headers)) for _, last, headers in _header_candidates(grid)]


def _folded(headers: Sequence[Sequence[str]]) -> frozenset[str]:
    return frozenset(name for readings in headers if readings and (name := header_key(readings[0])))


def _header_candidates(grid: Grid) -> list[tuple[int, int, list[list[str]]]]:
    """(first row, last row, readings by column) of each possible header of one row or two."""
    candidates = []
    for place in grid.filled_rows(TITLE_ROWS + 1):
        single = [str(cell).strip() if isinstance(cell, str) else "" for cell in grid.rows[place]]
        candidates.append((place, place, _own([[text] for text in single], single)))
        below = place + 1
        if below < len(grid.rows):
            child = [str(cell).strip() if isinstance(cell, str) else "" for cell in grid.rows[below]]
            parent = _spread(grid, place, single, child)
            double = [
                [over + under, under, over if not under else ""]
                for over, under in zip_longest(parent, child, fillvalue="")
            ]
            candidates.append(
                (place, below, _own(double, [a or b for a, b in zip_longest(single, child, fillvalue="")]))
            )
    return candidates


def _own(readings: list[list[str]], texts: Sequence[str]) -> list[list[str]]:
    return readings[: without_result_columns(texts)]


def _spread(grid: Grid, place: int, parents: list[str], children: list[str]) -> list[str]:
    """Parents' texts over all columns that they head: by merged ranges where known, else over the children right."""
    spread = list(parents)
    row = grid.first_row + place
    first = grid.first_column
    ranges = {left - first: right - first for (top, left), (_, right) in grid.merges if top == row and left >= first}
    for left, right in ranges.items():
        last = min(right + 1, len(spread))
        spread[left:last] = parents[left : left + 1] * max(last - left, 0)
    if not grid.merges:
        for at in range(1, len(spread)):
            if not spread[at] and at < len(children) and children[at] and children[at - 1]:
                spread[at] = spread[at - 1]
    return spread


def _ambiguous(sheet: str, titles: Sequence[str]) -> WorkbookRejected:
    names = "”和“".join(titles)
    return WorkbookRejected(
        "ambiguous",
        f"工作表“{sheet}”的表头同时符合“{names}”，无法判断是哪一张登记表。",
        "请用系统提供的空白登记表的表头，再放入收件夹。",
        titles[0],
    )
