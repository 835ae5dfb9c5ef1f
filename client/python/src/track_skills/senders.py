"""Starts detached processes that send what is in the spool, one at a time."""

from __future__ import annotations

import os
import sys
import time
from contextlib import suppress

_SENDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "sender.py")
# How long a sender waits for further events before it sends, and how far ahead one that failed may
# put the next, in seconds.
_WAIT_SECONDS = 1.0
_BACK_OFF_SECONDS = 10.0
# Senders that are this process's own children, where it is the first of its container.
_children: list[int] = []


def start_soon(home: str) -> None:
    """Start a sender for the state folder `home`, unless one is waiting that will meet all that was recorded until now.

    The time of the file `pending` tells: the last start, or later if that sender failed and wants a pause.
    """
    pending = os.path.join(home, "pending")
    with suppress(FileNotFoundError):
        if -_BACK_OFF_SECONDS <= time.time() - os.stat(pending).st_mtime < _WAIT_SECONDS:
            return
    with suppress(OSError):
        os.close(os.open(pending, os.O_WRONLY | os.O_CREAT, 0o600))
        os.utime(pending)
    start(home, _WAIT_SECONDS)


def start(home: str, wait_seconds: float) -> None:
    """Start a sender for the state folder `home` that waits so many seconds and then sends.

    Between the host and the sender stands a shell that ends at once: the sender is not the host's
    child, so the host never meets a process that it did not start. That takes 0.7 ms, whatever the
    size of the host. Raises OSError if it cannot be started.
    """
    python = sys.executable if os.path.basename(sys.executable or "").startswith(("python", "pypy")) else "python3"
    command = [python, "-I", "-S", _SENDER, str(wait_seconds)]
    environment = {**os.environ, "TRACK_SKILLS_HOME": home}
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
