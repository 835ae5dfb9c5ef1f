"""client/_track.sh as real processes against a real collector."""

from __future__ import annotations

import json
import os
import random
import re
import shutil
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from collector import Collector
from processes import CLIENT, HOOK, OPTIONS, TRACK, Client, default_signals

from tests.vectors import VECTORS, opt_out

LIMITS = VECTORS["limits"]
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")


def debug_line(client: Client, *arguments: str, env: dict[str, str] | None = None) -> str:
    done = client.run("bash", TRACK, *arguments, env={"TRACK_SKILLS_DEBUG": "1", **(env or {})})
    assert (done.stdout, done.returncode) == (b"", 0)
    return done.stderr.decode()


def in_vectors_terms(line: str) -> str:
    """A client's line with the vectors' fixed values in place of what it makes itself."""
    for name, value in VECTORS["fixed"].items():
        line = re.sub(f'"{name}":"[^"]*"', f'"{name}":"{value}"', line)
    return line


def spool_event(client: Client, epoch_ms: int, number: int = 0, padding: int = 0) -> dict[str, Any]:
    """Writes one event of that time straight into the spool, as another client would."""
    client.spool.mkdir(parents=True, exist_ok=True)
    event = {"event_id": f"{epoch_ms}-{number}", "tool_name": "x", "status": "unknown", "padding": "x" * padding}
    line = json.dumps(event, separators=(",", ":")) + "\n"
    (client.spool / f"{epoch_ms:013}-1-{number:08x}.ndjson").write_text(line)
    return event


def now_ms() -> int:
    return int(time.time() * 1000)


# Vectors


def test_names(client: Client) -> None:
    """All names in one process each would take long; a bash loop over the same script does."""
    names = [name for name in VECTORS["names"]["good"] + VECTORS["names"]["bad"] if "\0" not in name]
    # On a command line a word with a dash in front is an option.
    names = [name for name in names if not name.startswith("-")]
    script = f'for name; do printf "%s\\0" "$(bash {TRACK} "$name" 2>&1)"; done'
    done = client.run("bash", "-c", script, "-", *names, env={"TRACK_SKILLS_DEBUG": "1"})
    recorded = dict(zip(names, done.stdout.decode().split("\0"), strict=False))
    for name in names:
        good = name in VECTORS["names"]["good"]
        assert bool(recorded[name]) == good, name
        if good:
            assert json.loads(recorded[name])["tool_name"] == name


@pytest.mark.parametrize("case", VECTORS["payloads"], ids=lambda case: case["about"])
def test_payload(client: Client, case: dict[str, Any]) -> None:
    arguments = [case["name"]]
    for field, value in case["fields"].items():
        arguments += [OPTIONS[field], str(value)]
    line = debug_line(client, *arguments, env=case["env"])
    assert '"source":"bash"' in line
    assert in_vectors_terms(line) == case["line"] + "\n"


def test_own_values(client: Client) -> None:
    event = json.loads(debug_line(client, "skill"))
    assert UUID.fullmatch(event["event_id"])
    assert UUID.fullmatch(event["anonymous_id"])
    assert event["event_id"] != event["anonymous_id"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", event["timestamp"])
    stamp = time.strftime("%Y-%m-%dT%H:%M", time.gmtime())
    assert event["timestamp"][:16] >= stamp[:16] or event["timestamp"][:13] == stamp[:13]
    assert event["os"] == "linux"
    assert re.fullmatch(r"bash \d+\.\d+", event["runtime"])


@pytest.mark.parametrize("zone", ["America/New_York", "Asia/Kolkata", "nonsense"])
def test_time_is_utc_wherever_the_caller_is(client: Client, zone: str) -> None:
    event = json.loads(debug_line(client, "skill", env={"TZ": zone, "LC_ALL": "C.UTF-8"}))
    assert event["timestamp"][:13] in (time.strftime("%Y-%m-%dT%H", time.gmtime(time.time() - n)) for n in (0, 5))


def test_opt_out(client: Client, tmp_path: Path) -> None:
    for number, case in enumerate(opt_out()):
        made = client.leaves_something(case, tmp_path / f"state{number}", "bash", TRACK, "skill")
        assert made == case["on"], case
    client.settle()
    assert client.everything() == []


def test_debug_needs_no_endpoint_and_leaves_nothing(client: Client, collector: Collector) -> None:
    del client.env["TRACK_SKILLS_ENDPOINT"]
    assert json.loads(debug_line(client, "skill"))["tool_name"] == "skill"
    client.settle()
    assert client.everything() == []
    assert collector.connections == 0


@pytest.mark.parametrize(
    "case", VECTORS["globs"], ids=lambda case: f"{case['include']}-{case['exclude']}-{case['name']}"
)
def test_globs(client: Client, case: dict[str, Any]) -> None:
    given = {"TRACK_SKILLS_INCLUDE": case["include"], "TRACK_SKILLS_EXCLUDE": case["exclude"]}
    env = {name: value for name, value in given.items() if value is not None}
    assert bool(debug_line(client, case["name"], env=env)) == case["tracked"]


# What arrives


def test_an_event_arrives(client: Client, collector: Collector) -> None:
    client.env["TRACK_SKILLS_API_KEY"] = 'key"with\\odd characters'
    client.env["TRACK_SKILLS_ENDPOINT"] += "/"
    client.track("skill", "--status", "success", "--duration-ms", "12")
    (event,) = collector.wait(1)
    client.settle()
    assert (event["tool_name"], event["status"], event["duration_ms"]) == ("skill", "success", 12)
    assert list(event) == [name for name in VECTORS["order"] if name in event]
    ((method, path, headers, body),) = collector.requests
    assert (method, path) == ("POST", "/api/track")
    assert headers["Content-Type"] == "application/json"
    assert headers["Authorization"] == 'Bearer key"with\\odd characters'
    assert "Expect" not in headers
    assert without_moment(body) == b'{"sent_at":"","events":[%s]}' % json.dumps(event, separators=(",", ":")).encode()
    assert client.files() == []
    assert not (client.state / "lock").exists()


def without_moment(body: bytes) -> bytes:
    """A body without the moment at which it was sent."""
    return re.sub(rb'(?<="sent_at":")\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z', b"", body)


def test_body_of_several(client: Client, collector: Collector) -> None:
    spool_event(client, now_ms(), 1)
    spool_event(client, now_ms(), 2)
    lines = [file.read_text().rstrip("\n") for file in client.files()]
    client.flush()
    [body] = collector.bodies
    assert without_moment(body) == b'{"sent_at":"","events":[%s]}' % ",".join(lines).encode()


def test_state_is_private(client: Client, collector: Collector) -> None:
    collector.mode = "500"
    client.run("bash", "-c", f"umask 000; bash {TRACK} skill")
    client.settle()
    modes = {path: stat.S_IMODE(path.stat().st_mode) for path in client.state.rglob("*")}
    assert stat.S_IMODE(client.state.stat().st_mode) == 0o700
    assert {mode for path, mode in modes.items() if path.is_dir()} == {0o700}
    assert {mode for path, mode in modes.items() if path.is_file()} == {0o600}


def test_one_id_for_all_processes(client: Client, collector: Collector) -> None:
    """Also when the first ten start at once."""
    collector.stop()
    for process in [client.start("bash", TRACK, "skill") for _ in range(10)]:
        process.communicate()
    client.settle()
    assert len({event["anonymous_id"] for event in client.spooled()}) == 1
    (client.state / "anonymous_id").unlink()
    client.track("skill")
    client.settle()
    assert len({event["anonymous_id"] for event in client.spooled()}) == 2


@pytest.mark.parametrize("content", ["", "\n", 'a"b\n', "x" * 200 + "\n", "/etc/passwd\n"])
def test_a_damaged_id_is_replaced(client: Client, collector: Collector, content: str) -> None:
    client.state.mkdir(parents=True)
    (client.state / "anonymous_id").write_text(content)
    client.track("skill")
    (event,) = collector.wait(1)
    assert UUID.fullmatch(event["anonymous_id"])
    assert (client.state / "anonymous_id").read_text() == event["anonymous_id"] + "\n"


# Nothing lost, nothing twice


def test_a_hundred_short_processes_against_a_dead_server(client: Client, collector: Collector) -> None:
    collector.stop()
    for _ in range(10):
        for process in [client.start("bash", TRACK, f"skill{n}") for n in range(10)]:
            assert process.communicate() == (b"", b"")
    client.settle()
    ids = {event["event_id"] for event in client.spooled()}
    assert len(ids) == 100
    collector.start()
    client.flush()
    assert set(collector.events) == ids
    assert len(collector.arrived) == 100
    assert client.files() == []


@pytest.mark.parametrize("mode", ["ok", "slow", "500", "429", "limit", "garbage", "nonsense", "dies", "half", "partly"])
def test_every_event_arrives_exactly_once(client: Client, collector: Collector, mode: str) -> None:
    collector.mode = mode
    ids = {spool_event(client, now_ms(), n)["event_id"] for n in range(30)}
    client.flush()
    if mode in ("500", "429", "garbage", "nonsense", "dies", "half"):
        assert len(client.files()) == 30
        assert len(collector.requests) <= 1
    collector.mode = "ok"
    client.flush()
    lost = {"partly": 1}.get(mode, 0)
    assert len(ids & set(collector.events)) == 30 - lost
    assert client.files() == []
    if mode not in ("dies", "garbage"):
        assert len(collector.arrived) == 30 - lost


@pytest.mark.parametrize("mode", ["400", "413"])
def test_what_is_refused_for_good_is_dropped(client: Client, collector: Collector, mode: str) -> None:
    collector.mode = mode
    for n in range(3):
        spool_event(client, now_ms(), n)
    client.flush()
    assert client.files() == []
    assert [len(json.loads(body)["events"]) for body in collector.bodies] == [3, 1, 1, 1]


def test_a_black_hole_holds_nobody(client: Client, collector: Collector) -> None:
    collector.mode = "hole"
    client.track("skill")
    collector.wait_requests(1)
    client.track("skill")
    assert client.processes(), "only the sender waits"
    client.settle(25)  # it gives up before the collector does
    assert len(client.files()) == 2
    assert not (client.state / "lock").exists()


def test_batches_of_a_hundred_oldest_first(client: Client, collector: Collector) -> None:
    start, most = now_ms() - 1000, LIMITS["batch_events"]
    ids = [spool_event(client, start + n)["event_id"] for n in range(2 * most + most // 2)]
    client.flush()
    assert collector.arrived == ids
    assert [len(json.loads(body)["events"]) for body in collector.bodies] == [most, most, most // 2]


def test_a_batch_stays_under_the_limit_in_bytes(client: Client, collector: Collector) -> None:
    for n in range(80):
        spool_event(client, now_ms(), n, padding=3900)
    client.flush()
    assert len(collector.events) == 80
    assert max(map(len, collector.bodies)) < 256 * 1024


def test_several_flushers_at_once(client: Client, collector: Collector) -> None:
    collector.mode = "slow"
    ids = {spool_event(client, now_ms(), n)["event_id"] for n in range(150)}
    for process in [client.start("bash", TRACK, "--flush") for _ in range(6)]:
        assert process.communicate() == (b"", b"")
    client.settle()
    assert set(collector.events) == ids
    assert len(collector.arrived) == 150, "one sender at a time"


def test_what_is_recorded_while_a_sender_runs_is_sent_by_it(client: Client, collector: Collector) -> None:
    collector.mode = "slow"
    client.track("first")
    collector.wait_requests(1)
    client.track("second")
    collector.wait(2)
    client.settle()
    assert client.files() == []


def test_a_sender_killed_at_any_moment_loses_nothing(client: Client, collector: Collector) -> None:
    """And its stale lock stops nobody."""
    chance = random.Random(7)
    collector.mode = "slow"
    ids = set()
    for n in range(25):
        process = client.start("bash", TRACK, f"skill{n}")
        time.sleep(chance.choice([0, 0.002, 0.005, 0.01, 0.02, 0.05, 0.2, 0.31]))
        ids |= {event["event_id"] for event in map(read_event, client.files()) if event}
        client.kill()
        process.communicate()
        ids |= {event["event_id"] for event in map(read_event, client.files()) if event}
    collector.mode = "ok"
    client.flush()
    assert ids <= set(collector.events)
    assert len(ids) > 5
    assert [file for file in client.files() if read_event(file)] == []


def read_event(file: Path) -> dict[str, Any] | None:
    """The event in a spool file; None if it is gone or its writer died before the newline."""
    try:
        text = file.read_text()
    except FileNotFoundError:
        return None
    return json.loads(text) if text.endswith("\n") else None


@pytest.mark.parametrize(
    ("holder", "minutes_old", "is_sent"),
    [("999999999\n", 0, True), ("1\n", 2, True), ("", 0, True), ("1\n", 0, False), ("nonsense\n", 0, True)],
)
def test_whose_lock_counts(client: Client, collector: Collector, holder: str, minutes_old: int, is_sent: bool) -> None:
    spool_event(client, now_ms())
    lock = client.state / "lock"
    lock.write_text(holder)
    then = time.time() - 60 * minutes_old - 5
    os.utime(lock, (then, then))
    client.flush()
    assert len(collector.events) == is_sent
    assert lock.exists() != is_sent


def test_a_full_spool_drops_the_oldest_and_only_they(client: Client, collector: Collector) -> None:
    collector.stop()
    start = now_ms() - 100_000
    for n in range(2500):
        spool_event(client, start + n, padding=3700)
    size = client.files()[0].stat().st_size
    client.track("newest")
    client.settle()
    files = client.files()
    total = sum(file.stat().st_size for file in files)
    assert LIMITS["spool_bytes"] - size < total <= LIMITS["spool_bytes"]
    kept = [int(file.name[:13]) for file in files[:-1]]
    assert kept == list(range(kept[0], start + 2500))
    assert json.loads(files[-1].read_text())["tool_name"] == "newest"


def test_what_is_too_old_is_dropped(client: Client, collector: Collector) -> None:
    oldest = LIMITS["spool_days"] * 24 * 3600 * 1000
    spool_event(client, now_ms() - oldest - 1000)
    young = spool_event(client, now_ms() - oldest + 60_000)
    client.flush()
    assert set(collector.events) == {young["event_id"]}
    assert client.files() == []


def test_half_written_files(client: Client, collector: Collector) -> None:
    whole = spool_event(client, now_ms())
    (client.spool / f"{now_ms()}-1-aaaaaaaa.ndjson").write_text('{"event_id":"half')
    (client.spool / f"{now_ms() - 1000 * LIMITS['incomplete_seconds'] - 60_000}-1-bbbbbbbb.ndjson").write_text(
        '{"event_id":"old half'
    )
    (client.spool / f"{now_ms()}-1-cccccccc.ndjson").write_text("not an event\n")
    (client.spool / f"{now_ms()}-1-dddddddd.ndjson").touch()
    client.flush()
    assert set(collector.events) == {whole["event_id"]}
    assert {file.name[-15:-7] for file in client.files()} == {"aaaaaaaa", "dddddddd"}


def test_only_http_is_spoken(client: Client) -> None:
    client.env["TRACK_SKILLS_ENDPOINT"] = f"file://{client.home}"
    spool_event(client, now_ms())
    client.flush()
    assert len(client.files()) == 1


# In nobody's way


def test_off_leaves_no_trace(client: Client, collector: Collector) -> None:
    if not shutil.which("strace"):
        pytest.skip("strace is not installed")
    state = client.state
    for env, off_file in (({"DO_NOT_TRACK": "1"}, False), ({"CI": "true"}, False), ({}, True)):
        if off_file:
            state.mkdir(parents=True)
            (state / "off").touch()
        before = client.everything()
        for script, payload in ((TRACK, b""), (HOOK, b'{"hook_event_name":"PostToolUse","tool_name":"Skill"}')):
            log = client.home.parent / "strace.log"
            done = client.run("strace", "-f", "-o", log, "bash", script, "skill", input=payload, env=env)
            assert (done.stdout, done.stderr, done.returncode) == (b"", b"", 0)
            calls = log.read_text()
            assert not re.search(r"\b(fork|vfork|clone|clone3)\(|AF_INET", calls)
            assert calls.count("execve(") == 1
            opened = re.findall(r'(?:open|openat|creat)\((?:AT_FDCWD, )?"([^"]*)", ([^,)]*)', calls)
            written = [
                name
                for name, flags in opened
                if re.search("O_(WRONLY|RDWR|CREAT)", flags) and name not in ("/dev/tty", "/dev/null")
            ]
            assert written == []
            assert not re.search(r"\b(mkdir|mkdirat|unlink|rename)\(", calls)
        assert client.everything() == before
    assert collector.connections == 0


def test_a_detached_sender_holds_none_of_the_callers_descriptors(
    client: Client, collector: Collector, tmp_path: Path
) -> None:
    collector.mode = "hole"
    low, high = os.open(tmp_path / "low", os.O_CREAT | os.O_RDWR), os.open(tmp_path / "high", os.O_CREAT | os.O_RDWR)
    os.dup2(high, 77)
    done = client.run("bash", TRACK, "skill", pass_fds=(low, 77))
    for descriptor in (low, high, 77):
        os.close(descriptor)
    assert done.returncode == 0
    collector.wait_requests(1)
    senders = client.processes()
    assert senders
    for process in senders:
        held = [str(entry.readlink()) for entry in Path(f"/proc/{process}/fd").iterdir()]
        assert not [name for name in held if str(tmp_path) in name and str(client.state) not in name]
        assert os.getpgid(process) != os.getpgid(0)
        assert not any("key" in word for word in Path(f"/proc/{process}/cmdline").read_text().split("\0"))


def test_the_key_is_in_no_command_line(client: Client, collector: Collector) -> None:
    client.env["TRACK_SKILLS_API_KEY"] = "canary-key"
    collector.mode = "hole"
    client.track("skill")
    collector.wait_requests(1)
    lines = [Path(f"/proc/{process}/cmdline").read_bytes() for process in client.processes()]
    assert any(b"curl" in line for line in lines)
    assert not any(b"canary" in line for line in lines)


@pytest.mark.parametrize(
    "name", ['";\n$(touch pwned)', "$(touch pwned)", "`touch pwned`", "'; touch pwned; '", "naïve"]
)
def test_hostile_names_do_nothing(client: Client, collector: Collector, name: str) -> None:
    client.track(name, "--status", name, "--category", name)
    client.settle()
    assert collector.requests == []
    assert client.everything() == []


def test_hostile_values_do_nothing(client: Client, collector: Collector) -> None:
    evil = '"},{"tool_name":"x$(touch pwned)\n'
    given = ["--status", "--category", "--error-type", "--trigger", "--duration-ms"]
    client.env |= {"CLAUDECODE": "1", "CLAUDE_CODE_SESSION_ID": evil, "TRACK_SKILLS_CATEGORY": evil}
    client.track("skill", *[word for option in given for word in (option, evil)])
    (event,) = collector.wait(1)
    assert set(event) == {
        "event_id",
        "timestamp",
        "tool_name",
        "status",
        "agent_id",
        "source",
        "anonymous_id",
        "os",
        "runtime",
    }
    assert not (client.home / "pwned").exists()


def test_no_arguments_and_help(client: Client) -> None:
    client.track()
    client.track("")
    done = client.run("bash", TRACK, "--help")
    assert done.returncode == 0
    assert b"_track.sh NAME" in done.stdout
    assert client.everything() == []


@pytest.mark.parametrize(
    "arguments", [["--status"], ["--bogus"], ["--bogus", "x"], ["extra", "words"], ["--status", "--"], ["--"]]
)
def test_odd_arguments_do_no_harm(client: Client, arguments: list[str]) -> None:
    assert json.loads(debug_line(client, "skill", *arguments))["status"] == "unknown"


def test_options_with_an_equals_sign(client: Client) -> None:
    event = json.loads(debug_line(client, "skill", "--status=error", "--error-type=a b", "--duration-ms=5"))
    assert (event["status"], event["error_type"], event["duration_ms"]) == ("error", "a b", 5)


def test_under_strict_callers(client: Client, collector: Collector) -> None:
    script = f'set -euo pipefail; export SHELLOPTS; bash {TRACK} skill --status; bash {TRACK}; echo "still here"'
    done = client.run("bash", "-c", script)
    assert (done.stdout, done.stderr, done.returncode) == (b"still here\n", b"", 0)
    collector.wait(1)


def test_copied_alone_and_called_from_anywhere(client: Client, collector: Collector) -> None:
    folder = client.home / "a folder" / "skills"
    folder.mkdir(parents=True)
    shutil.copy(TRACK, folder / "_track.sh")
    done = client.run(
        "bash", "-c", 'cd "a folder"; bash skills/_track.sh skill; cd /; bash "$HOME/a folder/skills/_track.sh" skill'
    )
    assert (done.stdout, done.stderr, done.returncode) == (b"", b"", 0)
    collector.wait(2)


def test_sourced_by_mistake(client: Client) -> None:
    done = client.run("bash", "-c", f"set -e; source {TRACK} skill; echo here")
    assert (done.stdout, done.stderr, done.returncode) == (b"here\n", b"", 0)


def test_read_only_home(client: Client, tmp_path: Path) -> None:
    """Root may write anywhere but into /proc, so that is the folder."""
    client.env["TRACK_SKILLS_HOME"] = "/proc/track-skills"
    client.track("skill")
    file = tmp_path / "file"
    file.touch()
    client.env["TRACK_SKILLS_HOME"] = str(file / "state")
    client.track("skill")
    client.settle()


def test_full_disk(client: Client, collector: Collector) -> None:
    """/dev/full stands for the file that cannot be written, a limit on file sizes for the disk."""
    done = client.run("bash", "-c", f"ulimit -f 0; trap '' XFSZ; bash {TRACK} skill; echo $?")
    assert (done.stdout, done.stderr) == (b"0\n", b"")
    client.settle()
    assert collector.requests == []


def test_without_curl(client: Client, collector: Collector, tools: Callable[..., Path]) -> None:
    client.env["PATH"] = str(tools("bash", "mkdir", "rm", "find"))
    client.track("skill")
    client.settle()
    assert len(client.files()) == 1
    client.env["PATH"] = os.environ["PATH"]
    client.flush()
    assert len(collector.events) == 1


def test_streams_that_are_closed(client: Client, collector: Collector) -> None:
    done = client.run("bash", "-c", f"bash {TRACK} skill <&- >&- 2>&-; echo $?")
    assert (done.stdout, done.stderr) == (b"0\n", b"")
    collector.wait(1)


def test_on_a_terminal(client: Client, collector: Collector) -> None:
    """With a terminal, as a job in the background: nothing stops, nothing is printed."""
    if not shutil.which("script"):
        pytest.skip("script is not installed")
    inner = f"set -m; bash {TRACK} one & wait; bash {TRACK} two; bash {TRACK} --flush; echo done"
    done = client.run("script", "-qec", f"bash -c '{inner}'", "/dev/null")
    assert done.stdout.replace(b"\r", b"").strip().splitlines()[-1] == b"done"
    collector.wait(2)


# The wrap form


def wrap(client: Client, *command: str, **options: Any) -> subprocess.CompletedProcess[bytes]:
    return client.run("bash", TRACK, "skill", "--", *command, **options)


def test_wrapped_streams_and_arguments(client: Client, collector: Collector) -> None:
    program = 'cat; printf "%s|" "$@"; printf err >&2; exit 3'
    done = wrap(client, "sh", "-c", program, "-", "a b", "", "--", "*", "--status", input=b"in \x00\xff")
    assert (done.stdout, done.stderr, done.returncode) == (b"in \x00\xffa b||--|*|--status|", b"err", 3)
    (event,) = collector.wait(1)
    assert event["status"] == "error"


@pytest.mark.parametrize(("code", "status"), [(0, "success"), (1, "error"), (124, "timeout"), (255, "error")])
def test_wrapped_exit_code(client: Client, collector: Collector, code: int, status: str) -> None:
    assert wrap(client, "sh", "-c", f"exit {code}").returncode == code
    assert collector.wait(1)[0]["status"] == status


def test_wrapped_duration_is_measured(client: Client, collector: Collector) -> None:
    wrap(client, "sleep", "0.2")
    assert 190 <= collector.wait(1)[0]["duration_ms"] < 1000


@pytest.mark.parametrize("off", [{"DO_NOT_TRACK": "1"}, {"TRACK_SKILLS_EXCLUDE": "*"}, {"TRACK_SKILLS_ENDPOINT": ""}])
def test_wrapped_without_tracking(client: Client, off: dict[str, str]) -> None:
    done = wrap(client, "sh", "-c", "cat; exit 5", input=b"in", env=off)
    assert (done.stdout, done.stderr, done.returncode) == (b"in", b"", 5)
    assert client.everything() == []


def test_wrapped_under_a_bad_name(client: Client) -> None:
    done = client.run("bash", TRACK, "/etc/passwd", "--", "sh", "-c", "exit 6")
    assert done.returncode == 6
    assert client.everything() == []


def test_wrapped_command_that_does_not_exist(client: Client, collector: Collector) -> None:
    assert wrap(client, "no-such-command-here").returncode == 127
    assert collector.wait(1)[0]["status"] == "error"
    assert wrap(client, "/").returncode == 126


def test_wrapped_environment_is_untouched(client: Client) -> None:
    """The script's own options, variables and file mode do not reach the command."""
    names = ("SHELLOPTS", "BASHOPTS", "_", "SHLVL", "PWD", "OLDPWD")
    env = {"TZ": "Asia/Tokyo", "LC_ALL": "C.UTF-8", "name": "x", "status": "y", "line": "z", "IFS": "q"}
    program = "umask; env"
    plain = client.run("bash", "-c", program, env=env).stdout.decode().splitlines()
    wrapped = wrap(client, "bash", "-c", program, env=env).stdout.decode().splitlines()
    strip = lambda lines: sorted(line for line in lines if line.split("=")[0] not in names)  # noqa: E731
    assert strip(wrapped) == strip(plain)


def test_wrapped_background_children_do_not_hold_the_caller(client: Client, collector: Collector) -> None:
    collector.mode = "hole"
    assert wrap(client, "true").returncode == 0
    assert client.processes(), "the sender waits"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT, signal.SIGUSR1])
def test_a_signal_reaches_the_wrapped_command(client: Client, collector: Collector, number: signal.Signals) -> None:
    # Not a bash: while it waits for a command of its own, one SIGINT in ten thousand is lost on it.
    program = f"""
import signal, sys
signal.pthread_sigmask(signal.SIG_BLOCK, {{{number:d}}})
print("ready", flush=True)
signal.sigwait({{{number:d}}})
print("caught")
sys.exit(9)
"""
    process = client.start("bash", TRACK, "skill", "--", sys.executable, "-c", program, preexec_fn=default_signals)
    assert process.stdout
    assert process.stdout.readline() == b"ready\n"
    process.send_signal(number)
    out, err = process.communicate(timeout=60)
    assert (out, err, process.returncode) == (b"caught\n", b"", 9)
    assert collector.wait(1)[0]["status"] == "error"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_wrapped_command_that_dies_of_a_signal(client: Client, collector: Collector, number: signal.Signals) -> None:
    process = client.start(
        "bash", TRACK, "skill", "--", "sh", "-c", "echo ready; exec sleep 300", preexec_fn=default_signals
    )
    assert process.stdout
    assert process.stdout.readline() == b"ready\n"
    process.send_signal(number)
    process.communicate(timeout=60)
    assert process.returncode == 128 + number
    assert collector.wait(1)[0]["status"] == "error"


def test_signals_that_the_caller_ignores_stay_ignored(client: Client) -> None:
    done = client.run("bash", "-c", f"trap '' HUP INT; bash {TRACK} skill -- bash -c 'trap' ")
    plain = client.run("bash", "-c", "trap '' HUP INT; bash -c 'trap' ")
    assert done.stdout == plain.stdout


def test_a_long_output_passes_while_the_command_runs(client: Client) -> None:
    process = client.start("bash", TRACK, "skill", "--", "sh", "-c", "echo first; read line; echo $line")
    assert process.stdout and process.stdin
    assert process.stdout.readline() == b"first\n"
    process.stdin.write(b"second\n")
    process.stdin.flush()
    assert process.stdout.readline() == b"second\n"
    process.communicate()


# The file itself


def test_shellcheck() -> None:
    if not shutil.which("shellcheck"):
        pytest.skip("shellcheck is not installed")
    done = subprocess.run(["shellcheck", "-x", TRACK, HOOK], capture_output=True, text=True, check=False)
    assert done.stdout == ""
    assert done.returncode == 0


def test_nothing_that_bash_3_2_lacks() -> None:
    """Outside the branches that ask for the version first."""
    newer = re.compile(
        r"\$\{\w+(\^|,,|@)|\bmapfile\b|\breadarray\b|\bdeclare -[An]\b|\blocal -n\b|&>>|\|&|;&|\bcoproc\b|\bwait -n\b"
        r"|\bread -t 0?\.|\[\[ -v "
    )
    for file in (TRACK, HOOK):
        assert newer.findall(file.read_text()) == []


def test_both_scripts_share_their_lines() -> None:
    shared = [
        re.findall(r"# ---- shared:.*?# ---- end of the shared lines ----", file.read_text(), re.S)
        for file in (TRACK, HOOK)
    ]
    assert len(shared[0]) == 2
    assert shared[0] == shared[1]


def test_everything_in_the_contract_is_in_the_script() -> None:
    contract = (CLIENT / "CONTRACT.md").read_text()
    for name in set(re.findall(r"TRACK_SKILLS_[A-Z_]+", TRACK.read_text())):
        assert name in contract


def for_old_bash(script: Path, folder: Path) -> Path:
    """A script as bash 3.2 on a Mac takes it, in the bash at hand: the version is asked for, and /proc, in vain."""
    text = script.read_text().replace("BASH_VERSINFO[0]", "3").replace("BASH_VERSINFO[1]", "2")
    text = text.replace("${3}.${2}", "3.2").replace("${BASHPID:-", "${NO_BASHPID:-").replace("</proc/", "</no-proc/")
    path = folder / f"old_{script.name}"
    path.write_text(text)
    return path


def test_what_a_host_sends_is_never_run(client: Client, tmp_path: Path) -> None:
    """A hook that is ended while it takes the JSON apart: what it ends with has those pieces for arguments."""
    hook = tmp_path / "hook.sh"
    hook.write_text(HOOK.read_text().replace("  set -- $text\n", "  set -- $text\n  kill -TERM $$\n  :\n"))
    assert hook.read_text() != HOOK.read_text()
    done = client.run("bash", hook, input=f'{{"--"touch"{tmp_path / "made"}"'.encode())
    assert (done.stdout, done.stderr) == (b"", b"")
    assert not (tmp_path / "made").exists()


@pytest.mark.parametrize("size", [0, 5000])
@pytest.mark.parametrize("is_open", [True, False])
def test_the_hook_in_an_old_bash(client: Client, tmp_path: Path, size: int, is_open: bool) -> None:
    payload = {"hook_event_name": "PostToolUse", "tool_name": "mcp__demo__echo", "padding": "x" * size}
    process = client.start("bash", for_old_bash(HOOK, tmp_path), env={"TRACK_SKILLS_DEBUG": "1"})
    assert process.stdin and process.stderr
    process.stdin.write(json.dumps({**payload, "tool_use_id": "toolu_1"}).encode())
    process.stdin.flush()
    if not is_open:
        process.stdin.close()
    assert process.wait(9) == 0
    event = json.loads(process.stderr.read())
    assert (event["event_id"], event["tool_name"], event["runtime"]) == ("toolu_1", "echo", "bash 3.2")


def test_the_branches_of_an_old_bash(client: Client, collector: Collector, tmp_path: Path) -> None:
    for arguments in (("skill",), ("skill", "--", "sleep", "0.05")):
        done = client.run("bash", for_old_bash(TRACK, tmp_path), *arguments)
        assert (done.stdout, done.stderr, done.returncode) == (b"", b"", 0)
    client.settle()
    events = collector.wait(2)
    assert client.files() == []
    assert {event["runtime"] for event in events} == {"bash 3.2"}
    assert all(UUID.fullmatch(event["event_id"]) and event["timestamp"].endswith(".000Z") for event in events)
    assert not any("duration_ms" in event for event in events), "no clock finer than a second, no duration"
