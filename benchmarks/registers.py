"""Registers of any size for the benchmarks: plausible rows, made with a seed."""

from __future__ import annotations

import random
import zlib
from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import xlsxwriter

from processor.catalogue.register_reader import load_registers

UNITS = {
    "城东店": ["renovation"],
    "网店": ["online_retail"],
    "卖场": ["department_store"],
    "车队": ["gps_service"],
}
ROSTER = [
    ("城东店", "客服部", "客户经理", "", 1),
    ("城东店", "设计部", "设计师", "设计师", 40),
    ("城东店", "设计部", "设计师", "主任设计师", 30),
    ("城东店", "设计部", "设计师", "首席设计师", 20),
    ("城东店", "市场部", "业务员", "", 20),
    ("网店", "客服部", "客服", "", 60),
    ("卖场", "收银部", "收银员", "", 60),
    ("卖场", "卖场", "营业员", "", 60),
    ("车队", "维修部", "主管", "", 1),
]

LEVEL_OF = {
    20_000: "设计师",
    29_999: "设计师",
    30_000: "主任设计师",
    45_000: "主任设计师",
    50_000: "首席设计师",
    90_000: "首席设计师",
}


def hired(staff_no: str, day: date) -> dict[str, Any]:
    """A row of the roster: a salesman who starts on the day."""
    return {
        "工号": staff_no, "姓名": f"员工{staff_no}", "门店": "城东店", "部门": "市场部", "岗位": "业务员", "级别": "",
        "直接主管工号": "E1001", "入职日期": day, "转正日期": day + timedelta(90), "月工资": 5000, "全勤奖": 200,
    }  # fmt: skip


class Maker:
    """Rows of each register, dated inside `days` days from `first`."""

    def __init__(self, first: date, days: int, seed: int = 1, prefix: str = "") -> None:
        self.first, self.days, self.random, self.prefix = first, days, random.Random(seed), prefix
        self.staff: dict[str, list[str]] = {}
        self.roster_rows = list(self._roster())

    def _roster(self) -> Iterator[dict[str, Any]]:
        number = 1000
        for unit, department, post, level, count in ROSTER:
            for _ in range(count):
                number += 1
                staff_no = f"E{number}"
                self.staff.setdefault(post if post != "设计师" else level, []).append(staff_no)
                yield {
                    "工号": staff_no, "姓名": f"员工{number}", "门店": unit, "部门": department, "岗位": post, "级别": level,
                    "直接主管工号": "E1001", "入职日期": date(2015, 1, 1), "转正日期": date(2015, 4, 1), "月工资": 6000, "全勤奖": 200,
                }  # fmt: skip

    def day(self) -> date:
        return self.first + timedelta(days=self.random.randrange(self.days))

    def moment(self) -> datetime:
        return datetime.combine(self.day(), time(8)) + timedelta(seconds=self.random.randrange(36_000))

    def rows(self, register: str, count: int) -> list[dict[str, Any]]:
        """`count` rows of a register."""
        make: Callable[[int], dict[str, Any]] = getattr(self, register)
        return [make(index) for index in range(count)]

    def enquiries(self, index: int) -> dict[str, Any]:
        day = self.day()
        return {
            "咨询编号": f"{self.prefix}Q{index}", "咨询日期": day, "客户姓名": f"客户{index}",
            "联系电话": f"139{zlib.crc32(self.prefix.encode() + bytes(str(index), 'ascii')) % 10**8:08d}",
            "装修地址": f"{self.prefix}花园{index}号",
            "房屋面积": 80 + index % 100,
            "预算金额": self.budget(index),
            "来源渠道": self.random.choice(["电话", "网络", "自然进店", "老客户"]),
            "约访人工号": self.random.choice(self.staff["业务员"]), "约访日期": day, "到店日期": day, "门店": "城东店",
        }  # fmt: skip

    def budget(self, index: int) -> int:
        return list(LEVEL_OF)[index * 7 % len(LEVEL_OF)]

    def dispatch(self, index: int) -> dict[str, Any]:
        level = LEVEL_OF[self.budget(index)] if index % 30 else "设计师"
        return {
            "派单编号": f"{self.prefix}P{index}", "咨询编号": f"{self.prefix}Q{index}", "派单日期": self.day(), "派单人工号": "E1001",
            "设计师工号": self.random.choice(self.staff[level]), "派单方式": "正常", "是否拒单": "否", "门店": "城东店",
        }  # fmt: skip

    def contracts(self, index: int) -> dict[str, Any]:
        return {
            "合同编号": f"{self.prefix}H{index}", "签订日期": self.day(), "咨询编号": f"{self.prefix}Q{index}", "客户姓名": f"客户{index}",
            "合同类型": self.random.choice(["设计", "施工"]), "合同金额": 30_000 + index % 50_000,
            "设计师工号": self.random.choice(self.staff["主任设计师"]), "门店": "城东店",
        }  # fmt: skip

    def calls(self, index: int) -> dict[str, Any]:
        return {
            "通话编号": f"{self.prefix}T{index}", "来电时间": self.moment(), "接听人工号": "E1001",
            "振铃次数": self.random.choice([1, 2, 2, 3, 3]) + (index % 40 == 0),
            "等待秒数": 5, "是否致歉": "否", "记录是否清晰": "是", "门店": "城东店",
        }  # fmt: skip

    def chats(self, index: int) -> dict[str, Any]:
        return {
            "会话编号": f"{self.prefix}C{index}", "开始时间": self.moment(), "客服工号": self.random.choice(self.staff["客服"]),
            "首次响应秒数": self.random.choice([5, 8, 10, 12, 15, 20, 25, 30, 40, 59]) + 30 * (index % 50 == 0),
            "最长响应秒数": 40, "平均响应秒数": 15, "是否成交": "否",
        }  # fmt: skip

    def orders(self, index: int) -> dict[str, Any]:
        staff_no = self.random.choice(self.staff["客服"])
        return {
            "订单号": f"{self.prefix}O{index}", "下单时间": self.moment(), "客服工号": staff_no, "备注工号": staff_no if index % 50 else None,
            "订单金额": 10 + index % 500, "特殊要求": None, "是否插旗": "否", "承诺送达日期": self.day(), "签收日期": self.day(),
        }  # fmt: skip

    def complaints(self, index: int) -> dict[str, Any]:
        staff_no = self.random.choice(self.staff["客服"])
        return {
            "投诉编号": f"{self.prefix}K{index}", "受理时间": self.moment(), "受理人工号": staff_no, "客户姓名": "甲", "联系电话": "13900000001",
            "投诉级别": "一般", "责任类型": "服务" if index % 40 == 0 else "产品", "责任人工号": staff_no, "是否争吵": "否",
        }  # fmt: skip

    def service_tickets(self, index: int) -> dict[str, Any]:
        received = self.moment()
        return {
            "服务单号": f"{self.prefix}S{index}", "类型": "维修", "受理时间": received, "受理人工号": "E1001",
            "客户姓名": f"客户{index}", "联系电话": f"139{index % 10**8:08d}", "地址": f"花园路{index}号",
            "商品型号": f"GT{index % 50}",
            "购买日期": self.first, "故障现象": f"终端离线，第{index % 900}次来电", "批准人工号": self.staff["主管"][0], "批准时间": received,
            "服务人员工号": self.staff["主管"][0], "出发时间": received + timedelta(hours=1), "到达时间": received + timedelta(hours=2),
            "方式": "现场", "车牌号": f"京A{index % 10**5:05d}", "保修期内": "是", "是否返修": "否", "门店": "车队",
        }  # fmt: skip

    def discipline(self, index: int) -> dict[str, Any]:
        return {
            "登记编号": f"{self.prefix}J{index}", "日期": self.day(), "工号": self.random.choice(self.staff["营业员"]),
            "条款编号": self.random.choice(["DS-F1", "DS-F2", "DS-F4", "DS-F8", "DS-F14"]), "登记人工号": "E1001", "说明": "现场检查",
        }  # fmt: skip

    def attendance(self, index: int) -> dict[str, Any]:
        staff = self.staff["营业员"]
        late = self.random.random() < 0.05
        return {
            "日期": self.first + timedelta(days=index // len(staff)), "工号": staff[index % len(staff)], "班次": "早班",
            "应到时间": time(9), "应退时间": time(18), "上班打卡": time(9, 5) if late else time(8, 50), "下班打卡": time(18, 5),
        }  # fmt: skip

    def cashier(self, index: int) -> dict[str, Any]:
        staff = self.staff["收银员"]
        taken = 5_000 + self.random.randrange(1_000)
        return {
            "日期": self.first + timedelta(days=index // len(staff)), "工号": staff[index % len(staff)], "笔数": 100 + index % 50,
            "来客数": 90 + index % 50, "系统金额": taken, "实收金额": taken + self.random.choice([0] * 40 + [1, -3, 31]),
            "多打次数": 0, "漏打次数": 0, "未消磁次数": 0,
        }  # fmt: skip


#: A register of twenty filled columns, for a single large workbook.
WIDE = "service_tickets"
REGISTERS = (
    "enquiries",
    "dispatch",
    "contracts",
    "calls",
    "chats",
    "orders",
    "complaints",
    "discipline",
    "attendance",
    "cashier",
)


def write_book(path: Path, sheets: dict[str, list[dict[str, Any]]]) -> None:
    """A workbook with typed cells, one sheet a register."""
    with xlsxwriter.Workbook(str(path), {"constant_memory": True}) as book:
        formats = {
            date: book.add_format({"num_format": "yyyy-mm-dd"}),
            datetime: book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"}),
            time: book.add_format({"num_format": "hh:mm"}),
        }
        for name, rows in sheets.items():
            register = load_registers()[name]
            sheet = book.add_worksheet(register.title)
            sheet.write_row(0, 0, register.headers)
            for number, row in enumerate(rows, 1):
                for column, header in enumerate(register.headers):
                    value = row.get(header)
                    if value is None:
                        continue
                    if type(value) in formats:
                        sheet.write_datetime(number, column, value, formats[type(value)])
                    else:
                        sheet.write(number, column, value)


def write_site(folder: Path) -> Path:
    """A site with three units that reads at once; returns its site.toml."""
    text = '[site]\nname = "测速公司"\nsettle_seconds = 0\n'
    for unit, packs in UNITS.items():
        text += f'[[units]]\nname = "{unit}"\npacks = {packs!r}\n'.replace("'", '"')
    (folder / "inbox").mkdir(parents=True, exist_ok=True)
    config = folder / "site.toml"
    config.write_text(text, encoding="utf-8")
    return config
