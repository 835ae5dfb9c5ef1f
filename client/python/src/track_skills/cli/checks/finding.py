"""What a check has found."""

from __future__ import annotations

from typing import NamedTuple

OK = "ok"
NOTE = "note"
WRONG = "wrong"
SKIPPED = "skipped"


class Finding(NamedTuple):
    """One step of the way.

    step: its name. state: OK; NOTE, worth knowing; WRONG, events are lost, wait or are counted twice; SKIPPED, it could
    not be looked at. said: what was found. remedy: what to do about it, empty where there is nothing to do.
    """

    step: str
    state: str
    said: str
    remedy: str = ""


def ok(step: str, said: str) -> Finding:
    """Return that a step is as it should be."""
    return Finding(step, OK, said)


def note(step: str, said: str, remedy: str = "") -> Finding:
    """Return what is worth knowing of a step."""
    return Finding(step, NOTE, said, remedy)


def wrong(step: str, said: str, remedy: str) -> Finding:
    """Return what is wrong with a step, and what to do about it."""
    return Finding(step, WRONG, said, remedy)


def skipped(step: str, said: str) -> Finding:
    """Return why a step was not looked at."""
    return Finding(step, SKIPPED, said)
