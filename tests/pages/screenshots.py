"""Pictures of a site's pages for the README: `python -m tests.pages.screenshots PAGES_FOLDER OUT_FOLDER`.

PAGES_FOLDER is a batch's `outbox/pages`; OUT_FOLDER gets site.png, unit.png, person.png, phone.png, and dark.png.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Literal
from urllib.parse import quote

from playwright.sync_api import Browser, sync_playwright

FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking")


def main(pages: Path, out: Path) -> None:
    """Take one picture of each kind of page, of the unit and the person with the largest pages."""
    unit = _largest(pages.glob("units/*/index.html"))
    person = _largest(unit.parent.glob("people/*/index.html"))
    out.mkdir(parents=True, exist_ok=True)
    program = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=list(FLAGS))
        _take(browser, pages / "index.html", out / "site.png", anchor="m=2026-10")
        _take(browser, unit, out / "unit.png", height=1100, anchor="m=2026-10")
        _take(browser, person, out / "person.png", opened=2, anchor="m=2026-10")
        _take(browser, unit, out / "phone.png", width=360, height=740, anchor="m=2026-10")
        _take(browser, unit, out / "dark.png", scheme="dark", anchor="money")
        browser.close()


def _largest(pages: Iterable[Path]) -> Path:
    return max(pages, key=lambda page: page.stat().st_size)


def _take(
    browser: Browser,
    page: Path,
    target: Path,
    width: int = 1200,
    height: int = 850,
    scheme: Literal["light", "dark"] = "light",
    opened: int = 0,
    anchor: str = "",
) -> None:
    context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme)
    view = context.new_page()
    view.goto(f"file://{quote(str(page.resolve()))}#{anchor}")
    view.locator("html.ready").wait_for()
    for index in range(opened):
        view.locator("td details summary").nth(index).click()
    view.screenshot(path=target)
    context.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
