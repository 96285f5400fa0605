"""The import directions of pyproject.toml, and the independence of the rule families."""

from __future__ import annotations

from pathlib import Path

import grimp
import pytest
from importlinter.cli import EXIT_STATUS_SUCCESS, lint_imports

#: what several families of rules may share; every other module of processor.rules is imported by nobody there
MECHANICS = {
    "attendance",
    "claims",
    "customers",
    "deadlines",
    "dispatch_book",
    "job",
    "ladder",
    "lookup",
    "losses",
    "months",
    "offences",
    "outcomes",
    "ownership",
    "remarks",
    "signings",
    "workforce",
}


@pytest.fixture(scope="module")
def graph() -> grimp.ImportGraph:
    return grimp.build_graph("processor", cache_dir=None)


def test_contracts_hold(capsys: pytest.CaptureFixture[str]) -> None:
    kept = lint_imports(config_filename=str(Path(__file__).parents[1] / "pyproject.toml"), no_cache=True)
    assert kept == EXIT_STATUS_SUCCESS, capsys.readouterr().out


def test_rule_families_do_not_know_each_other(graph: grimp.ImportGraph) -> None:
    families = {module for module in graph.modules if module.startswith("processor.rules.")}
    known = {
        imported.rpartition(".")[2]
        for module in families
        for imported in graph.find_modules_directly_imported_by(module) & families
    }
    assert known <= MECHANICS
