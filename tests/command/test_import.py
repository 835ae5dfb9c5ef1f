"""`track-skills import`: older events from each format, each once, wherever it is stopped and begun again."""

from __future__ import annotations

import csv
import io
import json
import signal
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.clients.collector import Collector
from tests.command.conftest import Command
from tests.command.serving import Site
from tests.conftest import Local

OLDER = """CREATE TABLE skill_usage_events (
  id INTEGER PRIMARY KEY AUTOINCREMENT, user_id_hash TEXT NOT NULL, tool_name TEXT NOT NULL, tool_category TEXT,
  timestamp DATETIME DEFAULT CURRENT_TIMESTAMP, duration_ms INTEGER, status TEXT NOT NULL, error_type TEXT,
  error_message TEXT, request_size_bytes INTEGER, response_size_bytes INTEGER, metadata TEXT)"""
AUTO_SKILL = """CREATE TABLE skill_telemetry (
  id TEXT PRIMARY KEY, skill_id TEXT NOT NULL, skill_name TEXT NOT NULL, session_id TEXT NOT NULL, agent_id TEXT,
  duration_ms INTEGER, outcome TEXT NOT NULL, timestamp TEXT NOT NULL)"""
DAY = 86_400


@pytest.fixture
def site() -> Iterator[Site]:
    with Site(ANALYTICS_PUBLIC="true") as running:
        yield running


def moment(ago: float) -> str:
    """A moment so many seconds ago, as SQLite writes it."""
    return time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(time.time() - ago))


def older(folder: Path, events: int = 250) -> Path:
    """A database of the older tracker: three people, and a name that is none."""
    path = folder / "older.sqlite"
    with closing(sqlite3.connect(path)) as database, database:
        database.execute(OLDER)
        rows = [
            (f"hash-{n % 3}", f"skill-{n % 7}", moment(DAY + 60 * n), n, "success" if n % 5 else "failed", f"/home/{n}")
            for n in range(events)
        ]
        rows.append(("hash-0", "/etc/passwd", moment(DAY), 1, "success", ""))
        database.executemany(
            "INSERT INTO skill_usage_events (user_id_hash, tool_name, timestamp, duration_ms, status, error_message)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            rows,
        )
    return path


def auto_skill(folder: Path) -> Path:
    path = folder / "telemetry.db"
    with closing(sqlite3.connect(path)) as database, database:
        database.execute(AUTO_SKILL)
        rows = [
            (f"id-{n}", "s", "my-skill", f"session-{n % 2}", "claude", 5 * n, "success" if n else "failure", moment(n))
            for n in range(10)
        ]
        database.executemany("INSERT INTO skill_telemetry VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows)
    return path


def dump(path: Path) -> Path:
    """The same as SQL, as `wrangler d1 export` writes it."""
    with closing(sqlite3.connect(path)) as database:
        lines = [line for line in database.iterdump() if line not in ("BEGIN TRANSACTION;", "COMMIT;")]
    sql = path.with_suffix(".sql")
    sql.write_text("PRAGMA defer_foreign_keys=TRUE;\n" + "\n".join(lines) + "\n")
    return sql


def summary(site: Site) -> dict[str, Any]:
    answer: dict[str, Any] = json.loads(site.get("/analytics/summary?days=30"))
    return answer


@pytest.mark.parametrize("is_dump", [False, True])
def test_what_the_older_tracker_holds_is_sent_once(command: Command, site: Site, tmp_path: Path, is_dump: bool) -> None:
    path = dump(older(tmp_path)) if is_dump else older(tmp_path)
    before = path.read_bytes()
    command.env["TRACK_SKILLS_ENDPOINT"] = site.url
    said = command("import", str(path), "--json")
    assert (said.code, said.json["new"], said.json["known"], said.json["refused"]) == (0, 250, 0, 1), said.err
    assert command("import", str(path), "--json").json["new"] == 0
    # The note of what is done may be lost: the ids are the same.
    for note in (command.state / "imports").iterdir():
        note.unlink()
    again = command("import", str(path), "--json").json
    assert (again["new"], again["known"]) == (0, 250)
    figures = summary(site)
    assert (figures["total_invocations"], figures["unique_users"], figures["success_rate"]) == (250, 3, "80.00")
    assert path.read_bytes() == before
    assert "/home/" not in site.get("/analytics/export?days=30"), "messages that nobody scrubbed stay where they are"


def test_what_auto_skill_holds_is_sent(command: Command, site: Site, tmp_path: Path) -> None:
    command.env["TRACK_SKILLS_ENDPOINT"] = site.url
    assert command("import", str(auto_skill(tmp_path)), "--json").json["new"] == 10
    (tool,) = json.loads(site.get("/analytics/tools?days=7"))
    assert (tool["tool_name"], tool["tool_category"], tool["invocations"]) == ("my-skill", "skill", 10)
    assert (tool["success_rate"], tool["unique_users"]) == ("90.00", 2)


@pytest.mark.parametrize("form", ["ndjson", "csv"])
def test_our_own_export_moves_from_one_collector_to_another(
    command: Command, site: Site, tmp_path: Path, form: str
) -> None:
    command.env["TRACK_SKILLS_ENDPOINT"] = site.url
    command("import", str(older(tmp_path)))
    export = tmp_path / f"export.{form}"
    export.write_text(site.get(f"/analytics/export?days=30&format={form}"), newline="")
    with Site(ANALYTICS_PUBLIC="true") as other:
        command.env["TRACK_SKILLS_ENDPOINT"] = other.url
        assert command("import", str(export), "--json").json["new"] == 250
        assert summary(other) == summary(site)


def test_without_an_endpoint_it_is_kept_here_once(command: Command, tmp_path: Path) -> None:
    command.env["TRACK_SKILLS_LOCAL"] = "1"
    for new, known in ((250, 0), (0, 250)):
        said = command("import", str(older(tmp_path)) if new else str(tmp_path / "older.sqlite"), "--json").json
        assert (said["to"], said["new"], said["known"], said["refused"]) == ("local", new, known, 1)
    with closing(sqlite3.connect(command.state / "telemetry.db")) as database:
        assert database.execute("SELECT count(*), sum(outcome = 'success') FROM skill_telemetry").fetchone() == (
            250,
            200,
        )


def test_what_is_too_old_is_left_out_and_counted(command: Command, site: Site, tmp_path: Path) -> None:
    lines = [
        {"id": n, "timestamp": moment(days * DAY), "tool_name": "skill", "status": "success"}
        for n, days in enumerate((1, 399, 401, 4000))
    ]
    path = tmp_path / "export.ndjson"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    command.env["TRACK_SKILLS_ENDPOINT"] = site.url
    said = command("import", str(path))
    assert (said.code, said.out.splitlines()[0]) == (0, f"2 new in {site.url}, 0 were there already.")
    assert "2 lie over 400 days back" in said.out


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT])
def test_stopped_anywhere_it_goes_on(command: Command, tmp_path: Path, number: signal.Signals) -> None:
    path = older(tmp_path, 2000)
    with Collector("slow") as collector:
        collector.delay = 0.25
        command.env["TRACK_SKILLS_ENDPOINT"] = collector.url
        for requests in (3, 8, 13):
            with command.start("import", str(path)) as process:
                collector.wait_requests(requests)
                process.send_signal(number)
                process.communicate()
            assert process.returncode != 0
        said = command("import", str(path), "--json").json
        assert len(collector.events) == 2000
        assert said["new"] + said["known"] >= 2000
        assert len(collector.arrived) <= 2000 + 3 * 100, "it begins where it was stopped"


def test_a_collector_that_goes_away_is_no_loss(command: Command, tmp_path: Path) -> None:
    path = older(tmp_path)
    with Collector("401") as collector:
        command.env["TRACK_SKILLS_ENDPOINT"] = collector.url
        refused = command("import", str(path))
        assert (refused.code, "401" in refused.err, "goes on" in refused.err) == (1, True, True)
        collector.mode = "ok"
        assert command("import", str(path), "--json").json["new"] == 250


def test_off_is_off(command: Command, site: Site, tmp_path: Path) -> None:
    command.env |= {"TRACK_SKILLS_ENDPOINT": site.url, "DO_NOT_TRACK": "1"}
    assert command("import", str(older(tmp_path))).code == 1
    assert not command.state.exists()
    assert site.asked == []


@pytest.mark.parametrize(
    "content",
    [b"", b"hello\n", b"SQLite format 3\0 broken", b'{"tool_name": 1', b"[]", b"\xff\xfe", b"skill_usage_events DROP;"],
)
def test_what_cannot_be_read_is_said_in_one_line(command: Command, site: Site, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "file"
    path.write_bytes(content)
    command.env["TRACK_SKILLS_ENDPOINT"] = site.url
    said = command("import", str(path))
    assert (said.code, said.err.count("\n"), str(path) in said.err) == (1, 1, True)
    assert command("import", str(tmp_path / "none")).code == 1
    assert path.read_bytes() == content


def test_a_dump_touches_no_file(command: Command, site: Site, tmp_path: Path) -> None:
    path = tmp_path / "dump.sql"
    path.write_text(f"ATTACH '{tmp_path / 'made'}' AS x; CREATE TABLE x.skill_usage_events (a);")
    command.env["TRACK_SKILLS_ENDPOINT"] = site.url
    assert command("import", str(path)).code == 1
    assert not (tmp_path / "made").exists()


def test_hostile_rows_cost_themselves_alone(command: Command, site: Site, tmp_path: Path) -> None:
    good = {"id": 1, "timestamp": moment(5), "tool_name": "skill", "status": "success"}
    bad = [
        {"tool_name": ["x"]},
        {"tool_name": "../x"},
        {"timestamp": "yesterday"},
        {"timestamp": None},
        {"timestamp": 1e300},
        {"timestamp": "9" * 5000},
        {"tool_name": "x" * 129},
    ]
    odd = [{"duration_ms": "NaN", "id": 2}, {"status": {"a": 1}, "id": 3}, {"agent_id": 7, "test": "maybe", "id": 4}]
    path = tmp_path / "export.ndjson"
    path.write_text("".join(json.dumps({**good, **row}) + "\n" for row in [{}, *bad, *odd]))
    command.env["TRACK_SKILLS_ENDPOINT"] = site.url
    said = command("import", str(path), "--json").json
    assert (said["new"], said["refused"]) == (4, len(bad))


def test_into_a_real_worker(command: Command, local: Local, tmp_path: Path) -> None:
    """As quick as a hundred thousand in two minutes, in the collector's own time beside it."""
    path = older(tmp_path, 1000)
    command.env["TRACK_SKILLS_ENDPOINT"] = local.url
    assert command("import", str(path), "--json").json["new"] == 1000
    assert command("import", str(path), "--json").json["new"] == 0


def test_csv_is_taken_back_from_what_a_spreadsheet_may_see(command: Command, tmp_path: Path) -> None:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["id", "timestamp", "tool_name", "status"])
    writer.writerow(["1", moment(5), "'@scope/tool", "success"])
    (tmp_path / "export.csv").write_text(text.getvalue(), newline="")
    with Collector() as collector:
        command.env["TRACK_SKILLS_ENDPOINT"] = collector.url
        assert command("import", str(tmp_path / "export.csv"), "--json").json["new"] == 1
        (event,) = collector.events.values()
    assert event["tool_name"] == "@scope/tool"
