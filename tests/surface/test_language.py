"""Commands speak the language of the machine, or the one that the site states."""

from __future__ import annotations

import ast
import gettext
import io
import logging
import pickle
import re
from collections.abc import Iterator
from contextlib import redirect_stderr
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from sitework import command, make_site

from processor.cli import main
from processor.errors import PolicyError, SiteLocked
from processor.messages import tell
from processor.voice import voice, warning_at_terminal

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "processor/locale/zh/LC_MESSAGES"
NAMES = re.compile(r"\{(\w*)(?:![rs])?(?::\w*)?\}")
CHINESE = re.compile(r"[\u4e00-\u9fff]")
#: Calls whose literal is said at the terminal, and which of their arguments it is.
SAYS = {"tell": 0, "SiteError": 0, "PolicyError": 0, "RegisterError": 0, "SiteLocked": 0, "fail": 1}


@pytest.fixture(autouse=True)
def plain_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "en_US.UTF-8")


def faulty(folder: Path, locale: str) -> str:
    site = make_site(folder, {"城东店": ["renovation"]})
    text = (folder / "site.toml").read_text(encoding="utf-8").replace("settle_seconds", f"{locale}\nsettle_seconds", 1)
    (folder / "site.toml").write_text(text + "[schedule]\nrun = 7\n", encoding="utf-8")
    return site.config


@pytest.mark.parametrize(
    ("machine", "locale", "said"),
    [
        ("zh_CN.UTF-8", "", "错误：site.toml schedule.run：应为一列文字，写的是7\n"),
        ("en_US.UTF-8", "", "error: site.toml schedule.run: expected a list of texts, found 7\n"),
        ("zh_CN.UTF-8", 'locale = "en"', "error: site.toml schedule.run: expected a list of texts, found 7\n"),
        ("en_US.UTF-8", 'locale = "zh"', "错误：site.toml schedule.run：应为一列文字，写的是7\n"),
    ],
)
def test_the_site_s_language_wins_over_the_machine_s(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, machine: str, locale: str, said: str
) -> None:
    monkeypatch.setenv("LANG", machine)
    config = faulty(tmp_path, locale)
    assert command("once", "--config", config) == (2, "", said)
    assert command("check", f"--config={config}") == (2, said, "")


def test_a_batch_and_its_check_speak_chinese(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    site = make_site(tmp_path, {"城东店": ["renovation"]})
    (tmp_path / "inbox/坏.xlsx").write_bytes(b"no workbook at all")
    code, out, _ = command("once", "--config", site.config, "--as-of", "2026-10-31")
    assert code == 1
    assert "已退回" in out and "条决定（批次2026-10-31-0001）" in out
    for line in command("check", "--config", site.config)[1].splitlines():
        assert line.startswith(("提示：", "站点没有问题"))
    with pytest.raises(SystemExit):
        main(["--help"])
    assert "处理一批" in capsys.readouterr().out
    for wrong in (("close", "--config", site.config, "x"), ("close",), ("explain", "none", "--config", site.config)):
        assert CHINESE.search(command(*wrong)[2]), wrong
    for wrong in ("close 2026-13", "once foo", "close", "once --as-of", "once --as-of 7", "clauses --nope"):
        told = command(*wrong.split())[2].splitlines()[-1]
        assert told.startswith("错误：用法不对：") and not re.search("[a-z]{2,} [a-z]", told), told


def test_check_init_and_learn_speak_english_but_for_words_of_the_site(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    region = '[law]\nregion = "广东"\n'
    told = ["", *(command("check", "--config", make_site(tmp_path / name, {"east": ["salon"]}, extra=extra).config)[1]
                  for name, extra in (("plain", ""), ("law", region)))]  # fmt: skip
    assert "no region is set, the HR workbook says 未设置地区，未核对扣款依据" in told[1]
    words = re.compile(
        r"《[^》]*》第[一二三四五六七八九十百]*条|[（(]待核[^）)]*[）)]|广东|全国|书面通知|员工花名册|空白登记表|未设置地区，未核对扣款依据"
    )
    told.append(command("init", str(tmp_path / "new"), "--pack", "salon", "--unit", "east")[1])
    for text in told:
        assert not CHINESE.search(words.sub("", text)), text
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    told = [command("check", "--config", str(tmp_path / name / "site.toml"))[1] for name in ("plain", "law", "new")]
    told.append(command("init", str(tmp_path / "newer"))[1])
    for text in "".join(told).splitlines():
        assert CHINESE.search(re.sub(r"site\.toml \S+|processor once.*", "", text)), text


def test_a_decision_is_explained_in_the_language_of_the_site(tmp_path: Path) -> None:
    site = make_site(tmp_path, {"east": ["department_store"]}, managers=["M1"], points={"B": 50})
    roster = "工号,姓名,门店,部门,岗位,入职日期\nK1,Zhang,east,service,agent,2022-01-01\n"
    rows = "登记编号,日期,工号,条款编号,登记人工号\nJ1,2026-10-02,K1,DS-S3,K1\n"
    site.drop({"roster": roster, "discipline": rows}, "book.xlsx")
    assert site.once("2026-10-05")["exit"] == 0
    [line] = [line for line in site.lines() if line["clause"] == "DS-S3"]
    given = ("explain", line["decision_id"], "--config", site.config)
    assert f"决定    {line['decision_id']}" in command(*given)[1]
    assert "判定行  book.xlsx | 奖惩登记表 | 第2行" in command(*given)[1]
    config = Path(site.config)
    config.write_text(
        config.read_text(encoding="utf-8").replace("settle", 'locale = "en"\nsettle', 1), encoding="utf-8"
    )
    told = command(*given)[1]
    assert f"decision   {line['decision_id']}" in told and "judged row  book.xlsx | 奖惩登记表 | row 2" in told
    left = [text for text in told.splitlines() if CHINESE.search(text.replace("奖惩登记表", ""))]
    assert not [text for text in left if not text.startswith(("source", "otherwise", "notice"))], left


def test_a_fault_of_another_process_says_the_same() -> None:
    fault = PolicyError(
        tell("pack {name} has no clause {id}", name="salon", id="X-1"), where="site.toml", mend="leave it out"
    )
    known = pickle.loads(pickle.dumps(fault))
    assert str(known) == str(fault)
    assert known.message.template == fault.message.template


def literals() -> Iterator[tuple[str, str]]:
    """(file, text) of every message that a command may say as it stands in the source."""
    for path in sorted((ROOT / "processor").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "mend":
                found = [node.value]
            elif isinstance(node, ast.Call):
                name = getattr(node.func, "id", getattr(node.func, "attr", ""))
                if name not in SAYS or path.name == "messages.py":
                    continue
                found = [*node.args[SAYS[name] :], *(word.value for word in node.keywords if word.arg == "mend")]
            else:
                continue
            texts = [
                each
                for value in found
                for each in ([value.body, value.orelse] if isinstance(value, ast.IfExp) else [value])
            ]
            for text in texts:
                if isinstance(text, ast.Constant) and isinstance(text.value, str):
                    yield path.name, text.value


def test_every_message_has_chinese() -> None:
    with (FOLDER / "commands.mo").open("rb") as file:
        known = gettext.GNUTranslations(file)._catalog
    missing = {(file, text) for file, text in literals() if text not in known and not CHINESE.search(text)}
    assert not missing


def test_the_compiled_catalogue_says_what_its_source_says_and_names_the_same_values() -> None:
    with (FOLDER / "commands.mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    with (FOLDER / "commands.po").open("rb") as file:
        messages = [message for message in read_po(file) if message.id]
    assert {str(m.id) for m in messages if compiled.gettext(str(m.id)) != m.string} == set()
    assert {str(m.id) for m in messages if set(NAMES.findall(str(m.id))) != set(NAMES.findall(str(m.string)))} == set()


def test_a_plan_that_is_wrong_is_told_in_the_machine_s_language(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    plan = tmp_path / "plan.json"
    for text, said in (
        ('{"sheets": [{"sheet": "一", "marks": {"B5": "red"}}]}', "sheets[0].marks.B5：'red'不是"),
        ("{", "第1行第2个字起不是 JSON"),
    ):
        plan.write_text(text, encoding="utf-8")
        code, _, err = command("annotate", str(tmp_path / "in.xlsx"), str(tmp_path / "out.xlsx"), "--plan", str(plan))
        assert (code, said in err) == (1, True), err


def test_the_log_and_the_warnings_of_a_command_speak_the_site_s_language(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = make_site(tmp_path, {"城东店": ["renovation"]})
    config = Path(site.config)
    config.write_text(
        config.read_text(encoding="utf-8").replace("settle", 'locale = "zh"\nsettle', 1), encoding="utf-8"
    )
    monkeypatch.setattr("processor.batch.run.recover", lambda *_: 1 / 0)
    assert command("once", "--config", site.config)[0] == 70
    assert "once：程序本身出错：ZeroDivisionError" in (tmp_path / "processor.log").read_text(encoding="utf-8")
    say = voice("zh")
    written = io.StringIO()
    with redirect_stderr(written), warning_at_terminal(say):
        fault = SiteLocked("another run holds the site", where="site.toml")
        logging.getLogger("processor.watch").warning(tell("{trouble}; will try again", trouble=fault))
    assert "稍后再试" in written.getvalue() and "another" not in written.getvalue()
