"""The local store's database: what is added up, taken in once, and what breaks it."""

from __future__ import annotations

import random
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from track_skills.local import database, reports, uses

from tests.command.conftest import PACKAGES, lines, put

FIELD_TABLE = """CREATE TABLE skill_telemetry (id TEXT PRIMARY KEY, skill_id TEXT NOT NULL, skill_name TEXT NOT NULL,
  session_id TEXT NOT NULL, agent_id TEXT NOT NULL DEFAULT 'unknown', duration_ms INTEGER, outcome TEXT NOT NULL,
  timestamp TEXT NOT NULL)"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "telemetry.db"


def use(number: int, **columns: Any) -> dict[str, Any]:
    moment = f"2026-02-09T21:{number // 60 % 60:02d}:{number % 60:02d}.000Z"
    return {
        "id": f"id-{number}",
        "skill_id": "s",
        "skill_name": "s",
        "outcome": "success",
        "timestamp": moment,
        **columns,
    }


def add(path: Path, *rows: dict[str, Any]) -> int:
    with database.opened(str(path)) as connection, database.writing(connection):
        return database.add(connection, rows)


def report(path: Path, skill: str | None = None) -> list[reports.EffectivenessReport]:
    with database.opened(str(path)) as connection:
        return reports.effectiveness(connection, skill)


def recount(path: Path) -> list[dict[str, Any]]:
    """The report as a plain count over uses, without our own statements."""
    connection = sqlite3.connect(path)
    connection.row_factory = sqlite3.Row
    skills: dict[tuple[str, str | None], list[sqlite3.Row]] = {}
    for row in connection.execute("SELECT * FROM skill_telemetry WHERE NOT test"):
        server = row["tool_category"] if (row["tool_category"] or "").startswith("mcp:") else None
        skills.setdefault((row["skill_name"], server), []).append(row)
    counted = []
    for (name, server), rows in skills.items():
        known = [row for row in rows if row["outcome"] != "unknown"]
        times = [row["duration_ms"] for row in rows if row["duration_ms"] is not None]
        successes = sum(row["outcome"] == "success" for row in rows)
        counted.append(
            {
                "skill_name": name,
                "total_uses": len(rows),
                "success_count": successes,
                "failure_count": sum(row["outcome"] in ("failure", "error", "timeout") for row in rows),
                "success_rate": round(successes / len(known), 3) if known else None,
                "avg_duration_ms": round(sum(times) / len(times)) if times else None,
                "agents_used": sorted({row["agent_id"] for row in rows}),
                "first_used": min(row["timestamp"] for row in rows),
                "last_used": max(row["timestamp"] for row in rows),
                "tool_category": server,
                "known_uses": len(known),
            }
        )
    return sorted(counted, key=lambda skill: (-skill["total_uses"], skill["skill_name"], skill["tool_category"] or ""))


def test_a_report_is_a_plain_count_whatever_is_done_by_hand(path: Path) -> None:
    chance = random.Random(7)
    connection = None
    for _ in range(12):
        add(path, *(random_use(chance) for _ in range(40)))
        assert report(path) == recount(path)
        connection = sqlite3.connect(path)
        with connection:
            connection.execute("DELETE FROM skill_telemetry WHERE rowid % 5 = ?", (chance.randrange(5),))
            connection.execute(
                "UPDATE skill_telemetry SET outcome = 'timeout' WHERE rowid % 7 = ?", (chance.randrange(7),)
            )
            connection.execute("UPDATE skill_telemetry SET skill_name = 'c', test = 1 - test WHERE rowid % 11 = 3")
        connection.close()
        assert report(path) == recount(path)
    add(path, use(1))
    with sqlite3.connect(path) as connection:
        connection.execute("DELETE FROM skill_telemetry")
    assert report(path) == []


def random_use(chance: random.Random) -> dict[str, Any]:
    return use(
        chance.randrange(400),
        skill_name=chance.choice("abc"),
        agent_id=chance.choice(["codex", "claude-code", "unknown"]),
        tool_category=chance.choice([None, "skill", "mcp:x", "mcp:y"]),
        outcome=chance.choice(["success", "success", "failure", "error", "timeout", "partial", "skipped", "unknown"]),
        duration_ms=chance.choice([None, 0, 10, 250]),
        test=chance.choice([0, 0, 0, 1]),
    )


def test_an_unknown_duration_or_outcome_is_none_and_not_zero(path: Path) -> None:
    add(path, use(1, outcome="unknown"), use(2, outcome="unknown"))
    [skill] = report(path)
    assert (skill.total_uses, skill.success_rate, skill.avg_duration_ms) == (2, None, None)
    add(path, use(3, duration_ms=0), use(4, duration_ms=30))
    [skill] = report(path)
    assert (skill.success_rate, skill.avg_duration_ms) == (1.0, 15)


def test_most_used_first_then_by_name(path: Path) -> None:
    add(path, use(1, skill_name="b"), use(2, skill_name="a"), use(3, skill_name="c"), use(4, skill_name="c"))
    assert [skill.skill_name for skill in report(path)] == ["c", "a", "b"]
    assert [skill.skill_name for skill in report(path, "a")] == ["a"]
    assert report(path, "d") == []


def test_each_use_once(path: Path) -> None:
    assert add(path, use(1), use(2), use(1)) == 2
    assert add(path, use(2, outcome="error"), use(3)) == 1
    assert [skill.success_count for skill in report(path)] == [3]


def test_a_database_of_the_fields_oldest_store_is_opened_as_it_is(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute(FIELD_TABLE)
        connection.execute(
            "INSERT INTO skill_telemetry VALUES ('1', 's', 's', 'x', 'codex', 5, 'failure', '2025-01-01')"
        )
    assert report(path) == recount_after(path, uses_of=1)
    add(path, use(2, tool_category="mcp:x", error_type="E"))
    assert report(path) == recount_after(path, uses_of=2)


def recount_after(path: Path, uses_of: int) -> list[dict[str, Any]]:
    counted = recount(path)
    assert sum(skill["total_uses"] for skill in counted) == uses_of
    return counted


@pytest.mark.parametrize(
    "content", [b"no database at all, but long enough to be read as one" * 30, b"SQLite format 3\0" + b"\xff" * 4080]
)
def test_a_damaged_database_is_named_and_left_alone(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    with pytest.raises(database.DatabaseError, match=r"telemetry\.db is damaged, or no database of ours"):
        report(path)
    assert path.read_bytes() == content


def test_a_table_of_another_shape_is_named_and_left_alone(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE skill_telemetry (id, skill_name)")
    content = path.read_bytes()
    with pytest.raises(database.DatabaseError, match="lacks agent_id, duration_ms"):
        report(path)
    assert path.read_bytes() == content


def test_a_database_of_a_later_version_is_left_alone(path: Path) -> None:
    add(path, use(1))
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA user_version = 2")
    with pytest.raises(database.DatabaseError, match="later version"):
        report(path)


def test_under_anothers_lock_it_says_so_and_loses_nothing(path: Path, tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr(database, "WAIT_SECONDS", 0.05)
    put(tmp_path, lines(3))
    add(path, use(1))
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    with pytest.raises(database.DatabaseError, match="locked by another program"), database.opened(str(path)) as held:
        uses.take_in(held, str(tmp_path))
    other.execute("ROLLBACK")
    other.close()
    with database.opened(str(path)) as connection:
        assert uses.take_in(connection, str(tmp_path)) == 3


def test_the_database_is_for_its_user_alone(path: Path) -> None:
    add(path, use(1))
    assert path.stat().st_mode & 0o777 == 0o600


# Taking in


@pytest.fixture
def connection(path: Path) -> Iterator[sqlite3.Connection]:
    with database.opened(str(path)) as opened:
        yield opened


def test_what_was_kept_is_taken_in_and_what_is_to_be_sent_stays(connection: sqlite3.Connection, tmp_path: Path) -> None:
    kept = put(tmp_path, lines(5))
    waiting = put(tmp_path, lines(3), folder="spool")
    assert uses.take_in(connection, str(tmp_path)) == 8
    assert not any(path.exists() for path in kept)
    assert all(path.exists() for path in waiting)
    assert uses.take_in(connection, str(tmp_path)) == 0
    for file in waiting:
        file.rename(tmp_path / "local" / file.name)
    assert uses.take_in(connection, str(tmp_path)) == 0
    assert list((tmp_path / "local").iterdir()) == []
    assert database.count(connection) == 8


@pytest.mark.parametrize(
    "content",
    [
        b"\n",
        b"{}\n",
        b"[]\n",
        b'{"event_id": "1"}\n',
        b"not json\n",
        b"\xff\xfe\n",
        b'{"event_id": 5, "tool_name": "a", "timestamp": "2026-01-01T00:00:00.000Z"}\n',
        b'{"event_id": "a b\'", "tool_name": "../x", "timestamp": "2026-01-01T00:00:00.000Z"}\n',
        b"[" * 50_000 + b"\n",
    ],
)
def test_a_file_that_holds_no_event_costs_no_other(
    connection: sqlite3.Connection, tmp_path: Path, content: bytes
) -> None:
    put(tmp_path, lines(2))
    (tmp_path / "local" / "0000000000001-1-00.ndjson").write_bytes(content)
    assert uses.take_in(connection, str(tmp_path)) == 2
    assert list((tmp_path / "local").iterdir()) == []


def test_a_half_written_file_is_left_to_its_writer(connection: sqlite3.Connection, tmp_path: Path) -> None:
    [line] = lines(1)
    [young] = put(tmp_path, [line[:-20]])
    old = tmp_path / "local" / "0000000000001-1-00.ndjson"
    old.write_text(line[:-20])
    assert uses.take_in(connection, str(tmp_path)) == 0
    assert (young.exists(), old.exists()) == (True, False)


def test_what_does_not_fit_is_left_out_and_costs_no_use(connection: sqlite3.Connection) -> None:
    given = {
        "event_id": "1",
        "tool_name": "a",
        "timestamp": "2026-02-09T21:30:00.123Z",
        "status": {"no": 1},
        "duration_ms": "5",
        "agent_id": ["x"],
        "error_type": "x" * 65,
        "error_message": "a secret",
        "anonymous_id": "somebody",
        "session_id": "a b\n",
        "os": "linux",
    }
    kept = uses.use_of(given)
    assert kept == {
        "id": "1",
        "skill_id": "a",
        "skill_name": "a",
        "outcome": "unknown",
        "timestamp": given["timestamp"],
        "test": 0,
        "os": "linux",
    }
    with database.writing(connection):
        assert database.add(connection, [kept]) == 1
    [row] = database.events(connection, None, None)
    assert (row["agent_id"], row["session_id"], row["duration_ms"]) == ("unknown", None, None)


TAKE_IN = """
import os, sys
from track_skills.local import database, uses
import track_skills.batches as batches
home, dies_at = sys.argv[1], int(sys.argv[2])
removed = 0
def remove(folder, name, real=batches.remove):
    global removed
    removed += 1
    if removed == dies_at:
        os.kill(os.getpid(), 9)
    real(folder, name)
batches.remove = remove
with database.opened(home + "/telemetry.db") as connection:
    print(uses.take_in(connection, home))
"""


def start(home: Path, dies_at: int = 0, stdout: int = subprocess.DEVNULL) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", TAKE_IN, str(home), str(dies_at)]
    return subprocess.Popen(command, env={"PYTHONPATH": str(PACKAGES)}, stdout=stdout, text=True)


def test_killed_while_it_removes_files_nothing_counts_twice(tmp_path: Path) -> None:
    put(tmp_path, lines(2500))
    for dies_at in (1, 700, 1100):
        assert start(tmp_path, dies_at).wait() == -9
    said, _ = start(tmp_path, stdout=subprocess.PIPE).communicate()
    assert int(said) <= 2500
    with database.opened(str(tmp_path / "telemetry.db")) as connection:
        assert database.count(connection) == 2500
    assert list((tmp_path / "local").iterdir()) == []


def test_killed_at_any_moment_nothing_is_lost(tmp_path: Path) -> None:
    put(tmp_path, lines(3000))
    for milliseconds in (30, 60, 90, 120, 150):
        process = start(tmp_path)
        try:
            process.wait(milliseconds / 1000)
        except subprocess.TimeoutExpired:
            process.kill()
        process.wait()
    assert start(tmp_path).wait() == 0
    with database.opened(str(tmp_path / "telemetry.db")) as connection:
        assert database.count(connection) == 3000


def test_several_at_once_take_each_event_in_once(tmp_path: Path) -> None:
    put(tmp_path, lines(3000))
    processes = [start(tmp_path, stdout=subprocess.PIPE) for _ in range(4)]
    assert sum(int(process.communicate()[0]) for process in processes) == 3000
    with database.opened(str(tmp_path / "telemetry.db")) as connection:
        assert database.count(connection) == 3000
    assert list((tmp_path / "local").iterdir()) == []


# Candidates


def test_the_wilson_interval() -> None:
    # By Wilson's formula, five of five: 57 %; Newcombe (1998), 81 of 263: 0.2553.
    assert round(reports.wilson_lower_bound(5, 5), 4) == 0.5655
    assert round(reports.wilson_lower_bound(81, 263), 4) == 0.2553
    assert reports.wilson_lower_bound(0, 10) == 0.0
    assert reports.wilson_lower_bound(0, 0) == 0.0


@pytest.mark.parametrize(
    ("outcomes", "is_candidate", "reasons"),
    [
        (["success"] * 5, True, ["5 uses", "5 of 5 known outcomes are a success"]),
        (["success"] * 4, False, ["4 uses; at least 5 is asked for"]),
        (
            ["success"] * 4 + ["failure"],
            False,
            ["4 of 5 known outcomes are a success; a confidence of at least 0.85 is asked for"],
        ),
        (["success"] * 6 + ["failure"], True, ["7 uses", "6 of 7 known outcomes are a success"]),
        (["success"] * 6 + ["unknown"], True, ["7 uses", "6 of 6 known outcomes are a success"]),
        (
            ["unknown"] * 5,
            False,
            [
                "0 of 0 known outcomes are a success; a success rate of at least 80% is asked for",
                "0 of 0 known outcomes are a success; a confidence of at least 0.85 is asked for",
            ],
        ),
    ],
)
def test_candidates(path: Path, outcomes: list[str], is_candidate: bool, reasons: list[str]) -> None:
    add(path, *(use(number, outcome=outcome) for number, outcome in enumerate(outcomes)))
    [skill] = reports.candidates(report(path), 5, 0.8, 0.85)
    assert (skill["is_candidate"], skill["reasons"]) == (is_candidate, reasons)
