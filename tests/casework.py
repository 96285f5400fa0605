"""The cases of tests/cases and what decides them; those with `steps` run through the whole batch instead."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from processor.batch import cases
from processor.batch.cases import as_line, failures, matches
from processor.catalogue.catalogue import Catalogue, load_catalogue
from processor.decision import Decision

__all__ = ["CASES", "as_line", "decide_case", "failures", "load_cases", "matches"]

CASES = Path(__file__).parent / "cases"


def load_cases(*folders: str) -> list[Any]:
    """(id, case) of every YAML document below tests/cases/<folder>."""
    found = []
    for folder in folders:
        for path in sorted((CASES / folder).rglob("*.yaml")):
            for number, case in enumerate(cases.cases_of(path), 1):
                found.append((f"{path.relative_to(CASES)}#{number} {case['name']}", case))
    return found


@cache
def catalogue() -> Catalogue:
    return load_catalogue()


def decide_case(case: dict[str, Any]) -> list[Decision]:
    """Every decision of the case's units."""
    return cases.decide_case(case, catalogue())
