"""The sheets 表头对照 and 取值对照 in which staff say what their headers and values mean."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from processor.annotate import CannotAnnotate, Form, Plan, annotate, fresh
from processor.annotate.fresh import Value
from processor.catalogue.register import Register
from processor.filenames import fitted

HEADERS_SHEET, VALUES_SHEET, EARLIER_SHEET = "表头对照", "取值对照", "以前的回答"
UNUSED, NEW_CHOICE = "不使用", "新增"
_FILLED_BY, _ORIGIN = "填写人", "文件"
_HEADERS_HEAD = ("工作表", "登记表", "表头", "样例", "建议", "把握", "含义")
_LISTED_HEAD = ("登记表", "表头", "含义", "填写人", "文件", "日期")
_VALUES_HEAD = ("登记表", "列", "值", "行数", "建议", "取为")
_LISTED_VALUES_HEAD = ("登记表", "列", "值", "取为", "填写人", "文件", "日期")
HOW = "请在“含义”一列选择每个表头的意思（用不到的选“不使用”），保存后放回收件夹。"


@dataclass(frozen=True)
class HeaderLine:
    """One header that is asked about."""

    header: str
    samples: Sequence[str]
    suggestions: Sequence[str]
    sureness: str
    meaning: str


@dataclass(frozen=True)
class AskedTable:
    """One sheet that is asked about. needed: what the register needs and nothing was proposed for; note: what is amiss."""

    sheet: str
    register: Register
    lines: Sequence[HeaderLine]
    needed: Sequence[str]
    note: str = ""


@dataclass(frozen=True)
class ValueLine:
    """One value that is none of a column's choices, with the number of rows that hold it."""

    register: Register
    header: str
    value: str
    rows: int
    suggestion: str
    choices: Sequence[str]


@dataclass(frozen=True)
class Remembered:
    """One answer as it is listed; `value` empty for a header."""

    register: Register
    header: str
    value: str
    meaning: str
    by: str
    file: str
    day: str
    choices: Sequence[str] = ()


def headers_form(tables: Sequence[AskedTable], titles: Sequence[str], file: str) -> Form:
    """The sheet that asks, one line a header. titles: of all registers; file: the asked workbook's, to be known again by."""
    rows: list[list[str]] = [[_FILLED_BY, "", HOW], [_ORIGIN, file], list(_HEADERS_HEAD)]
    lists: dict[str, Sequence[str]] = {}
    sentences = []
    for table in tables:
        first = len(rows) + 1
        for line in table.lines:
            samples, suggestions = "、".join(line.samples), "、".join(line.suggestions)
            own = [table.sheet, table.register.title, line.header, samples, suggestions, line.sureness, line.meaning]
            rows.append(own)
        if table.lines:
            lists[f"B{first}:B{len(rows)}"] = titles
            lists[f"G{first}:G{len(rows)}"] = (*table.register.headers, UNUSED)
        if table.needed:
            names = "”“".join(table.needed)
            sentences.append(
                f"工作表“{table.sheet}”：“{table.register.title}”还需要“{names}”，没有找到像它的表头，请指定，或在表里补上这一列。"
            )
        if table.note:
            sentences.append(f"工作表“{table.sheet}”：{table.note}")
    rows += [[], *([sentence] for sentence in sentences)] if sentences else []
    return Form(HEADERS_SHEET, rows, frozenset({3}), lists, first=True)


def values_form(lines: Sequence[ValueLine]) -> Form:
    """The sheet that asks what values mean, one line a value."""
    how = "请在“取为”一列选择每个值按什么算（新的取值选“新增”），保存后放回收件夹。"
    rows: list[list[str]] = [[_FILLED_BY, "", how], [], list(_VALUES_HEAD)]
    lists: dict[str, Sequence[str]] = {}
    for line in lines:
        rows.append([line.register.title, line.header, line.value, str(line.rows), line.suggestion, ""])
        lists[f"F{len(rows)}"] = (*line.choices, NEW_CHOICE)
    return Form(VALUES_SHEET, rows, frozenset({3}), lists)


def write_asked(source: Path, target: Path, form: Form, cells: Mapping[str, Sequence[Sequence[Value]]]) -> str:
    """Write the workbook with the form as its first sheet; the Chinese reason where only the form could be written.

    cells: every sheet's cells of a file that is no .xlsx; empty for one that is.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        if cells:
            fresh(target, cells, Plan((), None, (form,)))
        else:
            annotate(source, target, Plan((), None, (form,)))
    except CannotAnnotate as refusal:
        fresh(form_beside(target), {HEADERS_SHEET: []}, Plan((), None, (form,)))
        target.write_bytes(source.read_bytes())
        return refusal.reason
    return ""


def form_beside(workbook: Path) -> Path:
    """Where the questions stand that could not be written into a workbook."""
    return workbook.with_name(fitted(f"{HEADERS_SHEET} {workbook.stem}", ".xlsx"))


def write_remembered(path: Path, standing: Sequence[Remembered], earlier: Sequence[Remembered]) -> None:
    """Write the list of all that is remembered, and the answers that later ones replaced."""
    headers = [line for line in standing if not line.value]
    values = [line for line in standing if line.value]
    how = "改了或清空“含义”“取为”再放回收件夹，从那一批起按新的算；已经读过的行不变。"
    forms = (
        _listing(HEADERS_SHEET, _LISTED_HEAD, how, headers),
        _listing(VALUES_SHEET, _LISTED_VALUES_HEAD, how, values),
        _listing(EARLIER_SHEET, _LISTED_VALUES_HEAD, "以下回答已被后来的回答代替，仅供查看。", earlier, whole=True),
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    kept = forms if earlier else forms[:2]
    fresh(path, {form.title: [] for form in kept}, Plan((), None, kept))


def _listing(title: str, head: Sequence[str], how: str, lines: Iterable[Remembered], *, whole: bool = False) -> Form:
    rows: list[list[str]] = [[_FILLED_BY, "", how], [], list(head)]
    lists: dict[str, Sequence[str]] = {}
    with_value = "值" in head
    for line in lines:
        value = [line.value] if with_value else []
        rows.append([line.register.title, line.header, *value, line.meaning, line.by, line.file, line.day])
        if not whole:
            column = "D" if with_value else "C"
            lists[f"{column}{len(rows)}"] = line.choices or (*line.register.headers, UNUSED)
    return Form(title, rows, frozenset({3}), lists)
