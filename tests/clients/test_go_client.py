"""The Go client as compiled programs against a real collector: the contract, and what a compiled language adds."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import test_vectors as rules
from collector import Collector
from golang import BUILT, DRIVE, GO, GO_FOLDER, build, driver, go, go_environment
from inprocess import JS, PYTHON, environment, fill, flush, hold, kill_senders, run, senders, spool, wait_for_senders
from processes import ROOT, TRACK

from tests.vectors import VECTORS, opt_out

LIMITS = VECTORS["limits"]


def now_ms() -> int:
    return int(time.time() * 1000)


def next_post(home: Path) -> tuple[int, bool]:
    """The moment of the file next_post, in epoch ms from now, and whether somebody waits for it."""
    [(moment, waiting)] = re.findall(r"^(\d{13})( waiting)?\n$", (home / "next_post").read_text())
    return int(moment) - now_ms(), bool(waiting)


# The module itself


@pytest.fixture(scope="module")
def check() -> Path:
    """Type-checks a package as another system has it, against the standard library's source."""
    return build(DRIVE / "check", BUILT / f"check-{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}")


@pytest.mark.parametrize("system", ["darwin/arm64", "windows/amd64", "freebsd/amd64", "openbsd/amd64"])
def test_its_types_are_sound_on_each_system(check: Path, system: str) -> None:
    done = run([check, GO_FOLDER, *system.split("/")], go_environment())
    assert (done.returncode, done.stderr) == (0, "")


def test_a_type_that_is_wrong_on_one_system_is_found(check: Path, tmp_path: Path) -> None:
    shutil.copytree(GO_FOLDER, tmp_path / "go")
    file = tmp_path / "go" / "process_windows.go"
    file.write_text(file.read_text().replace("func isAlive(", "func isLiving("))
    for system, is_sound in ((("linux", "amd64"), True), (("windows", "amd64"), False)):
        done = run([check, tmp_path / "go", *system], go_environment())
        assert (done.returncode == 0) == is_sound
        assert ("undefined: isAlive" in done.stderr) != is_sound


def test_what_windows_has_of_its_own_is_sound() -> None:
    """Alone: all of the standard library that the whole package needs would take half a minute to compile."""
    done = go(GO_FOLDER, "vet", "process_windows.go", GOOS="windows", GOARCH="amd64", CGO_ENABLED="0")
    assert (done.returncode, done.stderr) == (0, "")


def test_its_own_tests_and_examples_pass() -> None:
    done = go(GO_FOLDER, "test", "-count=1", "-v", "./...")
    assert done.returncode == 0, done.stdout + done.stderr
    passed = set(re.findall(r"--- PASS: (\w+)", done.stdout))
    assert {"TestNextPost", "TestProxies", "TestEndpoints", "ExampleTracked", "ExampleTrack", "ExampleFlush"} <= passed


def test_it_needs_the_standard_library_alone() -> None:
    listed = go(GO_FOLDER, "list", "-deps", "-f", "{{if not .Standard}}{{.ImportPath}}{{end}}", ".")
    assert listed.stdout.split() == ["track-skills/client/go"]
    assert "require" not in (GO_FOLDER / "go.mod").read_text()


def test_the_guide_begins_with_a_program_that_works(tmp_path: Path) -> None:
    guide = (ROOT / "docs" / "guides" / "go.md").read_text()
    script = re.findall(r"```sh\n(.*?)```", guide, re.S)[0].replace("/tmp/try", str(tmp_path))
    done = run(["bash", "-e", "-c", script], go_environment(DO_NOT_TRACK=""), cwd=ROOT)
    assert (done.returncode, done.stdout) == (0, "Hello, secret\n"), done.stderr
    shown = json.loads(re.findall(r"```json\n(.*?)```", guide, re.S)[0])
    assert list(json.loads(done.stderr)) == list(shown)


# The rules of all clients

RULES: list[Callable[[str, Path], None]] = [
    rules.test_statuses_and_triggers,
    rules.test_source,
    rules.test_default_category,
    rules.test_tool_versions,
    rules.test_session_id_of_the_environment,
    rules.test_ids_that_are_given,
    rules.test_anonymous_id_of_the_file,
    rules.test_every_character,
    rules.test_numbers,
    rules.test_longest_line,
    rules.test_batches,
    rules.test_what_becomes_of_a_batch,
    rules.test_body,
    rules.test_no_answer_keeps,
]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_rules(rule: Callable[[str, Path], None], home: Path) -> None:
    rule("go", home)


@pytest.mark.parametrize("field", ["tool_category", "error_type", "tool_version", "agent_id"])
def test_labels(field: str, home: Path) -> None:
    rules.test_further_labels("go", field, home)


def test_lines_are_those_of_the_vectors(home: Path) -> None:
    hold(home)
    (home / "anonymous_id").write_text(VECTORS["fixed"]["anonymous_id"] + "\n")
    version = re.findall(r"go(\d+\.\d+)", go(GO_FOLDER, "version").stdout)[0]
    own = {"SOURCE": "go", "OS": os.uname().sysname.lower(), "RUNTIME": f"go {version}"}
    steps = [
        {
            "home": str(home),
            "env": environment(home, **case["env"]),
            "name": case["name"],
            "fields": {"event_id": VECTORS["fixed"]["event_id"], **case["fields"]},
        }
        for case in VECTORS["payloads"]
    ]
    for case, result in zip(VECTORS["payloads"], GO.drive(steps, environment(home)), strict=True):
        expected = re.sub(r'"(SOURCE|OS|RUNTIME)"', lambda match: f'"{own[match[1]]}"', case["line"])
        [line] = result["lines"]
        line = re.sub(r'(?<="timestamp":")\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z', VECTORS["fixed"]["timestamp"], line)
        assert line == expected + "\n", case["about"]


def test_off_leaves_nothing_and_on_leaves_one_event(tmp_path: Path, home: Path) -> None:
    steps = []
    for number, case in enumerate(opt_out()):
        user = tmp_path / f"user{number}"
        hold(user / ".local" / "state" / "track-skills")
        if case["off_file"]:
            (user / ".local" / "state" / "track-skills" / "off").touch()
        variables = {"HOME": str(user), "TRACK_SKILLS_ENDPOINT": "http://127.0.0.1:9", **case["env"]}
        env = {name: value for name, value in variables.items() if name not in case["unset"]}
        steps.append({"home": str(user), "env": env, "name": "skill"})
    for case, result in zip(opt_out(), GO.drive(steps, environment(home)), strict=True):
        assert result["on"] is case["on"], case
        assert (result["made"], len(result["lines"])) == ((2, 1) if case["on"] else (0, 0)), case


def test_no_other_variable_is_read() -> None:
    """Which variables are read cannot be watched in a compiled program, so its text is looked at."""
    known = {*VECTORS["settings"], *VECTORS["switches"]["off"], *VECTORS["switches"]["ci"], "AI_AGENT", "AGENT"}
    known |= {"HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"}
    own = {"TRACK_SKILLS_SENDER", "USERPROFILE"}
    parts = [path for path in GO_FOLDER.glob("*.go") if not path.name.endswith("_test.go") and path.name != "agents.go"]
    text = "".join(path.read_text() for path in parts)
    read = set(re.findall(r'"([A-Z][A-Z0-9_]+)"', text))
    assert read == known - {"TRACK_SKILLS_ALL_TOOLS", "TRACK_SKILLS_SESSIONS"} | own


# Delivery


def test_ten_of_ten_from_processes_that_end_at_once(home: Path) -> None:
    with Collector() as collector:
        for _ in range(10):
            GO.track(environment(home, collector.url))
        collector.wait(10, seconds=LIMITS["interval_seconds"] + 10)
        wait_for_senders(home)
    assert len(collector.arrived) == 10
    assert len(collector.requests) == 2, "one at once, one for those after it"
    assert spool(home) == []


def test_delivered_as_the_contract_says(home: Path) -> None:
    ids = fill(home, 2)
    started = now_ms()
    with Collector() as collector:
        endpoint = f' "{collector.url}/api/track/"\r'
        assert GO.run("flush", environment(home, endpoint, TRACK_SKILLS_API_KEY="'key'\r")).returncode == 0
        wait_for_senders(home)
    [(method, path, headers, body)] = collector.requests
    assert (method, path, headers["Authorization"]) == ("POST", "/api/track", "Bearer key")
    assert headers["Content-Type"] == "application/json"
    assert re.fullmatch(rb'\{"sent_at":"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z","events":\[\{.*\},\{.*\}\]\}', body)
    assert collector.arrived == ids
    assert spool(home) == []
    moment, status, outcome = (home / "last_answer").read_text().split()
    assert (status, outcome) == ("200", "taken") and started <= int(moment) <= now_ms()


def test_modes_of_what_it_makes(home: Path) -> None:
    state = home / "above" / "state"
    with Collector() as collector:
        GO.track(environment(state, collector.url))
        collector.wait(1)
        wait_for_senders(state)
    modes = {path.name: path.stat().st_mode & 0o777 for path in [home / "above", state, *state.iterdir()]}
    names = ("anonymous_id", "next_post", "last_answer")
    assert modes == {"above": 0o755, "state": 0o700, "spool": 0o700, **dict.fromkeys(names, 0o600)}


def test_nothing_lost_and_nothing_twice_from_100_short_processes(home: Path) -> None:
    collector = Collector(start=False)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: GO.track(environment(home, collector.url)), range(100)))
    kill_senders(home)
    assert len(spool(home)) == 100
    with collector:
        collector.start()
        flush(GO, home, collector.url)
        collector.wait(100)
    assert len(collector.arrived) == 100
    assert spool(home) == []


def test_the_second_event_waits_and_the_third_starts_nothing(home: Path) -> None:
    with Collector() as collector:
        GO.track(environment(home, collector.url))
        collector.wait(1)
        wait_for_senders(home)
        assert not next_post(home)[1]
        GO.track(environment(home, collector.url))
        ahead, waiting = next_post(home)
        assert waiting and 0 < ahead <= 1000 * LIMITS["interval_seconds"]
        [waiter] = senders(home)
        GO.track(environment(home, collector.url))
        assert senders(home) == [waiter]
        assert len(collector.arrived) == 1
        GO.run("flush", environment(home, collector.url))
        collector.wait(3)
    assert len(collector.arrived) == 3


def test_a_sender_that_waited_looks_for_the_switch_again(home: Path) -> None:
    home.mkdir(mode=0o700)
    (home / "next_post").write_text(f"{now_ms() + 4000}\n")
    with Collector() as collector:
        GO.track(environment(home, collector.url))
        assert senders(home)
        (home / "off").touch()
        wait_for_senders(home)
    assert collector.connections == 0
    assert len(spool(home)) == 1


def test_a_sender_that_waits_leaves_the_events_to_one_that_waits_longer(home: Path) -> None:
    """One that fails moves the moment, and the next event starts another that waits: there must not be ever more."""
    home.mkdir(mode=0o700)
    (home / "next_post").write_text(f"{now_ms() + 4000}\n")
    with Collector() as collector:
        GO.track(environment(home, collector.url))
        assert senders(home)
        later = f"{now_ms() + 20_000} waiting\n"
        (home / "next_post").write_text(later)
        wait_for_senders(home)
    assert collector.connections == 0
    assert (home / "next_post").read_text() == later


KEEPING = ["500", "503", "429", "408", "401", "403", "404", "405", "302", "204", "garbage", "nonsense", "half", "dies"]


@pytest.mark.parametrize("mode", KEEPING)
def test_kept_until_the_collector_answers(mode: str, home: Path) -> None:
    ids = fill(home, 5)
    with Collector(mode) as collector:
        flush(GO, home, collector.url)
        assert len(spool(home)) == 5
        ahead, waiting = next_post(home)
        assert not waiting and ahead > 1000 * LIMITS["pause_seconds"] - 10_000
        answer = mode if mode.isdigit() else "200" if mode == "garbage" else "000"
        assert (home / "last_answer").read_text().split()[1:] == [answer, "kept"]
        collector.mode = "ok"
        flush(GO, home, collector.url)
    assert list(collector.events) == ids
    assert spool(home) == []
    assert "/elsewhere" not in {path for _, path, _, _ in collector.requests}


def test_nobody_waits_for_a_collector_that_does_not_answer(home: Path) -> None:
    fill(home, 2)
    with Collector("hole") as collector:
        assert GO.run("track=1 flush", environment(home, collector.url)).returncode == 0
        assert senders(home), "only the sender waits"
        collector.wait_requests(1)
        kill_senders(home)
    assert len(spool(home)) == 3


@pytest.mark.parametrize(("mode", "stored"), [("400", 0), ("413", 0), ("limit", 25), ("partly", 24)])
def test_removed_once_it_is_answered(mode: str, stored: int, home: Path) -> None:
    fill(home, 25)
    with Collector(mode) as collector:
        flush(GO, home, collector.url)
    assert len(collector.events) == len(collector.arrived) == stored
    assert spool(home) == []


@pytest.fixture
def picky() -> Iterator[Collector]:
    """A collector that refuses every batch in which a name is `bad`."""
    collector = Collector(start=False)

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            """Silent."""

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            collector.bodies.append(body)
            is_bad = b'"bad"' in body
            answer = json.dumps({"success": False} if is_bad else collector.store(body)).encode()
            self.send_response(400 if is_bad else 200)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

    server = ThreadingHTTPServer(("127.0.0.1", collector.port), Handler)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield collector
    server.shutdown()
    server.server_close()


def test_one_event_that_is_refused_costs_itself_alone(picky: Collector, home: Path) -> None:
    ids = fill(home, 120)
    bad = spool(home)[37]
    bad.write_text(bad.read_text().replace('"skill"', '"bad"'))
    flush(GO, home, picky.url)
    assert picky.arrived == [one for number, one in enumerate(ids) if number != 37]
    assert spool(home) == []
    assert len(picky.bodies) < 30, "batches grow again"


def test_broken_files_cost_nobody_else(home: Path) -> None:
    ids = fill(home, 2)
    broken = {
        "aaaaaaaa": b"{broken}\n",
        "bbbbbbbb": b"no event\n",
        "cccccccc": b'{"a":"\xff"}\n',
        "dddddddd": b"",
        "eeeeeeee": b'{"half":',
    }
    for name, content in broken.items():
        (home / "spool" / f"{now_ms() - 5000}-1-{name}.ndjson").write_bytes(content)
    old = now_ms() - 1000 * LIMITS["incomplete_seconds"] - 1000
    (home / "spool" / f"{old}-1-ffffffff.ndjson").write_bytes(b'{"half":')
    (home / "spool" / "no-time.ndjson").write_bytes(b"{}\n")
    (home / "spool" / "stranger.txt").write_bytes(b"{}\n")
    with Collector() as collector:
        flush(GO, home, collector.url)
    assert list(collector.events) == ids
    left = {path.name[-15:] for path in (home / "spool").iterdir()}
    assert left == {"dddddddd.ndjson", "eeeeeeee.ndjson", "stranger.txt"}


def test_a_full_spool_loses_the_oldest_only(home: Path) -> None:
    old = fill(home, 3, first_ms=now_ms() - 1000 * (LIMITS["spool_days"] * 86_400 + 60))
    kept = LIMITS["spool_bytes"] // LIMITS["line_bytes"]
    ids = fill(home, kept + 44, size=LIMITS["line_bytes"])
    with Collector() as collector:
        flush(GO, home, collector.url)
    assert list(collector.events) == ids[-kept:]
    assert not set(old) & set(collector.events)


def test_any_client_sends_for_all(home: Path) -> None:
    hold(home)
    for client in (PYTHON, JS, GO):
        client.track(environment(home))
    run(["bash", TRACK, "skill", "--status", "success"], environment(home))
    wait_for_senders(home)
    with Collector() as collector:
        flush(GO, home, collector.url)
    assert {event["source"] for event in collector.events.values()} == {"python", "js", "bash", "go"}
    assert len({event["anonymous_id"] for event in collector.events.values()}) == 1


# Lock


@pytest.mark.parametrize(
    ("holder", "seconds", "is_sent"),
    [
        ("999999999", 0, True),
        ("", 0, True),
        ("self", 0, False),
        ("self", -LIMITS["lock_stale_seconds"] + 10, False),
        ("self", -LIMITS["lock_stale_seconds"] - 10, True),
        ("self", LIMITS["lock_ahead_seconds"] - 10, False),
        ("self", LIMITS["lock_ahead_seconds"] + 10, True),
    ],
)
def test_whose_lock_counts(holder: str, seconds: int, is_sent: bool, home: Path) -> None:
    fill(home, 1)
    held = f"{os.getpid()}\n" if holder == "self" else f"{holder}\n".lstrip()
    (home / "lock").write_text(held)
    then = time.time() + seconds
    os.utime(home / "lock", (then, then))
    with Collector() as collector:
        flush(GO, home, collector.url)
    assert len(collector.events) == is_sent
    assert (home / "lock").exists() is not is_sent


def test_the_lock_of_a_zombie_is_stale(home: Path) -> None:
    fill(home, 1)
    with Collector() as collector, subprocess.Popen(["true"]) as dead:
        os.waitid(os.P_PID, dead.pid, os.WEXITED | os.WNOWAIT)
        (home / "lock").write_text(f"{dead.pid}\n")
        flush(GO, home, collector.url)
    assert len(collector.events) == 1


def test_two_senders_at_once_send_once(home: Path) -> None:
    ids = fill(home, 250)
    with Collector("slow") as collector:
        for client in (GO, PYTHON, GO, JS):
            client.run("flush()", environment(home, collector.url))
        wait_for_senders(home)
    assert collector.arrived == ids
    assert spool(home) == []


def test_killed_senders_lose_nothing(home: Path) -> None:
    ids = fill(home, 500)
    with Collector("slow") as collector:
        for pause in (0.05, 0.2, 0.35, 0.5):
            GO.run("flush", environment(home, collector.url))
            time.sleep(pause)
            kill_senders(home)
        collector.mode = "ok"
        (home / "lock").unlink(missing_ok=True)
        flush(GO, home, collector.url)
    assert sorted(collector.events) == sorted(ids)
    assert spool(home) == []


# Proxies


def test_through_a_proxy_with_its_password(home: Path) -> None:
    fill(home, 1)
    with Collector() as proxy:
        address = f"http://user:p%40ss@127.0.0.1:{proxy.port}"
        flush_with(home, "http://collector.invalid", http_proxy=address, HTTP_PROXY="http://127.0.0.1:9")
    [(method, path, headers, _)] = proxy.requests
    assert (method, path) == ("POST", "http://collector.invalid/api/track")
    assert headers["Proxy-Authorization"] == "Basic dXNlcjpwQHNz"
    assert spool(home) == []


def test_https_is_tunnelled(home: Path) -> None:
    """What stands in the tunnel is for the host alone: neither the key nor an event is said to the proxy."""
    fill(home, 1)
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(10)
        said: list[bytes] = []

        def listen() -> None:
            connection, _ = server.accept()
            with connection:
                said.append(connection.recv(65536))

        listening = threading.Thread(target=listen)
        listening.start()
        proxy = f"127.0.0.1:{server.getsockname()[1]}"
        flush_with(home, "https://collector.invalid", HTTPS_PROXY=proxy, TRACK_SKILLS_API_KEY="canary")
        listening.join()
    assert said[0].startswith(b"CONNECT collector.invalid:443 HTTP/1.1\r\n")
    assert b"canary" not in said[0]
    assert len(spool(home)) == 1


def test_no_proxy_for_a_host_that_is_excluded(home: Path) -> None:
    fill(home, 1)
    with Collector() as collector:
        flush_with(home, collector.url, http_proxy="http://127.0.0.1:9", no_proxy="127.0.0.1")
    assert len(collector.events) == 1


def flush_with(home: Path, endpoint: str, **variables: str) -> None:
    assert GO.run("flush", environment(home, endpoint, **variables)).returncode == 0
    wait_for_senders(home)


# Outcomes

OUTCOMES: dict[str, tuple[str, str | None]] = {
    "nil": ("success", None),
    "partly": ("partial", None),
    "plain": ("error", "errors.errorString"),
    "path": ("error", "fs.PathError"),
    "wrapped": ("error", "fs.PathError"),
    "deadline": ("timeout", "context.deadlineExceededError"),
    "io-deadline": ("timeout", "poll.DeadlineExceededError"),
    "net-timeout": ("timeout", "net.DNSError"),
    "canceled": ("skipped", None),
    "exit-0": ("success", None),
    "exit-3": ("error", "main.exitError"),
    "bad-error": ("error", None),
    "panic": ("error", "panic"),
    "goexit": ("unknown", None),
}


@pytest.mark.parametrize("end", OUTCOMES)
def test_how_an_execution_ended(end: str, home: Path) -> None:
    hold(home)
    done = GO.run(f"tracked={end}", environment(home, TRACK_SKILLS_ERROR_MESSAGES="0"))
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    event = json.loads(spool(home)[0].read_text())
    assert (event["status"], event.get("error_type")) == OUTCOMES[end]
    assert 0 <= event["duration_ms"] < 5000
    assert "error_message" not in event


def test_a_panic_is_printed_as_if_the_client_were_not_there(home: Path) -> None:
    with Collector() as collector:
        done = GO.run("die", environment(home, collector.url))
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr.startswith("panic: canary\n\ngoroutine 1 [running]:")
        [event] = collector.wait(1)
        wait_for_senders(home)
    assert (event["status"], event["error_type"]) == ("error", "panic")


def test_messages_only_when_asked_for(home: Path) -> None:
    hold(home)
    GO.run("tracked=plain tracked=bad-error", environment(home, TRACK_SKILLS_ERROR_MESSAGES="1"))
    messages = [json.loads(path.read_text()).get("error_message") for path in spool(home)]
    assert messages == ["canary", None]


def test_no_content_leaves(home: Path, tmp_path: Path) -> None:
    folder = tmp_path / "canary-folder"
    folder.mkdir()
    hold(home)
    with Collector() as collector:
        variables = environment(home, collector.url, USER="canary", CANARY="canary", HOSTNAME="canary")
        assert GO.run("secrets tracked=wrapped", variables, cwd=folder).returncode == 0
        flush(GO, home, collector.url)
    assert len(collector.events) == 3
    assert "canary" not in repr(collector.requests)


# Never in the way


@pytest.mark.skipif(not shutil.which("strace"), reason="strace is not installed")
@pytest.mark.parametrize("switch", ["DO_NOT_TRACK", "CI", "off", None])
def test_off_means_no_file_no_process_no_packet(switch: str | None, home: Path, tmp_path: Path) -> None:
    variables = environment(home)
    if switch == "off":
        home.mkdir()
        (home / "off").touch()
    elif switch:
        variables[switch] = "1"
    trace = tmp_path / "trace"
    calls = "execve,fork,vfork,clone,clone3,socket,connect,mkdirat,openat,renameat,unlinkat"
    command = ["strace", "-f", "-e", f"trace={calls}", "-o", str(trace), driver(), "track=1", "flush"]
    subprocess.run(command, env=variables, check=True, timeout=60)
    lines = [line for line in trace.read_text().splitlines() if "/dev/" not in line and "resumed" not in line]
    signs = {
        "file": r"O_CREAT|O_WRONLY|O_RDWR|mkdirat\(|unlinkat\(|renameat\(",
        "process": r"fork\(|clone3?\((?!.*CLONE_THREAD)",
        "packet": r"AF_INET",
    }
    found = {sign for sign, pattern in signs.items() if any(re.search(pattern, line) for line in lines)}
    assert found == (set() if switch else set(signs))


def test_debug_shows_the_payload_and_leaves_nothing(home: Path) -> None:
    variables = environment(home, TRACK_SKILLS_DEBUG="1")
    del variables["TRACK_SKILLS_ENDPOINT"]
    done = GO.run("track=1 flush", variables)
    event = json.loads(done.stderr)
    assert (done.returncode, done.stdout, event["tool_name"], event["source"]) == (0, "", "skill", "go")
    assert list(event) == [field for field in VECTORS["order"] if field in event]
    assert not home.exists()


@pytest.mark.parametrize("trouble", ["read-only", "full"])
def test_broken_disk_goes_unnoticed(trouble: str, home: Path) -> None:
    if run(["unshare", "-rm", "true"], {}).returncode:
        pytest.skip("no user namespaces here")
    home.mkdir()
    mount = {
        "read-only": f"mount -t tmpfs -o ro tmpfs {home}",
        "full": f"mount -t tmpfs -o size=16k tmpfs {home} && head -c 100000 /dev/zero > {home}/zero",
    }[trouble]
    script = f'{mount} 2>/dev/null; "$@"; code=$?; ls {home}/spool 2>/dev/null; exit $code'
    done = run(["unshare", "-rm", "sh", "-c", script, "sh", driver(), "track=2", "flush"], environment(home))
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    wait_for_senders(home)


def test_a_state_folder_of_somebody_else_is_left_alone(home: Path) -> None:
    if os.geteuid():
        pytest.skip("only root can give a folder away")
    user = home.parent
    for folder in (user, home):
        folder.mkdir(exist_ok=True)
        os.chown(folder, 12345, 12345)
        assert GO.run("track=1 flush", environment(home)).returncode == 0
        assert list(home.glob("*")) == []
        if folder == user:
            assert not home.exists(), "nor is one made in somebody else's home"


@pytest.mark.parametrize("is_lent", [True, False])
def test_a_program_with_lent_rights_lets_the_environment_say_nothing(is_lent: bool, tmp_path: Path) -> None:
    """Set-user-ID: what a stranger's variables name would be written and sent with root's rights."""
    if os.geteuid() or os.statvfs(tmp_path).f_flag & os.ST_NOSUID:
        pytest.skip("only root can lend its rights, where the disk allows it")
    stranger = 12345
    with tempfile.TemporaryDirectory() as folder, Collector() as collector:
        home, program = Path(folder) / "state", Path(folder) / "program"
        Path(folder).chmod(0o755)
        shutil.copy(driver(), program)
        program.chmod(0o4755 if is_lent else 0o755)
        fill(home, 1)
        for path in () if is_lent else (home, home / "spool", *spool(home)):
            os.chown(path, stranger, stranger)
        for more in ({"TRACK_SKILLS_SENDER": f"0 {home}"}, {}):
            variables = environment(home, collector.url, **more)
            subprocess.run([program, "track=1", "flush"], env=variables, user=stranger, group=stranger, check=True)
            wait_for_senders(home)
        assert len(collector.events) == (0 if is_lent else 2)
        assert len(spool(home)) == (1 if is_lent else 0)


def test_anonymous_id_is_made_once_and_mended(home: Path) -> None:
    hold(home)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: GO.track(environment(home)), range(4)))
    known = (home / "anonymous_id").read_text().strip()
    assert {json.loads(path.read_text())["anonymous_id"] for path in spool(home)} == {known}
    (home / "anonymous_id").write_text("not an id!\n")
    GO.track(environment(home))
    mended = (home / "anonymous_id").read_text().strip()
    assert json.loads(spool(home)[-1].read_text())["anonymous_id"] == mended != known


# The sender: the user's program again


def test_a_caller_that_captures_everything_does_not_wait(home: Path) -> None:
    reader, writer = os.pipe()
    with Collector("hole") as collector:
        command = [driver(), "track=1"]
        subprocess.run(
            command, env=environment(home, collector.url), pass_fds=[writer], check=True, capture_output=True
        )
        os.close(writer)
        assert os.read(reader, 1) == b""
        assert senders(home), "only the sender waits"
        os.close(reader)
        collector.wait_requests(1)
        [sender] = senders(home)
        links = [str(path.readlink()) for path in Path(f"/proc/{sender}/fd").iterdir() if path.name in "012"]
        assert set(links) == {"/dev/null"}
        assert os.getsid(sender) == sender != os.getsid(0)
        assert Path(f"/proc/{sender}/cwd").resolve() == home
        assert Path(f"/proc/{sender}/cmdline").read_bytes() == b"track-skills-sender\0"


MAIN = """
package main

import (
	"os"

	trackskills "track-skills/client/go"
)

func main() {
	mark, _ := os.OpenFile(os.Getenv("MARK"), os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	mark.WriteString(".")
	trackskills.Track("skill", trackskills.Fields{Status: "success"})
}
"""


def module(folder: Path, source: str, name: str = "main.go") -> Path:
    """A module of its own that uses the client."""
    folder.mkdir(exist_ok=True)
    (folder / "go.mod").write_text((DRIVE / "go.mod").read_text().replace("../../../client/go", str(GO_FOLDER)))
    (folder / name).write_text(source)
    return folder


def test_main_runs_once_and_never_in_the_sender(tmp_path: Path, home: Path) -> None:
    program = build(module(tmp_path / "module", MAIN), tmp_path / "program")
    with Collector() as collector:
        for _ in range(2):
            assert run([program], environment(home, collector.url, MARK=str(tmp_path / "mark"))).returncode == 0
        collector.wait(2, seconds=LIMITS["interval_seconds"] + 10)
        wait_for_senders(home)
    assert (tmp_path / "mark").read_text() == ".."


def test_a_program_that_is_replaced_or_gone_while_it_runs(tmp_path: Path, home: Path) -> None:
    program = tmp_path / "program"
    shutil.copy(driver(), program)
    with Collector() as collector:
        process = subprocess.Popen([program, "sleep=500", "track=1"], env=environment(home, collector.url))
        program.unlink()
        program.write_text(f"#!/bin/sh\necho ran > {tmp_path}/mark\n")
        program.chmod(0o700)
        assert process.wait(20) == 0
        collector.wait(1)
        wait_for_senders(home)
    assert not (tmp_path / "mark").exists()


def test_a_program_run_by_go_run(tmp_path: Path, home: Path) -> None:
    folder = module(tmp_path / "module", MAIN)
    with Collector() as collector:
        variables = environment(home, collector.url, DO_NOT_TRACK="", MARK=str(tmp_path / "mark"))
        del variables["PATH"]
        done = go(folder, "run", ".", **variables)
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
        collector.wait(1)
        wait_for_senders(home)


def test_a_package_that_was_copied_into_the_module(tmp_path: Path, home: Path) -> None:
    folder = module(tmp_path / "module", MAIN.replace("track-skills/client/go", "example.com/x/internal/trackskills"))
    copy = folder / "internal" / "trackskills"
    copy.mkdir(parents=True)
    for part in GO_FOLDER.glob("*.go"):
        if not part.name.endswith("_test.go"):
            shutil.copy(part, copy)
    (folder / "go.mod").write_text("module example.com/x\n\ngo 1.21\n")
    program = build(folder, tmp_path / "program")
    with Collector() as collector:
        assert run([program], environment(home, collector.url, MARK=str(tmp_path / "mark"))).returncode == 0
        collector.wait(1)
        wait_for_senders(home)
    assert (tmp_path / "mark").read_text() == "."


def test_the_sender_leaves_no_file_of_coverage(tmp_path: Path, home: Path) -> None:
    program = build(module(tmp_path / "module", MAIN), tmp_path / "program", "-cover")
    folder = tmp_path / "coverage"
    folder.mkdir()
    with Collector() as collector:
        done = run([program], environment(home, collector.url, GOCOVERDIR=str(folder), MARK=str(tmp_path / "mark")))
        assert (done.returncode, done.stderr) == (0, "")
        collector.wait(1)
        wait_for_senders(home)
    assert len(list(folder.glob("covcounters.*"))) == 1


LIBRARY = """
package main

import "C"
import trackskills "track-skills/client/go"

//export Use
func Use() { trackskills.Track("skill", trackskills.Fields{Status: "success"}) }

func main() {}
"""


@pytest.mark.skipif(not shutil.which("gcc"), reason="a library needs a C compiler")
def test_a_library_in_another_program_starts_none(tmp_path: Path, home: Path) -> None:
    """The host is no program of ours to start again: the event goes while it lives, or with a later sender."""
    library = build(
        module(tmp_path / "module", LIBRARY), tmp_path / "library.so", "-buildmode=c-shared", CGO_ENABLED="1"
    )
    host = f"import ctypes, sys; ctypes.CDLL({str(library)!r}).Use(); sys.stdin.read()"
    with Collector() as collector:
        command = ["python3", "-c", host]
        with subprocess.Popen(command, env=environment(home, collector.url), stdin=subprocess.PIPE) as process:
            collector.wait(1)
            assert senders(home) == [process.pid]
            assert process.stdin
            process.stdin.close()
            assert process.wait(20) == 0


def test_where_no_process_can_be_started_the_living_one_sends(home: Path) -> None:
    """Without /proc a program does not find itself."""
    with Collector() as collector:
        variables = environment(home, collector.url, TRACK_SKILLS_TEST="1")
        command = ["unshare", "-rm", "sh", "-c", 'mount -t tmpfs tmpfs /proc; exec "$@"', "sh"]
        if run([*command, "true"], {}).returncode:
            pytest.skip("no user namespaces here")
        done = run([*command, driver(), "track=1", "sleep=1500"], variables)
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
        assert len(collector.events) == 1


def test_no_zombie_stays_with_a_program_that_lives_on(home: Path) -> None:
    with Collector() as collector:
        command = [driver(), "track=1", "sleep=20000"]
        with subprocess.Popen(command, env=environment(home, collector.url)) as process:
            collector.wait(1)
            ends = time.monotonic() + 60
            while children := Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split():
                assert time.monotonic() < ends, children
                time.sleep(0.05)
            process.send_signal(signal.SIGKILL)


@pytest.mark.parametrize("value", ["", "0", "1", "0 relative", "x /tmp", "/tmp"])
def test_a_variable_of_that_name_by_accident_changes_nothing(value: str, home: Path) -> None:
    hold(home)
    GO.track(environment(home, TRACK_SKILLS_SENDER=value))
    assert len(spool(home)) == 1


def test_many_goroutines_at_once(home: Path) -> None:
    hold(home)
    program = build(
        module(home.parent / "module", MANY),
        home.parent / "many",
        *(["-race", "-buildmode=exe"] if shutil.which("gcc") else []),
    )
    done = run([program], environment(home))
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert len(spool(home)) == 500


MANY = """
package main

import (
	"sync"

	trackskills "track-skills/client/go"
)

func main() {
	var all sync.WaitGroup
	for number := 0; number < 500; number++ {
		all.Add(1)
		go func() {
			defer all.Done()
			trackskills.Tracked("skill", trackskills.Fields{}, func() error { return nil })
		}()
	}
	all.Wait()
}
"""
