"""The cases of tests/cases and what decides them; those with `steps` run through the whole batch instead."""

from __future__ import annotations

from collections.abc import Collection
from functools import cache
from pathlib import Path
from typing import Any

from processor.batch import cases
from processor.batch.cases import as_line, clauses_of, failures, matches
from processor.catalogue.catalogue import Catalogue, load_catalogue
from processor.decision import Decision

__all__ = ["CASES", "as_line", "clauses_of", "decide_case", "failures", "load_cases", "matches"]

CASES = Path(__file__).parent / "cases"


def load_cases(*folders: str) -> list[Any]:
    """(id, case) of every YAML document below tests/cases/<folder>."""
    found = []
    for folder in folders:
        for path in sorted((CASES / folder).rglob("*.yaml")):
            for number, case in enumerate(_cases_of(path), 1):
                found.append((f"{path.relative_to(CASES)}#{number} {case['name']}", case))
    return found


@cache
def _cases_of(path: Path) -> list[Any]:
    return cases.cases_of(path)


@cache
def catalogue() -> Catalogue:
    return load_catalogue()


def decide_case(case: dict[str, Any], clauses: Collection[str] | None = None) -> list[Decision]:
    """The decisions of the case's units by these clauses; None: by all."""
    return cases.decide_case(case, catalogue(), clauses)
