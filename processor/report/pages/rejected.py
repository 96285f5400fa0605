"""The page beside a workbook that could not be read."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from processor.model import say
from processor.report.pages.page import Page, Writing
from processor.report.pages.render import render


def rejected_page(
    path: Path,
    *,
    file: str,
    reason: str,
    mend: str,
    nearest: str | None,
    as_of: date,
    kept: str = "",
    locale: str = "zh",
) -> None:
    """Write the page at `path`: what is wrong, the nearest register's title, the mend.

    file: as delivered; kept: name of the original, lying in the same folder as the page.
    """
    page = Page(Writing(locale, ".", {}, {}), path.name)
    text = render(
        "rejected.html.j2",
        page,
        heading=page.plain(say("表格已退回：{file}", file=file)),
        period_line=page.long_day(as_of),
        crumb="",
        reason=reason,
        mend=mend,
        nearest=nearest or "",
        kept=kept,
        kept_href=page.file(kept) if kept else "",
        candidates=(),
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="\n")


def asked_page(
    path: Path, *, file: str, nearest: Sequence[tuple[str, str, str]], as_of: date, kept: str, locale: str = "zh"
) -> None:
    """Write the page beside a workbook that is asked about.

    nearest: title, headers found and headers missing of each register that it may be; kept: name of the workbook.
    """
    page = Page(Writing(locale, ".", {}, {}), path.name)
    text = render(
        "rejected.html.j2",
        page,
        heading=page.plain(say("表头还不认识：{file}", file=file)),
        period_line=page.long_day(as_of),
        crumb="",
        reason=say("这份表的表头和登记表的不一样，请说明每个表头的意思，只需说明一次。"),
        mend=say("打开旁边的工作簿，在第一张工作表“表头对照”里填好“含义”，保存后放进收件夹。"),
        nearest="",
        kept=kept,
        kept_href=page.file(kept),
        candidates=nearest,
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="\n")
