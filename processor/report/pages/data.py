"""What the script of a page knows: decisions, bars of pictures and counts, as one JSON value beside the HTML."""

from __future__ import annotations

import base64
import gzip
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any

import orjson

from processor.model import say
from processor.report.pages import wording
from processor.report.pages.evidence import Glossary
from processor.report.pages.measures import MEASURES, Tally
from processor.report.pages.page import Page
from processor.report.pages.telling import FIELDS, json_of
from processor.report.pages.view import Content, Picture
from processor.report.snapshot import Line, MonthCount, Snapshot

#: JSON of more bytes than this is packed: a page of ten thousand decisions is to be sent by mail, too.
PACKED_FROM = 24_000


def page_data(
    page: Page,
    content: Content,
    snapshot: Snapshot,
    found: Sequence[Tally],
    glossary: Glossary,
    listed: Sequence[Line],
    beside: Sequence[Line],
) -> dict[str, Any]:
    """All of it but the rows of the decisions that the page lists, which are pieces of the page; beside: those that are none."""
    lines = [*listed, *beside]
    return {
        "fields": FIELDS,
        "rows": [orjson.Fragment(json_of(page.told(line), glossary.number(line))) for line in beside],
        "changed": content.changes,
        "month": content.month,
        "months": content.months,
        "unit": content.unit,
        "people": _people(page, content, [*lines, *content.lines], snapshot.closed),
        "clauses": _clauses(page, found, snapshot),
        "statuses": {status: page.plain(wording.status_badge(status).label) for status in wording.STATUS_ORDER},
        "effects": {effect: page.plain(text) for effect, text in wording.EFFECTS.items()},
        "changes": {kind: page.plain(text) for kind, text in wording.CHANGES.items()},
        "measures": [[m.mark, m.kind] for m in MEASURES],
        "tallies": [
            [page.plain(t.unit), t.month, t.person, t.clause, t.status, t.marks, t.count, t.fen, t.points]
            for t in found
        ],
        "pictures": {family.id: _picture(page, family.picture) for family in content.families},
        "not_read": page.plain(content.not_read) if content.not_read else "",
        "links": _links(page, lines),
    }


def _clauses(page: Page, found: Sequence[Tally], snapshot: Snapshot) -> dict[str, str]:
    used = sorted({tally.clause for tally in found})
    return {id: page.plain(snapshot.clauses[id].title) if id in snapshot.clauses else "" for id in used}


def _people(page: Page, content: Content, lines: Iterable[Line], closed: Iterable[MonthCount]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for line in lines:
        d = line.decision
        if d.staff_no and (d.staff_no not in found or not found[d.staff_no][0]):
            target = page.writing.people.get((d.unit, d.staff_no))
            found[d.staff_no] = [page.plain(d.staff_name), page.to(target) if target else ""]
    return dict(sorted(found.items()))


def _picture(page: Page, picture: Picture) -> dict[str, Any]:
    sums: dict[tuple[Any, ...], float] = {}
    shown = cache(page.show_plain)
    for bar in picture.bars:
        keys, label = bar.keys, shown(bar.label) if isinstance(bar.label, str) else page.show_plain(bar.label)
        key = (label, keys.month, keys.person, keys.clause, keys.status, int(bar.over))
        known = sums.get(key, 0)
        sums[key] = max(known, bar.value) if picture.how == "largest" else known + bar.value
    return {
        "bars": [[*key[:5], value, key[5]] for key, value in sums.items()],
        "how": picture.how,
        "ordered": picture.ordered,
        "limit": picture.limit,
    }


def _links(page: Page, lines: Sequence[Line]) -> Mapping[str, str]:
    """Where decisions stand that rows of this page hang on, but that the page does not list."""
    own = {line.decision.decision_id for line in lines}
    wanted = {line.decision.linked_to for line in lines} - own - {""}
    found = {id: page.writing.rows_at[id] for id in sorted(wanted) if id in page.writing.rows_at}
    return {id: page.to(path, f"d-{id}") for id, path in found.items()}


def packed(text: bytes) -> tuple[str, str]:
    """Type and text of the `<script>` element that holds some JSON: as it is, or compressed where there is much of it."""
    if len(text) > PACKED_FROM:
        return "application/gzip", base64.b64encode(gzip.compress(text, 9, mtime=0)).decode()
    safe = text.decode()
    for character in "<>&\u2028\u2029":
        safe = safe.replace(character, f"\\u{ord(character):04x}")
    return "application/json", safe


#: Words that the script says; `#` stands for a value.
SCRIPT_WORDS = {
    "all_months": say("全部月份"),
    "everyone": say("全部"),
    "more_than": say("比#多#"),
    "less_than": say("比#少#"),
    "same_as": say("与#相同"),
    "lines": say("#条"),
    "unknown": say("#，还不能判定"),
    "also_unread": say("另有#"),
    "shown": say("显示#条，共#条"),
    "more": say("再显示#条"),
    "everything": say("全部显示"),
    "none": say("没有符合条件的记录"),
    "copy": say("复制"),
    "copied": say("已复制"),
    "why": say("依据"),
    "counted": say("依据什么"),
    "others": say("还有谁"),
    "differently": say("若要不同"),
    "history": say("经过"),
    "readings": say("读法："),
    "values": say("适用数值第#组"),
    "linked": say("随附于："),
    "step": say("第#次"),
    "rest": say("其余#项"),
    "before": say("原来："),
    "day": say("日期"),
    "person": say("员工"),
    "what": say("事项"),
    "amount": say("金额和点数"),
    "status": say("状态"),
    "change": say("变化"),
    "unit": say("单位"),
    "sort": say("排序"),
    "months_line": say("近十二个月"),
    "too_old": say("浏览器太旧，无法展开明细；请换用新版浏览器，或看“全部明细”各月页面。"),
}
