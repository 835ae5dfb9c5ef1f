"""Measures parts of the product by name, prints each figure beside its reference and what it must be, and fails where
one is not.
"""

from __future__ import annotations

import argparse
import json
import signal
import sys
import time
from collections.abc import Callable, Collection
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from tools.bench import (
    clients_inprocess,
    clients_pace,
    clients_peers,
    clients_shell,
    cpu,
    dashboard,
    importing,
    imports,
    kit,
    local,
    newcomer,
    otlp,
    post,
    sessions,
    storage,
    strangers,
    tool_page,
    upload,
)
from tools.bench.against import checkout
from tools.bench.table import Row, print_table
from tools.embedded.runtime import ROOT


class UnknownPartError(ValueError):
    """There is nothing of this name to measure."""


class Part(NamedTuple):
    """What can be measured alone, in one line."""

    line: str
    run: Callable[[], list[Row]]


PARTS = {
    "import": Part("importing the Worker's code in wasm", imports.run),
    "post": Part("taking events, one, many at once, 50 in a POST", post.run),
    "upload": Part("the size of a deployment's upload", upload.run),
    "cpu-posts": Part("CPU time of taking events, beside one INSERT", cpu.run_posts),
    "cpu-limits": Part("CPU time that limits for strangers add to taking events", cpu.run_limits),
    "cpu-hostile": Part("CPU time that a body takes which is sent byte by byte", cpu.run_hostile),
    "cpu-reports": Part("CPU time of every report, fresh and remembered", cpu.run_reports),
    "cpu-cron": Part("CPU time of every kind of cron event", cpu.run_cron),
    "cpu-tools": Part("CPU time of every report of 1,000 tools, and its rows", cpu.run_many_tools),
    "cpu-rows": Part("rows written an event, and read by a refresh of 100,000", cpu.run_rows),
    "storage-life": Part("10,000 events one by one, until they are deleted", storage.run_one_by_one),
    "storage-10k": Part("10,000 events: rows written and read", storage.run_few),
    "storage-100k": Part("100,000 events: rows written and read, bytes", storage.run_many),
    "storage-1m": Part("1,000,000 events: rows read, CPU time, bytes, plain SQL", storage.run_most),
    "storage-growth": Part("rows read of 1,000,000 events beside 100,000; runs both", storage.run_growth),
    "storage-tool-page": Part("the page of one tool among 400 over 90 days: rows read, memory", tool_page.run),
    "storage-strangers": Part("rows that a stranger's hour costs an open collector, by what they try", strangers.run),
    "clients-shell": Part("_track.sh and the hook, beside bash", clients_shell.run),
    "clients-python": Part("the Python client, beside writing a file", clients_inprocess.run_python),
    "clients-js": Part("the JavaScript client, beside writing a file", clients_inprocess.run_js),
    "clients-go": Part("the Go client, beside writing a file", clients_inprocess.run_go),
    "clients-pace": Part("how often clients post in a busy hour", clients_pace.run),
    "clients-peers-python": Part("the Python client, beside PostHog's and OpenTelemetry's", clients_peers.run_python),
    "clients-peers-js": Part("the JavaScript client, beside PostHog's and OpenTelemetry's", clients_peers.run_js),
    "local-store": Part("the local store: clients with it on, taking in, a report, the command's start", local.run),
    "local-import": Part("`track-skills import` of 100,000 events, beside the collector alone", importing.run),
    "otlp": Part("OpenTelemetry in: a captured session, small, large and many bodies", otlp.run),
    "sessions": Part("a session's rows, the report of sessions, a transcript of 50 MB", sessions.run),
    "kit": Part("the author's kit: what it costs an agent, counts, leaks and delivers", kit.run),
    "newcomer": Part("from an empty folder to the first own event on the page, by README alone", newcomer.run),
    "dashboard": Part("the page with 1,000 tools and 90 days", dashboard.run),
}
AGAINST: dict[str, Callable[[Path], list[Row]]] = {
    "import": imports.run_against,
    "post": post.run_against,
    "upload": upload.run_against,
    "cpu-posts": cpu.run_posts_against,
    "cpu-reports": cpu.run_reports_against,
    "cpu-cron": cpu.run_cron_against,
}
GROUPS = {
    "ingest": ("import", "post", "upload"),
    "cpu": tuple(name for name in PARTS if name.startswith("cpu-")),
    "storage": tuple(name for name in PARTS if name.startswith("storage-")),
    "clients": tuple(name for name in PARTS if name.startswith("clients-")),
    "local": tuple(name for name in PARTS if name.startswith("local-")),
    "telemetry": ("otlp", "sessions"),
}
RESULT = ROOT / ".build" / "bench.json"


def main(arguments: list[str] | None = None) -> int:
    """Run the parts that are named, or all; the exit status: 1 where a figure is not what it must be."""
    parser = argparse.ArgumentParser(prog="tools.bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="PART", help="parts or groups of parts; --list names them")
    parser.add_argument("--list", action="store_true", help="name what can be measured")
    parser.add_argument("--against", metavar="REV", help=f"measure {', '.join(AGAINST)} beside this revision")
    options = parser.parse_args(arguments)
    if options.list:
        print(listing(PARTS))
        return 0
    try:
        if options.against is None:
            return run({name: PARTS[name].run for name in chosen(options.names, PARTS)}, RESULT)
        names = chosen(options.names, AGAINST)
    except UnknownPartError as error:
        parser.exit(2, f"{error}\n")
    with checkout(options.against) as folder:
        return run({name: partial(AGAINST[name], folder) for name in names}, RESULT)


def listing(parts: Collection[str]) -> str:
    """Those of the parts, and the groups that they make whole, a line each."""
    lines = {name: PARTS[name].line for name in parts}
    lines |= {name: f"= {' '.join(members)}" for name, members in GROUPS.items() if set(members) <= set(parts)}
    width = max(map(len, lines))
    return "\n".join(f"{name:{width}}  {line}" for name, line in lines.items())


def chosen(names: list[str], parts: Collection[str]) -> list[str]:
    """Those of the parts that names of parts and groups mean, once each and in their order; no names mean all.

    Raises UnknownPartError for a name of anything else.
    """
    wanted = {part for name in names for part in GROUPS.get(name, (name,))}
    if unknown := sorted(wanted - set(parts)):
        raise UnknownPartError(f"Not to be measured so: {', '.join(unknown)}. What can be:\n{listing(parts)}")
    return [name for name in parts if name in wanted or not wanted]


def run(measures: dict[str, Callable[[], list[Row]]], result: Path) -> int:
    """Take each measure, print its rows and write them all as JSON; 1 if one is not what it must be, else 0."""
    results: dict[str, dict[str, Any]] = {}
    missed = []
    for name, measure in measures.items():
        print(f"\n{name}", flush=True)
        started = time.monotonic()
        rows = measure()
        seconds = round(time.monotonic() - started)
        print_table(rows)
        print(f"({seconds} s)", flush=True)
        missed += [f"{name}: {row.figure}" for row in rows if row.missed]
        results[name] = {"seconds": seconds, "rows": [row.as_dict() for row in rows]}
        result.parent.mkdir(exist_ok=True)
        result.write_text(json.dumps(results, indent=2))
    print(f"\nWritten to {result}")
    for figure in missed:
        print(f"MISSED  {figure}", file=sys.stderr)
    return 1 if missed else 0


if __name__ == "__main__":
    # Whoever ends a run, by its time perhaps, ends the Workers that it has started too.
    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))
    sys.exit(main())
