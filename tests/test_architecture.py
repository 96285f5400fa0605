"""The import directions of pyproject.toml, and the independence of the rule families."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import grimp
import pytest

from processor.catalogue.catalogue import load_packs
from processor.engine.decide import rule_named

#: what several families of rules may share; every other module of processor.rules is imported by nobody there
MECHANICS = {
    "attendance",
    "claims",
    "complaint_terms",
    "customers",
    "declared",
    "dispatch_book",
    "illegible",
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


ROOT = Path(__file__).parents[1] / "processor"
#: folder or file -> the registers whose own business it is, and which it therefore names
HOMES = {
    "intake/exports.py": {"attendance"},
    "report/pages/panels/__init__.py": {"attendance", "leave", "swaps", "cashier", "chats", "calls"},
    "report/pages/panels/attendance.py": {"attendance", "leave", "swaps"},
    "report/pages/panels/cashier.py": {"cashier"},
    "report/pages/panels/dispatch.py": {"dispatch", "contracts"},
    "report/pages/panels/losses.py": {"lost_orders", "dispatch", "enquiries"},
    "report/pages/panels/response.py": {"chats", "calls"},
    "report/pages/panels/swaps.py": {"swaps"},
    "settle/closing.py": {"month_close"},
    "settle/funds.py": {"fund"},
    "settle/notices.py": {"receipts"},
    "settle/ticks.py": {"reminders"},
}
#: file -> words in it that mean something else: a mechanic, a family of clauses, a table of the ledger, a key, a figure
HOMONYMS = {
    "batch/quality.py": {"faults"},
    "catalogue/binding_reader.py": {"faults"},
    "catalogue/provision.py": {"faults"},
    "catalogue/provision_reader.py": {"faults"},
    "catalogue/register_reader.py": {"roster", "appeals"},
    "engine/narrowed.py": {"faults"},
    "intake/attendance/words.py": {"leave"},
    "ledger/migrations/versions/0006_notices_and_closing.py": {"receipts"},
    "ledger/schema.py": {"receipts"},
    "mechanics/__init__.py": {"faults"},
    "notify.py": {"reminders"},
    "report/pages/panels/__init__.py": {"dispatch", "lost_orders", "fund"},
    "report/pages/panels/cashier.py": {"receipts"},
    "report/pages/panels/dispatch.py": {"lost_orders"},
    "report/pages/panels/reminders.py": {"reminders"},
    "report/pages/today.py": {"reminders"},
    "site.py": {"reminders"},
    "site_reader.py": {"faults"},
}
#: rules declare the registers that they read; the sample site writes them; the words of families stand in one file
NAMING = ("rules", "demo", "report/pages/wording.py")


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


def test_what_reads_a_doubtful_file_starts_without_what_decides_on_it() -> None:
    """Each of these files has a process of its own; to load pandas there takes longer than to read most of them."""
    readers = ("isolated", "grid", "html", "spreadsheetml", "binary_errors")
    code = f"import sys, {', '.join(f'processor.intake.{name}' for name in readers)}; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not {"numpy", "pandas"} & set(done.stdout.split())


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


def test_code_knows_no_register_by_its_name() -> None:
    """A register says in its file what it is (`roster`, `records`, `away`, `answers` …), and code asks for that."""
    registers = {path.stem for path in (ROOT / "registers").glob("*.yaml")}
    found: dict[str, set[str]] = {}
    for path in ROOT.rglob("*.py"):
        place = path.relative_to(ROOT).as_posix()
        if place.startswith(NAMING):
            continue
        tree = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        words = {node.value for node in tree if isinstance(node, ast.Constant) and isinstance(node.value, str)}
        found[place] = words & registers
    known = {place: HOMES.get(place, set()) | HOMONYMS.get(place, set()) for place in found}
    assert {place: words - known[place] for place, words in found.items() if words - known[place]} == {}
    assert {place: words - found[place] for place, words in known.items() if words - found[place]} == {}


def test_a_rule_says_from_which_clauses_it_is() -> None:
    silent = {
        binding.rule
        for pack in load_packs().values()
        for binding in pack.bindings
        if binding.rule and not any(clause in (rule_named(binding.rule).__doc__ or "") for clause in binding.clauses)
    }
    assert silent == set()
