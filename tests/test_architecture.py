"""The import directions of pyproject.toml, and the independence of the rule families."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import grimp
import pytest

#: what several families of rules may share; every other module of processor.rules is imported by nobody there
MECHANICS = {
    "attendance",
    "claims",
    "complaint_terms",
    "customers",
    "deadlines",
    "declared",
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
    "slip_faults",
    "turnover",
    "workforce",
}


@pytest.fixture(scope="module")
def graph() -> grimp.ImportGraph:
    return grimp.build_graph("processor", cache_dir=None)


def test_contracts_hold() -> None:
    """In a process of its own: the linter silences the loggers of whoever calls it."""
    config = str(Path(__file__).parents[1] / "pyproject.toml")
    call = f"sys.exit(lint_imports(config_filename={config!r}, no_cache=True))"
    code = f"import sys; from importlinter.cli import lint_imports; {call}"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_rule_families_do_not_know_each_other(graph: grimp.ImportGraph) -> None:
    families = {module for module in graph.modules if module.startswith("processor.rules.")}
    known = {
        imported.rpartition(".")[2]
        for module in families
        for imported in graph.find_modules_directly_imported_by(module) & families
    }
    assert known <= MECHANICS


def test_no_module_comes_back_to_itself(graph: grimp.ImportGraph) -> None:
    """Imports are no circle anywhere, those for types and inside functions included."""
    circles = [
        (module, imported)
        for module in graph.modules
        for imported in graph.find_modules_directly_imported_by(module)
        if imported in graph.modules and graph.find_shortest_chain(imported, module)
    ]
    assert circles == []
