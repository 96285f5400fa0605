"""The words of the pages: effects, statuses, families, and the general readings in plain language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from processor.model import Text, say
from processor.report import names
from processor.report.pages.view import Badge

EFFECTS: Final[Mapping[str, Text]] = {effect: say(title) for effect, title in names.EFFECTS.items()}

_ADJUSTED: Final = say("已调整")

WORKBOOK_STATUSES: Final[Mapping[str, Text]] = {
    "processed": say("已处理"),
    "rejected": say("已退回"),
    "asked": say("待对照"),
    "duplicate": say("重复"),
    "waiting": say("等待中"),
}

CHANGES: Final[Mapping[str, Text]] = {
    "added": say("新增"),
    "changed": say("变更"),
    "withdrawn": say("撤回"),
}

FAMILIES: Final[Mapping[str, Text]] = {
    "dispatch": say("派单"),
    "attribution": say("客户归属"),
    "slips": say("业务传递单"),
    "lost_orders": say("跑单"),
    "compensation": say("底薪与提成"),
    "conduct": say("行为规范"),
    "confidentiality": say("保密"),
    "joint_liability": say("连带责任"),
    "response": say("响应速度"),
    "swaps": say("换班"),
    "attendance": say("考勤"),
    "leave": say("请假"),
    "handover": say("交接班"),
    "holidays": say("节假日值班"),
    "cashier": say("收银"),
    "fund": say("部门基金"),
    "complaints": say("客户投诉"),
    "followup": say("客户回访"),
    "satisfaction": say("满意度"),
    "service": say("安装维修"),
    "supervision": say("服务监督"),
    "faults": say("重大故障"),
    "orders": say("订单"),
    "membership": say("会员申请"),
    "card_merge": say("并卡"),
    "refund": say("疗程退换"),
    "grading": say("客户分级"),
    "care": say("客户关怀"),
    "analytics": say("会员分析"),
    "metering": say("抄表收费"),
    "materials": say("物资"),
    "statements": say("统计"),
    "rectification": say("服务整改"),
    "inspections": say("消防检查"),
    "trainings": say("培训"),
    "plans": say("工作计划"),
    "reports": say("报告"),
    "probation": say("试用期"),
    "suggestions": say("合理化建议"),
    "customers": say("客户档案"),
    "own": say("自定条款"),
}

READINGS: Final[Mapping[str, Text]] = {
    "G1": say("“以上、以下、以内”包括本数，“超过、不满、以外”不包括本数；两档都含本数时，处罚取较轻的一档。"),
    "G2": say("一周为周一至周日，一月、一季按日历计算，一律按北京时间。"),
    "G3": say("“若干元以上”是最低标准：登记金额不低于它时按登记金额，空白或更低时按最低标准，并另行提示。"),
    "G4": say("第一次按标准，第二次加倍，第三次起不再罚款，改为辞退建议；按员工和条款分别计次。"),
    "G5": say("A、B、C 是点数，A2 即两个 A；扣点为负，奖点为正。公司未定每点金额时只记点数。"),
    "G6": say("辞退、调岗、记过、不胜任只是建议，须由指定经理确认，不会自动扣款。"),
    "G7": say("条文有疑义时，取对员工较轻的解释，并在此说明。"),
    "G8": say("从工资中扣的为负数，加给员工的为正数，单位人民币元，四舍五入到分。"),
    "G9": say("按事情发生的日期归入月份；已结账的月份不再改动，差额作为调整记入未结账的月份。"),
    "G10": say("同一编号的行只算一次；内容改了，以后交的为准；重交时消失的行会列出来。"),
    "G11": say("按事情发生当日有效的规定处理。"),
    "G12": say("每月扣款不超过公司设定的工资限额，超出部分结转下月。"),
    "G13": say("各门店、部门只适用公司给它指定的制度。"),
    "G14": say("达到界限的那一行作出判定；更高一档代替较低一档；需看完整周、整月的，到期末才判定。"),
    "G15": say("情节未填按轻微；数量未填按一；登记金额只在条文允许时采用，不一致时提示。"),
    "G16": say("按旷工处理只作记录，不另扣款；连续几天算一次。"),
    "G17": say("节假日指国务院公布的法定节日放假日，不含普通周末和调休上班日。"),
}


#: In the order in which they are offered for picking.
STATUS_ORDER: Final = (*names.STATUSES, "adjusted")


def status_badge(status: str) -> Badge:
    """A decision's status in words."""
    label = say(names.STATUSES[status]) if status in names.STATUSES else _ADJUSTED
    return Badge(status, label)


def family_title(family: str) -> Text:
    """A family's heading; a family without one of its own goes by its name."""
    return FAMILIES.get(family) or say("{family}", family=family)
