"""The Worker on its runtime: crons, restarts, what is uploaded, and the two commands."""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from reports.table import REPORTS
from tests.asking import required
from tests.conftest import Local, database_of, free_port, start_local
from tests.database import MIGRATIONS
from tools.embedded.runtime import ROOT, environment, fetch_status, get_json, post_json, wrangler

EVENT = {"tool_name": "a", "status": "success"}
UPLOAD_KIB = 560  # before packing; the free plan takes 3 MiB packed. The import of it is what costs, and is measured
ONE_BY_ONE = pytest.mark.xdist_group("make dev")  # it builds in one folder, and restarts when src/ changes


def run(*command: str) -> subprocess.CompletedProcess[str]:
    """Run a command of wrangler's and return what it said."""
    return subprocess.run(
        wrangler(*command), cwd=ROOT, env=environment() | {"CI": "true"}, check=False, capture_output=True, text=True
    )


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Local]:
    """A Worker whose terminal is read."""
    worker = start_local(tmp_path_factory.mktemp("watched"), "watched")
    yield worker
    worker.runtime.stop()


def test_events_survive_a_restart(tmp_path: Path) -> None:
    worker = start_local(tmp_path, "restart")
    worker.track(EVENT)
    worker.runtime.stop()
    worker = start_local(tmp_path, "restart")
    try:
        assert worker.report("summary")["total_invocations"] == 1
    finally:
        worker.runtime.stop()


def test_the_cron_rolls_up_closed_days_and_reports_stay_the_same(tmp_path: Path) -> None:
    worker = start_local(tmp_path, "cron", {"RETENTION_DAYS": "5"})
    try:
        now = int(time.time() * 1000)
        events = [
            EVENT | {"timestamp": now - hours * 3_600_000, "anonymous_id": str(hours % 7)} for hours in range(100)
        ]
        assert worker.track(events).json()["accepted"] == 100
        asked = {name: {"days": 4, **required(report.parameters)} for name, report in REPORTS.items()}
        del asked["together"]  # which counts a day when it is over
        before = {name: worker.report(name, **given) for name, given in asked.items()}
        # What was found when the Worker started is told again within a second.
        _wait_until(lambda: worker.send("GET", "/healthz").json()["rollup_lag_seconds"] > 86_400)
        for _ in range(3):  # one piece of work each: what is past its time, what waits, sums
            worker.runtime.run_cron()
        assert worker.send("GET", "/healthz").json()["rollup_lag_seconds"] < 2 * 86_400
        after = {name: worker.report(name, **given) for name, given in asked.items()}
        assert after == before
        assert worker.track(EVENT | {"timestamp": now - 401 * 86_400_000}).json()["field"] == "timestamp"
    finally:
        worker.runtime.stop()


def test_repeated_refreshes_are_answered_without_the_database(local: Local) -> None:
    path = "/analytics/summary?days=11&tool=refreshed"  # what other tests have sent may still arrive
    used = EVENT | {"tool_name": "refreshed"}
    local.track(used)
    first = local.send("GET", path).json()
    local.track(used | {"anonymous_id": "refresh"})
    assert local.send("GET", path).json() == first, "an answer may be 30 s old"
    fresh = local.send("GET", path, headers={"Cache-Control": "no-cache"}).json()
    assert fresh["total_invocations"] == first["total_invocations"] + 1
    assert local.send("GET", path).json() == fresh


def test_an_export_of_many_pages(local: Local) -> None:
    for start in range(0, 4500, 100):
        events = [EVENT | {"tool_name": "paged", "event_id": f"paged-{number}"} for number in range(start, start + 100)]
        assert local.track(events).json()["accepted"] == 100
    lines = local.send("GET", "/analytics/export?tool=paged").body.splitlines()
    keys = [int(json.loads(line)["id"]) for line in lines]
    assert len(keys) == 4500
    assert keys == sorted(set(keys))
    assert local.send("GET", "/analytics/export?tool=paged&format=csv").body.count(b"\r\n") == 4501


@pytest.mark.parametrize("framing", ["Content-Length: 100000", "Transfer-Encoding: chunked"])
def test_an_upload_that_is_broken_off_leaves_one_line_at_most(watched: Local, framing: str) -> None:
    before = len(watched.output.read_text().splitlines())
    for _ in range(3):
        with socket.create_connection(("127.0.0.1", int(watched.url.rpartition(":")[2]))) as connection:
            connection.sendall(f"POST /api/track HTTP/1.1\r\nHost: x\r\n{framing}\r\n\r\n".encode())
            connection.sendall(b'5\r\n[{"to' if "chunked" in framing else b'[{"to')
            time.sleep(0.3)
    assert watched.track(EVENT).status == 200
    said = watched.output.read_text()
    assert "Traceback" not in said
    assert len([line for line in said.splitlines()[before:] if "broken off" in line]) <= 3


@pytest.mark.parametrize(
    ("size", "parts", "status"), [(0, 1, 400), (5000, 1, 200), (2**18, 2**14, 200), (2**18 + 1, 2**14, 413)]
)
def test_a_body_without_a_length_is_read_whole_in_whatever_parts_it_comes(
    local: Local, size: int, parts: int, status: int
) -> None:
    body = json.dumps(EVENT).encode().ljust(size) if size else b""
    chunks = (body[begin : begin + parts] for begin in range(0, size, parts))
    with closing(http.client.HTTPConnection("127.0.0.1", int(local.url.rpartition(":")[2]), timeout=60)) as connection:
        connection.request("POST", "/api/track", chunks, {"Content-Type": "application/json"}, encode_chunked=True)
        response = connection.getresponse()
        response.read()
    assert response.status == status


def test_static_files_are_served_beside_the_api(local: Local) -> None:
    answer = local.send("GET", "/")
    assert answer.status == 200
    assert answer.headers["content-type"].startswith("text/html")


def test_many_at_once(local: Local) -> None:
    command = ["xargs", "-P", "24", "-I{}", "curl", "-sf", "-m", "60", "-o", "/dev/null", "-d"]
    body = json.dumps(EVENT | {"tool_name": "crowd"})
    numbers = "\n".join(map(str, range(200)))
    result = subprocess.run([*command, body, f"{local.url}/api/track?{{}}"], input=numbers, check=False, text=True)
    assert result.returncode == 0
    assert local.report("summary", tool="crowd")["total_invocations"] == 200


def test_what_is_uploaded(tmp_path: Path) -> None:
    result = run("deploy", "--dry-run", "--outdir", str(tmp_path))
    assert result.returncode == 0, result.stdout + result.stderr
    uploaded = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file()} - {"README.md"}
    own = {
        path.relative_to(ROOT / "src").as_posix()
        for path in (ROOT / "src").rglob("*")
        if path.suffix in (".py", ".sql")
    }
    assert {name for name in uploaded if not name.startswith("python_modules/")} == own
    vendored = {name.split("/")[1] for name in uploaded if name.startswith("python_modules/")}
    assert "workers" in vendored
    assert {name for name in vendored if "workers" not in name} <= {
        "_cloudflare_compat_flags.pyi",
        "_pyodide_entrypoint_helper.pyi",
    }
    size = float(re.search(r"Total Upload: ([\d.]+) KiB", result.stdout)[1])
    assert size <= UPLOAD_KIB


def test_the_migration_with_wrangler_itself(tmp_path: Path) -> None:
    arguments = ("--local", "--persist-to", str(tmp_path / "applied"))
    assert run("d1", "migrations", "apply", "DB", *arguments).returncode == 0
    result = run(
        "d1", "execute", "DB", *arguments, "--json", "--command", "SELECT value FROM settings WHERE name = 'schema'"
    )
    assert f'"{MIGRATIONS[-1].stem}"' in result.stdout
    together = tmp_path / "together.sql"
    together.write_text("\n".join(migration.read_text() for migration in MIGRATIONS))
    executed = ("--local", "--persist-to", str(tmp_path / "executed"))
    result = run("d1", "execute", "DB", *executed, "--file", str(together))
    assert result.returncode == 0, result.stdout + result.stderr


@contextmanager
def _run_dev(state: Path, wanted: signal.Signals, *options: str) -> Iterator[tuple[str, Path]]:
    """The command of `make dev` until this signal, which ends it well: its address, and what it says."""
    port, said = free_port(), state / "dev.log"
    command = [sys.executable, "-m", "tools.embedded.dev", "--port", str(port), "--state", str(state), *options]
    with said.open("w") as log:
        process = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log, start_new_session=True)
    try:
        _wait_until(lambda: "curl" in said.read_text())
        yield f"http://127.0.0.1:{port}", said
    finally:
        process.send_signal(wanted)
        assert process.wait(60) == 0
    assert not _processes_about(str(state)), "something was left behind"


def test_make_demo_has_events_and_leaves_no_process_behind(tmp_path: Path) -> None:
    with _run_dev(tmp_path, signal.SIGINT, "--sample") as (url, _):
        assert fetch_status(f"{url}/") == 200
        assert get_json(f"{url}/analytics/summary?days=30")["total_invocations"] > 1000


@ONE_BY_ONE
def test_a_change_restarts_make_dev_which_leaves_no_process_behind(tmp_path: Path) -> None:
    with _run_dev(tmp_path, signal.SIGTERM) as (url, said):
        assert fetch_status(f"{url}/") == 200
        post_json(f"{url}/api/track", EVENT)
        os.utime(ROOT / "src" / "entry.py")
        _wait_until(lambda: "Restarting" in said.read_text())
        _wait_until(lambda: fetch_status(f"{url}/healthz") == 200)
        assert get_json(f"{url}/analytics/summary")["total_invocations"] == 1


def test_a_failure_is_in_the_terminal_and_not_in_the_answer(watched: Local) -> None:
    """The last of those who share the Worker: its counts are broken afterwards."""
    hour = int(time.time()) // 3600
    broken = f"INSERT INTO rollups VALUES ({hour}, {hour}, json_object('all', json_object('{hour}', 'no tally')))"
    with closing(sqlite3.connect(database_of(watched.state))) as database, database:
        database.execute(broken)
    answer = watched.send("GET", "/analytics/summary")
    watched.runtime.stop()
    assert (answer.status, answer.json()["success"]) == (500, False)
    assert "tally" not in answer.body.decode()
    assert "Traceback" in watched.output.read_text()
    assert "AttributeError" in watched.output.read_text()


def _wait_until(condition: object, seconds: float = 180) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it took too long"
        time.sleep(0.1)


def _processes_about(text: str) -> list[str]:
    found = subprocess.run(["pgrep", "-af", text], check=False, capture_output=True, text=True).stdout.splitlines()
    return [line for line in found if "pgrep" not in line and str(os.getpid()) != line.split()[0]]
