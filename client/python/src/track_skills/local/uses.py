"""Takes what clients wrote down into the database: each event once, and no file away before it is in there.

Protocol: client/CONTRACT.md, "The local store".
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Callable, Mapping
from itertools import islice

from track_skills import batches, settings
from track_skills.local import database

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_AT_ONCE = 5_000
_LARGEST = 2**53 - 1
_LABELS = ("agent_id", "tool_category", "error_type", "tool_version", "source", "os", "runtime", "trigger")
_NUMBERS = ("duration_ms", "request_size_bytes", "response_size_bytes")


def take_in(
    connection: sqlite3.Connection,
    home: str,
    *,
    with_spool: bool = True,
    progress: Callable[[int], None] = lambda _: None,
) -> int:
    """Take what lies in the state folder `home` into the database, and return how many uses were new.

    Files of `local/` are removed once they are in there, those of `spool/` are left to the sender.
    Killed at any moment, or at work twice, it loses nothing and takes nothing in twice. `progress` is
    told how many files are done.
    """
    new = done = 0
    for folder in _folders(with_spool=with_spool):
        path = os.path.join(home, folder)
        names = iter(batches.names(path))
        while chunk := list(islice(names, _AT_ONCE)):
            done += len(chunk)
            new += _take_in(connection, path, chunk, is_kept=folder == "spool")
            progress(done)
    return new


def waiting(home: str, *, with_spool: bool = True) -> int:
    """Return how many files the next taking in looks at."""
    return sum(len(batches.names(os.path.join(home, folder))) for folder in _folders(with_spool=with_spool))


def use_of(event: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return an event of the clients as a use by column; None if it has no id, no name or no moment.

    A value that does not fit its rule is left out. The message of an error never gets into the database.
    """
    name, key, timestamp = event.get("tool_name"), event.get("event_id"), event.get("timestamp")
    if not settings.is_name(name) or not _is_text(key, 128) or not _is_text(timestamp, 40):
        return None
    category = event.get("tool_category")
    use = {
        "id": key,
        "skill_id": f"{category}/{name}" if _is_text(category, 64) else name,
        "skill_name": name,
        "outcome": event["status"] if _is_text(event.get("status"), 16) else "unknown",
        "timestamp": timestamp,
        "test": int(event.get("test") is True),
    }
    if _is_text(event.get("session_id"), 128):
        use["session_id"] = event["session_id"]
    use.update((column, event[column]) for column in _LABELS if _is_text(event.get(column), 64))
    use.update((column, event[column]) for column in _NUMBERS if _is_number(event.get(column)))
    return use


def _folders(*, with_spool: bool) -> tuple[str, ...]:
    return ("local", "spool") if with_spool else ("local",)


def _take_in(connection: sqlite3.Connection, folder: str, names: list[str], *, is_kept: bool) -> int:
    uses, done = [], []
    for name in names:
        content = _content(os.path.join(folder, name))
        if content is None:
            continue
        use = _parsed(content)
        if use:
            uses.append(use)
        if use or batches.is_settled(name, content):
            done.append(name)
    with database.writing(connection):
        new = database.add(connection, uses)
    for name in [] if is_kept else done:
        batches.remove(folder, name)
    return new


def _parsed(content: bytes) -> dict[str, Any] | None:
    """Return the use that a file holds; None if it holds none, or not yet all of it."""
    if not content.endswith(b"\n"):
        return None
    try:
        event = json.loads(content.decode())
    except (ValueError, RecursionError):
        return None
    return use_of(event) if isinstance(event, dict) else None


def _content(path: str) -> bytes | None:
    try:
        with open(path, "rb") as file:
            return file.read(65_536)
    except OSError:
        return None


def _is_text(value: object, longest: int) -> bool:
    return isinstance(value, str) and 0 < len(value) <= longest and settings.NAME_ALPHABET.issuperset(value)


def _is_number(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= _LARGEST
