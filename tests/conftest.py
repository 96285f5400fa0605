"""Lets tests import the helpers that lie beside them."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from tests.sitework import command


@pytest.fixture(scope="session")
def demo_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample site, made once for all tests as a user makes it; they share the xdist group `demo`."""
    folder = tmp_path_factory.mktemp("sample") / "site"
    code, out, err = command("demo", str(folder))
    assert code == 0, err
    assert str(folder / "outbox" / "pages" / "index.html") in out
    return folder
