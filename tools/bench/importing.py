"""What `track-skills import` takes for the events of an older tracker, beside the collector taking them in alone."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2] / "client" / "python" / "src"))
from track_skills.cli.imports import sources
from track_skills.cli.imports.event import event_of
from track_skills.cli.imports.sending import BATCH_EVENTS

from tools.bench.server import Client, Server
from tools.bench.strangers import allowed
from tools.bench.table import Row, at_most
from tools.embedded.runtime import ROOT

EVENTS, TOOLS, PEOPLE, DAYS = 100_000, 200, 500, 80
DAY = 86_400
PORT = 8962
KEY = "bench"
PACKAGE = ROOT / "client" / "python" / "src"
_TABLE = """CREATE TABLE skill_usage_events (
  id INTEGER PRIMARY KEY AUTOINCREMENT, user_id_hash TEXT NOT NULL, tool_name TEXT NOT NULL, tool_category TEXT,
  timestamp DATETIME DEFAULT CURRENT_TIMESTAMP, duration_ms INTEGER, status TEXT NOT NULL, error_type TEXT,
  error_message TEXT, request_size_bytes INTEGER, response_size_bytes INTEGER, metadata TEXT)"""
_FILL = """
  WITH RECURSIVE number (it) AS (SELECT 0 UNION ALL SELECT it + 1 FROM number WHERE it + 1 < :events)
  INSERT INTO skill_usage_events (user_id_hash, tool_name, tool_category, timestamp, duration_ms, status, error_type)
  SELECT 'person-' || it % :people, 'tool-' || it % :tools, 'skill',
    datetime(:end - :days * 86400 + it * (:days * 86400.0 / :events), 'unixepoch'), it % 5000,
    iif(it % 20, 'success', 'error'), iif(it % 20, NULL, 'TypeError')
  FROM number"""


def run() -> list[Row]:
    """The same events by the command and as ready requests, each into a database of its own.

    Raises RuntimeError where they are not stored exactly once, also after they are imported again.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "older.sqlite"
        _fill(path)
        with _collector() as server:
            command = _by_command(path, Path(folder), server)
        with _collector() as server:
            alone = _alone(path, server)
    return [Row(f"import of {EVENTS:,} events, elapsed, beside the collector alone", command, "s", alone, at_most(120))]


def _collector() -> Server:
    """A collector as it is deployed; its key lifts the limits of one that is open."""
    return Server(PORT, variables={**allowed(), "TRACK_API_KEY": KEY})


def _by_command(path: Path, home: Path, server: Server) -> float:
    started = time.perf_counter()
    first = _import(path, home)
    seconds = time.perf_counter() - started
    for note in (home / "imports").iterdir():
        note.unlink()  # so that all of it is sent again
    again = _import(path, home)
    found = (first["new"], again["new"], again["known"], _stored(server))
    if found != (EVENTS, 0, EVENTS, EVENTS):
        raise RuntimeError(f"Not exactly once: new, new and known of the second time, and stored are {found}.")
    return seconds


def _alone(path: Path, server: Server) -> float:
    """What the collector takes for the same requests, one after another, which lie ready."""
    bodies = list(_bodies(path))
    with Client(PORT, KEY) as client:
        started = time.perf_counter()
        for body in bodies:
            client.send("POST", "/api/track", body)
        seconds = time.perf_counter() - started
    if _stored(server) != EVENTS:
        raise RuntimeError("The collector did not take everything.")
    return seconds


def _bodies(path: Path) -> Iterator[dict[str, Any]]:
    rows = sources.rows(path)
    while batch := [event_of(row) for row in islice(rows, BATCH_EVENTS)]:
        yield {"events": batch}


def _import(path: Path, home: Path) -> dict[str, int]:
    env = {
        "PATH": os.environ["PATH"],
        "TRACK_SKILLS_HOME": str(home),
        "TRACK_SKILLS_ENDPOINT": f"http://127.0.0.1:{PORT}",
        "TRACK_SKILLS_API_KEY": KEY,
        "PYTHONPATH": str(PACKAGE),
    }
    command = [sys.executable, "-m", "track_skills", "import", str(path), "--json"]
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stdout + done.stderr)
    counts: dict[str, int] = json.loads(done.stdout)
    return counts


def _stored(server: Server) -> int:
    with closing(sqlite3.connect(server.database_file())) as database:
        return int(database.execute("SELECT count(*) FROM skill_usage_events").fetchone()[0])


def _fill(path: Path) -> None:
    with closing(sqlite3.connect(path)) as older, older:
        older.execute(_TABLE)
        values = {"events": EVENTS, "people": PEOPLE, "tools": TOOLS, "days": DAYS, "end": int(time.time()) - DAY}
        older.execute(_FILL, values)
