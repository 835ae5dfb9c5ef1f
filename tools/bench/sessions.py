"""What sessions cost: rows of one in its life, rows of the report, and reading a transcript of 50 MB.

References: of being told again what the first time costs, of records that come body by body the one row that keeps what
a body adds, of the report a row a session, of a transcript reading its lines as JSON alone, of the hook that it is not
asked to.
"""

from __future__ import annotations

import json
import os
import re
import resource
import statistics
import subprocess
import sys
import tempfile
import time
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tools.bench.server import Client, Server
from tools.bench.storage import DAY, END
from tools.bench.table import Row, at_most
from tools.embedded.runtime import ROOT

PORT = 8964
SESSIONS = 200
TIMES = 5  # that one is told
FEW, MANY = 100, 10_000  # a day
DAYS = 30
MANY_DAYS = 3  # of the 30, that have so many: as many rows are read as if each had
BATCH = 100
PEOPLE = 50
TRANSCRIPT = ROOT / "tests" / "command" / "data" / "projects" / "demo" / "eb9309f0-51e6-4a76-9e84-a78c34f6e840.jsonl"
TRANSCRIPT_BYTES = 50_000_000
READS = 5
HOOK = ROOT / "client" / "hooks" / "track-skills-hook.sh"
PACKAGE = ROOT / "client" / "python" / "src"
_JSON_ALONE = "import json, sys\nfor line in open(sys.argv[1], 'rb'): json.loads(line)"
_READER = "import sys\nfrom track_skills.session_file import main\nmain(*sys.argv[1:])"


def run() -> list[Row]:
    """Every figure."""
    with Server(PORT), Client(PORT) as client:
        rows = _of_one(client)
    for a_day, days in ((FEW, DAYS), (MANY, MANY_DAYS)):
        with Server(PORT), Client(PORT) as client:
            rows.append(_of_report(client, a_day, days))
    return [*rows, *_of_transcript()]


def session(name: str, moment: float, told: int = 1) -> dict[str, Any]:
    """A session as it is told for the so many-th time."""
    return {
        "session_id": name,
        "anonymous_id": f"person-{zlib.crc32(name.encode()) % PEOPLE}",
        "agent_id": "claude-code",
        "started_at": int(moment * 1000),
        "ended_at": int((moment + 600 * told) * 1000),
        "exit_reason": "other",
        "turns": 3 * told,
        "tool_calls": 20 * told,
        "input_tokens": 1000 * told,
        "output_tokens": 400 * told,
        "skills": [{"tool_name": f"skill-{number}", "input_tokens": 100 * told} for number in range(5)],
    }


def _of_one(client: Client) -> list[Row]:
    """Rows written of a session that is told once, again with the same, and several times as it goes on."""
    for number in range(10 * PEOPLE // BATCH):  # everybody is known
        known = [session(f"known {number} {place}", END) for place in range(BATCH)]
        client.send("POST", "/api/session", known, END)

    def written(bodies: Iterator[dict[str, Any]]) -> float:
        before = client.probe()["rows_written"]
        for body in bodies:
            client.send("POST", "/api/session", body, END)
        return float(client.probe()["rows_written"] - before) / SESSIONS

    names = [f"session {number}" for number in range(SESSIONS)]
    once = written(session(name, END - 9000) for name in names)
    again = written(session(name, END - 9000) for name in names)
    going_on = written(session(name, END - 9000, told) for told in range(2, TIMES + 1) for name in names)
    before = client.probe()["rows_written"]
    for told in range(TIMES):
        for name in names:
            client.send("POST", "/v1/logs", _request(f"by records {name}", told), END)
    by_records = (client.probe()["rows_written"] - before) / SESSIONS / TIMES
    return [
        Row("written for a session of somebody known", once, "rows", None, at_most(2)),
        Row("  when the same is told again", again, "rows", once, at_most(0)),
        Row(
            f"  each further time that it has gone on, of {TIMES - 1}", going_on / (TIMES - 1), "rows", once, at_most(2)
        ),
        Row(f"  by records of requests alone, each of {TIMES} bodies", by_records, "rows", 1, at_most(2)),
    ]


def _request(name: str, number: int) -> dict[str, Any]:
    """A body with a record of one more API request of a session."""
    held = {
        "event.name": "api_request",
        "session.id": name,
        "user.id": f"person-{zlib.crc32(name.encode()) % PEOPLE}",
        "event.sequence": str(number),
        "input_tokens": "100",
        "cost_usd": "0.01",
    }
    attributes = [{"key": key, "value": {"stringValue": value}} for key, value in held.items()]
    record = {"timeUnixNano": str(int((END - 9000 + 60 * number) * 1e9)), "attributes": attributes}
    return {"resourceLogs": [{"scopeLogs": [{"logRecords": [record]}]}]}


def _of_report(client: Client, a_day: int, days: int) -> Row:
    """Rows read for the report over 30 days, of which so many have so many sessions a day, and the others FEW."""
    for day in range(DAYS):
        of_day = a_day if day < days else FEW
        for first in range(0, of_day, BATCH):
            moment = END - (day + 1) * DAY + 60 * (first // BATCH % 600)
            batch = [session(f"{day} {number}", moment) for number in range(first, min(first + BATCH, of_day))]
            client.send("POST", "/api/session", batch, END)
    client.probe(END, cold=True)
    before = client.probe()["rows_read"]
    client.send("GET", f"/analytics/sessions?days={DAYS}", now=END, fresh=True)
    read = client.probe()["rows_read"] - before
    sessions = days * a_day + (DAYS - days) * FEW
    figure = f"read by sessions?days={DAYS}, {a_day:,} a day on {days} days"
    return Row(figure, read, "rows", sessions, at_most(300))


def _of_transcript() -> list[Row]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "transcript.jsonl"
        _write(path)
        target = Path(folder) / "sums.json"

        def read() -> tuple[float, float]:
            target.unlink(missing_ok=True)
            return _cost(_READER, str(path), "s", "", "", str(target))

        found = [(read(), _cost(_JSON_ALONE, str(path))) for _ in range(READS)]
        waits = [(_wait(path, "1"), _wait(path, "0")) for _ in range(READS)]
    seconds, memory, alone, its_memory = (
        statistics.median(values) for values in zip(*[(*reader, *other) for reader, other in found], strict=True)
    )
    on, off = (statistics.median(values) for values in zip(*waits, strict=True))
    what = f"a transcript of {TRANSCRIPT_BYTES // 1_000_000} MB"
    return [
        Row(f"CPU of reading {what}, beside its lines as JSON alone", seconds, "s", alone, at_most(2)),
        Row("  its memory", memory, "MB", its_memory, at_most(100)),
        Row(f"the hook's caller waits at the end of a session with {what}", on, "ms", off, None),
    ]


def _write(path: Path) -> None:
    """The captured session again and again, each time with messages and calls of its own."""
    text = TRANSCRIPT.read_text()
    size = number = 0
    with path.open("w") as file:
        while size < TRANSCRIPT_BYTES:
            number += 1
            size += file.write(re.sub(r'"(id|uuid|tool_use_id)": ?"([^"]+)"', rf'"\1":"\g<2>-{number}"', text))


def _cost(program: str, *arguments: str) -> tuple[float, float]:
    """CPU seconds and megabytes of memory that a Python took at most."""
    command = [sys.executable, "-S", "-c", program, *arguments]
    process = subprocess.Popen(command, env={**os.environ, "PYTHONPATH": str(PACKAGE)})
    _, status, used = os.wait4(process.pid, 0)
    if status:
        raise RuntimeError(f"The reader ended with {status}.")
    return _seconds(used), used.ru_maxrss / 1024


def _seconds(used: resource.struct_rusage) -> float:
    return used.ru_utime + used.ru_stime


def _wait(path: Path, sessions: str) -> float:
    """Milliseconds until the hook lets its caller go on."""
    told = {"session_id": "s", "transcript_path": str(path), "hook_event_name": "SessionEnd", "reason": "other"}
    with tempfile.TemporaryDirectory() as home:
        env = {"PATH": os.environ["PATH"], "HOME": home, "TRACK_SKILLS_ENDPOINT": "http://127.0.0.1:9"}
        started = time.perf_counter()
        subprocess.run(
            ["bash", "-p", str(HOOK)],
            input=json.dumps(told).encode(),
            env=env | {"TRACK_SKILLS_SESSIONS": sessions},
            check=True,
        )
        waited = (time.perf_counter() - started) * 1000
        folder = Path(home) / ".local" / "state" / "track-skills" / "sessions"
        while sessions == "1" and not list(folder.glob("*.json")):
            time.sleep(0.05)  # the next one is not to wait beside this one's reader
    return waited
