"""Statements and lists: what clauses only count or class, each clause as a table, the figures of its sentences side by side."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from processor.model import Text, say
from processor.report.pages.view import Bar, Keys, Panel, Picture, Table, Value
from processor.report.snapshot import Line, Snapshot, Unit
from processor.report.translate import translator

COUNTED = "classify"
_PIECES = re.compile(r"[，；：。、,;:（）()\n]")
_ASIDE = re.compile(r"[（(][^（(）)]*[）)]")
_MEASURED = re.compile(r"^[件份个单次条名户项位张笔人元](?:的$|(?=..)|$)")
#: A figure before these words is a term of the clause and no result.
_TERM = re.compile(r"^(?:天|声|秒|分钟|小时|个工作日)内")
#: Words that say how a figure stands to the one before it.
_SHARE = "占比"
_RELATED = {"占": _SHARE, "共": "总数", "": _SHARE}
_PLACE = re.compile(r"\{([^{}]+)\}")
_FIGURE = re.compile(r"[+-]?[\d,]*\.?\d+%?$")
_DAY = re.compile(r"\d{4}(?:-\d{2}(?:-\d{2})?|-Q\d|)$")
_FEWEST = 2  # figures that make a table of sentences


def statements_panel(snapshot: Snapshot, unit: Unit, lines: Sequence[Line]) -> Panel:
    """A table for each clause whose sentences hold figures, and its first figure as bars for the clause that has most."""
    by_clause: dict[str, list[Line]] = {}
    for line in sorted(lines, key=lambda line: (-line.decision.date.toordinal(), line.decision.subject)):
        if line.decision.effect == COUNTED:
            by_clause.setdefault(line.decision.clause, []).append(line)
    found = {clause: _figures_of(own, snapshot) for clause, own in by_clause.items()}
    shown = {clause: figures for clause, figures in found.items() if len(_headers(figures)) >= _FEWEST}
    if not shown:
        return Panel()
    tables = tuple(_table(snapshot, clause, by_clause[clause], figures) for clause, figures in shown.items())
    first = max(shown, key=lambda clause: len(shown[clause]))
    return Panel(_picture(snapshot, first, by_clause[first], shown[first]), tables)


def _figures_of(lines: Sequence[Line], snapshot: Snapshot) -> list[dict[str, str]]:
    say_it = translator(snapshot.locale)
    return [dict(_figures(line.decision.text, say_it)) for line in lines]


def _figures(text: Text, say_it: Callable[[str], str]) -> Iterator[tuple[str, str]]:
    """The figures of a sentence and of the sentences inside it: the words beside each, and the figure."""
    words, term = "", ""
    for piece in _PIECES.split(_ASIDE.sub("", say_it(text.template))):
        before, *rest = _PLACE.split(piece)
        for name, after in zip(rest[::2], rest[1::2], strict=True):
            value = text.args.get(name, "")
            if isinstance(value, Text) and not value.args:
                term = f"{before.strip()}{say_it(value.template)}"
            elif isinstance(value, Text):
                yield from (
                    (f"{_words(before)}{own}" if own != _SHARE else _words(before) or own, figure)
                    for own, figure in _figures(value, say_it)
                )
            elif _is_figure(value, after) and _TERM.match(after):
                term = f"{before.strip()}{value}"
            elif _is_figure(value, after):
                is_share = after.startswith("%")
                beside = _words(term + before) or _words(_MEASURED.sub("", after))
                beside = beside if is_share else re.sub("^占(?=..)", "", beside)
                if beside in ("占", "共") or (is_share and not beside):
                    beside = f"{words}{_RELATED[beside]}"
                elif beside:
                    words = beside
                if beside:
                    yield beside.replace("的占比", "占比"), f"{value}%" if is_share else str(value)
                term = ""
            before = _MEASURED.sub("", after)


def _is_figure(value: Any, after: str) -> bool:
    """Whether a value counts or measures something; a year does not."""
    return bool(_FIGURE.match(str(value))) and not (after.startswith("年") and len(str(value)) == len("2026"))


def _words(text: str) -> str:
    """The words for a figure, without what only joins them to the words around."""
    bare = text.strip()
    if len(bare) > 1:
        bare = re.sub(r"^[的类](?=..)", "", re.sub(r"(?<=.)占$", _SHARE, bare)).removesuffix("的")
    return bare.replace("排第", "名次") if any(sign.isalpha() for sign in bare) else ""


def _headers(figures: Sequence[Mapping[str, str]]) -> list[str]:
    return list(dict.fromkeys(words for own in figures for words in own))


def _table(snapshot: Snapshot, clause: str, lines: Sequence[Line], figures: Sequence[Mapping[str, str]]) -> Table:
    headers = _headers(figures)
    rows = tuple(
        (line.decision.period, _of_whom(snapshot, line), *(_value(own.get(words, "")) for words in headers))
        for line, own in zip(lines, figures, strict=True)
    )
    return Table(_title(snapshot, clause), (say("期间"), say("对象"), *headers), rows, keys=tuple(map(_keys, lines)))


def _picture(snapshot: Snapshot, clause: str, lines: Sequence[Line], figures: Sequence[Mapping[str, str]]) -> Picture:
    words = _headers(figures)[0]
    bars = [
        Bar(_of_whom(snapshot, line), abs(float(own[words].strip("%").replace(",", ""))), _keys(line))
        for line, own in zip(lines, figures, strict=True)
        if words in own
    ]
    caption = say("{title}：{words}", title=_title(snapshot, clause), words=words)
    return Picture(caption, tuple(bars))


def _title(snapshot: Snapshot, clause: str) -> Text:
    known = snapshot.clauses.get(clause)
    return Text(known.title) if known else say("{id}", id=clause)


def _of_whom(snapshot: Snapshot, line: Line) -> str:
    """Whom or what a line is about, without the window that stands beside it."""
    d = line.decision
    parts = [part for part in d.subject.split("|") if not _DAY.match(part)]
    shown = {number: f"{name} {number}" for number, name in snapshot.names.items() if number in parts}
    if d.staff_no and d.staff_name:
        shown[d.staff_no.partition("（")[0]] = f"{d.staff_name} {d.staff_no}"  # whoever has the number now
    return "、".join(shown.get(part, part) for part in parts)


def _value(figure: str) -> Value:
    plain = figure.replace(",", "")
    return int(plain) if plain.isdigit() and len(plain) < 10 else figure


def _keys(line: Line) -> Keys:
    d = line.decision
    return Keys(d.period, d.staff_no, d.clause, d.status)
