"""What importing the Worker's code takes in wasm, beyond the SDK's, at each boot of an isolate."""

from __future__ import annotations

import shutil
import statistics
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tools.bench.against import by_turns, compare
from tools.bench.server import Client, Server
from tools.bench.table import Row, at_most, at_most_times
from tools.embedded.runtime import ROOT

BOOTS = 7
PAIRS, OWN_PAIRS = 20, 10
FIGURE = "import of src/ in wasm, beyond the SDK, median of {} boots"
PORT, OTHER_PORT = 8955, 8956
# All that OpenTelemetry, sessions and reach have for themselves.
TELEMETRY = (
    *(f"otlp/{name}" for name in ("claude", "document", "encoding", "records", "uses", "wire")),
    *(f"sessions/{name}" for name in ("keeping", "loading", "plugin", "session", "usage")),
    *("counting/sessions", "storage/sessions", "storage/plugins", "reports/sessions", "reports/reach", "web/telemetry"),
)
# In a module's place: whatever is asked of it is there, and is nothing.
_EMPTY = """
class _Nothing:
    __getattr__ = __call__ = lambda self, *_, **__: self
    __iter__ = lambda self: iter(())
    __str__ = lambda self: "nothing"


_nothing = _Nothing()


def __getattr__(name):
    if name[:2] == "__":
        raise AttributeError(name)
    return _nothing
"""


def run(boots: int = BOOTS, pairs: int = OWN_PAIRS) -> list[Row]:
    """This checkout's, and beside it its own without what OpenTelemetry, sessions and reach have for themselves."""
    with _without(TELEMETRY) as source, Server(PORT), Server(OTHER_PORT, source=source):
        times = [_boot(PORT) for _ in range(boots)]
        measured = by_turns(lambda: _boot(PORT), lambda: _boot(OTHER_PORT), pairs)
    figure = f"  beside the same without OpenTelemetry and sessions, {pairs} pairs"
    return [
        Row(FIGURE.format(boots), statistics.median(times), "ms", None, at_most(150)),
        compare(figure, "ms", measured, at_most_times(1.15)),
    ]


def run_against(checkout: Path, pairs: int = PAIRS) -> list[Row]:
    """This checkout's beside another's."""
    with Server(PORT), Server(OTHER_PORT, checkout=checkout):
        measured = by_turns(lambda: _boot(PORT), lambda: _boot(OTHER_PORT), pairs)
    return [compare(FIGURE.format(pairs), "ms", measured, at_most_times(1.1))]


@contextmanager
def _without(modules: tuple[str, ...]) -> Iterator[Path]:
    """A copy of src/ in which these modules are empty."""
    with tempfile.TemporaryDirectory(prefix="track-skills-without-") as folder:
        source = Path(folder) / "src"
        shutil.copytree(ROOT / "src", source, ignore=shutil.ignore_patterns("__pycache__"))
        for module in modules:
            (source / f"{module}.py").write_text(_EMPTY)
        yield source


def _boot(port: int) -> float:
    with Client(port) as client:  # one for each: a connection is closed while the other side takes its turn
        return float(client.probe(cold=True)["import_ms"])
