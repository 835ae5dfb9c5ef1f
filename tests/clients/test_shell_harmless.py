"""The shell clients where something is wrong: a damaged file, another shell, a host that leaves stdin open, root."""

from __future__ import annotations

import json
import os
import pty
import shutil
import signal
import stat
import sys
import time
from pathlib import Path

import pytest
from collector import Collector
from processes import CLIENT, HOOK, TRACK, Client, default_signals

SKILL = {
    "hook_event_name": "PostToolUse",
    "tool_name": "Skill",
    "tool_input": {"skill": "my-skill"},
    "tool_use_id": "toolu_1",
}
PAYLOAD = json.dumps(SKILL).encode()
OTHER_SHELLS = [
    pytest.param(command, marks=pytest.mark.skipif(not shutil.which(command[0]), reason=f"no {command[0]}"))
    for command in (["sh"], ["dash"], ["zsh"], ["mksh"], ["busybox", "sh"])
]
WRAPPED = ("skill", "--status", "error", "--", "sh", "-c", 'cat; printf "%s|" "$@"; exit 4', "-", "a b", "--")


def commands_of_hooks() -> list[str]:
    """Every command that the settings to paste and the plugin declare."""
    files = (CLIENT / "hooks" / "settings.json", CLIENT / "plugin" / "hooks" / "hooks.json")
    groups = [group for file in files for event in json.loads(file.read_text())["hooks"].values() for group in event]
    return sorted({hook["command"] for group in groups for hook in group["hooks"]})


def damaged(folder: Path, script: Path, damage: str) -> Path:
    """A copy of the script that something has happened to."""
    text = script.read_bytes()
    path = folder / damage / script.name
    path.parent.mkdir()
    if damage == "crlf":
        path.write_bytes(text.replace(b"\n", b"\r\n"))
    elif damage == "empty":
        path.write_bytes(b"")
    elif damage == "binary":
        path.write_bytes(os.urandom(2000))
    elif damage == "page":
        path.write_bytes(b"<!DOCTYPE html><html><body>404; (not <found>)</body></html>\n")
    elif damage.isdigit():
        path.write_bytes(text[: len(text) * int(damage) // 100])
    return path


DAMAGES = ["crlf", "empty", "binary", "page", "absent", *map(str, range(2, 100, 8)), "99"]


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_hooks_command_never_fails_or_prints(client: Client, tmp_path: Path, damage: str) -> None:
    broken = damaged(tmp_path, HOOK, damage)
    home, plugin = tmp_path / "home of it", tmp_path / "plugin"
    for folder in (home / ".claude" / "hooks", plugin / "hooks"):
        folder.mkdir(parents=True)
        if broken.exists():
            shutil.copy(broken, folder)
    for command in commands_of_hooks():
        env = {"HOME": str(home), "CLAUDE_PLUGIN_ROOT": str(plugin)}
        done = client.run("sh", "-c", command, input=PAYLOAD, env=env)
        assert (done.stdout, done.stderr, done.returncode) == (b"", b"", 0)


def test_a_hooks_command_without_its_folder_or_bash(client: Client, tmp_path: Path) -> None:
    for command in commands_of_hooks():
        for env in ({"HOME": ""}, {"HOME": "/nowhere"}, {"PATH": str(tmp_path)}):
            done = client.run(shutil.which("sh") or "sh", "-c", command, input=PAYLOAD, env=env)
            assert (done.stdout, done.stderr, done.returncode) == (b"", b"", 0)


@pytest.mark.parametrize("damage", [damage for damage in DAMAGES if damage not in ("absent", "binary", "page")])
def test_a_damaged_script_never_blocks(client: Client, tmp_path: Path, damage: str) -> None:
    """2 is what hosts take for a refusal."""
    for script in (HOOK, TRACK):
        folder = tmp_path / script.stem
        folder.mkdir()
        done = client.run("bash", damaged(folder, script, damage), "skill", input=PAYLOAD)
        assert (done.stdout, done.returncode) == (b"", 0)
        if damage in ("crlf", "empty"):
            assert done.stderr == b""


@pytest.mark.parametrize("script", [HOOK, TRACK], ids=["hook", "track"])
def test_a_script_that_is_cut_off_in_its_own_guard(client: Client, tmp_path: Path, script: Path) -> None:
    text = script.read_bytes()
    start = text.index(b"ts_alone() {") + 5
    for end in range(start, start + 1200, 40):
        (tmp_path / "cut.sh").write_bytes(text[:end])
        done = client.run("bash", tmp_path / "cut.sh", "skill", input=PAYLOAD)
        assert (done.stdout, done.returncode) == (b"", 0), text[end - 40 : end]


@pytest.mark.parametrize("damage", ["crlf", "12", "35", "60", "85", "99"])
def test_a_damaged_script_still_runs_the_command(client: Client, tmp_path: Path, damage: str) -> None:
    done = client.run("bash", damaged(tmp_path, TRACK, damage), *WRAPPED, input=b"in")
    assert (done.stdout, done.returncode) == (b"ina b|--|", 4)


@pytest.mark.parametrize("shell", OTHER_SHELLS)
@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_another_shell_finds_bash(
    client: Client, collector: Collector, tmp_path: Path, shell: list[str], ends: str
) -> None:
    script, hook = tmp_path / "_track.sh", tmp_path / "hook.sh"
    for copy, original in ((script, TRACK), (hook, HOOK)):
        copy.write_bytes(original.read_bytes().replace(b"\n", ends.encode()))
    done = client.run(*shell, script, *WRAPPED, input=b"in")
    assert (done.stdout, done.stderr, done.returncode) == (b"ina b|--|", b"", 4)
    done = client.run(*shell, hook, input=PAYLOAD)
    assert (done.stdout, done.stderr, done.returncode) == (b"", b"", 0)
    client.settle()
    assert sorted(event["status"] for event in collector.events.values()) == (
        ["error", "success"] if ends == "\n" else []
    )


@pytest.mark.parametrize("shell", OTHER_SHELLS)
def test_another_shell_without_bash_runs_the_command_alone(client: Client, tmp_path: Path, shell: list[str]) -> None:
    tools = tmp_path / "without bash"
    tools.mkdir()
    for name in ("sh", "cat", "printf"):
        (tools / name).symlink_to(Path(shutil.which(name) or name).resolve())
    program = shutil.which(shell[0]) or shell[0]
    done = client.run(program, *shell[1:], TRACK, *WRAPPED, input=b"in", env={"PATH": str(tools)})
    assert (done.stdout, done.stderr, done.returncode) == (b"ina b|--|", b"", 4)
    done = client.run(program, *shell[1:], TRACK, "skill", env={"PATH": str(tools)})
    assert (done.stdout, done.stderr, done.returncode) == (b"", b"", 0)
    assert client.everything() == []


@pytest.mark.parametrize("shell", ["bash", "zsh"])
def test_sourcing_does_not_end_a_shell(client: Client, shell: str) -> None:
    if not shutil.which(shell):
        pytest.skip(f"no {shell}")
    for script in (TRACK, HOOK):
        done = client.run(shell, "-c", f'. "{script}" skill; trap; echo still here', preexec_fn=default_signals)
        assert (done.stdout, done.stderr, done.returncode) == (b"still here\n", b"", 0)


# Stdin


@pytest.mark.parametrize("size", [0, 100, 1900, 3900, 5000, 70_000, 2_000_000])
@pytest.mark.parametrize("is_open", [True, False])
def test_a_host_that_leaves_stdin_open(client: Client, size: int, is_open: bool) -> None:
    """After a second without more, what there is is all."""
    payload = json.dumps({"padding": "x" * size, **SKILL}).encode()
    process = client.start("bash", HOOK, env={"TRACK_SKILLS_DEBUG": "1"})
    assert process.stdin and process.stderr
    process.stdin.write(payload)
    process.stdin.flush()
    if not is_open:
        process.stdin.close()
    assert process.wait(9) == 0
    event = json.loads(process.stderr.read())
    assert (event["tool_name"], event["event_id"]) == ("my-skill", "toolu_1")
    assert event["request_size_bytes"] == len(json.dumps(SKILL["tool_input"]))


def test_a_host_that_writes_slowly(client: Client) -> None:
    """In parts, but within a second."""
    payload = json.dumps({"padding": "x" * 200_000, **SKILL}).encode()
    process = client.start("bash", HOOK, env={"TRACK_SKILLS_DEBUG": "1"})
    assert process.stdin and process.stderr
    for start in range(0, len(payload), 40_000):
        process.stdin.write(payload[start : start + 40_000])
        process.stdin.flush()
        time.sleep(0.15)
    process.stdin.close()
    assert process.wait(9) == 0
    assert json.loads(process.stderr.read())["event_id"] == "toolu_1"


@pytest.mark.parametrize("cut", [0, 1, 3, 50, 200])
def test_a_payload_of_about_the_size_that_is_read_first(client: Client, cut: int) -> None:
    for size in (2048, 4096, 8000):
        filler = 'x"\\' * 4000
        response = filler[: size - cut]
        payload = json.dumps({**SKILL, "tool_response": {"a": response, "commandName": "ran"}}).encode()
        done = client.run("bash", HOOK, input=payload, env={"TRACK_SKILLS_DEBUG": "1"})
        event = json.loads(done.stderr)
        assert (event["tool_name"], event["event_id"]) == ("ran", "toolu_1")
        assert event["response_size_bytes"] == len(json.dumps({"a": response, "commandName": "ran"}))


def test_stdin_that_says_nothing(client: Client) -> None:
    process = client.start("bash", HOOK)
    assert process.wait(5) == 0
    assert client.everything() == []


# Keys of a terminal


def on_a_terminal(client: Client, track: Path, program: str) -> int:
    """The exit status of a wrapped Python program that is interrupted by its terminal's Ctrl-C once it has printed."""
    pid, terminal = pty.fork()
    if pid == 0:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        os.execvpe("bash", ["bash", str(track), "skill", "--", sys.executable, "-c", program], client.env)
    try:
        shown = b""
        while b"ready" not in shown:
            shown += os.read(terminal, 1000)
        os.write(terminal, b"\x03")
        while True:
            try:
                if not os.read(terminal, 1000):
                    break
            except OSError:
                break
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    finally:
        os.close(terminal)


DIES = "import signal, time\nsignal.signal(2, signal.SIG_DFL)\nprint('ready', flush=True)\ntime.sleep(20)"
HANDLES = (
    "import signal, sys, time\nsignal.signal(2, lambda *_: sys.exit(7))\nprint('ready', flush=True)\ntime.sleep(20)"
)
IGNORES = "import signal, sys, time\nsignal.signal(2, signal.SIG_IGN)\nprint('ready', flush=True)\ntime.sleep(0.2)"


@pytest.fixture(params=["this bash", "an old bash", "an old bash without perl"])
def track(request: pytest.FixtureRequest, tmp_path: Path, client: Client) -> Path:
    """The script, also as bash before 4.4 takes it: the version is asked for in vain."""
    if request.param == "this bash":
        return TRACK
    text = TRACK.read_text().replace("BASH_VERSINFO[0]", "3").replace("BASH_VERSINFO[1]", "2")
    if "without" in request.param:
        text = text.replace("command -v perl", "command -v no-such-perl")
    path = tmp_path / "old_track.sh"
    path.write_text(text)
    client.env["TRACK_SKILLS_CATEGORY"] = "old"
    return path


@pytest.mark.parametrize(("program", "code"), [(DIES, 130), (HANDLES, 7), (IGNORES, 0)])
def test_ctrl_c_is_the_commands(client: Client, collector: Collector, track: Path, program: str, code: int) -> None:
    for _ in range(5):
        assert on_a_terminal(client, track, program) == code
    client.settle()
    assert {event["status"] for event in collector.wait(5)} == {"error" if code else "success"}


def test_signals_reach_a_command_of_an_old_bash(client: Client, tmp_path: Path) -> None:
    text = TRACK.read_text().replace("BASH_VERSINFO[0]", "3").replace("BASH_VERSINFO[1]", "2")
    (tmp_path / "old_track.sh").write_text(text)
    for ignored, code in ((False, 130), (True, 0)):
        before = "trap '' INT; " if ignored else ""
        program = "import time\nprint('ready', flush=True)\ntime.sleep(0.5)" if ignored else DIES
        script = f'{before}exec bash {tmp_path}/old_track.sh skill -- {sys.executable} -c "$1"'
        if ignored:
            script = script.replace("exec ", "")
        process = client.start("bash", "-c", script, "-", program, start_new_session=True)
        assert process.stdout
        assert process.stdout.readline() == b"ready\n"
        os.killpg(process.pid, signal.SIGINT)
        process.communicate(timeout=60)
        assert process.returncode == code


# Root and others


needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="root alone can hand folders to others")


@needs_root
def test_root_makes_nothing_in_the_home_of_another(client: Client, collector: Collector) -> None:
    os.chown(client.home, 12345, 12345)
    client.track("skill")
    client.hook(SKILL)
    assert client.everything() == []
    assert collector.connections == 0


@needs_root
def test_state_of_another_is_left_alone(client: Client, collector: Collector) -> None:
    client.state.mkdir(parents=True)
    os.chown(client.state, 12345, 12345)
    client.track("skill")
    client.hook(SKILL)
    assert list(client.state.iterdir()) == []
    assert collector.connections == 0


def test_folders_that_are_not_ours_get_no_mode_of_ours(client: Client) -> None:
    client.run("bash", "-c", f"umask 022; bash {TRACK} skill")
    client.settle()
    modes = {
        path.name: stat.S_IMODE(path.stat().st_mode) for path in (client.home / ".local").rglob("*") if path.is_dir()
    }
    assert modes == {"state": 0o755, "track-skills": 0o700, "spool": 0o700}
    assert stat.S_IMODE((client.home / ".local").stat().st_mode) == 0o755


# What it costs


def forks(client: Client, script: Path, *arguments: str, payload: bytes = b"", **env: str) -> tuple[int, list[str]]:
    """How many processes a run starts before it returns to its caller, and which programs."""
    log = client.home.parent / "strace.log"
    client.run("strace", "-f", "-o", log, "-e", "trace=process", "bash", script, *arguments, input=payload, env=env)
    client.settle()
    text = log.read_text()
    asked: dict[str, str] = {}
    programs = []
    for line in text.splitlines():
        process = line.split()[0]
        if " execve(" in line:
            asked[process] = line.split('"')[1].rsplit("/", 1)[-1]
        # Where processes take turns, a line is the beginning or the end of what would be one.
        if ("execve(" in line or "execve resumed" in line) and line.endswith("= 0"):
            programs.append(asked[process])
    started = sum(
        " resumed" not in line
        for line in text.splitlines()
        if any(f" {call}(" in line for call in ("fork", "vfork", "clone", "clone3"))
    )
    return started, programs


@pytest.mark.skipif(not shutil.which("strace"), reason="strace is not installed")
def test_processes_on_the_way(client: Client) -> None:
    """With a sender that waits already none is started; a longer payload takes awk, and cat to feed it."""

    def hold() -> None:
        client.state.mkdir(parents=True, exist_ok=True)
        (client.state / "next_post").write_text(f"{int(time.time() * 1000) + 50_000} waiting\n")

    client.track("skill")
    client.settle()
    hold()
    assert forks(client, TRACK, "skill") == (0, ["bash"])
    assert forks(client, HOOK, payload=PAYLOAD) == (0, ["bash"])
    large = json.dumps({**SKILL, "tool_response": {"a": "b c " * 50_000}}).encode()
    count, programs = forks(client, HOOK, payload=large)
    assert (count, programs[0], sorted(programs[1:])) == (2, "bash", ["awk", "cat"])
    assert forks(client, HOOK, payload=PAYLOAD, DO_NOT_TRACK="1") == (0, ["bash"])
