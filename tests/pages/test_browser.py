"""What a reader does with the pages, in a real browser."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from typing import Literal
from urllib.parse import unquote, urlsplit

import pytest
from playwright.sync_api import Browser, CDPSession

from tests.pages import sample
from tests.pages.conftest import UNIT_PAGE, Visit, missing, publish

Scheme = Literal["light", "dark"]
SCHEMES: tuple[Scheme, ...] = ("light", "dark")
PAGES = ("index.html", UNIT_PAGE, "units/城东店/people/S01.html")
DECISIONS = "#conduct table"


@pytest.mark.parametrize("path", PAGES)
def test_a_page_asks_for_nothing_but_itself_and_logs_no_error(site: Path, visit: Visit, path: str) -> None:
    visit.open(site, path).wait_for_load_state()
    assert not visit.errors
    assert len(visit.requests) == 1, visit.requests


def test_sorting_by_a_heading_orders_rows_up_and_down(site: Path, visit: Visit) -> None:
    page = visit.open(site, UNIT_PAGE)
    dates = f"{DECISIONS} tbody td:first-child"
    head = page.locator(f"{DECISIONS} thead th").first
    head.get_by_role("button").click()
    up = page.locator(dates).all_inner_texts()
    assert up == sorted(up) and head.get_attribute("aria-sort") == "ascending"
    head.get_by_role("button").click()
    assert page.locator(dates).all_inner_texts() == up[::-1]
    assert head.get_attribute("aria-sort") == "descending"


def test_amounts_sort_as_numbers_and_blanks_come_last(site: Path, visit: Visit) -> None:
    page = visit.open(site, UNIT_PAGE)
    page.locator(f"{DECISIONS} thead th").nth(5).get_by_role("button").click()
    said = page.locator(f"{DECISIONS} tbody td:nth-child(6)").all_inner_texts()
    amounts = [float(text.replace("¥", "").replace(",", "")) for text in said if text]
    assert amounts == sorted(amounts) and len(set(amounts)) > 1
    assert said == [text for text in said if text] + [""] * said.count("")


def test_a_column_filter_leaves_its_rows_only(site: Path, visit: Visit) -> None:
    page = visit.open(site, UNIT_PAGE)
    page.locator("#conduct .tools button").first.click()
    page.locator("#conduct .filters select").nth(3).select_option("罚款")
    kinds = page.locator(f"{DECISIONS} tbody tr:visible td:nth-child(4)").all_inner_texts()
    assert kinds and set(kinds) == {"罚款"}


def test_search_finds_rows_by_what_stands_in_their_evidence(site: Path, visit: Visit) -> None:
    page = visit.open(site, UNIT_PAGE)
    wanted = page.locator(f"{DECISIONS} tbody tr").nth(2).get_attribute("id") or ""
    page.locator("#conduct input[type=search]").fill(wanted.removeprefix("d-"))
    assert page.locator(f"{DECISIONS} tbody tr:visible").count() == 1
    page.locator("#conduct input[type=search]").fill("没有这样的字")
    assert "没有符合条件的行" in page.locator("#conduct output").inner_text()


def test_expanding_a_row_shows_clause_rule_and_figures_with_their_day(site: Path, visit: Visit) -> None:
    page = visit.open(site, UNIT_PAGE)
    evidence = page.locator("#conduct details[data-v]").first
    evidence.locator("summary").click()
    text = evidence.inner_text()
    assert "十月登记.xlsx" in text and "关于行为规范的规定" in text
    assert "罚款标准" in text and "¥50.00" in text and "自2026-01-01起" in text
    assert "第一次按标准，第二次加倍" in text


def test_copying_a_table_gives_its_visible_rows_with_tabs(site: Path, browser: Browser) -> None:
    context = browser.new_context()
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = Visit(context.new_page()).open(site, UNIT_PAGE)
    shown = page.locator(f"{DECISIONS} tbody tr:visible").count()
    page.locator("#conduct .tools button", has_text="复制").click()
    page.locator("#conduct .tools button", has_text="已复制").wait_for()
    lines = page.evaluate("navigator.clipboard.readText()").splitlines()
    assert len(lines) == shown + 1
    assert lines[0].split("\t")[:3] == ["日期", "员工", "条款"]
    assert "依据" not in lines[1]
    context.close()


def test_every_relative_link_leads_to_a_file_and_every_anchor_to_a_place(site: Path, visit: Visit) -> None:
    ids: dict[Path, set[str]] = {}
    broken = []
    pages = sorted(site.rglob("*.html"))
    for path in pages:
        text = path.read_text(encoding="utf-8")
        ids[path.resolve()] = set(re.findall(r'\bid="([^"]+)"', text))
    for path in pages:
        for href in re.findall(r'<a[^>]*href="([^"]+)"', path.read_text(encoding="utf-8")):
            parts = urlsplit(href)
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path.resolve()
            anchor = unquote(parts.fragment)
            if parts.scheme or not target.is_file() or (anchor and anchor not in ids.get(target, set())):
                broken.append((path.name, href))
    assert not broken


def test_a_link_to_a_decision_opens_its_row(site: Path, visit: Visit) -> None:
    page = visit.open(site, UNIT_PAGE)
    page.locator("#waiting tbody a").first.click()
    target = page.locator(":target")
    assert target.is_visible() and target.locator("details").first.get_attribute("open") is not None


def test_a_printed_page_holds_every_row_with_its_evidence(tmp_path: Path, visit: Visit) -> None:
    if not shutil.which("pdftotext"):
        missing("pdftotext")
    folder = publish(sample.snapshot(1200), tmp_path)
    page = visit.open(folder, UNIT_PAGE)
    page.emulate_media(media="print")
    page.pdf(path=tmp_path / "page.pdf", prefer_css_page_size=True)
    text = subprocess.run(
        ["pdftotext", "-layout", tmp_path / "page.pdf", "-"], capture_output=True, check=True, text=True
    ).stdout
    printed = set(re.findall(r"SP-\d+-[0-9a-f]{12}", text))
    assert len(printed) == 1200
    assert text.count("城东店") >= text.count("\f"), "the unit stands on each sheet"
    assert "关于行为规范的规定" in text


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("width", [360, 800])
def test_no_page_scrolls_sideways(site: Path, browser: Browser, path: str, width: int) -> None:
    context = browser.new_context(viewport={"width": width, "height": 740})
    page = Visit(context.new_page()).open(site, path)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    context.close()


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("width", [360, 1200])
def test_axe_finds_nothing_serious(
    short_site: Path, browser: Browser, axe: str, path: str, width: int, scheme: Scheme
) -> None:
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
    page = Visit(context.new_page()).settled(short_site, path)
    page.evaluate(axe)
    found = page.evaluate("axe.run()")["violations"]
    context.close()
    serious = [f"{rule['id']}: {rule['nodes'][0]['html'][:200]}" for rule in found if rule["impact"] in GRAVE]
    assert not serious


GRAVE = {"serious", "critical"}


def test_colours_follow_the_system(site: Path, browser: Browser) -> None:
    grounds = set()
    for scheme in SCHEMES:
        context = browser.new_context(color_scheme=scheme)
        page = Visit(context.new_page()).open(site, "index.html")
        grounds.add(page.evaluate("getComputedStyle(document.body).backgroundColor"))
        context.close()
    assert len(grounds) == 2


def test_without_script_everything_can_be_read(site: Path, browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = Visit(context.new_page()).open(site, UNIT_PAGE)
    rows = page.locator("table.dec tbody tr")
    assert rows.count() == 300
    assert all(row.is_visible() for row in rows.all()[::29])
    context.close()


def test_ten_thousand_decisions_are_usable_within_two_seconds(tmp_path: Path, browser: Browser) -> None:
    """Counted in the renderer's processor time: the wall clock of a machine that does nothing else."""
    folder = publish(sample.snapshot(10_000), tmp_path, rows_on_a_page=20_000)
    assert (folder / UNIT_PAGE).stat().st_size < 8_000_000
    session = browser.new_browser_cdp_session()
    taken = []
    for _ in range(2):
        page = browser.new_page()
        before = _rendering_seconds(session)
        page.goto(f"file://{folder / UNIT_PAGE}")
        page.locator("#waiting .tools button").first.click()
        page.locator("#waiting .filters").wait_for()
        taken.append(_rendering_seconds(session) - before)
        page.close()
    assert min(taken) < 2


def _rendering_seconds(session: CDPSession) -> float:
    processes = session.send("SystemInfo.getProcessInfo")["processInfo"]
    return sum(float(process["cpuTime"]) for process in processes if process["type"] == "renderer")
