"""A new site by one command."""

from __future__ import annotations

import json
import re
from pathlib import Path

import openpyxl
import pytest
from sitework import Site, command

from processor.site_reader import TABLES, load_site


def test_a_new_site_is_in_order_and_runs(tmp_path: Path) -> None:
    folder = tmp_path / "云溪"
    code, out, _ = command("init", str(folder), "--unit", "城东店", "--unit", "城西店", "--pack", "renovation")
    assert code == 0
    assert "processor once" in out
    site = load_site(folder / "site.toml")
    assert (site.name, [(unit.name, unit.packs) for unit in site.units]) == (
        "云溪",
        [("城东店", ("renovation",)), ("城西店", ("renovation",))],
    )
    titles = {path.stem for path in (folder / "空白登记表").iterdir()}
    assert {"员工花名册", "派单登记表"} <= titles
    assert "收银差错登记表" not in titles
    assert openpyxl.load_workbook(folder / "空白登记表" / "员工花名册.xlsx").worksheets[0]["A1"].value == "工号"
    code, out, _ = command("check", "--config", str(folder / "site.toml"))
    assert code == 0, out
    assert Site(folder).once("2026-10-31")["exit"] == 0


def test_a_site_without_packs_has_every_blank_register_and_is_in_order(tmp_path: Path) -> None:
    assert command("init", str(tmp_path / "site"))[0] == 0
    assert len(list((tmp_path / "site" / "空白登记表").iterdir())) > 40
    assert command("check", "--config", str(tmp_path / "site" / "site.toml"))[0] == 0


@pytest.mark.parametrize("options", [(), ("--pack", "salon")])
def test_nothing_is_overwritten(tmp_path: Path, options: tuple[str, ...]) -> None:
    assert command("init", str(tmp_path), "--pack", "renovation")[0] == 0
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    code, _, err = command("init", str(tmp_path), *options)
    assert (code, "nothing was changed" in err) == (2, True)
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before


def test_what_would_be_no_site_leaves_nothing(tmp_path: Path) -> None:
    for options in (
        ["--pack", "nonsense"],
        ["--unit", "甲", "--unit", "甲"],
        ["--pack", "online_retail", "taobao_shop"],
    ):
        code, _, err = command("init", str(tmp_path / "site"), *options)
        assert code == 2, err
        assert not (tmp_path / "site").exists()


def test_every_key_of_site_toml_stands_there_with_a_word_about_it(tmp_path: Path) -> None:
    assert command("init", str(tmp_path))[0] == 0
    text = (tmp_path / "site.toml").read_text(encoding="utf-8")
    parts = re.split(r"^(?:# )?\[+([a-z_]+)(?:\.\w+)?\]+", text, flags=re.MULTILINE)[1:]
    found = dict(zip(parts[::2], parts[1::2], strict=True))
    assert set(found) == set(TABLES)
    for table, keys in TABLES.items():
        missing = [key for key in keys or () if not re.search(rf"^#? ?{key} = ", found[table], re.MULTILINE)]
        assert not missing, f"templates/site.toml lacks {table}: {missing}"


def test_an_unexpected_fault_is_exit_70_with_a_trace_that_quotes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert command("init", str(tmp_path))[0] == 0

    def fail(*_: object) -> None:
        raise ValueError("张三的工资 9000")

    monkeypatch.setattr("processor.batch.batch.read_all", fail)
    code, out, _ = command("once", "--config", str(tmp_path / "site.toml"), "--json")
    assert (code, list(json.loads(out))) == (70, ["error"])
    log = (tmp_path / "processor.log").read_text(encoding="utf-8")
    assert "ValueError" in log
    assert re.search(r"batch\.py:\d+", log)
    assert "张三" not in log + out


@pytest.mark.parametrize("page", ["administrator.md", "administrator.zh-CN.md"])
def test_every_key_of_site_toml_is_documented(page: str) -> None:
    text = (Path(__file__).parents[2] / "docs" / page).read_text(encoding="utf-8")
    rows = [line for line in text.splitlines() if line.startswith("| `")]
    for table, keys in TABLES.items():
        told = "".join(row for row in rows if row.startswith(f"| `{table}."))
        missing = [key for key in keys or () if f"`{key}`" not in told and f"`{table}.{key}`" not in told]
        assert not missing, f"{page} lacks {table}: {missing}"
