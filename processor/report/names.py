"""What codes are called in sheets that people read."""

from __future__ import annotations

EFFECTS = {
    "assign": "派单建议",
    "queue": "排队",
    "attribute": "客户归属",
    "classify": "分类统计",
    "fine": "罚款",
    "reward": "奖励",
    "points": "计点",
    "commission": "提成",
    "commission_void": "取消提成",
    "base_pay": "基本工资",
    "wage_day": "扣发日工资",
    "bonus_forfeit": "取消全勤奖",
    "deduction": "扣款",
    "recommendation": "处理建议",
    "warning": "警告",
    "flag": "提示",
    "remind": "提醒",
    "adjustment": "调整",
    "carry": "结转",
}
STATUSES = {
    "final": "生效",
    "needs_confirmation": "待确认",
    "pending_amount": "金额待定",
    "confirmed": "已确认",
    "revoked": "已撤销",
    "info": "告知",
}
