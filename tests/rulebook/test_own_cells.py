"""Cells of 自定条款 as managers write them: what is understood, and what would say nothing or something else is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sitework import make_site

from processor.catalogue.register_reader import load_registers
from processor.rulebook.own import decided
from processor.rulebook.sheets import OWN, headers
from rulebook.book import ROSTER, UNIT, RuleBook, annotated

DAY = "2026-11-30"
COMPLAINT = {"登记表": "客户投诉处理表", "员工": "责任人工号", "日期": "受理时间"}
ORDER = {"登记表": "订单登记表", "员工": "客服工号", "日期": "下单时间"}
CHAT = {"登记表": "在线接待登记表", "员工": "客服工号", "日期": "开始时间"}
DAYS = {"登记表": "考勤登记表", "员工": "工号", "日期": "日期"}
WEEK = {"登记表": "周报登记表", "员工": "工号", "日期": "周起始日", "周期": "周"}


def table(**cells: str) -> dict[str, Any]:
    return decided({**dict.fromkeys(headers(OWN)), "名称": "试", **cells}, load_registers())


@pytest.mark.parametrize(
    ("cells", "key", "value"),
    [
        ({"方法": "次数", **ORDER, "周期": "月", "衡量": "订单金额", "界限": "达到1万元"}, "limit", {"reach": 10_000.0}),
        ({"方法": "次数", **ORDER, "周期": "每月", "界限": "３次以上"}, "limit", {"reach": 3.0}),
        ({"方法": "次数", **ORDER, "周期": "月度", "界限": "＞ 3 次"}, "limit", {"over": 3.0}),
        ({"方法": "逐条", **CHAT, "条件": "首次响应秒数>1分钟"}, "where", {"首次响应秒数": {"above": 60.0}}),
        ({"方法": "逐条", **CHAT, "条件": "是否成交=否", "衡量": "首次响应秒数", "界限": "2分钟"}, "limit", {"over": 120.0}),
        ({"方法": "逐条", **ORDER, "条件": "订单金额＞＝1，000元"}, "where", {"订单金额": {"from": 1000.0}}),
        ({"方法": "逐条", **ORDER, "条件": "订单金额>1.5万"}, "where", {"订单金额": {"above": 15_000.0}}),
        ({"方法": "逐条", **ORDER, "条件": "客服工号≠备注工号"}, "where", {"客服工号": {"not": {"column": "备注工号"}}}),
        ({"方法": "逐条", **ORDER, "条件": "签收日期>2026年10月1日"}, "where", {"签收日期": {"above": "2026-10-01"}}),
        ({"方法": "限时", **COMPLAINT, "衡量": "办结时间", "界限": "第二天 12：00 前"}, "within", {"days": 1, "until": "12:00"}),
        ({"方法": "限时", **COMPLAINT, "衡量": "办结时间", "界限": "当日"}, "within", {"days": 0}),
        ({"方法": "连续", **DAYS, "界限": "达到3天"}, "limit", {"reach": "3"}),
        ({"方法": "比率", **ORDER, "周期": "月", "条件": "签收日期 不为空", "界限": "≥95％"}, "limit", {"from": 0.95}),
        ({"方法": "登记", "条件": "情节=严重、恶劣"}, "where", {"情节": {"is": ["严重", "恶劣"]}}),
    ],
)  # fmt: skip
def test_what_is_written_otherwise_means_the_same(cells: dict[str, str], key: str, value: Any) -> None:
    assert table(**cells, 后果="提示")[key] == value


def test_several_consequences_and_thousands() -> None:
    [step] = table(方法="逐条", **ORDER, 条件="订单金额>1", 后果="罚款1,000元、记Ｂ1＋警告，提示")["steps"]
    assert [(each["effect"], each.get("amount")) for each in step] == [
        ("fine", "1000"),
        ("points", None),
        ("warning", None),
        ("flag", None),
    ]


WHERE = {"方法": "逐条", **ORDER, "条件": "订单金额>1"}
#: Cells that cannot be taken -> what the answer names.
REFUSED = [
    ({**WHERE, "条件": "客服工号>5"}, "不能比大小"),
    ({**WHERE, "条件": "签收日期>客服工号"}, "不是同一种内容"),
    ({**WHERE, "条件": "签收日期>昨天"}, "不会是“昨天”"),
    ({**WHERE, "条件": "订单金额>1元或以上"}, "不会是“1元或以上”"),
    ({**WHERE, "条件": "订单金额=1,000"}, "不知道是一个数还是几个数"),
    ({**WHERE, "条件": "订单金额>1,5"}, "不会是“1,5”"),
    ({**WHERE, "条件": "订单金额>1 5"}, "不会是“1 5”"),
    ({**WHERE, "后果": "罚款5 0元"}, "看不懂“后果”"),
    ({**WHERE, "方法": None}, "没有填“方法”"),
    ({**WHERE, "条件": "(订单金额>1)"}, "没有“(订单金额”这一列"),
    ({**WHERE, "后果": "每满30秒罚款5元"}, "每满"),
    ({**WHERE, "衡量": "订单金额"}, "也要在“界限”里"),
    ({**WHERE, "界限": "30"}, "也要在“衡量”里"),
    ({**WHERE, "衡量": "签收日期", "界限": "30"}, "不是数字或金额"),
    ({**WHERE, "衡量": "订单金额", "界限": "30", "后果": "每满30秒罚款5元"}, "没有写明是秒"),
    ({**WHERE, "后果": "同额"}, "只用在方法“连带”里"),
    ({**WHERE, "后果": "罚款0元"}, "看不懂“后果”"),
    ({**WHERE, "岗位": "客服、飞行员"}, "没有“飞行员”这个岗位"),
    ({**WHERE, "句子": "｛姓名｝"}, "花括号"),
    ({"方法": "登记", "登记表": "客户投诉处理表"}, "“登记表”只能是“奖惩登记表”"),
    ({"方法": "登记", "员工": "登记人工号"}, "“员工”只能是“工号”"),
    ({"方法": "登记", "界限": "达到3"}, "用不到“界限”"),
    ({"方法": "连带", "条件": "OR-10", "后果": "同额", "第二次": "2倍"}, "用不到“第二次”"),
    ({"方法": "连带", "条件": "OR-10", "后果": "扣当日工资"}, "方法“连带”的后果可以是"),
    ({"方法": "连带", "条件": "OR-10", "后果": "同额", "员工": "登记人工号"}, "“员工”只能是“责任主管工号”"),
    ({"方法": "连带", "条件": "OR-999", "后果": "同额"}, "没有条款“OR-999”"),
    ({"方法": "排名", **ORDER, "衡量": "客服工号", "周期": "月", "界限": "前1"}, "不是数字或金额"),
    ({"方法": "排名", **ORDER, "周期": "累计", "界限": "前1"}, "要有周期"),
    ({"方法": "提成", **ORDER, "后果": "客服工号×1%"}, "不能算提成"),
    ({"方法": "比率", "登记表": "订单登记表", "日期": "下单时间", "条件": "签收日期 空", "周期": "月", "界限": "低于5%"}, "落不到人身上"),
    ({"方法": "比率", **ORDER, "条件": "签收日期 空", "周期": "月", "界限": "低于5%", "衡量": "订单金额"}, "用不到“衡量”"),
    ({"方法": "限时", **COMPLAINT, "衡量": "投诉级别", "界限": "2小时"}, "不是日期或时间"),
    ({"方法": "次数", **ORDER, "衡量": "签收日期", "界限": "达到3"}, "不是数字或金额"),
    ({"方法": "次数", **ORDER, "界限": "达到3 0"}, "看不懂“界限”"),
    ({"方法": "次数", **ORDER, "界限": "达到3箱子"}, "看不懂“界限”"),
]  # fmt: skip


def test_what_would_say_nothing_is_refused_on_its_cell(tmp_path: Path) -> None:
    site = make_site(tmp_path, {UNIT: ["online_retail"]}, managers=["M1", "M2"])
    site.drop({"roster": ROSTER})
    site.once(DAY)
    book = RuleBook(site).sign("M1", "自定条款")
    common = {"名称": "试", "后果": "罚款5元", "自何日起": "2026-11-01", "理由": "试"}
    for number, (cells, _) in enumerate(REFUSED, 1):
        book.add("自定条款", **{**common, **cells, "条款编号": f"ZD-{number}"})
    book.add("自定条款", **common, **WHERE, 条款编号="or－10")
    book.add("用例", 用例="多余", 条款编号="ZD-99", 登记表="订单登记表", 工号="E1", 内容="订单金额=5", 预期="不判")
    book.drop()
    result = site.once(DAY)
    assert (result["exit"], result["rulebook"]["proposed"]) == (1, 0)
    told = [row["处理结果"] for row in annotated(site, "规则簿.xlsx", "自定条款").values()]
    assert [mend for (_, mend), text in zip(REFUSED, told, strict=False) if mend not in text] == []
    assert "已经是规则包" in told[len(REFUSED)]
    stray = next(iter(annotated(site, "规则簿.xlsx", "用例").values()))
    assert "没有编号为“ZD-99”的自定条款" in stray["处理结果"]
