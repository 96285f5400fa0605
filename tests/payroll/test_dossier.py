"""`dossier`: everything about one decision in one file for an arbitration."""

from __future__ import annotations

import hashlib
import stat

from sitework import command, make_site

from payroll.desk import appeal, deliver, discipline, employee, line, penalty, roster


def test_the_file_says_everything_and_only_its_owner_reads_it(tmp_path):
    extra = '[law]\nregion = "江苏"\npublished = {technical_service = 2026-01-15}\n'
    site = make_site(tmp_path / "site", {"一部": ["technical_service"]}, managers=["M001"], extra=extra)
    registers = {
        "roster": roster(employee("E1")),
        "discipline": discipline(penalty("J1", "2026-09-02", "E1", "TS-1")),
    }
    sha256 = hashlib.sha256(site.drop(registers).read_bytes()).hexdigest()
    assert site.once("2026-09-30")["exit"] == 0
    id = line(site, staff_no="E1")["decision_id"]
    appeal(site, "2026-10-03", f"A1,{id},E1,2026-10-02,当天请了假,维持,,M001,2026-10-03")
    code, out, _ = command("dossier", id, "--config", site.config, "--to", str(tmp_path / "out"))
    assert code == 0
    [path] = (tmp_path / "out").iterdir()
    assert str(path) in out
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    text = path.read_text(encoding="utf-8")
    for word in (
        *(id, "E1名（E1）", "-100.00元", "TS-1 违反服务规定", "2026-01-15", "登记表.xlsx", sha256, "2026-09-30交来"),
        *("江苏省工资支付条例", "没有送达登记", "M001名（M001）维持", "当天请了假", "当月最多可扣", "1000.00元"),
        *("供参考，不构成法律意见", "罚款", "（未经律师核对）"),
    ):
        assert word in text, word
    inside, _, err = command("dossier", id, "--config", site.config, "--to", str(site.folder / "outbox/hr"))
    assert inside == 2 and "outbox" in err and not list(site.folder.rglob(f"{id}*"))
    again, _, _ = command("dossier", id, "--config", site.config, "--to", str(tmp_path / "out"))
    assert again == 0


def test_an_unknown_decision_has_none(tmp_path):
    site = make_site(tmp_path / "site", {"一部": ["technical_service"]}, managers=["M001"])
    deliver(site, "2026-09-30", {"roster": roster(employee("E1"))})
    code, _, err = command("dossier", "TS-1-000000000000", "--config", site.config, "--to", str(tmp_path / "out"))
    assert code == 1 and "no decision" in err
    assert not (tmp_path / "out").exists()
