"""The service files call what the command line knows, and restart only what a restart mends."""

from __future__ import annotations

import configparser
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from processor.cli import _parser
from processor.errors import PolicyError, SiteError, SiteLocked

SERVICE = Path(__file__).parents[2] / "service"


def unit() -> configparser.SectionProxy:
    parser = configparser.RawConfigParser(strict=False)
    parser.optionxform = str
    parser.read(SERVICE / "processor.service", encoding="utf-8")
    return parser["Service"]


def called(command: list[str]) -> object:
    """The subcommand that the program would run."""
    return _parser("en").parse_args(command)


def test_systemd_watches_a_site_that_the_service_may_write() -> None:
    program, *command = shlex.split(unit()["ExecStart"])
    assert program.endswith(".venv/bin/processor")
    arguments = called(command)
    assert arguments.command == "watch"
    assert arguments.config.parent.as_posix() == unit()["ReadWritePaths"]


def test_systemd_starts_again_only_where_that_mends_something() -> None:
    hopeless = {SiteError.exit_code, PolicyError.exit_code, SiteLocked.exit_code}
    assert unit()["Restart"] == "on-failure"
    assert set(map(int, unit()["RestartPreventExitStatus"].split())) == hopeless


def test_a_reader_out_of_memory_does_not_take_the_watch_along() -> None:
    assert unit()["OOMPolicy"] == "continue"


def test_windows_watches_a_site() -> None:
    task = ElementTree.fromstring((SERVICE / "processor-task.xml").read_bytes())
    run = task.find(".//{*}Exec")
    command, arguments = (run.findtext(f"{{*}}{name}") for name in ("Command", "Arguments"))
    assert command.endswith(r".venv\Scripts\pythonw.exe")
    isolated, module, package, *rest = shlex.split(arguments, posix=False)
    assert (isolated, module, package) == ("-I", "-m", "processor")
    assert called(rest).command == "watch"
    here = Path(arguments.rpartition(" ")[2].replace("\\", "/")).parent
    assert task.findtext(".//{*}Settings/{*}MultipleInstancesPolicy") == "IgnoreNew"
    assert run.findtext("{*}WorkingDirectory").replace("\\", "/") == here.as_posix()


def test_the_package_runs_as_a_module() -> None:
    told = subprocess.run([sys.executable, "-m", "processor", "--help"], capture_output=True, cwd=SERVICE.parent)
    assert told.returncode == 0 and b"watch" in told.stdout


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd here")
def test_systemd_understands_every_line(tmp_path: Path) -> None:
    """Directives that this systemd does not know are named on stderr; that program and account are absent is not."""
    copy = tmp_path / "processor.service"
    copy.write_text((SERVICE / "processor.service").read_text(encoding="utf-8"), encoding="utf-8")
    told = subprocess.run(["systemd-analyze", "verify", copy], capture_output=True, text=True).stderr
    assert "Unknown" not in told and "Failed to parse" not in told
