"""What _track.sh and the hook cost their caller, beside `bash -c :` in the same minute, and what they deliver.

The caller captures stdout and stderr and waits until both pipes are closed, as an agent does.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "tests" / "clients"))
from collector import Collector
from processes import CLIENT, HOOK, TRACK, Client

from tools.bench.table import Limit, Row, at_least, at_most_times

RUNS = 40
PROCESSES = 100
REFERENCE = ("bash", "-c", ":")


def run() -> list[Row]:
    """Medians of RUNS, and what arrives of PROCESSES."""
    rows: list[Row] = []
    small, large = _payload_of(1_000), _payload_of(2_000_000)
    for label, mode in (("server slow by 300 ms", "slow"), ("server dead", None), ("server black-holed", "hole")):
        with tempfile.TemporaryDirectory() as folder, Collector(mode or "ok", start=mode is not None) as collector:
            client = Client(Path(folder), collector.url)
            rows += [
                _compare(f"_track.sh NAME, {label}", client, ("bash", TRACK, "skill"), b"", at_most_times(4)),
                _compare(f"hook, 1 KB, {label}", client, ("bash", HOOK), small, at_most_times(6)),
                _compare(f"hook, 2 MB, {label}", client, ("bash", HOOK), large, at_most_times(15)),
            ]
            client.kill()
    with tempfile.TemporaryDirectory() as folder, Collector() as collector:
        client = Client(Path(folder), collector.url)
        table = json.dumps([{"id": number, "name": "item", "is_new": True} for number in range(36_000)])
        for label, text in (("one word", "x" * 2_000_000), ("a table as JSON in JSON", table)):
            rows.append(_compare(f"hook, 2 MB, {label}", client, ("bash", HOOK), hook_payload(text), None))
        client.settle()
    return [
        *rows,
        _delivered("_track.sh", ("bash", TRACK, "skill"), b""),
        _delivered("hook", ("bash", HOOK), small),
    ]


def _payload_of(size: int) -> bytes:
    """A hook's JSON of about so many bytes: a tool that returned text files, here the clients' own."""
    files = (TRACK, CLIENT / "CONTRACT.md", CLIENT / "python" / "src" / "track_skills" / "events.py")
    text = "".join(file.read_text() for file in files)
    text = (text * (size // len(text) + 1))[: max(0, int(size * 0.97) - 450)]
    return hook_payload(text)


def hook_payload(text: str) -> bytes:
    """What Claude Code gives its hook after an MCP tool that returned a text."""
    payload = {
        "session_id": "b6e4f581-09ed-4fa9-a41c-84fa5ba0a102",
        "transcript_path": "/home/dev/.claude/projects/-home-dev-demo/b6e4f581-09ed-4fa9-a41c-84fa5ba0a102.jsonl",
        "cwd": "/home/dev/demo",
        "prompt_id": "298dfacf-6c64-4c3c-9ff9-f037d05467fc",
        "permission_mode": "default",
        "hook_event_name": "PostToolUse",
        "tool_name": "mcp__demo__read",
        "tool_input": {"name": "a.py"},
        "tool_response": [{"type": "text", "text": text}],
        "tool_use_id": "toolu_575831b94bcf4b989bd8",
        "duration_ms": 5,
    }
    return json.dumps(payload).encode()


def _compare(figure: str, client: Client, command: tuple[str | Path, ...], data: bytes, must_be: Limit | None) -> Row:
    """One row; reference and figure take turns, so that whatever else the machine does meets both."""
    references, values = [], []
    for _ in range(RUNS):
        references.append(_timed(client, REFERENCE, b""))
        values.append(_timed(client, command, data))
    return Row(figure, statistics.median(values), "ms", statistics.median(references), must_be)


def _timed(client: Client, command: tuple[str | Path, ...], data: bytes) -> float:
    """Milliseconds until the process has ended and nobody holds its stdout or stderr any more."""
    started = time.perf_counter()
    done = subprocess.run([str(word) for word in command], input=data, capture_output=True, env=client.env, check=True)
    elapsed = (time.perf_counter() - started) * 1000
    if done.stdout or done.stderr:
        raise RuntimeError(f"{command} printed {done.stdout!r} {done.stderr!r}")
    return elapsed


def _delivered(label: str, command: tuple[str | Path, ...], data: bytes) -> Row:
    """How many events of short processes arrive when the server comes up after them."""
    with tempfile.TemporaryDirectory() as folder, Collector(start=False) as collector:
        client = Client(Path(folder), collector.url)
        for number in range(PROCESSES):
            payload = data.replace(b"toolu_575831b94bcf4b989bd8", b"toolu_%d" % number)
            client.run(*command, input=payload)
        client.settle()
        collector.start()
        client.flush()
        once = sum(collector.arrived.count(event) == 1 for event in collector.events)
    figure = f"{label} events delivered once from {PROCESSES} short processes, server down, then up"
    return Row(figure, once, "events", PROCESSES, at_least(PROCESSES))
