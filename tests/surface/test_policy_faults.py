"""What may be wrong in a site's own registers, packs and cases is found before any batch, with file, key and mend."""

from __future__ import annotations

from pathlib import Path

import pytest
from sitework import Site, command, make_site

from processor.catalogue.catalogue import load_catalogue
from processor.engine.decide import check_bindings
from processor.errors import PolicyError, ProcessorError

from .test_own_rules import CASE, PACK, REGISTER

FILES = {"registers/lost_property.yaml": REGISTER, "packs/lost_and_found.yaml": PACK, "cases/found.yaml": CASE}
REGISTER_FILE, PACK_FILE, CASE_FILE = FILES
TERM = "within: {days: 3}"
LIMITED = PACK[PACK.rindex("decided:") :].rstrip("\n")
SHARED = (
    "decided: {mechanic: share, of: lost_property, about: 拾到人工号, date: 拾到日期, where: {价值: 1}, "
    "window: month, limit: {from: 95}, outcome: {effect: flag}}"
)
RANKED = SHARED.replace("share", "ranking").replace("month, limit: {from: 95}", "ever, limit: {first: 1}")
JOINT = "decided: {mechanic: joint, causes: [LF-2], outcome: {effect: fine, times: 2}}"
RULE = (
    "bindings: [{clauses: [LF-1], rule: hand_in.forms, reads: {members: 31d}, args: {day: $found_reward}}]\nclauses:\n"
)

PACKS = [
    ("    title: 上交贵重物品\n", "    titel: 上交贵重物品\n", "LF-1.titel: is no known key"),
    ("unit: 元/次,", "unti: 元/次,", "found_reward.unti: is no known key"),
    ("unit: 元/次,", "unit: 元/次, formerly: [found_reward],", "several figures are called found_reward"),
    ("document:", "documents:", "documents: is no known key"),
    ("  LF-2:", "  LF-1:", "LF-1 stands twice"),
    ("  LF-2:", "  12:", "clauses.12: expected a text"),
    ("pack: lost_and_found\n", "", "pack: is missing"),
    ("kind: computed", "kind: computd", "LF-1.kind: computd is none of"),
    ("family: conduct", "family: conduct\n    readings: [G99]", "LF-1.readings: G99 is none of"),
    ("family: conduct", "family: conduct\n    nature: [罚]", "LF-1.nature: 罚 is none of"),
    ("values: {2026-01-01: 20}", "values: {2026-13-01: 20}", "2026-13-01 is no day of the calendar"),
    ("values: {2026-01-01: 20}", "values: {某日: 20}", "found_reward.values: expected a table of days"),
    ("values: {2026-01-01: 20}", "values: {2026-01-01: -20}", "found_reward.values: -20 is below 0"),
    ("type: money", "type: mony", "unknown type 'mony'"),
    ("effect: reward, amount: $found_reward", "effect: reward, amount: -20", "-20 is below 0"),
    ("outcome: {effect: flag}", "outcome: flag", "expected a table with an effect"),
    ("outcome: {effect: flag}", "outcome: [{effect: flag}]", "stand under steps"),
    ("{价值: {from: 100}}", "价值大于一百", "a condition is a table of columns"),
    ("{价值: {from: 100}}", "{价值: {filled: 是}}", "must be true or false"),
    ("{价值}元的", "{}元的", "braces hold the name"),
    ("{价值}元的", "{价值元的", "braces hold the name"),
    (TERM, "within: {days: -3}", "-3 is below 0"),
    (TERM, f"remind: 否, {TERM}", "remind: expected true or false"),
    (TERM, f"part: [1], {TERM}", "part: expected a text"),
    (TERM, f"holds: 今年, {TERM}", "holds: expected a table"),
    (TERM, f"reach: 很远, {TERM}", "unknown span 很远"),
    (TERM, f"applies_to: {{职位: [客服]}}, {TERM}", "the roster has no column 职位"),
    (LIMITED, SHARED, "a share is a number from 0 to 1"),
    (LIMITED, RANKED, "needs a window of the calendar"),
    (LIMITED, JOINT, "a clause cannot hang on itself"),
    ("clauses:\n", RULE.replace("31d", "三天"), "unknown span 三天"),
    ("clauses:\n", RULE.replace("hand_in.forms", "no.rule"), "no rule is called no.rule"),
    ("clauses:\n", RULE.replace("$found_reward", "60"), "day: expected a figure of the pack"),
    ("clauses:\n", RULE.replace("args:", "dou: true, args:"), "bindings[1].dou: is no known key"),
]
REGISTERS = [
    ("价值: {type: money}", "价值: {type: money, synonyms: 估价}", "价值.synonyms: expected a list of texts"),
    ("columns:\n", "derived: {拾到月: {moonth: 拾到日期}}\ncolumns:\n", "derived.拾到月: 拾到月: expected one of sum"),
    ("columns:\n", "derived: {价值: {month: 拾到日期}}\ncolumns:\n", "has such a column itself"),
    ("columns:\n", "derived: {拾到月: {month: 价值}}\ncolumns:\n", "价值 cannot be taken by month"),
    ("columns:\n", "derived: {总值: {sum: [价值, 拾到日期]}}\ncolumns:\n", "拾到日期 cannot be taken by sum"),
    ("columns:\n", "derived: {天数: {minutes: 拾到日期}}\ncolumns:\n", "minutes takes 2 columns"),
    ("columns:\n", "derived: {拾到月: {month: 拾得日}}\ncolumns:\n", "has no column 拾得日"),
    ("价值: {type: money}", "价值: {type: money, range: 5}", "价值.range: a least and a greatest number"),
    ("价值: {type: money}", "价值: {type: money, range: [5, 1]}", "价值.range: a least and a greatest number"),
    ("  价值: {type: money}", "  12: {type: money}", "columns.12: a header is a text"),
    ("  价值: {type: money}", "  价值: {type: money}\n  价值: {type: text}", "价值 stands twice"),
    ("key: [登记号]", "key: 登记号", "key: expected a list of texts"),
    ("key: [登记号]", "key: [登记号]\nkeys: [登记号]", "unknown key keys"),
]
CASES = [
    ("expect:", "expekt:", "unknown expekt"),
    ("effect: reward, amount", "efect: reward, amount", "unknown efect"),
    ("[lost_and_found]", "[lost]", "unknown lost"),
    ("units: {一店: [lost_and_found]}\n", "", "units is missing"),
]
NO_TEXT = {"png": b"\x89PNG\r\n\x1a\n\x00\x00", "gb18030": "标题".encode("gb18030"), "utf-16": PACK.encode("utf-16")}


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Site:
    return make_site(tmp_path_factory.mktemp("site"), {"一店": ["lost_and_found"]})


@pytest.fixture
def site(shop: Site) -> Site:
    for name, text in FILES.items():
        (shop.folder / name).parent.mkdir(exist_ok=True)
        (shop.folder / name).write_text(text, encoding="utf-8")
    return shop


def fault(folder: Path) -> str:
    """What is wrong with the site's registers or packs."""
    with pytest.raises(ProcessorError) as raised:
        catalogue = load_catalogue(folder)
        check_bindings(catalogue.packs({"lost_and_found"}).values(), catalogue.registers)
    return str(raised.value)


@pytest.mark.parametrize(
    ("file", "old", "new", "says"),
    [*((PACK_FILE, *edit) for edit in PACKS), *((REGISTER_FILE, *edit) for edit in REGISTERS)],
)
def test_a_fault_is_named_with_its_file_and_key(site: Site, file: str, old: str, new: str, says: str) -> None:
    text = FILES[file]
    assert old in text
    (site.folder / file).write_text(text.replace(old, new, 1), encoding="utf-8")
    told = fault(site.folder)
    assert says in told and Path(file).name in told


@pytest.mark.parametrize("file", [PACK_FILE, REGISTER_FILE])
@pytest.mark.parametrize("kind", [*NO_TEXT, "empty", "tabs", "a list"])
def test_a_file_that_is_no_table_in_utf8_is_named(site: Site, file: str, kind: str) -> None:
    other = {"empty": b"", "tabs": FILES[file].replace("  ", "\t").encode(), "a list": b"- a\n"}
    (site.folder / file).write_bytes((NO_TEXT | other)[kind])
    assert Path(file).name in fault(site.folder)


def test_a_byte_order_mark_and_windows_line_ends_are_read(site: Site) -> None:
    for name in (PACK_FILE, REGISTER_FILE):
        (site.folder / name).write_bytes(b"\xef\xbb\xbf" + FILES[name].replace("\n", "\r\n").encode())
    assert load_catalogue(site.folder).packs({"lost_and_found"})


def test_two_registers_with_the_same_columns_and_a_folder_in_place_of_a_file_are_named(site: Site) -> None:
    twin = site.folder / "registers" / "twin.yaml"
    twin.write_text(REGISTER.replace("失物招领登记表", "另一张表"), encoding="utf-8")
    assert "exactly the same columns" in fault(site.folder)
    twin.unlink()
    folder = site.folder / "packs" / "more.yaml"
    folder.mkdir()
    assert "packs/more.yaml: is no file" in fault(site.folder)
    folder.rmdir()


@pytest.mark.parametrize(("old", "new", "says"), CASES)
def test_a_case_that_proves_nothing_is_a_fault_of_check(site: Site, old: str, new: str, says: str) -> None:
    (site.folder / CASE_FILE).write_text(CASE.replace(old, new, 1), encoding="utf-8")
    code, out, err = command("check", "--config", site.config)
    assert code == 2
    assert says in out + err and "found.yaml" in out + err


def test_a_cause_that_no_pack_of_the_site_holds_stops_the_batch(site: Site) -> None:
    (site.folder / PACK_FILE).write_text(PACK.replace(LIMITED, JOINT.replace("LF-2", "LF-7")), encoding="utf-8")
    for name in ("check", "once"):
        code, out, err = command(name, "--config", site.config)
        assert code == 2
        assert "no pack of the site has a clause LF-7" in out + err


def test_a_figure_below_zero_in_site_toml_is_a_fault(site: Site) -> None:
    pack = load_catalogue(site.folder).packs({"lost_and_found"})["lost_and_found"]
    with pytest.raises(PolicyError, match=r"-20 is below 0"):
        pack.with_overrides({"found_reward": -20}, "site.toml parameters.lost_and_found")


def test_a_month_that_the_year_has_not_is_no_figure() -> None:
    pack = load_catalogue().packs({"renovation"})["renovation"]
    with pytest.raises(PolicyError, match=r"is not from 1 to 12"):
        pack.with_overrides({"peak_months": [3, 13]}, "site.toml parameters.renovation")
