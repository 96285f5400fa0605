"""What an answered line says is what holds now."""

from __future__ import annotations

from datetime import date

import pytest

from processor.model import Text, joined, say
from processor.settle.sentences import awarded, changed, confirmed, revoked

DAY = date(2026, 10, 20)
WHAT = say("{day} {title}", day="2026-10-09", title=say("违反服务规定"))
FINE = say("{what}，罚款{yuan}元", what=WHAT, yuan="30.00")
WAITING = joined([FINE, say("须经理确认后生效")], "，")
ADVICE = say("{what}：{action}", what=WHAT, action=say("建议辞退，须经理确认"))
OPEN = say("{what}，金额待定，须由经理确认", what=WHAT)
OWNED = say("咨询{order}归{who}，依据：{why}", order="Z1", who="甲", why="甲先到店")
CLAIMED = say("{text}；有争议，须经理确认，各方依据：{claims}", text=OWNED, claims="甲；乙")
INHERITED = say("咨询{order}与{first}是同一客户，仍归{who}", order="Z2", first="Z1", who="甲")
JOINT = say(
    "{day} 下属{name}因{title}被罚款{own}元，主管{superior}连带{n}倍，罚款{yuan}元",
    day="2026-10-09",
    name="乙",
    title="泄密",
    own="50.00",
    superior="丙",
    n="2",
    yuan="100.00",
)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (confirmed(WAITING, DAY), "2026-10-09 违反服务规定，罚款30.00元；经理已于2026-10-20确认"),
        (confirmed(ADVICE, DAY), "2026-10-09 违反服务规定：建议辞退；经理已于2026-10-20确认"),
        (revoked(FINE, DAY), "2026-10-09 违反服务规定；经理已于2026-10-20撤销，不作处理"),
        (revoked(WAITING, DAY), "2026-10-09 违反服务规定；经理已于2026-10-20撤销，不作处理"),
        (revoked(ADVICE, DAY), "2026-10-09 违反服务规定；经理已于2026-10-20撤销，不作处理"),
        (revoked(JOINT), "2026-10-09 下属乙因泄密被罚款50.00元，主管丙连带2倍；原决定已撤销，随之撤销，不作处理"),
        (changed(OPEN, "20.00"), "2026-10-09 违反服务规定；经理改为20.00元"),
        (changed(WAITING, "20.00"), "2026-10-09 违反服务规定；经理改为20.00元"),
        (confirmed(CLAIMED, DAY), "咨询Z1归甲，依据：甲先到店；有争议，各方依据：甲；乙；经理已于2026-10-20确认"),
        (awarded(CLAIMED, "乙", "K2"), "咨询Z1；有争议，各方依据：甲；乙；经理定归乙（K2）"),
        (awarded(INHERITED, "乙", "K2"), "咨询Z2与Z1是同一客户；经理定归乙（K2）"),
        (revoked(OWNED, DAY), "咨询Z1；经理已于2026-10-20撤销，不作处理"),
    ],
)
def test_it_says_what_holds_now(text: Text, said: str) -> None:
    assert str(text) == said


def test_a_line_falls_once() -> None:
    assert revoked(revoked(FINE, DAY)) == revoked(FINE, DAY)
