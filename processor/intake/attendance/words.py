"""The words by which attendance systems tell the result of a punch or a day."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

NORMAL, LATE, EARLY, UNCLOCKED, ABSENT = "normal", "late", "early", "unclocked", "absent"
LEAVE, REST, AWAY, UNPLANNED, ASIDE, MENDED = "leave", "rest", "away", "unplanned", "aside", "mended"
EXCUSES = frozenset({LEAVE, REST, AWAY, UNPLANNED})

_VOCABULARY: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (meaning, re.compile(pattern))
    for meaning, pattern in (
        (NORMAL, r"(?:打卡)?正常(?:打卡|出勤)?|准时|出勤|到岗|实到|已?打卡|全勤|√|✓|✔"),
        (MENDED, r"已?补(?:打)?卡(?:审批)?(?:通过|成功)?"),
        (LATE, r"(?:轻微|一般|严重|旷工)?迟到"),
        (EARLY, r"(?:轻微|一般|严重|旷工)?早退"),
        (UNCLOCKED, r"缺卡|缺打卡|未打卡|漏打卡|忘打卡|忘记打卡|未签到|未签退"),
        (ABSENT, r"旷工(?:全天)?"),
        (REST, r"休|调|(?:周末|正常|今日)?休息日?(?:加班)?|调休假?|倒休|补休|公休|轮休|例休|排休|存休|周末|节日|放假|(?:法定)?节?假日|"
         r"休息(?:并|但)?打卡|元旦|春节|清明节?|劳动节|端午节?|中秋节?|国庆节?"),
        (LEAVE, r"[请休]假(?:中|申请)?|[假事病年婚产丧]|[\u4e00-\u9fff]{1,6}假(?:半天|全天|中|申请)?"),
        (AWAY, r"(?:因公|公务)?(?:外出|出差|外勤|公出|外派)(?:打卡|签到|申请|中)?|公差|居家办公|远程办公"),
        (UNPLANNED, r"(?:未|无|没有?)排班|无班次|(?:无需|不用|免)(?:打卡|签到|考勤)|未到打卡时间|未入职|已?离职|不在考勤组|未加入考勤组"),
        (ASIDE, r"加班(?:打卡)?|(?:极速|自动|蓝牙|人脸|指纹)打卡|非常用设备|"
         r"打卡无效|无效打卡|无效|此?记录已被更新|未校准|已校准|校准|(?:地点|设备|时间|[Ww]i-?[Ff]i)异常|无|审批通过|已通过"),
    )
)  # fmt: skip
_ADMINISTRATOR = re.compile(r"(?:由)?管理员[^;,、\n]*?(?:更改|修改|更正|修正|调整|校准|改|设)(?:为|成)")
_STAMP = re.compile(
    r"(?:20\d{2}[-/.年])?\d{1,2}(?:[-/.]\d{1,2}(?!\d)|月\d{1,2}[日号]?)|(?:次日)?\d{1,2}:\d{2}(?::\d{2})?|(?<=[\d\s])[到至~—](?=[\d\s])"
)
_NONE_OF_IT = re.compile(r"[\u4e00-\u9fff]+\s*[:：]?\s*0(?:\.0+)?\s*(?:次|分钟|分|个?小时|天)")
_HALF_ABSENT = re.compile(
    r"旷工\W*(?:0\.\d|半[天日])|半[天日]旷工"
)  # no day without leave, and what it is nobody says here
_AMOUNT = re.compile(r"\d+(?:\.\d+)?\s*(?:次|分钟|分|个?小时|时|天|h|min|m)")
_BETWEEN = re.compile(r"[\s;,、，。/|+()\[\]【】:~—\-]+")
_END = re.compile(r"^(?:(?:上班|下班|上午|下午|全天|半天|第[一二三四1-4]次)+)")


@dataclass(frozen=True)
class Said:
    """What a cell says: `meanings` of its known words, and the first word that nobody knows, empty where all are known."""

    meanings: frozenset[str] = frozenset()
    unknown: str = ""

    def __or__(self, other: Said) -> Said:
        return Said(self.meanings | other.meanings, self.unknown or other.unknown)


@lru_cache(maxsize=4096)
def said(text: str) -> Said:
    """The meanings of a result such as `迟到12分钟`, `正常(外勤)`, `外出10-12 09:00到10-12 18:00`."""
    plain = _ADMINISTRATOR.sub("", unicodedata.normalize("NFKC", text)).replace("迟到早退", "迟到 早退")
    unknown = half[0] if (half := _HALF_ABSENT.search(plain)) else ""
    plain = _STAMP.sub(" ", _AMOUNT.sub(" ", _NONE_OF_IT.sub(" ", plain)))
    found: set[str] = set()
    for word in _BETWEEN.split(plain):
        bare = _END.sub("", word)
        if not bare:
            continue
        meaning = next((meaning for meaning, pattern in _VOCABULARY if pattern.fullmatch(bare)), None)
        if meaning is None:
            unknown = unknown or word
        else:
            found.add(meaning)
    if found & {REST, UNPLANNED}:
        found.discard(UNCLOCKED)  # 休息(未打卡)
    if found & {UNPLANNED, MENDED}:
        found -= {UNCLOCKED, LATE, EARLY}  # 缺卡(已补卡)
    if MENDED in found:
        found = found - {MENDED} | {NORMAL}
    return Said(frozenset(found), unknown)
