"""A month of 50 employees and some 1,000 rows: closed, corrected, closed again, and added up here a second time.

The arithmetic below starts from the rows and knows nothing of the product: 30 seconds, 5, 10, 50 and 100 yuan, a fifth
of the wage.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from sitework import make_site

from payroll.desk import closing, control, deliver, files, sheet, table

STAFF = [f"E{number:03d}" for number in range(1, 51)]
CHATS, COMPLAINTS, PENALTIES, IDEAS = 800, 120, 150, 30
SECONDS = (*range(1, 60), 60, 89, 90, 125)
MINOR = {"OR-10": 10, "OR-14": 10, "OR-15": 10, "OR-12": None}
Due = dict[tuple[str, str, str], int]


@dataclass(frozen=True)
class Row:
    """One register row: what it is, its number, day of the month, employee, and the figure that matters."""

    kind: str
    number: str
    day: int
    staff_no: str
    figure: int
    clause: str = ""


def month(chance: random.Random) -> list[Row]:
    def some(kind: str, count: int, figures: Sequence[int], clauses: Sequence[str] = ("",)) -> list[Row]:
        return [
            Row(kind, f"{kind}{n:05d}", chance.randint(1, 30), *map(chance.choice, (STAFF, figures, clauses)))
            for n in range(count)
        ]

    rows = some("chat", CHATS, SECONDS) + some("complaint", COMPLAINTS, (0,))
    return rows + some("penalty", PENALTIES, (1, 2, 3), tuple(MINOR)) + some("idea", IDEAS, range(1, 151))


def corrections(rows: list[Row], chance: random.Random) -> list[Row]:
    """Other figures, days and people for some rows, and rows that came late."""
    changed = [replace(row, day=chance.randint(1, 30)) for row in chance.sample(rows, 30)]
    changed += [replace(row, staff_no=chance.choice(STAFF)) for row in chance.sample(rows, 30)]
    known = {row.number for row in changed}
    changed += [replace(row, figure=61) for row in rows[:30] if row.number not in known]
    late = [Row("complaint", f"late{n:05d}", chance.randint(1, 30), chance.choice(STAFF), 0) for n in range(20)]
    latest = {row.number: row for row in changed}
    return [*latest.values(), *late]


def registers(rows: list[Row]) -> dict[str, str]:
    def day(row: Row) -> str:
        return f"2026-09-{row.day:02d}"

    of = {kind: [row for row in rows if row.kind == kind] for kind in ("chat", "complaint", "penalty", "idea")}
    return {
        "chats": table(
            "会话编号,开始时间,客服工号,首次响应秒数,是否成交",
            *(f"{r.number},{day(r)} 09:00,{r.staff_no},{r.figure},否" for r in of["chat"]),
        ),
        "complaints": table(
            "投诉编号,受理时间,受理人工号,投诉级别,责任类型,责任人工号",
            *(f"{r.number},{day(r)} 09:00,{r.staff_no},一般,服务,{r.staff_no}" for r in of["complaint"]),
        ),
        "discipline": table(
            "登记编号,日期,工号,条款编号,数量,登记人工号",
            *(f"{r.number},{day(r)},{r.staff_no},{r.clause},{r.figure},{r.staff_no}" for r in of["penalty"]),
        ),
        "suggestions": table(
            "建议编号,日期,工号,内容,是否采纳,奖励金额",
            *(f"{r.number},{day(r)},{r.staff_no},建议,是,{r.figure}" for r in of["idea"]),
        ),
    }


def due(rows: list[Row]) -> Due:
    """(kind, number, employee) -> signed fen."""
    found: Due = {}
    complaints: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        key = (row.kind, row.number, row.staff_no)
        if row.kind == "chat" and row.figure >= 60:
            found[key] = -500 * ((row.figure - 30) // 30)
        elif row.kind == "penalty" and MINOR[row.clause] is not None:
            found[key] = -1000 * row.figure
        elif row.kind == "idea":
            found[key] = 100 * min(max(row.figure, 10), 100)
        elif row.kind == "complaint":
            complaints[row.staff_no].append(row)
    for staff_no, own in complaints.items():
        for row, fine in zip(sorted(own, key=lambda r: (r.day, r.number)), (5000, 10000), strict=False):
            found["complaint", row.number, staff_no] = -fine
    return found


def by_employee(amounts: Due) -> tuple[dict[str, int], dict[str, int]]:
    """What is taken from and what is given to each, in fen of 0 and more."""
    taken: dict[str, int] = defaultdict(int)
    given: dict[str, int] = defaultdict(int)
    for (_, _, staff_no), amount in amounts.items():
        (taken if amount < 0 else given)[staff_no] += abs(amount)
    return taken, given


def settle(taken: dict[str, int], given: dict[str, int], limit: dict[str, int]) -> dict[str, tuple[int, int]]:
    """Employee -> (paid or deducted, carried on) of one month."""
    return {
        staff_no: (given.get(staff_no, 0) - min(taken.get(staff_no, 0), limit[staff_no]), over)
        for staff_no in limit
        if taken.get(staff_no) or given.get(staff_no)
        for over in [max(0, taken.get(staff_no, 0) - limit[staff_no])]
    }


def fen(value: float) -> int:
    return int(Decimal(str(value)) * 100)


def paid(site, period: str) -> dict[str, int]:
    return {row["工号"]: fen(row["实际"]) for row in sheet(site, period, "汇总")}


def test_every_cent_of_50_employees_is_accounted_for(tmp_path):
    chance = random.Random(20_261_031)
    wages = {staff_no: chance.choice((400, 900, 1500, 3000.55, 8000)) for staff_no in STAFF}
    limit = {staff_no: int(Decimal(str(wage)) * 20) for staff_no, wage in wages.items()}
    staff = table(
        "工号,姓名,门店,部门,岗位,入职日期,月工资",
        *(f"{staff_no},员工{staff_no},网店,客服部,客服,2020-01-01,{wage}" for staff_no, wage in wages.items()),
    )
    site = make_site(tmp_path, {"网店": ["online_retail"]}, managers=["M001"])
    rows = month(chance)
    known = set(rows)
    assert deliver(site, "2026-10-01", {"roster": staff, **registers(rows), **closing("2026-09")})["exit"] == 0
    first = settle(*by_employee(due(rows)), limit)
    assert paid(site, "2026-09") == {staff_no: amount for staff_no, (amount, _) in first.items()}
    figures = control(site, "2026-09")
    taken, given = by_employee(due(rows))
    assert (fen(figures["扣款"]), fen(figures["奖励"])) == (-sum(taken.values()), sum(given.values()))
    assert fen(figures["合计"]) == sum(amount for amount, _ in first.values())
    frozen = files(site)["2026-09.xlsx"]

    corrected = {row.number: row for row in rows} | {row.number: row for row in corrections(rows, chance)}
    changed = [row for row in corrected.values() if row not in known]
    assert deliver(site, "2026-11-01", registers(changed) | closing("2026-10"), "更正.xlsx")["exit"] == 0
    before, after = due(rows), due(list(corrected.values()))
    moved = {key: after.get(key, 0) - before.get(key, 0) for key in {*before, *after}}
    taken, given = by_employee({key: amount for key, amount in moved.items() if amount})
    owed = {staff_no: taken.get(staff_no, 0) + first.get(staff_no, (0, 0))[1] for staff_no in STAFF}
    second = settle(owed, given, limit)
    assert paid(site, "2026-10") == {staff_no: amount for staff_no, (amount, _) in second.items()}
    assert files(site)["2026-09.xlsx"] == frozen

    site.once("2026-11-30")
    third = settle({staff_no: over for staff_no, (_, over) in second.items()}, {}, limit)
    assert paid(site, "2026-11") == {staff_no: amount for staff_no, (amount, _) in third.items()}
    everything = sum(sum(paid(site, period).values()) for period in ("2026-09", "2026-10", "2026-11"))
    assert everything - sum(over for _, over in third.values()) == sum(after.values())
