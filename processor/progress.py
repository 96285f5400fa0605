"""Progress on a terminal: what is being done now; nothing where nobody looks."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def progress(*, quiet: bool = False) -> Iterator[Callable[[str], None]]:
    """Yields a function to be called with a label at each step."""
    if quiet or not sys.stderr.isatty():
        yield lambda label: None
        return
    from tqdm import tqdm

    with tqdm(unit=" steps", file=sys.stderr, leave=False, dynamic_ncols=True) as bar:

        def tick(label: str) -> None:
            bar.set_description_str(label, refresh=False)
            bar.update()

        yield tick
