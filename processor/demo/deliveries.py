"""Which registers lie in which workbook of which month, with the accidents that happen when people type."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from processor.catalogue.register import Column, Register
from processor.catalogue.register_reader import load_registers
from processor.demo.company import Company
from processor.demo.scenes import Event

MONTHS = ("2026-08", "2026-09", "2026-10")
DELIVERED = "交表月份"  # of a scene's row that was handed in late
WORKBOOKS = {
    "客户与派单": (
        "enquiries",
        "lead_archive",
        "transfer_slips",
        "authorisations",
        "dispatch",
        "contracts",
        "lost_orders",
    ),
    "考勤排班": ("attendance", "duty", "swaps", "leave"),
    "接待与投诉": ("chats", "calls", "typing", "handover", "complaints", "followups"),
    "订单": ("orders", "travel_orders"),
    "奖惩与汇报": ("discipline", "suggestions", "weekly_reports", "probation", "fund"),
    "收银": ("cashier",),
    "会员": ("members", "member_system", "consumption", "card_merges", "refunds"),
    "项目与工单": ("projects", "service_tickets", "faults", "patrols"),
    "抄表收费": ("meter_readings",),
    "物资": ("material_requests", "stock", "stock_count"),
    "消防安全": ("inspections", "equipment", "hazards"),
    "计划与培训": ("work_plans", "surveys", "trainings", "launches"),
    "拜访与整改": ("visits", "customer_files", "rectifications"),
}
NEEDS_UNIT = ("equipment", "projects", "stock", "surveys", "material_requests", "authorisations", "lead_archive")
MANY_ROWS = 12
#: Tables that somebody checks before they are handed in: nobody is ranked in a month of which a row cannot be read.
CHECKED = frozenset({"cashier"})
UNKNOWN_STAFF = "9999"
UNREADABLE = {
    "date": "9月31日",
    "datetime": "早上",
    "money": "约三千",
    "number": "不详",
    "count": "几次",
    "time": "八点半",
}


@dataclass(frozen=True)
class Table:
    """One register's rows in one workbook, in the order in which staff wrote them."""

    register: Register
    rows: list[dict[str, Any]]


@dataclass(frozen=True)
class Delivery:
    """One workbook: its name without suffix, unit, month `YYYY-MM`, and a sheet for each table."""

    name: str
    unit: str
    month: str
    tables: list[Table]


def deliveries(company: Company, events: Iterable[Event]) -> Iterator[Delivery]:
    """The roster and every unit's workbooks, month by month."""
    registers = load_registers()
    names = {row["工号"]: row["姓名"] for row in company.roster}
    sorted_rows: dict[tuple[str, str, str], list[dict[str, Any]]] = {}
    for event in _once(events, registers):
        register = registers[event.register]
        row = {column.header: typed(column, event.row.get(column.header)) for column in register.columns}
        if "姓名" in row and row.get("工号") in names:
            row["姓名"] = names[row["工号"]]
        if event.register in NEEDS_UNIT:
            row["门店"] = event.unit
        month = event.row.get(DELIVERED) or _month(register, row)
        sorted_rows.setdefault((month, event.unit, event.register), []).append(row)
    yield Delivery("花名册/员工花名册", "公司", MONTHS[0], [Table(registers["roster"], company.roster)])
    for month in MONTHS:
        for unit in company.units:
            for title, members in WORKBOOKS.items():
                tables = [
                    Table(registers[name], _lived(registers[name], sorted_rows[month, unit, name], month, unit))
                    for name in members
                    if (month, unit, name) in sorted_rows
                ]
                if tables:
                    yield Delivery(f"{unit}/{unit}{title}{month}", unit, month, tables)


def _once(events: Iterable[Event], registers: Mapping[str, Register]) -> Iterator[Event]:
    """Each natural key once: what was planned comes first and stands."""
    seen: set[tuple[str, ...]] = set()
    for event in events:
        key = (event.register, *(str(event.row.get(header)) for header in registers[event.register].key))
        if key not in seen:
            seen.add(key)
            yield event


def typed(column: Column, value: Any) -> Any:
    """The text of a scene as the column's type; what is no text stays."""
    if not isinstance(value, str):
        return value
    if column.type == "date":
        return date.fromisoformat(value)
    if column.type == "datetime":
        return datetime.fromisoformat(value)
    if column.type == "time":
        return time.fromisoformat(value)
    if column.type in ("money", "number"):
        return float(value)
    return int(value) if column.type == "count" else value


def _month(register: Register, row: Mapping[str, Any]) -> str:
    """The month in which the row is delivered: that of its first date, never before the first."""
    for column in register.columns:
        value = row.get(column.header)
        if value and (column.type in ("date", "datetime") or column.header in ("月份", "计划月份")):
            return max(MONTHS[0], value if isinstance(value, str) else f"{value:%Y-%m}")
    return MONTHS[0]


def _lived(register: Register, rows: list[dict[str, Any]], month: str, unit: str) -> list[dict[str, Any]]:
    """Rows by date, and in long tables that nobody checks a row typed twice, one that cannot be read, and one of an
    unknown person.
    """
    day = register.date_column
    if day:
        rows = sorted(rows, key=lambda row: (row[day] is None, str(row[day])))
    if len(rows) < MANY_ROWS or register.name in CHECKED:
        return rows
    chance = random.Random(f"{unit} {register.name} {month}")
    twice, unreadable, stranger = (chance.randrange(len(rows)) for _ in range(3))
    extra = [dict(rows[twice])]
    columns = [
        column for column in register.columns if column.type in UNREADABLE and rows[unreadable].get(column.header)
    ]
    if columns:
        column = chance.choice(columns)
        extra.append(_renumbered(register, rows[unreadable], "A") | {column.header: UNREADABLE[column.type]})
    posts = [header for header in register.staff_columns if rows[stranger].get(header)]
    if posts:
        extra.append(_renumbered(register, rows[stranger], "B") | {posts[0]: UNKNOWN_STAFF})
    return rows + extra


def _renumbered(register: Register, row: Mapping[str, Any], letter: str) -> dict[str, Any]:
    key = register.key[0]
    own = register.column(key).type == "id"
    return dict(row) | ({key: f"{row[key]}{letter}"} if own else {})
