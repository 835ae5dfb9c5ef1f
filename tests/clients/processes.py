"""Clients as real processes: with a clean environment and a state folder of their own."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import time
import uuid
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
CLIENT = ROOT / "client"
TRACK = CLIENT / "_track.sh"
HOOK = CLIENT / "hooks" / "track-skills-hook.sh"
MARK = "TRACK_SKILLS_TEST_RUN"
# How _track.sh is told a field.
OPTIONS = {
    "status": "--status",
    "duration_ms": "--duration-ms",
    "tool_category": "--category",
    "error_type": "--error-type",
    "trigger": "--trigger",
    "tool_version": "--tool-version",
}


class Client:
    """Processes of a client with one state folder, one environment and no other variable than PATH and HOME.

    env: may be changed between runs. home: its HOME. state: the state folder, which it makes itself.
    """

    def __init__(self, folder: Path, endpoint: str) -> None:
        self.home = folder / "home"
        self.home.mkdir()
        self.state = self.home / ".local" / "state" / "track-skills"
        self.spool = self.state / "spool"
        self.mark = uuid.uuid4().hex
        self.env = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.home),
            "TRACK_SKILLS_ENDPOINT": endpoint,
            MARK: self.mark,
        }
        self._started: list[subprocess.Popen[bytes]] = []

    def start(
        self, *arguments: str | Path, env: dict[str, str] | None = None, **options: Any
    ) -> subprocess.Popen[bytes]:
        """Starts a process with pipes; options are those of Popen."""
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        process = subprocess.Popen(
            [str(argument) for argument in arguments],
            env={**self.env, **(env or {})},
            cwd=self.home,
            **{**pipes, **options},
        )
        self._started.append(process)
        return process

    def run(
        self, *arguments: str | Path, input: bytes = b"", env: dict[str, str] | None = None, **options: Any
    ) -> subprocess.CompletedProcess[bytes]:
        process = self.start(*arguments, env=env, **options)
        out, err = process.communicate(input, timeout=60)
        return subprocess.CompletedProcess(process.args, process.returncode, out, err)

    def track(self, *arguments: str, **options: Any) -> subprocess.CompletedProcess[bytes]:
        """Runs _track.sh, which must be silent and end with 0."""
        done = self.run("bash", TRACK, *arguments, **options)
        assert (done.stdout, done.stderr, done.returncode) == (b"", b"", 0)
        return done

    def hook(self, payload: object, **options: Any) -> None:
        """Runs the hook on a payload (bytes, or an object as JSON); it must be silent and end with 0."""
        data = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
        done = self.run("bash", HOOK, input=data, **options)
        assert (done.stdout, done.stderr, done.returncode) == (b"", b"", 0)

    def leaves_something(self, case: dict[str, Any], state: Path, *command: str | Path, input: bytes = b"") -> bool:
        """Runs a silent command in the circumstances of an opt-out case; whether it left anything in `state`."""
        state.mkdir(mode=0o700)
        if case["off_file"]:
            (state / "off").touch()
        env = {**self.env, "TRACK_SKILLS_HOME": str(state), **case["env"]}
        if "HOME" in case["unset"] or case["env"].get("HOME") == "":
            del env["TRACK_SKILLS_HOME"]
        for name in case["unset"]:
            del env[name]
        done = subprocess.run([str(word) for word in command], input=input, env=env, capture_output=True, check=True)
        assert (done.stdout, done.stderr) == (b"", b""), case
        return any(path.name != "off" for path in state.iterdir())

    def flush(self) -> None:
        """Flushes until no sender is left."""
        self.settle()
        self.track("--flush")
        self.settle()

    def files(self) -> list[Path]:
        return sorted(self.spool.glob("*.ndjson"))

    def spooled(self) -> list[dict[str, Any]]:
        return [json.loads(file.read_text()) for file in self.files()]

    def everything(self) -> list[Path]:
        return sorted(self.home.rglob("*"))

    def processes(self, others: set[str] | None = None) -> list[int]:
        """The living processes that were started from here. others: as `marked` has them."""
        return marked({f"{MARK}={self.mark}".encode()}, others)

    def settle(self, seconds: float = 60) -> None:
        """Returns as soon as no process is left; a sender that waits for its moment is woken."""
        end = time.monotonic() + seconds
        others: set[str] = set()
        while numbers := self.processes(others) or self.processes():
            for number in numbers:
                if _command(number)[:1] == ["sleep"] and _command(number) != ["sleep", "1"]:
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(number, signal.SIGTERM)
            assert time.monotonic() < end, "a process outlived its time"
            time.sleep(0.01)

    def kill(self) -> None:
        """Kills every process that was started from here."""
        for number in self.processes():
            try:
                os.kill(number, signal.SIGKILL)
            except ProcessLookupError:
                continue

    def close(self) -> None:
        """Leaves no process and no open pipe behind, also where a test has failed."""
        self.kill()
        for process in self._started:
            with process:
                process.kill()


def marked(marks: set[bytes], others: set[str] | None = None) -> list[int]:
    """The living processes that have one of these variables in their environment. others: those that were seen to have
    none and are passed over, which costs less; one of them may have got it since, so nobody is gone by that alone.
    """
    found = []
    others = set() if others is None else others
    for name in os.listdir("/proc"):  # noqa: PTH208 - it is asked a hundred times a second
        if name.isdigit() and name not in others:
            try:
                environment = Path(f"/proc/{name}/environ").read_bytes()
            except OSError:
                continue
            if not marks.isdisjoint(environment.split(b"\0")):
                found.append(int(name))
            elif environment:  # none yet: it is just starting
                others.add(name)
    return found


def _command(number: int) -> list[str]:
    """The command line of a process, empty when it is gone."""
    try:
        return Path(f"/proc/{number}/cmdline").read_text().split("\0")[:-1]
    except OSError:
        return []


def default_signals() -> None:
    """Takes back, in a child, what a runner that ignores signals passes on (nohup, a job in the background)."""
    for number in (signal.SIGHUP, signal.SIGINT, signal.SIGQUIT):
        signal.signal(number, signal.SIG_DFL)
