"""A real headless Chromium over pages that the product wrote into a temporary folder."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Literal
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from processor.decision import Decision
from processor.report.pages import write_pages
from processor.report.snapshot import Snapshot
from tests.pages import sample

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
Scheme = Literal["light", "dark"]
#: Decisions enough for some of each family, effect and status.
FEW = 74
UNIT_PAGE = "units/城东店/index.html"


def missing(what: str) -> None:
    """Skip where something cannot be installed; in CI that is a failure."""
    (pytest.fail if os.environ.get("CI") else pytest.skip)(f"{what} is not installed")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's chromium, or whatever CHROMIUM names."""
    program = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if not program:
        missing("chromium")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=program, args=list(FLAGS))
        yield running
        running.close()


@pytest.fixture(scope="session")
def axe(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The source of axe-core in the version that package.json names."""
    if not shutil.which("npm"):
        missing("npm")
    folder = tmp_path_factory.mktemp("axe")
    shutil.copy(Path(__file__).with_name("package.json"), folder)
    subprocess.run(["npm", "install", "--no-package-lock", "--silent"], cwd=folder, check=True, timeout=120)
    return (folder / "node_modules/axe-core/axe.min.js").read_text(encoding="utf-8")


#: Opens all that can be opened, and lets the page fill it.
UNFOLD = """() => new Promise((done) => {
  document.querySelectorAll("main details").forEach((each) => { each.open = true; });
  requestAnimationFrame(() => setTimeout(done, 100));
})"""
#: Rules that a page breaks, without the account of those that it keeps: that takes longer than to look.
LOOK = "axe.run({resultTypes: ['violations']})"


def serious(page: Page, axe: str) -> list[str]:
    """What makes a page hard to use for somebody: rule and first place of each serious fault."""
    page.evaluate(axe)
    found = [rule for rule in page.evaluate(LOOK)["violations"] if rule["impact"] in ("serious", "critical")]
    return [f"{rule['id']}: {rule['nodes'][0]['html'][:200]}" for rule in found]


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The pages' folder of a batch with 300 decisions; the annotated workbook lies where the pages expect it."""
    return publish(sample.snapshot(300), tmp_path_factory.mktemp("site"))


@pytest.fixture(scope="session")
def long_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Pages with amounts of nine digits, points of three grades and long names, for what looks for cut figures."""
    made = sample.snapshot(FEW)
    lines = tuple(replace(line, decision=_enlarged(line.decision)) for line in made.lines)
    return publish(replace(made, lines=lines), tmp_path_factory.mktemp("long"))


def _enlarged(decision: Decision) -> Decision:
    amount = None if decision.amount is None else 12_345_678_901 * (1 if decision.amount > 0 else -1)
    points = "+A5B8C2" if decision.effect == "points" else decision.points
    return replace(
        decision, amount=amount, points=points, staff_name="欧阳娜娜·阿不都热合曼" if decision.staff_no else ""
    )


@pytest.fixture(scope="session")
def short_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Pages of the same kinds with few rows, for what looks at every element."""
    return publish(sample.snapshot(FEW), tmp_path_factory.mktemp("short"))


def publish(snapshot: Snapshot, folder: Path, **options: object) -> Path:
    """Write the pages to `outbox/pages` of a site's folder, beside the workbooks that they link to."""
    pages = folder / "outbox/pages"
    for name in ("annotated/十月登记.xlsx", "rejected/坏表.html"):
        (folder / "outbox" / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / "outbox" / name).write_text("placeholder", encoding="utf-8")
    write_pages(snapshot, pages, rejected_pages={"坏表.xlsx": "outbox/rejected/坏表.html"}, **options)  # type: ignore[arg-type]
    return pages


class Visit:
    """A page of a browser, with everything that it logged and asked for."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.errors: list[str] = []
        self.requests: list[str] = []
        page.on("console", lambda message: self.errors.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("request", lambda request: self.requests.append(request.url))

    def sized(self, width: int, height: int = 900, scheme: Scheme = "light") -> Visit:
        """Looked at with nothing opened in a window of this size, in these colours."""
        self.page.goto("about:blank")
        self.page.set_viewport_size({"width": width, "height": height})
        self.page.emulate_media(color_scheme=scheme)
        self.errors.clear()
        self.requests.clear()
        return self

    def open(self, folder: Path, path: str, suffix: str = "") -> Page:
        """Open a page of the site by its path."""
        self.page.goto(f"file://{quote(str(folder / path))}{suffix}")
        return self.page

    def settled(self, folder: Path, path: str, suffix: str = "") -> Page:
        """Open a page and wait until its script has done all that it does when idle."""
        page = self.open(folder, path, suffix)
        page.locator("html.ready").wait_for()
        return page

    def unfolded(self, folder: Path, path: str, suffix: str = "") -> Page:
        """Open a page and everything on it that can be opened."""
        page = self.open(folder, path, suffix)
        page.evaluate(UNFOLD)
        return page


@pytest.fixture(scope="session")
def _window(browser: Browser) -> Visit:
    """The page in which the tests look at the pages: to open it takes three times as long as to look at most of them."""
    return Visit(browser.new_context().new_page())


@pytest.fixture(scope="session")
def _touched(browser: Browser) -> Visit:
    """The page of a device that is touched."""
    return Visit(browser.new_context(has_touch=True).new_page())


@pytest.fixture
def visit(_window: Visit) -> Visit:
    """A page 1200 px wide in light colours."""
    return _window.sized(1200)


@pytest.fixture
def phone(_touched: Visit) -> Visit:
    """A page as wide as a small phone."""
    return _touched.sized(360, 740)
