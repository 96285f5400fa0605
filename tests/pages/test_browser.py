"""What a reader does with the pages, in a real browser."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any, get_args
from urllib.parse import unquote, urlsplit

import pytest
from playwright.sync_api import Browser, Page

from processor.report.pages.panels import PANELS
from processor.report.snapshot import Line
from tests.pages import sample
from tests.pages.conftest import FEW, UNIT_PAGE, Scheme, Visit, missing, publish, serious

PERSON_PAGE, MONTH_PAGE = "units/城东店/people/S01/index.html", "units/城东店/months/2026-09.html"
PAGES = ("index.html", UNIT_PAGE, PERSON_PAGE, MONTH_PAGE)


@pytest.fixture(scope="module")
def own() -> list[Line]:
    """The decisions of the first unit of the sample."""
    return [line for line in sample.snapshot(300).lines if line.decision.unit == "城东店"]


def opened(page: Page, id: str) -> Any:
    """The rows of a list after its part was opened."""
    part = page.locator(f"#{id}")
    summary = part.locator("summary").first
    summary.click()
    rows = part.locator("table.dec tbody tr")
    rows.first.wait_for()
    return rows


@pytest.mark.parametrize("path", PAGES)
def test_a_page_asks_for_nothing_but_itself_and_logs_no_error(site: Path, visit: Visit, path: str) -> None:
    visit.open(site, path).wait_for_load_state()
    assert not visit.errors
    assert len(visit.requests) == 1, visit.requests


def test_the_first_thing_on_a_page_is_what_has_to_be_done(site: Path, visit: Visit) -> None:
    for path in ("index.html", UNIT_PAGE):
        page = visit.settled(site, path)
        assert page.locator("h2").first.inner_text() == "今天要办"
        tasks = page.locator("#today li")
        assert 1 <= tasks.count() <= 10
        first = tasks.first
        assert "3行" in first.inner_text() and "填表人" in first.inner_text() and "2026-10-26" in first.inner_text()
        assert "计入37行" in first.inner_text() or "计入49行" in first.inner_text()
        assert "grave" in (first.get_attribute("class") or "")
        assert all(link.get_attribute("href") for link in page.locator("#today a").all())


def test_a_task_leads_to_what_it_tells_of_whatever_its_month(site: Path, visit: Visit, own: list[Line]) -> None:
    page = visit.settled(site, UNIT_PAGE)
    page.locator("#today a", has_text="经理确认").click()
    page.locator("#waiting table.dec tbody tr").first.wait_for()


def test_a_unit_with_unread_rows_shows_no_zero(site: Path, visit: Visit) -> None:
    page = visit.settled(site, f"{UNIT_PAGE}")
    page.evaluate("location.hash = 'm=2026-10&c=SP-37'")
    page.wait_for_function("document.querySelector('[name=c]').value === 'SP-37'")
    texts = page.locator(".figures strong").all_inner_texts()
    assert "0" not in texts and "¥0.00" not in texts and "–" in texts
    unsure = page.locator(".figures li", has=page.locator("strong", has_text="–"))
    assert "3行读不出来" in unsure.first.inner_text()


def test_the_address_picks_month_and_person_and_everything_follows(site: Path, visit: Visit, own: list[Line]) -> None:
    page = visit.settled(site, UNIT_PAGE, "#m=2026-09&p=S01")
    wanted = [x.decision for x in own if x.decision.period == "2026-09" and x.decision.staff_no == "S01"]
    standing = [d for d in wanted if d.status != "revoked"]
    assert page.locator("#h-month").inner_text() == "2026年9月"
    assert page.locator("[data-card=a] strong").inner_text() == str(len(standing))
    family = next(d.family for d in standing if d.family not in PANELS)
    rows = opened(page, family)
    assert rows.count() == sum(d.family == family for d in wanted)
    assert all("S01" in text for text in rows.locator(".who").all_inner_texts())
    drawn = page.locator(f"[data-picture={family}] .v").all_inner_texts()
    assert sum(map(int, drawn)) == sum(d.family == family for d in standing), "the picture agrees with the list"
    page.locator("#money summary").click()
    page.locator("#money tbody tr").first.wait_for()
    assert page.locator("#money tbody tr").count() == 1


def test_what_is_picked_stands_in_the_address_and_can_be_cleared(site: Path, visit: Visit) -> None:
    page = visit.settled(site, UNIT_PAGE)
    page.locator("[name=m]").select_option("2026-09")
    page.locator("[name=s]").select_option("needs_confirmation")
    assert page.url.endswith("#m=2026-09&s=needs_confirmation")
    rows = opened(page, "waiting")
    assert set(rows.locator(".state").all_inner_texts()) == {"待确认"}
    page.locator("#bar [type=reset]").click()
    assert "#" not in page.url
    assert page.locator("#h-month").inner_text() == "2026年10月", "the latest open month again"


def test_all_months_together_are_all_decisions(site: Path, visit: Visit, own: list[Line]) -> None:
    page = visit.settled(site, UNIT_PAGE, "#m=all")
    shown = sum(int(text) for text in page.locator(".family .count").all_inner_texts())
    assert shown == len(own)


def test_the_site_counts_units_by_what_is_picked(site: Path, visit: Visit, own: list[Line]) -> None:
    page = visit.settled(site, "index.html", "#m=2026-10&s=final")
    cells = page.locator("#t-units tbody tr").first.locator("td").all_inner_texts()
    wanted = [x.decision for x in own if x.decision.period == "2026-10" and x.decision.status == "final"]
    assert cells[-1] == str(len(wanted))


def test_the_change_against_the_month_before_is_said_and_twelve_months_are_drawn(site: Path, visit: Visit) -> None:
    page = visit.settled(site, UNIT_PAGE)
    card = page.locator("[data-card=a]")
    assert re.search(r"比9月[多少]\d+条|与9月相同", card.inner_text())
    said = card.locator("svg").get_attribute("aria-label") or ""
    assert said.count("2026-") + said.count("2025-") == 12
    fines = page.locator("[data-card=f] svg").get_attribute("aria-label") or ""
    assert "2026-08 -¥100.00" in fines, "closed months are counted, too"


def test_search_finds_decisions_by_what_they_rest_on(site: Path, visit: Visit, own: list[Line]) -> None:
    wanted = next(line.decision for line in own if line.decision.period == "2026-10")
    page = visit.settled(site, UNIT_PAGE)
    page.locator("[name=q]").fill(wanted.decision_id)
    rows = opened(page, wanted.family)
    assert rows.count() == 1
    page.locator("[name=q]").fill("没有这样的字")
    assert page.locator("#waiting .count").inner_text() == "0"


def test_sorting_by_a_heading_orders_rows_and_blank_amounts_come_last(site: Path, visit: Visit) -> None:
    page = visit.settled(site, UNIT_PAGE, "#m=all")
    rows = opened(page, "conduct")
    heads = page.locator("#conduct thead button")
    states, days = rows.locator(".state").all_inner_texts(), rows.locator("th").all_inner_texts()
    waiting = states.count("待确认")
    assert set(states[:waiting]) <= {"待确认"}, "what waits comes first, then the latest"
    assert days[waiting:] == sorted(days[waiting:], reverse=True)
    heads.nth(0).click()
    up = rows.locator("th").all_inner_texts()
    assert up == sorted(up)
    heads.nth(0).click()
    assert rows.locator("th").all_inner_texts() == up[::-1]
    heads.nth(3).click()
    said = rows.locator("td.n").all_inner_texts()
    amounts = [float(text.split()[0].replace("¥", "").replace(",", "")) for text in said if "¥" in text]
    assert amounts == sorted(amounts)


def test_opening_a_decision_shows_clause_figures_people_and_history(site: Path, visit: Visit, own: list[Line]) -> None:
    wanted = next(x.decision for x in own if x.decision.candidates and x.decision.parameters)
    page = visit.settled(site, UNIT_PAGE, f"#d-{wanted.decision_id}")
    page.locator("tr.target", has_text="依据什么").wait_for()
    text = page.locator("tr.target").inner_text()
    assert page.locator("tr.target").is_visible()
    for words in ("依据什么", "十月登记.xlsx", "还有谁", "罚款标准", "¥50.00", "自2026-01-01起"):
        assert words in text, words


def test_copying_a_list_gives_its_rows_with_tabs(site: Path, visit: Visit) -> None:
    visit.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = visit.settled(site, UNIT_PAGE)
    rows = opened(page, "conduct")
    page.locator("#conduct .tools button").click()
    page.locator("#conduct .tools button", has_text="已复制").wait_for()
    lines = page.evaluate("navigator.clipboard.readText()").splitlines()
    assert len(lines) == rows.count() + 1
    assert lines[0].split("\t") == ["日期", "员工", "事项", "金额和点数", "状态"]
    page.context.clear_permissions()


def test_every_relative_link_leads_to_a_file_and_every_anchor_to_a_place(site: Path) -> None:
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


def printed(page: Page, file: Path) -> str:
    """The text of a page as it is printed."""
    if not shutil.which("pdftotext"):
        missing("pdftotext")
    page.pdf(path=file, prefer_css_page_size=True)
    return subprocess.run(["pdftotext", "-layout", file, "-"], capture_output=True, check=True, text=True).stdout


def test_what_is_open_is_printed_and_all_details_on_demand(
    site: Path, short_site: Path, tmp_path: Path, visit: Visit
) -> None:
    short = printed(visit.settled(site, UNIT_PAGE), tmp_path / "short.pdf")
    assert short.count("\f") <= 4 and "今天要办" in short and "SP-6-" not in short
    page = visit.settled(short_site, UNIT_PAGE)
    page.get_by_text("全部明细").click()
    text = printed(page, tmp_path / "all.pdf")
    own = sample.lines(FEW, "城东店", sample.pack())
    assert set(re.findall(r"SP-\d+-[0-9a-f]{12}", text)) == {line.decision.decision_id for line in own}
    assert text.count("城东店") >= text.count("\f"), "the unit stands on each sheet"
    assert "关于行为规范的规定" in text and "罚款标准" in text


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("width", [360, 768])
def test_no_page_scrolls_sideways_and_no_figure_is_cut(long_site: Path, visit: Visit, path: str, width: int) -> None:
    page = visit.sized(width, 740).unfolded(long_site, path, "" if path == MONTH_PAGE else "#m=all")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    if width == 360:
        assert page.evaluate(CUT) == []


#: What is cut off, or reaches beyond the window.
CUT = """
() => [...document.querySelectorAll("main *")].filter((each) => {
  if (!each.checkVisibility() || !each.innerText || each.closest(".hidden, svg")) return false;
  const box = each.getBoundingClientRect(), style = getComputedStyle(each);
  const cut = style.overflowX !== "visible" && each.scrollWidth > each.clientWidth + 1 && style.display !== "inline";
  return box.width > 0 && (box.right > innerWidth + 1 || box.left < -1 || cut);
}).map((each) => each.outerHTML.slice(0, 120))
"""


@pytest.mark.parametrize("path", PAGES[:3])
def test_rows_are_cards_and_targets_are_large_on_a_phone(short_site: Path, phone: Visit, path: str) -> None:
    page = phone.unfolded(short_site, path)
    row = page.locator("tbody tr:visible").first
    assert row.evaluate("(row) => getComputedStyle(row).display") in ("block", "flex")
    assert row.locator("th").first.inner_text().strip(), "each card has a title"
    small = page.evaluate(
        """() => [...document.querySelectorAll("main :is(a, button, select, summary, input)")].filter((each) => {
          const box = each.getBoundingClientRect();
          return each.checkVisibility() && box.width > 0 && (box.height < 43.5 || box.width < 43.5);
        }).map((each) => each.outerHTML.slice(0, 100))"""
    )
    assert small == []


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize(("width", "scheme"), [(360, "light"), (1200, "light"), (1200, "dark")])
def test_axe_finds_nothing_serious(
    short_site: Path, visit: Visit, axe: str, path: str, width: int, scheme: Scheme
) -> None:
    page = visit.sized(width, scheme=scheme).unfolded(short_site, path)
    assert serious(page, axe) == []


def test_colours_follow_the_system(site: Path, visit: Visit) -> None:
    grounds = set()
    for scheme in get_args(Scheme):
        page = visit.sized(1200, scheme=scheme).open(site, "index.html")
        grounds.add(page.evaluate("getComputedStyle(document.body).backgroundColor"))
    assert len(grounds) == 2


def test_without_script_the_latest_month_stands_whole_and_others_are_linked(
    site: Path, browser: Browser, own: list[Line]
) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = Visit(context.new_page()).open(site, UNIT_PAGE)
    rows = page.locator("noscript table.dec tbody tr")
    latest = [line for line in own if line.decision.period == "2026-10"]
    assert rows.count() == len(latest)
    assert all(row.is_visible() for row in rows.all()[::29])
    page.locator("noscript a", has_text="2026年9月").click()
    assert page.locator("table.dec tbody tr").count() == len(own) - len(latest)
    assert "依据什么" in page.locator("table.dec tbody tr").first.inner_text()
    context.close()


def test_a_person_s_page_shows_a_month_and_prints_on_two_sheets(
    site: Path, visit: Visit, tmp_path: Path, own: list[Line]
) -> None:
    page = visit.settled(site, PERSON_PAGE)
    mine = [x.decision for x in own if x.decision.staff_no == "S01"]
    rows = page.locator("table.dec tbody tr:visible")
    assert rows.count() == sum(d.period == "2026-10" for d in mine)
    page.locator("[name=m]").select_option("all")
    page.locator("[name=s]").select_option("final")
    assert rows.count() == sum(d.status == "final" for d in mine)
    assert page.url.endswith("#m=all&s=final")
    page.locator("#bar [type=reset]").click()
    assert printed(page, tmp_path / "person.pdf").count("\f") <= 2


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A unit with ten thousand decisions."""
    return publish(sample.snapshot(10_000), tmp_path_factory.mktemp("large"))


def test_ten_thousand_decisions_are_small_usable_at_once_and_quick_to_filter(large: Path, visit: Visit) -> None:
    assert (large / UNIT_PAGE).stat().st_size < 3_000_000
    usable, filtered = [], []
    for _ in range(3):  # whatever else the machine does meanwhile
        page = visit.sized(1280, 720).settled(large, UNIT_PAGE)
        usable.append(page.evaluate("performance.getEntriesByName('ready')[0].startTime"))
        page.locator("#conduct summary").first.click()
        filtered.append(page.evaluate(FILTER))
        if min(usable) < 1000 and min(filtered) < 100:
            break
    assert min(usable) < 1000, usable
    assert min(filtered) < 100, filtered


#: Milliseconds from picking a person to the picture that shows it.
FILTER = """() => new Promise((done) => {
  const field = document.querySelector("[name=p]"), begun = performance.now();
  field.value = "S03";
  field.dispatchEvent(new Event("change", { bubbles: true }));
  requestAnimationFrame(() => setTimeout(() => done(performance.now() - begun)));
})"""
