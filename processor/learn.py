"""Proposes the declaration of a register of a site's own from a workbook of the department."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from processor.catalogue.catalogue import REGISTERS, load_catalogue
from processor.errors import SiteError
from processor.intake import Limits
from processor.intake.evidence import Evidence, evidence_of
from processor.intake.files import read_grids
from processor.intake.grid import Grid
from processor.intake.header_rows import header_row
from processor.intake.kinds import sniff
from processor.intake.propose import HIGH, LOW, known_names, propose
from processor.intake.rejection import WorkbookRejected
from processor.messages import tell

DRAFT = ".yaml.draft"
_NAME = re.compile(r"[a-z][a-z0-9_]{1,38}")
_MOST_CHOICES, _LEAST_REPEATS = 8, 2
_KINDS = ("idno", "phone", "datetime", "date", "month", "time", "yesno", "count", "money", "number")
_SURE_SHARE = 0.8
_NUMBERED = ("编号", "单号", "号码", "序列号", "编码")
_PEOPLE = ("工号", "人", "员", "员工")
_MONEY = ("金额", "费", "价", "款", "元", "工资")


@dataclass(frozen=True)
class Draft:
    """A proposal: where it stands, its text, and sentences on what to look at."""

    path: Path
    text: str
    look_at: Sequence[str]


def learn(workbook: Path, site: Path, name: str) -> Draft:
    """Write `registers/NAME.yaml.draft` beside site.toml from the first table of a workbook; nothing reads it there.

    name: of the new register, or of a known one that is to be extended; empty: after the workbook.
    Raises SiteError where the workbook cannot be read, or the name is none.
    """
    name = name or _named_after(workbook)
    if not _NAME.fullmatch(name):
        raise SiteError(
            tell("{name!r} is no name of a register", name=name), where="--as", mend="small letters, digits and _"
        )
    known = load_catalogue(site).registers
    grid, place = _table(workbook, known)
    if name in known:
        data, look_at = _extension(grid, known, name)
    else:
        data, look_at = _declaration(grid, place, workbook.stem)
    text = yaml.safe_dump(data, allow_unicode=True, sort_keys=False, width=120, default_flow_style=None)
    path = site / REGISTERS / f"{name}{DRAFT}"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return Draft(path, text, look_at)


def _named_after(workbook: Path) -> str:
    plain = re.sub(r"[^a-z0-9]+", "_", workbook.stem.lower()).strip("_")
    return plain if _NAME.fullmatch(plain) else "own_register"


def _table(workbook: Path, known: Any) -> tuple[Grid, int]:
    try:
        grids, _ = read_grids(workbook, sniff(workbook, Limits()), Limits())
    except (WorkbookRejected, OSError) as error:
        reason = error.reason if isinstance(error, WorkbookRejected) else str(error)
        raise SiteError(tell("cannot be read: {reason}", reason=reason), where=str(workbook)) from error
    for grid in grids:
        place = header_row(grid, known_names(known))
        if place is not None:
            return grid, place
    raise SiteError("holds no table with a header", where=str(workbook), mend="name the columns in one row")


def _declaration(grid: Grid, place: int, stem: str) -> tuple[dict[str, Any], list[str]]:
    """A whole new register: headers, types and choices by the values, a key."""
    columns: dict[str, dict[str, Any]] = {}
    look_at: list[str] = []
    cells: dict[str, list[Any]] = {}
    rows = grid.rows[place + 1 :]
    for at, cell in enumerate(grid.rows[place]):
        header = str(cell).strip() if cell is not None else ""
        if header and header not in columns and header != "序号":
            cells[header] = [row[at] if at < len(row) and row[at] != "" else None for row in rows]
            columns[header] = _column(header, cells[header])
    for header, column in columns.items():
        if column["type"] == "choice":
            choices = "、".join(column["choices"])
            look_at.append(tell("whether the choices of {header} are all: {choices}", header=header, choices=choices))
        elif column["type"] == "staff":
            look_at.append(tell("whether {header} names employees (staff number or name)", header=header))
    key = _key(columns, cells)
    for header in key:
        columns[header]["required"] = True
        columns[header].pop("optional", None)
    told = tell("whether {key} tells one row from another: filled in each and never twice", key="、".join(key))
    look_at.insert(0, told)
    about = [header for header, column in columns.items() if column["type"] == "staff"][:1]
    title = next((str(c).strip() for row in grid.rows[:place] for c in row if isinstance(c, str) and c.strip()), stem)
    data: dict[str, Any] = {"title": title, "key": key}
    return data | ({"about": about} if about else {}) | {"columns": columns}, look_at


def _column(header: str, cells: Sequence[Any]) -> dict[str, Any]:
    filled = [cell for cell in cells if cell is not None]
    evidence = evidence_of(filled[:200], ())
    column: dict[str, Any] = {"type": _type(header, evidence)}
    distinct = list(dict.fromkeys(evidence.cells))
    repeats = len(filled) >= _LEAST_REPEATS * len(distinct)
    if column["type"] == "text" and 1 < len(distinct) <= _MOST_CHOICES and repeats and max(map(len, distinct)) <= 8:
        column |= {"type": "choice", "choices": distinct}
    if filled and len(filled) == len(cells):
        column["required"] = True
    return column


def _type(header: str, evidence: Evidence) -> str:
    if header.endswith(_PEOPLE):
        return "staff"
    if any(word in header for word in _NUMBERED):
        return "id"
    shares = {kind: evidence.shares.get(kind, 0.0) for kind in _KINDS}
    if any(word in header for word in _MONEY) and shares["money"] >= _SURE_SHARE:
        return "money"
    return next((kind for kind in _KINDS if shares[kind] >= _SURE_SHARE), "text")


def _key(columns: dict[str, dict[str, Any]], cells: dict[str, list[Any]]) -> list[str]:
    """The first column of numbers without repetition, else the first columns that together never repeat."""
    whole = [header for header in columns if all(cell is not None for cell in cells[header])]
    ordered = sorted(whole, key=lambda header: columns[header]["type"] != "id")
    for header in ordered:
        if columns[header]["type"] == "id" and len(set(map(str, cells[header]))) == len(cells[header]):
            return [header]
    for count in range(1, len(whole) + 1):
        rows = list(zip(*(map(str, cells[header]) for header in whole[:count]), strict=True))
        if len(set(rows)) == len(rows):
            return whole[:count]
    return whole[:1] or list(columns)[:1]


def _extension(grid: Grid, known: Any, name: str) -> tuple[dict[str, Any], list[str]]:
    """More synonyms and choices of a known register."""
    proposal = propose(grid, known, register=name)
    if proposal is None:
        raise SiteError("has no header in common with it", where=f"--as {name}")
    synonyms: dict[str, list[str]] = {}
    look_at: list[str] = []
    for line in proposal.headers:
        if not line.suggestions or line.sureness == LOW or line.header == line.suggestions[0]:
            continue
        if line.header in known[name].column(line.suggestions[0]).synonyms:
            continue
        synonyms.setdefault(line.suggestions[0], []).append(line.header)
        if line.sureness != HIGH:
            look_at.append(tell("whether {header} is {name}", header=line.header, name=line.suggestions[0]))
    return {"extends": name, "synonyms": synonyms}, look_at or [tell("whether each header means what is proposed")]
