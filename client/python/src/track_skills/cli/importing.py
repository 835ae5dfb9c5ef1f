"""Take in events of an older store: send them to the collector, each once, or keep them here.

FILE is a database of the older JavaScript tracker (`skill_usage_events`; SQLite, or the SQL that
`wrangler d1 export` writes), a `telemetry.db` of Auto-Skill, or our own export (NDJSON, CSV). With an
endpoint the events go to the collector, without one into the local store. Stopped at any point, the
same command goes on where it was; a file that was taken in is not sent again.
With --json: an object with file, to (the collector, or local) and, in events, new, known, too_old and refused.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import time
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from track_skills import endpoint, settings, spool
from track_skills.cli import output, state
from track_skills.cli.imports import sources
from track_skills.cli.imports.event import event_of
from track_skills.cli.imports.sending import BATCH_EVENTS, Sender
from track_skills.local import database, uses

_OLDEST_SECONDS = 400 * 86_400


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the file."""
    parser.add_argument("file", metavar="FILE", type=Path, help="a SQLite file, an SQL dump, NDJSON or CSV")


def run(options: argparse.Namespace) -> int:
    """Take the file in, and say how many events were new."""
    home = state.folder()
    if settings.why_off(os.environ, home):
        raise output.CommandError("tracking is off, so nothing is taken in: see `track-skills doctor`")
    url = endpoint.base_url(os.environ)
    counts = _to_collector(options.file, url, home) if url else _to_store(options.file, home)
    if options.json:
        output.as_json({"file": str(options.file), "to": url or "local", **counts})
    else:
        where = url or "the local store"
        output.line(f"{counts['new']} new in {where}, {counts['known']} were there already.")
        for name, said in (("too_old", "lie over 400 days back"), ("refused", "have no name or moment that can be")):
            if counts[name]:
                output.line(f"{counts[name]} {said}, and were left out.")
    return 0


def _to_collector(path: Path, url: str, home: str) -> dict[str, int]:
    """Send what is not sent yet; what is done is noted after each answer."""
    note = _Note(home, path, url)
    counts = note.counts
    sender = Sender(url)
    with output.Progress("sent") as progress:
        for batch in _batches(islice(sources.rows(path), note.rows, None)):
            found = [event_of(row) for row in batch]
            events = [event for event in found if event]
            recent = [event for event in events if not _is_too_old(event)]
            answer = sender.send(recent) if recent else {}
            rejected = len(answer.get("rejected", ()))
            counts["new"] += answer.get("accepted", 0)
            counts["known"] += answer.get("duplicates", 0)
            counts["too_old"] += len(events) - len(recent)
            counts["refused"] += len(found) - len(events) + rejected
            note.rows += len(batch)
            note.write()
            progress.at(note.rows)
    return counts


def _to_store(path: Path, home: str) -> dict[str, int]:
    """Add all in one transaction: all of it is there afterwards, or nothing."""
    counts = {"new": 0, "known": 0, "too_old": 0, "refused": 0}
    spool.make_folders(home)
    try:
        with (
            database.opened(os.path.join(home, "telemetry.db")) as connection,
            database.writing(connection),
            output.Progress("taken in") as progress,
        ):
            for number, batch in enumerate(_batches(sources.rows(path))):
                events = [event for event in map(event_of, batch) if event]
                rows = [use for use in map(uses.use_of, events) if use]
                new = database.add(connection, rows)
                counts["new"] += new
                counts["known"] += len(rows) - new
                counts["refused"] += len(batch) - len(rows)
                progress.at(number * BATCH_EVENTS)
    except database.DatabaseError as error:
        raise output.CommandError(str(error)) from error
    return counts


class _Note:
    """How far a file is sent to a collector, kept in the state folder: `rows` of it are done, with these `counts`."""

    def __init__(self, home: str, path: Path, url: str) -> None:
        try:
            with path.open("rb") as file:
                digest = hashlib.sha256(url.encode())
                while part := file.read(1 << 20):
                    digest.update(part)
        except OSError as error:
            raise output.CommandError(f"{path} cannot be read: {error.strerror}") from error
        self._path = os.path.join(home, "imports", f"{digest.hexdigest()[:32]}.json")
        self.rows = 0
        self.counts = {"new": 0, "known": 0, "too_old": 0, "refused": 0}
        spool.make_folders(home, "imports")
        try:
            kept = json.loads(Path(self._path).read_bytes())
            self.rows = int(kept["rows"])
        except (OSError, ValueError, KeyError, TypeError):
            return
        # What was new before is there already now.
        self.counts["known"] = int(kept.get("stored", 0))

    def write(self) -> None:
        """Keep it, whole at any moment."""
        beside = f"{self._path}.{os.getpid()}"
        stored = self.counts["new"] + self.counts["known"]
        try:
            Path(beside).write_text(json.dumps({"rows": self.rows, "stored": stored}))
            os.replace(beside, self._path)
        except OSError as error:
            raise output.CommandError(f"{self._path} cannot be written: {error.strerror}") from error


def _batches(rows: Iterable[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    source = iter(rows)
    while batch := list(islice(source, BATCH_EVENTS)):
        yield batch


def _is_too_old(event: dict[str, Any]) -> bool:
    timestamp: str = event["timestamp"]
    return timestamp < time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(time.time() - _OLDEST_SECONDS))
