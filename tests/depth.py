"""How far the long tests go: DEPTH=20 kills, rebuilds and draws examples twenty times as often as a usual run."""

from __future__ import annotations

import os

DEPTH = int(os.environ.get("DEPTH", "1"))
