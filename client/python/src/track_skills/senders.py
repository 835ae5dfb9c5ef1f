"""Starts detached processes that send what is in the spool, one at a time."""

from __future__ import annotations

import os
import sys
from contextlib import suppress

from track_skills import pace

# What a sender runs: the standard library stands first on its path, whatever lies beside this package.
_RUN = "import sys; sys.path.append(sys.argv[1]); from track_skills.sender import main; main(*sys.argv[2:])"
_PACKAGES = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
# What is meant for the host's own Python: settings, and tools that measure its coverage.
_NOT_FOR_SENDERS = ("PYTHON", "COVERAGE_", "COV_CORE_")
# Senders that are this process's own children, where it is the first of its container.
_children: list[int] = []


def start_soon(home: str) -> None:
    """Start a sender for the state folder `home`, unless one is on its way that takes along what was just recorded."""
    moment = pace.claim(home)
    if moment is not None:
        _start(home, moment)


def tidy_soon(home: str) -> None:
    """Start what looks after the local store's limit where there is no collector, once in a minute at most."""
    if pace.is_due(home):
        pace.write(home, pace.now_ms() + pace.PAUSE_MS)
        _start(home, 0)


def start_now(home: str) -> None:
    """Start a sender for the state folder `home` that sends at once."""
    pace.write(home, pace.now_ms() + pace.INTERVAL_MS)
    _start(home, 0)


def _start(home: str, moment_ms: int) -> None:
    """Start a sender that waits for the moment (epoch ms, 0: now) and then sends; OSError if it cannot be started.

    Between the host and the sender stands a shell that ends at once: the sender is not the host's
    child, so the host never meets a process that it did not start. That takes 0.7 ms, whatever the
    size of the host.
    """
    python = sys.executable if os.path.basename(sys.executable or "").startswith(("python", "pypy")) else "python3"
    command = [python, "-I", "-S", "-c", _RUN, _PACKAGES, home, str(moment_ms)]
    kept = {name: value for name, value in os.environ.items() if not name.startswith(_NOT_FOR_SENDERS)}
    environment = {**kept, "TRACK_SKILLS_HOME": home}
    if sys.platform == "win32":
        _start_on_windows(command, environment)
    elif os.getpid() == 1:
        _start_as_child(command, environment)
    else:
        os.waitpid(_spawn(["/bin/sh", "-c", '"$@" &', "sh", *command], environment), 0)


def _spawn(command: list[str], environment: dict[str, str]) -> int:
    """Return the id of a process in a group of its own, its streams on /dev/null."""
    null = [(os.POSIX_SPAWN_OPEN, stream, os.devnull, os.O_RDWR, 0) for stream in (0, 1, 2)]
    return os.posix_spawnp(command[0], command, environment, file_actions=null, setpgroup=0)


def _start_as_child(command: list[str], environment: dict[str, str]) -> None:
    """Start a sender from a container's first process, and take leave of the one before.

    That process would inherit it anyway.
    """
    for child in list(_children):
        with suppress(ChildProcessError):
            if os.waitpid(child, os.WNOHANG) == (0, 0):
                continue
        _children.remove(child)
    _children.append(_spawn(command, environment))


def _start_on_windows(command: list[str], environment: dict[str, str]) -> None:
    if sys.platform == "win32":
        import subprocess

        null = subprocess.DEVNULL
        flags = subprocess.DETACHED_PROCESS | subprocess.CREATE_NEW_PROCESS_GROUP
        subprocess.Popen(command, env=environment, stdin=null, stdout=null, stderr=null, creationflags=flags)
