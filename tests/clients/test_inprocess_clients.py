"""The Python and the JavaScript client, one contract, as real processes against a real collector."""

from __future__ import annotations

import json
import os
import random
import re
import shutil
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from collector import Collector
from inprocess import (
    JS,
    PYTHON,
    Client,
    environment,
    fill,
    flush,
    hold,
    kill_senders,
    run,
    senders,
    spool,
    wait_for_senders,
)
from processes import TRACK

from tests.vectors import VECTORS, opt_out

LIMITS = VECTORS["limits"]
CLIENTS = pytest.mark.parametrize("client", [PYTHON, JS], ids=lambda client: client.language)


def age_lock(home: Path) -> None:
    """Make the lock so old that it belongs to nobody."""
    then = time.time() - LIMITS["lock_stale_seconds"] - 1
    os.utime(home / "lock", (then, then))


def steps_for(folder: Path, number: int, case: dict[str, Any]) -> dict[str, Any]:
    """An opt-out case as a step: its own HOME, where a recent sender keeps new ones from being started."""
    user = folder / f"user{number}"
    home = user / ".local" / "state" / "track-skills"
    hold(home)
    if case["off_file"]:
        (home / "off").touch()
    variables = {"HOME": str(user), "TRACK_SKILLS_ENDPOINT": "http://127.0.0.1:9", **case["env"]}
    return {
        "home": str(user),
        "env": {name: value for name, value in variables.items() if name not in case["unset"]},
        "name": "skill",
    }


@CLIENTS
def test_off_leaves_nothing_and_on_leaves_one_event(client: Client, tmp_path: Path, home: Path) -> None:
    cases = opt_out()
    steps = [steps_for(tmp_path, number, case) for number, case in enumerate(cases)]
    for case, result in zip(cases, client.drive(steps, environment(home)), strict=True):
        assert result["on"] is case["on"], case
        assert (result["made"], len(result["lines"])) == ((2, 1) if case["on"] else (0, 0)), case


@CLIENTS
def test_names(client: Client, home: Path) -> None:
    hold(home)
    names = VECTORS["names"]["good"] + VECTORS["names"]["bad"]
    steps = [{"home": str(home), "env": environment(home), "name": name} for name in names]
    results = client.drive(steps, environment(home))
    recorded = [name for name, result in zip(names, results, strict=True) if result["lines"]]
    assert recorded == VECTORS["names"]["good"]


@CLIENTS
def test_globs(client: Client, home: Path) -> None:
    hold(home)
    steps = []
    for case in VECTORS["globs"]:
        variables = {"TRACK_SKILLS_INCLUDE": case["include"], "TRACK_SKILLS_EXCLUDE": case["exclude"]}
        given = {name: value for name, value in variables.items() if value is not None}
        steps.append({"home": str(home), "env": environment(home, **given), "name": case["name"]})
    for case, result in zip(VECTORS["globs"], client.drive(steps, environment(home)), strict=True):
        assert bool(result["lines"]) is case["tracked"], case


@CLIENTS
def test_payloads_byte_for_byte(client: Client, home: Path) -> None:
    hold(home)
    (home / "anonymous_id").write_text(VECTORS["fixed"]["anonymous_id"] + "\n")
    runtimes = {
        "python": "python {}.{}".format(*sys.version_info),
        "js": "node " + ".".join(subprocess.check_output(["node", "--version"], text=True)[1:].split(".")[:2]),
    }
    own = {"SOURCE": client.language, "OS": os.uname().sysname.lower(), "RUNTIME": runtimes[client.language]}
    steps = [
        {
            "home": str(home),
            "env": environment(home, **case["env"]),
            "name": case["name"],
            "fields": {"event_id": VECTORS["fixed"]["event_id"], **case["fields"]},
        }
        for case in VECTORS["payloads"]
    ]
    for case, result in zip(VECTORS["payloads"], client.drive(steps, environment(home)), strict=True):
        expected = re.sub(r'"(SOURCE|OS|RUNTIME)"', lambda match: f'"{own[match[1]]}"', case["line"])
        [line] = result["lines"]
        line = re.sub(r'(?<="timestamp":")\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z', VECTORS["fixed"]["timestamp"], line)
        assert line == expected + "\n", case["about"]


@CLIENTS
def test_delivered_in_one_request(client: Client, home: Path) -> None:
    with Collector() as collector:
        client.track(environment(home, collector.url, TRACK_SKILLS_API_KEY="key"), times=3)
        events = collector.wait(3)
        wait_for_senders(home)
    [(method, path, headers, body)] = collector.requests
    assert (method, path, headers["Authorization"]) == ("POST", "/api/track", "Bearer key")
    assert headers["Content-Type"] == "application/json"
    assert {event["status"] for event in events} == {"success"}
    assert re.fullmatch(rb'\{"sent_at":"[^"]+","events":\[\{.*\},\{.*\},\{.*\}\]\}', body)
    assert spool(home) == []
    modes = {path.name: path.stat().st_mode & 0o777 for path in [home, *home.iterdir()]}
    assert modes == {"state": 0o700, "spool": 0o700, "anonymous_id": 0o600, "next_post": 0o600, "last_answer": 0o600}


@CLIENTS
def test_nothing_lost_and_nothing_twice_from_100_short_processes(client: Client, home: Path) -> None:
    collector = Collector(start=False)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: client.track(environment(home, collector.url)), range(100)))
    kill_senders(home)
    assert len(spool(home)) == 100
    with collector:
        collector.start()
        flush(client, home, collector.url)
    assert len(collector.events) == len(collector.arrived) == 100
    assert spool(home) == []


@CLIENTS
@pytest.mark.parametrize("mode", ["500", "429", "401", "garbage", "nonsense", "half", "dies"])
def test_kept_until_it_is_answered(client: Client, mode: str, home: Path) -> None:
    ids = fill(home, 5)
    with Collector(mode) as collector:
        flush(client, home, collector.url)
        assert len(spool(home)) == 5
        collector.mode = "ok"
        flush(client, home, collector.url)
    assert list(collector.events) == ids
    assert len(collector.requests) == (1 if mode == "half" else 2)
    assert spool(home) == []


def test_kept_while_nobody_answers_or_listens(tmp_path: Path) -> None:
    homes = {client: tmp_path / client.language for client in (PYTHON, JS)}
    with Collector("hole") as collector:
        for client, home in homes.items():
            fill(home, 2)
            client.run("flush()", environment(home, collector.url))
            assert senders(home), "only the sender waits"
        for home in homes.values():
            wait_for_senders(home, seconds=25)  # they give up before the collector does
            assert len(spool(home)) == 2


@CLIENTS
@pytest.mark.parametrize(("mode", "stored"), [("400", 0), ("413", 0), ("limit", 25), ("partly", 24)])
def test_removed_once_it_is_answered(client: Client, mode: str, stored: int, home: Path) -> None:
    fill(home, 25)
    with Collector(mode) as collector:
        flush(client, home, collector.url)
    assert len(collector.events) == len(collector.arrived) == stored
    assert spool(home) == []


def test_two_senders_at_once_send_once(home: Path) -> None:
    ids = fill(home, 250)
    with Collector("slow") as collector:
        for client in (PYTHON, JS, PYTHON, JS):
            client.run("flush()", environment(home, collector.url))
        wait_for_senders(home)
    assert collector.arrived == ids
    assert spool(home) == []


@CLIENTS
def test_any_client_sends_for_all(client: Client, home: Path) -> None:
    hold(home)
    PYTHON.track(environment(home))
    JS.track(environment(home))
    run(["bash", TRACK, "skill", "--status", "success"], environment(home))
    wait_for_senders(home)
    with Collector() as collector:
        flush(client, home, collector.url)
        assert {event["source"] for event in collector.events.values()} == {"python", "js", "bash"}
        assert len({event["anonymous_id"] for event in collector.events.values()}) == 1
        PYTHON.track(environment(home, collector.url))
        JS.track(environment(home, collector.url))
        run(["bash", TRACK, "--flush"], environment(home, collector.url))
        collector.wait(5)
        wait_for_senders(home)
    assert len(collector.arrived) == 5


@CLIENTS
def test_killed_senders_lose_nothing(client: Client, home: Path) -> None:
    ids = fill(home, 500)
    with Collector("slow") as collector:
        for _ in range(4):
            client.run("flush()", environment(home, collector.url))
            time.sleep(random.uniform(0, 0.5))
            kill_senders(home)
            # The killed process may stay a zombie for a while, and so seem to hold its lock; this is how long it may.
            if (home / "lock").exists():
                age_lock(home)
        collector.mode = "ok"
        flush(client, home, collector.url)
    assert sorted(collector.events) == sorted(ids)
    assert spool(home) == []
    assert not (home / "lock").exists()


@CLIENTS
def test_a_full_spool_loses_the_oldest_only(client: Client, home: Path) -> None:
    old = fill(home, 3, first_ms=int((time.time() - LIMITS["spool_days"] * 86_400 - 60) * 1000))
    kept = LIMITS["spool_bytes"] // LIMITS["line_bytes"]
    ids = fill(home, kept + 44, size=LIMITS["line_bytes"])
    with Collector() as collector:
        flush(client, home, collector.url)
    assert list(collector.events) == ids[-kept:]
    assert not set(old) & set(collector.events)


@CLIENTS
def test_broken_files_cost_nobody_else(client: Client, home: Path) -> None:
    ids = fill(home, 2)
    now = int(time.time() * 1000)
    (home / "spool" / f"{now - 5000}-1-aaaaaaaa.ndjson").write_text("{broken}\n")
    (home / "spool" / f"{now - 5000}-1-bbbbbbbb.ndjson").write_text("no event\n")
    (home / "spool" / f"{now - 1000 * LIMITS['incomplete_seconds'] - 1000}-1-cccccccc.ndjson").write_text('{"half":')
    (home / "spool" / f"{now - 5000}-1-dddddddd.ndjson").write_text('{"half":')
    with Collector() as collector:
        flush(client, home, collector.url)
    assert list(collector.events) == ids
    assert [path.name[-15:] for path in spool(home)] == ["dddddddd.ndjson"]


@CLIENTS
def test_one_bad_event_alone_goes(client: Client, home: Path) -> None:
    """An event that the collector refuses costs nobody else, wherever it stands."""
    for number in (0, 11, 19):
        ids = fill(home, 20)
        file = spool(home)[number]
        file.write_text(file.read_text().replace('"skill"', '"poison"'))
        with Collector("poison") as collector:
            flush(client, home, collector.url)
        assert sorted(collector.arrived) == sorted({*ids} - {ids[number]})
        assert spool(home) == []


@CLIENTS
@pytest.mark.parametrize(
    "damage", [b"", b"\0" * 300 + b"\n", b"\xff{}\n", b'{"a":NaN}\n', b"{}\n{}\n", b"[]\n", b'{"a":1\n']
)
def test_one_damaged_file_alone_goes(client: Client, damage: bytes, home: Path) -> None:
    ids = fill(home, 20, first_ms=int(time.time() * 1000) - 120_000)
    spool(home)[7].write_bytes(damage)
    with Collector() as collector:
        flush(client, home, collector.url)
    assert collector.arrived == [each for each in ids if each != ids[7]]
    assert spool(home) == []


@CLIENTS
def test_a_second_event_waits_for_its_moment(client: Client, home: Path) -> None:
    with Collector() as collector:
        client.track(environment(home, collector.url))
        collector.wait(1)
        wait_for_senders(home)
        moment = int(time.time() * 1000) + 5000
        (home / "next_post").write_text(f"{moment}\n")
        client.track(environment(home, collector.url), times=3)
        assert (home / "next_post").read_text() == f"{moment} waiting\n"
        assert len(collector.requests) == 1
        collector.wait(4, 20)
        assert time.time() * 1000 >= moment
        wait_for_senders(home)
    assert [len(json.loads(body)["events"]) for body in collector.bodies] == [1, 3]


@CLIENTS
def test_switched_off_while_a_sender_waits(client: Client, home: Path) -> None:
    home.mkdir()
    (home / "next_post").write_text(f"{int(time.time() * 1000) + 5000}\n")
    with Collector() as collector:
        client.track(environment(home, collector.url))
        (home / "off").touch()
        wait_for_senders(home)
    assert collector.connections == 0
    assert len(spool(home)) == 1


@CLIENTS
def test_a_sender_that_waits_leaves_the_events_to_one_that_waits_longer(client: Client, home: Path) -> None:
    """One that fails moves the moment, and the next event starts another that waits: there must not be ever more."""
    home.mkdir()
    (home / "next_post").write_text(f"{int(time.time() * 1000) + 5000}\n")
    with Collector() as collector:
        client.track(environment(home, collector.url))
        later = f"{int(time.time() * 1000) + 60_000} waiting\n"
        (home / "next_post").write_text(later)
        wait_for_senders(home)
    assert collector.connections == 0
    assert (home / "next_post").read_text() == later


@CLIENTS
def test_a_sender_leaves_new_files_to_one_that_waits(client: Client, home: Path) -> None:
    for waiting, requests in ((" waiting", 1), ("", 2)):
        fill(home, 1)
        with Collector("slow") as collector:
            collector.delay = 2
            client.run("flush()", environment(home, collector.url))
            collector.wait_requests(1)
            (home / "next_post").write_text(f"{int(time.time() * 1000) + 60_000}{waiting}\n")
            fill(home, 1, first_ms=int(time.time() * 1000))
            wait_for_senders(home)
        assert len(collector.requests) == requests
        kill_senders(home)


@CLIENTS
def test_folders_that_are_not_ours_get_no_mode_of_ours(client: Client, tmp_path: Path) -> None:
    user = tmp_path / "user"
    user.mkdir()
    variables = {**environment(user / "x"), "HOME": str(user)}
    del variables["TRACK_SKILLS_HOME"]
    home = user / ".local" / "state" / "track-skills"
    old = os.umask(0o022)
    try:
        client.track(variables)
    finally:
        os.umask(old)
        kill_senders(home)
    modes = {path.name: path.stat().st_mode & 0o777 for path in (home, *list(home.parents)[:2], home / "spool")}
    assert modes == {"track-skills": 0o700, "state": 0o755, ".local": 0o755, "spool": 0o700}


@CLIENTS
@pytest.mark.skipif(os.geteuid() != 0, reason="only root can meet a folder of someone else that it may write to")
def test_what_belongs_to_someone_else_is_left_alone(client: Client, tmp_path: Path) -> None:
    user = tmp_path / "user"
    state = user / ".local" / "state" / "track-skills"
    variables = {**environment(user / "x"), "HOME": str(user)}
    del variables["TRACK_SKILLS_HOME"]
    user.mkdir()
    os.chown(user, 12345, 12345)
    client.track(variables)
    assert list(user.iterdir()) == []
    state.mkdir(parents=True)
    for folder in (state, state.parent, state.parent.parent):
        os.chown(folder, 12345, 12345)
    client.track(variables)
    client.track({**variables, "TRACK_SKILLS_HOME": str(state)})
    assert list(state.iterdir()) == []
    client.track({**variables, "TRACK_SKILLS_HOME": str(tmp_path / "own")})
    kill_senders(tmp_path / "own")
    assert len(spool(tmp_path / "own")) == 1


@CLIENTS
def test_an_id_with_a_colon_is_kept(client: Client, home: Path) -> None:
    hold(home)
    (home / "anonymous_id").write_text("team:someone\n")
    client.track(environment(home))
    assert (home / "anonymous_id").read_text() == "team:someone\n"
    assert json.loads(spool(home)[0].read_text())["anonymous_id"] == "team:someone"


MEASURING = {
    "python": ("COVERAGE_PROCESS_START", "COV_CORE_SOURCE", "PYTHONPROFILEIMPORTTIME", "PYTHONSTARTUP"),
    "js": ("NODE_V8_COVERAGE", "NODE_OPTIONS", "NODE_DEBUG"),
}


@CLIENTS
def test_what_measures_the_host_does_not_reach_the_sender(client: Client, home: Path, tmp_path: Path) -> None:
    measured = dict.fromkeys(MEASURING[client.language], str(tmp_path / "measured"))
    code = {
        "python": f"import os; os.environ.update({measured!r}); track('skill')",
        "js": f"Object.assign(process.env, {json.dumps(measured)}); track('skill')",
    }
    with Collector("hole") as collector:
        done = client.run(code[client.language], environment(home, collector.url))
        assert (done.returncode, done.stderr) == (0, "")
        collector.wait_requests(1)
        [sender] = senders(home)
        given = Path(f"/proc/{sender}/environ").read_text().split("\0")
    assert not {variable.partition("=")[0] for variable in given} & set(measured)
    assert not (tmp_path / "measured").exists()


@CLIENTS
@pytest.mark.parametrize("stale", ["999999999\n", ""], ids=["dead holder", "old"])
def test_stale_lock(client: Client, stale: str, home: Path) -> None:
    fill(home, 1)
    (home / "lock").write_text(stale)
    if not stale:
        age_lock(home)
    with Collector() as collector:
        flush(client, home, collector.url)
    assert len(collector.events) == 1
    assert not (home / "lock").exists()


@CLIENTS
def test_held_lock_is_respected(client: Client, home: Path) -> None:
    fill(home, 1)
    (home / "lock").write_text(f"{os.getpid()}\n")
    with Collector() as collector:
        flush(client, home, collector.url)
    assert collector.connections == 0
    assert (home / "lock").read_text() == f"{os.getpid()}\n"


@CLIENTS
def test_caller_that_captures_everything_does_not_wait(client: Client, home: Path) -> None:
    reader, writer = os.pipe()
    with Collector("hole") as collector:
        client.start(
            {"python": "track('skill')", "js": "track('skill'); process.exit(0)"}[client.language],
            environment(home, collector.url),
            pass_fds=[writer],
        ).wait()
        os.close(writer)
        assert os.read(reader, 1) == b""
        assert senders(home), "only the sender waits"
        os.close(reader)


@CLIENTS
def test_debug_shows_the_payload_and_leaves_nothing(client: Client, home: Path) -> None:
    variables = environment(home, TRACK_SKILLS_DEBUG="1")
    del variables["TRACK_SKILLS_ENDPOINT"]
    done = client.run("track('skill'); flush()", variables)
    event = json.loads(done.stderr)
    assert (done.stdout, event["tool_name"], event["source"]) == ("", "skill", client.language)
    assert list(event) == [field for field in VECTORS["order"] if field in event]
    assert not home.exists()


@CLIENTS
def test_error_messages_only_when_asked_for(client: Client, home: Path) -> None:
    hold(home)
    text = 'boom "quoted"\n\u00e9\ud83d ' + "x" * (LIMITS["error_message_characters"] + 100)
    fields = {"error_message": text, "status": "error"}
    without, with_message = client.drive(
        [
            {"home": str(home), "env": environment(home), "name": "skill", "fields": fields},
            {
                "home": str(home),
                "env": environment(home, TRACK_SKILLS_ERROR_MESSAGES="1"),
                "name": "skill",
                "fields": fields,
            },
        ],
        environment(home),
    )
    assert "error_message" not in json.loads(without["lines"][0])
    sent = json.loads(with_message["lines"][0])["error_message"]
    assert sent.startswith('boom "quoted"\n\u00e9') and len(sent) == LIMITS["error_message_characters"]


SECRETS = {
    "python": """
import os
def impl(params, context):
    raise ValueError("canary in message", os.getcwd())
@tracked
def skill(secret): return secret
skill("canary in argument")
try: track_skill_execution("skill", impl, {"key": "canary in params"}, {"user": "canary in context"})
except ValueError: pass
with tracking("skill"): canary = "canary in block"
track("skill", prompt="canary in unknown field", metadata={"x": "canary"}, error_message="canary in message")
track("canary/in/path")
""",
    "js": """
const impl = () => { throw new TypeError("canary in message " + process.cwd()) };
trackSkillExecution("skill", (params) => params, "canary in argument", {});
try { trackSkillExecution("skill", impl, {key: "canary in params"}, {user: "canary in context"}) } catch {}
trackSkillExecution("skill", () => ({success: false, error: "canary in result"}));
track("skill", {prompt: "canary in unknown field", metadata: {x: "canary"}, error_message: "canary in message"});
track("canary/in/path");
""",
}


@CLIENTS
def test_no_content_leaves(client: Client, home: Path, tmp_path: Path) -> None:
    folder = tmp_path / "canary-folder"
    folder.mkdir()
    hold(home)
    collector = Collector(start=False)
    variables = environment(home, collector.url, USER="canary", CANARY="canary in environment", HOSTNAME="canary")
    assert client.run(SECRETS[client.language], variables, cwd=folder).returncode == 0
    spooled = b"".join(path.read_bytes() for path in spool(home))
    with collector:
        collector.start()
        flush(client, home, collector.url)
    assert len(collector.events) == 4
    assert b"canary" not in spooled + repr(collector.requests).encode()


@CLIENTS
@pytest.mark.skipif(not shutil.which("strace"), reason="strace is not installed")
@pytest.mark.parametrize("switch", ["DO_NOT_TRACK", "CI", "off", None])
def test_off_means_no_file_no_process_no_packet(client: Client, switch: str | None, home: Path, tmp_path: Path) -> None:
    variables = environment(home)
    if switch == "off":
        home.mkdir()
        (home / "off").touch()
    elif switch:
        variables[switch] = "1"
    else:
        hold(home)
    trace = tmp_path / "trace"
    calls = "execve,fork,vfork,clone,clone3,socket,connect,mkdir,open,openat,rename,unlink"
    command = ["strace", "-f", "-e", f"trace={calls}", "-o", str(trace), *client.command]
    code = client.preamble + "track('skill'); flush()"
    subprocess.run([*command, code], env=variables, check=True, timeout=60)
    lines = [line for line in trace.read_text().splitlines() if "/dev/" not in line and "resumed" not in line]
    signs = {
        "file": r"O_CREAT|O_WRONLY|O_RDWR|mkdir\(|unlink\(|rename\(",
        "process": r"fork\(|clone3?\((?!.*CLONE_THREAD)",
        "packet": r"AF_INET",
    }
    found = {sign for sign, pattern in signs.items() if any(re.search(pattern, line) for line in lines)}
    assert found == (set() if switch else set(signs))


@CLIENTS
@pytest.mark.parametrize("trouble", ["read-only", "full"])
def test_broken_disk_goes_unnoticed(client: Client, trouble: str, home: Path) -> None:
    if run(["unshare", "-rm", "true"], {}).returncode:
        pytest.skip("no user namespaces here")
    home.mkdir()
    mount = {
        "read-only": f"mount -t tmpfs -o ro tmpfs {home}",
        "full": f"mount -t tmpfs -o size=16k tmpfs {home} && head -c 100000 /dev/zero > {home}/zero",
    }[trouble]
    code = client.preamble + "track('skill'); flush()"
    script = f'{mount} 2>/dev/null; "$@"; code=$?; ls {home}/spool 2>/dev/null; exit $code'
    done = run(["unshare", "-rm", "sh", "-c", script, "sh", *client.command, code], environment(home))
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    wait_for_senders(home)


@CLIENTS
def test_a_full_disk_is_emptied(client: Client, home: Path, tmp_path: Path) -> None:
    if run(["unshare", "-rm", "true"], {}).returncode:
        pytest.skip("no user namespaces here")
    ids = fill(tmp_path / "before", 3)
    home.mkdir()
    script = (
        f"mount -t tmpfs -o size=64k tmpfs {home} && cp -r {tmp_path}/before/spool {home} &&"
        f' head -c 100000 /dev/zero > {home}/zero 2>/dev/null; "$@"'
    )
    with Collector() as collector:
        command = ["unshare", "-rm", "sh", "-c", script, "sh", *client.command, client.preamble + "flush()"]
        assert run(command, environment(home, collector.url)).returncode == 0
        collector.wait(3)
        wait_for_senders(home)
    assert collector.arrived == ids


@CLIENTS
def test_anonymous_id_is_made_once_and_mended(client: Client, home: Path) -> None:
    hold(home)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: client.track(environment(home)), range(4)))
    known = (home / "anonymous_id").read_text().strip()
    assert {json.loads(path.read_text())["anonymous_id"] for path in spool(home)} == {known}
    (home / "anonymous_id").write_text("not an id!\n")
    client.track(environment(home))
    mended = (home / "anonymous_id").read_text().strip()
    assert json.loads(spool(home)[-1].read_text())["anonymous_id"] == mended != known
