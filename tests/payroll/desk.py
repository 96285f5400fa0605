"""What an HR desk does with a site: reads its sheets, answers what waits, closes months."""

from __future__ import annotations

import csv
import shutil
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
from sitework import Site, command

ROSTER = "工号,姓名,门店,部门,岗位,级别,直接主管工号,入职日期,转正日期,离职日期,月工资,全勤奖"
DISCIPLINE = "登记编号,日期,工号,姓名,条款编号,情节,数量,点数,金额,说明,登记人工号,违反规定"
COMPLAINTS = "投诉编号,受理时间,受理人工号,投诉级别,责任类型,责任人工号,是否争吵"
SUGGESTIONS = "建议编号,日期,工号,内容,是否采纳,奖励金额"
FUND = "流水号,日期,收支,金额,事由,经手人工号"
APPEALS = "申诉编号,决定编号,申诉人工号,申诉日期,理由,处理结果,改为金额,处理人工号,处理日期"
CONFIRMATIONS = "决定编号,决定,改为金额,确认人工号,确认日期"
MONTH_CLOSE = "期间,关账,关账人工号,仍要关账"


def table(header: str, *rows: str) -> str:
    return "\n".join((header, *rows))


def employee(
    staff_no: str,
    wage: Any = 5000,
    *,
    unit: str = "一部",
    boss: str = "M001",
    left: str = "",
    post: str = "客服",
    department: str = "客服部",
) -> str:
    """A row of the roster."""
    return f"{staff_no},{staff_no}名,{unit},{department},{post},,{boss},2020-01-01,2020-04-01,{left},{wage},"


MANAGER = employee("M001", 9000, boss="", post="经理")


def roster(*rows: str) -> str:
    return table(ROSTER, MANAGER, *rows)


def penalty(
    number: str, day: str, staff_no: str, clause: str, *, amount: Any = "", points: str = "", rule: str = ""
) -> str:
    """A row of the register of rewards and penalties."""
    return f"{number},{day},{staff_no},,{clause},,,{points},{amount},登记,M001,{rule}"


def discipline(*rows: str) -> str:
    return table(DISCIPLINE, *rows)


def complaint(number: str, day: str, staff_no: str) -> str:
    return f"{number},{day} 10:00,{staff_no},一般,服务,{staff_no},否"


def deliver(site: Site, as_of: Any, registers: dict[str, str], name: str = "登记表.xlsx") -> dict[str, Any]:
    """Drop one workbook and run a batch."""
    site.drop(registers, name)
    return site.once(as_of)


def copy_of(site: Site, folder: Path) -> Site:
    """The site as it stands, in another folder."""
    return Site(Path(shutil.copytree(site.folder, folder / "site", copy_function=shutil.copy2)))


def line(site: Site, **wanted: str) -> dict[str, str]:
    """The one line of decisions.csv with these values."""
    found = lines(site, **wanted)
    assert len(found) == 1, found
    return found[0]


def lines(site: Site, **wanted: str) -> list[dict[str, str]]:
    return [row for row in site.lines() if all(row[name] == value for name, value in wanted.items())]


def sheet(site: Site, period: str, title: str = "明细") -> list[dict[str, Any]]:
    """The rows of one sheet of a month's HR workbook, by header; None becomes an empty text."""
    book = openpyxl.load_workbook(site.folder / f"outbox/hr/{period}.xlsx")
    header, *rows = book[title].values
    return [dict(zip(header, ("" if value is None else value for value in row), strict=True)) for row in rows]


def control(site: Site, period: str) -> dict[str, Any]:
    return {row["项目"]: row["值"] for row in sheet(site, period, "控制")}


def account(site: Site, period: str, staff_no: str) -> dict[str, Any]:
    """The employee's line of 汇总."""
    [found] = [row for row in sheet(site, period, "汇总") if row["工号"] == staff_no]
    return found


def carried(site: Site, period: str, staff_no: str) -> dict[str, list[float]]:
    """决定编号 -> amounts of the employee's 结转 lines of a month."""
    found: dict[str, list[float]] = {}
    for row in sheet(site, period):
        if row["工号"] == staff_no and row["项目编码"] == "结转":
            assert row["项目名称"] == "结转"
            found.setdefault(row["决定编号"], []).append(row["金额"])
    return found


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def waiting(site: Site) -> list[str]:
    """The decision ids that 待确认事项.xlsx lists."""
    book = openpyxl.load_workbook(site.folder / "outbox/待确认事项.xlsx")
    return [row[0] for row in book.active.iter_rows(min_row=2, values_only=True) if row[0]]


def answer(
    site: Site, as_of: Any, answers: dict[str, tuple[Any, ...]], name: str = "待确认事项.xlsx"
) -> dict[str, Any]:
    """Fill the outbox's own 待确认事项.xlsx (id -> 决定, 改为金额, 确认人工号, 确认日期), drop it, and run a batch."""
    book = openpyxl.load_workbook(site.folder / "outbox/待确认事项.xlsx")
    found = book.active
    columns = {cell.value: cell.column for cell in found[1]}
    for row in range(2, found.max_row + 1):
        given = answers.get(found.cell(row, columns["决定编号"]).value, ())
        for header, value in zip(("决定", "改为金额", "确认人工号", "确认日期"), given, strict=False):
            if value is not None:
                found.cell(row, columns[header]).value = value
    book.save(site.folder / "inbox" / name)
    return site.once(as_of)


def confirm(site: Site, as_of: Any, rows: list[str], name: str = "答复.xlsx") -> dict[str, Any]:
    """Answer by rows of one's own, in the columns of CONFIRMATIONS."""
    return deliver(site, as_of, {"confirmations": table(CONFIRMATIONS, *rows)}, name)


def appeal(site: Site, as_of: Any, *rows: str, name: str = "申诉.xlsx") -> dict[str, Any]:
    return deliver(site, as_of, {"appeals": table(APPEALS, *rows)}, name)


def close(site: Site, period: str, as_of: Any, by: str = "M001") -> str:
    """Close a month whatever is in the way."""
    code, out, err = command("close", period, "--config", site.config, "--as-of", str(as_of), "--anyway", "--by", by)
    assert code == 0, err
    return out


def closing(*periods: str, by: str = "M001") -> dict[str, str]:
    """A 月结单 that closes months whatever is in the way, to be delivered with the rest of a batch."""
    return {"month_close": table(MONTH_CLOSE, *(f"{period},是,{by},是" for period in periods))}


def explain(site: Site, decision_id: str) -> str:
    code, out, err = command("explain", decision_id, "--config", site.config)
    assert code == 0, err
    return out


def files(site: Site, folder: str = "outbox/hr") -> dict[str, tuple[bytes, int]]:
    """Path -> bytes and time of change of every file below a folder of the site."""
    root = site.folder / folder
    return {
        path.relative_to(root).as_posix(): (path.read_bytes(), path.stat().st_mtime_ns)
        for path in sorted(root.rglob("*"))
        if path.is_file()
    }


def day(text: str) -> date:
    return date.fromisoformat(text)
