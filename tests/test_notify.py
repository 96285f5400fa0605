"""Messages about batches: counts and where to look, sent after the batch, none lost while a service is down."""

from __future__ import annotations

import json
import socket
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from payroll.desk import deliver, discipline, employee, penalty, roster
from sitework import Site, command, make_site

UNITS = {"一部": ["technical_service"], "二部": ["department_store"]}
STAFF = roster(employee("E1", boss=""), employee("E2", unit="二部", boss=""))
ROWS = [penalty("J1", "2026-10-02", "E1", "TS-2"), penalty("J2", "2026-10-03", "E1", "TS-3")]


class Receiver:
    """A service on this machine that keeps what it is sent."""

    def __init__(self) -> None:
        got: list[dict] = []

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                got.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))) | {"path": self.path})
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_: object) -> None: ...

        self.got = got
        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.port = self.server.server_port
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def url(self, path: str) -> str:
        return f"json://127.0.0.1:{self.port}/{path}"


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    service = Receiver()
    yield service
    service.server.shutdown()


def notified(folder: Path, urls: list[str], unit: list[str], on: str = "") -> Site:
    site = make_site(folder, UNITS, managers=["M001"])
    config = site.folder / "site.toml"
    text = config.read_text(encoding="utf-8")
    text = text.replace('name = "一部"', f'name = "一部"\nnotify = {json.dumps(unit)}')
    config.write_text(f"{text}\n[notify]\nurls = {json.dumps(urls)}\n{on}", encoding="utf-8")
    return site


def waiting(site: Site) -> int:
    with closing(sqlite3.connect(site.folder / "ledger.db")) as ledger:
        return ledger.execute("SELECT count(*) FROM messages WHERE NOT sent").fetchone()[0]


def test_one_message_a_batch_and_receiver_with_counts_and_nothing_else(
    receiver: Receiver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SITE_KEY", "site-secret")
    site = notified(tmp_path, [f"json://127.0.0.1:{receiver.port}/${{SITE_KEY}}"], [receiver.url("unit")])
    (site.folder / "inbox" / "坏.xlsx").write_bytes(b"no workbook at all")
    deliver(site, "2026-10-10", {"roster": STAFF, "discipline": discipline(*ROWS)})
    assert sorted(message["path"] for message in receiver.got) == ["/site-secret", "/unit"]
    whole = next(message for message in receiver.got if message["path"] == "/site-secret")
    assert "1份登记表需要处理" in whole["message"]
    assert "等经理确认" in whole["message"]
    assert "pages/index.html" in whole["message"]
    told = json.dumps(receiver.got, ensure_ascii=False)
    for secret in ("E1", "名", "200", "坏.xlsx", "5000"):
        assert secret not in told
    assert "site-secret" not in (site.folder / "ledger.db").read_bytes().decode("latin-1")
    receiver.got.clear()
    assert site.once("2026-10-10")["exit"] == 0
    assert receiver.got == []


def test_only_what_the_site_wants_to_hear_of(receiver: Receiver, tmp_path: Path) -> None:
    site = notified(tmp_path, [receiver.url("all")], [], 'on = ["problems"]\n')
    deliver(site, "2026-10-10", {"roster": STAFF, "discipline": discipline(*ROWS)})
    assert receiver.got == []


def test_a_service_that_is_down_delays_and_never_fails_a_batch(tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    site = notified(tmp_path, [f"json://127.0.0.1:{port}/all"], [])
    assert deliver(site, "2026-10-10", {"roster": STAFF, "discipline": discipline(*ROWS)})["exit"] == 0
    assert waiting(site) == 1
    service = Receiver()
    config = site.folder / "site.toml"
    config.write_text(config.read_text(encoding="utf-8").replace(str(port), str(service.port)), encoding="utf-8")
    assert site.once("2026-10-10")["exit"] == 0
    service.server.shutdown()
    assert waiting(site) == 0


def test_check_names_addresses_by_their_place_and_shows_none(tmp_path: Path) -> None:
    site = notified(tmp_path, ["nonsense://secret"], ["json://${NOT_SET_ANYWHERE}/secret"])
    code, out, _ = command("check", "--config", site.config)
    assert code == 2
    assert "notify.urls[1]" in out
    assert "NOT_SET_ANYWHERE" in out
    assert "secret" not in out


def test_a_key_may_stand_in_the_environment_and_shows_nowhere(
    tmp_path: Path, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SITE_KEY", "geheim123")
    site = notified(tmp_path, [receiver.url("${SITE_KEY}")], [])
    deliver(site, "2026-10-10", {"roster": STAFF, "discipline": discipline(*ROWS)})
    assert [entry["path"] for entry in receiver.got] == ["/geheim123"]
    for path in tmp_path.rglob("*"):
        assert not path.is_file() or b"geheim123" not in path.read_bytes(), path
