"""The local store as the command uses it: what clients wrote down is taken in before anybody looks."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from track_skills import settings
from track_skills.cli import output, state
from track_skills.local import database, uses


def path() -> str:
    """Return where the local store's database is, or would be."""
    return os.path.join(state.folder(), "telemetry.db")


@contextmanager
def opened() -> Iterator[sqlite3.Connection | None]:
    """Take in what waits and open the database; None where there is none yet. CommandError if it cannot be used.

    Where tracking is switched off, nothing is taken in and nothing is made.
    """
    home = state.folder()
    keeps = settings.keeps_events(os.environ, home)
    waiting = uses.waiting(home, with_spool=keeps)
    takes_in = waiting > 0 and settings.why_off(os.environ, home) is None
    if not takes_in and not os.path.exists(path()):
        yield None
        return
    try:
        with database.opened(path()) as connection:
            if takes_in:
                with output.Progress("taking in", waiting) as progress:
                    uses.take_in(connection, home, with_spool=keeps, progress=progress.at)
            yield connection
    except database.DatabaseError as error:
        raise output.CommandError(str(error)) from error


def hint(skill: str | None = None) -> str:
    """Return what to do where there are no uses to show, of one skill or of any."""
    of_it = f" of {output.cell(skill)}" if skill is not None else ""
    if settings.keeps_events(os.environ, state.folder()):
        return f"No uses{of_it} are known on this machine yet; those to come are kept."
    return f"No uses{of_it} are known on this machine yet. `track-skills local on` keeps them from now on."
