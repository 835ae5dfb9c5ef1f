"""The spool and the local store: one file for each event in the state folder, written at once and never again.

Protocol: client/CONTRACT.md.
"""

from __future__ import annotations

import os
import time
from contextlib import suppress

from track_skills.events import uuid4
from track_skills.settings import ID_ALPHABET

_NEW_FILE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_CLOEXEC", 0)


def write(home: str, folder: str, line: str) -> None:
    """Write one event's line to a new file of `home`'s `spool` or `local`; OSError if it cannot be written whole."""
    milliseconds, nanoseconds = divmod(time.time_ns(), 1_000_000)
    # The nanoseconds keep the order of events within a millisecond.
    name = f"{milliseconds:013d}-{os.getpid()}-{nanoseconds:05x}{os.urandom(4).hex()}.ndjson"
    path = os.path.join(home, folder, name)
    try:
        _create(path, line)
    except FileNotFoundError:
        make_folders(home, folder)
        _create(path, line)


def is_empty(home: str) -> bool:
    """Return whether nothing waits in the spool under `home`."""
    try:
        return not any(name.endswith(".ndjson") for name in os.listdir(os.path.join(home, "spool")))
    except OSError:
        return True


def read_anonymous_id(home: str) -> str | None:
    """Return the id kept under `home`; None if there is none or it is malformed."""
    try:
        with open(os.path.join(home, "anonymous_id"), encoding="ascii") as file:
            value = file.read(256).rstrip("\n")
    except (OSError, ValueError):
        return None
    return value if 0 < len(value) <= 128 and ID_ALPHABET.issuperset(value) else None


def anonymous_id(home: str) -> str | None:
    """Return the id kept under `home`, made now if there is none; None if it can be neither read nor made."""
    known = read_anonymous_id(home)
    if known:
        return known
    path, made = os.path.join(home, "anonymous_id"), uuid4()
    try:
        make_folders(home)
        _create(path, made)
        return made
    except FileExistsError:
        return _settled_anonymous_id(home, made) if os.access(home, os.W_OK) and os.access(path, os.R_OK) else None
    except OSError:
        return None


def make_folders(home: str, *inner: str) -> None:
    """Make the state folder and some in it, for their user alone; those above it are made as any program makes them."""
    os.makedirs(os.path.dirname(home), exist_ok=True)
    for folder in (home, *(os.path.join(home, name) for name in inner)):
        with suppress(FileExistsError):
            os.mkdir(folder, 0o700)


def _create(path: str, line: str) -> None:
    data = f"{line}\n".encode()
    file = os.open(path, _NEW_FILE, 0o600)
    try:
        written = os.write(file, data)
    except OSError:
        written = 0
    finally:
        os.close(file)
    if written < len(data):
        os.unlink(path)
        raise OSError(f"{written} of {len(data)} bytes written")


def _settled_anonymous_id(home: str, made: str) -> str | None:
    """Return the id that somebody else is just writing; after 100 ms take the file for broken and write `made`."""
    for _ in range(10):
        known = read_anonymous_id(home)
        if known:
            return known
        time.sleep(0.01)
    path = os.path.join(home, "anonymous_id")
    try:
        os.unlink(path)
        _create(path, made)
    except OSError:
        return read_anonymous_id(home)
    return made
