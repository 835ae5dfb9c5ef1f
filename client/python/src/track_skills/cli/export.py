"""Write all uses on this machine to stdout, newest first, for other programs.

NDJSON has an object a line under the names of the columns of skill_telemetry, CSV those columns;
there, a cell that a spreadsheet would run begins with an apostrophe. `--json` is `--format ndjson`.
"""

from __future__ import annotations

import argparse
import csv
import json
import sys

from track_skills.cli import output, store
from track_skills.local import database


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the format."""
    parser.add_argument("--format", choices=("ndjson", "csv"), default="ndjson", help="default: ndjson")


def run(options: argparse.Namespace) -> int:
    """Write the uses."""
    with store.opened() as connection:
        found = database.events(connection, None, None) if connection else iter(())
        if options.format == "csv" and not options.json:
            writer = csv.writer(sys.stdout, lineterminator="\n")
            writer.writerow(database.COLUMNS)
            writer.writerows([_harmless(use[column]) for column in database.COLUMNS] for use in found)
            return 0
        for use in found:
            output.line(json.dumps(use, ensure_ascii=False, separators=(",", ":")))
    return 0


def _harmless(value: object) -> object:
    return f"'{value}" if isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t", "\r")) else value
