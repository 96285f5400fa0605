"""What Windows does otherwise, played here: no file that is open can be renamed or removed, no folder is opened by handle."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from sitework import Site, command, make_site

from processor.batch import taking
from processor.batch.inbox import BUSY, MOUNT_POINT, Found, claim, look
from processor.filenames import harmless

from .accounts import AS_OF, ROSTER, TICKETS

FDS = Path("/proc/self/fd")
OLD = Path(__file__).parents[1] / "intake" / "files" / "dispatch.xls"
pytestmark = pytest.mark.skipif(not FDS.is_dir(), reason="only Linux tells which files are open")


def is_open(path: Any) -> bool:
    named = os.path.abspath(os.fsdecode(path))
    for handle in os.listdir(FDS):
        try:
            if os.readlink(FDS / handle) == named:
                return True
        except OSError:
            continue
    return False


@pytest.fixture(autouse=True)
def windows(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The names that were in use when they were to be moved or removed."""
    in_use: list[str] = []

    def held(name: str) -> Any:
        real = getattr(os, name)

        def call(*paths: Any, **how: Any) -> None:
            for path in paths:
                if not any(how.values()) and is_open(path):
                    in_use.append(f"{name} {path}")
                    raise PermissionError(13, "in use", str(path))
            real(*paths, **how)

        return call

    for name in ("replace", "rename", "unlink", "remove"):
        monkeypatch.setattr(os, name, held(name))
    monkeypatch.setattr(taking, "_BY_FOLDER", False)
    monkeypatch.setattr(taking, "_NO_LINK", 0)
    yield in_use


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return make_site(tmp_path, {"城东店": ["gps_service"]}, managers=["M001"], extra="[engine]\nworkers = 1\n")


def test_batches_hold_no_file_open_that_they_move(site: Site, windows: list[str]) -> None:
    site.drop({"roster": ROSTER}, "花名册.xlsx")
    site.drop({"service_tickets": TICKETS}, "店/服务单.xlsx")
    shutil.copy(OLD, site.folder / "inbox/派单.xls")
    (site.folder / "inbox/坏.xlsx").write_bytes(b"PK\x03\x04 half a workbook")
    (site.folder / "inbox/名单.csv").write_bytes(
        "登记编号,日期,工号,条款编号,情节,登记人工号\nJ1,2026-10-05,K001,GP-2,轻微,M001\n".encode("gb18030")
    )
    statuses = {book["file"]: book["status"] for book in site.once(AS_OF)["workbooks"]}
    assert statuses.pop("坏.xlsx") == "rejected" and set(statuses.values()) == {"processed"} and len(statuses) == 4
    shutil.copy(site.folder / "outbox/annotated/店/服务单.xlsx", site.folder / "inbox/服务单.xlsx")
    site.drop({"service_tickets": TICKETS + "\n"}, "又一份.xlsx")
    assert site.once(AS_OF)["exit"] == 0
    assert command("close", "2026-09", "--config", site.config, "--as-of", AS_OF)[0] in (0, 1)
    assert not [name for name in windows if ".processor" not in name]
    assert (
        not list((site.folder / "inbox").rglob("*.xlsx")) and len(list((site.folder / "archive").rglob("*.xlsx"))) == 5
    )


def test_links_lead_nowhere(tmp_path: Path) -> None:
    inbox, work, secret = (tmp_path / name for name in ("inbox", "work", "secret"))
    for folder in (inbox, work, secret):
        folder.mkdir()
    (secret / "a.csv").write_text("秘密", encoding="utf-8")
    (inbox / "a.csv").symlink_to(secret / "a.csv")
    (inbox / "店").symlink_to(secret)
    for file in ("a.csv", "店/a.csv"):
        assert claim(Found(inbox / file, file, ""), inbox, work, []) == BUSY
    assert (inbox / "a.csv").is_symlink() and (secret / "a.csv").exists()
    assert not [path for path in work.rglob("*") if not path.is_dir()]


def test_a_file_with_two_names_is_copied(tmp_path: Path) -> None:
    (tmp_path / "inbox").mkdir()
    other = tmp_path / "other.csv"
    other.write_text("一", encoding="utf-8")
    os.link(other, tmp_path / "inbox/a.csv")
    taking.take(tmp_path / "inbox", Path("a.csv"), tmp_path / "taken.csv")
    other.write_text("二", encoding="utf-8")
    assert (tmp_path / "taken.csv").read_text(encoding="utf-8") == "一"


def test_a_junction_in_the_inbox_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "店").mkdir()
    (tmp_path / "店/a.csv").write_text("一", encoding="utf-8")
    assert [found.file for found in look(tmp_path, 0, 2e9)] == ["店/a.csv"]
    real = os.scandir

    def scandir(folder: Any) -> list[Any]:
        """Every folder a junction."""
        return [
            SimpleNamespace(
                name=entry.name,
                path=entry.path,
                is_dir=entry.is_dir,
                is_file=entry.is_file,
                stat=lambda **_: SimpleNamespace(st_reparse_tag=MOUNT_POINT),
            )
            for entry in real(folder)
        ]

    with monkeypatch.context() as patched:
        patched.setattr(os, "scandir", scandir)
        assert look(tmp_path, 0, 2e9) == []


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (b'[site]\ninbox = "D:\\share\\inbox"\n', "in line 2, column 14 (texts stand in quotes, paths of Windows in single ones"),
        ('[site]\nname = "公司"\n'.encode("gb18030"), "it is no UTF-8 (save it as UTF-8)"),
    ],
)  # fmt: skip
def test_a_site_toml_that_windows_spoils_is_told_with_the_mend(tmp_path: Path, text: bytes, told: str) -> None:
    (tmp_path / "site.toml").write_bytes(text)
    code, out, _ = command("check", "--config", str(tmp_path / "site.toml"))
    assert code == 2 and told in out


def test_names_of_units_and_employees_become_names_of_files_without_becoming_one() -> None:
    names = ["城东店", "CON", "con.一", "丙:丁", "丙_丁", "丙/丁", "戊.", "戊", "A1 张三"]
    made = [harmless(name) for name in names]
    assert len({name.casefold() for name in made}) == len(names)
    assert [made[0], made[4], made[7], made[8]] == ["城东店", "丙_丁", "戊", "A1 张三"]
    assert not [name for name in made if name[0] in "cC" or set(name) & set(":/\\") or name.endswith(".")]
