"""The months of a unit: which there are, on which pages each stands, and what of a page belongs to one of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from processor.report.pages.places import SITE_PAGE, numbered
from processor.report.pages.view import Content, Family, Picture, Table
from processor.report.snapshot import Line


def month_path(home: str, month: str) -> str:
    """Where the month of a unit lies in full, beside the unit's page."""
    return home.removesuffix(SITE_PAGE) + f"months/{month}.html"


def family_pages(content: Content, month: str, room: int) -> list[tuple[str, tuple[Family, ...]]]:
    """The pages of one month with the families, or pieces of them, that stand on each. room: most rows on a page."""
    pages: list[list[Family]] = [[]]
    left = room
    for family in content.families:
        rest = tuple(line for line in family.lines if line.decision.period == month)
        tables = family.tables
        while True:
            pages[-1].append(replace(family, lines=rest[:left], tables=tables))
            left -= len(pages[-1][-1].lines)
            rest, tables = rest[len(pages[-1][-1].lines) :], ()
            if not rest:
                break
            pages.append([])
            left = room
    first = month_path(content.path, month)
    return [(numbered(first, number), tuple(families)) for number, families in enumerate(pages, 1)]


def of_month(content: Content, month: str) -> Content:
    """What of a page belongs to a month. What belongs to none tells of today and stands with the month shown first."""
    today = month == content.month
    families = tuple(
        replace(family, picture=_picture(family.picture, month), tables=_tables(family.tables, month, today=today))
        for family in content.families
    )
    money = [
        replace(fold, tables=_tables(fold.tables, month, today=True)) for fold in content.folds if fold.id == "money"
    ]
    return replace(content, month=month, families=families, folds=tuple(money), changes={}, gone=())


def _picture(picture: Picture, month: str) -> Picture:
    return replace(picture, bars=tuple(bar for bar in picture.bars if bar.keys.month in (None, month)))


def _tables(tables: Iterable[Table], month: str, *, today: bool) -> tuple[Table, ...]:
    """today: with the tables of which no row belongs to a month."""
    return tuple(
        _rows(table, month) if any(keys.month for keys in table.keys) else table
        for table in tables
        if today or any(keys.month for keys in table.keys)
    )


def _rows(table: Table, month: str) -> Table:
    """The table with the rows of a month, and those of none."""
    pairs = [(row, keys) for row, keys in zip(table.rows, table.keys, strict=True) if keys.month in (None, month)]
    return replace(table, rows=tuple(row for row, _ in pairs), keys=tuple(keys for _, keys in pairs))


def months_of(lines: Iterable[Line], current: str) -> tuple[str, ...]:
    """The months of these lines, oldest first; the current one where there are none."""
    return tuple(sorted({line.decision.period for line in lines})) or (current,)


def shown_first(months: Sequence[str], current: str) -> str:
    """The latest month that has begun."""
    return max((month for month in months if month <= current), default=months[0])
