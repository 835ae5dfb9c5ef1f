"""What _track.sh and the hook cost their caller, beside `bash -c :` by turns, and what they deliver.

The state folder is in memory where that can be had: the disk of the moment is no part of the figures. The caller
captures stdout and stderr and waits until both pipes are closed, as an agent does. Nothing of ours is at work while
reference and figure are measured: a sender that a use has started has ended before.
"""

from __future__ import annotations

import ctypes
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "tests" / "clients"))
from collector import Collector
from processes import CLIENT, HOOK, TRACK, Client

from tools.bench.table import Limit, Row, at_least, at_most_times

RUNS = 60
SENDING_RUNS = 20
PROCESSES = 100
REFERENCE = ("bash", "-c", ":")
SERVERS = {"slow by 300 ms": "slow", "dead": None, "black-holed": "hole"}
SUBREAPER = 36  # prctl's PR_SET_CHILD_SUBREAPER
OFF = {"DO_NOT_TRACK": "1"}
MEMORY = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108


def run() -> list[Row]:
    """Medians of RUNS, CPU time, and what arrives of PROCESSES."""
    rows: list[Row] = []
    small, large = _payload_of(1_000), _payload_of(2_000_000)
    table = json.dumps([{"id": number, "name": "item", "is_new": True} for number in range(36_000)])
    uses: list[tuple[str, tuple[str | Path, ...], bytes, dict[str, str], Limit | None]] = [
        ("_track.sh NAME", ("bash", TRACK, "skill"), b"", {}, at_most_times(3)),
        ("_track.sh NAME, off", ("bash", TRACK, "skill"), b"", OFF, at_most_times(1.5)),
        ("hook, 1 KB", ("bash", HOOK), small, {}, at_most_times(4)),
        ("hook, 1 KB, off", ("bash", HOOK), small, OFF, at_most_times(1.5)),
        ("hook, 2 MB", ("bash", HOOK), large, {}, at_most_times(8)),
        ("hook, 2 MB, one word", ("bash", HOOK), hook_payload("x" * 2_000_000), {}, None),
        ("hook, 2 MB, a table as JSON in JSON", ("bash", HOOK), hook_payload(table), {}, None),
    ]
    with tempfile.TemporaryDirectory(dir=MEMORY) as folder, Collector() as collector:
        client = Client(Path(folder), collector.url)
        rows += [_compare(figure, client, words, data, env, limit) for figure, words, data, env, limit in uses]
        rows.append(_used("hook, 1 KB, CPU", client, ("bash", HOOK), small, _hold))
        rows.append(_used("hook, 1 KB, that starts a sender, CPU of all", client, ("bash", HOOK), small, _release))
    for server, mode in SERVERS.items():
        with (
            tempfile.TemporaryDirectory(dir=MEMORY) as folder,
            Collector(mode or "ok", start=mode is not None) as collector,
        ):
            client = Client(Path(folder), collector.url)
            rows.append(_sending(f"hook, 1 KB, that starts a sender, server {server}", client, ("bash", HOOK), small))
    return [
        *rows,
        _delivered("_track.sh", ("bash", TRACK, "skill"), b""),
        _delivered("hook", ("bash", HOOK), small),
    ]


def _hold(client: Client) -> None:
    """As most uses find it: a sender waits already."""
    client.state.mkdir(parents=True, exist_ok=True, mode=0o700)
    (client.state / "next_post").write_text(f"{int(time.time() * 1000) + 60_000} waiting\n")


def _release(client: Client) -> None:
    """As the first use after a while finds it."""
    (client.state / "next_post").unlink(missing_ok=True)


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


def _compare(
    figure: str,
    client: Client,
    command: tuple[str | Path, ...],
    data: bytes,
    env: dict[str, str],
    must_be: Limit | None,
) -> Row:
    """One row; reference and figure take turns, so that whatever else the machine does meets both."""
    references, values = [], []
    for _ in range(RUNS):
        _hold(client)
        references.append(_timed(client, REFERENCE, b""))
        values.append(_timed(client, command, data, **env))
    return Row(figure, statistics.median(values), "ms", statistics.median(references), must_be)


def _sending(figure: str, client: Client, command: tuple[str | Path, ...], data: bytes) -> Row:
    """What the caller of a use waits that starts a sender, which is gone before the next turn."""
    references, values = [], []
    for _ in range(SENDING_RUNS):
        references.append(_timed(client, REFERENCE, b""))
        _release(client)
        values.append(_timed(client, command, data))
        client.kill()
        (client.state / "lock").unlink(missing_ok=True)
    return Row(figure, statistics.median(values), "ms", statistics.median(references), None)


def _used(
    figure: str,
    client: Client,
    command: tuple[str | Path, ...],
    data: bytes,
    prepare: Callable[[Client], None],
) -> Row:
    """CPU time of a use with all that it starts, a mean: its orphans are waited for here."""
    prctl = ctypes.CDLL(None).prctl
    prctl(SUBREAPER, 1)
    used = {REFERENCE: 0.0, command: 0.0}
    for words in (REFERENCE, command) * SENDING_RUNS:
        prepare(client)
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        _timed(client, words, data if words is command else b"")
        while _reap():
            pass
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        used[words] += after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    prctl(SUBREAPER, 0)
    reference, value = (1000 * seconds / SENDING_RUNS for seconds in used.values())
    return Row(figure, value, "ms", reference, None)


def _reap() -> bool:
    """Wait for one child; whether there was one."""
    try:
        os.waitpid(-1, 0)
    except ChildProcessError:
        return False
    return True


def _timed(client: Client, command: tuple[str | Path, ...], data: bytes, **env: str) -> float:
    """Milliseconds until the process has ended and nobody holds its stdout or stderr any more."""
    words, env = [str(word) for word in command], {**client.env, **env}
    started = time.perf_counter()
    done = subprocess.run(words, input=data, capture_output=True, env=env, check=True)
    elapsed = (time.perf_counter() - started) * 1000
    if done.stdout or done.stderr:
        raise RuntimeError(f"{command} printed {done.stdout!r} {done.stderr!r}")
    return elapsed


def _delivered(label: str, command: tuple[str | Path, ...], data: bytes) -> Row:
    """How many events of short processes arrive when the server comes up after them."""
    with tempfile.TemporaryDirectory(dir=MEMORY) as folder, Collector(start=False) as collector:
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
