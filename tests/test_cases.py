"""Every clause finds what it must and leaves alone what it must not: the cases of tests/cases."""

from __future__ import annotations

import pytest
from casework import CASES, as_line, clauses_of, decide_case, failures, load_cases
from depth import DEPTH

FOLDERS = sorted(path.name for path in CASES.iterdir() if path.is_dir())
#: One case in so many is decided by all clauses of its packs, the others by those that they look at.
IN_FULL = max(1, 7 // DEPTH)
PLAIN = [(id, case) for id, case in load_cases(*FOLDERS) if "steps" not in case]
LOADED = [
    pytest.param(case, None if place % IN_FULL == 0 else clauses_of(case), id=id)
    for place, (id, case) in enumerate(PLAIN)
]


@pytest.mark.parametrize(("case", "clauses"), LOADED)
def test_case(case, clauses):
    lines = [as_line(decision) for decision in decide_case(case, clauses)]
    wrong = failures(lines, case)
    shown = [
        {key: line[key] for key in ("clause", "effect", "staff_no", "subject", "amount", "points", "status", "text")}
        for line in lines
    ]
    assert not wrong, "\n".join([*wrong, "decided:", *map(str, shown)])
