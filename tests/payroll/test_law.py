"""The law of a region: which natures it lets be deducted, how much of a wage, and what it asks for beforehand."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from sitework import Site, command, make_site

from payroll.desk import (
    account,
    carried,
    close,
    control,
    copy_of,
    deliver,
    discipline,
    employee,
    line,
    lines,
    penalty,
    roster,
    sheet,
)
from processor.catalogue.law import load_laws
from processor.catalogue.outcome import NATURES

WHOLE_WAGE = "[wage_limit]\nshare = 1\n"
NOVEMBER = "2026-11-30"


def made(folder: Path, extra: str = "", *wages: float, as_of: str = NOVEMBER) -> Site:
    """A damaged cart of 500 yuan in October, which also earns a point worth 20: one of E1, or of an employee a wage."""
    site = make_site(folder, {"三部": ["department_store"]}, managers=["M001"], points={"C": 20}, extra=extra)
    people = {f"E{place}": wage for place, wage in enumerate(wages or (1000,), 1)}
    staff = roster(*(employee(no, wage, unit="三部", boss="", department="卖场") for no, wage in people.items()))
    staff = staff.replace("M001名,一部", "M001名,三部")
    rows = discipline(*(penalty(f"J{no[1:]}", "2026-10-02", no, "DS-M13", amount=500) for no in people))
    assert deliver(site, as_of, {"roster": staff, "discipline": rows})["exit"] == 0
    return site


@pytest.mark.parametrize(
    ("extra", "taken", "left"),
    [
        (WHOLE_WAGE, -520, 0),
        (WHOLE_WAGE + '[law]\nregion = "江苏"\n', -220, 300),
        (WHOLE_WAGE + '[law]\nregion = "深圳"\n', -220, 300),
        ('[law]\nregion = "江苏"\n', -200, 320),
        ('[wage_limit]\nshare = 0.1\n[law]\nregion = "江苏"\n', -100, 420),
        ('[wage_limit]\nshare = 1\nminimum_wage = 850\n[law]\nregion = "江苏"\n', -150, 370),
    ],
    ids=["no region", "Jiangsu", "Shenzhen", "the site's share", "a smaller share", "the minimum wage"],
)
def test_the_share_of_the_law_holds_losses_and_nothing_else(tmp_path, extra, taken, left):
    site = made(tmp_path, extra)
    own = account(site, "2026-10", "E1")
    assert (own["扣款"], own["实际"], own["结转"]) == (-520, taken, left)


def test_what_a_loss_exceeds_its_share_by_is_carried_under_its_own_decision(tmp_path):
    site = made(tmp_path, WHOLE_WAGE + '[law]\nregion = "江苏"\n', as_of="2026-12-31")
    loss = line(site, effect="deduction")["decision_id"]
    assert carried(site, "2026-10", "E1") == {loss: [300]}
    assert carried(site, "2026-11", "E1") == {loss: [-300, 100]}
    assert carried(site, "2026-12", "E1") == {loss: [-100]}


def test_the_share_at_its_bound(tmp_path):
    taken = {2500: -500, 2499.95: -499.99, 2500.05: -500}
    site = made(tmp_path, WHOLE_WAGE + '[law]\nregion = "江苏"\n', *taken)
    for place, sum in enumerate(taken.values(), 1):
        assert account(site, "2026-10", f"E{place}")["实际"] == pytest.approx(sum - 20)


def test_the_notice_and_the_file_for_arbitration_say_what_the_share_leaves(tmp_path):
    site = made(tmp_path, WHOLE_WAGE + '[law]\nregion = "江苏"\n')
    text = (site.folder / "outbox/通知/2026-10/三部/E1 E1名.html").read_text(encoding="utf-8")
    assert "本月工资实际扣款 <b>220.00</b> 元" in text and "<b>300.00</b>" in text and "供参考，不构成法律意见" in text
    id = line(site, effect="deduction")["decision_id"]
    assert command("dossier", id, "--config", site.config, "--to", str(tmp_path / "out"))[0] == 0
    [path] = (tmp_path / "out").iterdir()
    assert "当月最多可扣1000.00元，其中赔偿最多200.00元" in path.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def late(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """September is closed; a loss of September that comes in October makes two adjustments there: -500 and -20."""
    site = made(tmp_path_factory.mktemp("late"), WHOLE_WAGE, as_of="2026-10-05")
    close(site, "2026-09", "2026-10-05")
    rows = discipline(penalty("J2", "2026-09-12", "E1", "DS-M13", amount=500))
    assert deliver(site, "2026-10-06", {"discipline": rows}, "补.xlsx")["exit"] == 0
    assert sorted(float(row["amount"]) for row in lines(site, effect="adjustment")) == [-500, -20]
    return site


def test_an_adjustment_has_the_nature_of_the_line_that_it_adjusts(late, tmp_path):
    site = copy_of(late, tmp_path)
    text = (site.folder / "outbox/通知/2026-10/三部/E1 E1名.html").read_text(encoding="utf-8")
    assert text.count("（赔偿）") == text.count("（点数）") == 2
    config = site.folder / "site.toml"
    config.write_text(config.read_text(encoding="utf-8") + '[law]\nregion = "广东"\n', encoding="utf-8")
    site.once("2026-10-07")
    reasons = {(row["项目编码"], row["金额"]): row["原因"] for row in sheet(site, "2026-10", "未列入")}
    no_fines = "广东不得罚款（依据《广东省工资支付条例》第十五条）"
    assert reasons == {
        ("deduction", -500): "未送达",
        ("points", -20): no_fines,
        ("adjustment", -500): "未送达",
        ("adjustment", -20): no_fines,
    }


def test_the_notice_says_what_is_not_deducted_and_why(tmp_path):
    site = made(tmp_path, WHOLE_WAGE + '[law]\nregion = "广东"\n[notice]\nappeal_days = 0\n')
    text = (site.folder / "outbox/通知/2026-10/三部/E1 E1名.html").read_text(encoding="utf-8")
    assert "<b>200.00</b> 元；超过当月扣款限额的 <b>300.00</b> 元以后月份再扣；另有 <b>20.00</b> 元不扣" in text
    assert "不扣款：广东不得罚款" in text and "请在收到本通知的当天" in text and text.count("（同上）") == 1


def test_a_region_about_which_nothing_is_known_blocks_nothing_and_is_said(late):
    assert control(late, "2026-10")["扣款依据"] == "未设置地区，未核对扣款依据"
    code, out, _ = command("check", "--config", late.config)
    assert code == 0 and "未设置地区，未核对扣款依据" in out


def test_a_published_rule_book_that_is_no_pack_is_a_fault_of_the_site(tmp_path):
    site = make_site(
        tmp_path, {"三部": ["department_store"]}, extra="[law]\npublished = {departmentstore = 2026-01-15}\n"
    )
    for asked in ("check", "once"):
        code, out, err = command(asked, "--config", site.config)
        assert code == 2 and "law.published.departmentstore" in out + err


def test_each_entry_has_its_source_and_says_what_is_not_verified():
    laws = load_laws()
    assert set(laws) == {"广东", "江苏", "深圳"}
    for region, law in laws.items():
        for entry in law.entries:
            assert entry.source and entry.article.startswith("第") and entry.found_in and not entry.reviewed_by
            assert set(entry.natures) <= set(NATURES) and entry.since < date(2026, 1, 1)
        assert law.floor(date(2026, 1, 1)), region
        assert (law.prior_notice(date(2026, 1, 1)) is not None) == (region == "广东")
