"""`createTelemetryCollector` of the JavaScript package: a program of the older collector, and Python beside it."""

from __future__ import annotations

import json
import sqlite3
import sys
from pathlib import Path
from typing import Any

import pytest
from inprocess import NODE, environment, run
from processes import CLIENT

JS = CLIENT / "js"
# What a program of the field's oldest collector does; only its import is another.
PROGRAM = """
const collector = createTelemetryCollector(PATH);
const first = collector.recordEvent({
  skillId: "s1", skillName: "review", sessionId: "x", outcome: "success", agentId: "codex", durationMs: 100,
});
collector.recordEvent({ skillId: "s1", skillName: "review", sessionId: "x", outcome: "failure", durationMs: 50.4 });
collector.recordEvent({ skillId: "s1", skillName: "review", sessionId: "x", outcome: "success" });
collector.recordEvent({ skillId: "s2", skillName: "deploy", sessionId: "x", outcome: "partial" });
console.log(JSON.stringify({
  first, report: collector.getEffectivenessReport(), one: collector.getEffectivenessReport("deploy"),
  events: collector.getEvents(), two: collector.getEvents("review", 2), none: collector.getEvents("none"),
}));
"""
PYTHON = """
import json, sys
from track_skills import create_telemetry_collector
collector = create_telemetry_collector(sys.argv[1])
collector.record_event("s2", "deploy", None, "success", duration_ms=7)
print(json.dumps([collector.get_effectiveness_report(), len(collector.get_events())]))
"""


def said(program: str, home: Path, *options: str, **variables: str) -> Any:
    code = f"import {{ createTelemetryCollector }} from {json.dumps((JS / 'telemetry.js').as_uri())};\n{program}"
    command = [NODE, "--no-warnings", *options, "--input-type=module", "-e", code]
    done = run(command, {**environment(home), **variables})
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    return json.loads(done.stdout)


def test_a_program_of_the_older_collector(home: Path, tmp_path: Path) -> None:
    path = tmp_path / "own" / "telemetry.db"
    found = said(PROGRAM.replace("PATH", json.dumps(str(path))), home)
    review, deploy = found["report"]
    assert (review["skillName"], review["totalUses"], review["successCount"], review["failureCount"]) == (
        "review",
        3,
        2,
        1,
    )
    assert (review["successRate"], review["avgDurationMs"], review["agentsUsed"]) == (0.667, 75, ["codex", "unknown"])
    assert (deploy["successRate"], deploy["avgDurationMs"]) == (0, None)
    assert found["one"] == [deploy]
    assert [event["outcome"] for event in found["events"]] == ["partial", "success", "failure", "success"]
    assert found["events"][-1] == found["first"]
    assert ([event["outcome"] for event in found["two"]], found["none"]) == (["success", "failure"], [])
    assert path.stat().st_mode & 0o777 == 0o600


def test_python_and_javascript_share_a_database(home: Path, tmp_path: Path) -> None:
    path = tmp_path / "own.db"
    program = PROGRAM.replace("PATH", json.dumps(str(path)))
    said(program, home)
    done = run([sys.executable, "-c", PYTHON, path], environment(home))
    reports, events = json.loads(done.stdout)
    assert ([report["total_uses"] for report in reports], events) == ([3, 2], 5)
    assert [report["totalUses"] for report in said(program, home)["report"]] == [6, 3]


def test_a_database_of_the_older_collector_is_opened_as_it_is(home: Path, tmp_path: Path) -> None:
    path = tmp_path / "telemetry.db"
    with sqlite3.connect(path) as connection:
        connection.execute(
            "CREATE TABLE skill_telemetry (id TEXT PRIMARY KEY, skill_id TEXT, skill_name TEXT, "
            "session_id TEXT, agent_id TEXT, duration_ms INTEGER, outcome TEXT, timestamp TEXT)"
        )
        connection.execute("INSERT INTO skill_telemetry VALUES ('1', 's', 'old', 'x', 'codex', 5, 'failure', '2025')")
    found = said(PROGRAM.replace("PATH", json.dumps(str(path))), home)
    assert [report["totalUses"] for report in found["report"]] == [3, 1, 1]


def test_the_default_is_the_state_folder_and_off_is_off(home: Path) -> None:
    program = (
        "const c = createTelemetryCollector(); c.recordEvent({ skillId: 's', skillName: 's', outcome: 'success' });"
    )
    program += "console.log(JSON.stringify(c.getEvents().length));"
    assert said(program, home, DO_NOT_TRACK="1") == 0
    assert not home.exists()
    assert said(program, home) == 1
    assert (home / "telemetry.db").exists()


@pytest.mark.parametrize(
    "given", ["skillName: ''", "outcome: 5", "durationMs: -1", "durationMs: NaN", "durationMs: '5'"]
)
def test_what_makes_no_sense_is_refused(home: Path, given: str) -> None:
    program = (
        "const c = createTelemetryCollector(); try { c.recordEvent({ skillId: 's', skillName: 's', outcome: 'success', "
    )
    program += f"{given} }}); }} catch (error) {{ console.log(JSON.stringify(error.name)); }}"
    assert said(program, home) == "TypeError"
    assert not home.exists()


def test_without_sqlite_the_error_says_what_is_needed(home: Path) -> None:
    program = "try { createTelemetryCollector(); } catch (error) { console.log(JSON.stringify(error.message)); }"
    assert "Node 22.13 or later" in said(program, home, "--no-experimental-sqlite")


def test_a_broken_database_is_named_and_left_alone(home: Path, tmp_path: Path) -> None:
    path = tmp_path / "own.db"
    path.write_bytes(b"broken" * 2000)
    program = f"try {{ createTelemetryCollector({json.dumps(str(path))}).getEvents(); }}"
    program += " catch (error) { console.log(JSON.stringify(error.message)); }"
    assert str(path) in said(program, home)
    assert path.read_bytes() == b"broken" * 2000
