"""The command `track-skills` as people run it: a process with arguments, streams and an exit code."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import uuid
from pathlib import Path
from typing import Any, NamedTuple

import pytest

PACKAGES = Path(__file__).parents[2] / "client" / "python" / "src"


class Said(NamedTuple):
    """What a run of the command said. code: its exit code."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


class Command:
    """The command in a home of its own, with PATH alone of the machine's variables. env: to be changed between runs."""

    def __init__(self, folder: Path) -> None:
        self.home = folder
        self.state = folder / ".local" / "state" / "track-skills"
        self.env = {"PATH": os.environ["PATH"], "HOME": str(folder), "PYTHONPATH": str(PACKAGES)}

    def start(self, *arguments: str, **options: Any) -> subprocess.Popen[Any]:
        """Starts the command with pipes; options are those of Popen."""
        pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
        line = [sys.executable, "-m", "track_skills", *arguments]
        # A terminal's Ctrl-C reaches a program; a runner in the background may have it ignored for all that it starts.
        taken_back = {"preexec_fn": _take_back_sigint}
        return subprocess.Popen(line, env=self.env, cwd=self.home, **{**pipes, **taken_back, **options})

    def __call__(self, *arguments: str, **options: Any) -> Said:
        process = self.start(*arguments, **options)
        out, err = process.communicate(timeout=300)
        return Said(process.returncode, out, err)


def _take_back_sigint() -> None:
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@pytest.fixture
def command(tmp_path: Path) -> Command:
    home = tmp_path / "home"
    home.mkdir()
    return Command(home)


def lines(count: int) -> list[str]:
    """So many events as clients write them, each with an id of its own."""
    return [
        json.dumps(
            {
                "event_id": str(uuid.uuid4()),
                "timestamp": f"2026-02-09T21:30:{number % 60:02d}.{number % 1000:03d}Z",
                "tool_name": f"skill-{number % 7}",
                "status": "success" if number % 10 else "error",
                "duration_ms": number % 500,
                "agent_id": "claude-code",
                "source": "hook",
            },
            separators=(",", ":"),
        )
        + "\n"
        for number in range(count)
    ]


def put(home: Path, texts: list[str], folder: str = "local") -> list[Path]:
    """Write events to files as clients do, a millisecond apart."""
    (home / folder).mkdir(parents=True, exist_ok=True, mode=0o700)
    first = int(time.time() * 1000) - len(texts)
    paths = [home / folder / f"{first + number:013d}-1-{number:08x}.ndjson" for number in range(len(texts))]
    for path, text in zip(paths, texts, strict=True):
        path.write_text(text)
    return paths
