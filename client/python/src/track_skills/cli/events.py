"""Show the last uses of skills on this machine, newest first.

With --json: a list of objects under the names of the columns of skill_telemetry.
"""

from __future__ import annotations

import argparse

from track_skills.cli import numbers, output, store
from track_skills.local import database

COLUMNS = ("timestamp", "skill_name", "tool_category", "outcome", "duration_ms", "agent_id", "trigger", "error_type")


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the skill and the limit."""
    parser.add_argument("skill", nargs="?", metavar="SKILL", help="one skill alone")
    parser.add_argument("--limit", type=numbers.positive, default=20, metavar="N", help="at most so many (default: 20)")


def run(options: argparse.Namespace) -> int:
    """Print the uses."""
    with store.opened() as connection:
        found = list(database.events(connection, options.skill, options.limit)) if connection else []
    if options.json:
        output.as_json(found)
    elif found:
        output.table(COLUMNS, [[use[column] for column in COLUMNS] for use in found])
    else:
        output.line(store.hint(options.skill))
    return 0
