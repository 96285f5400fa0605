"""Every clause finds what it must and leaves alone what it must not: the cases of tests/cases."""

from __future__ import annotations

import pytest
from casework import CASES, as_line, decide_case, failures, load_cases

FOLDERS = sorted(path.name for path in CASES.iterdir() if path.is_dir())
LOADED = [pytest.param(case, id=id) for id, case in load_cases(*FOLDERS) if "steps" not in case]


@pytest.mark.parametrize("case", LOADED)
def test_case(case):
    lines = [as_line(decision) for decision in decide_case(case)]
    wrong = failures(lines, case)
    shown = [
        {key: line[key] for key in ("clause", "effect", "staff_no", "subject", "amount", "points", "status", "text")}
        for line in lines
    ]
    assert not wrong, "\n".join([*wrong, "decided:", *map(str, shown)])
