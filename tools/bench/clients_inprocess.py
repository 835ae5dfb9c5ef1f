"""Measures track() of Python, JavaScript and Go in running processes, and counts what short ones deliver.

The state folder is in memory where that can be had: the disk of the moment is no part of the figures.
"""

from __future__ import annotations

import json
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tests" / "clients"))
from collector import Collector
from golang import GO
from inprocess import JS, PYTHON, Client, environment, flush, kill_senders, run

from tools.bench.clients_shell import MEMORY
from tools.bench.table import Row, at_least, at_most, at_most_times

CALLS = 1500
PROCESSES = 100
SERVERS = {"slow by 300 ms": "slow", "dead": None, "black-holed": "hole"}
# Each call is timed alone, 2 ms after the one before, as in a process with other things to do.
LOOPS = {
    "python": f"""
import json, time
times = []
for _ in range({CALLS}):
    started = time.perf_counter()
    track("bench", status="success", duration_ms=12)
    times.append((time.perf_counter() - started) * 1000)
    time.sleep(0.002)
print(json.dumps(times))
""",
    "js": f"""
const times = [];
for (let call = 0; call < {CALLS}; call++) {{
  const started = performance.now();
  track("bench", {{ status: "success", duration_ms: 12 }});
  times.push(performance.now() - started);
  await new Promise((resolve) => setTimeout(resolve, 2));
}}
console.log(JSON.stringify(times));
""",
    "go": f"times={CALLS}",
}


def run_python() -> list[Row]:
    """The Python client's."""
    return [import_time(), *added_time(PYTHON), delivery(PYTHON)]


def run_js() -> list[Row]:
    """The JavaScript client's."""
    return [*added_time(JS), delivery(JS)]


def run_go() -> list[Row]:
    """The Go client's."""
    return [*added_time(GO), exit_time(), delivery(GO)]


def added_time(client: Client) -> Iterator[Row]:
    """Measure the time that one call adds with each kind of bad server, beside writing a file."""
    for server, mode in SERVERS.items():
        with _collector(mode) as collector, _home() as home:
            done = client.run(LOOPS[client.language], environment(home, collector.url))
            files = file_times(home)
        times = sorted(json.loads(done.stdout))
        if len(times) != CALLS:
            raise RuntimeError(f"{client.language} timed {len(times)} of {CALLS} calls: {done.stderr}")
        for name, share, limit in (("median", 0.5, 1), ("p99", 0.99, 5)):
            value, reference = times[int(share * len(times))], files[int(share * len(files))]
            figure = f"{client.language} track(), {name} of {CALLS} calls, server {server}, beside a file"
            yield Row(figure, value, "ms", reference, at_most(limit))


def import_time(starts: int = 30) -> Row:
    """Measure the import of the package beside that of json and os, each in a process of its own, by turns."""
    times: dict[str, list[float]] = {"import track_skills": [], "import json, os": []}
    timed = "import time; started = time.perf_counter(); {}; print(time.perf_counter() - started)"
    for _ in range(starts):
        for statement, taken in times.items():
            command = [sys.executable, "-S", "-c", timed.format(statement)]
            taken.append(1000 * float(run(command, environment(Path("/nowhere"))).stdout))
    value, reference = (statistics.median(taken) for taken in times.values())
    return Row("python import, median, beside json and os", value, "ms", reference, at_most_times(1.5))


def file_times(home: Path) -> list[float]:
    """Return, sorted, the milliseconds that the disk takes for what a call does at least: write a new file."""
    times = []
    for number in range(300):
        started = time.perf_counter()
        (home / f"reference{number}").write_bytes(b"x" * 300)
        times.append((time.perf_counter() - started) * 1000)
        time.sleep(0.002)
    return sorted(times)


def exit_time() -> Row:
    """Measure how long a Go program takes that records one event and ends, beside the same one that only ends."""
    times: dict[str, list[float]] = {"": [], "track=1": []}
    with _collector("hole") as collector:
        for code in (*times,) * PROCESSES:
            with _home() as home:
                started = time.perf_counter()
                GO.run(code, environment(home, collector.url))
                times[code].append((time.perf_counter() - started) * 1000)
    nothing, one = (statistics.median(taken) for taken in times.values())
    figure = (
        f"go program that records one event and ends, median of {PROCESSES}, server black-holed, beside one that ends"
    )
    return Row(figure, one, "ms", nothing, at_most(nothing + 20))


def delivery(client: Client) -> Row:
    """Count what arrives from short processes that meet a dead server, after it is up and the spool was flushed."""
    with Collector(start=False) as collector, _home() as home:
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(lambda _: client.track(environment(home, collector.url)), range(PROCESSES)))
        kill_senders(home)  # those that wait for their turn; what they would have sent is in the spool
        collector.start()
        flush(client, home, collector.url)
        once = sum(count == 1 for count in Counter(collector.arrived).values())
    figure = f"{client.language} events delivered once from {PROCESSES} short processes, server down, then up"
    return Row(figure, once, "events", PROCESSES, at_least(PROCESSES))


@contextmanager
def _collector(mode: str | None) -> Iterator[Collector]:
    with Collector(mode or "ok", start=mode is not None) as collector:
        yield collector


@contextmanager
def _home() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(dir=MEMORY) as folder:
        home = Path(folder) / "state"
        try:
            yield home
        finally:
            kill_senders(home)
