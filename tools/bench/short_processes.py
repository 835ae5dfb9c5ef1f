"""10,000 short processes of a client against a dead collector, then a living one: how many events arrive, once.

    python -m tools.bench.short_processes CLIENT STATE [--dead N] [--live N]

CLIENT: bash, python, js, go. STATE: a folder that stays, so that a run may be in pieces; the last one has --live. It
takes minutes and is no part of `make bench`.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tests" / "clients"))
from collector import Collector
from golang import GO
from inprocess import JS, PYTHON, environment, kill_senders, run, spool, wait_for_senders
from processes import TRACK

from tools.bench.table import Row, at_least, print_table

AT_ONCE = 4
PATIENCE = 300  # seconds, for what waits to arrive
Use = Callable[[dict[str, str]], object]


def bash(env: dict[str, str]) -> None:
    """One use by _track.sh."""
    done = run(["bash", TRACK, "skill"], env)
    if (done.returncode, done.stdout, done.stderr) != (0, "", ""):
        raise RuntimeError(f"_track.sh printed or failed: {done}")


CLIENTS: dict[str, Use] = {"bash": bash, "python": PYTHON.track, "js": JS.track, "go": GO.track}


def main() -> int:
    """Run a piece, and print what has arrived if the collector lives in it; 1 where an event is missing, else 0."""
    parser = argparse.ArgumentParser(prog="tools.bench.short_processes", description=__doc__)
    parser.add_argument("client", choices=CLIENTS)
    parser.add_argument("state", type=Path)
    parser.add_argument("--dead", type=int, default=0, metavar="N")
    parser.add_argument("--live", type=int, default=0, metavar="N")
    options = parser.parse_args()
    home: Path = options.state / options.client
    counted = options.state / f"{options.client}.json"
    before = json.loads(counted.read_text()) if counted.exists() else 0
    use = CLIENTS[options.client]
    with Collector(start=False) as collector:
        _use(use, environment(home, collector.url), options.dead)
        kill_senders(home)
        total = before + options.dead + options.live
        options.state.mkdir(parents=True, exist_ok=True)
        counted.write_text(json.dumps(total))
        print(f"{total} processes, {len(spool(home))} events wait", flush=True)
        if not options.live:
            return 0
        collector.start()
        _use(use, environment(home, collector.url), options.live)
        end = time.monotonic() + PATIENCE
        while spool(home) and time.monotonic() < end:
            run(["bash", TRACK, "--flush"], environment(home, collector.url))
            wait_for_senders(home, seconds=PATIENCE)
        arrived = Counter(collector.arrived)
        once = sum(count == 1 for count in arrived.values())
        row = Row(
            f"{options.client} events delivered once of short processes, server down, then up",
            once,
            "events",
            total,
            at_least(total),
        )
        print_table([row])
        print(f"{len(arrived)} events in {sum(arrived.values())} copies, {collector.connections} connections")
        return int(row.missed)


def _use(use: Use, env: dict[str, str], times: int) -> None:
    with ThreadPoolExecutor(min(AT_ONCE, (os.cpu_count() or 1) * 2)) as pool:
        for _ in pool.map(lambda _: use(env), range(times)):
            pass


if __name__ == "__main__":
    sys.exit(main())
