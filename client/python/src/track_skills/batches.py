"""What waits in the spool, as the sender takes it: within limits, oldest first, in batches.

Protocol: client/CONTRACT.md.
"""

from __future__ import annotations

import os
import time
from contextlib import suppress

BATCH_EVENTS = 100
BATCH_BYTES = 204_800
SPOOL_BYTES = 8_388_608
SPOOL_SECONDS = 30 * 86_400
INCOMPLETE_SECONDS = 60
LOCAL_FILES = 50_000


def keep_limits(home: str, *, keeps: bool) -> None:
    """Dispose of what is over 30 days old, then of the oldest until 8 MiB is left."""
    spool = os.path.join(home, "spool")
    kept: list[tuple[str, int]] = []
    for name in names(spool):
        if _age(name) > SPOOL_SECONDS:
            dispose(home, name, keeps=keeps)
        else:
            kept.append((name, _size(os.path.join(spool, name))))
    total = sum(size for _, size in kept)
    for name, size in kept:
        if total <= SPOOL_BYTES:
            return
        dispose(home, name, keeps=keeps)
        total -= size


def keep_local_limit(home: str) -> None:
    """Drop the newest of the local store's files above its limit: what is kept stays until it is in the database."""
    local = os.path.join(home, "local")
    for name in names(local)[LOCAL_FILES:]:
        remove(local, name)


def dispose(home: str, name: str, *, keeps: bool) -> None:
    """Move a file of the spool to the local store if that keeps events, else remove it."""
    spool, local = os.path.join(home, "spool"), os.path.join(home, "local")
    if keeps:
        with suppress(OSError):
            with suppress(FileExistsError):
                os.mkdir(local, 0o700)
            os.rename(os.path.join(spool, name), os.path.join(local, name))
            return
    # What was sent must not be sent again, wherever it could not be moved to.
    remove(spool, name)


def read(spool: str, left: list[str], most: int, done: set[str]) -> dict[str, bytes]:
    """Return the next lines to send by file name, `most` at most of those left; add to `done` files not to be sent."""
    batch: dict[str, bytes] = {}
    size = 0
    for name in left:
        content = _content(os.path.join(spool, name))
        if _is_event(content):
            size += len(content)
            if batch and (len(batch) == most or size > BATCH_BYTES):
                break
            batch[name] = content[:-1]
            continue
        done.add(name)
        if is_settled(name, content):
            remove(spool, name)
    return batch


def is_settled(name: str, content: bytes) -> bool:
    """Return whether nothing will be added to a file any more: it has all of its line, or its writer died."""
    return content.endswith(b"\n") or _age(name) > INCOMPLETE_SECONDS


def names(spool: str) -> list[str]:
    """Return the names of the spool's files, oldest first."""
    try:
        return sorted(name for name in os.listdir(spool) if name.endswith(".ndjson"))
    except OSError:
        return []


def recorded_ms(name: str) -> float:
    """Return when the event was recorded, epoch ms, from its file's name; 0 if the name does not say."""
    digits = name.partition("-")[0]
    return int(digits) if digits.isdecimal() else 0


def remove(spool: str, name: str) -> None:
    """Remove a file of the spool, if it can be."""
    with suppress(OSError):
        os.unlink(os.path.join(spool, name))


def _is_event(content: bytes) -> bool:
    """Return whether a file holds a whole line with one JSON object: anything else would spoil its batch."""
    import json

    try:
        # `NaN` is no JSON: int("NaN") refuses it.
        return content.endswith(b"}\n") and isinstance(json.loads(content.decode(), parse_constant=int), dict)
    except (ValueError, RecursionError):
        return False


def _age(name: str) -> float:
    return time.time() - recorded_ms(name) / 1000


def _size(path: str) -> int:
    try:
        return os.stat(path).st_size
    except OSError:
        return 0


def _content(path: str) -> bytes:
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError:
        return b""
