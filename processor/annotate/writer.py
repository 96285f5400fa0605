"""The way of one annotation: read the package, patch it, write it beside the target, check it, put it in place."""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from processor.messages import message_of, tell

from .archive import Archive
from .forms import put_form
from .guard import check
from .package import Package
from .plan import CannotAnnotate, Plan, plan_from_json
from .sheet import check_plan, patch_sheet
from .styles import Styles
from .summary import put_summary
from .workbook import Workbook


def annotate(source: Path, target: Path, plan: Plan) -> None:
    """Write `source` with the plan's results to `target`; raises CannotAnnotate and writes nothing where it cannot.

    Parts that the plan does not touch are carried over byte for byte. The target appears complete or not at all.
    """
    try:
        if target.exists() and target.samefile(source):
            raise CannotAnnotate("不能覆盖员工交来的原文件，请换一个目标文件名。")
        with Archive(source) as archive, replacing(target) as (stream, temporary):
            package = Package(archive)
            workbook = Workbook(package)
            styles = Styles(workbook)
            patched = []
            for sheet_plan in plan.sheets:
                check_plan(sheet_plan)
                patched.append(patch_sheet(workbook, workbook.worksheet(sheet_plan.name), sheet_plan, styles))
            if plan.summary is not None:
                put_summary(workbook, plan.summary, styles)
            for form in plan.forms:
                put_form(workbook, form, styles)
            for name in plan.gone:
                workbook.remove_sheet(name)
            workbook.types.declare_relationships()
            package.verify({sheet.part for sheet in patched})
            package.put(styles.part, lambda: (styles.content(),), late=True)
            package.write(stream)
            stream.flush()
            check(package, temporary, patched, styles.part)
            package.changes.clear()  # each holds the package: millions of cells that would wait to be collected
    except CannotAnnotate:
        raise
    except Exception as error:
        raise CannotAnnotate("工作簿无法安全写入，原文件未作改动。", f"{type(error).__name__}: {error}") from error


@contextmanager
def replacing(target: Path) -> Iterator[tuple[BinaryIO, Path]]:
    """A temporary file beside `target` that takes its name when the block ends well, and vanishes otherwise."""
    handle, name = tempfile.mkstemp(prefix=".~", suffix=".tmp", dir=target.parent)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "w+b") as stream:
            yield stream, temporary
            stream.flush()
            os.fsync(stream.fileno())
        temporary.chmod(0o644)
        os.replace(temporary, target)
    finally:
        temporary.unlink(missing_ok=True)


def main_annotate(source: Path, target: Path, plan_path: Path, say: Callable[[str], str] = str) -> int:
    """The command `annotate IN OUT --plan PLAN.json`: 0, or 1 with the reason on stderr, as `say` says it."""
    try:
        plan = plan_from_json(json.loads(plan_path.read_text(encoding="utf-8-sig")))
        annotate(source, target, plan)
    except CannotAnnotate as error:
        told = tell("cannot annotate: {reason}", reason=error.reason)
        detail = tell(" ({detail})", detail=error.detail) if error.detail else ""
        print(f"{say(told)}{say(detail)}", file=sys.stderr)
        return 1
    except (OSError, ValueError) as error:
        why = _fault_of(error)
        print(say(tell("cannot read the plan {path}: {error}", path=plan_path, error=why)), file=sys.stderr)
        return 1
    return 0


def _fault_of(error: OSError | ValueError) -> str:
    """What is wrong with a plan, in words of our own wherever there are any."""
    if isinstance(error, json.JSONDecodeError):
        return tell("no JSON from line {line}, column {column} on", line=error.lineno, column=error.colno)
    if isinstance(error, UnicodeDecodeError):
        return tell("no text in UTF-8")
    return str(error.strerror) if isinstance(error, OSError) else message_of(error)
