"""Commands, options, exit codes and the object that `--json` prints."""

from __future__ import annotations

import json
import os
import re
import shutil
from pathlib import Path

import openpyxl
import pytest
import yaml
from filelock import FileLock
from sitework import Site, command, make_site

from .scenes import DAY, DISCIPLINE, REPOSITORY, ROSTER, contents, delivered, process, shop


@pytest.fixture(scope="module")
def begun(tmp_path_factory):
    """A delivered site after its first batch."""
    site = delivered(tmp_path_factory.mktemp("begun"))
    assert site.once(DAY)["exit"] == 0
    return site


@pytest.fixture
def site(begun, tmp_path):
    """The same, for one test, in its folder."""
    return Site(Path(shutil.copytree(begun.folder, tmp_path, dirs_exist_ok=True)))


KEYS = {"register", "sheet", "rows", "new", "changed", "unchanged", "missing", "issues"}


def test_once_in_a_process_of_its_own_prints_one_object_and_nothing_else(tmp_path):
    site = delivered(tmp_path)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    done = process("once", "--config", site.config, "--as-of", DAY, "--json", cwd=elsewhere)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert set(told) == {"run", "as_of", "workbooks", "decisions", "outputs", "rulebook"}
    assert set(told["outputs"]) == {"decisions", "summary", "deductions", "pending"}
    assert told["as_of"] == DAY
    (book,) = told["workbooks"]
    assert set(book) == {"file", "status", "reason", "registers", "annotated"}
    assert (book["file"], book["status"]) == ("登记表.xlsx", "processed")
    assert all(set(part) == KEYS for part in book["registers"])
    assert told["decisions"] == len(site.lines())
    outputs = told["outputs"]
    for path in (
        book["annotated"],
        outputs["decisions"],
        outputs["summary"],
        outputs["pending"],
        *outputs["deductions"],
    ):
        assert (tmp_path / path).is_file(), path
        assert not path.startswith("/")
    assert not (tmp_path / "inbox" / "登记表.xlsx").exists()
    assert any(path.name.startswith("登记表") for path in (tmp_path / "archive").rglob("*.xlsx"))


def test_the_config_may_lie_in_the_working_folder(tmp_path, monkeypatch):
    delivered(tmp_path)
    monkeypatch.chdir(tmp_path)
    code, out, err = command("once", "--as-of", DAY, "--json")
    assert code == 0, err
    assert json.loads(out)["workbooks"][0]["annotated"].startswith("outbox/")


def test_run_without_a_command_works_in_the_repository(tmp_path):
    copy = tmp_path / "copy"
    shutil.copytree(REPOSITORY, copy, ignore=shutil.ignore_patterns(".git", ".venv", "tests", "*.db", ".*_cache"))
    done = process(cwd=copy, program=copy / "run.py")
    assert done.returncode == 0, done.stderr
    assert (copy / "outbox" / "decisions.csv").is_file()


@pytest.mark.parametrize(
    "arguments",
    [("once", "--as-of", "someday", "--json"), ("once", "--nothing", "--json"), ("clauses", "--json", "--pack")],
)
def test_wrong_usage_is_exit_2_and_an_error_object(arguments):
    code, out, _ = command(*arguments)
    assert (code, set(json.loads(out))) == (2, {"error"})
    assert command(*(a for a in arguments if a != "--json"))[:2] == (2, "")


def test_a_missing_site_is_exit_2_and_an_error_object(tmp_path):
    code, out, _ = command("once", "--config", str(tmp_path / "none.toml"), "--json")
    assert code == 2
    assert set(json.loads(out)) == {"error"}
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "extra",
    [
        '[parameters.online_retail]\ngreeting_limit = "long"\n',
        "[parameters.online_retail]\nno_such_parameter = 1\n",
        "[parameters.no_such_pack]\ngrace_minutes = 1\n",
        '[schedule]\nrun = ["someday 8"]\n',
        "[points]\nZ = 5\n",
        "[wage_limit]\nshare = 2\n",
        '[export]\nprofiles = ["nobody"]\n',
        '[[units]]\nname = "三部"\npacks = ["no_pack"]\n',
        '[[units]]\nname = "三部"\npacks = ["taobao_shop", "online_retail"]\n',
        '[[units]]\nname = "三部"\npacks = ["call_centre", "department_store"]\n',
        "[broken\n",
    ],
)
def test_a_wrong_site_is_exit_2_and_nothing_is_touched(tmp_path, extra):
    site = delivered(tmp_path, extra=extra)
    before = contents(tmp_path)
    code, out, _ = command("once", "--config", site.config, "--as-of", DAY, "--json")
    assert code == 2
    told = json.loads(out)
    assert set(told) == {"error"} and told["error"]
    assert contents(tmp_path) == before
    assert command("check", "--config", site.config)[0] == 2


def test_a_ledger_that_cannot_be_opened_is_exit_2(tmp_path):
    site = delivered(tmp_path)
    (tmp_path / "ledger.db").write_bytes(b"this is no database at all, but long enough to be looked at" * 40)
    code, out, _ = command("once", "--config", site.config, "--as-of", DAY, "--json")
    assert (code, set(json.loads(out))) == (2, {"error"})
    assert (tmp_path / "inbox" / "登记表.xlsx").exists()


def test_a_held_site_is_exit_3_and_nothing_is_touched(tmp_path, site):
    site.drop({"discipline": DISCIPLINE.replace("J1", "J9")}, "二.xlsx")
    (lock,) = tmp_path.rglob("*.lock")
    with FileLock(lock):
        code, out, _ = command("once", "--config", site.config, "--as-of", DAY, "--json")
        assert (code, set(json.loads(out))) == (3, {"error"})
        assert command("close", "2026-08", "--config", site.config, "--as-of", DAY)[0] == 3
    assert (tmp_path / "inbox" / "二.xlsx").exists()


def test_status_duplicate_rejected_and_waiting(tmp_path, site):
    copies = list((tmp_path / "archive").rglob("*.xlsx"))
    shutil.copy(copies[0], tmp_path / "inbox" / "又一份.xlsx")
    (tmp_path / "inbox" / "坏.xlsx").write_bytes(b"nonsense")
    (tmp_path / "inbox" / "空.xlsx").write_bytes(b"")
    (tmp_path / "inbox" / "~$登记表.xlsx").write_bytes(b"lock")
    (tmp_path / "inbox" / "半份.xlsx.part").write_bytes(b"half")
    result = site.once(DAY)
    assert result["exit"] == 1
    status = {book["file"]: book["status"] for book in result["workbooks"]}
    assert status == {"又一份.xlsx": "duplicate", "坏.xlsx": "rejected", "空.xlsx": "rejected"}
    for book in result["workbooks"]:
        assert re.search("[\u4e00-\u9fff]", book["reason"]), book
        if book["status"] == "rejected":
            assert book["annotated"] is None
    assert (tmp_path / "inbox" / "~$登记表.xlsx").exists()
    assert (tmp_path / "inbox" / "半份.xlsx.part").exists()
    assert site.once(DAY)["exit"] == 0


def test_a_duplicate_alone_is_exit_0(tmp_path, site):
    shutil.copy(next((tmp_path / "archive").rglob("*.xlsx")), tmp_path / "inbox" / "登记表.xlsx")
    result = site.once(DAY)
    assert (result["exit"], result["workbooks"][0]["status"]) == (0, "duplicate")
    assert result["decisions"] == len(site.lines()) == 4


def test_of_two_equal_workbooks_in_one_batch_the_second_is_a_duplicate(tmp_path):
    site = delivered(tmp_path)
    shutil.copy(tmp_path / "inbox" / "登记表.xlsx", tmp_path / "inbox" / "登记表 - 副本.xlsx")
    result = site.once(DAY)
    assert (result["exit"], result["decisions"]) == (0, 4)
    found = {book["file"]: book["status"] for book in result["workbooks"]}
    assert found == {"登记表.xlsx": "processed", "登记表 - 副本.xlsx": "duplicate"}


def test_a_fresh_workbook_waits_until_it_has_settled(tmp_path):
    site = delivered(tmp_path)
    config = tmp_path / "site.toml"
    config.write_text(config.read_text(encoding="utf-8").replace("settle_seconds = 0", "settle_seconds = 600"), "utf-8")
    result = site.once(DAY)
    (book,) = result["workbooks"]
    assert (result["exit"], book["status"], book["registers"], book["annotated"]) == (0, "waiting", [], None)
    assert re.search("[\u4e00-\u9fff]", book["reason"])
    assert (tmp_path / "inbox" / "登记表.xlsx").exists()
    os.utime(tmp_path / "inbox" / "登记表.xlsx", (1_700_000_000, 1_700_000_000))
    assert site.once(DAY)["workbooks"][0]["status"] == "processed"


def test_file_is_the_path_below_the_inbox(tmp_path):
    site = shop(tmp_path)
    site.drop({"roster": ROSTER, "discipline": DISCIPLINE}, "网店二部/九月/登记表.xlsx")
    result = site.once(DAY)
    assert [book["file"] for book in result["workbooks"]] == ["网店二部/九月/登记表.xlsx"]
    assert (tmp_path / result["workbooks"][0]["annotated"]).name == "登记表.xlsx"
    assert {line["file"] for line in site.lines() if line["row"]} == {"网店二部/九月/登记表.xlsx"}


def test_a_dry_run_changes_neither_ledger_nor_inbox_nor_outbox(tmp_path, site):
    site.drop({"discipline": DISCIPLINE.replace("J1", "J9")}, "二.xlsx")
    before = contents(tmp_path)
    result = site.once(DAY, "--dry-run")
    after = contents(tmp_path)
    assert {path: data for path, data in after.items() if path in before} == before
    paths = [*result["outputs"].values()]
    paths = [p for path in paths for p in (path if isinstance(path, list) else [path])]
    paths.append(result["workbooks"][0]["annotated"])
    for path in paths:
        assert (tmp_path / path).is_file(), path
        assert not path.startswith("outbox/decisions") and "preview" in path, path
    assert result["decisions"] == 5
    assert len(site.lines()) == 4


def test_a_dry_run_of_a_new_site_leaves_no_ledger(tmp_path):
    site = delivered(tmp_path)
    assert site.once(DAY, "--dry-run")["decisions"] == 4
    assert not (tmp_path / "ledger.db").exists()
    assert (tmp_path / "inbox" / "登记表.xlsx").exists()
    assert not (tmp_path / "outbox" / "decisions.csv").exists()
    assert site.once(DAY)["decisions"] == 4


def test_the_same_input_and_day_give_the_same_bytes_on_two_sites(tmp_path):
    sites = [delivered(tmp_path / name) for name in ("甲", "乙")]
    first = (tmp_path / "甲" / "inbox" / "登记表.xlsx").read_bytes()
    (tmp_path / "乙" / "inbox" / "登记表.xlsx").write_bytes(first)
    told = [site.once(DAY) for site in sites]
    outputs = [contents(site.folder / "outbox") for site in sites]
    assert set(outputs[0]) == set(outputs[1])
    assert [path for path in outputs[0] if outputs[0][path] != outputs[1][path]] == []
    assert told[0] == told[1]


def test_a_batch_without_input_writes_all_outputs_anew(tmp_path, site):
    before = contents(tmp_path / "outbox")
    for name in ("decisions.csv", "待确认事项.xlsx"):
        (tmp_path / "outbox" / name).unlink()
    shutil.rmtree(tmp_path / "outbox" / "hr")
    shutil.rmtree(tmp_path / "outbox" / "pages")
    result = site.once(DAY)
    assert (result["exit"], result["workbooks"], result["decisions"]) == (0, [], 4)
    after = contents(tmp_path / "outbox")
    for path, data in before.items():
        if path == "decisions.csv" or path.startswith("hr/"):
            assert after[path] == data, path
    assert set(before) <= set(after)
    assert site.lines("changes.csv") == []


def registers() -> dict:
    from processor.catalogue.register_reader import load_registers

    return load_registers()


def test_blank_writes_one_workbook_a_register_with_its_headers(tmp_path):
    code, _, _ = command("blank", "--to", str(tmp_path))
    assert code == 0
    paths = list(tmp_path.glob("*.xlsx"))
    assert len(paths) == 51
    seen = set()
    by_title = {register.title: register for register in registers().values()}
    for path in paths:
        book = openpyxl.load_workbook(path)
        first, second, *_ = book.worksheets
        headers = [cell.value for cell in first[1]]
        register = next(r for r in by_title.values() if [c.header for c in r.columns] == headers)
        seen.add(register.name)
        assert "门店" in headers and "备注" in headers
        assert first.max_row == 1
        assert second.max_row >= 2
    assert len(seen) == 51


def test_a_blank_register_is_read_and_its_example_sheet_is_not(tmp_path):
    site = shop(tmp_path / "site")
    assert command("blank", "discipline", "roster", "--to", str(site.folder / "inbox"))[0] == 0
    assert len(list((site.folder / "inbox").iterdir())) == 2
    result = site.once(DAY)
    assert result["exit"] == 0
    assert [(b["status"], [r["rows"] for r in b["registers"]]) for b in result["workbooks"]] == [("processed", [0])] * 2
    assert site.lines() == []


def test_a_filled_blank_register_counts_from_the_row_below_the_header(tmp_path):
    site = delivered(tmp_path / "site")
    command("blank", "discipline", "--to", str(tmp_path))
    (path,) = tmp_path.glob("*.xlsx")
    book = openpyxl.load_workbook(path)
    headers = [cell.value for cell in book.worksheets[0][1]]
    given = {"登记编号": "J7", "日期": "2026-09-09", "工号": "Z001", "条款编号": "OR-14", "登记人工号": "Z000"}
    for header, value in given.items():
        book.worksheets[0].cell(2, headers.index(header) + 1, value)
    book.save(site.folder / "inbox" / "填好.xlsx")
    result = site.once(DAY)
    assert result["exit"] == 0
    (line,) = [line for line in site.lines() if line["subject"] == "J7"]
    assert (line["file"], line["row"], line["amount"]) == ("填好.xlsx", "2", "-10.00")


def test_blank_refuses_an_unknown_register(tmp_path):
    assert command("blank", "nothing", "--to", str(tmp_path))[0] == 2
    assert list(tmp_path.iterdir()) == []


def test_clauses_lists_every_clause_with_pack_family_and_kind():
    code, out, _ = command("clauses", "--json")
    rows = json.loads(out)
    assert code == 0 and isinstance(rows, list)
    assert len(rows) == 252 and len({row["clause"] for row in rows}) == 252
    assert all(row["pack"] and row["family"] and row["kind"] in ("computed", "recorded") for row in rows)
    _, out, _ = command("clauses", "--json", "--pack", "renovation")
    assert {row["pack"] for row in json.loads(out)} == {"renovation"}
    assert command("clauses", "--pack", "nobody", "--json")[0] == 2
    code, text, _ = command("clauses")
    assert code == 0 and "OR-14" in text


def test_check_names_file_key_and_mend(tmp_path):
    site = delivered(tmp_path, extra='[parameters.online_retail]\ngreeting_limit = "long"\n')
    code, out, err = command("check", "--config", site.config)
    assert code == 2
    assert "site.toml" in out + err and "greeting_limit" in out + err and "online_retail" in out + err
    good = shop(tmp_path / "good")
    assert command("check", "--config", good.config)[0] == 0


def test_two_packs_that_price_the_same_fact_are_named(tmp_path):
    site = make_site(tmp_path, {"店": ["online_retail", "taobao_shop"]})
    code, out, err = command("check", "--config", site.config)
    assert code == 2
    assert "online_retail" in out + err and "taobao_shop" in out + err and "店" in out + err


def test_explain_prints_file_sheet_and_row_of_every_ladder_step(tmp_path):
    site = shop(tmp_path)
    complaint = "投诉编号,受理时间,受理人工号,投诉级别,责任类型,责任人工号,办结人工号,办结时间\n"
    rows = [f"C{n},2026-09-0{n} 09:00,Z001,一般,服务,Z001,Z001,2026-09-0{n} 09:20" for n in (1, 2, 3)]
    site.drop({"roster": ROSTER, "complaints": complaint + "\n".join(rows[:2])}, "上旬.xlsx")
    site.drop({"complaints": complaint + rows[2]}, "中旬.xlsx")
    site.once(DAY)
    line = next(line for line in site.lines() if line["clause"] == "OR-6b" and line["subject"] == "C3")
    assert (line["effect"], line["status"], line["occurrence"]) == ("recommendation", "needs_confirmation", "3")
    code, told, _ = command("explain", line["decision_id"], "--config", site.config)
    assert code == 0
    assert "OR-6b" in told and "上旬.xlsx" in told and "中旬.xlsx" in told and "客户投诉处理表" in told
    for row in ("2", "3"):
        assert re.search(rf"上旬\.xlsx.*客户投诉处理表.*第{row}行", told), told


def test_explain_of_an_unknown_decision_is_exit_1_and_one_sentence(tmp_path, site):
    code, out, err = command("explain", "NOTHING-1", "--config", site.config)
    assert code == 1
    assert len((out + err).strip().splitlines()) == 1


def test_simulate_names_person_and_clause_and_writes_nothing(tmp_path, site):
    before = contents(tmp_path)
    arguments = ("--config", site.config, "--from", "2026-09", "--to", "2026-09", "--as-of", DAY)
    code, out, _ = command("simulate", *arguments, "--set", "online_retail.chores_fine=30")
    assert code == 0
    assert "Z001" in out and "OR-14" in out and "-30.00" in out
    assert "OR-10" not in out
    assert command("simulate", *arguments, "--set", "online_retail.nothing=30")[0] == 2
    assert command("simulate", *arguments, "--set", "nobody.grace_minutes=30")[0] == 2
    assert command("simulate", *arguments, "--set", "online_retail.chores_fine=viel")[0] == 2
    assert contents(tmp_path) == before


def test_close_freezes_the_month_and_a_late_row_becomes_an_adjustment(tmp_path, site):
    assert command("close", "2026-09", "--config", site.config, "--as-of", "2026-10-08")[0] == 0
    frozen = {path: data for path, data in contents(tmp_path / "outbox" / "hr").items() if path.startswith("2026-09")}
    assert {"2026-09.xlsx", "2026-09.csv"} <= set(frozen)
    _, out, err = command("close", "2026-09", "--config", site.config, "--as-of", "2026-10-08")
    assert (out + err).strip()
    late = DISCIPLINE.replace("J3,2026-09-04,Z002,客二,OR-10,,2", "J3,2026-09-04,Z002,客二,OR-10,,3")
    site.drop({"discipline": late + "J4,2026-09-05,Z001,客一,OR-14,,,,,又未打扫,Z000\n"}, "补.xlsx")
    site.once("2026-10-10")
    lines = site.lines()
    assert {line["period"] for line in lines} == {"2026-10"}
    adjustments = [line for line in lines if line["effect"] == "adjustment"]
    assert sorted((a["staff_no"], a["amount"], a["status"], bool(a["linked_to"])) for a in adjustments) == [
        ("Z001", "-10.00", "final", False),
        ("Z002", "-10.00", "final", True),
    ]
    assert {path: data for path, data in contents(tmp_path / "outbox" / "hr").items() if path in frozen} == frozen


def test_annotate_needs_no_site_and_writes_text(tmp_path):
    book = openpyxl.Workbook()
    book.active.title = "表"
    book.active.append(["编号", "日期"])
    book.active.append(["1", "2026-09-01"])
    book.save(tmp_path / "in.xlsx")
    plan = {
        "sheets": [
            {
                "sheet": "表",
                "header_row": 1,
                "columns": ["结果", "数"],
                "rows": {"2": ["=1+1", 5]},
                "notes": {"B2": "看这里"},
                "marks": {"B2": "error"},
            }
        ],
        "summary": {"title": "汇总", "rows": [["共", 1]]},
    }
    (tmp_path / "plan.json").write_text(json.dumps(plan, ensure_ascii=False), encoding="utf-8")
    done = process(
        "annotate", str(tmp_path / "in.xlsx"), str(tmp_path / "out.xlsx"), "--plan", str(tmp_path / "plan.json")
    )
    assert done.returncode == 0, done.stderr
    sheet = openpyxl.load_workbook(tmp_path / "out.xlsx")["表"]
    assert [cell.value for cell in sheet[1]] == ["编号", "日期", "结果", "数"]
    assert [(cell.value, cell.data_type) for cell in sheet[2]][2:] == [("=1+1", "s"), ("5", "s")]
    assert "看这里" in sheet["B2"].comment.text
    (tmp_path / "bad.xlsx").write_bytes(b"no workbook")
    done = process(
        "annotate", str(tmp_path / "bad.xlsx"), str(tmp_path / "bad_out.xlsx"), "--plan", str(tmp_path / "plan.json")
    )
    assert done.returncode == 1 and (done.stdout + done.stderr).strip()
    assert not (tmp_path / "bad_out.xlsx").exists()


def test_every_register_of_the_blank_command_is_known_by_its_yaml_name():
    for name in registers():
        data = yaml.safe_load((REPOSITORY / "processor" / "registers" / f"{name}.yaml").read_text(encoding="utf-8"))
        assert data["title"] == registers()[name].title
