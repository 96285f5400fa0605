"""Snapshots made by code: two units, every family, disputes, ladders, rejected workbooks, as many rows as wanted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pandas as pd

from processor.catalogue.pack import Clause, Pack
from processor.catalogue.parameter import Parameter
from processor.decision import Decision
from processor.issue import Issue
from processor.model import Candidate, Source, say
from processor.report.pages.wording import FAMILIES
from processor.report.snapshot import (
    BatchQuality,
    Change,
    Delivered,
    Line,
    MonthCount,
    RegisterReport,
    Snapshot,
    Unit,
    WorkbookReport,
)
from processor.settle.funds import FundStatement

AS_OF = date(2026, 10, 26)
STAFF = {f"S{number:02d}": name for number, name in enumerate(("王芳", "李强", "赵敏", "孙磊", "周婷", "吴军"), 1)}
EFFECTS = ("fine", "reward", "points", "flag", "recommendation", "warning", "deduction", "queue", "assign", "attribute")
Wrap = Callable[[str], str]


def as_is(text: str) -> str:
    """The text itself; a test passes a function that makes it hostile."""
    return text


def pack(name: str = "sample") -> Pack:
    """A rule book with one clause in each family."""
    clauses = {}
    for number, (family, title) in enumerate(FAMILIES.items(), 1):
        clause = f"SP-{number}"
        clauses[clause] = Clause(
            id=clause,
            title=f"{title}规定",
            rule=f"关于{title}的规定：按登记的情况处理。",
            reading="同一天的几行按一次计算" if number % 3 == 0 else "",
            readings=("G1",),
            cites="示例制度，第一章",
            family=family,
            kind="computed",
            registers=(),
        )
    caps = {
        name: Parameter(name, "SP-1", title, "count", "单", {date(2026, 1, 1): value})
        for name, title, value in (
            ("week_cap", "每周上限", 2),
            ("day_cap", "每天上限", 1),
            ("greeting_limit", "首次响应", 30),
        )
    }
    limit = Parameter("limit", "SP-1", "每月上限", "count", "次", {date(2026, 1, 1): 3})
    fine = Parameter("fine", "SP-1", "罚款标准", "money", "元/次", {date(2026, 1, 1): 5000})
    return Pack(
        name, "示例制度", "示例", date(2026, 1, 1), {"limit": limit, "fine": fine, **caps}, clauses, (), "0" * 12
    )


def lines(count: int, unit: str, rules: Pack, wrap: Wrap = as_is) -> list[Line]:
    """`count` decisions of all families, effects and statuses over two months."""
    clauses = list(rules.clauses.values())
    made: list[Line] = []
    for number in range(count):
        clause, effect = clauses[number % len(clauses)], EFFECTS[number % len(EFFECTS)]
        staff_no = "" if effect == "queue" else f"S{number % len(STAFF) + 1:02d}"
        day = AS_OF - timedelta(days=number % 50)
        decision = Decision(
            decision_id=f"{clause.id}-{number:012x}",
            period=day.isoformat()[:7],
            date=day,
            unit=unit,
            pack=rules.name,
            clause=clause.id,
            family=clause.family,
            effect=effect,
            staff_no=staff_no,
            staff_name=wrap(STAFF.get(staff_no, "")) if staff_no else "",
            subject=wrap(f"XS{number:05d}|13900000001"),
            amount={"fine": -5000, "reward": 12050, "deduction": -880}.get(effect),
            points={"points": "-B1"}.get(effect, ""),
            occurrence=number % 3 + 1 if effect in ("fine", "points") else None,
            status=_status(effect, number),
            text=say(
                "{day} 客户{customer}，电话{phone}，第{n}次",
                day=day.isoformat(),
                customer=wrap("陈先生"),
                phone="13900000001",
                n=number,
            ),
            reading=";".join(part for part in ("G1", "G4", clause.reading) if part),
            linked_to=made[0].decision.decision_id if made and number % 7 == 0 else "",
            row=number,
            column="条款编号",
            part="",
            binding="b",
            window="2026-10",
            evidence=(number,),
            candidates=_candidates(wrap) if effect in ("assign", "attribute") else (),
            steps=(say("第{n}次：{day}", n=1, day=day.isoformat()),) if effect == "fine" else (),
            parameters=(("limit", 3, "2026-01-01", ""), ("fine", 5000, "2026-01-01", "")) if number % 2 else (),
        )
        source = Source(wrap("十月登记.xlsx"), wrap("奖惩"), number + 2)
        earlier = Source(source.file, source.sheet, max(number, 1))
        answered = wrap("经理M001于2026-10-20确认") if decision.status == "confirmed" else ""
        made.append(Line(decision, source, (earlier, source), answered))
    return made


def _status(effect: str, number: int) -> str:
    if effect in ("flag", "warning", "queue", "assign"):
        return "info"
    if effect == "recommendation" or (effect == "attribute" and number % 4 < 2):
        return "needs_confirmation"
    return ("final", "confirmed", "final", "pending_amount", "revoked")[number % 5]


def _candidates(wrap: Wrap) -> tuple[Candidate, ...]:
    return (
        Candidate("S01", say("本周{n}单，最少；{note}", n=1, note=wrap("备注")), chosen=True),
        Candidate("S02", say("本周{n}单，已满", n=6)),
    )


def workbooks(unit: str, wrap: Wrap = as_is) -> tuple[WorkbookReport, ...]:
    """One processed workbook with an unreadable phone number, one rejected, one waiting."""
    issue = Issue(
        file=wrap("十月登记.xlsx"),
        sheet=wrap("奖惩"),
        row=7,
        column_letter="D",
        header=wrap("联系电话"),
        found=wrap("1390000000112"),
        expected=wrap("11位手机号"),
        message=wrap("联系电话“1390000000112”不是号码，请改正。"),
    )
    register = RegisterReport("discipline", wrap("奖惩登记表"), wrap("奖惩"), 40, 30, 4, 6, 1, 1, (wrap("JC009"),))
    return (
        WorkbookReport(
            wrap("十月登记.xlsx"), "processed", "", (register,), "outbox/annotated/十月登记.xlsx", (issue,), (unit,)
        ),
        WorkbookReport(wrap("坏表.xlsx"), "rejected", wrap("文件已损坏，打不开。")),
        WorkbookReport(wrap("刚放入.xlsx"), "waiting", wrap("文件还在写入。")),
    )


def sample_facts(register: str, unit: str) -> pd.DataFrame:
    """A month of the registers that the charts read, the same for each unit."""
    staff, count = list(STAFF), 60
    days = pd.date_range("2026-10-01", periods=26).to_series().sample(count, replace=True, random_state=1)
    days = days.sort_values().reset_index(drop=True)
    who = pd.Series([staff[n * n % 6] for n in range(count)])
    ids = pd.Series([f"ZX{n:04d}" for n in range(count)])
    causes = ["价格", "价格", "价格", "服务", "服务", "竞争", "技术"]
    sources = [("市场部", "网络", "电话")[n % 3] for n in range(count)]
    frames: dict[str, dict[str, pd.Series[Any]]] = {
        "roster": {"工号": pd.Series(staff), "姓名": pd.Series(list(STAFF.values()))},
        "dispatch": {"咨询编号": ids, "派单日期": days, "设计师工号": who, "是否拒单": pd.Series([False] * count)},
        "enquiries": {
            "咨询编号": ids,
            "来源渠道": pd.Series(sources),
            "咨询日期": days,
        },
        "lost_orders": {
            "咨询编号": ids[::4],
            "登记日期": days[::4],
            "客户陈述原因": pd.Series(causes * 9)[:count:4],
            "客户去向": pd.Series(["签约他司"] * count)[::4],
            "是否量房": pd.Series([True] * count, dtype="boolean")[::4],
            "客户经理回访日期": days[::4],
            "设计部经理确认日期": days[::4],
        },
        "chats": {
            "客服工号": who,
            "开始时间": days,
            "首次响应秒数": pd.Series([float(n * 7 % 64) for n in range(count)]),
        },
        "attendance": {"工号": who, "日期": days, "状态": pd.Series(["正常", "迟到", "正常", "早退", "旷工"] * 12)},
        "leave": {"工号": who[:2], "开始日期": days[:2], "结束日期": days[:2] + pd.Timedelta(days=2)},
        "swaps": {"申请人工号": who[:9], "对方工号": who[1:10], "原班日期": days[:9], "还班日期": days[:9]},
        "cashier": {
            "工号": who,
            "日期": days,
            "系统金额": pd.Series([100000] * count, dtype="Int64"),
            "实收金额": pd.Series([100000 + n * 37 % 900 for n in range(count)], dtype="Int64"),
            "笔数": pd.Series([80] * count, dtype="Int64"),
        },
    }
    return pd.DataFrame(frames.get(register, {}))


def changes(own: list[Line]) -> tuple[Change, ...]:
    """One line added, one whose answer came, and one that is gone."""
    if len(own) < 3:
        return ()
    before = replace(own[1], decision=replace(own[1].decision, status="needs_confirmation"))
    gone = replace(own[2], decision=replace(own[2].decision, decision_id="SP-3-ffffffffffff"))
    return (Change("added", None, own[0]), Change("changed", before, own[1]), Change("withdrawn", gone, None))


def snapshot(
    count: int = 200,
    wrap: Wrap = as_is,
    locale: str = "zh",
    facts: Callable[[str, str], pd.DataFrame] | None = None,
) -> Snapshot:
    """A batch over two units; `count` decisions lie in the first one, a tenth of that in the second."""
    rules = pack()
    first, second = wrap("城东店"), wrap("城西店")
    own, others = lines(count, first, rules, wrap), lines(count // 10, second, rules, wrap)
    return Snapshot(
        site=wrap("示例公司"),
        locale=locale,
        run="20261026-080000",
        as_of=AS_OF,
        units=(Unit(first, (rules,)), Unit(second, (rules,))),
        clauses=rules.clauses,
        lines=(*own, *others),
        changes=changes(own),
        workbooks=workbooks(first, wrap),
        funds=(
            FundStatement(
                first,
                "2026-10",
                10000,
                tuple((line.decision.decision_id, wrap("王芳"), 5000) for line in own[:1]),
                ((date(2026, 10, 8), wrap("买茶叶"), -3000),),
                12000,
            ),
        ),
        facts=facts or sample_facts,
        names=STAFF,
        delivered=(
            Delivered(
                wrap("十月登记.xlsx"),
                wrap("奖惩登记表"),
                (first,),
                AS_OF,
                40,
                3,
                {wrap("联系电话"): (2, (wrap("1390000000112"),)), wrap("日期"): (1, ())},
            ),
            Delivered(wrap("西店登记.xlsx"), wrap("奖惩登记表"), (second,), AS_OF, 12, 0, {}),
        ),
        quality=(
            BatchQuality(AS_OF - timedelta(days=7), {"": 30, first: 30}, {"": 9, first: 9}),
            BatchQuality(AS_OF, {"": 52, first: 40, second: 12}, {"": 3, first: 3}),
        ),
        closed=(MonthCount(first, "2026-08", "S01", "SP-6", "fine", "final", "", 2, -10000),),
    )
