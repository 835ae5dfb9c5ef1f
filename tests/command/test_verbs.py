"""What the verbs say and do, as processes, against a collector on loopback and a real local store."""

from __future__ import annotations

import csv
import io
import json
import os
import pty
import signal
import sqlite3
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.command.conftest import Command, lines, put

sys.path.insert(0, str(Path(__file__).parents[1] / "clients"))
from collector import Collector


@pytest.fixture
def collector() -> Iterator[Collector]:
    with Collector() as running:
        yield running


def keep(command: Command, count: int = 20) -> None:
    """Switch the local store on, and put so many events into it."""
    command.state.mkdir(parents=True, mode=0o700)
    (command.state / "local_on").touch()
    put(command.state, lines(count))


def test_from_nothing_to_a_report(command: Command) -> None:
    assert "track-skills local on" in command("report").out
    assert (
        command("report", "--json").json
        == command("events", "--json").json
        == command("candidates", "--json").json
        == []
    )
    assert command("export").out == ""
    assert not command.state.exists()
    assert command("local", "on").code == 0
    put(command.state, lines(30))
    report = command("report", "--json").json
    assert sum(skill["total_uses"] for skill in report) == 30
    assert {"skill_name", "success_rate", "avg_duration_ms", "agents_used", "first_used", "last_used"} <= set(report[0])
    assert list((command.state / "local").iterdir()) == []
    assert command("report", "skill-3", "--json").json == [
        skill for skill in report if skill["skill_name"] == "skill-3"
    ]
    assert command("local", "--json").json["on"] is True
    assert command("local", "off", "--json").json["on"] is False
    assert sum(skill["total_uses"] for skill in command("report", "--json").json) == 30


def test_events_and_export_are_the_rows(command: Command) -> None:
    keep(command)
    rows = command("events", "--json", "--limit", "1000").json
    with sqlite3.connect(command.state / "telemetry.db") as connection:
        connection.row_factory = sqlite3.Row
        stored = [
            dict(row) for row in connection.execute("SELECT * FROM skill_telemetry ORDER BY timestamp DESC, rowid DESC")
        ]
    assert [{**row, "session_id": row["session_id"] or ""} for row in rows] == stored
    assert len(command("events", "--json").json) == 20
    assert {row["skill_name"] for row in command("events", "skill-2", "--json").json} == {"skill-2"}
    assert len(command("events", "--limit", "3").out.splitlines()) == 4
    assert [json.loads(line) for line in command("export").out.splitlines()] == rows
    table = list(csv.DictReader(io.StringIO(command("export", "--format", "csv").out)))
    assert [row["id"] for row in table] == [row["id"] for row in rows]


def test_a_cell_that_a_spreadsheet_would_run_is_made_harmless(command: Command) -> None:
    keep(command, 0)
    event = {**json.loads(lines(1)[0]), "tool_name": "@SUM(1)"[:4], "error_type": "-2 + 3"}
    put(command.state, [json.dumps(event) + "\n"])
    [row] = csv.DictReader(io.StringIO(command("export", "--format", "csv").out))
    assert (row["skill_name"], row["error_type"]) == ("'@SUM", "'-2 + 3")


@pytest.mark.parametrize("limit", ["0", "-1", "x", "1e3", "", "99999999999999999999999", "٣"])
def test_a_limit_that_makes_no_sense_is_usage(command: Command, limit: str) -> None:
    said = command("events", f"--limit={limit}")
    assert (said.code, said.out) == (2, "")


@pytest.mark.parametrize("verb", ["report", "events"])
def test_a_skill_that_nobody_used_is_named(command: Command, verb: str) -> None:
    keep(command)
    assert command(verb, "no-such").out == "No uses of no-such are known on this machine yet; those to come are kept.\n"
    (command.state / "local_on").unlink()
    assert "`track-skills local on` keeps" in command(verb, "no-such").out


def test_a_database_of_a_later_version_is_not_called_damaged(command: Command) -> None:
    keep(command)
    command("report")
    with sqlite3.connect(command.state / "telemetry.db") as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    said = command("report")
    assert (said.code, "later version" in said.err, "damaged" in said.err) == (1, True, False)


def test_off_takes_nothing_in_and_shows_what_there_is(command: Command) -> None:
    keep(command)
    command("report")
    put(command.state, lines(5))
    command.env["DO_NOT_TRACK"] = "1"
    assert sum(skill["total_uses"] for skill in command("report", "--json").json) == 20
    assert len(list((command.state / "local").iterdir())) == 5
    del command.env["DO_NOT_TRACK"]
    assert sum(skill["total_uses"] for skill in command("report", "--json").json) == 25


@pytest.mark.parametrize("verb", ["report", "events", "candidates", "export", "status"])
def test_a_broken_database_is_named_and_left_alone(command: Command, verb: str) -> None:
    keep(command)
    (command.state / "telemetry.db").write_bytes(b"broken" * 2000)
    said = command(verb, "--json")
    assert said.code == 1
    assert str(command.state / "telemetry.db") in said.json["error"]
    assert "Traceback" not in said.err
    assert (command.state / "telemetry.db").read_bytes() == b"broken" * 2000
    assert len(list((command.state / "local").iterdir())) == 20


def test_a_reader_that_has_seen_enough_is_no_error(command: Command) -> None:
    keep(command, 3000)
    process = command.start("export")
    process.stdout.readline()
    process.stdout.close()
    assert process.wait() in (0, 1)
    assert process.stderr.read() == ""
    process.stderr.close()


def test_interrupted_it_loses_nothing(command: Command) -> None:
    keep(command, 3000)
    for wait in (0.1, 0.2, 0.3):
        process = command.start("report")
        time.sleep(wait)
        process.send_signal(signal.SIGINT)
        process.communicate()
    assert sum(skill["total_uses"] for skill in command("report", "--json").json) == 3000


def test_on_a_terminal_there_is_a_table_with_colours(command: Command) -> None:
    keep(command, 5)
    command.env["TERM"] = "xterm"
    leader, follower = pty.openpty()
    process = command.start("report", stdout=follower, stderr=follower)
    os.close(follower)
    text = b""
    try:
        while part := os.read(leader, 65_536):
            text += part
    except OSError:
        pass  # the end of a terminal
    os.close(leader)
    assert process.wait() == 0
    assert b"\x1b[1mskill " in text
    assert b"skill-0 " in text


def test_candidates(command: Command) -> None:
    keep(command, 70)
    skills = command("candidates", "--json").json
    assert [skill["is_candidate"] for skill in skills] == sorted(
        (skill["is_candidate"] for skill in skills), reverse=True
    )
    assert all(skill["reasons"] for skill in skills)
    assert not any(skill["is_candidate"] for skill in command("candidates", "--uses", "11", "--json").json)
    assert command("candidates", "--success", "2").code == 2


@pytest.mark.parametrize(
    ("env", "is_on", "why"),
    [
        ({}, False, "TRACK_SKILLS_ENDPOINT is not set"),
        ({"TRACK_SKILLS_ENDPOINT": "no url"}, False, "is no URL"),
        ({"TRACK_SKILLS_ENDPOINT": "http://127.0.0.1:9"}, True, "there is a collector"),
        ({"TRACK_SKILLS_LOCAL": "1"}, True, "the local store is on"),
        ({"TRACK_SKILLS_LOCAL": "1", "DO_NOT_TRACK": "1"}, False, "DO_NOT_TRACK is set"),
        ({"TRACK_SKILLS_ENDPOINT": "http://127.0.0.1:9", "CI": "true"}, False, "CI is set"),
        ({"TRACK_SKILLS_DEBUG": "1"}, True, "printed"),
    ],
)
def test_status_says_why(command: Command, env: dict[str, str], is_on: bool, why: str) -> None:
    command.env.update(env)
    said = command("status", "--json").json
    assert (said["on"], why in said["why"]) == (is_on, True)
    assert not command.state.exists()
    assert why in command("status").out


def test_status_after_an_answer(command: Command, collector: Collector) -> None:
    command.env.update(TRACK_SKILLS_ENDPOINT=collector.url, TRACK_SKILLS_API_KEY="secret", TRACK_SKILLS_LOCAL="1")
    put(command.state, lines(3), folder="spool")
    assert command("status", "--json").json["waiting"] == 3
    said = command("flush", "--json")
    assert (said.code, said.json["sent"], said.json["refused"], said.json["waiting"]) == (0, 3, 0, 0)
    said = command("status", "--json")
    assert (said.json["waiting"], said.json["last_answer"]["status"], said.json["last_answer"]["verdict"]) == (
        0,
        200,
        "taken",
    )
    assert said.json["local_store"]["waiting"] == 3
    assert "secret" not in said.out
    assert len(command("events", "--json").json) == 3


@pytest.mark.parametrize(("mode", "status"), [("401", 401), ("500", 500)])
def test_flush_where_nothing_could_be_sent(command: Command, mode: str, status: int) -> None:
    put(command.state, lines(3), folder="spool")
    with Collector(mode) as collector:
        command.env["TRACK_SKILLS_ENDPOINT"] = collector.url
        said = command("flush", "--json")
    assert (said.code, said.json["sent"], said.json["waiting"]) == (1, 0, 3)
    assert said.json["last_answer"]["status"] == status
    assert not (command.state / "lock").exists()


def test_flush_of_many_and_of_none(command: Command, collector: Collector) -> None:
    command.env["TRACK_SKILLS_ENDPOINT"] = collector.url
    assert command("flush", "--json").json["sent"] == 0
    put(command.state, lines(250), folder="spool")
    assert command("flush", "--json").json["sent"] == 250
    assert len(collector.wait(250)) == 250


def test_flush_where_the_collector_refuses(command: Command) -> None:
    put(command.state, lines(3), folder="spool")
    with Collector("400") as collector:
        collector.answer = b'{"success": false}'
        command.env["TRACK_SKILLS_ENDPOINT"] = collector.url
        said = command("flush", "--json")
    assert (said.code, said.json["sent"], said.json["refused"], said.json["waiting"]) == (0, 0, 3, 0)


@pytest.mark.parametrize("verb", ["flush", "send"])
@pytest.mark.parametrize("env", [{}, {"TRACK_SKILLS_ENDPOINT": "http://127.0.0.1:9", "DO_NOT_TRACK": "1"}])
def test_nothing_is_sent_where_nothing_can_be(command: Command, verb: str, env: dict[str, str]) -> None:
    command.env.update(env)
    said = command(verb)
    assert said.code == 1
    assert "nothing can be sent" in said.err


def test_send_marks_its_event_as_a_test(command: Command, collector: Collector) -> None:
    command.env["TRACK_SKILLS_ENDPOINT"] = collector.url
    said = command("send", "--json")
    assert (said.code, said.json["verdict"]) == (0, "taken")
    [event] = collector.wait(1)
    assert event == said.json["event"]
    assert event["test"] is True
    command.env["TRACK_SKILLS_ENDPOINT"] = Collector(start=False).url
    assert command("send").code == 1


def test_show_is_what_would_be_written(command: Command) -> None:
    shown = command("show", "review").out
    assert json.loads(shown)["tool_name"] == "review"
    assert command("show", "--json").json["tool_name"] == "my-skill"
    assert command("show", "../x").code == 1
    assert not command.state.exists()


def identity(command: Command, text: str = "someone") -> Path:
    command.state.mkdir(parents=True, mode=0o700)
    (command.state / "anonymous_id").write_text(f"{text}\n")
    return command.state / "anonymous_id"


def test_reset_forgets_the_id(command: Command) -> None:
    file = identity(command)
    assert command("reset", "--json").json == {"reset": True, "deleted": None}
    assert not file.exists()
    assert command("reset", "--json").json == {"reset": False, "deleted": None}


def test_reset_erases_first(command: Command, erasing: Any) -> None:
    file = identity(command)
    put(command.state, lines(2), folder="spool")
    command.env["TRACK_SKILLS_ENDPOINT"] = f"{erasing.url}/base"
    assert command("reset", "--erase", "--json").json == {"reset": True, "deleted": 7}
    assert erasing.asked == [("/base/api/user", {"anonymous_id": "someone"})]
    assert (file.exists(), list((command.state / "spool").iterdir())) == (False, [])


@pytest.mark.parametrize("body", [b"<html>", b'{"success": false}', b"[]", b""])
def test_where_nothing_was_erased_the_id_stays(command: Command, erasing: Any, body: bytes) -> None:
    file = identity(command)
    erasing.answer = body
    command.env["TRACK_SKILLS_ENDPOINT"] = erasing.url
    said = command("reset", "--erase")
    assert said.code == 1
    assert "nothing was erased" in said.err
    assert file.read_text() == "someone\n"


def test_nothing_can_be_erased_without_a_collector(command: Command) -> None:
    file = identity(command)
    assert command("reset", "--erase").code == 1
    assert file.exists()


@pytest.fixture
def erasing() -> Iterator[Any]:
    """A server that answers DELETE as the collector does."""
    from http.server import BaseHTTPRequestHandler, HTTPServer
    from threading import Thread

    class Handler(BaseHTTPRequestHandler):
        def do_DELETE(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            server.asked.append((self.path, json.loads(body)))
            self.send_response(200)
            self.send_header("Content-Length", str(len(server.answer)))
            self.end_headers()
            self.wfile.write(server.answer)

        def log_message(self, *_: object) -> None:
            pass

    class Server(HTTPServer):
        asked: list[Any] = []  # noqa: RUF012
        answer = b'{"success": true, "deleted": 7}'
        url = ""

    server = Server(("127.0.0.1", 0), Handler)
    server.asked = []
    server.url = f"http://127.0.0.1:{server.server_port}"
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()
