"""Become someone new: forget this machine's random id; the next event makes another one.

With --erase, the collector deletes the old id's events first; where it does not, nothing is changed. With --json: an
object with reset (whether there was an id) and deleted (events; null without --erase).
"""

from __future__ import annotations

import argparse
import contextlib
import glob
import json
import os

from track_skills import batches, endpoint, posting, settings, spool
from track_skills.cli import output, state, status


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add --erase."""
    parser.add_argument("--erase", action="store_true", help="have the collector delete the old id's events first")


def run(options: argparse.Namespace) -> int:
    """Erase if asked to, then remove the file."""
    home = state.folder()
    old = spool.read_anonymous_id(home)
    deleted = _erased(home, old) if options.erase and old else None
    state.unmark("anonymous_id")
    if options.json:
        output.as_json({"reset": old is not None, "deleted": deleted})
        return 0
    output.line("The id is forgotten; the next event makes a new one." if old else "There was no id.")
    if deleted is not None:
        output.line(f"The collector deleted {deleted} events of the old one.")
    return 0


def _erased(home: str, old: str) -> int:
    """Return how many events the collector deleted; those that wait here with that id are never sent."""
    if not endpoint.base_url(os.environ):
        raise output.CommandError(f"nothing can be erased: {status.why()[1]}")
    answer = posting.ask("DELETE", "/api/user", json.dumps({"anonymous_id": old}).encode())
    try:
        said = json.loads(answer.body.decode())
    except (ValueError, RecursionError):
        said = None
    if not isinstance(said, dict) or said.get("success") is not True:
        words = f"answered {answer.status}" if answer.status else "did not answer"
        raise output.CommandError(f"the collector {words}: nothing was erased, and the id is still the same")
    keeps = settings.keeps_events(os.environ, home)
    for name in batches.names(os.path.join(home, "spool")):
        batches.dispose(home, name, keeps=keeps)
    for path in glob.glob(os.path.join(glob.escape(home), "sessions", "*.json")):
        with contextlib.suppress(OSError):
            os.unlink(path)
    return int(said.get("deleted") or 0)
