"""Real agents as processes: where they are installed, and a home, a project and an environment of their own."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.clients.processes import ROOT, Client, default_signals

INSTALLED = ROOT / ".build" / "agents"
SERVER = Path(__file__).parent / "mcp_server.py"
SECONDS = 120  # that a session may take; it needs about five
# Nothing but loopback can be reached. What switches an agent's telemetry off would switch the hook off too.
LOOPBACK_ONLY = {
    "HTTPS_PROXY": "http://127.0.0.1:9",
    "HTTP_PROXY": "http://127.0.0.1:9",
    "NO_PROXY": "127.0.0.1,localhost",
}


def program(agent: str, name: str) -> Path:
    """An installed agent's program, whether it is there or not."""
    return INSTALLED / agent / "node_modules" / ".bin" / name


def write_skill(folder: Path, name: str, body: str = "Say hi.", **more: str) -> None:
    """Write a skill into a folder of skills. more: further lines of its frontmatter, _ for -."""
    lines = {"name": name, "description": f"what {name} does", **more}
    frontmatter = "".join(f"{key.replace('_', '-')}: {value}\n" for key, value in lines.items())
    (folder / name).mkdir(parents=True)
    (folder / name / "SKILL.md").write_text(f"---\n{frontmatter}---\n{body}\n")


def write_json(file: Path, content: object) -> Path:
    """Write JSON, with the folders above it."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(content, indent=2))
    return file


class Host:
    """An agent's home and project. env: what its processes get, and nothing else; project: where they run.

    begun: the file in which the MCP server notes the calls that reached it.
    """

    def __init__(self, client: Client, **env: str) -> None:
        self.client = client
        self.home = client.home
        self.project = client.home / "project"
        self.project.mkdir()
        self.begun = client.home / "begun"
        # Where to send to is told as the guide says, and not by the test's own environment.
        inherited = {name: value for name, value in client.env.items() if name != "TRACK_SKILLS_ENDPOINT"}
        self.env = {**inherited, **LOOPBACK_ONLY, **env}
        self.mcp = {"command": sys.executable, "args": [str(SERVER), str(self.begun)]}

    def start(self, *command: str | Path, stdin: int = subprocess.DEVNULL, **env: str) -> subprocess.Popen[str]:
        """Start a program in a group of its own, with pipes for what it prints."""
        return subprocess.Popen(
            [str(word) for word in command],
            cwd=self.project,
            env={**self.env, **env},
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
            preexec_fn=default_signals,  # noqa: PLW1509
        )

    def run(self, *command: str | Path, **env: str) -> str:
        """Run a program to its good end with an empty stdin; returns what it printed."""
        with self.start(*command, **env) as process:
            try:
                out, err = process.communicate(timeout=SECONDS)
            except subprocess.TimeoutExpired:
                self.client.kill()
                out, err = process.communicate()
                raise AssertionError(f"{command[0]} did not end\n{out[-4000:]}\n{err[-4000:]}") from None
        assert process.returncode == 0, f"{command[0]}: {process.returncode}\n{out[-4000:]}\n{err[-4000:]}"
        return out

    def calls(self) -> list[str]:
        """The MCP tools that were really called, in order."""
        return self.begun.read_text().split() if self.begun.exists() else []


def wait_until(holds: Callable[[], Any], seconds: float = SECONDS) -> None:
    """Returns as soon as something holds; fails after so many seconds."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it did not come"
        time.sleep(0.02)


def deliver(client: Client) -> None:
    """Returns when all that was recorded has been sent: after the hooks that are still at work, and a flush."""
    rest(client)
    client.track("--flush")
    rest(client)


def rest(client: Client, seconds: float = 60) -> None:
    """Returns when nobody is at work any more; a sender that sleeps until it may post again is not."""
    wait_until(lambda: all(_sleeps(number) for number in client.processes()), seconds)


def _sleeps(number: int) -> bool:
    """Whether a process is a sleep, or waits for one."""
    folder = Path(f"/proc/{number}")
    try:
        children = (folder / "task" / str(number) / "children").read_text().split()
        names = [Path(f"/proc/{one}/comm").read_text().strip() for one in (number, *children)]
    except OSError:
        return False  # it has just ended, and is looked for again
    return "sleep" in names
