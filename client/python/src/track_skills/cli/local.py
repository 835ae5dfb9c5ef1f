"""Switch the local store on or off: with it, events stay on this machine, also without a collector.

With --json: an object with on (whether it is), file (the mark), database and waiting (files that
are not in the database yet).
"""

from __future__ import annotations

import argparse
import os

from track_skills import settings
from track_skills.cli import output, state, store
from track_skills.local import uses


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add what is to be done."""
    parser.add_argument("switch", nargs="?", choices=("on", "off", "status"), default="status")


def run(options: argparse.Namespace) -> int:
    """Make or remove the mark, and say what holds then."""
    if options.switch == "on":
        state.mark("local_on")
    elif options.switch == "off":
        state.unmark("local_on")
    home = state.folder()
    is_on = settings.keeps_events(os.environ, home)
    waiting = uses.waiting(home, with_spool=False)
    if options.json:
        mark = os.path.join(home, "local_on")
        output.as_json({"on": is_on, "file": mark, "database": store.path(), "waiting": waiting})
        return 0
    output.line(
        f"The local store is {'on' if is_on else 'off'}. Database: {store.path()}; files to take in: {waiting}."
    )
    if is_on and options.switch == "off":
        output.line("TRACK_SKILLS_LOCAL still switches it on.")
    if is_on and settings.why_off(os.environ, home):
        output.line("Nothing is kept all the same: tracking is switched off; `track-skills status` says why.")
    return 0
