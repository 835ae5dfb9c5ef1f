"""The local store of every client: where an event is written, where it lies once it was sent, and its limit."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from collector import Collector
from golang import GO
from inprocess import JS, PYTHON, environment, fill, hold, kill_senders, run, wait_for_senders
from processes import CLIENT, HOOK, TRACK

from tests.command.conftest import lines, put
from tests.vectors import VECTORS

IN_PROCESS = {"python": PYTHON, "js": JS, "go": GO}
LANGUAGES = ["bash", "hook", *IN_PROCESS]
CALL = {"hook_event_name": "PostToolUse", "tool_name": "mcp__demo__skill", "tool_use_id": "toolu_1", "session_id": "s"}


def track(language: str, variables: dict[str, str]) -> None:
    """Record one event, silently."""
    if language in IN_PROCESS:
        IN_PROCESS[language].track(variables)
        return
    command = ["bash", TRACK, "skill"] if language == "bash" else ["bash", HOOK]
    done = run(command, variables, input=json.dumps(CALL) if language == "hook" else "")
    assert (done.returncode, done.stdout) == (0, "")
    assert bool(done.stderr) is (variables.get("TRACK_SKILLS_DEBUG") == "1")


def folders(home: Path) -> dict[str, int]:
    """How many events lie in each folder of the state folder that exists."""
    return {name: len(list((home / name).glob("*.ndjson"))) for name in ("spool", "local") if (home / name).exists()}


def prepare(home: Path, case: dict[str, Any]) -> None:
    home.mkdir(mode=0o700)
    if case["mark"]:
        (home / "local_on").touch()


@pytest.mark.parametrize("language", LANGUAGES)
def test_where_an_event_is_written(language: str, tmp_path: Path) -> None:
    for number, case in enumerate(VECTORS["local"]):
        home = tmp_path / str(number)
        prepare(home, case)
        hold(home)
        debug = case["env"].get("TRACK_SKILLS_DEBUG") == "1"
        if debug and language in IN_PROCESS:
            continue  # what it prints is looked at elsewhere
        track(language, environment(home, **case["env"]))
        assert (case, folders(home)) == (case, {case["written"]: 1} if case["written"] else {})
        if case["written"]:
            [path] = (home / case["written"]).iterdir()
            assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o600, 0o700)
            assert json.loads(path.read_text())["tool_name"] == "skill"


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_was_sent_is_moved_aside(language: str, tmp_path: Path, collector: Collector) -> None:
    cases = [case for case in VECTORS["local"] if case["written"] == "spool"]
    homes = [tmp_path / str(number) for number in range(len(cases))]
    for case, home in zip(cases, homes, strict=True):
        prepare(home, case)
        track(language, environment(home, collector.url, **case["env"]))
    collector.wait_requests(len(cases))
    for case, home in zip(cases, homes, strict=True):
        wait_for_senders(home)
        assert (case, folders(home)) == (case, {"spool": 0, **({case["taken"]: 1} if case["taken"] else {})})


@pytest.mark.parametrize("language", LANGUAGES)
def test_without_a_collector_nothing_waits_to_be_sent(language: str, home: Path, collector: Collector) -> None:
    """What was recorded while there was no collector is never sent to one that is named later."""
    variables = environment(home, "", TRACK_SKILLS_LOCAL="1")
    track(language, variables)
    wait_for_senders(home)
    (home / "next_post").unlink()
    (home / "local_on").touch()
    track("python", environment(home, collector.url))
    collector.wait(1)
    wait_for_senders(home)
    assert len(collector.wait(1)) == 1
    assert folders(home) == {"spool": 0, "local": 2}


def start_sender(language: str, home: Path, endpoint: str, **variables: str) -> None:
    if language in IN_PROCESS:
        IN_PROCESS[language].run("Flush()" if language == "go" else "flush()", environment(home, endpoint, **variables))
    else:
        run(["bash", TRACK, "--flush"], environment(home, endpoint, **variables))
    wait_for_senders(home)


@pytest.mark.parametrize("language", ["bash", "python", "js"])
def test_what_cannot_be_sent_is_kept_too(language: str, home: Path) -> None:
    """Refused for good, too old and over the spool's limit: dropped from the spool, and kept on the machine."""
    fill(home, 3, first_ms=int(time.time() * 1000) - 31 * 86_400_000)
    fill(home, 2)
    with Collector("400") as collector:
        collector.answer = b'{"success": false}'
        start_sender(language, home, collector.url, TRACK_SKILLS_LOCAL="1")
    assert folders(home) == {"spool": 0, "local": 5}


@pytest.mark.parametrize("language", ["bash", "python", "js"])
def test_what_cannot_be_moved_is_not_sent_again(language: str, home: Path, collector: Collector) -> None:
    fill(home, 3)
    (home / "local").write_text("no folder")
    start_sender(language, home, collector.url, TRACK_SKILLS_LOCAL="1")
    assert len(list((home / "spool").iterdir())) == 0
    assert (home / "local").read_text() == "no folder"
    assert len(collector.requests) == 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_limit_drops_the_newest_raw_files(language: str, home: Path) -> None:
    """What was kept stays until it is in the database; at the limit nothing more is kept."""
    limit = VECTORS["limits"]["local_files"]
    local = home / "local"
    local.mkdir(parents=True, mode=0o700)
    home.chmod(0o700)
    first = int(time.time() * 1000) - limit - 10
    for number in range(limit + 2):
        (local / f"{first + number:013d}-1-{number:08x}.ndjson").touch()
    (home / "telemetry.db").write_text("no database, so nothing can be taken in")
    kept = sorted(path.name for path in local.iterdir())[:limit]
    track(language, environment(home, "", TRACK_SKILLS_LOCAL="1"))
    wait_for_senders(home)
    assert sorted(path.name for path in local.iterdir()) == kept


def test_at_the_limit_the_python_client_takes_in_what_is_there(home: Path) -> None:
    """Files go only when they are in the database; none that could be taken in is lost."""
    limit = VECTORS["limits"]["local_files"]
    put(home, lines(limit + 2))
    home.chmod(0o700)
    track("python", environment(home, "", TRACK_SKILLS_LOCAL="1"))
    wait_for_senders(home, seconds=120)
    assert list((home / "local").iterdir()) == []
    with closing(sqlite3.connect(home / "telemetry.db")) as database:
        assert database.execute("SELECT count(*) FROM skill_telemetry").fetchone() == (limit + 3,)


def test_opencode_hands_events_to_its_hook_where_only_the_local_store_is_on(home: Path, tmp_path: Path) -> None:
    plugin = tmp_path / "plugin"
    plugin.mkdir()
    for file in (CLIENT / "opencode" / "track-skills.js", HOOK):
        (plugin / file.name).write_bytes(file.read_bytes())
    (plugin / "package.json").write_text('{"type": "module"}')
    code = f"""
import {{ TrackSkills }} from {json.dumps((plugin / "track-skills.js").as_uri())};
const hooks = await TrackSkills();
const properties = {{ name: "mine", messageID: "m", sessionID: "s" }};
await hooks.event({{ event: {{ type: "command.executed", properties }} }});
"""
    home.mkdir(mode=0o700)
    (home / "local_on").touch()
    done = subprocess.run(
        ["node", "--input-type=module", "-e", code], env=environment(home, ""), capture_output=True, check=True
    )
    assert (done.stdout, done.stderr) == (b"", b"")
    ends = time.monotonic() + 60
    while folders(home).get("local") != 1:
        assert time.monotonic() < ends, folders(home)
        time.sleep(0.05)
    wait_for_senders(home)
    kill_senders(home)
