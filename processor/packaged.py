"""Where the files lie that come with the program: the same in a checkout and in an installed wheel."""

from __future__ import annotations

from importlib import resources
from pathlib import Path


def packaged(name: str) -> Path:
    """A file or folder that comes with the program, by its name: `packs`, `report/profiles`, `templates/html`.

    A wheel holds all of them in the package; in a checkout `templates` and `service` lie beside it.
    """
    package = Path(str(resources.files("processor")))
    inside = package / name
    return inside if inside.exists() else package.parent / name
