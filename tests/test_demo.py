"""The sample site, made once for all tests as a user makes it."""

from __future__ import annotations

import csv
import re
import zipfile
from pathlib import Path

import openpyxl
import pytest
import yaml

from processor.catalogue.catalogue import load_catalogue
from processor.catalogue.listing import catalogue
from processor.demo import MARK
from processor.demo.books import write_delivery
from processor.demo.company import load_company
from processor.demo.deliveries import deliveries
from processor.demo.ordinary import ordinary_events
from processor.demo.rules import FILE as OWN_RULES
from processor.demo.scenes import planned_events
from processor.report.names import EFFECTS
from tests.sitework import command

NOT_IN_AUTUMN = {"PS-3", "REN-P4"}  # new year's gifts in December; a bonus when the year is over


@pytest.fixture(scope="module")
def site(demo_site: Path) -> Path:
    return demo_site


@pytest.fixture(scope="module")
def lines(site: Path) -> list[dict[str, str]]:
    with (site / "outbox" / "decisions.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_every_clause_decides_something(lines: list[dict[str, str]]) -> None:
    wanted = {row["clause"] for row in catalogue(load_catalogue())}
    assert wanted - {line["clause"] for line in lines} == NOT_IN_AUTUMN


def test_every_own_clause_of_the_thirteenth_unit_decides_something(lines: list[dict[str, str]]) -> None:
    rules = yaml.safe_load(OWN_RULES.read_text(encoding="utf-8"))
    own = {clause["条款编号"] for clause in rules["clauses"]}
    assert {line["clause"] for line in lines if line["unit"] == rules["unit"]} == own


def test_every_effect_and_answer_shows(lines: list[dict[str, str]]) -> None:
    assert {line["effect"] for line in lines} == set(EFFECTS) - {"carry"}  # which stands on deduction sheets only
    statuses = {line["status"] for line in lines}
    assert statuses >= {"final", "info", "confirmed", "revoked", "needs_confirmation", "pending_amount"}


def test_no_ordinary_workbook_needs_a_question(site: Path) -> None:
    assert not (site / "outbox" / "待对照").exists()


def test_every_unit_has_a_page(site: Path) -> None:
    pages = site / "outbox" / "pages" / "units"
    assert all((pages / unit / "index.html").is_file() for unit in load_company().units)


def test_last_batch_answers_and_corrects(site: Path) -> None:
    with (site / "outbox" / "changes.csv").open(encoding="utf-8-sig", newline="") as file:
        changes = list(csv.DictReader(file))
    assert {"confirmed", "revoked"} <= {row["new_status"] for row in changes}
    mended = [row for row in changes if row["old_subject"] == "WT0901"]
    assert [row["change"] for row in mended] == ["withdrawn"], "the complaint was the product's fault after all"


def test_that_days_have_passed_is_no_change(site: Path) -> None:
    with (site / "outbox" / "changes.csv").open(encoding="utf-8-sig", newline="") as file:
        changed = [row for row in csv.DictReader(file) if row["change"] == "changed"]
    assert changed
    for row in changed:
        before, after = (
            [re.sub(r"\d+天", "", text) for name, text in row.items() if name.startswith(side)]
            for side in ("old_", "new_")
        )
        assert before != after, row


def test_a_row_of_the_closed_month_that_is_corrected_late_is_an_adjustment_of_both(
    site: Path, lines: list[dict[str, str]]
) -> None:
    """JC0803 was deducted from W014 in August; in November it turns out to be W011's."""
    made = {line["staff_no"]: line for line in lines if line["subject"] == "JC0803" and line["effect"] == "adjustment"}
    assert {staff_no: (line["period"], line["amount"]) for staff_no, line in made.items()} == {
        "W014": ("2026-09", "10.00"),
        "W011": ("2026-09", "-10.00"),
    }
    with (site / "outbox/hr/2026-08.csv").open(encoding="utf-8-sig", newline="") as file:
        august = {row["决定编号"]: (row["工号"], row["金额"]) for row in csv.DictReader(file)}
    assert august[made["W014"]["linked_to"]] == ("W014", "-10.00")
    assert "已结账" in made["W014"]["text"]


def test_the_closed_month_was_told_objected_to_and_heard(site: Path) -> None:
    """One employee objected to his notice and his appeal was granted: his fine is not in the closed sheet, the others' are."""
    with (site / "outbox/hr/2026-08.csv").open(encoding="utf-8-sig", newline="") as file:
        taken = {row["工号"] for row in csv.DictReader(file) if row["项目编码"] == "fine"}
    assert taken >= {"W012", "W014"} and "W011" not in taken


def test_every_effect_can_be_explained(site: Path, lines: list[dict[str, str]]) -> None:
    one_of_each = {line["effect"]: line for line in lines}
    for line in one_of_each.values():
        code, out, _ = command("explain", line["decision_id"], "--config", str(site / "site.toml"))
        assert code == 0
        assert line["clause"] in out and line["text"] in out


def test_broken_workbook_is_rejected_and_open_one_left_alone(site: Path) -> None:
    rejected = [path.name for path in (site / "outbox" / "rejected").iterdir()]
    assert any(name.endswith(".html") for name in rejected)
    assert [path.name for path in (site / "inbox").iterdir() if path.name.startswith("~$")]


def test_annotated_workbook_keeps_drop_downs_chart_and_hidden_sheet(site: Path) -> None:
    path = next((site / "outbox" / "annotated").rglob("惠民超市收银2026-10.xlsx"))
    book = openpyxl.load_workbook(path)
    sheet = book["收银差异登记表"]
    assert sheet._charts
    assert any(name.startswith("xl/media/") for name in zipfile.ZipFile(path).namelist())
    assert book["参数"].sheet_state == "hidden"
    assert "处理汇总" in book.sheetnames


def test_check_finds_the_site_in_order(site: Path) -> None:
    code, out, _ = command("check", "--config", str(site / "site.toml"))
    assert code == 0, out


def test_same_workbooks_every_time(tmp_path: Path) -> None:
    def made(folder: Path) -> dict[str, bytes]:
        company = load_company()
        events = [*planned_events(company), *ordinary_events(company)]
        paths = [write_delivery(delivery, folder) for delivery in deliveries(company, events)]
        return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}

    assert made(tmp_path / "one") == made(tmp_path / "two")


def test_refuses_a_folder_of_other_things(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("keep me", encoding="utf-8")
    code, _, err = command("demo", str(tmp_path))
    assert code == 2
    assert "no sample site" in err
    assert (tmp_path / "mine.txt").read_text(encoding="utf-8") == "keep me"
    assert not (tmp_path / MARK).exists()


def test_refuses_a_file(tmp_path: Path) -> None:
    target = tmp_path / "file"
    target.write_text("", encoding="utf-8")
    assert command("demo", str(target))[0] == 2
