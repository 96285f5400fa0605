"""Every clause finds what it must and leaves alone what it must not: the cases of tests/cases."""

from __future__ import annotations

import pytest
from casework import CASES, as_line, clauses_of, decide_case, failures, load_cases
from depth import DEPTH

FOLDERS = sorted(path.name for path in CASES.iterdir() if path.is_dir())
LOADED = [(id, case) for id, case in load_cases(*FOLDERS) if "steps" not in case]
#: Of one case in so many it is proved that the clauses that it looks at, by which `check` decides, alone come to the same.
LOOKED_INTO = max(1, 7 // DEPTH)


@pytest.mark.parametrize(
    ("case", "alone"),
    [pytest.param(case, number % LOOKED_INTO == 0, id=id) for number, (id, case) in enumerate(LOADED)],
)
def test_case(case, alone):
    lines = [as_line(decision) for decision in decide_case(case)]
    wrong = failures(lines, case)
    shown = [
        {key: line[key] for key in ("clause", "effect", "staff_no", "subject", "amount", "points", "status", "text")}
        for line in lines
    ]
    assert not wrong, "\n".join([*wrong, "decided:", *map(str, shown)])
    clauses = clauses_of(case) if alone else None
    if clauses is not None:
        by_them = [as_line(decision) for decision in decide_case(case, clauses) if decision.clause in clauses]
        assert by_them == [line for line in lines if line["clause"] in clauses]
