"""What importing the Worker's code takes in wasm, beyond the SDK's, at each boot of an isolate."""

from __future__ import annotations

import statistics
from pathlib import Path

from tools.bench.against import by_turns, compare
from tools.bench.server import Client, Server
from tools.bench.table import Row, at_most, at_most_times

BOOTS = 7
PAIRS = 20
FIGURE = "import of src/ in wasm, beyond the SDK, median of {} boots"
PORT, OTHER_PORT = 8955, 8956


def run(boots: int = BOOTS) -> list[Row]:
    """This checkout's."""
    with Server(PORT):
        times = [_boot(PORT) for _ in range(boots)]
    return [Row(FIGURE.format(boots), statistics.median(times), "ms", None, at_most(150))]


def run_against(checkout: Path, pairs: int = PAIRS) -> list[Row]:
    """This checkout's beside another's."""
    with Server(PORT), Server(OTHER_PORT, checkout=checkout):
        measured = by_turns(lambda: _boot(PORT), lambda: _boot(OTHER_PORT), pairs)
    return [compare(FIGURE.format(pairs), "ms", measured, at_most_times(1.1))]


def _boot(port: int) -> float:
    with Client(port) as client:  # one for each: a connection is closed while the other side takes its turn
        return float(client.probe(cold=True)["import_ms"])
