"""Runs every measurement, prints one table and writes it as JSON."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterable
from dataclasses import asdict
from typing import Any

from tools.bench import clients_inprocess, clients_shell, dashboard, ingest, storage
from tools.bench.table import Row, print_table
from tools.embedded.runtime import ROOT

MEASUREMENTS: dict[str, Callable[[], Iterable[Row | dict[str, Any]]]] = {
    "ingest": ingest.run,
    "storage": storage.run,
    "clients_shell": clients_shell.run,
    "clients_inprocess": clients_inprocess.run,
    "dashboard": dashboard.run,
}
RESULT = ROOT / ".build" / "bench.json"


def main() -> None:
    """Run the measurements that are named, or all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", choices=[[], *MEASUREMENTS], help="which to run; all by default")
    results = {}
    for name in parser.parse_args().names or MEASUREMENTS:
        print(f"\n{name}", flush=True)
        rows = [row if isinstance(row, Row) else Row(**row) for row in MEASUREMENTS[name]()]
        print_table(rows)
        results[name] = [asdict(row) for row in rows]
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text(json.dumps(results, indent=2))
    print(f"\nWritten to {RESULT.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
