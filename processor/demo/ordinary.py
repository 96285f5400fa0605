"""Ordinary days of the sample company: what fills registers when nothing much happens, made with a seed."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

from processor.demo.company import Company
from processor.demo.people import customer
from processor.demo.scenes import DAYS, FIRST_DAY, Event

RENOVATION, CHATTING, PHONES = ("城东店", "城西店"), ("网店", "淘宝店"), {"城东店": "前台文员", "旅行社": "客服"}
STORE, SALON, ESTATE, GAS = "惠民超市", "美容会所", "物业公司", "燃气公司"
SIZES = {"小单": (12_000, 30_000), "中单": (30_000, 50_000), "大单": (50_000, 120_000)}
LEVELS = {"小单": ("设计师", "副主任设计师"), "中单": ("主任设计师",), "大单": ("首席设计师",)}
TREATMENTS = ("面部护理", "肩颈护理", "身体护理", "头皮护理")


def ordinary_events(company: Company) -> Iterator[Event]:
    """All rows that are not planned, in order of trade."""
    for unit in RENOVATION:
        yield from _orders_of_a_shop(company, unit, random.Random(f"shop {unit}"))
    for unit in CHATTING:
        yield from _chats(company, unit, random.Random(f"chats {unit}"))
        yield from _shifts(company, unit, random.Random(f"shifts {unit}"))
    for unit, post in PHONES.items():
        yield from _calls(company.staff(unit, 岗位=post)[:2], unit, random.Random(f"calls {unit}"))
    yield from _online_orders(company.staff("网店", 岗位="客服"), random.Random("orders"))
    yield from _store_attendance(company, random.Random("attendance"))
    yield from _cashiers(company.staff(STORE, 岗位="收银员"), random.Random("cashier"))
    yield from _consumption(company.staff(SALON, 岗位="技师"), random.Random("consumption"))
    yield from _patrols(company.staff(ESTATE, 部门="安保部"), random.Random("patrols"))
    yield from _meters(company.staff(GAS, 岗位="客服"), random.Random("meters"))


def _days() -> Iterator[date]:
    return (FIRST_DAY + timedelta(days=number) for number in range(DAYS))


def _moment(chance: random.Random, first_hour: int, last_hour: int) -> datetime:
    day = FIRST_DAY + timedelta(days=chance.randrange(DAYS))
    return datetime.combine(day, time(chance.randrange(first_hour, last_hour), chance.randrange(60)))


def _clock(hour: int, minute: int, shift: int) -> time:
    return (datetime(2026, 1, 1, hour, minute) + timedelta(minutes=shift)).time()


def _orders_of_a_shop(company: Company, unit: str, chance: random.Random) -> Iterator[Event]:
    sellers = company.staff(unit, 岗位="业务员")
    dispatcher = company.staff(unit, 岗位="客户经理")[0]
    letter = dispatcher[0]
    for number in range(44):
        day = FIRST_DAY + timedelta(days=number * 4 // 3 + chance.randrange(2))
        who = customer(1000 + number + 500 * RENOVATION.index(unit))
        size = chance.choice(("小单", "小单", "中单", "大单"))
        seller, enquiry = chance.choice(sellers), f"{letter}ZX{number + 1:04d}"
        invited = (
            {"约访人工号": seller, "约访日期": day - timedelta(days=1), "到店日期": day}
            if chance.random() < 0.7
            else {}
        )
        yield Event("enquiries", unit, {
            "咨询编号": enquiry, "咨询日期": day, "客户姓名": who.name, "联系电话": who.phone, "装修地址": who.address,
            "房屋面积": chance.randrange(60, 190), "预算金额": chance.randrange(*SIZES[size], 500),
            "来源渠道": chance.choice(("电话", "网络", "自然进店", "老客户")), **invited,
        })  # fmt: skip
        if chance.random() < 0.12:
            continue
        level = chance.choice(LEVELS[size])
        designer = chance.choice(company.staff(unit, 岗位="设计师", 级别=level) or company.staff(unit, 岗位="设计师"))
        yield Event("dispatch", unit, {
            "派单编号": f"{letter}PD{number + 1:04d}", "咨询编号": enquiry, "派单日期": day + timedelta(days=1),
            "设计师工号": designer, "派单人工号": dispatcher, "派单方式": "正常", "是否拒单": "否",
        })  # fmt: skip
        if chance.random() < 0.4:
            signed = day + timedelta(days=chance.randrange(5, 18))
            if signed < FIRST_DAY + timedelta(days=DAYS):
                yield Event("contracts", unit, {
                    "合同编号": f"{letter}HT{number + 1:04d}", "签订日期": signed, "咨询编号": enquiry, "客户姓名": who.name,
                    "合同类型": chance.choice(("施工", "施工", "设计")), "合同金额": chance.randrange(*SIZES[size], 100),
                    "设计师工号": designer,
                })  # fmt: skip


def _chats(company: Company, unit: str, chance: random.Random) -> Iterator[Event]:
    staff = company.staff(unit, 岗位="客服")
    for number in range(260):
        first = chance.choice((3, 5, 8, 9, 11, 12, 14, 15, 18, 24, 31))
        yield Event("chats", unit, {
            "会话编号": f"{staff[0][0]}C{number + 1:05d}", "开始时间": _moment(chance, 9, 23), "客服工号": chance.choice(staff),
            "首次响应秒数": first, "最长响应秒数": first + chance.randrange(12), "平均响应秒数": first,
            "是否成交": chance.choice("是否"),
        })  # fmt: skip


def _shifts(company: Company, unit: str, chance: random.Random) -> Iterator[Event]:
    staff = company.staff(unit, 岗位="客服")
    online = unit == CHATTING[0]
    for day in _days():
        for seat, staff_no in enumerate(staff):
            turn = (day - FIRST_DAY).days + seat * 2
            begin, end, rests = (
                (time(8, 30), time(17, 30), turn % 7 == 0) if online else (time(18, 30), time(23, 59), turn % 2 == 1)
            )
            if rests and (seat, day.day) not in ((0, 15), (0, 16), (1, 20), (1, 22)):
                continue
            late = chance.randrange(1, 25) if chance.random() < 0.03 else -chance.randrange(1, 15)
            yield Event("attendance", unit, {
                "日期": day, "工号": staff_no, "班次": "白班" if online else "晚班", "应到时间": begin, "应退时间": end,
                "上班打卡": _clock(begin.hour, begin.minute, late), "下班打卡": end, "状态": "迟到" if late > 0 else "正常",
            })  # fmt: skip


def _calls(staff: list[str], unit: str, chance: random.Random) -> Iterator[Event]:
    for number in range(110):
        yield Event("calls", unit, {
            "通话编号": f"{staff[0][0]}T{number + 1:05d}", "来电时间": _moment(chance, 9, 18), "接听人工号": chance.choice(staff),
            "振铃次数": chance.choice((1, 1, 2, 2, 3)), "等待秒数": chance.randrange(3, 20), "是否致歉": "否", "记录是否清晰": "是",
        })  # fmt: skip


def _online_orders(staff: list[str], chance: random.Random) -> Iterator[Event]:
    for number in range(220):
        placed, staff_no = _moment(chance, 9, 23), chance.choice(staff)
        promised = placed.date() + timedelta(days=4)
        yield Event("orders", "网店", {
            "订单号": f"E{202600000 + number}", "下单时间": placed, "客服工号": staff_no,
            "备注工号": staff_no if chance.random() > 0.02 else None, "订单金额": round(chance.uniform(19, 900), 1),
            "特殊要求": "无", "是否插旗": "否", "承诺送达日期": promised, "签收日期": promised - timedelta(days=chance.randrange(3)),
        })  # fmt: skip


def _store_attendance(company: Company, chance: random.Random) -> Iterator[Event]:
    staff = [row["工号"] for row in company.roster if row["门店"] == STORE and row["岗位"] not in ("总经理", "主管")]
    for day in _days():
        for seat, staff_no in enumerate(staff):
            if (day.toordinal() + seat) % 7 == 0 or (staff_no == "0345" and day > date(2026, 10, 20)):
                continue
            wobble = chance.random()
            late = chance.randrange(1, 40) if wobble < 0.02 else -chance.randrange(0, 15)
            leaves = -20 if 0.02 < wobble < 0.03 else chance.randrange(0, 20)
            state = "迟到" if late > 0 else "早退" if leaves < 0 else chance.choice(("正常", "正常", None))
            yield Event("attendance", STORE, {
                "日期": day, "工号": staff_no, "班次": "早班", "应到时间": time(8, 30), "应退时间": time(17, 30),
                "上班打卡": _clock(8, 30, late), "下班打卡": _clock(17, 30, leaves), "状态": state,
            })  # fmt: skip


def _cashiers(staff: list[str], chance: random.Random) -> Iterator[Event]:
    for day in _days():
        for seat, staff_no in enumerate(staff):
            if (day.toordinal() + seat) % 7 == 0:
                continue
            taken, bad_week = 6_000 - seat * 400 + chance.randrange(300), day.isocalendar().week in (38, 42)
            yield Event("cashier", STORE, {
                "日期": day, "工号": staff_no, "笔数": 160 - seat * 9 + chance.randrange(8), "来客数": 150 - seat * 8 + chance.randrange(6),
                "系统金额": taken, "实收金额": taken + _difference(seat, bad_week, chance), "多打次数": _slips(seat, bad_week),
                "漏打次数": int(bad_week and seat == 3), "未消磁次数": int(seat == 4 and day.day == 9),
            })  # fmt: skip


def _difference(seat: int, bad_week: bool, chance: random.Random) -> float:
    """Cash over or short: the first cashier is exact, the later ones have bad weeks."""
    if bad_week and seat in (4, 5, 6):
        return {4: 3.5, 5: -35.0, 6: 42.0}[seat]
    return 0 if seat == 0 else chance.choice((0, 0, 0, 0.5, -0.5, 1.5))


def _slips(seat: int, bad_week: bool) -> int:
    return int(bad_week and seat in (3, 5))


def _consumption(staff: list[str], chance: random.Random) -> Iterator[Event]:
    for number in range(90):
        yield Event("consumption", SALON, {
            "消费单号": f"MX{number + 1:04d}", "消费日期": FIRST_DAY + timedelta(days=chance.randrange(DAYS)), "门店": SALON,
            "卡号": f"C10{chance.randrange(1, 9):02d}", "项目": chance.choice(TREATMENTS), "金额": chance.randrange(80, 900, 20),
            "服务人员工号": chance.choice(staff),
        })  # fmt: skip


def _patrols(staff: list[str], chance: random.Random) -> Iterator[Event]:
    for number, day in enumerate(_days()):
        for kind, hour in (("日巡查", 9), ("收尾检查", 21)):
            if chance.random() < 0.05:
                continue
            yield Event("inspections", ESTATE, {
                "记录编号": f"XJ{number + 1:03d}{'AB'[hour > 12]}", "时间": datetime.combine(day, time(hour, chance.randrange(30))),
                "类型": kind, "部位": "服务大厅", "结果": "正常", "检查人工号": chance.choice(staff), "签字": "是",
            })  # fmt: skip


def _meters(staff: list[str], chance: random.Random) -> Iterator[Event]:
    for month in (9, 10):
        for number in range(40):
            read, used = date(2026, month, 20 + number % 6), chance.randrange(8, 45)
            paid = read + timedelta(days=chance.randrange(2, 9))
            row: dict[str, Any] = {
                "用户编号": f"JM{number + 1:03d}", "月份": f"2026-{month:02d}", "用户类别": "居民", "抄表日期": read,
                "抄表员工号": staff[number % len(staff)], "用气量": used, "应收金额": round(used * 3.5, 2), "客户签字": "是",
                "结算单送达日期": read + timedelta(days=1), "缴费日期": paid, "报表差错": "否", "门店": GAS,
            }  # fmt: skip
            yield Event("meter_readings", GAS, row)
