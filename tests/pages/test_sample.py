"""The pages of the sample site as a manager and a printer see them."""

from __future__ import annotations

import csv
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest
from depth import DEPTH
from playwright.sync_api import Page
from sitework import Site

from tests.pages.conftest import Visit, serious
from tests.pages.test_browser import CUT, printed

#: The day of the sample's last batch.
LAST_DAY = "2026-11-04"


@pytest.fixture(scope="module")
def pages(demo_site: Path) -> Path:
    """The folder of the sample's pages."""
    return demo_site / "outbox" / "pages"


@pytest.fixture(scope="module")
def units(pages: Path) -> list[str]:
    """The units' pages."""
    return sorted(path.relative_to(pages).as_posix() for path in pages.glob("units/*/index.html"))


def fullest(pages: Path, unit: str) -> list[str]:
    """The two months of a unit of which there is most to say, and as many more as DEPTH wants."""
    found = sorted((pages / unit).parent.glob("months/*.html"), key=lambda path: path.stat().st_size, reverse=True)
    return [path.stem for path in found[: 1 + DEPTH]]


@dataclass(frozen=True)
class Seen:
    """What a reader sees of a unit's page. height: in its fullest months, in pixels; sheets: that it is printed on."""

    heading: str
    tasks: int
    is_grave: bool
    figures: frozenset[str]
    sheets: int
    height: int


@pytest.fixture(scope="module")
def seen(pages: Path, units: list[str], _window: Visit, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Seen]:
    """Each unit's page, opened once for all who look at it; it asks for nothing but itself and logs no error."""
    visit, file, found = _window.sized(1440), tmp_path_factory.mktemp("printed") / "unit.pdf", {}
    for unit in units:
        page = visit.settled(pages, unit)
        heading, tasks = page.locator("h2").first.inner_text(), page.locator("#today li").count()
        is_grave = page.locator("#today .grave").count() > 0
        figures = frozenset(page.locator(".figures strong").all_inner_texts())
        sheets = printed(page, file).count("\f")
        height = max(height_in(page, month) for month in fullest(pages, unit))
        found[unit] = Seen(heading, tasks, is_grave, figures, sheets, height)
    assert not visit.errors
    assert len(visit.requests) == len(units)
    return found


def height_in(page: Page, month: str) -> int:
    """Of the page once a month is picked, in pixels."""
    page.evaluate("month => { location.hash = `m=${month}`; }", month)
    page.wait_for_function("month => document.querySelector('[name=m]').value === month", arg=month)
    return page.evaluate("document.documentElement.scrollHeight")


def test_every_unit_fits_four_thousand_pixels_and_four_sheets_in_its_fullest_month(seen: dict[str, Seen]) -> None:
    assert {unit: page for unit, page in seen.items() if page.height > 4000 or page.sheets > 4} == {}


def test_every_page_begins_with_what_has_to_be_done_in_at_most_ten_lines(
    pages: Path, seen: dict[str, Seen], visit: Visit
) -> None:
    page = visit.settled(pages, "index.html")
    begins = {(page.locator("h2").first.inner_text(), page.locator("#today li").count() <= 10)}
    begins |= {(page.heading, page.tasks <= 10) for page in seen.values()}
    assert begins == {("今天要办", True)}


def test_a_unit_with_unread_rows_never_looks_calm(seen: dict[str, Seen]) -> None:
    unread = {unit: page for unit, page in seen.items() if page.is_grave}
    assert len(unread) > 3
    assert {unit: page for unit, page in unread.items() if {"0", "¥0.00"} & page.figures} == {}


def test_figures_of_a_month_are_those_of_decisions_csv(demo_site: Path, pages: Path, visit: Visit) -> None:
    with (demo_site / "outbox/decisions.csv").open(encoding="utf-8-sig", newline="") as file:
        lines = [line for line in csv.DictReader(file) if line["unit"] == "惠民超市" and line["period"] == "2026-10"]
    page = visit.settled(pages, "units/惠民超市/index.html", "#m=2026-10")
    standing = [line for line in lines if line["status"] != "revoked"]
    assert page.locator("[data-card=a] strong").inner_text() == str(len(standing))
    fined = [
        line
        for line in standing
        if line["effect"] in ("fine", "deduction", "wage_day", "bonus_forfeit", "commission_void")
        or line["points"].startswith("-")
    ]
    total = sum(float(line["amount"] or 0) for line in fined if line["status"] in ("final", "confirmed"))
    assert page.locator("[data-card=f] strong").inner_text() == f"-¥{-total:,.2f}"
    names = page.locator("[data-picture=cashier] .t").all_inner_texts()
    assert names and all(re.match(r"\D+ \w+$|其余", name) for name in names), "only people whom the roster knows"


def test_nothing_is_cut_on_a_phone(pages: Path, units: list[str], visit: Visit) -> None:
    visit.sized(360, 740)
    person = next((pages / "units/惠民超市/people").glob("*/index.html")).relative_to(pages).as_posix()
    for path in ("index.html", *units[:4], "units/惠民超市/index.html", person):
        page = visit.unfolded(pages, path, "#m=2026-10")
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, path
        assert page.evaluate(CUT) == [], path


@pytest.mark.parametrize("width", [768, 1440])
def test_no_column_is_squeezed_to_a_few_characters(pages: Path, visit: Visit, width: int) -> None:
    visit.sized(width)
    for path in ("index.html", "rules.html", "units/云溪驿站/index.html", "units/惠民超市/index.html"):
        page = visit.unfolded(pages, path)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        assert page.evaluate(SQUEEZED) == [], path


#: Cells in which a sentence has less room than four characters.
SQUEEZED = """
() => [...document.querySelectorAll("main :is(td, th)")].filter((each) =>
  each.checkVisibility() && each.innerText.length > 8 && each.clientWidth < 4 * parseFloat(getComputedStyle(each).fontSize)
).map((each) => each.outerHTML.slice(0, 120))
"""


def test_axe_finds_nothing_serious_in_the_rules(pages: Path, visit: Visit, axe: str) -> None:
    page = visit.sized(768).open(pages, "rules.html")
    assert serious(page, axe) == []


def test_the_quality_of_the_data_names_registers_workbooks_columns_and_the_trend(pages: Path, visit: Visit) -> None:
    page = visit.settled(pages, "units/惠民超市/index.html")
    page.locator("#quality summary").first.click()
    captions = page.locator("#quality caption").all_inner_texts()
    assert len(captions) >= 4, captions
    assert page.locator("#quality tbody tr").count() > len(captions)


def test_a_person_s_month_prints_on_two_sheets(pages: Path, visit: Visit, tmp_path: Path) -> None:
    fullest = max(pages.glob("units/*/people/*/index.html"), key=lambda path: path.stat().st_size)
    path = fullest.relative_to(pages).as_posix()
    page = visit.settled(pages, path)
    names = [option.get_attribute("value") for option in page.locator("[name=m] option").all()]
    for month in names[:-1]:
        page.locator("[name=m]").select_option(month)
        assert printed(page, tmp_path / "person.pdf").count("\f") <= 2, (path, month)


def test_pages_that_stayed_from_batch_to_batch_say_what_they_would_say_if_made_anew(
    demo_site: Path, pages: Path, tmp_path: Path
) -> None:
    again = shutil.copytree(demo_site, tmp_path / "site")
    shutil.rmtree(again / "outbox" / "pages")
    (again / "outbox" / "decisions.csv").unlink()
    assert Site(again).once(LAST_DAY)["exit"] in (0, 1)
    for path in sorted([*pages.glob("units/*/months/*.html"), *pages.glob("units/*/people/*/*.html")]):
        anew = again / "outbox" / "pages" / path.relative_to(pages)
        assert undated(anew) == undated(path), path
    csv_before = demo_site / "outbox" / "decisions.csv"
    assert (again / "outbox" / "decisions.csv").read_bytes() == csv_before.read_bytes()


def undated(page: Path) -> str:
    """What a page says, but for the batch that made it and its day, at its top, foot and edge."""
    text = re.sub(r"<span data-batch=.*?</span>|@top-right \{.*?\}", "", page.read_text(encoding="utf-8"))
    return re.sub(r'(id="period">截至)[^<]*', r"\1", text)


def test_the_whole_site_is_small(pages: Path) -> None:
    assert sum(path.stat().st_size for path in pages.rglob("*") if path.is_file()) <= 6_000_000
