"""The log that lies beside the ledger: what happened and where in the code, never a name, a cell or a file's name."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from logging.handlers import RotatingFileHandler
from pathlib import Path

from sqlalchemy import make_url

from processor.errors import ProcessorError, anonymous_trace
from processor.messages import Said, tell
from processor.site import Site
from processor.site_reader import load_site
from processor.voice import Spoken, Voice

LOG = "processor.log"
LOG_BYTES, LOG_FILES = 1 << 20, 5


def beside_ledger(site: Site) -> Path:
    """The folder of the ledger's file; that of site.toml where the ledger is no file. It is made where it is missing."""
    url = make_url(site.ledger)
    folder = Path(url.database).parent if url.get_backend_name() == "sqlite" and url.database else site.folder
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@contextmanager
def logging_to(file: Path, say: Voice, *others: logging.Handler) -> Iterator[None]:
    """Write what the program logs into a file, of which a few earlier ones are kept, and to other handlers."""
    root = logging.getLogger("processor")
    rotating = RotatingFileHandler(file, maxBytes=LOG_BYTES, backupCount=LOG_FILES, encoding="utf-8")
    handlers: list[logging.Handler] = [rotating, *others]
    for handler in handlers:
        handler.setFormatter(Spoken(say, "%(asctime)s %(levelname)s %(message)s"))
        root.addHandler(handler)
    before = root.level
    root.setLevel(logging.INFO)
    try:
        yield
    finally:
        root.setLevel(before)
        for handler in handlers:
            root.removeHandler(handler)
        rotating.close()


def log_fault(error: Exception, command: str, config: Path | None, say: Voice) -> Path:
    """Keep the trace of an unexpected fault; the log that holds it. config: site.toml, where the command reads a site."""
    told = tell("{command}: unexpected fault: {trace}", command=command, trace=anonymous_trace(error))
    try:
        file = _home(config) / LOG
        _log(file, told, say)
    except OSError:
        file = Path(LOG).resolve()
        _log(file, told, say)
    return file


def _log(file: Path, told: Said, say: Voice) -> None:
    with logging_to(file, say):
        logging.getLogger(__name__).error(told)


def _home(config: Path | None) -> Path:
    if config is None:
        return Path.cwd()
    try:
        return beside_ledger(load_site(config))
    except ProcessorError:
        return config.resolve().parent
