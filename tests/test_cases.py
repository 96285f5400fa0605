"""Every clause finds what it must and leaves alone what it must not: the cases of tests/cases."""

from __future__ import annotations

import pytest
from casework import CASES, as_line, clauses_of, decide_case, failures, load_cases
from depth import DEPTH

FOLDERS = sorted(path.name for path in CASES.iterdir() if path.is_dir())
LOADED = [(id, case) for id, case in load_cases(*FOLDERS) if "steps" not in case]
#: One case in so many is decided by all of its packs, too: that comes to the same as the clauses that it looks at, by which `check` decides.
LOOKED_INTO = max(1, 7 // DEPTH)


@pytest.mark.parametrize(
    ("case", "by_all"),
    [pytest.param(case, number % LOOKED_INTO == 0, id=id) for number, (id, case) in enumerate(LOADED)],
)
def test_case(case, by_all):
    clauses = clauses_of(case)
    lines = [as_line(decision) for decision in decide_case(case, clauses)]
    wrong = failures(lines, case)
    shown = [
        {key: line[key] for key in ("clause", "effect", "staff_no", "subject", "amount", "points", "status", "text")}
        for line in lines
    ]
    assert not wrong, "\n".join([*wrong, "decided:", *map(str, shown)])
    if by_all and clauses is not None:
        among_all = [as_line(decision) for decision in decide_case(case)]
        assert not failures(among_all, case)
        assert among(clauses, among_all) == among(clauses, lines)


def among(clauses, lines):
    return [line for line in lines if line["clause"] in clauses]
