"""Every clause finds what it must and leaves alone what it must not: the cases of tests/cases."""

from __future__ import annotations

import pytest
from casework import CASES, as_line, clauses_of, decide_case, failures, load_cases
from depth import DEPTH

FOLDERS = sorted(path.name for path in CASES.iterdir() if path.is_dir())
LOADED = [(id, case) for id, case in load_cases(*FOLDERS) if "steps" not in case]
#: Of one case in so many it is proved that the clauses that it looks at, by which `check` decides, come to the same.
LOOKED_INTO = max(1, 7 // DEPTH)


@pytest.mark.parametrize("case", [pytest.param(case, id=id) for id, case in LOADED])
def test_case(case):
    lines = [as_line(decision) for decision in decide_case(case)]
    wrong = failures(lines, case)
    shown = [
        {key: line[key] for key in ("clause", "effect", "staff_no", "subject", "amount", "points", "status", "text")}
        for line in lines
    ]
    assert not wrong, "\n".join([*wrong, "decided:", *map(str, shown)])


@pytest.mark.parametrize("case", [pytest.param(case, id=id) for id, case in LOADED[::LOOKED_INTO]])
def test_the_clauses_that_a_case_looks_at_decide_as_they_do_among_all(case):
    clauses = clauses_of(case)
    alone, among = (
        [as_line(d) for d in decide_case(case, chosen) if clauses is None or d.clause in clauses]
        for chosen in (clauses, None)
    )
    assert alone == among
