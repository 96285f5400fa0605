"""Cases of several batches run through the whole batch, with real workbooks and a real ledger."""

from __future__ import annotations

import pytest
from casework import CASES, failures, load_cases
from sitework import make_site

FOLDERS = sorted(path.name for path in CASES.iterdir() if path.is_dir())
#: Cases of the pack that decides most by what belongs together.
JOINED = [pytest.param(case, id=id) for id, case in load_cases("renovation") if "steps" in case][:1]
LOADED = [pytest.param(case, id=id) for id, case in load_cases(*FOLDERS) if "steps" in case]


@pytest.mark.parametrize("case", LOADED)
def test_case(case, tmp_path):
    site = make_site(
        tmp_path,
        case["units"],
        points=case.get("points"),
        parameters=case.get("parameters"),
        managers=case.get("managers"),
    )
    for number, step in enumerate(case["steps"], 1):
        if step.get("registers"):
            site.drop(step["registers"], f"第{number}批.xlsx")
        result = site.once(step.get("as_of") or case["as_of"])
        assert "error" not in result, result
        wrong = failures(site.lines(), step)
        assert not wrong, f"step {number}:\n" + "\n".join(wrong)


@pytest.mark.parametrize("case", JOINED)
def test_deciding_all_rows_at_once_changes_nothing(case, tmp_path, monkeypatch):
    """Where most rows are touched, all are decided instead of those that are joined to them."""
    monkeypatch.setattr("processor.batch.selection.FEW", 0)
    monkeypatch.setattr("processor.batch.selection.MOST", 10**6)
    test_case(case, tmp_path)
