"""Show the last uses of skills on this machine, newest first.

With --json: a list of objects under the names of the columns of skill_telemetry.
"""

from __future__ import annotations

import argparse

from track_skills.cli import output, store
from track_skills.local import database

COLUMNS = ("timestamp", "skill_name", "tool_category", "outcome", "duration_ms", "agent_id", "trigger", "error_type")


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the skill and the limit."""
    parser.add_argument("skill", nargs="?", metavar="SKILL", help="one skill alone")
    parser.add_argument("--limit", type=_positive, default=20, metavar="N", help="at most so many (default: 20)")


def run(options: argparse.Namespace) -> int:
    """Print the uses."""
    with store.opened() as connection:
        found = list(database.events(connection, options.skill, options.limit)) if connection else []
    if options.json:
        output.as_json(found)
    elif found:
        output.table(COLUMNS, [[use[column] for column in COLUMNS] for use in found])
    else:
        output.line(store.hint())
    return 0


def _positive(text: str) -> int:
    # SQLite's integers have 64 bits.
    if not text.isascii() or not text.isdigit() or not 0 < int(text[:20]) < 2**63:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of at least 1")
    return int(text)
