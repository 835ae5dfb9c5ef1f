"""What the local store costs: the clients with it on, taking in what they wrote, a report, and the command's start."""

from __future__ import annotations

import json
import os
import resource
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TypeVar

sys.path.insert(0, str(Path(__file__).parents[2] / "client" / "python" / "src"))
sys.path.insert(0, str(Path(__file__).parents[2] / "tests" / "clients"))
from collector import Collector
from inprocess import JS, PYTHON, kill_senders
from inprocess import environment as of_client
from processes import CLIENT, TRACK, Client
from track_skills.local import database

from tools.bench.clients_inprocess import LOOPS
from tools.bench.table import Row, at_most, at_most_times

Value = TypeVar("Value")
FILES, EVENTS, SKILLS = 10_000, 1_000_000, 200
RUNS, STARTS = 5, 40
PACKAGE = CLIENT / "python" / "src"


def run() -> list[Row]:
    """Every figure, each beside what the same machine takes for the least that it could be."""
    return [*_start(), _take_in(), _add(), _report(), *_clients()]


def _start() -> Iterator[Row]:
    """The command's own start beside that of a bare Python, CPU time and wall-clock time."""
    with tempfile.TemporaryDirectory() as home:
        turns = [(_python("-c", "pass", home=home), _command("status", home=home)) for _ in range(STARTS)]
    for place, what in enumerate(("CPU time", "elapsed")):
        bare, own = (statistics.median(turn[who][place] for turn in turns) for who in (0, 1))
        yield Row(f"track-skills status, {what}, beside python -c pass", own, "ms", bare, at_most(100))


def _take_in() -> Row:
    """10,000 files of clients into the database, beside reading them and removing them."""
    times: list[tuple[float, float]] = []
    for _ in range(RUNS):
        with tempfile.TemporaryDirectory() as home:
            local = Path(home) / "local"
            _write(local)
            _, least = _elapsed(partial(_read_and_remove, local))
            _write(local)
            _, own = _command("report", "--json", home=home)
            if any(local.iterdir()):
                raise RuntimeError("Not everything was taken in.")
            times.append((least, own))
    least, own = (statistics.median(column) for column in zip(*times, strict=True))
    return Row(f"taking in {FILES:,} files, elapsed, beside reading and removing them", own, "ms", least, at_most(3000))


def _report() -> Row:
    """A report over 1,000,000 uses, beside adding them up by plain SQL."""
    with tempfile.TemporaryDirectory() as home:
        path = Path(home) / "telemetry.db"
        _fill(path)
        _command("report", "--json", home=home)  # adds up what it finds, as in a database of an older store
        times = []
        for _ in range(RUNS):
            _, plain = _elapsed(lambda: _grouped(path))
            _, own = _command("report", "--json", home=home)
            times.append((plain, own))
    plain, own = (statistics.median(column) for column in zip(*times, strict=True))
    return Row(f"report over {EVENTS:,} uses, elapsed, beside plain SQL", own, "ms", plain, at_most(300))


def _add() -> Row:
    """What adding uses takes where there are 1,000,000, beside where there are none: CPU time."""
    with tempfile.TemporaryDirectory() as home:
        many, none = Path(home) / "many.db", Path(home) / "none.db"
        _fill(many)
        times: dict[Path, list[float]] = {none: [], many: []}
        for path in (*times,) * RUNS:
            if path == none:
                none.unlink(missing_ok=True)
            with database.opened(str(path)) as connection:
                started = time.process_time()
                with database.writing(connection):
                    database.add(connection, _uses(FILES))
                times[path].append((time.process_time() - started) * 1000)
    to_none, to_many = (statistics.median(column) for column in times.values())
    figure = f"adding {FILES:,} uses to {EVENTS:,}, CPU time, beside adding them to none"
    return Row(figure, to_many, "ms", to_none, at_most_times(2))


def _uses(count: int) -> Iterator[dict[str, object]]:
    for number in range(count):
        skill = f"skill-{number % SKILLS}"
        moment = f"2026-11-09T21:{number // 60 % 60:02d}:{number % 60:02d}.000Z"
        yield {
            "id": str(uuid.uuid4()),
            "skill_id": skill,
            "skill_name": skill,
            "outcome": "success",
            "timestamp": moment,
        }


def _clients() -> Iterator[Row]:
    """What a call takes with the local store on, beside the same with it off, by turns."""
    with Collector() as collector:
        taken: dict[str, list[float]] = {"": [], "1": []}
        with tempfile.TemporaryDirectory() as folder:
            client = Client(Path(folder), collector.url)
            for local in (*taken,) * STARTS:
                client.env["TRACK_SKILLS_LOCAL"] = local
                _, elapsed = _elapsed(lambda: client.run("bash", TRACK, "skill"))
                taken[local].append(elapsed)
            client.kill()
        yield _on_beside_off("_track.sh NAME, median", taken)
        for code in (PYTHON, JS):
            times: dict[str, list[float]] = {"": [], "1": []}
            for local in (*times,) * 2:
                with tempfile.TemporaryDirectory() as folder:
                    home = Path(folder) / "state"
                    env = {**of_client(home, collector.url), "TRACK_SKILLS_LOCAL": local}
                    times[local] += json.loads(code.run(LOOPS[code.language], env).stdout)
                    kill_senders(home)
            yield _on_beside_off(f"{code.language} track(), median", times)


def _on_beside_off(figure: str, times: dict[str, list[float]]) -> Row:
    on, off = statistics.median(times["1"]), statistics.median(times[""])
    return Row(f"{figure}, local store on, beside off", on, "ms", off, at_most_times(1.1))


def _read_and_remove(folder: Path) -> None:
    for file in folder.iterdir():
        file.read_bytes()
        file.unlink()


def _write(folder: Path) -> None:
    folder.mkdir(mode=0o700, exist_ok=True)
    now = int(time.time() * 1000)
    for number in range(FILES):
        event = {
            "event_id": str(uuid.uuid4()),
            "timestamp": "2026-02-09T21:30:00.123Z",
            "tool_name": f"skill-{number % SKILLS}",
            "tool_category": "skill",
            "status": "success",
            "duration_ms": number,
            "agent_id": "claude-code",
            "source": "hook",
        }
        line = json.dumps(event, separators=(",", ":"))
        (folder / f"{now + number}-1-{number:08x}.ndjson").write_text(f"{line}\n")


def _fill(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute(database.TABLE)
        connection.execute(
            """
            WITH RECURSIVE number (it) AS (SELECT 1 UNION ALL SELECT it + 1 FROM number WHERE it < ?)
            INSERT INTO skill_telemetry (id, skill_id, skill_name, outcome, timestamp, duration_ms, agent_id)
            SELECT 'use-' || it, 'skill-' || it % ?2, 'skill-' || it % ?2, iif(it % 20, 'success', 'error'),
              strftime('%Y-%m-%dT%H:%M:%S.000Z', 1770000000 + it, 'unixepoch'), it % 5000, 'claude-code'
            FROM number
            """,
            (EVENTS, SKILLS),
        )
    connection.close()


def _grouped(path: Path) -> list[tuple[object, ...]]:
    connection = sqlite3.connect(path)
    rows = connection.execute(
        "SELECT skill_name, count(*), sum(outcome = 'success'), avg(duration_ms), min(timestamp), max(timestamp)"
        " FROM skill_telemetry GROUP BY skill_name"
    ).fetchall()
    connection.close()
    return rows


def _command(*arguments: str, home: str) -> tuple[float, float]:
    return _python("-m", "track_skills", *arguments, home=home)


def _python(*arguments: str, home: str) -> tuple[float, float]:
    """CPU time and elapsed time of a Python process, milliseconds."""
    env = {"PATH": os.environ["PATH"], "HOME": home, "TRACK_SKILLS_HOME": home, "PYTHONPATH": str(PACKAGE)}
    command = [sys.executable, *arguments]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done, elapsed = _elapsed(lambda: subprocess.run(command, env=env, capture_output=True, text=True, check=False))
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        raise RuntimeError(done.stdout + done.stderr)
    return (after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime) * 1000, elapsed


def _elapsed(do: Callable[[], Value]) -> tuple[Value, float]:
    started = time.perf_counter()
    done = do()
    return done, (time.perf_counter() - started) * 1000
