"""Runs the Python and JavaScript clients as their users do: in processes and environments of their own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from processes import ROOT, marked

from tests.vectors import VECTORS


def run(command: Sequence[str | Path], environment: dict[str, str], **options: Any) -> subprocess.CompletedProcess[str]:
    """Run a command and wait until it ends; its streams are captured."""
    options = {"capture_output": True, "text": True, "timeout": 60, **options}
    return subprocess.run(command, check=False, env=environment, **options)


@dataclass(frozen=True)
class Client:
    """A client by its language: how to run code of it, and what the code must say first."""

    language: str
    command: tuple[str, ...]
    preamble: str

    def run(self, code: str, environment: dict[str, str], **options: Any) -> subprocess.CompletedProcess[str]:
        """Run code with the client's functions at hand."""
        return run([*self.command, self.preamble + code], environment, **options)

    def start(self, code: str, environment: dict[str, str], **options: Any) -> subprocess.Popen[bytes]:
        return subprocess.Popen([*self.command, self.preamble + code], env=environment, **options)

    def track(self, environment: dict[str, str], times: int = 1) -> None:
        """Record so many successes in one short process."""
        loops = {
            "python": f"for _ in range({times}): track('skill', status='success')",
            "js": f"for (let i = 0; i < {times}; i++) track('skill', {{status: 'success'}})",
        }
        assert self.run(loops[self.language], environment).returncode == 0

    def drive(self, steps: list[dict[str, Any]], environment: dict[str, str]) -> list[dict[str, Any]]:
        """Run steps in one process: each names its home, variables, a name and fields; return what each left behind."""
        path = ROOT / "tests" / "clients" / {"python": "drive.py", "js": "js/drive.mjs"}[self.language]
        done = run([self.command[0], path], environment, input=json.dumps(steps))
        assert (done.returncode, done.stderr) == (0, ""), done.stderr
        results: list[dict[str, Any]] = json.loads(done.stdout)
        return results


PYTHON = Client("python", (sys.executable, "-c"), "from track_skills import *\n")
# The program itself: a wrapper before it would hide signals and cost time.
NODE = subprocess.check_output(["node", "-p", "process.execPath"], text=True).strip()
JS_ENTRY = (ROOT / "client" / "js" / "node.js").as_uri()
JS = Client(
    "js",
    (NODE, "--input-type=module", "-e"),
    f"import {{ track, trackSkillExecution, flush, isDisabled }} from {json.dumps(JS_ENTRY)};\n",
)


def environment(home: Path, endpoint: str = "http://127.0.0.1:9", **more: str) -> dict[str, str]:
    """A clean environment: CI would switch every client off."""
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(home.parent),
        "PYTHONPATH": str(ROOT / "client" / "python" / "src"),
        "TRACK_SKILLS_HOME": str(home),
        "TRACK_SKILLS_ENDPOINT": endpoint,
        **more,
    }


def hold(home: Path) -> None:
    """Let clients record under `home` without starting a sender: as if one waited, in a pause after a failure."""
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    moment = int(time.time() * 1000) + 1000 * VECTORS["limits"]["pause_seconds"]
    (home / "next_post").write_text(f"{moment} waiting\n")


def spool(home: Path) -> list[Path]:
    return sorted((home / "spool").glob("*.ndjson"))


def fill(home: Path, count: int, *, size: int = 300, first_ms: int | None = None) -> list[str]:
    """Put so many events of `size` bytes into the spool, one millisecond apart; returns their ids, oldest first."""
    (home / "spool").mkdir(parents=True, exist_ok=True, mode=0o700)
    first = first_ms or int(time.time() * 1000) - count
    ids = []
    for number in range(count):
        ids.append(str(uuid.uuid4()))
        event = {"event_id": ids[-1], "tool_name": "skill", "status": "success", "padding": ""}
        event["padding"] = "x" * (size - 1 - len(json.dumps(event)))
        (home / "spool" / f"{first + number:013d}-1-{number:08x}.ndjson").write_text(json.dumps(event) + "\n")
    return ids


def senders(*homes: Path, others: set[str] | None = None) -> list[int]:
    """The processes that run for these state folders. others: as `marked` has them."""
    return marked({f"TRACK_SKILLS_HOME={home}".encode() for home in homes}, others)


def wait_for_senders(*homes: Path, seconds: float = 60) -> None:
    """Return once eight looks found no process of these folders: while one starts, its environment is not seen."""
    ends = time.monotonic() + seconds
    unseen = 0
    others: set[str] = set()
    while unseen < 8:
        assert time.monotonic() < ends, f"senders {senders(*homes)} still run"
        unseen = 0 if senders(*homes, others=others) or senders(*homes) else unseen + 1
        time.sleep(0.02)


def kill_senders(*homes: Path) -> None:
    for pid in senders(*homes):
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue


def flush(client: Client, home: Path, endpoint: str) -> None:
    """Flush and wait until the sender has ended."""
    done = client.run("flush()", environment(home, endpoint))
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    wait_for_senders(home)
