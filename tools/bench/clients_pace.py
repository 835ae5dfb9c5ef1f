"""How often clients post in a busy hour: so many uses, by so many POSTs.

An hour of one machine is played as stretches of MACHINES at the same pace, at once. Each begins with a POST at once, so
that a whole hour has fewer, and ends with one. The clock and the interval between two POSTs are the real ones.
"""

from __future__ import annotations

import random
import sys
import tempfile
import time
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tests" / "clients"))
from collector import Collector
from inprocess import environment

from tools.bench.short_processes import CLIENTS, Use
from tools.bench.table import Row, at_most

HOUR = 3600
USES = 1000  # of an hour
MACHINES = 12
MEASURED = ("bash", "python")
AT_ONCE = 4
PATIENCE = 60  # seconds, for what waits to arrive


def run(machines: int = MACHINES) -> list[Row]:
    """POSTs of an event of each client, at once."""
    with ThreadPoolExecutor(len(MEASURED)) as pool:
        return list(pool.map(lambda name: _measure(name, CLIENTS[name], machines), MEASURED))


def _measure(name: str, use: Use, machines: int) -> Row:
    with tempfile.TemporaryDirectory() as folder, Collector() as collector, ThreadPoolExecutor(AT_ONCE) as pool:
        began = time.monotonic()
        used: list[Future[object]] = []
        for moment, machine in _uses(machines):
            time.sleep(max(0.0, began + moment - time.monotonic()))
            used.append(pool.submit(use, environment(Path(folder) / f"machine-{machine}" / "state", collector.url)))
        for one in used:
            one.result()
        collector.wait(USES, PATIENCE)
        if len(collector.arrived) != USES:
            raise RuntimeError(f"{name}: {USES} events arrived {len(collector.arrived)} times")
        posts = len(collector.requests) / USES
    return Row(f"{name}, POSTs of a use, {USES:,} an hour", posts, "POSTs", 1, at_most(0.35))


def _uses(machines: int) -> list[tuple[float, int]]:
    """(moment in seconds, machine) of all uses, in order: at random, as many of each machine."""
    chance = random.Random(1)
    seconds = HOUR / machines
    return sorted((chance.random() * seconds, number % machines) for number in range(USES))
