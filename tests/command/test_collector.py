"""`create_telemetry_collector` of the Python package: what the field's oldest collector did, and what is off."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import pytest
from track_skills import create_telemetry_collector
from track_skills.local.database import DatabaseError

from tests.command.conftest import PACKAGES

EVENT_FIELDS = ["id", "skill_id", "skill_name", "session_id", "agent_id", "duration_ms", "outcome", "timestamp"]
REPORT_FIELDS = ["skill_name", "total_uses", "success_count", "failure_count", "success_rate", "avg_duration_ms"]
REPORT_FIELDS += ["agents_used", "first_used", "last_used"]


@pytest.fixture(autouse=True)
def clean(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> pytest.MonkeyPatch:
    for name in ("CI", "GITHUB_ACTIONS", "DO_NOT_TRACK", "TRACK_SKILLS_DISABLED", "DISABLE_TELEMETRY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TRACK_SKILLS_HOME", str(tmp_path / "state"))
    return monkeypatch


def test_record_report_and_events(tmp_path: Path) -> None:
    collector = create_telemetry_collector(tmp_path / "own" / "telemetry.db")
    first = collector.record_event("s1", "review", "session", "success", agent_id="codex", duration_ms=100)
    collector.record_event("s1", "review", "session", "failure", duration_ms=50)
    collector.record_event("s1", "review", "session", "success")
    collector.record_event("s2", "deploy", "session", "partial")
    assert list(first)[:8] == EVENT_FIELDS
    assert (first.skill_id, first.agent_id, first["duration_ms"], first.outcome) == ("s1", "codex", 100, "success")
    review, deploy = collector.get_effectiveness_report()
    assert list(review)[:9] == REPORT_FIELDS
    assert (review.skill_name, review.total_uses, review.success_count, review.failure_count) == ("review", 3, 2, 1)
    assert (review.success_rate, review.avg_duration_ms, review.agents_used) == (0.667, 75, ["codex", "unknown"])
    assert review.first_used == first.timestamp <= review.last_used
    assert (deploy.success_rate, deploy.avg_duration_ms) == (0.0, None)
    assert [report.skill_name for report in collector.get_effectiveness_report("deploy")] == ["deploy"]
    assert [event.outcome for event in collector.get_events()] == ["partial", "success", "failure", "success"]
    assert [event.outcome for event in collector.get_events("review", limit=2)] == ["success", "failure"]
    assert dict(collector.get_events("review")[-1]) | dict(first) == dict(collector.get_events("review")[-1])
    assert collector.get_events("none") == collector.get_events(limit=0) == []
    with pytest.raises(AttributeError):
        _ = review.nothing


def test_the_default_is_the_state_folder(tmp_path: Path) -> None:
    collector = create_telemetry_collector()
    assert (collector.get_events(), collector.get_effectiveness_report()) == ([], [])
    assert not (tmp_path / "state").exists()
    collector.record_event("s", "s", None, "success")
    assert (tmp_path / "state" / "telemetry.db").exists()
    assert (tmp_path / "state").stat().st_mode & 0o777 == 0o700
    assert create_telemetry_collector().get_events()[0].session_id is None


@pytest.mark.parametrize("variable", ["DO_NOT_TRACK", "CI", "TRACK_SKILLS_DISABLED", "DISABLE_TELEMETRY"])
def test_off_is_off(clean: pytest.MonkeyPatch, tmp_path: Path, variable: str) -> None:
    clean.setenv(variable, "1")
    for path in (None, tmp_path / "own.db"):
        event = create_telemetry_collector(path).record_event("s", "s", "x", "success")
        assert event.skill_name == "s"
    assert list(tmp_path.iterdir()) == []


def test_the_off_file_is_off(tmp_path: Path) -> None:
    (tmp_path / "state").mkdir()
    (tmp_path / "state" / "off").touch()
    create_telemetry_collector(tmp_path / "own.db").record_event("s", "s", "x", "success")
    assert not (tmp_path / "own.db").exists()


@pytest.mark.parametrize(
    "given",
    [
        {"skill_name": ""},
        {"skill_name": None},
        {"outcome": ""},
        {"duration_ms": -1},
        {"duration_ms": "5"},
        {"duration_ms": float("nan")},
        {"duration_ms": True},
    ],
)
def test_what_makes_no_sense_is_refused(tmp_path: Path, given: dict[str, object]) -> None:
    event = {"skill_id": "s", "skill_name": "s", "session_id": "x", "outcome": "success", **given}
    with pytest.raises(ValueError, match=f"^{next(iter(given))} must be"):
        create_telemetry_collector(tmp_path / "own.db").record_event(**event)  # type: ignore[arg-type]
    assert not (tmp_path / "own.db").exists()


def test_no_home_at_all(clean: pytest.MonkeyPatch) -> None:
    for name in ("HOME", "TRACK_SKILLS_HOME", "XDG_STATE_HOME"):
        clean.delenv(name, raising=False)
    with pytest.raises(ValueError, match="no state folder"):
        create_telemetry_collector()


def test_names_that_are_hostile_are_only_names(tmp_path: Path) -> None:
    collector = create_telemetry_collector(str(tmp_path / "own.db"))
    names = ["'; DROP TABLE skill_telemetry; --", "mcp:%", "é\0x", "x" * 100_000]
    for name in names:
        collector.record_event(name, name, name, "success")
    assert {report.skill_name for report in collector.get_effectiveness_report()} == set(names)
    assert [report.total_uses for report in collector.get_effectiveness_report(names[0])] == [1]


def test_many_threads_record_at_once(tmp_path: Path) -> None:
    collector = create_telemetry_collector(tmp_path / "own.db")

    def record() -> None:
        for _ in range(10):
            collector.record_event("s", "s", "x", "success")

    threads = [threading.Thread(target=record) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [report.total_uses for report in collector.get_effectiveness_report()] == [80]


def test_a_folder_in_place_of_the_database_is_named(tmp_path: Path) -> None:
    with pytest.raises(DatabaseError, match=str(tmp_path)):
        create_telemetry_collector(tmp_path).get_events()


def test_only_asking_for_it_loads_a_database(tmp_path: Path) -> None:
    program = (
        "import sys, track_skills as t; t.track('a'); print('sqlite3' in sys.modules); t.create_telemetry_collector"
    )
    program += "; print('sqlite3' in sys.modules)"
    env = {"PYTHONPATH": str(PACKAGES), "HOME": str(tmp_path), "TRACK_SKILLS_LOCAL": "1"}
    ran = subprocess.run([sys.executable, "-c", program], env=env, capture_output=True, text=True, check=True)
    assert ran.stdout == "False\nTrue\n"
