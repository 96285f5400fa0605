"""Attendance exports of every known layout, with cells that fit and cells that do not."""

from __future__ import annotations

from random import Random
from typing import Any

from benchmarks.fuzz import values

_WHO = ["姓名", "考勤组", "部门", "工号", "职位", "UserId"]
_WEEKDAYS = "四五六日一二三"  # 2026-10-01 is a Thursday
_TITLES = [
    "每日统计 统计日期：2026-10-01 至 2026-10-31",
    "统计时间:10-01 ～ 10-31  制表时间:2026-11-01 09:00:00",
    "2026年10月",
    "考勤",
    "",
]
_SPANS = ["2026-10-01～2026-10-31", "10-01 ～ 10-31", "2026年10月", "", "2026-10-01 至 2026-10-15"]
_RESULTS = ["正常", "迟到", "迟到12分钟", "早退", "缺卡", "旷工", "外出", "出差", "请假", "事假10-12 09:00到10-12 18:00", "未排班", "休息",
            "管理员甲改为正常", "补卡审批通过", "--", "", "正常（外勤）", "打卡无效：此记录已被更新"]  # fmt: skip
_TIMES = [
    "08:52",
    "18:05",
    "次日 01:05",
    "01:05(次日)",
    "上午 07:59",
    "08:52;18:05",
    "08:52  \n18:05(补卡)",
    "--",
    "",
    "25:61",
    0.37,
    1.04,
]
_DAILY = [
    (None, [*_WHO, "日期", "班次", "上班1打卡时间", "上班1打卡结果", "下班1打卡时间", "下班1打卡结果", "关联的审批单"]),
    ([*_WHO, "日期", "班次", "上班1", None, "下班1", None], [*[None] * 8, "打卡时间", "打卡结果", "打卡时间", "打卡结果"]),
    (["时间", "姓名", "账号", "基础信息", None, "考勤概况", *[None] * 3, "外出打卡", None, "打卡时间记录"],
     [None, None, None, "部门", "工号", "班次", "最早", "最晚", "考勤结果", "最早", "最晚", None]),
    (None, ["工号", "姓名", "日期", "上午上班打卡", "上午下班打卡", "下午上班打卡", "下午下班打卡"]),
    (None, ["考勤号码", "姓名", "日期", "对应时段", "上班时间", "下班时间", "签到时间", "签退时间", "是否旷工", "例外情况"]),
]  # fmt: skip
_PUNCHES = [
    [*_WHO, "考勤日期", "考勤时间", "打卡时间", "打卡结果", "打卡地址", "打卡设备"],
    ["部门", "姓名", "登记号码", "日期时间", "机器号", "比对方式"],
    ["工号", "姓名", "刷卡日期", "刷卡时间", "设备名称"],
    ["工号", "姓名", "日期", "时间1", "时间2", "时间3", "考勤组"],
]


def rows(chance: Random) -> list[list[Any]]:
    """One export: a title, a header of one row or two, and some lines."""
    draw = chance.random()
    if draw < 0.1:
        return chance.choice((_blocks, _cards, _clock_list))(chance)
    if draw < 0.4:
        top, heads = chance.choice(_DAILY)
        body = [_line(top, heads, chance) for _ in range(chance.choice((0, 1, 4, 20)))]
    elif draw < 0.7:
        top, heads = None, chance.choice(_PUNCHES)
        body = [_line(top, heads, chance) for _ in range(chance.choice((1, 4, 30)))]
    else:
        top, heads = None, [*_WHO[:4], *_days(chance)]
        body = [_packed(len(heads), chance) for _ in range(chance.choice((1, 3, 10)))]
    if chance.random() < 0.2:
        places = sorted(chance.sample(range(len(heads)), len(heads)))
        places = places if chance.random() < 0.5 else chance.sample(places, len(places))
        top = None if top is None else [top[at] for at in places]
        heads, body = [heads[at] for at in places], [[line[at] for at in places] for line in body]
    return [[chance.choice(_TITLES)], *([top] if top else []), heads, *body]


def _blocks(chance: Random) -> list[list[Any]]:
    """A line with number and name above each employee's punches, the days once or for each."""
    days: list[Any] = list(range(1, chance.choice((28, 30, 31, 31)) + 1))
    repeated = chance.random() < 0.3
    lines: list[list[Any]] = [["考 勤 记 录 表"], [f"考勤日期：{chance.choice(_SPANS)}"], *([] if repeated else [days])]
    for number in range(chance.choice((1, 2, 5))):
        who = ["工号：", None, f"K00{number}", "姓名：", None, f"员工{chance.choice('甲乙丙')}", "部门：", "卖场"]
        lines.append(who if chance.random() < 0.7 else [f"考勤号码:K00{number} 姓名:员工甲"])
        lines += [days, _WEEKDAYS[: len(days)]] if repeated else []
        for _ in range(chance.choice((1, 1, 2, 4))):
            lines.append([values.cell(chance) if chance.random() < 0.03 else chance.choice(_TIMES) for _ in days])
    return [[*line] for line in lines]


def _cards(chance: Random) -> list[list[Any]]:
    """Cards of employees side by side, a line a day."""
    wide = chance.choice((15, 15, 15, 8))
    people = chance.choice((1, 2, 3))
    lines: list[list[Any]] = [["考 勤 卡 表"], ["考勤日期", None, None, chance.choice(_SPANS)]]
    lines.append(
        [text for n in range(people) for text in _beside(["部门", "卖场", "姓名", f"员工{'甲乙丙'[n]}"], wide)]
    )
    lines.append([text for n in range(people) for text in _beside(["工号", f"K00{n}"], wide)])
    for day in range(1, chance.choice((28, 30, 31, 31)) + 1):
        line: list[Any] = []
        for _ in range(people):
            punches = [values.cell(chance) if chance.random() < 0.03 else chance.choice(_TIMES) for _ in range(4)]
            line += _beside([f"{day:02} {_WEEKDAYS[(day - 1) % 7]}", *punches], wide)
        lines.append(line)
    return lines


def _beside(cells: list[Any], wide: int) -> list[Any]:
    return [*cells, *[None] * (wide - len(cells))]


def _clock_list(chance: Random) -> list[list[Any]]:
    """Punches without a header, as a clock writes them to a memory stick."""
    lines: list[list[Any]] = []
    for _ in range(chance.choice((1, 4, 30))):
        moment = f"2026-10-{chance.randrange(1, 32):02} {chance.randrange(24):02}:{chance.randrange(60):02}:07"
        lines.append([f"{chance.choice((7, 12, 'K001')):>9}", moment, *(chance.choice("01255") for _ in range(4))])
        if chance.random() < 0.05:
            lines[-1][chance.randrange(6)] = values.cell(chance)
    return lines


def _days(chance: Random) -> list[Any]:
    last = chance.choice((28, 30, 31, 31, 31))
    kind = chance.randrange(4)
    weekday = [_WEEKDAYS[(day - 1) % 7] for day in range(1, last + 1)]
    if kind == 0:
        return ["国庆节" if day <= 7 else name if name in "六日" else str(day) for day, name in enumerate(weekday, 1)]
    if kind == 1:
        return list(range(1, last + 1))
    return [f"{day}\n星期{name}" if kind == 2 else f"10-{day:02}" for day, name in enumerate(weekday, 1)]


def _line(top: list[Any] | None, heads: list[Any], chance: Random) -> list[Any]:
    names = [str(below or above or "") for above, below in zip(top or [None] * len(heads), heads, strict=True)]
    return [values.cell(chance) if chance.random() < 0.1 else _cell(name, chance) for name in names]


def _cell(name: str, chance: Random) -> Any:
    day = chance.randrange(1, 32)
    if "姓名" in name:
        return f"员工{chance.choice('甲乙丙')}"
    if name in ("工号", "账号", "考勤号码", "登记号码"):
        return chance.choice(("K001", "K002", 7, "--", None))
    if "结果" in name or "情况" in name or "旷工" in name:
        return chance.choice(_RESULTS)
    if name == "班次" or name == "对应时段":
        return chance.choice(("A 09:00-18:00", "晚班 18:00-次日02:00", "休息", "未排班", ""))
    if "日期时间" in name or name == "考勤时间":
        return f"2026-10-{day:02} {chance.choice(('08:52', '18:05', '下午 05:38'))}"
    if "日期" in name or name == "时间":
        return chance.choice((f"26-10-{day:02} 星期一", f"2026/10/{day}", f"2026-10-{day:02}", f"10月{day}日"))
    return chance.choice(_TIMES) if any(word in name for word in ("打卡", "最早", "最晚", "时间", "签")) else "文字"


def _packed(width: int, chance: Random) -> list[Any]:
    who = [f"员工{chance.choice('甲乙丙')}", "组", "部", "K001"]
    told = _TIMES if chance.random() < 0.5 else _RESULTS
    return [*who, *(values.cell(chance) if chance.random() < 0.05 else chance.choice(told) for _ in range(width - 4))]
