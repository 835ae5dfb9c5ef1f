"""Undo `off`.

With --json: an object with on, false where something else keeps tracking off.
"""

from __future__ import annotations

import argparse
import os

from track_skills import settings
from track_skills.cli import output, state


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add nothing: there is nothing to choose."""


def run(options: argparse.Namespace) -> int:
    """Remove the file `off`."""
    state.unmark("off")
    is_on = settings.active_home(os.environ) is not None
    if options.json:
        output.as_json({"on": is_on})
    elif is_on:
        output.line("Tracking is on.")
    else:
        output.line("There is no file `off` now; something else keeps tracking off.")
    return 0 if is_on else 1
