"""Nothing that a user exports changes what the shell clients do."""

from __future__ import annotations

import json
import subprocess
import time
from pathlib import Path

import pytest
from collector import Collector
from processes import HOOK, TRACK, Client

PAYLOAD = json.dumps(
    {"hook_event_name": "PostToolUse", "tool_name": "mcp__demo__echo", "tool_use_id": "toolu_1"}
).encode()
# Those that bash itself answers to before it reads a line: it reads none or one, shows them, or starts a debugger.
OWN = {"noexec", "onecmd", "verbose", "extdebug"}


def options(command: str) -> list[str]:
    listed = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False).stdout
    return [name for name in (line.split()[0] for line in listed.splitlines()) if name not in OWN]


SHOPT, SET = options("shopt"), options("set -o")
PROGRAMS = ("curl", "rm", "mkdir", "awk", "find", "sleep", "date", "wc")
FUNCTIONS = (*PROGRAMS, *options("compgen -b"))
ENVIRONMENTS: dict[str, dict[str, str]] = {
    **{f"BASHOPTS={name}": {"BASHOPTS": name} for name in SHOPT},
    **{f"SHELLOPTS={name}": {"SHELLOPTS": name} for name in SET},
    "every option": {"BASHOPTS": ":".join(SHOPT), "SHELLOPTS": ":".join(set(SET) - {"xtrace"})},
    **{f"function {name}": {f"BASH_FUNC_{name}%%": "() { echo evil; return 9; }"} for name in FUNCTIONS},
    "POSIXLY_CORRECT": {"POSIXLY_CORRECT": "1"},
    "IFS": {"IFS": "abc1"},
    "TIME_STYLE": {
        "TIME_STYLE": "+%s x y",
        "BLOCK_SIZE": "human-readable",
        "LS_BLOCK_SIZE": "1M",
        "QUOTING_STYLE": "c",
    },
    "GREP_OPTIONS": {"GREP_OPTIONS": "-v", "LS_COLORS": "x", "LS_OPTIONS": "-Q"},
    "CDPATH": {"CDPATH": "/tmp:/"},
    "BASH_ENV": {"BASH_ENV": "/nowhere", "ENV": "/nowhere"},
    "TMPDIR": {"TMPDIR": "/nowhere"},
    "TMOUT": {"TMOUT": "1"},
    "GLOBIGNORE": {"GLOBIGNORE": "*"},
    "EXECIGNORE": {"EXECIGNORE": "*/curl:*/awk"},
    "BASH_COMPAT": {"BASH_COMPAT": "3.1"},
    "FUNCNEST": {"FUNCNEST": "1"},
    "OSTYPE": {"OSTYPE": "beos", "MACHTYPE": "x", "HOSTTYPE": "y"},
    "clocks": {
        "EPOCHREALTIME": "1",
        "EPOCHSECONDS": "1",
        "SECONDS": "x",
        "SRANDOM": "1",
        "RANDOM": "1",
        "BASHPID": "1",
    },
    "LC_ALL": {"LC_ALL": "C.UTF-8", "LANGUAGE": "tr"},
    "our own names": {
        "ts_state": "/evil",
        "ts_name": "evil",
        "ts_code": "9",
        "ts_delay": "99",
        "ts_next": "x",
        "ts_end": "y",
    },
    "names of variables": {
        "event": "x",
        "tool": "x",
        "line": "x",
        "status": "x",
        "body": "x",
        "most": "0",
        "file": "x",
    },
}


def debugged(
    client: Client, command: list[str | Path], env: dict[str, str], payload: bytes = b""
) -> tuple[int, dict[str, str]]:
    """The exit status and the event of a client that prints nothing else."""
    done = client.run(*command, input=payload, env={"TRACK_SKILLS_DEBUG": "1", **env})
    assert done.stdout == b""
    [line] = done.stderr.splitlines()
    event = json.loads(line)
    return done.returncode, {name: event[name] for name in ("tool_name", "status", "os", "source")}


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_what_is_exported_changes_nothing(client: Client, name: str) -> None:
    env = ENVIRONMENTS[name]
    expected = {"tool_name": "skill", "status": "partial", "os": "linux", "source": "bash"}
    assert debugged(client, ["bash", TRACK, "skill", "--status", "partial"], env) == (0, expected)
    wrapped: list[str | Path] = ["bash", TRACK, "skill", "--", "sh", "-c", "exit 3"]
    assert debugged(client, wrapped, env) == (3, {**expected, "status": "error"})
    hook = {"tool_name": "echo", "status": "success", "os": "linux", "source": "hook"}
    assert debugged(client, ["bash", HOOK], env, PAYLOAD) == (0, hook)


def test_what_is_exported_stops_no_sender(client: Client, collector: Collector) -> None:
    """All of it at once for each of a few files, limits and a stale lock included: all arrive."""
    (client.home / ".curlrc").write_text('proxy = "http://127.0.0.1:1"\nuser-agent = evil\n')
    chosen = [
        name
        for name in ENVIRONMENTS
        if name.split("=")[-1]
        in ("failglob", "nullglob", "noglob", "nounset", "errexit", "noclobber", "pipefail", "dotglob")
        or "=" not in name
    ]
    ids = set()
    for number, name in enumerate(chosen):
        env = {**ENVIRONMENTS[name], "CURL_HOME": str(client.home)}
        client.spool.mkdir(parents=True, exist_ok=True)
        (client.state / "lock").write_text("999999999\n")
        file = client.spool / f"17000000{number:05d}-1-aaaaaaaa.ndjson"
        file.write_text("{}\n")
        tool = name.replace("=", "-").replace("[", "bracket")
        done = client.run("bash", TRACK, tool, env=env)
        assert (done.stdout, done.stderr, done.returncode) == (b"", b"", 0), name
        client.settle()
        assert client.files() == [], name
        ids.add(tool)
        (client.state / "next_post").unlink()
    assert {event["tool_name"] for event in collector.events.values()} == ids
    assert {headers["User-Agent"] for _, _, headers, _ in collector.requests} == {"track-skills"}


@pytest.mark.parametrize("name", ["TIME_STYLE", "every option", "GLOBIGNORE", "function wc", "POSIXLY_CORRECT"])
def test_what_is_exported_moves_no_limit(client: Client, collector: Collector, name: str) -> None:
    collector.stop()
    client.spool.mkdir(parents=True)
    start = int(time.time() * 1000) - 100_000
    for number in range(2200):
        (client.spool / f"{start + number}-1-{number:08x}.ndjson").write_text('{"padding":"' + "x" * 4000 + '"}\n')
    client.run("bash", TRACK, "newest", env=ENVIRONMENTS[name])
    client.settle()
    files = client.files()
    total = sum(file.stat().st_size for file in files)
    assert 8 * 1024 * 1024 - 4096 < total <= 8 * 1024 * 1024
    assert json.loads(files[-1].read_text())["tool_name"] == "newest"


def test_a_wrapped_command_gets_what_was_exported(client: Client) -> None:
    env = {
        "POSIXLY_CORRECT": "1",
        "FUNCNEST": "7",
        "GLOBIGNORE": "x",
        "TMOUT": "9",
        "BASH_COMPAT": "4.2",
        "CDPATH": "/tmp",
    }
    done = client.run("bash", TRACK, "skill", "--", "env", env=env)
    lines = done.stdout.decode().splitlines()
    assert [f"{name}={value}" in lines for name, value in env.items()] == [True] * len(env)
