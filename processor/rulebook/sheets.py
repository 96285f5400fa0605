"""The sheets of 规则簿.xlsx, declared one YAML file each in `processor/rulebook/sheets/` like registers."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from processor.catalogue.register import Register
from processor.catalogue.register_reader import declaration, linked, register_of

FOLDER = Path(__file__).parent / "sheets"
FIGURES, CLAUSES, OWN, EXAMPLES = "rule_figures", "rule_clauses", "rule_own", "rule_examples"
PROPOSALS, IMPACT, HISTORY = "rule_proposals", "rule_impact", "rule_history"
#: In the order in which they stand in the workbook.
SHEETS = (FIGURES, CLAUSES, OWN, EXAMPLES, PROPOSALS, IMPACT, HISTORY)
#: Sheets in which a manager proposes; he signs one of them in its first row.
SIGNED = (FIGURES, CLAUSES, OWN, EXAMPLES)
SIGNATURE = "提出人工号"
FILE = "规则簿.xlsx"
PACK = "规则包"  # who set a value that stands in the pack itself


@cache
def sheet_registers() -> Mapping[str, Register]:
    """The sheets as registers, by name."""
    return linked({path.stem: register_of(path, declaration(path)) for path in sorted(FOLDER.glob("*.yaml"))})


def headers(sheet: str) -> list[str]:
    """The columns of a sheet as the product writes it."""
    return list(sheet_registers()[sheet].key)


def signature(titles: tuple[str, ...]) -> str:
    """The number or name beside 提出人工号 among the cells above a sheet's header; empty where it is not signed."""
    for index, text in enumerate(titles):
        if text.strip("：: ") == SIGNATURE:
            return titles[index + 1].strip() if index + 1 < len(titles) else ""
    return ""
