"""Sites as users make them: a folder with site.toml, workbooks in the inbox, commands through run.py's own entry."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import openpyxl

from processor.catalogue.catalogue import load_catalogue
from processor.catalogue.register import Register
from processor.catalogue.register_reader import load_registers
from processor.cli import main


@dataclass
class Site:
    """A site in a temporary folder."""

    folder: Path

    @property
    def config(self) -> str:
        return str(self.folder / "site.toml")

    def drop(self, registers: dict[str, str], name: str = "登记表.xlsx") -> Path:
        """Put one workbook with these registers (CSV texts) into the inbox, one sheet each."""
        path = self.folder / "inbox" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        write_registers(path, registers, load_catalogue(self.folder).registers)
        return path

    def once(self, as_of: Any, *options: str) -> dict[str, Any]:
        """Run a batch; its `--json` object and `exit`."""
        code, out, _ = command("once", "--config", self.config, "--as-of", str(as_of), "--json", *options)
        return json.loads(out) | {"exit": code}

    def lines(self, name: str = "decisions.csv") -> list[dict[str, str]]:
        """The lines of decisions.csv (or changes.csv)."""
        with (self.folder / "outbox" / name).open(encoding="utf-8-sig", newline="") as file:
            return list(csv.DictReader(file))


def command(*arguments: str) -> tuple[int, str, str]:
    """Exit code, stdout and stderr of one command."""
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        code = main(list(arguments))
    return code, out.getvalue(), err.getvalue()


def make_site(
    folder: Path,
    units: dict[str, list[str]],
    *,
    managers: list[str] | None = None,
    points: dict[str, Any] | None = None,
    parameters: dict[str, dict[str, Any]] | None = None,
    extra: str = "",
) -> Site:
    """A site that reads at once (settle_seconds = 0)."""
    text = ["[site]", 'name = "测试公司"', "settle_seconds = 0"]
    for unit, packs in units.items():
        text += ["[[units]]", f"name = {json.dumps(unit, ensure_ascii=False)}", f"packs = {json.dumps(packs)}"]
    text += ["[confirm]", f"managers = {json.dumps(managers or [])}"]
    if points:
        text += ["[points]", *(f"{grade} = {value}" for grade, value in points.items())]
    for pack, values in (parameters or {}).items():
        text += [f"[parameters.{pack}]", *(f"{name} = {_toml(value)}" for name, value in values.items())]
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "inbox").mkdir(exist_ok=True)
    (folder / "site.toml").write_text("\n".join(text) + "\n" + extra, encoding="utf-8")
    return Site(folder)


def _toml(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(k, ensure_ascii=False)} = {_toml(v)}" for k, v in value.items()) + "}"
    return json.dumps(value, ensure_ascii=False)


def write_registers(path: Path, registers: dict[str, str], known: Mapping[str, Register] | None = None) -> None:
    """A workbook with one sheet a register, every column of the register, cells as text."""
    known = known or load_registers()
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, text in registers.items():
        sheet = book.create_sheet(known[name].title[:31])
        headers = known[name].headers
        sheet.append(headers)
        for row in csv.DictReader(io.StringIO(text.strip() + "\n")):
            sheet.append([row.get(header) or None for header in headers])
    book.save(path)
