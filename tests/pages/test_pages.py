"""What stands in the files, without a browser: escaping, masking, paging, names, languages."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from lxml import html

from processor.model import say
from processor.report.pages import rejected_page
from processor.report.pages.masking import mask, mask_cell, may_hide
from processor.report.pages.places import link, numbered, safe_names
from processor.report.translate import translator
from tests.pages import sample
from tests.pages.conftest import FEW, UNIT_PAGE, Visit, publish

HOSTILE = """<img src=x onerror="window.owned=1"></title></style></script><script>window.owned=1</script>'"&{{7*7}}"""
OUR_ELEMENTS = {"style": 1, "title": 1, "img": 0}


def hostile(text: str) -> str:
    """The text with markup behind it."""
    return text + HOSTILE


class Elements(HTMLParser):
    """Counts elements and collects attributes that would run script."""

    def __init__(self) -> None:
        super().__init__()
        self.found: Counter[str] = Counter()
        self.handlers: list[str] = []
        self.pieces = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Count one element."""
        self.found[tag] += 1
        self.pieces += tag == "script" and ("class", "rows") in attrs
        self.handlers += [name for name, value in attrs if name.startswith("on") or "javascript:" in (value or "")]


def test_markup_in_any_text_comes_out_as_text(tmp_path: Path, visit: Visit) -> None:
    made = sample.snapshot(FEW, hostile)
    odd = replace(made.lines[0].decision, staff_no="../S<99>")
    made = replace(made, lines=(replace(made.lines[0], decision=odd), *made.lines[1:]))
    pages = publish(made, tmp_path)
    words = dict.fromkeys(("file", "reason", "mend", "nearest", "kept"), HOSTILE)
    rejected_page(pages / "rejected.html", as_of=sample.AS_OF, **words)
    written = sorted(pages.rglob("*.html"))
    assert all(path.resolve().is_relative_to(pages.resolve()) for path in written) and len(written) > 5
    for path in written:
        elements = Elements()
        elements.feed(path.read_text(encoding="utf-8"))
        assert {tag: elements.found[tag] for tag in OUR_ELEMENTS} == OUR_ELEMENTS, path
        assert elements.found["script"] == (
            2 + elements.pieces if path.name == "index.html" and "people" not in path.parts else "people" in path.parts
        ), path
        assert not elements.handlers
        page = visit.open(path.parent, path.name)
        assert page.evaluate("window.owned") is None
        assert "window.owned=1" in page.locator("body").inner_text()


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("电话13900000001。", "电话139****0001。"),
        ("+86 139-0000-0001", "+86 139****0001"),
        ("１３９００００００01", "１３９****００01"),
        ("0571-88886666转8", "0571-****6666转8"),
        ("02188886666", "021****6666"),
        ("身份证33010219900307001X", "身份证330***********001X"),
        ("330102 19900307 0011", "330***********0011"),
        ("330102900307001", "330********001"),
        ("139.1234.5678", "139****5678"),
        ("139 12 34 56 78", "139****5678"),
        ("(139)12345678", "(139)****5678"),
        ("3301 0219 9003 0700 1X", "330***********001X"),
        ("卡号6222 0212 3456 7890 128", "卡号6222****0128"),
        ("卡号6222 0200 0000 0000", "卡号6222****0000"),
        ("转到6222.0200.0000.1234.567", "转到6222****4567"),
        ("帐号：110912345678901", "帐号：1109****8901"),
        ("订单6222020000000000", "订单6222020000000000"),
        ("卡号4111 1111 1111 1111", "卡号4111****1111"),
        ("金额138.50 1250.00", "金额138.50 1250.00"),
        ("客户电话：88886666", "客户电话：88****66"),
        ("S01|13900000001|2026-10-01", "S01|139****0001|2026-10-01"),
        ("订单20261005123456，金额123456.78", "订单20261005123456，金额123456.78"),
        ("2026-10-05至2026-10-11", "2026-10-05至2026-10-11"),
    ],
)
def test_phone_and_identity_numbers_are_masked_and_other_numbers_are_not(text: str, shown: str) -> None:
    assert mask(text) == shown


def test_an_unreadable_number_under_a_phone_header_is_masked_too() -> None:
    assert mask_cell("联系电话", "1390000000112") == "13****12"
    assert mask_cell("身份证号码", "3301021990") == "33****90"
    assert mask_cell("订单号", "1390000000112") == "1390000000112"


def test_no_page_shows_a_whole_phone_number(tmp_path: Path) -> None:
    for path in publish(sample.snapshot(200), tmp_path).rglob("*.html"):
        assert not re.search(r"13900000001(?!\d)|1390000000112", path.read_text(encoding="utf-8")), path


def test_a_month_of_many_rows_goes_on_at_further_pages_and_none_is_lost(tmp_path: Path) -> None:
    made = sample.snapshot(200)
    folder = publish(made, tmp_path, rows_on_a_page=60).joinpath(UNIT_PAGE).parent
    pages = sorted(folder.glob("months/*.html"))
    assert len(pages) >= 4
    texts = {page: page.read_text(encoding="utf-8") for page in pages}
    rows = Counter(row for text in texts.values() for row in re.findall(r'<tr id="d-([^"]+)"', text))
    own = {line.decision.decision_id for line in made.lines if line.decision.unit == "城东店"}
    assert set(rows) == own and set(rows.values()) == {1}
    assert 'href="2026-10-2.html"' in texts[folder / "months/2026-10.html"]


def test_each_person_has_a_folder_and_every_page_stands_alone(tmp_path: Path) -> None:
    folder = publish(sample.snapshot(60), tmp_path) / "units/城东店/people"
    assert {path.relative_to(folder).as_posix() for path in folder.rglob("*.html")} == {
        f"{staff_no}/index.html" for staff_no in sample.STAFF
    }
    text = (folder / "S01/index.html").read_text(encoding="utf-8")
    assert "S02" not in text.replace("S02 本周6单", ""), "nothing of anybody else"


def test_without_a_script_the_site_s_page_lists_only_what_waits_as_waiting(tmp_path: Path) -> None:
    made = sample.snapshot(60)
    text = (publish(made, tmp_path) / "index.html").read_text(encoding="utf-8")
    waiting = [
        x.decision.decision_id for x in made.lines if x.decision.status in ("needs_confirmation", "pending_amount")
    ]
    assert re.findall(r'<tr id="d-([^"]+)"', text[text.index("<noscript>") : text.index("</noscript>")]) == waiting


@pytest.mark.parametrize("text", ["电话13900000001", "(139)12345678", "座机：8888666", "3301 0219 9003 0700 1X"])
def test_what_may_hide_a_number_is_found_among_other_lines(text: str) -> None:
    assert mask(text) != text
    assert may_hide(f"城东店第12行\n{text}\n2026-10-05 迟到5分钟")
    assert not may_hide("城东店第12行\n2026-10-05 迟到5分钟\n139\n12345678")


def test_pictures_of_one_thing_agree_with_the_decisions(tmp_path: Path) -> None:
    made = sample.snapshot(300)
    own = [line.decision for line in made.lines if line.decision.unit == "城东店" and line.decision.status != "revoked"]
    pages = publish(made, tmp_path)
    page = html.fromstring((pages / UNIT_PAGE).read_bytes())
    months = html.fromstring((pages / "units/城东店/months/2026-10.html").read_bytes())
    for view in (page, months):
        drawn = [int(text) for text in view.xpath("//*[@id='conduct']//*[@class='v']/text()")]
        assert sum(drawn) == sum(d.family == "conduct" and d.period == "2026-10" for d in own)


def test_names_are_safe_on_every_system_and_stay_apart() -> None:
    names = safe_names(["城东店", "a/b", "a?b", "A", "a", "con", "..", "", "x" * 200])
    assert names["城东店"] == "城东店"
    assert len({name.casefold() for name in names.values()}) == len(names)
    assert all(re.fullmatch(r"[^\x00-\x1f<>:\"/\\|?*]{1,80}", name) for name in names.values())
    assert ".." not in names.values() and "con" not in names.values()


def test_links_are_relative_and_encoded() -> None:
    assert link("index.html", "units/城东店/people/S01/index.html") == "../../../../index.html"
    assert link("units/城东店/index.html", "index.html", "d-1") == "units/%E5%9F%8E%E4%B8%9C%E5%BA%97/index.html#d-1"
    assert link("a.html", "a.html", "x") == "#x"
    assert [numbered("units/a/index.html", n) for n in (1, 2)] == ["units/a/index.html", "units/a/index-2.html"]


def test_what_has_no_translation_stays_chinese() -> None:
    in_english = translator("en")
    assert in_english("待确认") == "To confirm"
    assert in_english("没有这一句") == "没有这一句"
    assert in_english(say("{who}说{n}次", who=say("待确认"), n="待确认")) == "To confirm说待确认次"
    assert in_english("") == ""


def test_english_pages_hold_no_chinese_words_of_ours(tmp_path: Path) -> None:
    made = sample.snapshot(60, locale="en")
    text = (publish(made, tmp_path) / "index.html").read_text(encoding="utf-8")
    assert '<html lang="en-GB">' in text and "To confirm" in text
    words = set(re.findall(r"[\u4e00-\u9fff]+", re.sub(r"<(style|script)>.*?</\1>", "", text, flags=re.DOTALL)))
    clauses = [text for clause in made.clauses.values() for text in (clause.title, clause.rule)]  # of no rule book
    written_by_staff = (*WRITTEN, *sample.STAFF.values(), *clauses)
    assert not {word for word in words if not any(word in own for own in written_by_staff)}


WRITTEN = (
    "西店登记",
    "联系电话",
    "日期",
    "备注",
    "决定",
    "撤销",
    "改为",
    "经理M001于2026-10-20确认",
    "待确认事项",
    "示例公司",
    "城东店",
    "城西店",
    "十月登记",
    "坏表",
    "刚放入",
    "奖惩登记表",
    "文件已损坏，打不开。",
    "文件还在写入。",
    "{day} 客户陈先生，电话{phone}，第{n}次",
)


def test_a_rejected_page_says_what_is_wrong_the_nearest_register_and_the_mend(tmp_path: Path) -> None:
    path = tmp_path / "坏表.html"
    rejected_page(
        path,
        file="坏表.xlsx",
        reason="文件加了密码，打不开。",
        mend="请去掉密码后重交。",
        nearest="奖惩登记表",
        as_of=sample.AS_OF,
        kept="20261026 坏表.xlsx",
    )
    text = path.read_text(encoding="utf-8")
    for words in ("坏表.xlsx", "文件加了密码，打不开。", "请去掉密码后重交。", "奖惩登记表", "2026年10月26日"):
        assert words in text
    assert 'href="20261026%20%E5%9D%8F%E8%A1%A8.xlsx"' in text
