"""tools/bench: another checkout of the product as a Worker under measurement, and nothing else."""

from __future__ import annotations

import shutil
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from tests.conftest import free_port
from tools.bench.server import Client, Server
from tools.embedded.runtime import ROOT, RuntimeStartError


def test_a_checkout_is_measured_with_its_own_code_and_migrations(tmp_path: Path) -> None:
    """One whose only difference is a migration that this one does not have."""
    shutil.copytree(ROOT / "src", tmp_path / "src")
    shutil.copytree(ROOT / "migrations", tmp_path / "migrations")
    shutil.copyfile(ROOT / "wrangler.toml", tmp_path / "wrangler.toml")
    (tmp_path / "migrations" / "9999_other.sql").write_text("CREATE TABLE of_the_other (id INTEGER PRIMARY KEY);")
    port = free_port()
    with Server(port, checkout=tmp_path), Client(port) as client:
        answer = client.probe(sql=["SELECT count(*) AS n FROM of_the_other"])
    assert answer["results"][0]["results"] == [{"n": 0}]
    assert answer["import_ms"] > 0


def test_what_answers_on_its_port_already_is_not_measured() -> None:
    with HTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as other:
        threading.Thread(target=other.serve_forever, daemon=True).start()
        with pytest.raises(RuntimeStartError, match="Something else"), Server(other.server_port):
            pass
        other.shutdown()
