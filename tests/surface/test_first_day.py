"""A clerk's first day: four workbooks of the department's own, asked about once, then decided like our own blanks."""

from __future__ import annotations

import openpyxl
import pytest
from sitework import make_site

from .scenes import book_with

DAY = "2026-10-31"
UNITS = {"滨江店": ["renovation"], "客服中心": ["online_retail"]}
ROSTER_HEADS = ["工牌", "大名", "店里", "哪个部门", "做什么的", "什么级别", "哪天来的", "一个月多少钱"]
ROSTER_MEANS = ["工号", "姓名", "门店", "部门", "岗位", "级别", "入职日期", "月工资"]
ROSTER = [
    ["S001", "王店长", "滨江店", "门店", "店面经理", None, "2020-01-01", 9000],
    ["D001", "陈磊", "滨江店", "设计部", "设计师", "首席设计师", "2020-01-01", 8000],
    ["D002", "赵雷", "滨江店", "设计部", "设计师", "主任设计师", "2020-01-01", 8000],
    ["C001", "李红", "滨江店", "客户部", "客户经理", None, "2020-01-01", 6000],
    ["Z000", "周主管", "客服中心", "客服部", "主管", None, "2020-01-01", 7000],
    ["Z001", "吴客服", "客服中心", "客服部", "客服", None, "2022-01-01", 5000],
]
ENQUIRY_HEADS = [
    "来访的日子",
    "业主大名",
    "业主手机",
    "小区楼栋",
    "怎么知道我们的",
    "谁约来的",
    "进店那天",
    "想要哪位设计师",
]
ENQUIRY_MEANS = ["咨询日期", "客户姓名", "联系电话", "装修地址", "来源渠道", "约访人工号", "到店日期", "期望设计师工号"]
ENQUIRIES = [
    ["2026-10-20", "客甲", "13900000001", "花园1栋101", "自然进店", None, "2026-10-20", "陈磊"],
    ["2026-10-21", "客乙", "13900000002", "花园2栋202", "电话", "李红", "2026-10-22", None],
    ["2026-10-25", "客丙", "13900000003", "花园3栋303", "抖音", "李红", "2026-10-26", None],
]
FINE_HEADS = ["处罚编码", "哪天发生", "罚的谁", "依据哪条条例", "事情经过", "登记的人"]
FINE_MEANS = ["登记编号", "日期", "工号", "条款编号", "说明", "登记人工号"]
FINES = [
    ["F1", "2026-10-05", "吴客服", "OR-14", "工位没打扫", "周主管"],
    ["F2", "2026-10-06", "吴客服", "OR-12", "穿拖鞋", "周主管"],
]
PUNCH_HEADS = ["哪一日", "人名", "应该几点来", "应该几点走", "几点来的", "几点走的", "算什么"]
PUNCH_MEANS = ["日期", "工号", "应到时间", "应退时间", "上班打卡", "下班打卡", "状态"]
PUNCHES = [
    ["2026-10-08", "吴客服", "09:00", "18:00", "09:20", "18:00", "迟到"],
    ["2026-10-09", "吴客服", "09:00", "18:00", "09:00", "18:00", "正常"],
]
TITLES = {"名单": "员工花名册", "来访": "咨询客户信息统计表", "处罚记录": "奖惩登记表", "打卡": "考勤登记表"}
OWN = {
    "我们的名单.xlsx": ("名单", ROSTER_HEADS, ROSTER_MEANS, ROSTER),
    "来访本.xlsx": ("来访", ENQUIRY_HEADS, ENQUIRY_MEANS, ENQUIRIES),
    "处罚记录.xlsx": ("处罚记录", FINE_HEADS, FINE_MEANS, FINES),
    "十月打卡.xlsx": ("打卡", PUNCH_HEADS, PUNCH_MEANS, PUNCHES),
}
TELLING = ("period", "date", "unit", "pack", "clause", "effect", "staff_no", "staff_name", "amount", "points", "status")


def drop_own(site):
    for file, (sheet, heads, _, rows) in OWN.items():
        book_with(site.folder / "inbox" / file, {sheet: [heads, *rows]})


def fill(site, file):
    """What the clerk does with a question: choose the register where it is not the right one, and every meaning."""
    sheet_name, heads, means, _ = OWN[file]
    path = site.folder / "outbox" / "待对照" / file
    book = openpyxl.load_workbook(path)
    sheet = book["表头对照"]
    sheet["B1"] = "王店长"
    said = dict(zip(heads, means, strict=True))
    for row in sheet.iter_rows(min_row=4):
        if row[2].value:
            row[1].value, row[6].value = TITLES[sheet_name], said[row[2].value]
    book.save(site.folder / "inbox" / file)


def answer_values(site):
    path = site.folder / "outbox" / "annotated" / "来访本.xlsx"
    book = openpyxl.load_workbook(path)
    for row in book["取值对照"].iter_rows(min_row=4):
        if row[2].value == "抖音":
            row[5].value = "网络"
    book.save(site.folder / "inbox" / "来访本.xlsx")


def ours(folder):
    """The same data in our own blanks, with numbers for names and a known channel."""
    site = make_site(folder, UNITS, managers=["S001"])
    number = {row[1]: row[0] for row in ROSTER}
    for file, (sheet, _, means, rows) in OWN.items():
        told = [["网络" if cell == "抖音" else number.get(cell, cell) for cell in row] for row in rows]
        table = ROSTER if file == "我们的名单.xlsx" else told
        headers = list(means)
        if file == "来访本.xlsx":
            headers, table = ["咨询编号", *headers], [[f"Q{n}", *row] for n, row in enumerate(table)]
        book_with(site.folder / "inbox" / file, {sheet: [headers, *table]})
    site.once(DAY)
    return site


def decisions(site):
    return sorted(tuple(line[name] for name in TELLING) for line in site.lines())


@pytest.fixture(scope="module")
def day(tmp_path_factory):
    site = make_site(tmp_path_factory.mktemp("own"), UNITS, managers=["S001"])
    drop_own(site)
    first = site.once(DAY)
    for file in OWN:
        fill(site, file)
    second = site.once(DAY)
    return site, first, second


def test_nothing_of_ours_is_in_the_workbooks_so_they_are_asked_about(day):
    _, first, _ = day
    assert {book["file"]: book["status"] for book in first["workbooks"]} == dict.fromkeys(OWN, "asked")


def test_answered_they_are_all_read(day):
    _, _, second = day
    assert {book["status"] for book in second["workbooks"]} == {"processed"}
    assert second["exit"] == 1  # 抖音 is no channel that the register knows


def test_then_they_are_decided_like_the_same_data_in_our_own_blanks(day, tmp_path):
    site, _, _ = day
    answer_values(site)
    assert site.once(DAY)["exit"] == 0
    assert decisions(site) == decisions(ours(tmp_path / "ours"))
    assert decisions(site)
