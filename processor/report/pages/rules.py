"""The page 规则: the rules in force in each unit with their figures, what waits for approval, and what was decided."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from processor.model import Text, say
from processor.report.pages.view import Fold, Table, Value
from processor.rulebook.sheets import CLAUSES, FIGURES, HISTORY, IMPACT, PROPOSALS, headers

RULES_PAGE = "rules.html"
#: So many units with the same rules are named in the heading.
FEW_UNITS = 3
_FIGURES = ("条款编号", "条款", "数值", "现值", "单位", "自何日起", "来源")
_CLAUSES = ("条款编号", "条款", "规则", "启用")
_HEADINGS: Mapping[str, Text] = {
    "条款编号": say("条款编号"),
    "条款": say("条款"),
    "规则": say("规则"),
    "启用": say("启用"),
    "数值": say("数值"),
    "现值": say("现值"),
    "单位": say("单位"),
    "自何日起": say("自何日起"),
    "来源": say("来源"),
    "提案编号": say("提案编号"),
    "内容": say("内容"),
    "提出人工号": say("提出人工号"),
    "提出日期": say("提出日期"),
    "理由": say("理由"),
    "影响": say("影响"),
    "月份": say("月份"),
    "门店": say("门店"),
    "工号": say("工号"),
    "姓名": say("姓名"),
    "原结果": say("原结果"),
    "新结果": say("新结果"),
    "差额": say("差额"),
    "旧值": say("旧值"),
    "新值": say("新值"),
    "批准人工号": say("批准人工号"),
    "批准日期": say("批准日期"),
    "决定": say("决定"),
}

Book = Mapping[str, Sequence[Sequence[str]]]
Row = tuple[Value, ...]


def rule_folds(book: Book, units: Sequence[str]) -> tuple[Fold, ...]:
    """What waits and what it would have changed, the rules of the units, and what was decided, the last first.

    Units in which the same rules are in force are told of once.
    """
    waiting = _table(
        say("等待批准的改动"), PROPOSALS, book, ("提案编号", "内容", "理由", "提出人工号", "提出日期", "影响")
    )
    tried = _table(
        say("这些改动会使最近几个月怎样不同"),
        IMPACT,
        book,
        ("提案编号", "月份", "门店", "工号", "姓名", "条款编号", "原结果", "新结果", "差额"),
    )
    decided = _table(
        say("已经决定的改动"),
        HISTORY,
        book,
        ("提案编号", "内容", "旧值", "新值", "自何日起", "理由", "提出人工号", "批准人工号", "批准日期", "决定"),
    )
    decided = Table(decided.caption, decided.headers, tuple(reversed(decided.rows)))
    intro = say("要改数值、停用条款或新增条款，请填写《规则簿》，写上提出人工号，再放回收表格的文件夹。")
    folds = [Fold("waiting", say("待批准"), (waiting, tried), intro, count=len(waiting.rows), is_open=True)]
    folds += [
        Fold(f"unit-{number}", _whose(names), tables, _who_they_are(names))
        for number, (names, tables) in enumerate(_alike(book, units), 1)
    ]
    return (*folds, Fold("history", say("最近的改动"), (decided,), count=len(decided.rows), is_open=True))


def signed_by(book: Book) -> dict[str, str]:
    """Number of a decided proposal -> the number with who proposed and who approved it."""
    return {
        row["提案编号"]: f"{row['提案编号']}（{row['提出人工号']}提出，{row['批准人工号']}批准）"
        for row in _rows(book, HISTORY)
    }


def _alike(book: Book, units: Sequence[str]) -> list[tuple[list[str], tuple[Table, ...]]]:
    """Units in which exactly the same rules are in force, in their order, with these as they are shown."""
    signed = signed_by(book)
    rows: dict[str, tuple[list[Row], list[Row]]] = {unit: ([], []) for unit in units}
    for clause in _rows(book, CLAUSES):
        if clause["门店"] in rows:
            rows[clause["门店"]][0].append(tuple(clause[column] for column in _CLAUSES))
    for figure in _rows(book, FIGURES):
        told = {**figure, "来源": signed.get(figure["来源"], figure["来源"])}
        for unit in rows.keys() & figure["门店"].split("、"):
            rows[unit][1].append(tuple(told[column] for column in _FIGURES))
    alike: dict[tuple[tuple[Row, ...], ...], list[str]] = {}
    for unit, (clauses, figures) in rows.items():
        alike.setdefault((tuple(clauses), tuple(figures)), []).append(unit)
    return [
        (names, (_listed(say("条款"), clauses, _CLAUSES), _listed(say("数值"), figures, _FIGURES)))
        for (clauses, figures), names in alike.items()
    ]


def _whose(names: Sequence[str]) -> Text:
    if len(names) > FEW_UNITS:
        return say("{unit}等{n}家的规则", unit=names[0], n=len(names))
    return say("{unit}的规则", unit="、".join(names))


def _who_they_are(names: Sequence[str]) -> Text | None:
    return say("适用于：{units}", units="、".join(names)) if len(names) > FEW_UNITS else None


def _rows(book: Book, sheet: str) -> list[dict[str, str]]:
    return [dict(zip(headers(sheet), row, strict=True)) for row in book.get(sheet, ())]


def _table(caption: Text, sheet: str, book: Book, columns: Sequence[str]) -> Table:
    return _listed(caption, [tuple(row[column] for column in columns) for row in _rows(book, sheet)], columns)


def _listed(caption: Text, rows: Sequence[Row], columns: Sequence[str]) -> Table:
    return Table(caption, tuple(_HEADINGS[column] for column in columns), tuple(rows))
