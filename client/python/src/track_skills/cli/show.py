"""Show the exact payload of the next event, and send nothing.

With --json: the same object, indented.
"""

from __future__ import annotations

import argparse
import json
import os

from track_skills import events, settings, spool
from track_skills.cli import output, state


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the name."""
    parser.add_argument(
        "name", nargs="?", default="my-skill", metavar="SKILL", help="of which skill (default: my-skill)"
    )


def run(options: argparse.Namespace) -> int:
    """Print the line that `track` would write. An id that is not there yet is made for the look of it."""
    if not settings.is_name(options.name):
        raise output.CommandError(f"{options.name!r} is no name of a skill: no event of it would be recorded")
    shown_id = spool.read_anonymous_id(state.folder()) or events.uuid4()
    line = events.line_of(options.name, {"status": "success"}, shown_id, os.environ)
    if options.json:
        output.as_json(json.loads(line))
    else:
        output.line(line)
    return 0
