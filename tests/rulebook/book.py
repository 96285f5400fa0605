"""规则簿.xlsx as a manager fills it, and a small site on which changes of the rules are seen."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
from sitework import Site, make_site

UNIT = "网店"
ROSTER = (
    "工号,姓名,门店,部门,岗位,入职日期,月工资\n"
    "E1,张一,网店,客服部,客服,2020-01-01,4350\n"
    "E2,李二,网店,客服部,客服,2020-01-01,4350\n"
    "M1,王经理,网店,客服部,经理,2020-01-01,\n"
    "M2,赵经理,网店,客服部,经理,2020-01-01,\n"
)
DISCIPLINE = (
    "登记编号,日期,工号,条款编号,登记人工号\n"
    "J1,2026-09-10,E1,OR-10,M1\n"
    "J2,2026-10-10,E1,OR-10,M1\n"
    "J3,2026-11-10,E2,OR-10,M1\n"
)


def play_site(folder: Path, extra: str = "", units: dict[str, list[str]] | None = None) -> Site:
    """A site whose play fine (OR-10) is 10 yuan, with one fine in each of September, October and November 2026."""
    site = make_site(folder, units or {UNIT: ["online_retail"]}, managers=["M1", "M2"], extra=extra)
    site.drop({"roster": ROSTER, "discipline": DISCIPLINE})
    return site


def copy_of(site: Site, folder: Path) -> Site:
    """The site as it stands, in another folder."""
    return Site(Path(shutil.copytree(site.folder, folder / "site", copy_function=shutil.copy2)))


class RuleBook:
    """The rule book of a site's outbox in a manager's hands."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.path = site.folder / "outbox" / "规则簿.xlsx"
        self.book = openpyxl.load_workbook(self.path)

    def rows(self, sheet: str) -> list[dict[str, str]]:
        """The rows of a sheet by header."""
        header, *rows = list(self.book[sheet].iter_rows(min_row=3, values_only=True))
        return [dict(zip(header, ("" if v is None else v for v in row), strict=True)) for row in rows if any(row)]

    def sign(self, who: str, sheet: str = "数值") -> RuleBook:
        """Write who proposes beside 提出人工号."""
        self.book[sheet]["B1"] = who
        return self

    def fill(self, sheet: str, where: dict[str, str], **cells: Any) -> RuleBook:
        """Fill cells of the first row that says this."""
        target = self.book[sheet]
        header = {cell.value: cell.column for cell in target[3]}
        for row in range(4, target.max_row + 1):
            if all(str(target.cell(row, header[name]).value) == value for name, value in where.items()):
                for name, value in cells.items():
                    target.cell(row, header[name]).value = value
                return self
        raise AssertionError(f"{sheet}: no row says {where}")

    def add(self, sheet: str, **cells: Any) -> RuleBook:
        """Add a row below the last."""
        target = self.book[sheet]
        header = {cell.value: cell.column for cell in target[3]}
        row = (
            max(row for row in range(3, target.max_row + 1) if any(c.value not in (None, "") for c in target[row])) + 1
        )
        for name, value in cells.items():
            target.cell(row, header[name]).value = value
        return self

    def drop(self, name: str = "规则簿.xlsx", change: Callable[[Any], None] | None = None) -> None:
        """Put the workbook into the inbox."""
        if change is not None:
            change(self.book)
        self.book.save(self.site.folder / "inbox" / name)


def play_fine(site: Site, value: Any = 20, since: str = "2026-10-01", who: str = "M1", **cells: Any) -> RuleBook:
    """Propose another play fine."""
    given = {"新值": value, "新值自何日起": since, "理由": "屡禁不止", **cells}
    return RuleBook(site).sign(who).fill("数值", {"代号": "play_fine"}, **given)


def approve(site: Site, number: str = "P2026-0001", verdict: str = "批准", who: str = "M2") -> None:
    """Decide a waiting proposal."""
    RuleBook(site).fill("待批准", {"提案编号": number}, 决定=verdict, 批准人工号=who).drop("批复.xlsx")


def fines(site: Site) -> dict[str, str]:
    """Registration number -> fine."""
    return {line["subject"]: line["amount"] for line in site.lines() if line["effect"] == "fine"}


def annotated(site: Site, name: str, sheet: str) -> dict[str, dict[str, str]]:
    """The annotated rows of a sheet, by the value in their first filled column, those with a 处理状态."""
    book = openpyxl.load_workbook(site.folder / "outbox" / "annotated" / name)
    rows = list(book[sheet].iter_rows(min_row=3, values_only=True))
    return {str(index): dict(zip(rows[0], row, strict=True)) for index, row in enumerate(rows[1:], 4) if any(row)}
