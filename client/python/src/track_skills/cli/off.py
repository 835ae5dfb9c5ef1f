"""Switch tracking off for good, for this user: nothing is recorded or sent.

With --json: an object with off and file (the mark).
"""

from __future__ import annotations

import argparse

from track_skills.cli import output, state


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add nothing: there is nothing to choose."""


def run(options: argparse.Namespace) -> int:
    """Make the file `off`."""
    path = state.mark("off")
    if options.json:
        output.as_json({"off": True, "file": path})
    else:
        output.line(f"Tracking is off. {path} switches it off; `track-skills on` removes it.")
    return 0
