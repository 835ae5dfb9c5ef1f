"""The state folder as the command sees it. Rules: client/CONTRACT.md."""

from __future__ import annotations

import os
from contextlib import suppress

from track_skills import settings, spool
from track_skills.cli.output import CommandError


def folder() -> str:
    """Return the path of the state folder, which need not exist; CommandError if there is no home at all."""
    home = settings.home(os.environ)
    if home is None:
        raise CommandError("there is no state folder: neither TRACK_SKILLS_HOME nor HOME is set")
    return home


def mark(name: str) -> str:
    """Make the empty file `name` in the state folder, and return its path; CommandError if it cannot be made."""
    path = os.path.join(folder(), name)
    try:
        spool.make_folders(folder())
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600))
    except OSError as error:
        raise CommandError(f"{path} cannot be written: {error.strerror}") from error
    return path


def unmark(name: str) -> None:
    """Remove the file `name` of the state folder; CommandError if it is there and cannot be removed."""
    path = os.path.join(folder(), name)
    try:
        with suppress(FileNotFoundError):
            os.unlink(path)
    except OSError as error:
        raise CommandError(f"{path} cannot be removed: {error.strerror}") from error
