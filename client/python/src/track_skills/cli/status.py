"""Say whether events are recorded, and why; where they go, and what lies on this machine.

With --json: an object with on, why, endpoint (null: none), key (whether there is one),
anonymous_id (the file, or null), waiting (events to be sent), last_answer (at, status, verdict;
or null), local_store (on, database, events, waiting, limit) and never_collected.
"""

from __future__ import annotations

import argparse
import os

from track_skills import batches, endpoint, events, settings, spool
from track_skills.cli import output, state, store
from track_skills.local import database, uses

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

NEVER = ["prompts", "arguments", "results", "file names and paths", "host and user names", "addresses"]


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add nothing: there is nothing to choose."""


def run(options: argparse.Namespace) -> int:
    """Print what holds."""
    found = _found()
    if options.json:
        output.as_json(found)
        return 0
    local, answer = found["local_store"], found["last_answer"]
    said = f"{answer['status'] or 'none'}, events {answer['verdict']}, at {answer['at']}" if answer else "none yet"
    rows = [
        ("tracking", f"{'on' if found['on'] else 'off'}: {found['why']}"),
        ("collector", found["endpoint"] or "none; nothing is sent"),
        ("key", "given" if found["key"] else "none"),
        ("id file", found["anonymous_id"] or "none yet"),
        ("waiting to be sent", found["waiting"]),
        ("last answer", said),
        ("local store", f"{'on' if local['on'] else 'off'}: {local['database']}"),
        ("uses in it", f"{local['events']}, and {local['waiting']} files of at most {local['limit']} to take in"),
        ("never collected", ", ".join(NEVER)),
    ]
    for name, value in rows:
        output.line(f"{output.colour(f'{name:<20}', 'bold')}{output.cell(value)}")
    return 0


def why() -> tuple[bool, str]:
    """Return whether events are recorded, and the rule that decides it (client/CONTRACT.md, "On or off")."""
    home = state.folder()
    reason = settings.why_off(os.environ, home)
    if reason:
        files = {
            "off": f"the file {os.path.join(home, 'off')} is there (`track-skills on` removes it)",
            "owner": f"{home} belongs to another user",
        }
        return False, files.get(reason, f"{reason} is set")
    return _aim(home)


def last_answer() -> dict[str, Any] | None:
    """Return what the collector last answered: at (ISO 8601), status (0: none) and verdict; None if it is not known."""
    try:
        with open(os.path.join(state.folder(), "last_answer"), encoding="ascii") as file:
            moment, status, verdict = file.read(64).split()
        return {"at": events.iso_timestamp(int(moment)), "status": int(status), "verdict": verdict}
    except (OSError, ValueError, OverflowError):
        return None


def _aim(home: str) -> tuple[bool, str]:
    """Return where events go, if nothing switches them off."""
    if settings.is_true(os.environ.get("TRACK_SKILLS_DEBUG")):
        return True, "TRACK_SKILLS_DEBUG is set: events are printed, and neither kept nor sent"
    if endpoint.base_url(os.environ):
        return True, "there is a collector, and nothing switches it off"
    if settings.keeps_events(os.environ, home):
        return True, "the local store is on, and nothing is sent"
    if os.environ.get("TRACK_SKILLS_ENDPOINT"):
        return False, "TRACK_SKILLS_ENDPOINT is no URL, and the local store is off"
    return False, "TRACK_SKILLS_ENDPOINT is not set, and the local store is off (`track-skills local on`)"


def _found() -> dict[str, Any]:
    home = state.folder()
    is_on, reason = why()
    return {
        "on": is_on,
        "why": reason,
        "endpoint": endpoint.base_url(os.environ),
        "key": endpoint.api_key(os.environ) is not None,
        "anonymous_id": os.path.join(home, "anonymous_id") if spool.read_anonymous_id(home) else None,
        "waiting": len(batches.names(os.path.join(home, "spool"))),
        "last_answer": last_answer(),
        "local_store": {
            "on": settings.keeps_events(os.environ, home),
            "database": store.path(),
            "events": _events(),
            "waiting": uses.waiting(home, with_spool=False),
            "limit": batches.LOCAL_FILES,
        },
        "never_collected": NEVER,
    }


def _events() -> int:
    if not os.path.exists(store.path()):
        return 0
    try:
        with database.opened(store.path()) as connection:
            return database.count(connection)
    except database.DatabaseError as error:
        raise output.CommandError(str(error)) from error
