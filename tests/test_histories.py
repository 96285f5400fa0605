"""What must hold for any history of a site: rebuilt from its archive it is the same; under other rules it is as a fresh one."""

from __future__ import annotations

import json
import random
import re
import shutil
import tempfile
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from depth import DEPTH
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from payroll.desk import close, confirm, deliver, discipline, employee, lines, penalty, roster, table
from robustness.killing import killed_at
from rulebook.book import RuleBook
from sitework import Site, command, make_site
from test_rebuild import outputs, rows

FEW = settings(max_examples=2, deadline=None, suppress_health_check=list(HealthCheck))
UNITS = {"一部": ["technical_service", "shop_rules"]}
MANAGERS = ["M001", "M002"]
STAFF = roster(employee("M002", boss="", post="经理"), employee("E1", boss=""), employee("E2", boss=""))
CLAUSES = ("TS-1", "TS-2", "TS-6", "S-1")
FIRST = date(2026, 9, 3)


class History:
    """A site that lives on: each step is a batch or two some days later, of whatever kind the chance wants."""

    def __init__(self, folder: Path, chance: random.Random) -> None:
        self.chance, self.day, self.number, self.closed = chance, FIRST, 0, False
        self.site = make_site(folder, UNITS, managers=MANAGERS, points={"A": 100, "B": 50, "C": 20})
        self.pack = self.site.folder / "packs/shop_rules.yaml"
        self.pack.parent.mkdir()
        self.pack.write_text(pack({"S-1": 5}), encoding="utf-8")
        deliver(self.site, self.day, {"roster": STAFF, "discipline": discipline(self.row(), self.row())}, "一.xlsx")

    def row(self, number: int | None = None) -> str:
        """A penalty of a day that is over; a new one, or another version of a known one."""
        self.number += number is None
        day = FIRST + timedelta(self.chance.randrange((self.day - FIRST).days + 1))
        who, clause = self.chance.choice(("E1", "E2")), self.chance.choice(CLAUSES)
        return penalty(
            f"J{number or self.number}", day.isoformat(), who, clause, amount=self.chance.choice(("", 60000))
        )

    def step(self, kind: str) -> None:
        self.day += timedelta(self.chance.randint(1, 20))
        getattr(self, kind)()

    def drop(self) -> None:
        deliver(self.site, self.day, {"discipline": discipline(self.row(), self.row())}, f"{self.day}.xlsx")

    def correct(self) -> None:
        again = self.row(self.chance.randint(1, self.number))
        deliver(self.site, self.day, {"discipline": discipline(again)}, f"更正{self.day}.xlsx")

    def answer(self) -> None:
        asked = [line["decision_id"] for line in lines(self.site) if line["status"] == "needs_confirmation"]
        verdict = self.chance.choice(("确认", "撤销"))
        confirm(
            self.site,
            self.day,
            [f"{id},{verdict},,M001,{self.day}" for id in asked[:1]] or [f"X-1,确认,,M001,{self.day}"],
        )

    def close(self) -> None:
        if not self.closed and self.day > date(2026, 9, 30):
            close(self.site, "2026-09", self.day)
            self.closed = True

    def figure(self) -> None:
        config = self.site.folder / "site.toml"
        text = config.read_text(encoding="utf-8")
        config.write_text(text.replace("A = ", f"A = {self.chance.randint(1, 9)}", 1), encoding="utf-8")
        self.site.once(self.day)

    def release(self) -> None:
        """A newer pack, whose change holds from a day that may be over or lie ahead."""
        since = self.day + timedelta(self.chance.randint(-20, 10))
        text = pack({"S-1": self.chance.randint(6, 99)}, since.isoformat())
        self.pack.write_text(text, encoding="utf-8")
        self.site.once(self.day)

    def hand_over(self) -> None:
        """The number of one who leaves goes to another person on the next day."""
        left, came = self.day.isoformat(), (self.day + timedelta(1)).isoformat()
        rows = [f"E2,E2名,一部,客服部,客服,2020-01-01,{left},", f"E2,新人,一部,客服部,客服,{came},,{came}"]
        deliver(self.site, self.day, {"roster": table(HANDED, *rows)}, f"花名册{self.day}.xlsx")

    def approve(self) -> None:
        given = {"新值": self.chance.randint(10, 99), "新值自何日起": f"{self.day}", "理由": "屡禁不止"}
        RuleBook(self.site).sign("M001").fill("数值", {"代号": "favours_fine"}, **given).drop()
        self.site.once(self.day)
        waiting = RuleBook(self.site).rows("待批准")[-1]["提案编号"]
        RuleBook(self.site).fill("待批准", {"提案编号": waiting}, 决定="批准", 批准人工号="M002").drop("批复.xlsx")
        self.site.once(self.day)

    def killed(self) -> None:
        self.site.drop({"discipline": discipline(self.row())}, f"断{self.day}.xlsx")
        killed_at(lambda: self.site.once(self.day), self.site.folder, self.chance.randint(3, 25))
        self.site.once(self.day)


KINDS = ("drop", "correct", "answer", "close", "figure", "approve", "killed", "release", "hand_over")
HANDED = "工号,姓名,门店,部门,岗位,入职日期,离职日期,生效日期"


@pytest.mark.timeout(300 + 120 * DEPTH)
@pytest.mark.parametrize("part", [slice(5), slice(4, None)], ids=["first", "rest"])
@settings(FEW, max_examples=DEPTH)
@given(seed=st.integers(0, 10_000), kinds=st.permutations(KINDS))
def test_any_history_is_rebuilt_byte_for_byte(part: slice, seed: int, kinds: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        history = History(Path(folder) / "lived", random.Random(seed))
        for kind in kinds[part]:
            history.step(kind)
        lived, anew = history.site.folder, Path(folder) / "anew"
        code, _, err = command("rebuild", "--from", str(lived / "archive"), "--to", str(anew))
        assert code == 0, err
        assert outputs(anew) == outputs(lived)
        made, was = rows(anew / "ledger.db"), rows(lived / "ledger.db")
        assert {name: made[name] for name in made} == was


def pack(clauses: dict[str, int], since: str = "") -> str:
    """A pack of a site's own with these clauses and what each costs; since: from when on what it changes holds."""
    told = {
        id: {
            "title": f"规定{id}",
            "rule": f"违反{id}罚款。",
            "cites": "第一条",
            "family": "conduct",
            "kind": "recorded",
        }
        | {"decided": {"mechanic": "recorded", "steps": [[{"effect": "fine", "amount": yuan}]]}}
        for id, yuan in clauses.items()
    }
    head = {"pack": "shop_rules", "title": "店规", "document": "店规", "in_force_from": "2000-01-01"}
    changes = [{"clause": id, "since": since, "what": "新标准"} for id in clauses if since]
    text = json.dumps(head | {"changes": changes, "parameters": {}, "clauses": told}, ensure_ascii=False)
    return re.sub(r'"(\d{4}-\d\d-\d\d)"', r"\1", text)


def test_a_backup_gives_the_same_though_the_site_s_own_pack_changed_since(tmp_path: Path) -> None:
    site = make_site(tmp_path / "lived", {"一部": ["shop_rules"]}, managers=["M001"])
    own = site.folder / "packs/shop_rules.yaml"
    own.parent.mkdir()
    own.write_text(pack({"S-1": 5}), encoding="utf-8")
    deliver(site, "2026-10-01", {"roster": STAFF})
    shutil.copyfile(site.folder / "ledger.db", tmp_path / "backup.db")
    deliver(site, "2026-10-05", {"discipline": discipline(penalty("J1", "2026-10-02", "E1", "S-1"))}, "一.xlsx")
    own.write_text(pack({"S-1": 9}, "2026-10-04"), encoding="utf-8")
    deliver(site, "2026-10-06", {"discipline": discipline(penalty("J2", "2026-10-05", "E1", "S-1"))}, "二.xlsx")
    folder = Path(shutil.copytree(site.folder, tmp_path / "restored"))
    shutil.copyfile(tmp_path / "backup.db", folder / "ledger.db")
    for batch in sorted(folder.glob("archive/2*"))[1:]:
        shutil.copytree(batch, folder / "inbox", dirs_exist_ok=True)
        result = Site(folder).once(batch.name[:10])
        assert (result["exit"], result["run"]) == (0, batch.name)
    assert outputs(folder) == outputs(site.folder)
    assert {line["subject"]: line["amount"] for line in lines(Site(folder))} == {"J1": "-5.00", "J2": "-9.00"}
    kept = [sorted(path.name for path in each.rglob("archive/*/*")) for each in (folder, site.folder)]
    assert kept[0] == kept[1]


def decided(site: Site) -> list[tuple[str, ...]]:
    names = ("decision_id", "clause", "subject", "staff_no", "amount", "status", "text")
    return [tuple(line[name] for name in names) for line in site.lines()]


Rules = dict[str, int]
RULES: Callable[[], st.SearchStrategy[Rules]] = lambda: st.dictionaries(  # noqa: E731
    st.sampled_from(("S-1", "S-2", "S-3")), st.integers(1, 5), min_size=1
)


@FEW
@given(versions=st.lists(RULES(), min_size=3, max_size=3))
def test_renamed_deleted_and_added_clauses_leave_what_a_fresh_run_says(versions: list[Rules]) -> None:
    staff = roster(employee("E1", boss=""))
    book = [penalty(f"J{n}", f"2026-10-0{n}", "E1", f"S-{n}") for n in (1, 2, 3)]
    with tempfile.TemporaryDirectory() as folder:

        def site(name: str, rules: Rules) -> Site:
            made = make_site(Path(folder) / name, {"一部": ["shop_rules"]})
            (made.folder / "packs").mkdir()
            (made.folder / "packs/shop_rules.yaml").write_text(pack(rules), encoding="utf-8")
            deliver(made, "2026-10-31", {"roster": staff, "discipline": discipline(*book)})
            return made

        lived = site("lived", {"S-1": 1, "S-2": 1, "S-3": 1})
        for number, rules in enumerate(versions):
            (lived.folder / "packs/shop_rules.yaml").write_text(pack(rules), encoding="utf-8")
            lived.once("2026-10-31")
            assert decided(lived) == decided(site(f"fresh{number}", rules))
